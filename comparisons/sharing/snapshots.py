"""Freeze comparisons under the hash of their content, rebuild them, and compare them with today.

The time is an argument. Of the sender only a keyed hash is stored, a new one each day, for two days.
"""

import json
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, cast

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.formats import date_format

from comparisons.comparison.content import CellContent, Content, content_of, matrix_of
from comparisons.comparison.matrix import Line, Matrix, build_matrix
from comparisons.comparison.permalinks import View
from comparisons.models import Freezing, Snapshot
from frameworks import limits
from frameworks.facts import Detail, Facts
from frameworks.limits import Limit
from frameworks.models import CriterionGroup, FormerSlug, Revision, Source
from frameworks.models.evidence.claims import ClaimContent
from frameworks.record.changelog import PublicChange
from frameworks.serving.memory import current_facts
from frameworks.wordings import qualification

#: The purpose that goes into the hash of a sender.
PURPOSE = "comparisons.snapshots"


class TooManySnapshots(Exception):
    """Raised when no more snapshots are accepted until `again`; None if there is no room at all. Nothing was stored."""

    def __init__(self, reason: str, again: datetime | None = None) -> None:
        when = f" Try again after {date_format(again, 'H:i')} UTC on {date_format(again)}." if again else ""
        super().__init__(f"{reason} This copy was not saved.{when}")
        self.again = again


# Freezing


def canonical(content: Content) -> str:
    """Return the canonical JSON of this content: equal content is equal text."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def id_of(text: str) -> str:
    """Return 130 bits of the SHA-256 of the text as 26 lower-case letters and digits (base 32)."""
    return b32encode(sha256(text.encode()).digest()).decode().lower()[:26]


def freeze(content: Content, *, at: datetime, address: str, now: datetime) -> Snapshot:
    """Return the snapshot of this content, created if there is none. `at` is the moment of its facts.

    Raises TooManySnapshots if the sender's limit, the daily limit or the storage is exhausted.
    """
    text = canonical(content)
    same = Snapshot.objects.filter(pk=id_of(text))
    if known := same.first():
        return known
    with transaction.atomic():
        limits.lock_writers(Snapshot)
        if known := same.first():
            return known
        _refuse_too_many(address, now)
        size = len(text.encode())
        _refuse_too_large(size)
        Freezing.objects.filter(at__lt=now - limits.SENDER_RETENTION).delete()
        Freezing.objects.create(at=now, sender=limits.sender(PURPOSE, address, now.date()))
        return Snapshot.objects.create(pk=id_of(text), size=size, stood_at=at, created_at=now, content=text)


def _refuse_too_many(address: str, now: datetime) -> None:
    own = "Your address has reached the limit for permanent copies: {}"
    everybody = "All readers together have reached the limit for permanent copies: {}"
    most = [
        Limit(False, settings.SNAPSHOTS_AN_HOUR, limits.HOUR, f"{own} an hour."),
        Limit(False, settings.SNAPSHOTS_A_DAY, limits.DAY, f"{own} a day."),
        Limit(True, settings.SNAPSHOTS_A_DAY_IN_ALL, limits.DAY, f"{everybody} a day."),
    ]
    senders = limits.senders(PURPOSE, address, now)
    if full := limits.reached(Freezing.objects.all(), most, at="at", senders=senders, now=now):
        raise TooManySnapshots(*full)


def _refuse_too_large(size: int) -> None:
    total = Snapshot.objects.aggregate(total=models.Sum("size"))["total"] or 0
    if total + size > settings.SNAPSHOTS_BYTES:
        raise TooManySnapshots("There is no room for more permanent copies here.")


# Reading back


@dataclass(frozen=True)
class FrozenComparison:
    """The comparison in a snapshot, from its stored content alone. `view` says which part of it is shown, and how."""

    snapshot: Snapshot
    view: View = field(default_factory=View)

    @cached_property
    def content(self) -> Content:
        return cast(Content, json.loads(self.snapshot.content))

    @cached_property
    def table(self) -> Matrix:
        """Return the matrix, rebuilt from the content."""
        return matrix_of(self.content, baseline=self.view.baseline)

    @property
    def shown(self) -> Matrix:
        """Return the part of the matrix that is on show."""
        return self.table.differences if self.view.only else self.table

    @property
    def slugs(self) -> list[str]:
        return _slugs(self.content["frameworks"])

    @property
    def names(self) -> list[str]:
        return [framework["name"] for framework in self.content["frameworks"]]

    @property
    def is_side_by_side(self) -> bool:
        """Return whether it takes the form of a side by side; all others are shown as a matrix."""
        return 2 <= len(self.slugs) <= settings.COMPARE_MAX

    @property
    def title(self) -> str:
        """Return the names, or how many there are if they are a matrix."""
        if self.is_side_by_side:
            return " vs ".join(self.names)
        return f"{len(self.names)} {settings.TOPIC.items}" if len(self.names) > 1 else self.names[0]

    @property
    def lines(self) -> list[tuple[CriterionGroup, list[Line], int]]:
        """Return each group with the lines on show, and how many are hidden because all frameworks are alike."""
        return [
            (group, shown, len(lines) - len(shown))
            for group, lines in self.table.grouped_lines
            for shown in [[line for line in lines if not (self.view.only and line.column.is_alike)]]
        ]

    @property
    def live_url(self) -> str:
        """Return the address of the same comparison today, under the weights of the snapshot."""
        view = self.view.but(weights=self.content["weights"])
        if self.is_side_by_side:
            return view.url(reverse("comparisons:side_by_side", args=[self.slugs]))
        shown = _slugs(self.content["criteria"])
        is_whole = len(shown) == len(self.content["weights"])
        return view.url(
            reverse("comparisons:matrix"),
            among=tuple(sorted(self.slugs)),
            criteria=() if is_whole else tuple(shown),
            evidence="",
        )


def _cells(content: Content) -> dict[tuple[str, str], CellContent]:
    return {(cell["framework"], cell["criterion"]): cell for cell in content["cells"]}


# What has changed since


@dataclass(frozen=True)
class ChangedCell:
    """A cell that has changed since, under its names of then, with the revisions that led there, newest first."""

    framework: str
    criterion: str
    url: str
    changes: list[PublicChange]
    steps: list[Revision]


@dataclass(frozen=True)
class Since:
    """What has changed since a snapshot.

    `cells` are those that still exist; those of a framework or criterion that is `gone` are only counted in
    `changed_total`. `retired` are its sources that have been retired since: their claims are evidence no longer.
    """

    frozen: FrozenComparison
    cells: list[ChangedCell]
    gone: list[str]
    retired: list[Source]
    changed_total: int

    @property
    def total(self) -> int:
        return len(self.frozen.content["cells"])


def since(snapshot: Snapshot) -> Since:
    """Compare a snapshot with the facts of today, in a fixed number of queries."""
    frozen = FrozenComparison(snapshot)
    then = _by_todays_names(frozen.content)
    facts = current_facts()
    today = _today(then, facts)
    before, after = _cells(then), _cells(today)
    claims_before, claims_after = _by_key(then), _by_key(today)
    changed = {
        place: changes
        for place, cell in before.items()
        if place in after and (changes := list(_changes(cell, after[place], claims_before, claims_after)))
    }
    claims = {place: {*before[place]["claims"], *after[place]["claims"]} for place in changed}
    steps = _steps(snapshot.stood_at, claims)
    names = {item["slug"]: item["name"] for item in (*then["frameworks"], *then["criteria"])}
    changed_cells = [
        ChangedCell(
            framework=names[place[0]],
            criterion=names[place[1]],
            url=reverse("frameworks:cell_history", args=place),
            changes=changes,
            steps=[step for step in steps if step.key == "/".join(place) or step.key in claims[place]],
        )
        for place, changes in changed.items()
    ]
    gone = sum(place not in after for place in before)
    cited = [source["key"] for source in then["sources"]]
    retired = list(Source.objects.filter(key__in=cited, retired_on__isnull=False))
    return Since(frozen, changed_cells, list(_gone(then, today, facts)), retired, len(changed) + gone)


def _by_todays_names(content: Content) -> Content:
    """Return the content with today's slugs, because a renamed row is still the same. One query."""
    now = FormerSlug.objects.now(
        [
            *_slugs(content["frameworks"]),
            *_slugs(content["criteria"]),
            *(source["key"] for source in content["sources"]),
        ]
    )

    def name(kind: str, slug: str) -> str:
        return now.get((kind, slug), slug)

    return {
        **content,
        "frameworks": [{**row, "slug": name("framework", row["slug"])} for row in content["frameworks"]],
        "criteria": [{**row, "slug": name("criterion", row["slug"])} for row in content["criteria"]],
        "cells": [
            {
                **cell,
                "framework": name("framework", cell["framework"]),
                "criterion": name("criterion", cell["criterion"]),
            }
            for cell in content["cells"]
        ],
        "claims": [{**claim, "source": name("source", claim["source"])} for claim in content["claims"]],
        "sources": [{**source, "key": name("source", source["key"])} for source in content["sources"]],
    }


def _today(content: Content, facts: Facts) -> Content:
    """Return today's content for the same frameworks and criteria, as far as they are still compared."""
    named = set(_slugs(content["frameworks"]))
    places = facts.places(slug for slug in facts.by_slug if slug in named)
    table = build_matrix(facts, places, shown=_slugs(content["criteria"]), detail=Detail.CLAIMS)
    return content_of(table, table.in_order)


def _slugs(items: Iterable[Mapping[str, Any]]) -> list[str]:
    return [item["slug"] for item in items]


def _gone(then: Content, today: Content, facts: Facts) -> Iterator[str]:
    """Yield the names of what is no longer compared, each with when and why it was retired, if it was."""
    retired = facts.catalogue.retired
    for kind, before, after in (
        ("framework", then["frameworks"], today["frameworks"]),
        ("criterion", then["criteria"], today["criteria"]),
    ):
        remaining = set(_slugs(cast(Sequence[Mapping[str, Any]], after)))
        for item in before:
            if item["slug"] not in remaining:
                fact = retired.get((kind, item["slug"]))
                yield f"{item['name']} ({fact.retirement.rstrip('.')})" if fact else item["name"]


def _by_key(content: Content) -> dict[str, ClaimContent]:
    return {claim["key"]: claim for claim in content["claims"]}


def _changes(
    before: CellContent,
    after: CellContent,
    claims_before: Mapping[str, ClaimContent],
    claims_after: Mapping[str, ClaimContent],
) -> Iterator[PublicChange]:
    """Yield the changes of a cell: its rating, then its claims. A new review date alone is no change."""
    fields = [
        ("Score", str(before["score"] or ""), str(after["score"] or "")),
        ("Verdict", before["verdict"], after["verdict"]),
        ("Rationale", before["rationale"], after["rationale"]),
        ("Departure", before.get("departure", ""), after.get("departure", "")),
    ]
    yield from (PublicChange(label, old, new) for label, old, new in fields if old != new)
    for key in dict.fromkeys([*before["claims"], *after["claims"]]):
        old = claims_before[key] if key in before["claims"] else None
        new = claims_after[key] if key in after["claims"] else None
        if old != new:
            claim = cast(ClaimContent, new or old)
            yield PublicChange(f"Claim {claim['source']}:{claim['line']}", _said(old), _said(new))


def _said(claim: ClaimContent | None) -> str:
    """Return everything of a claim that a reader sees; empty if there is none."""
    if claim is None:
        return ""
    reading = f"(read as {claim['reading']})" if claim["reading"] else ""
    term = f"“{claim['term']}”" if claim["term"] else ""
    qualified = qualification(claim.get("condition", ""), claim.get("comparison", ""))
    return " ".join(filter(None, [term, claim["paraphrase"], qualified, reading, claim["note"]]))


def _steps(moment: datetime, claims: Mapping[tuple[str, str], set[str]]) -> list[Revision]:
    """Return the public revisions that changed these cells after `moment`, newest first, in one query."""
    ratings = models.Q(model="rating", key__in=["/".join(place) for place in claims])
    cited = models.Q(model="claim", key__in=set[str]().union(*claims.values()))
    revisions = Revision.objects.public().filter(ratings | cited, at__gt=moment)
    return list(revisions.with_names().order_by("-at", "-pk"))
