"""Hold the facts of a topic against each other and against the texts of their sources."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

from frameworks import backing
from frameworks.cells import Key, by_cell
from frameworks.median import departs, derive
from frameworks.models import (
    Addition,
    Claim,
    Component,
    Criterion,
    FacetValue,
    Rating,
    Source,
    Tie,
    Trait,
    Wording,
)
from frameworks.text.counting import Said, miscounts
from frameworks.verification import copies, lines_of, missed, not_named, passages_of, unlike

from .building import Building, Draft
from .entries import Problem

#: The folder with the texts of the sources, within that of the topic.
TEXTS = "sources"
#: How texts begin that a drafted topic leaves to its editors.
TO_BE_WRITTEN = "To be written"
NAME_MAX = 255  # bytes, in the usual file systems


@dataclass
class Evidence:
    """The facts of a topic beside each other, and the texts of their sources in the folder `texts`."""

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
