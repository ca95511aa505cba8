"""Two processes that keep what they show, and an edit by a third: each goes over to the new version, and not back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

#: Answers for each address that it reads with the score of the first cell of the matrix, as a server process would.
SERVER = """
import json, sys, django
django.setup()
from django.test import Client
from tests.html import read
client = Client(headers={"Host": "localhost"})
for address in sys.stdin:
    page = read(client.get(address.strip(), secure=True).content)
    print(json.dumps(page.one(".grid tbody td.rated a").text), flush=True)
"""
EDIT = """
import django
django.setup()
from frameworks.models import Rating, Revision
from frameworks.record import revisions
rating = Rating.objects.get()
rating.score = 6 - rating.score
revisions.save(rating, by=revisions.Author("Ada", Revision.Origin.ADMIN), reason="Read again.", seen=rating.version)
"""
MAKE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests import factories
factories.make_rating(score=5)
"""
#: Seconds that a loaded machine may take.
PATIENCE = 30


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A database of its own, with one rating of 5."""
    unset = {"DATABASE_URL", "KEEP_IN_MEMORY"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    environment = {
        **kept,
        "VAR_DIR": str(tmp_path),
        "DJANGO_DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    run(MAKE, environment)
    return environment


def run(code: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, check=True)


class Server:
    """A process that keeps facts and answers in memory."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def score(self) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("/\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline()))


@pytest.fixture
def servers(environment: dict[str, str]) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        servers = [Server(environment) for _ in range(2)]
        for server in servers:
            stack.enter_context(server.process)
        yield servers
        for server in servers:
            server.process.kill()


def test_each_process_shows_an_edit_of_another_and_does_not_go_back(
    servers: list[Server], environment: dict[str, str]
) -> None:
    assert [server.score() for server in servers] == ["5", "5"]
    run(EDIT, environment)
    deadline, seen = monotonic() + PATIENCE, [[server.score()] for server in servers]
    while {scores[-1] for scores in seen} != {"1"} and monotonic() < deadline:
        sleep(0.1)
        for server, scores in zip(servers, seen, strict=True):
            scores.append(server.score())
    assert [sorted(scores, reverse=True) for scores in seen] == seen
    assert [server.score() for server in servers] == ["1", "1"]
