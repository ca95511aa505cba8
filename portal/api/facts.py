"""Answer for the facts, one function for each address: validate the parameters, fetch the rows, serialise them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from comparisons.comparison.content import source_content
from comparisons.comparison.forms import clip
from frameworks.cells import Cell, by_cell
from frameworks.models import Claim, Criterion, Framework, Rating, Retirable, Revision, Source
from frameworks.models.catalogue import CriterionQuerySet, FrameworkQuerySet
from frameworks.models.evidence.ratings import RatingQuerySet
from frameworks.models.evidence.sources import SourceQuerySet
from frameworks.pages.conditional import revalidated
from frameworks.record import changelog
from frameworks.text.mangled import untracked

from . import schemas
from .ordering import Order
from .parameters import PLACES, ChangesForm, ListForm, validate

Fact = TypeVar("Fact")
Item = TypeVar("Item")

#: HEAD is answered as GET is.
SAFE_METHODS = ["GET", "HEAD"]

#: The orders of the lists.
FRAMEWORKS = Order(("slug",))
CRITERIA = Order(("group__position", "position", "name"), numbers=2)
SOURCES = Order(("key",))
CLAIMS = Order(("source__key", "line", "key"), numbers=1)
RATINGS = Order(("framework__slug", "criterion__slug"))

router = Router()
router.add_decorator(revalidated, mode="view")


@router.api_operation(
    SAFE_METHODS,
    "/frameworks",
    summary="All frameworks",
    response=schemas.FrameworkPage,
    tags=["Facts"],
)
def frameworks(request: HttpRequest, response: HttpResponse) -> schemas.FrameworkPage:
    """List the published frameworks by slug, without those that are retired."""
    form = ListForm(request.GET, FRAMEWORKS)
    validate(request.GET, form)
    page, items = _page(request, response, form, _frameworks().current(), _each(_framework))
    return schemas.FrameworkPage(**page, items=items)


@router.api_operation(
    SAFE_METHODS,
    "/frameworks/{slug:slug}",
    summary="One framework",
    response=schemas.Framework,
    tags=["Facts"],
)
def framework(request: HttpRequest, slug: str) -> schemas.Framework:
    """Return one framework with its traits, each with the claims that support it, also a retired one."""
    validate(request.GET)
    return _framework(_get(_frameworks(), "framework", slug=slug))


@router.api_operation(
    SAFE_METHODS,
    "/criteria",
    summary="All criteria",
    response=schemas.CriterionPage,
    tags=["Facts"],
)
def criteria(request: HttpRequest, response: HttpResponse) -> schemas.CriterionPage:
    """List the criteria in the order of the matrix's columns, without those that are retired."""
    form = ListForm(request.GET, CRITERIA)
    validate(request.GET, form)
    page, items = _page(request, response, form, _criteria().current(), _each(_criterion))
    return schemas.CriterionPage(**page, items=items)


@router.api_operation(
    SAFE_METHODS,
    "/criteria/{slug:slug}",
    summary="One criterion with its rubric",
    response=schemas.Criterion,
    tags=["Facts"],
)
def criterion(request: HttpRequest, slug: str) -> schemas.Criterion:
    """Return one criterion with its question, rubric and default weight, also a retired one."""
    validate(request.GET)
    return _criterion(_get(_criteria(), "criterion", slug=slug))


@router.api_operation(
    SAFE_METHODS, "/sources", summary="All sources", response=schemas.SourcePage, tags=["Facts"]
)
def sources(request: HttpRequest, response: HttpResponse) -> schemas.SourcePage:
    """List the sources by key, without those that are retired."""
    form = ListForm(request.GET, SOURCES)
    validate(request.GET, form)
    page, items = _page(request, response, form, _sources().current(), _each(_source))
    return schemas.SourcePage(**page, items=items)


@router.api_operation(
    SAFE_METHODS, "/sources/{slug:key}", summary="One source", response=schemas.Source, tags=["Facts"]
)
def source(request: HttpRequest, key: str) -> schemas.Source:
    """Return one source: who wrote it and what its publisher sells, also a retired one."""
    validate(request.GET)
    return _source(_get(_sources(), "source", key=key))


@router.api_operation(
    SAFE_METHODS,
    "/claims",
    summary="Claims, optionally of a framework, criterion or source",
    response=schemas.ClaimPage,
    tags=["Facts"],
)
def claims(request: HttpRequest, response: HttpResponse) -> schemas.ClaimPage:
    """List the claims by source and line. Filtered by a criterion, they include joint claims."""
    form = filter_form(request.GET, CLAIMS)
    validate(request.GET, form)
    rows = Claim.objects.published().cited()
    for name, value in form.filters.items():
        rows = rows.filter(_under_criterion(value) if name == "criterion" else _equal(name, value))
    page, items = _page(request, response, form, rows, _each(_claim))
    return schemas.ClaimPage(**page, items=items)


@router.api_operation(
    SAFE_METHODS, "/claims/{slug:key}", summary="One claim", response=schemas.Claim, tags=["Facts"]
)
def claim(request: HttpRequest, key: str) -> schemas.Claim:
    """Return one claim."""
    validate(request.GET)
    return _claim(_get(Claim.objects.public().cited(), "claim", key=key))


@router.api_operation(
    SAFE_METHODS,
    "/ratings",
    summary="Ratings with their claims, optionally of a framework, criterion or source",
    response=schemas.RatingPage,
    tags=["Facts"],
)
def ratings(request: HttpRequest, response: HttpResponse) -> schemas.RatingPage:
    """List the ratings by framework and criterion, each with its claims in full.

    Filtered by a source, these are the ratings that it supports, alone or among others.
    """
    form = filter_form(request.GET, RATINGS)
    validate(request.GET, form)
    rows = _ratings().current()
    for name, value in form.filters.items():
        rows = rows.filter(_citing_source(value) if name == "source" else _equal(name, value))
    page, items = _page(request, response, form, rows, _rating_list)
    return schemas.RatingPage(**page, items=items)


@router.api_operation(
    SAFE_METHODS,
    "/ratings/{slug:framework}/{slug:criterion}",
    summary="One rating with its claims",
    response=schemas.Rating,
    tags=["Facts"],
)
def rating(request: HttpRequest, framework: str, criterion: str) -> schemas.Rating:
    """Return one rating with its claims."""
    validate(request.GET)
    row = _get(_ratings(), "rating", framework__slug=framework, criterion__slug=criterion)
    return _rating_list([row])[0]


@router.api_operation(
    SAFE_METHODS,
    "/changes",
    summary="Changes since a revision",
    response=schemas.Changes,
    tags=["Changes"],
)
def changes(request: HttpRequest, response: HttpResponse) -> schemas.Changes:
    """List the changes after the revision `since`, by number. Pass `latest` as the next `since` to get only new ones.

    Changes to a framework from before it was published appear when it is published, under their old numbers.
    """
    form = ChangesForm(request.GET)
    validate(request.GET, form)
    revisions = Revision.objects.public().filter(pk__gt=form.start).order_by("pk")
    total = revisions.count()
    steps = changelog.in_words(list(revisions.with_names()[: form.size]))
    latest = steps[-1].revision.pk if steps else form.start
    following = _address(request, since=latest) if total > len(steps) else None
    _link(response, next=following)
    return schemas.Changes(total=total, latest=latest, next=following, items=list(map(_change, steps)))


def filter_form(data: Any, order: Order) -> ListForm:
    """Return the form of a list in this order that can be filtered by framework, criterion and source."""
    return ListForm(
        data,
        order,
        framework=Framework.objects.public(),
        criterion=Criterion.objects.all(),
        source=Source.objects.all(),
    )


# Queries


def _frameworks() -> FrameworkQuerySet:
    public = Prefetch("traits__claims", Claim.objects.public().order_by("key"))
    return Framework.objects.public().with_traits().prefetch_related(public).order_by("slug")


def _sources() -> SourceQuerySet:
    return Source.objects.with_claim_counts().order_by("key")


def _ratings() -> RatingQuerySet:
    return (
        Rating.objects.public()
        .select_related("framework", "criterion")
        .order_by("framework__slug", "criterion__slug")
    )


def _equal(name: str, value: str) -> Q:
    return Q(**{f"{name}__{'key' if name == 'source' else 'slug'}": value})


def _criteria() -> CriterionQuerySet:
    return Criterion.objects.in_order().prefetch_related("wordings")


def _under_criterion(criterion: str) -> Q:
    return Q(criterion__slug=criterion) | Q(joint_criterion__slug=criterion)


def _citing_source(source: str) -> Q:
    cell = Q(criterion=OuterRef("criterion")) | Q(joint_criterion=OuterRef("criterion"))
    return Q(Exists(Claim.objects.filter(cell, framework=OuterRef("framework"), source__key=source)))


def _get(rows: QuerySet[Any], kind: str, **key: str) -> Any:
    try:
        return rows.get(**key)
    except rows.model.DoesNotExist as error:
        raise Http404(
            f"There is no {settings.TOPIC.worded(kind)} “{clip('/'.join(key.values()))}”."
        ) from error


def _page(
    request: HttpRequest,
    response: HttpResponse,
    form: ListForm,
    rows: QuerySet[Any],
    serialise: Callable[[Iterable[Any]], list[Item]],
) -> tuple[schemas.ListPage, list[Item]]:
    """Return the part of the rows that the form selects, with the addresses of the parts before and after it.

    One row more than is shown tells whether there is a part beyond.
    """
    size, order, total = form.size, form.order, rows.count()
    if form.after or form.offset_given is not None or not form.before:
        start = 0 if form.after else form.offset_given or 0
        found = list(order.following(rows, form.after)[start : start + size + 1])
        shown, has_more, has_earlier = found[:size], len(found) > size, bool(form.after or start)
    else:
        found = list(order.preceding(rows, form.before)[: size + 1])
        shown, has_more, has_earlier = found[:size][::-1], True, len(found) > size
    following = _address(request, after=order.place(shown[-1])) if shown and has_more else None
    previous = _address(request, before=order.place(shown[0])) if shown and has_earlier else None
    _link(response, next=following, prev=previous)
    return schemas.ListPage(total=total, next=following, previous=previous), serialise(shown)


def _address(request: HttpRequest, **changed: object) -> str:
    query = request.GET.copy()
    for name in PLACES:
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = str(value)
    return untracked(f"{settings.SITE_URL}{request.path}?{query.urlencode(safe='/')}")


def _link(response: HttpResponse, **relations: str | None) -> None:
    if links := [f'<{address}>; rel="{name}"' for name, address in relations.items() if address]:
        response.headers["Link"] = ", ".join(links)


# Serialising


def _each(serialise: Callable[[Fact], Item]) -> Callable[[Iterable[Fact]], list[Item]]:
    return lambda facts: [serialise(fact) for fact in facts]


def page_of(path: str) -> str:
    """Return the absolute address of a page, under the portal's public address."""
    return f"{settings.SITE_URL}{path}"


def moment(at: datetime) -> str:
    """Return a time as ISO 8601 in UTC, ending in `Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _retirement(fact: Retirable) -> schemas.Retirement | None:
    if not fact.is_retired:
        return None
    return schemas.Retirement(on=fact.retired_on.isoformat(), because=fact.retired_because)


def _framework(framework: Framework) -> schemas.Framework:
    return schemas.Framework(
        slug=framework.slug,
        name=framework.name,
        tagline=framework.tagline,
        summary=framework.summary,
        website=framework.website,
        repository=framework.repository,
        traits=[
            schemas.Trait(
                facet=trait.value.facet.slug,
                value=trait.value.slug,
                name=trait.value.name,
                note=trait.note,
                claims=[claim.key for claim in trait.claims.all()],
            )
            for trait in framework.traits.all()
        ],
        retired=_retirement(framework),
        page=page_of(framework.get_absolute_url()),
        version=framework.version,
    )


def _criterion(criterion: Criterion) -> schemas.Criterion:
    return schemas.Criterion(
        slug=criterion.slug,
        name=criterion.name,
        short_name=criterion.short_name,
        group=schemas.Group(slug=criterion.group.slug, name=criterion.group.name),
        question=criterion.question,
        description=criterion.description,
        scored=criterion.is_scored,
        default_weight=criterion.default_weight,
        rubric=[
            schemas.RubricStep(score=score, means=means)
            for score, means in criterion.rubric
            if criterion.is_scored
        ],
        reading_rule=criterion.reading_rule,
        readings=[
            schemas.Wording(
                slug=row.slug, words=row.phrases, reading=row.reading, explanation=row.explanation
            )
            for row in criterion.wordings.all()
        ],
        retired=_retirement(criterion),
        page=page_of(criterion.get_absolute_url()),
        version=criterion.version,
    )


def _source(source: Any) -> schemas.Source:
    return schemas.Source(
        **source_content(source),
        title_is_stated=source.title_is_stated,
        description=source.description,
        note=source.note,
        read_on=source.read_on.isoformat(),
        line_count=source.line_count,
        claim_count=source.claim_count,
        retired=_retirement(source),
        page=page_of(source.get_absolute_url()),
        version=source.version,
    )


def _claim(claim: Claim) -> schemas.Claim:
    return schemas.Claim(
        **claim.content,
        locator=claim.locator,
        framework=claim.framework.slug if claim.framework else None,
        criterion=claim.criterion.slug,
        joint_criterion=claim.joint_criterion.slug if claim.joint_criterion else None,
        wording=claim.wording.slug if claim.wording else None,
        factor=claim.is_factor,
        page=page_of(claim.get_absolute_url()),
        version=claim.version,
    )


def _rating_list(ratings: Iterable[Rating]) -> list[schemas.Rating]:
    """Serialise the ratings, each with the claims of its cell, in one query for all of them."""
    rows = list(ratings)
    in_cells = Q(pk__in=())
    for criterion in {rating.criterion for rating in rows}:
        in_cells |= Q(criterion=criterion) | Q(joint_criterion=criterion)
    evidence = by_cell(
        Claim.objects.about(*{rating.framework for rating in rows}).filter(in_cells).in_evidence().cited()
    )
    cells = [
        Cell.of(
            rating.framework,
            rating.criterion,
            rating,
            evidence.get((rating.framework_id, rating.criterion_id), ()),
        )
        for rating in rows
    ]
    return [_rating(cell, rating) for cell, rating in zip(cells, rows, strict=True)]


def _rating(cell: Cell, rating: Rating) -> schemas.Rating:
    return schemas.Rating(
        framework=cell.framework.slug,
        criterion=cell.criterion.slug,
        score=rating.score,
        verdict=rating.verdict,
        rationale=rating.rationale,
        departure=rating.departure,
        reviewed_on=rating.reviewed_on.isoformat() if rating.reviewed_on else None,
        spread=cell.tally.spread,
        disputed=cell.is_disputed,
        source_kinds=cell.by_kind,
        claims=[_claim(claim) for claim in cell.claims],
        page=page_of(rating.get_absolute_url()),
        version=rating.version,
    )


def _change(step: changelog.ChangelogStep) -> schemas.Change:
    revision = step.revision
    return schemas.Change(
        revision=revision.pk,
        at=moment(revision.at),
        kind=revision.model,
        key=revision.key,
        name=step.name,
        action=revision.action,
        author=revision.public_author,
        reviewer=revision.public_reviewer,
        reason=revision.reason,
        changeset=str(revision.changeset),
        changes=[
            schemas.ChangedField(field=change.label, before=change.before, after=change.after)
            for change in step.changes
        ],
        page=page_of(step.url) if step.url else None,
    )
