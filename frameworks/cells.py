"""Build cells: one framework under one criterion, with all that is known of it. Facts only, no weights."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

from django.db.models import Q
from django.template.defaultfilters import pluralize

from . import dispute
from .median import Derivation, departure_in_words, derive
from .models import Claim, Criterion, Framework, Rating, Source
from .models.evidence.claims import ClaimQuerySet

Key = tuple[int, int]
"""Primary keys of framework and criterion."""
KindCounts = tuple[tuple[str, int], ...]
"""Kinds of sources but articles, each with the number of sources; none with 0."""


class Tally(NamedTuple):
    """How many claims a cell has, the lowest and highest of their readings (None: no claim has one), and how many
    sources make them. Repetition is no evidence, so pages say the sources first. A tuple, because it is a part of keys.
    """

    claims: int = 0
    lowest: int | None = None
    highest: int | None = None
    sources: int = 0

    @property
    def spread(self) -> int | None:
        """Return how far the readings lie apart, in steps of the rubric; None where there is none."""
        return None if self.lowest is None or self.highest is None else self.highest - self.lowest


#: Nobody has said anything.
SILENT = Tally()


@dataclass(frozen=True, slots=True)
class Cell:
    """One framework under one criterion: rated, with evidence that is not scored yet, or silent.

    `score` is that of the published rating, 1 to 5, or None; the editors' desk gathers drafts too. `rating` and
    `claims` are filled only where the page shows their words; `others` tells the kinds of the sources without them.
    """

    framework: Framework
    criterion: Criterion
    score: int | None = None
    tally: Tally = SILENT
    rating: Rating | None = None
    claims: tuple[Claim, ...] = ()
    others: KindCounts = ()

    @classmethod
    def of(
        cls,
        framework: Framework,
        criterion: Criterion,
        rating: Rating | None,
        claims: Iterable[Claim] = (),
        counted: Tally | None = None,
    ) -> Self:
        """Build the cell of a rating (None: there is none) with its claims, which are counted unless they have been."""
        claims = tuple(claims)
        score = rating.score if rating else None
        return cls(framework, criterion, score, tally(claims) if counted is None else counted, rating, claims)

    @property
    def state(self) -> Literal["rated", "evidence", "silent"]:
        if self.score is not None:
            return "rated"
        return "evidence" if self.tally.claims else "silent"

    @property
    def steps(self) -> list[bool]:
        """Return which steps of the five-step mark are reached, lowest first."""
        return [step <= (self.score or 0) for step in range(1, 6)]

    @property
    def is_disputed(self) -> bool:
        """Return whether the readings lie two steps or more apart."""
        return dispute.is_disputed(self.tally.spread)

    @property
    def readings(self) -> list[int]:
        return sorted(claim.reading for claim in self.claims if claim.reading is not None)

    @property
    def by_kind(self) -> dict[str, int]:
        """Return how many sources of each kind stand behind the cell."""
        if self.claims:
            sources = {claim.source.key: claim.source for claim in self.claims}.values()
            counts = Counter(source.kind for source in sources)
        else:
            others = Counter(dict(self.others))
            counts = Counter({Source.Kind.ARTICLE.value: self.tally.sources - others.total()}) + others
        return {kind: counts[kind] for kind in Source.Kind.values if counts[kind]}

    @property
    def kinds(self) -> list[str]:
        """Return what stands behind the cell, such as `2 articles`, `1 statement`; empty if that is articles alone."""
        return [f"{count} {kind}{pluralize(count)}" for kind, count in self._named_kinds.items()]

    @property
    def marks(self) -> str:
        """Return a letter for each of these kinds, as beside the number of sources; `kinds_behind` explains them.

        Articles come last, because “2am” would be read as an hour.
        """
        return "".join(kind[0] for kind in reversed(self._named_kinds))

    @property
    def _named_kinds(self) -> dict[str, int]:
        if not (self.claims or self.others):  # of most topics, all cells of a matrix
            return {}
        kinds = self.by_kind
        return {} if kinds.keys() <= {Source.Kind.ARTICLE} else kinds

    @property
    def voices(self) -> str:
        """Return how many sources stand behind the cell, in words: of which kinds, unless they are articles alone."""
        total = self.tally.sources
        return ", ".join(self.kinds) or f"{total} source{pluralize(total)}"

    @property
    def derivation(self) -> Derivation[str] | None:
        """Return what follows from the readings; None where no claim has one."""
        return derive((claim.source.short_name, claim.reading) for claim in self.claims)

    @property
    def departure(self) -> str:
        """Return why the score departs from the rule, as pages print it; empty where it follows."""
        return departure_in_words(self.rating.departure, is_read=bool(self.readings)) if self.rating else ""

    @property
    def cited(self) -> list[tuple[Claim, bool]]:
        """Return each claim and whether it dissents: whether, in a disputed cell, its reading is the furthest from the
        score."""
        score = self.score
        if not self.is_disputed or score is None:
            return [(claim, False) for claim in self.claims]
        furthest = max((abs(reading - score) for reading in self.readings), default=0)
        return [
            (claim, claim.reading is not None and abs(claim.reading - score) == furthest)
            for claim in self.claims
        ]


def kinds_behind(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """Return the letter and the name of each kind of source behind these cells; none if all are articles."""
    # Asked first of what a cell holds: of most topics, all cells of a matrix have articles alone.
    met = {mark for cell in cells if cell.others or cell.claims for mark in cell.marks}
    return [(kind[0], label) for kind, label in Source.Kind.choices if kind[0] in met]


def gather(
    frameworks: Sequence[Framework],
    criteria: Sequence[Criterion],
    *,
    with_claims: bool = False,
    with_drafts: bool = False,
) -> dict[Key, Cell]:
    """Return every cell of these frameworks and criteria, in two queries however many there are.

    `with_claims` reads the claims in full; otherwise the database only counts them. `with_drafts` includes ratings that
    are not published.
    """
    known = Rating.objects.all() if with_drafts else Rating.objects.public()
    ratings = {
        (rating.framework_id, rating.criterion_id): rating
        for rating in known.filter(framework__in=frameworks, criterion__in=criteria)
    }
    cited = Claim.objects.about(*frameworks).in_evidence()
    claims: Mapping[Key, list[Claim]] = by_cell(cited.cited()) if with_claims else {}
    tallies: Mapping[Key, Tally] = {} if with_claims else tallied(cited)
    return {
        key: Cell.of(
            framework,
            criterion,
            ratings.get(key),
            claims.get(key, ()),
            None if with_claims else tallies.get(key, SILENT),
        )
        for framework in frameworks
        for criterion in criteria
        for key in [(framework.pk, criterion.pk)]
    }


def by_cell(claims: Iterable[Claim]) -> dict[Key, list[Claim]]:
    """Return the claims of each cell, in the order given; a claim with a joint criterion is in both its cells."""
    cells: dict[Key, list[Claim]] = defaultdict(list)
    for claim in claims:
        for key in keys_of(claim.framework_id, claim.criterion_id, claim.joint_criterion_id):
            cells[key].append(claim)
    return cells


def tallied(claims: ClaimQuerySet) -> dict[Key, Tally]:
    """Return the tally of every cell that has any of these claims. One query."""
    parts: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in claims.tallies():
        for key in keys_of(row["framework_id"], row["criterion_id"], row["joint_criterion_id"]):
            parts[key].append(row)
    return {
        key: Tally(
            sum(part["claims"] for part in own),
            min((part["lowest"] for part in own if part["lowest"]), default=None),
            max((part["highest"] for part in own if part["highest"]), default=None),
            len({part["source_id"] for part in own}),
        )
        for key, own in parts.items()
    }


def tally(claims: Iterable[Claim]) -> Tally:
    """Return the tally of claims in memory."""
    claims = list(claims)
    readings = [claim.reading for claim in claims if claim.reading is not None]
    sources = {claim.source_id for claim in claims}
    return Tally(len(claims), min(readings, default=None), max(readings, default=None), len(sources))


def keys_of(framework: int | None, criterion: int | None, joint: int | None) -> list[Key]:
    """Return the cells that a claim belongs to: its criterion's and, where there is one, its joint criterion's."""
    return [(framework, under) for under in (criterion, joint) if framework and under]


def derivations(
    cells: Collection[Key], read: Mapping[int, int | None] | None = None
) -> dict[Key, Derivation[int]]:
    """Return what follows from the readings of each cell, by source, those of the claims in `read` as given there."""
    read = read or {}
    frameworks, criteria = {framework for framework, _ in cells}, {criterion for _, criterion in cells}
    rows = (
        Claim.objects.in_evidence()
        .filter(Q(criterion__in=criteria) | Q(joint_criterion__in=criteria), framework__in=frameworks)
        .values_list("pk", "framework_id", "criterion_id", "joint_criterion_id", "source_id", "reading")
    )
    readings: dict[Key, list[tuple[int, int | None]]] = defaultdict(list)
    for pk, framework, criterion, joint, source, reading in rows:
        for key in keys_of(framework, criterion, joint):
            readings[key].append((source, read.get(pk, reading)))
    derived = {key: derive(readings[key]) for key in cells}
    return {key: derivation for key, derivation in derived.items() if derivation is not None}
