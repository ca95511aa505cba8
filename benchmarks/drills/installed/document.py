"""The commands of docs/operating.md, and what a machine does instead that has no name in the world and nobody at it."""

import re
from textwrap import dedent

from benchmarks.instances.instance import ROOT

DOCUMENT = ROOT / "docs" / "operating.md"
BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:systemctl|journalctl|ss|manage\.py) [^`]+)`")
AS_THE_PORTAL = "runuser -u touchstone -- .venv/bin/python "
#: The administrator, whose password is in the environment.
NAME = "ada"
[*_, NEWEST] = sorted(path.stem for path in (ROOT / "frameworks" / "migrations").glob("[0-9]*.py"))
INSTEAD = {
    "git clone ADDRESS ": "git clone --quiet /var/tmp/touchstone.git ",
    # Nobody vouches for a name that leads nowhere.
    "certbot certonly --nginx --domain compare.example.org": (
        "install --directory /etc/letsencrypt/live/compare.example.org\n"
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=compare.example.org"
        " -addext subjectAltName=DNS:compare.example.org"
        " -keyout /etc/letsencrypt/live/compare.example.org/privkey.pem"
        " -out /etc/letsencrypt/live/compare.example.org/fullchain.pem\n"
        "echo 127.0.0.1 compare.example.org >>/etc/hosts"
    ),
    "manage.py createsuperuser": f"manage.py createsuperuser --no-input --username {NAME} --email {NAME}@example.org",
    # These look for what must not be there.
    '| grep \'"level": "ERROR"\'': '| { ! grep \'"level": "ERROR"\'; }',
    "| grep '\"status\": 5'": "| { ! grep '\"status\": 5'; }",
    "migrate frameworks NAME": f"migrate frameworks {NEWEST}",
    "OLDER": "HEAD~1",
    "addstatictoken NAME": f"addstatictoken {NAME}",
}


def blocks(text: str) -> list[str]:
    """Return the blocks of commands of a document, in their order."""
    return [dedent(match[2]) for match in BLOCK.finditer(text)]


def section(text: str, title: str) -> str:
    """Return the section of a document with this title."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def advice(text: str) -> list[str]:
    """Return the commands that the table of troubles names, as root runs them where the portal lies."""
    named = INLINE.findall(section(text, "What to do when"))
    return [re.sub(r"^manage\.py", f"{AS_THE_PORTAL}manage.py", command) for command in named]


def adapted(script: str) -> str:
    """Return commands as the machine of the drill can run them."""
    for words, others in INSTEAD.items():
        script = script.replace(words, others)
    return script
