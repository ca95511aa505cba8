"""Turn a comparison into plain data, which formats write, snapshots store and the API returns.

Rows are identified by slug or key, never by a database id: equal content is equal data wherever it is made. Numbers
are whole (fits and bands in points of 100, coverage in percent, rounded down), so that no format rounds differently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from typing import NotRequired

import numpy as np

# Not from typing: the API's schemas are made of these, which needs the TypedDict of Python 3.12.
from typing_extensions import TypedDict

from comparisons.arithmetic.scoring import Fit
from frameworks.cells import Cell, Key, tally
from frameworks.models import Claim, Criterion, CriterionGroup, Framework, Rating, Source
from frameworks.models.evidence.claims import ClaimContent

from .matrix import Column, Matrix, Row, compared, difference

#: Increased when an existing field changes its meaning, not when a field is added.
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
    """`state` is rated, evidence (claims, not scored yet) or silent; `score` is 1 to 5; `claims` are keys.

    `departure`: why the score departs from the median of the sources. Copies from before 2026-11-29 do not have it.
    """

    framework: str
    criterion: str
    state: str
    score: int | None
    verdict: str
    rationale: str
    departure: NotRequired[str]
    reviewed_on: str | None
    disputed: bool
    claims: list[str]


class KindContent(TypedDict):
    kind: NotRequired[str]


class SourceContent(TypedDict):
    """`date` as the source states it; `interest` is what its publisher sells that bears on the matter. `kind` is there
    unless it is an article, as in all content from before there were others."""

    key: str
    name: str
    kind: NotRequired[str]
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


def content_of(table: Matrix, rows: Sequence[Row]) -> Content:
    """Return the content of a matrix whose cells hold their claims: `rows` in their order, the criteria on show."""
    cells = [entry.cell for row in rows for entry in row.entries]
    claims = {claim.key: claim for cell in cells for claim in cell.claims}
    one_each = {claim.source_id: claim for claim in claims.values()}
    sources = {source.key: source for claim in one_each.values() for source in [claim.source]}
    return Content(
        format=FORMAT,
        frameworks=[_framework(row) for row in rows],
        criteria=[_criterion(column.criterion) for column in table.columns],
        weights=dict(table.weights),
        cells=[_cell(cell) for cell in cells],
        claims=[claims[key].content for key in sorted(claims)],
        sources=[source_content(sources[key]) for key in sorted(sources)],
    )


def matrix_of(content: Content, *, baseline: str = "") -> Matrix:
    """Rebuild the matrix from its content, out of unsaved model instances: the inverse of `content_of`. `baseline`
    names the framework that the others are measured against.

    Only the best cells are worked out again; fits, ranks and disputes are those stored. The content does not hold the
    default weights, nor the scores under criteria that were not shown.
    """
    groups = {
        name: CriterionGroup(pk=pk, name=name)
        for pk, name in enumerate(dict.fromkeys(item["group"] for item in content["criteria"]), 1)
    }
    criteria = [
        Criterion(
            pk=pk,
            slug=criterion["slug"],
            name=criterion["name"],
            group=groups[criterion["group"]],
            question=criterion["question"],
            default_weight=content["weights"][criterion["slug"]],
        )
        for pk, criterion in enumerate(content["criteria"], 1)
    ]
    frameworks = [
        Framework(pk=pk, slug=framework["slug"], name=framework["name"])
        for pk, framework in enumerate(content["frameworks"], 1)
    ]
    cells = _frozen_cells(content, frameworks, criteria)
    cell_rows = [
        tuple(cells[framework.pk, criterion.pk] for criterion in criteria) for framework in frameworks
    ]
    columns = tuple(
        Column(criterion, criterion.default_weight, len({(cell.state, cell.score) for cell in abreast}) == 1)
        for criterion, abreast in zip(criteria, zip(*cell_rows, strict=True), strict=True)
    )
    fits = [_frozen_fit(framework) for framework in content["frameworks"]]
    base = next((place for place, framework in enumerate(frameworks) if framework.slug == baseline), None)
    base_row = None if base is None else cell_rows[base]
    base_points = None if base is None else fits[base].points
    rows = tuple(
        Row(
            framework=framework,
            fit=fit,
            rank=stored["rank"],
            cells=cell_row,
            entries=entries,
            delta=None if cell_row is base_row else difference(fit.points, base_points),
            is_baseline=cell_row is base_row,
        )
        for framework, stored, fit, cell_row, entries in zip(
            frameworks, content["frameworks"], fits, cell_rows, compared(cell_rows, base_row), strict=True
        )
    )
    ranked = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    leaders = [row for row in ranked if row.rank == 1]
    second = ranked[1] if len(ranked) > 1 and len(leaders) == 1 else None
    return Matrix(
        columns=columns,
        ranked=tuple(row for row in rows if row.rank is not None),
        unranked=tuple(row for row in rows if row.rank is None),
        in_order=rows,
        criteria=criteria,
        weights=content["weights"],
        minimum_coverage=Fraction(0),
        places=np.arange(len(rows)),
        ranked_total=len(ranked),
        leaders=tuple(row.framework for row in leaders),
        lead=(leaders[0].fit.points or 0) - (second.fit.points or 0) if second else None,
        runner_up=second.framework if second else None,
    )


@dataclass(frozen=True, slots=True)
class FrozenCell(Cell):
    """A cell of a snapshot: whether it is in dispute was decided when it was frozen."""

    was_disputed: bool = False

    @property
    def is_disputed(self) -> bool:
        return self.was_disputed


def _frozen_cells(
    content: Content, frameworks: Iterable[Framework], criteria: Iterable[Criterion]
) -> dict[Key, Cell]:
    sources = {
        source["key"]: Source(
            pk=pk,
            key=source["key"],
            short_name=source["name"],
            kind=source.get("kind", Source.Kind.ARTICLE),
            title=source["title"],
            authors=source["authors"],
            publisher=source["publisher"],
            date_stated=source["date"],
            commercial_interest=source["interest"],
            url=source["url"],
        )
        for pk, source in enumerate(content["sources"], 1)
    }
    claims_by_key = {
        claim["key"]: Claim(
            pk=pk,
            key=claim["key"],
            source=sources[claim["source"]],
            line=claim["line"],
            part=claim["part"],
            term=claim["term"],
            paraphrase=claim["paraphrase"],
            condition=claim.get("condition", ""),
            comparison=claim.get("comparison", ""),
            reading=claim["reading"],
            note=claim["note"],
        )
        for pk, claim in enumerate(content["claims"], 1)
    }
    contents = {(cell["framework"], cell["criterion"]): cell for cell in content["cells"]}
    return {
        (framework.pk, criterion.pk): FrozenCell(
            framework,
            criterion,
            cell["score"],
            tally(claims),
            _frozen_rating(cell),
            claims,
            was_disputed=cell["disputed"],
        )
        for framework, criterion in product(frameworks, list(criteria))
        for cell in [contents[framework.slug, criterion.slug]]
        for claims in [tuple(claims_by_key[key] for key in cell["claims"])]
    }


def _frozen_rating(cell: CellContent) -> Rating | None:
    if cell["score"] is None:
        return None
    return Rating(
        score=cell["score"],
        verdict=cell["verdict"],
        rationale=cell["rationale"],
        departure=cell.get("departure", ""),
        reviewed_on=date.fromisoformat(cell["reviewed_on"]) if cell["reviewed_on"] else None,
        is_published=True,
    )


def _frozen_fit(framework: FrameworkContent) -> Fit:
    """Return the fit of these whole points, so that it shows the same."""
    low, high = framework["band"] or (None, None)
    return Fit(
        value=_share(framework["fit"]),
        coverage=Fraction(framework["coverage"], 100),
        low=_share(low),
        high=_share(high),
    )


def _share(points: int | None) -> Fraction | None:
    return None if points is None else Fraction(points, 100)


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
        departure=rating.departure if rating else "",
        reviewed_on=rating.reviewed_on.isoformat() if rating and rating.reviewed_on else None,
        disputed=cell.is_disputed,
        claims=[claim.key for claim in cell.claims],
    )


def source_content(source: Source) -> SourceContent:
    kind: KindContent = {} if source.is_article else {"kind": str(source.kind)}
    return {
        "key": source.key,
        "name": source.short_name,
        **kind,
        "title": source.title,
        "authors": source.authors,
        "publisher": source.publisher,
        "date": source.date_stated,
        "interest": source.commercial_interest,
        "url": source.url,
    }
