"""Run two topics as two instances on this machine, and check that nothing of one is seen from the other.

`python -m benchmarks.instances`, on SQLite, or with the addresses of two empty databases.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import CalledProcessError
from time import monotonic
from urllib.parse import quote

from benchmarks.processes import NotStarted, free_port

from .instance import ROOT, Instance

TOPICS = (ROOT / "fixtures", ROOT / "examples" / "task-queues")
#: What is read besides the pages in the sitemap.
ALWAYS = (
    "/ /llms.txt /api/ /api/v1/frameworks /api/v1/openapi.json /matrix.json /matrix.csv /matrix.md /changes.atom"
).split()
Check = tuple[str, list[str]]
"""What is checked, in a sentence, and what speaks against it."""


def check(one: Instance, other: Instance) -> Iterator[Check]:
    """Check that nothing of the other is seen from the one."""
    name = one.topic.name
    foreign = _only_in(other, one)
    pages = {path: one.get(path) for path in [*ALWAYS, *one.addresses()]}
    failed = [f"{path} answers {status}" for path, (status, _) in pages.items() if status != 200]
    yield f"{name}: {len(pages)} addresses answer.", failed
    seen = [
        f"{path} says “{word}”" for path, (_, text) in pages.items() for word in foreign if _says(text, word)
    ]
    yield f"{name}: no page has one of the {len(foreign)} names of {other.topic.name}.", seen
    own = set(one.slugs())
    gone = [path for slug in other.slugs() if slug not in own for path in [f"/frameworks/{slug}/"]]
    there = [f"{path} answers {status}" for path in gone for status in [one.get(path)[0]] if status != 404]
    yield f"{name}: the {len(gone)} profiles of {other.topic.name} are not there.", there
    word = foreign[0]
    _, results = one.get(f"/search/?q={quote(word)}")
    found = [f"The results have {slug}." for slug in other.slugs() if f"/frameworks/{slug}/" in results]
    yield f"{name}: a search for “{word}” leads nowhere.", found


def check_desk(one: Instance, other: Instance) -> Iterator[Check]:
    """Check that whoever signs in at the one is nobody at the other, and changes nothing there."""
    before = other.get("/")[1]
    browser = one.signed_in("drill")
    at_home, away = (instance.get("/admin/", browser)[1] for instance in (one, other))
    signed_in = 'action="/admin/logout/"'
    yield (
        f"{one.topic.name}: an editor is signed in.",
        [] if signed_in in at_home else ["The desk asks who it is."],
    )
    # The browser sends the same cookies: to cookies, two ports of a host are one site.
    yield f"{other.topic.name}: the same browser is not signed in.", ["The desk opens."] * (signed_in in away)
    slug = one.slugs()[0]
    one.run("manage.py", "rename", "framework", slug, f"{slug}-renamed", "--reason", "The drill.")
    status, _ = one.get(f"/frameworks/{slug}-renamed/")
    yield (
        f"{one.topic.name}: a change is seen.",
        [] if status == 200 else [f"The new address answers {status}."],
    )
    after = other.get("/")[1]
    yield f"{other.topic.name}: the change is not seen.", ["The first page differs."] * (before != after)


def check_files(one: Instance, other: Instance) -> Iterator[Check]:
    """Check that each keeps its own key, which nobody else may read."""
    keys = [instance.var / "secret-key" for instance in (one, other)]
    yield (
        "Each has a secret key of its own.",
        ["They are the same."] * (keys[0].read_text() == keys[1].read_text()),
    )
    open_to_all = [str(key) for key in keys if key.stat().st_mode & 0o077]
    yield "Only their owner can read the keys.", open_to_all


def _only_in(one: Instance, other: Instance) -> list[str]:
    """Return the names by which readers know the one that the other's content does not have anywhere."""
    content = other.content()
    return sorted(word for word in one.words() if not _says(content, word))


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Checks that two topics, as two instances, do not see each other."
    )
    parser.add_argument(
        "databases", nargs="*", metavar="URL", help="two empty databases; SQLite without them"
    )
    databases = parser.parse_args().databases or ["", ""]
    if len(databases) != 2:
        parser.error("name two databases, or none")
    began = monotonic()
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        pair = [
            Instance(topic, Path(place) / topic.name, free_port(), database)
            for topic, database in zip(TOPICS, databases, strict=True)
        ]
        try:
            for instance in pair:
                stack.enter_context(instance.running())
        except (CalledProcessError, NotStarted) as error:
            print(f"FAIL: an instance did not start: {error} {getattr(error, 'stderr', '')}".strip())
            return 1
        one, other = pair
        checks = [check(one, other), check(other, one), check_desk(one, other), check_files(one, other)]
        total = wrong = 0
        try:
            for sentence, against in (found for part in checks for found in part):
                print("ok   " if not against else "WRONG", sentence, *against[:5], flush=True)
                total, wrong = total + 1, wrong + bool(against)
        except (CalledProcessError, OSError) as error:
            print(f"FAIL: after {total} checks: {error} {getattr(error, 'stderr', '')}".strip())
            return 1
    took = f"in {monotonic() - began:.0f} s"
    if wrong:
        print(f"FAIL: {wrong} of {total} checks, {took}.")
        return 1
    print(f"PASS: {total} checks, {took}. Nothing of one topic is seen from the other.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
