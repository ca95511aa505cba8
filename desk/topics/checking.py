"""Check a topic, a folder of fixtures and of the texts of its sources, without a database: everything that is wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast

from django.apps import apps
from django.conf import settings

from frameworks import backing
from frameworks.cells import Key, by_cell
from frameworks.median import departs, derive
from frameworks.models import (
    Addition,
    Claim,
    Component,
    Criterion,
    Facet,
    FacetValue,
    Framework,
    Rating,
    Source,
    Tie,
    Trait,
    Wording,
)
from frameworks.record.seeding import fixture_files
from frameworks.text.counting import Said, miscounts
from frameworks.text.folding import folded
from frameworks.verification import copies, lines_of, missed, not_named, passages_of, unlike
from topics.document import Document
from topics.topic import FILE, Examples, Topic, TopicError, read

from .building import Building, Draft
from .entries import Problem, read_entries

#: The folder with the texts of the sources, within that of the topic.
TEXTS = "sources"
#: A TopicError after the path of its file: the line, and the sentence or its predicate.
REFUSAL = re.compile(r"(?:(?:, line (\d+))?: (.+)| (.+))", re.DOTALL)
MISSING = "The file is missing, and a topic needs it."
#: How texts begin that a drafted topic leaves to its editors.
TO_BE_WRITTEN = "To be written"
NAME_MAX = 255  # bytes, in the usual file systems


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
    checked = _Checked(building, folder / TEXTS)
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


@dataclass
class _Checked:
    """The facts of a topic beside each other, and the texts of their sources."""

    building: Building
    texts: Path
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        yield from self._ratings()
        if self.has_texts:
            yield from self._sources()
            yield from self._claims()
            yield from self._provisions()
            yield from self._copies()

    def notes(self) -> list[str]:
        notes = []
        if not self.has_texts:
            notes.append(
                f"There is no folder “{TEXTS}” with the texts of the sources, so the lines were not looked up."
            )
        if unwritten := [draft.entry for draft in self.building.drafts if TO_BE_WRITTEN in draft.entry.text]:
            count = sum(entry.text.count(TO_BE_WRITTEN) for entry in unwritten)
            texts = "text says" if count == 1 else "texts say"
            first = unwritten[0].line + unwritten[0].text.partition(TO_BE_WRITTEN)[0].count("\n")
            notes.append(
                f"{count} {texts} “{TO_BE_WRITTEN}”, the first in {unwritten[0].file}, line {first}."
            )
        named = {source.file_name for source, _ in self.building.of(Source)}
        notes += [
            f"{TEXTS}/{path.name}: No source names this file."
            for path in (sorted(self.texts.iterdir()) if self.has_texts else [])
            if path.name not in named
        ]
        rated = {(rating.framework_id, rating.criterion_id) for rating, _ in self.building.of(Rating)}
        scored = {criterion.pk for criterion, _ in self.building.of(Criterion) if criterion.is_scored}
        if waiting := [key for key in self.cells if key[1] in scored and key not in rated]:
            cells = "cell has" if len(waiting) == 1 else "cells have"
            notes.append(f"{len(waiting)} {cells} claims and no rating yet.")
        return notes

    @cached_property
    def has_texts(self) -> bool:
        return self.texts.is_dir()

    @cached_property
    def cells(self) -> dict[Key, list[Claim]]:
        """Return the evidence in each cell."""
        claims = [claim for claim, _ in self.building.of(Claim) if claim.criterion_id and claim.source_id]
        return by_cell(claim for claim in claims if not claim.source.is_retired)

    def lines(self, source: Source) -> list[str]:
        """Return the lines of a source's file; none where it is not there."""
        if not _has_file(source):
            return []
        name = source.file_name
        if name not in self._lines:
            self._lines[name] = lines_of(self.texts / name)
        return self._lines[name]

    def _ratings(self) -> Iterator[Problem]:
        names = [source.short_name for source, _ in self.building.of(Source)]
        #: Claims that name what is not there: what follows from them is not known.
        unsettled = [draft.entry for claim, draft in self.building.of(Claim) if not _is_settled(claim, draft)]
        for rating, draft in self.building.of(Rating):
            if not (rating.framework_id and rating.criterion_id and rating.score):
                continue
            if any(f'"{rating.framework.slug}"' in entry.text for entry in unsettled):
                continue
            claims = self.cells.get((rating.framework_id, rating.criterion_id), [])
            if rating.is_published and not claims:
                yield draft.entry.problem(backing.NEEDS_CLAIM)
                continue
            said = [(claim.source.short_name, claim.reading) for claim in claims]
            derived = derive(said)
            if sentence := departs(rating, derived) if derived else backing.needs_reading(rating):
                yield draft.entry.problem(sentence, "departure" if rating.departure else "score")
            for sentence in miscounts(
                rating.rationale, Said(said, names, derived.median_text if derived else "")
            ):
                yield draft.entry.problem(sentence, "rationale")

    def _sources(self) -> Iterator[Problem]:
        for source, draft in self.building.of(Source):
            if not _has_file(source):
                if source.file_name:
                    sentence = f"“file_name” must be the name of a file in “{TEXTS}”, without a folder."
                    yield draft.entry.problem(sentence, "file_name")
                continue
            if sentence := unlike(source, self.texts):
                yield draft.entry.problem(sentence, "file_name")
                continue
            count = _line_count(self.lines(source))
            if source.line_count not in {None, count}:
                sentence = f"{source.file_name} has {count} lines, and not {source.line_count}."
                yield draft.entry.problem(sentence, "line_count")

    def _claims(self) -> Iterator[Problem]:
        for claim, draft in self.building.of(Claim):
            lines = self.lines(claim.source) if claim.source_id else []
            if lines and claim.line and (sentence := missed(claim, lines)):
                yield draft.entry.problem(sentence, "term" if sentence.startswith("“") else "line")

    def _provisions(self) -> Iterator[Problem]:
        """Yield what a claim is said to show of a tool or a trait that its line does not name."""
        of = self.building.of
        named: list[tuple[Component | FacetValue, Draft]] = [
            *((trait.value, draft) for trait, draft in of(Trait) if trait.value_id),
            *((tie.component, draft) for tie, draft in of(Tie) if tie.component_id),
            *((addition.component, draft) for addition, draft in of(Addition) if addition.component_id),
        ]
        for thing, draft in named:
            for claim in cast("list[Claim]", draft.related.get("claims", [])):
                lines = self.lines(claim.source) if claim.source_id else []
                if lines and claim.line and (sentence := not_named(claim, lines, thing)):
                    yield draft.entry.problem(sentence, "claims")

    def _copies(self) -> Iterator[Problem]:
        sources = [source for source, _ in self.building.of(Source) if _has_file(source)]
        claims = [claim for claim, _ in self.building.of(Claim) if claim.source_id]
        rows = [row for row, _ in self.building.of(Wording)]
        passages = passages_of(sources, claims, rows, self.texts)
        for draft in self.building.drafts:
            for name, sentence in copies(draft.fact, passages):
                yield draft.entry.problem(sentence, name)


def _has_file(source: Source) -> bool:
    """Return whether the name of the source's file can be that of a file in the folder of the texts."""
    name = source.file_name
    return 0 < len(name.encode()) <= NAME_MAX and Path(name).name == name


def _is_settled(claim: Claim, draft: Draft) -> bool:
    """Return whether all that a claim names is there."""
    names = ("source", "criterion", "framework", "joint_criterion")
    given = draft.entry.raw["fields"]
    return all(getattr(claim, f"{name}_id") or not given.get(name) for name in names)


def _line_count(lines: list[str]) -> int:
    """Return how many lines a text has; a line feed at the end begins no further one."""
    return len(lines) - (not lines[-1]) if lines else 0
