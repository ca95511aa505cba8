"""Define what each page about one fact shows: its template and its card read the same names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Page

from frameworks.cells import Cell
from frameworks.models import (
    Addition,
    Answer,
    Benchmark,
    Claim,
    Component,
    Criterion,
    Facet,
    Framework,
    Question,
    Rating,
    Relation,
    Revision,
    Source,
    Tie,
    Trait,
    Wording,
)
from frameworks.record.changelog import ChangelogEntry, ChangelogStep
from frameworks.record.changelog_filter import ChangelogFilter
from frameworks.record.paging import KeysetPage
from frameworks.record.score_history import Stretch

from .dossiers import Dispute, Disputes, Plots, Profile, Stances
from .objections import ObjectionForm
from .pictured import PART
from .provisions import Neighbour, Surroundings


@dataclass(frozen=True, kw_only=True)
class FrameworkIndexPage:
    """`frameworks` are those of this page, with their `claim_count` and `rating_count`."""

    frameworks: Collection[Any]
    page: Page[Any]
    notices: Sequence[str]
    criterion_total: int


@dataclass(frozen=True, kw_only=True)
class FrameworkPage:
    """`advice` are the recommendations that name the framework; `opposites` are those to compare it with, each with
    the slugs of both, if they are few enough to be listed. `last_day` is the last on which it was compared, if it is
    retired and the history reaches back so far."""

    framework: Framework
    opened: Collection[str]
    notices: Sequence[str]
    last_day: date | None
    relations: Collection[Relation]
    advice: Sequence[Any]
    facets: Sequence[tuple[Facet, list[Trait]]]
    opposites: Sequence[tuple[Framework, Sequence[str], bool]]
    are_listed: bool
    profile: Profile = field(metadata=PART)
    surroundings: Surroundings = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class ObjectionPage:
    form: ObjectionForm
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class ObjectionSentPage:
    framework: Framework
    criterion: Criterion


@dataclass(frozen=True, kw_only=True)
class CellHistoryPage:
    """`rating` is the current one, None where there is none; `runs` are the steps by changeset."""

    framework: Framework
    criterion: Criterion
    rating: Rating | None
    stretches: Sequence[Stretch]
    runs: Sequence[Sequence[ChangelogStep]]
    page: KeysetPage[Revision]


@dataclass(frozen=True, kw_only=True)
class CriterionIndexPage:
    """`criteria` have their `claim_count` and `rating_count`."""

    criteria: Collection[Any]
    framework_total: int


@dataclass(frozen=True, kw_only=True)
class CriterionPage:
    """`page`: the part of the frameworks that is shown, None if it is all of them. `factor_claims`: those of the
    general claims that say the criterion should be weighed when choosing."""

    criterion: Criterion
    readings: Collection[Wording]
    general_claims: Collection[Claim]
    factor_claims: Collection[Claim]
    page: Page[Any] | None
    notices: Sequence[str]
    dossier: Plots = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class SourceIndexPage:
    """`sources` are those of this page, with their `claim_count`."""

    sources: Collection[Any]
    page: Page[Any]
    notices: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class SourcePage:
    """`mark`: the version under which the claims are kept as they were written. `page`: the part of the frameworks
    whose claims are shown, None if it is all of them. Only the first has a `dossier`."""

    mark: str
    source: Source
    answers: Collection[Answer]
    benchmarks: Collection[Benchmark]
    claim_total: int
    claims_by_framework: Sequence[tuple[Framework | None, Sequence[Claim]]]
    page: Page[Any] | None
    notices: Sequence[str]
    dossier: Stances | None = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class ComponentIndexPage:
    component_total: int
    kinds: Sequence[tuple[str, Sequence[Neighbour]]]


@dataclass(frozen=True, kw_only=True)
class ComponentPage:
    component: Component
    ties: Collection[Tie]
    additions: Collection[Addition]


@dataclass(frozen=True, kw_only=True)
class DisagreementIndexPage:
    """`mark`: the version under which the list is kept as it was written. `others` are the cells on this page that are
    in dispute without an entry; the first page has the entries."""

    mark: str
    disputes: Disputes = field(metadata=PART)
    others: Sequence[Dispute]
    page: Page[Any]
    notices: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class QuestionIndexPage:
    """`mark`: the version under which the list is kept as it was written."""

    mark: str
    questions: Sequence[Question]


@dataclass(frozen=True, kw_only=True)
class ChangesPage:
    """`query` is the query string of the narrowing, for the links to other pages of the list."""

    narrowing: ChangelogFilter
    entries: Sequence[ChangelogEntry]
    page: KeysetPage[Revision]
    query: str
    notices: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ChangesetPage:
    changeset: UUID
    steps: Sequence[ChangelogStep]
    first: Revision
    counts: Sequence[str]
    page: Page[Revision]
    notices: Sequence[str]
