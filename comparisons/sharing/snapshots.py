"""Comparisons that somebody froze: kept under a hash of what they say, laid out again, and held against today.

Time comes in as an argument. Of the sender only a keyed hash is kept, a new one each day, for two days.
"""

import json
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any, cast

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.formats import date_format

from comparisons.comparison.content import CellContent, ClaimContent, Content, content_of, scale_of
from comparisons.comparison.matrix import build_matrix
from comparisons.comparison.permalinks import View
from comparisons.models import Freezing, Snapshot
from frameworks import limits
from frameworks.facts import current_facts
from frameworks.limits import Limit
from frameworks.models import FormerSlug, Revision
from frameworks.record.changelog import PublicChange

#: What senders are hashed for.
PURPOSE = "comparisons.snapshots"


class TooManySnapshots(Exception):
    """No more are taken until `again`; None where there is no room at all. Nothing was stored."""

    def __init__(self, reason: str, again: datetime | None = None) -> None:
        when = f" Try again after {date_format(again, 'H:i')} UTC on {date_format(again)}." if again else ""
        super().__init__(f"{reason} This one was not frozen.{when}")
        self.again = again


# Freezing


def canonical(content: Content) -> str:
    """The one way to write it down: the same content is the same text, whoever writes it."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def id_of(text: str) -> str:
    """130 bits of the SHA-256 of the text, in lower case letters and digits."""
    return b32encode(sha256(text.encode()).digest()).decode().lower()[:26]


def freeze(content: Content, *, at: datetime, address: str, now: datetime) -> Snapshot:
    """Return the snapshot of this content, made unless there is one. `at` is the moment of its facts.

    Raises TooManySnapshots.
    """
    text = canonical(content)
    found = Snapshot.objects.filter(pk=id_of(text))
    if known := found.first():
        return known
    with transaction.atomic():
        limits.wait_for_turn(Snapshot)
        if known := found.first():
            return known
        _refuse_too_many(address, now)
        size = len(text.encode())
        _refuse_too_large(size)
        Freezing.objects.filter(at__lt=now - limits.SENDER_RETENTION).delete()
        Freezing.objects.create(at=now, sender=limits.sender(PURPOSE, address, now.date()))
        return Snapshot.objects.create(pk=id_of(text), size=size, stood_at=at, created_at=now, content=text)


def _refuse_too_many(address: str, now: datetime) -> None:
    own = "From your address {} comparisons were frozen within"
    most = [
        Limit(False, settings.SNAPSHOTS_AN_HOUR, limits.HOUR, f"{own} an hour."),
        Limit(False, settings.SNAPSHOTS_A_DAY, limits.DAY, f"{own} a day."),
        Limit(True, settings.SNAPSHOTS_A_DAY_IN_ALL, limits.DAY, "{} comparisons were frozen within a day."),
    ]
    senders = limits.senders(PURPOSE, address, now)
    if full := limits.reached(Freezing.objects.all(), most, at="at", senders=senders, now=now):
        raise TooManySnapshots(*full)


def _refuse_too_large(size: int) -> None:
    held = Snapshot.objects.aggregate(held=models.Sum("size"))["held"] or 0
    if held + size > settings.SNAPSHOTS_BYTES:
        raise TooManySnapshots("There is no room for more frozen comparisons here.")


# Reading back


@dataclass(frozen=True)
class Kept:
    """What a snapshot says, from its stored content alone."""

    snapshot: Snapshot

    @cached_property
    def content(self) -> Content:
        return cast(Content, json.loads(self.snapshot.content))

    @cached_property
    def cells(self) -> dict[tuple[str, str], CellContent]:
        return _cells(self.content)

    @property
    def names(self) -> list[str]:
        return [framework["name"] for framework in self.content["frameworks"]]

    @property
    def heads(self) -> Iterator[dict[str, Any]]:
        """Each framework with its fit as the scale draws it."""
        for framework in self.content["frameworks"]:
            yield {**framework, "scale": scale_of(framework)}

    @property
    def groups(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Criteria by group, each with its weight and its cells in the order of the frameworks."""
        claims = self._cited()
        for group, criteria in groupby(self.content["criteria"], lambda one: one["group"]):
            yield (
                group,
                [
                    {
                        **criterion,
                        "weight": self.content["weights"][criterion["slug"]],
                        "cells": [
                            _legible(self.cells[framework["slug"], criterion["slug"]], claims)
                            for framework in self.content["frameworks"]
                        ],
                    }
                    for criterion in criteria
                ],
            )

    @property
    def live_url(self) -> str:
        """The same comparison of today, under the weights of then."""
        slugs = [framework["slug"] for framework in self.content["frameworks"]]
        view = View(weights=self.content["weights"])
        return view.url(reverse("comparisons:side_by_side", args=[slugs]))

    def _cited(self) -> dict[str, dict[str, Any]]:
        sources = {source["key"]: source for source in self.content["sources"]}
        return {
            claim["key"]: {**claim, "source": sources[claim["source"]]} for claim in self.content["claims"]
        }


def _cells(content: Content) -> dict[tuple[str, str], CellContent]:
    return {(cell["framework"], cell["criterion"]): cell for cell in content["cells"]}


def _legible(cell: CellContent, claims: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """With its claims in full, and a date for a date."""
    reviewed = cell["reviewed_on"]
    return {
        **cell,
        "reviewed_on": date.fromisoformat(reviewed) if reviewed else None,
        "cited": [claims[key] for key in cell["claims"]],
    }


# What has changed since


@dataclass(frozen=True)
class ChangedCell:
    """A cell that says something else today, named as it was, with the steps that led there, newest first."""

    framework: str
    criterion: str
    url: str
    changes: list[PublicChange]
    steps: list[Revision]


@dataclass(frozen=True)
class Since:
    """`cells` are told of one by one; of a framework or criterion that is `gone`, the cells are only counted."""

    kept: Kept
    cells: list[ChangedCell]
    gone: list[str]
    changed_total: int

    @property
    def total(self) -> int:
        return len(self.kept.cells)


def since(snapshot: Snapshot) -> Since:
    """Held against the facts of today, in a fixed number of queries."""
    kept = Kept(snapshot)
    then = _by_todays_names(kept.content)
    today = _today(then)
    before, after = _cells(then), _cells(today)
    said_before, said_after = _by_key(then), _by_key(today)
    changed = {
        place: found
        for place, cell in before.items()
        if place in after and (found := list(_changes(cell, after[place], said_before, said_after)))
    }
    claims = {place: {*before[place]["claims"], *after[place]["claims"]} for place in changed}
    steps = _steps(snapshot.stood_at, claims)
    names = {one["slug"]: one["name"] for one in (*then["frameworks"], *then["criteria"])}
    told = [
        ChangedCell(
            framework=names[place[0]],
            criterion=names[place[1]],
            url=reverse("frameworks:cell_history", args=place),
            changes=found,
            steps=[step for step in steps if step.key == "/".join(place) or step.key in claims[place]],
        )
        for place, found in changed.items()
    ]
    gone = sum(place not in after for place in before)
    return Since(kept, told, list(_gone(then, today)), len(changed) + gone)


def _by_todays_names(content: Content) -> Content:
    """What was renamed since is still the same thing. One query."""
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
        "frameworks": [{**one, "slug": name("framework", one["slug"])} for one in content["frameworks"]],
        "criteria": [{**one, "slug": name("criterion", one["slug"])} for one in content["criteria"]],
        "cells": [
            {
                **cell,
                "framework": name("framework", cell["framework"]),
                "criterion": name("criterion", cell["criterion"]),
            }
            for cell in content["cells"]
        ],
        "claims": [{**claim, "source": name("source", claim["source"])} for claim in content["claims"]],
    }


def _today(content: Content) -> Content:
    """The same frameworks and criteria, as far as they are still compared."""
    facts = current_facts()
    named = {*_slugs(content["frameworks"])}, {*_slugs(content["criteria"])}
    frameworks = [framework for framework in facts.frameworks if framework.slug in named[0]]
    criteria = [criterion for criterion in facts.criteria if criterion.slug in named[1]]
    cells = facts.cells(frameworks, with_claims=True)
    table = build_matrix(frameworks, criteria, cells, minimum_coverage=settings.MINIMUM_COVERAGE)
    return content_of(table, table.in_order, criteria, {})


def _slugs(named: Iterable[Mapping[str, Any]]) -> list[str]:
    return [one["slug"] for one in named]


def _gone(kept: Content, today: Content) -> Iterator[str]:
    for before, after in (
        (kept["frameworks"], today["frameworks"]),
        (kept["criteria"], today["criteria"]),
    ):
        still = set(_slugs(cast(Sequence[Mapping[str, Any]], after)))
        yield from (one["name"] for one in before if one["slug"] not in still)


def _by_key(content: Content) -> dict[str, ClaimContent]:
    return {claim["key"]: claim for claim in content["claims"]}


def _changes(
    before: CellContent,
    after: CellContent,
    said_before: Mapping[str, ClaimContent],
    said_after: Mapping[str, ClaimContent],
) -> Iterator[PublicChange]:
    """What the cell says otherwise: its rating, then its claims. That it was looked over again says nothing else."""
    rated = [
        ("Score", str(before["score"] or ""), str(after["score"] or "")),
        ("Verdict", before["verdict"], after["verdict"]),
        ("Rationale", before["rationale"], after["rationale"]),
    ]
    yield from (PublicChange(label, old, new) for label, old, new in rated if old != new)
    for key in dict.fromkeys([*before["claims"], *after["claims"]]):
        old = said_before[key] if key in before["claims"] else None
        new = said_after[key] if key in after["claims"] else None
        if old != new:
            claim = cast(ClaimContent, new or old)
            yield PublicChange(f"Claim {claim['source']}:{claim['line']}", _said(old), _said(new))


def _said(claim: ClaimContent | None) -> str:
    """All of a claim that a reader sees."""
    if claim is None:
        return ""
    reading = f"(reads as {claim['reading']})" if claim["reading"] else ""
    term = f"“{claim['term']}”" if claim["term"] else ""
    return " ".join(filter(None, [term, claim["paraphrase"], reading, claim["note"]]))


def _steps(moment: datetime, claims: Mapping[tuple[str, str], set[str]]) -> list[Revision]:
    """What readers may know of why these cells changed, in one query."""
    ratings = models.Q(model="rating", key__in=["/".join(place) for place in claims])
    cited = models.Q(model="claim", key__in=set[str]().union(*claims.values()))
    known = Revision.objects.public().filter(ratings | cited, at__gt=moment)
    return list(known.with_names().order_by("-at", "-pk"))
