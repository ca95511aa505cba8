"""docs/operating.md is followed on a fresh Debian, command by command: the portal is installed, watched, backed up,
upgraded, broken, mended and taken back, and is there again after the machine has been off, and on another
machine after this one has been lost.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT

from .document import AS_THE_PORTAL, DOCUMENT, NAME, NEWEST, adapted, advice, blocks, section
from .machine import Machine, install, machine

#: By what the blocks are known that only some machines need.
SETTINGS, FIRST_ACCOUNT, BELOW_A_PATH, LOST = (
    "cat > .env",
    "createsuperuser",
    "nginx-path.conf",
    "/srv/kept/",
)
#: A release with a migration more, which does nothing.
NEWER = f"""
git clone --quiet /var/tmp/touchstone.git /var/tmp/newer
cd /var/tmp/newer
cat >frameworks/migrations/9999_drill.py <<END
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("frameworks", "{NEWEST}")]
    operations = [migrations.RunSQL("SELECT 1", "SELECT 1")]
END
echo 'A newer release.' >>CHANGELOG.md
git add .
git -c user.name=Ada -c user.email=ada@example.org commit --quiet --message 'A newer release'
git push --quiet origin HEAD:main
"""
#: The site of somebody else, for as long as nginx looks at it.
ANOTHER_SITE = """
rm /etc/nginx/sites-enabled/touchstone
cat >/etc/nginx/conf.d/another.conf <<END
server {
    listen 443 ssl;
    server_name compare.example.org;
    ssl_certificate /etc/letsencrypt/live/compare.example.org/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/compare.example.org/privkey.pem;
    include /etc/nginx/touchstone-path.conf;
}
END
nginx -t
rm /etc/nginx/conf.d/another.conf /etc/nginx/conf.d/touchstone.conf
ln -s /etc/nginx/sites-available/touchstone /etc/nginx/sites-enabled/touchstone
nginx -t
"""
HELPERS = """
site() {
    curl --silent --show-error --cacert /etc/letsencrypt/live/compare.example.org/fullchain.pem \
        --dump-header - "https://compare.example.org$1"
}
ready() {
    curl --silent --show-error --fail --retry 30 --retry-delay 1 --retry-all-errors http://127.0.0.1:8000/ready/
}
# After `!` a command may succeed or fail: the shell goes on. After `fails` it must fail.
fails() { ! "$@"; }
says() { journalctl --unit touchstone --output cat --since -60s | grep --fixed-strings "$1"; }
"""
#: What must hold once everything is done: words, and commands that fail where it does not hold.
HOLDS = {
    "the site answers through nginx": """
        site / | grep '^HTTP/2 200'
        site / >/dev/null
        site / | grep 'nginx; hit'
        site /admin/login/ | grep '^HTTP/2 200'
        site /metrics | grep '^HTTP/2 404'
        nginx -t 2>&1 | { ! grep warn; }""",
    "nginx serves the static files itself": """
        file=$(site / | grep --only-matching '/static/[^"]*\\.css' | sort | sed --quiet 1p)
        site "$file" | grep 'immutable'
        systemctl stop touchstone.service touchstone.socket
        site "$file" | grep '^HTTP/2 200'
        systemctl start touchstone.socket touchstone.service""",
    "no unit has failed, and the timers are set": """
        test -z "$(systemctl list-units --failed --plain --no-legend 'touchstone*' 'nginx*' 'postgresql*')"
        systemctl is-active touchstone-nightly.timer touchstone-backup.timer""",
    "the portal may do little": """
        systemd-analyze security --threshold=20 touchstone.service""",
}
#: What goes wrong, what is said of it, and what mends it.
TROUBLES = {
    "a wrong setting is named, and the service runs once it is right": """
        echo DJANGO_HTTPS=perhaps >>.env
        fails systemctl restart touchstone.service
        says 'Touchstone cannot start'
        sed --in-place '$d' .env
        systemctl reset-failed touchstone.service touchstone.socket
        systemctl restart touchstone.socket touchstone.service
        ready""",
    "without PostgreSQL pages seen before are answered, and nothing has to be restarted": """
        site / >/dev/null
        systemctl stop postgresql
        sleep 2
        curl --silent http://127.0.0.1:8000/ready/ | grep database
        site / | grep '^HTTP/2 200'
        systemctl start postgresql
        ready""",
    "a start without PostgreSQL says why, and succeeds once it is back": """
        systemctl stop postgresql
        systemctl restart --no-block touchstone.service
        sleep 10
        says 'the database could not be brought up to date'
        systemctl start postgresql
        ready""",
    "migrations that are missing are named, and a restart runs them": f"""
        runuser -u touchstone -- .venv/bin/python manage.py migrate frameworks {NEWEST}
        curl --silent http://127.0.0.1:8000/ready/ | grep migrations
        systemctl restart touchstone
        ready""",
    "a portal that is killed comes back": """
        systemctl kill --signal=KILL touchstone.service
        ready""",
    "without the portal nginx says so": """
        systemctl stop touchstone.service touchstone.socket
        site /search/?q=never | grep 'cannot be reached at the moment'
        systemctl start touchstone.socket touchstone.service
        ready""",
    "a new secret key is made": """
        rm var/secret-key
        systemctl restart touchstone
        ready""",
    "figures are shown with METRICS=on": """
        echo METRICS=on >>.env
        systemctl restart touchstone
        ready
        curl --silent --fail http://127.0.0.1:8000/metrics | grep '^touchstone_database_up 1'""",
}


#: What must hold on another machine, of which only the backup knows these accounts.
RESTORED = f"""
ready
site / | grep '^HTTP/2 200'
cmp /srv/kept/secret-key var/secret-key
runuser -u postgres -- psql --tuples-only --command 'TABLE auth_user' touchstone | grep {NAME}
{AS_THE_PORTAL}manage.py fsck
"""


def drill(scene: Scene) -> Iterator[Row]:
    for suite in ("trixie", "bookworm") if scene.is_long else ("trixie",):
        for found in _followed(scene.directory / suite):
            yield Row(f"{suite}: {found.what}", found.is_passed, found.figure)


def _followed(root: Path) -> Iterator[Row]:
    install(root, root.name)
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", ROOT, root / "var" / "tmp" / "touchstone.git"], check=True
    )
    another = root.with_name(f"another-{root.name}")
    subprocess.run(["cp", "--archive", root, another], check=True)
    text = DOCUMENT.read_text()
    with machine(root) as here:
        *forth, back = [block for block in blocks(text) if LOST not in block]
        for block in forth:
            if "git fetch" in block:
                yield _run(here, "a newer release comes out", NEWER)
            yield _run(here, _title(block), adapted(block))
            if BELOW_A_PATH in block:
                yield _run(here, "nginx of another site takes it, instead of a site of its own", ANOTHER_SITE)
        yield from (_run(here, what, HELPERS + script) for what, script in HOLDS.items())
        yield from (_run(here, command, adapted(command)) for command in advice(text))
        yield from (_run(here, what, HELPERS + script) for what, script in TROUBLES.items())
        yield _run(here, _title(back), adapted(back))
    with machine(root) as here:
        yield _run(
            here, "after the machine has been off, the site is there", f"{HELPERS}ready\nsite / | grep 200"
        )
        yield _run(here, "it is backed up before it is lost", "systemctl start touchstone-backup.service")
    _keep(root, another)
    with machine(another) as here:
        for block in again(text):
            yield _run(here, f"on another machine: {_title(block)}", adapted(block))
        yield _run(here, "what was backed up is there on another machine", HELPERS + RESTORED)


def _keep(lost: Path, another: Path) -> None:
    """Take what the document says that one should have of a machine to another one."""
    kept = another / LOST.strip("/")
    kept.mkdir(0o700)
    portal = lost / "srv" / "touchstone"
    newest = max((lost / "var" / "lib" / "touchstone-backups").glob("*.zip"))
    for file in (portal / ".env", portal / "var" / "secret-key", newest):
        shutil.copy(file, kept)


def again(text: str) -> Iterator[str]:
    """Yield the blocks by which the portal is installed with what was kept."""
    [lost] = [block for block in blocks(text) if LOST in block]
    for block in blocks(section(text, "Installing")):
        if SETTINGS in block:
            yield lost
        elif FIRST_ACCOUNT not in block and BELOW_A_PATH not in block:
            yield block


def _title(block: str) -> str:
    """Return the first command of a block."""
    return block.strip().partition("\n")[0]


def _run(here: Machine, what: str, script: str) -> Row:
    """Run commands, which pass if each of them succeeds; else the figure is what was said last."""
    done = here.run(script)
    [*_, last] = ["it said nothing", *done.stdout.split("\n")[-4:-1]]
    return row(what, *[last] * bool(done.returncode))
