"""Check a topic, a folder of fixtures and of the texts of its sources, without a database: everything that is wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings

from frameworks.models import (
    Criterion,
    Facet,
    Framework,
)
from frameworks.record.seeding import fixture_files
from frameworks.text.folding import folded
from topics.document import Document
from topics.topic import FILE, Examples, Topic, TopicError, read

from .building import Building
from .entries import Problem, read_entries
from .evidence import TEXTS, Evidence

#: A TopicError after the path of its file: the line, and the sentence or its predicate.
REFUSAL = re.compile(r"(?:(?:, line (\d+))?: (.+)| (.+))", re.DOTALL)
MISSING = "The file is missing, and a topic needs it."


class Report(NamedTuple):
    """What is wrong with a topic, what else should be known about it, and how many facts of each kind it has.

    `topic` is None where its words cannot be read.
    """

    problems: list[Problem]
    notes: list[str]
    counts: Counter[type[Any]]
    topic: Topic | None


def check(folder: Path) -> Report:
    """Return everything that is wrong with the fixtures in this folder, by file and line."""
    topic, problems = _topic(folder)
    if missing := list(_missing(folder)):
        return Report([*problems, *missing], [], Counter(), topic)
    with _settings_for(topic or settings.TOPIC):
        building = Building(knows_kinds=topic is not None)
        found, notes = _check(folder, building)
    if topic is not None and not building.lost:
        problems += _unnamed(topic, building)
    counts = Counter(type(draft.fact) for draft in building.drafts)
    return Report([*problems, *found], notes, counts, topic)


def _unnamed(topic: Topic, building: Building) -> Iterator[Problem]:
    """Yield what the words of the topic name that the fixtures do not have."""
    usual, given = Examples(), topic.examples
    facets, criteria, items = (building.facts[model] for model in (Facet, Criterion, Framework))
    lines = Document(topic.folder / FILE).lines
    for table, key, slugs, known, kind in [
        ("facets", "kind_line", topic.kind_line, facets, "facet"),
        ("criteria", "measured", filter(None, [topic.measured]), criteria, "criterion"),
        ("examples", "items", given.items if given.items != usual.items else (), items, topic.item),
        (
            "examples",
            "criteria",
            given.criteria if given.criteria != usual.criteria else (),
            criteria,
            "criterion",
        ),
    ]:
        for slug in slugs:
            if slug not in known:
                sentence = f"“{key}” in [{table}] names “{slug}”, which is no {kind}."
                yield Problem(FILE, lines.get(f"{table}.{key}"), sentence)
    names = [folded(criterion.name) for criterion, _ in building.of(Criterion)]
    for word in topic.criterion_words:
        if not any(folded(word) in name for name in names):
            sentence = f"[search.criteria] explains “{word}”, which no criterion has in its name."
            yield Problem(FILE, lines.get(f"search.criteria.{word}"), sentence)


def _check(folder: Path, building: Building) -> tuple[list[Problem], list[str]]:
    """Return what is wrong with the fixtures, in the order of the files, and what else should be known of them."""
    files, faults = fixture_files(folder), []
    for path in files:
        entries, own = read_entries(path, path.relative_to(folder).as_posix())
        faults += own
        for entry in entries:
            building.take(entry)
    building.lost |= {fault.lost for fault in faults if fault.lost is not None}
    building.close()
    checked = Evidence(building, folder / TEXTS)
    problems = [fault.problem for fault in faults]
    problems += [*building.problems, *_unread(folder, files), *checked.problems()]
    order = {path.relative_to(folder).as_posix(): place for place, path in enumerate(files)}
    problems.sort(key=lambda problem: (order.get(problem.file, len(order)), problem.file, problem.line or 0))
    return list(dict.fromkeys(problems)), checked.notes()


def _topic(folder: Path) -> tuple[Topic | None, list[Problem]]:
    """Return the words of the topic, or what is wrong with them."""
    try:
        return read(folder), []
    except TopicError as error:
        match = REFUSAL.fullmatch(str(error).removeprefix(str(folder / FILE)))
        if match is None:
            raise
        return None, [Problem(FILE, int(match[1]) if match[1] else None, match[2] or f"The file {match[3]}")]


@contextmanager
def _settings_for(topic: Topic) -> Iterator[None]:
    """Make the kinds of a topic those that the models know."""
    before, settings.TOPIC = settings.TOPIC, topic
    try:
        yield
    finally:
        settings.TOPIC = before


def _missing(folder: Path) -> Iterator[Problem]:
    """Yield the files that are not there and that no topic can do without."""
    for app in apps.get_app_configs():
        for file in getattr(app, "seed_required", ()):
            if not (folder / file).is_file():
                yield Problem(file, None, MISSING)


def _unread(folder: Path, files: list[Path]) -> Iterator[Problem]:
    """Yield the JSON files that nothing reads: their names are probably misspelt."""
    for path in sorted(folder.rglob("*.json")):
        if path not in files and not path.is_relative_to(folder / TEXTS):
            file = path.relative_to(folder).as_posix()
            yield Problem(file, None, "Nothing reads this file. docs/topics.md lists the files of a topic.")
