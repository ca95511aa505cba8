"""What the pages about one thing say of it, sorted for reading. Pure: no queries, no weights."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .cells import Cell, Key
from .models import Claim, Criterion, CriterionGroup, Disagreement, Facet, Framework, Source, Trait


@dataclass(frozen=True, slots=True)
class Stance:
    """Where one source stands in one cell: its mean reading against the mean of the others, in steps."""

    cell: Cell
    own: float
    others: float

    @property
    def gap(self) -> float:
        return self.own - self.others


@dataclass(frozen=True, slots=True)
class Dispute:
    """A matter in dispute: an editors' entry with its claims by source, or a cell whose readings lie apart.

    `spread` is the widest among the cells that the claims belong to; None where none of them has two readings.
    """

    spread: int | None
    entry: Disagreement | None = None
    cell: Cell | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def by_source(self) -> list[tuple[Source, list[Claim]]]:
        return [(source, list(said)) for source, said in groupby(self.claims, lambda claim: claim.source)]


def facets(framework: Framework) -> list[tuple[Facet, list[Trait]]]:
    """The framework's traits by facet. Costs no query after `with_traits()`."""
    found: dict[Facet, list[Trait]] = defaultdict(list)
    for trait in framework.traits.all():
        found[trait.value.facet].append(trait)
    return [
        (facet, sorted(found[facet], key=lambda trait: (trait.value.position, trait.value.name)))
        for facet in sorted(found, key=lambda facet: (facet.position, facet.name))
    ]


def of_framework(
    framework: Framework, criteria: Sequence[Criterion], cells: Mapping[Key, Cell]
) -> dict[str, Any]:
    """`rated` groups hold every scored cell; `described` those that only describe, by slug, silent ones left out."""
    own = [cells[framework.pk, criterion.pk] for criterion in criteria]
    scored = [cell for cell in own if cell.criterion.is_scored]
    return {
        "rated": _by_group(scored),
        "described": {
            cell.criterion.slug: cell for cell in own if not cell.criterion.is_scored and cell.claims
        },
        "rating_total": sum(cell.state == "rated" for cell in scored),
        "criterion_total": len(scored),
        "silent_total": sum(cell.state == "silent" for cell in scored),
        "claim_total": len({claim.pk for cell in own for claim in cell.claims}),
        "source_total": len({claim.source_id for cell in own for claim in cell.claims}),
        "dispute_total": sum(cell.is_disputed for cell in scored),
    }


def of_criterion(
    criterion: Criterion, frameworks: Sequence[Framework], cells: Mapping[Key, Cell]
) -> dict[str, Any]:
    """Cells best first; those without a score after them, silent ones last."""
    ordered = sorted(
        (cells[framework.pk, criterion.pk] for framework in frameworks),
        key=lambda cell: (
            -(cell.score or 0),
            cell.state == "silent",
            cell.framework.name.casefold(),
        ),
    )
    return {
        "cells": [cell for cell in ordered if cell.claims],
        "silent": [cell for cell in ordered if not cell.claims],
        "rating_total": sum(cell.state == "rated" for cell in ordered),
        "claim_total": sum(cell.tally.claims for cell in ordered),
        "dispute_total": sum(cell.is_disputed for cell in ordered),
    }


def of_source(source: Source, claims: Sequence[Claim], cells: Mapping[Key, Cell]) -> dict[str, Any]:
    """All that a source claims, by framework, and where its readings stand against the others', widest gap first."""
    stances = []
    for cell in cells.values():
        own = [claim.reading for claim in cell.claims if claim.reading and claim.source_id == source.pk]
        others = [claim.reading for claim in cell.claims if claim.reading and claim.source_id != source.pk]
        if own and others:
            stances.append(Stance(cell, sum(own) / len(own), sum(others) / len(others)))
    by_framework: dict[Framework | None, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_framework[claim.framework].append(claim)
    return {
        "claims_by_framework": sorted(
            by_framework.items(), key=lambda item: (item[0] is None, -len(item[1]))
        ),
        "claim_total": len(claims),
        "stances": sorted(stances, key=lambda stance: -abs(stance.gap)),
        "apart_total": sum(abs(stance.gap) >= 1 for stance in stances),
    }


def of_disagreements(entries: Sequence[Disagreement], cells: Mapping[Key, Cell]) -> dict[str, Any]:
    """The editors' entries and every other cell in dispute, each widest spread first."""
    disputes = []
    covered: set[Key] = set()
    for entry in entries:
        claims = sorted(entry.claims.all(), key=lambda claim: (claim.source.key, claim.line, claim.pk))
        keys = {
            (claim.framework_id, claim.criterion_id) for claim in claims if claim.framework_id is not None
        }
        spreads = [cells[key].tally.spread for key in keys if key in cells]
        covered |= keys
        known = [spread for spread in spreads if spread is not None]
        disputes.append(Dispute(max(known, default=None), entry=entry, claims=tuple(claims)))
    others = [
        Dispute(cell.tally.spread, cell=cell, claims=cell.claims)
        for key, cell in cells.items()
        if cell.is_disputed and key not in covered
    ]
    return {
        "entries": sorted(disputes, key=lambda dispute: -(dispute.spread or 0)),
        "others": sorted(others, key=lambda dispute: -(dispute.spread or 0)),
        "cell_total": sum(cell.is_disputed for cell in cells.values()),
    }


def _by_group(cells: Sequence[Cell]) -> list[tuple[CriterionGroup, list[Cell]]]:
    return [(group, list(found)) for group, found in groupby(cells, lambda cell: cell.criterion.group)]
