"""Define the template context of each page about several frameworks, which its card reads as well."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from comparisons.arithmetic.stability import DRAWS
from comparisons.comparison.matrix import Matrix, Row
from comparisons.comparison.permalinks import View
from comparisons.comparison.picking import Offer
from comparisons.comparison.use_cases import Advice, ExcludedFramework, Shortfall, Weighed
from comparisons.deciding.choosing import ExampleAnswer, Outcome, PromptOptions
from comparisons.deciding.needs import Needs, Overview, Supplies
from comparisons.models import Snapshot, UseCase
from comparisons.sharing.embedding import Embed
from comparisons.sharing.snapshots import FrozenComparison, Since
from comparisons.sharing.snippets import Snippet
from frameworks.catalogue import LISTED
from frameworks.cells import Cell
from frameworks.facts import Extent
from frameworks.median import Derivation
from frameworks.models import Claim, Criterion, FacetValue, Framework, Rating, Revision, Source
from frameworks.pages.pictured import PART

from .around import AroundMatrix, AroundSideBySide, AroundUseCase
from .glossary import Term
from .links import File, PastDayNote, Pictures
from .presets import WeightPresets
from .why import Why


@dataclass(frozen=True, kw_only=True)
class MatrixPage:
    """`mark`: the version of the catalogue, empty if what shows it is not to be kept. `first`: the first page of the
    matrix, which its card shows. `are_listed`: whether controls list all frameworks. `blame`: for an empty table, each
    filter that emptied it in words, how many it hides, the address without it."""

    mark: str
    matrix: Matrix
    first: Matrix
    why: Why
    everyone: Sequence[Framework]
    are_listed: bool
    baseline: Framework | None
    opened: Cell | None
    use_cases: Collection[UseCase]
    notices: Sequence[str]
    blame: Sequence[tuple[str, int, str]]
    around: AroundMatrix = field(metadata=PART)
    stood: PastDayNote = field(metadata=PART)
    extent: Extent | None = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class ChooserPage:
    offer: Offer
    is_open: bool
    ticked: Sequence[str]
    unknown: Sequence[str]
    wanted: Sequence[str]
    retirement_notes: Sequence[str]
    last_day: date | None
    last_day_url: str
    maximum: int
    suggested: Sequence[Framework]
    suggestion: str
    passed_on: Sequence[tuple[str, str]]
    view: View
    stood: PastDayNote = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class SideBySidePage:
    mark: str
    matrix: Matrix
    names: str
    why: Why
    use_cases: Collection[UseCase]
    notices: Sequence[str]
    last_day: date | None
    last_day_url: str
    canonical_path: str
    feed_path: str
    short: dict[Framework, list[Shortfall]]
    around: AroundSideBySide = field(metadata=PART)
    stood: PastDayNote = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class ChoicePage:
    asked: Sequence[PromptOptions]
    answered: bool
    examples: Sequence[ExampleAnswer]
    notices: Sequence[str]
    outcome: Outcome
    path: str
    weighed_url: str
    why_url: str
    side_by_side_url: str


@dataclass(frozen=True, kw_only=True)
class CapabilitiesPage:
    """`most`: how many frameworks are listed at most."""

    needs: Needs
    offered: Sequence[FacetValue]
    most: int = LISTED
    answer: Overview | Supplies = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class UseCaseIndexPage:
    known: Sequence[Advice]


@dataclass(frozen=True, kw_only=True)
class UseCasePage:
    use_case: UseCase
    matrix: Matrix
    excluded: Matrix
    short: Sequence[ExcludedFramework]
    weighed: Sequence[Weighed]
    around: AroundUseCase = field(metadata=PART)


@dataclass(frozen=True, slots=True)
class WorkedStep:
    """A criterion's part in the worked example of a fit; `points` are those shown, None if it is not rated."""

    criterion: Criterion
    weight: int
    score: int | None
    share: float | None
    points: float | None


@dataclass(frozen=True, slots=True)
class WeightedCriterion:
    """A criterion with its default weight, and the claims of sources that say it should be weighed."""

    criterion: Criterion
    claims: Sequence[Claim]

    @property
    def sources(self) -> list[tuple[Source, list[Claim]]]:
        """Return each source with its claims."""
        return [(source, list(claims)) for source, claims in groupby(self.claims, attrgetter("source"))]


@dataclass(frozen=True, kw_only=True)
class MethodPage:
    """`ranked_beyond`: how many are ranked besides those on the first page of the matrix. `tables`: the criteria with
    their tables of readings. `ties`: the ratings that a tie decides, where there are not too many to look through."""

    matrix: Matrix
    ranked_beyond: int
    example: Row | None
    steps: Sequence[WorkedStep]
    rated_weight: int
    unranked_example: Row | None
    draws: int = DRAWS
    tables: Collection[Criterion]
    factors: Sequence[WeightedCriterion]
    presets: WeightPresets
    departures: Collection[Rating]
    ties: Sequence[tuple[Rating, Derivation[int]]]
    extent: Extent = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class GlossaryPage:
    terms: Sequence[Term]


@dataclass(frozen=True, kw_only=True)
class SnapshotPage:
    frozen: FrozenComparison
    notices: Sequence[str]
    pinned_url: str
    only_url: str
    without_baseline_url: str
    evidence_base: str
    evidence_url: str
    hide_url: str
    files: Sequence[File]
    embed_url: str
    oembed_url: str
    pictures: Pictures = field(metadata=PART)


@dataclass(frozen=True, kw_only=True)
class SnapshotChangesPage:
    since: Since


@dataclass(frozen=True, kw_only=True)
class MakerPage:
    snippet: Snippet


@dataclass(frozen=True, kw_only=True)
class FramePage:
    """A framed comparison, either live or of a snapshot."""

    embed: Embed
    theme: str
    day: date | datetime
    notices: Sequence[str] = ()
    revision: Revision | None = None
    snapshot: Snapshot | None = None
