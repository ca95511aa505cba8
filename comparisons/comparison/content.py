"""What a comparison says, as plain data: the one thing that formats write, snapshots keep and the API answers.

Everything is named, nothing is numbered by a database: the same content is the same data wherever it is made. Numbers
are whole (fits and bands in points of 100, coverage in percent, rounded down), so that no format rounds differently.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Of the typing of Python 3.12: the API's schemas are made of these, which that of 3.11 does not allow.
from typing_extensions import TypedDict

from frameworks.cells import Cell
from frameworks.models import Claim, Criterion, Source

from .matrix import Matrix, Row

#: Raised when what is there before changes its meaning. What is merely added raises nothing.
FORMAT = 1


class FrameworkContent(TypedDict):
    """`fit` and `band` (lowest and highest possible fit) in points of 100, `coverage` in percent.

    `rank` is None on too little evidence; `fit` and `band` where nothing that counts is rated.
    """

    slug: str
    name: str
    rank: int | None
    fit: int | None
    band: tuple[int, int] | None
    coverage: int


class CriterionContent(TypedDict):
    slug: str
    name: str
    group: str
    question: str


class CellContent(TypedDict):
    """`state` is rated, evidence (claims, not scored yet) or silent; `score` is 1 to 5; `claims` are keys."""

    framework: str
    criterion: str
    state: str
    score: int | None
    verdict: str
    rationale: str
    reviewed_on: str | None
    disputed: bool
    claims: list[str]


class ClaimContent(TypedDict):
    """What one source says at one line: `term` in its own rating words, `paraphrase` in ours, `reading` from 1 to 5."""

    key: str
    source: str
    line: int
    part: str
    term: str
    paraphrase: str
    reading: int | None
    note: str


class SourceContent(TypedDict):
    """`date` as the source states it; `interest` is what its publisher sells that bears on the matter."""

    key: str
    name: str
    title: str
    authors: str
    publisher: str
    date: str
    interest: str
    url: str


class Content(TypedDict):
    """`weights` are those of all criteria, also of those not shown: they count."""

    format: int
    frameworks: list[FrameworkContent]
    criteria: list[CriterionContent]
    weights: dict[str, int]
    cells: list[CellContent]
    claims: list[ClaimContent]
    sources: list[SourceContent]


def content_of(
    table: Matrix, rows: Sequence[Row], criteria: Iterable[Criterion], weights: Mapping[str, int]
) -> Content:
    """Of a matrix whose cells hold their claims: its rows in the order given, the criteria that it shows.

    `weights` name those that differ from a criterion's default.
    """
    cells = [entry.cell for row in rows for entry in row.entries]
    claims = {claim.key: claim for cell in cells for claim in cell.claims}
    sources = {claim.source.key: claim.source for claim in claims.values()}
    return Content(
        format=FORMAT,
        frameworks=[_framework(row) for row in rows],
        criteria=[_criterion(column.criterion) for column in table.columns],
        weights={
            criterion.slug: weights.get(criterion.slug, criterion.default_weight) for criterion in criteria
        },
        cells=[_cell(cell) for cell in cells],
        claims=[claim_content(claims[key]) for key in sorted(claims)],
        sources=[source_content(sources[key]) for key in sorted(sources)],
    )


def scale_of(framework: FrameworkContent) -> dict[str, Any]:
    """Fit and band as the scale draws them; a band of one point is drawn, too."""
    low, high = framework["band"] or (None, None)
    width = max((high or 0) - (low or 0), 1)
    return {"low_points": low, "high_points": high, "band_points": width, "points": framework["fit"]}


def _framework(row: Row) -> FrameworkContent:
    low, high = row.fit.low_points, row.fit.high_points
    return FrameworkContent(
        slug=row.framework.slug,
        name=row.framework.name,
        rank=row.rank,
        fit=row.fit.points,
        band=None if low is None or high is None else (low, high),
        coverage=row.fit.coverage_percent,
    )


def _criterion(criterion: Criterion) -> CriterionContent:
    return CriterionContent(
        slug=criterion.slug, name=criterion.name, group=criterion.group.name, question=criterion.question
    )


def _cell(cell: Cell) -> CellContent:
    rating = cell.rating
    return CellContent(
        framework=cell.framework.slug,
        criterion=cell.criterion.slug,
        state=cell.state,
        score=cell.score,
        verdict=rating.verdict if rating else "",
        rationale=rating.rationale if rating else "",
        reviewed_on=rating.reviewed_on.isoformat() if rating and rating.reviewed_on else None,
        disputed=cell.is_disputed,
        claims=[claim.key for claim in cell.claims],
    )


def claim_content(claim: Claim) -> ClaimContent:
    return ClaimContent(
        key=claim.key,
        source=claim.source.key,
        line=claim.line,
        part=claim.part,
        term=claim.term,
        paraphrase=claim.paraphrase,
        reading=claim.reading,
        note=claim.note,
    )


def source_content(source: Source) -> SourceContent:
    return SourceContent(
        key=source.key,
        name=source.short_name,
        title=source.title,
        authors=source.authors,
        publisher=source.publisher,
        date=source.date_stated,
        interest=source.commercial_interest,
        url=source.url,
    )
