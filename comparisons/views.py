"""Pages about several frameworks at once. Each view parses, fetches, builds, renders, in that order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from frameworks.asof import Today, history_begins
from frameworks.cells import Cell, Key, gather
from frameworks.conditional import revalidated
from frameworks.models import Claim, Criterion, FacetValue, Framework, Rating, Source

from . import choosing, comparing, controls, finding, needs, scoring, snapshots, usecases, why
from .comparing import Comparison
from .content import content_of
from .matrix import Row, build_matrix
from .models import Snapshot, UseCase
from .permalinks import View
from .stability import DRAWS

YEAR = 31_536_000  # seconds
PLAIN_TEXT = "text/plain; charset=utf-8"


class HtmxRequest(HttpRequest):
    """A request with what `django_htmx.middleware` tells about it."""

    htmx: HtmxDetails


# A cache must not hand the fragment to somebody who asks for the page, nor the reverse.
vary_on_htmx = vary_on_headers("HX-Request", "HX-History-Restore-Request")


@require_safe
@vary_on_htmx
@revalidated
def matrix(request: HtmxRequest) -> HttpResponse:
    """Frameworks down, criteria across: filtered, weighed, sorted, one cell open."""
    query = _spoken(request.GET)
    if query != request.GET and not _wants_fragment(request):
        return _tidied(request, query)
    asked = comparing.matrix(query)
    table, view, filters = asked.table, asked.view, asked.filters
    blame = [] if asked.frameworks else filters.blame()
    context = {
        "matrix": table,
        "why": why.explain(table, asked.criteria, asked.cells, asked.weights, view, request.path),
        "everyone": asked.everyone,
        "ticked": [framework for framework in asked.everyone if framework.slug in view.framework],
        "opened": _opened(asked),
        "filters": filters,
        "weighing": asked.weighing,
        "use_cases": asked.kind.use_cases,
        "notices": list(asked.notices),
        "blame": controls.blame(blame, asked.facets, asked.criteria, view, asked.use_case),
        **controls.around_matrix(table, asked.criteria, asked.facets, view, filters.counts(), asked.use_case),
        **_stood(request, asked),
        **({} if view.as_of or _wants_fragment(request) else _extent()),
    }
    return _page_or_fragment(request, "comparisons/matrix.html", "table", context, view)


@require_safe
@revalidated
def choose_parties(request: HtmxRequest) -> HttpResponse:
    """Sends the ticked boxes on to their side by side; without two of them, offers the boxes."""
    asked = comparing.ticked(request.GET)
    view = asked.view
    if 2 <= len(view.framework) <= settings.COMPARE_MAX:
        path = reverse("comparisons:side_by_side", args=[view.framework])
        baseline = view.baseline if view.baseline in view.framework else ""
        kept = [*view.side_by_side().but(baseline=baseline).parameters(), *asked.misread]
        return HttpResponseRedirect(f"{path}?{urlencode(kept)}" if kept else path)
    # Unlike the form, the page says who of those named is not known, and keeps the ticks of the others.
    return _chooser(request, asked, list(dict.fromkeys(filter(None, request.GET.getlist("framework")))))


@require_safe
@vary_on_htmx
@revalidated
def side_by_side(request: HtmxRequest, slugs: list[str]) -> HttpResponse:
    """Two to five frameworks, criteria down, each cell with its verdict and its claims."""
    query = _spoken(request.GET)
    if query != request.GET and not _wants_fragment(request):
        return _tidied(request, query)
    asked = comparing.side_by_side(query, slugs)
    if not 2 <= len(slugs) <= settings.COMPARE_MAX or len(asked.frameworks) < len(slugs):
        return _chooser(request, asked, slugs)
    table, view, criteria, cells = asked.table, asked.view, asked.criteria, asked.cells
    context = {
        "matrix": table,
        "why": why.explain(table, criteria, cells, asked.weights, view, request.path),
        "weighing": asked.weighing,
        "use_cases": asked.kind.use_cases,
        "notices": list(asked.notices),
        "canonical_path": reverse("comparisons:side_by_side", args=[sorted(slugs)]),
        "feed_path": reverse("comparisons:feed", args=[sorted(slugs)]),
        "short": usecases.falling_short(asked.use_case, asked.frameworks, criteria, cells),
        **controls.around_side_by_side(table, criteria, asked.everyone, view, asked.use_case),
        **_stood(request, asked),
    }
    return _page_or_fragment(request, "comparisons/side_by_side.html", "table", context, view)


@csrf_exempt  # there is no cookie that somebody could abuse
@require_POST
def freeze(request: HtmxRequest, slugs: list[str]) -> HttpResponse:
    """Keeps a side by side as it is, and leads to where it is kept."""
    now = timezone.now()
    asked = comparing.side_by_side(_spoken(request.GET), slugs)
    if not 2 <= len(slugs) <= settings.COMPARE_MAX or len(asked.frameworks) < len(slugs):
        return _chooser(request, asked, slugs)
    content = content_of(asked.table, asked.criteria, asked.weights)
    at, address = snapshots.stood_at(asked.view.as_of, now), settings.CLIENT_ADDRESS(request)
    try:
        kept = snapshots.freeze(content, at=at, address=address, now=now)
    except snapshots.TooMany as full:
        live_url = asked.view.url(reverse("comparisons:side_by_side", args=[slugs]))
        return _not_frozen(request, full, live_url, now)
    return HttpResponseRedirect(kept.get_absolute_url())


@require_safe
def snapshot(request: HttpRequest, snapshot_id: str) -> HttpResponseBase:
    """A comparison as it was when it was frozen, from what was kept then and nothing else."""
    kept = snapshots.Kept(get_object_or_404(Snapshot, pk=snapshot_id))
    response = TemplateResponse(request, "comparisons/snapshot.html", {"kept": kept}).render()
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    response.headers["ETag"] = etag = f'"{sha256(response.content).hexdigest()}"'
    return get_conditional_response(request, etag, response=response) or response


@require_safe
@vary_on_htmx
def snapshot_changes(request: HtmxRequest, snapshot_id: str) -> TemplateResponse:
    """What the cells of a snapshot say otherwise today, and why; for htmx as the bar of the snapshot's page."""
    since = snapshots.since(get_object_or_404(Snapshot, pk=snapshot_id))
    part = "#bar" if _wants_fragment(request) else ""
    return TemplateResponse(request, f"comparisons/snapshot_changes.html{part}", {"since": since})


@require_safe
@vary_on_htmx
@revalidated
def choose(request: HtmxRequest) -> HttpResponse:
    """A few questions, and what the sources' own rules answer: the first choice, what speaks against it, a way on."""
    found = choosing.prompts()
    form = choosing.AnswersForm(request.GET, found)
    answers = form.answers
    frameworks = list(Framework.objects.published().with_traits())
    criteria = list(Criterion.objects.scored().in_order())
    outcome = choosing.Outcome.of(choosing.rules(), answers, frameworks, criteria)
    context = {
        "asked": choosing.asked(found, answers),
        "answered": bool(answers),
        "notices": list(form.notices),
        "outcome": outcome,
        "path": request.path,
        "weighed_url": outcome.view.url(reverse("comparisons:matrix")),
        "side_by_side_url": outcome.view.url(reverse("comparisons:side_by_side", args=[outcome.party]))
        if outcome.party
        else "",
    }
    if not _wants_fragment(request):
        return TemplateResponse(request, "comparisons/choose.html", context)
    response = TemplateResponse(request, "comparisons/choose.html#advice", context)
    response.headers["HX-Push-Url"] = (
        f"{request.path}{'?' if answers else ''}{urlencode(answers, doseq=True)}"
    )
    return response


@require_safe
@vary_on_htmx
@revalidated
def capabilities(request: HtmxRequest) -> HttpResponse:
    """What each framework brings of what a visitor needs, what must be added to it, and what no source names."""
    query = _spoken(request.GET)
    if query != request.GET and not _wants_fragment(request):
        return _tidied(request, query)
    offered = list(FacetValue.objects.capabilities())
    frameworks = list(Framework.objects.published().with_provisions())
    wanted = needs.Needs.read(query, offered)
    context = {"needs": wanted, "offered": offered, **needs.around(wanted, frameworks, offered)}
    return _page_or_fragment(request, "comparisons/capabilities.html", "needs", context, wanted)


@require_safe
@revalidated
def use_case_index(request: HttpRequest) -> TemplateResponse:
    """Every use case in a line, with who is recommended first."""
    known = [usecases.advice(use_case) for use_case in UseCase.objects.with_advice()]
    return TemplateResponse(request, "comparisons/use_case_index.html", {"known": known})


@require_safe
@revalidated
def use_case(request: HttpRequest, slug: str) -> TemplateResponse:
    """One use case: who recommends what for it, how the frameworks rank under its weights, what it asks for."""
    cited = Prefetch("needs__claims", Claim.objects.published().cited())
    found = get_object_or_404(UseCase.objects.with_demands().with_advice().prefetch_related(cited), slug=slug)
    facts = Today()
    criteria, frameworks = facts.criteria(), facts.frameworks(with_traits=True)
    cells = facts.cells(frameworks, criteria)
    table, short = usecases.standings(
        found, frameworks, criteria, cells, minimum_coverage=settings.MINIMUM_COVERAGE
    )
    context = {
        "use_case": found,
        "matrix": table,
        "short": short,
        "weighed": usecases.weighed(found, criteria),
        **controls.around_use_case(table, found),
    }
    return TemplateResponse(request, "comparisons/use_case.html", context)


@require_safe
@revalidated
def method(request: HttpRequest) -> HttpResponse:
    """How scores, fit, coverage, bands and ranks are made, worked through on the data as it stands."""
    criteria = list(Criterion.objects.scored().in_order())
    frameworks = list(Framework.objects.published().with_traits())
    cells = gather(frameworks, criteria)
    table = build_matrix(frameworks, criteria, cells, minimum_coverage=settings.MINIMUM_COVERAGE)
    example = next(iter(table.ranked or table.unranked), None)
    steps = _worked(example, criteria, cells) if example else []
    context = {
        "matrix": table,
        "example": example,
        "steps": steps,
        "rated_weight": sum(step["weight"] for step in steps if step["score"] is not None),
        "unranked_example": next(iter(table.unranked), None),
        "draws": DRAWS,
        **_extent(),
    }
    return TemplateResponse(request, "comparisons/method.html", context)


@require_safe
@vary_on_htmx
@revalidated
def search(request: HtmxRequest) -> HttpResponse:
    """Frameworks, criteria, claims and all else that has the words asked for, and why each was found."""
    query = _spoken(request.GET)
    if query != request.GET and not _wants_fragment(request):
        return _tidied(request, query)
    asked = finding.Asked.read(query)
    context = finding.around(asked, request.path)
    return _page_or_fragment(request, "comparisons/search.html", "found", context, asked)


def _not_frozen(
    request: HttpRequest, full: snapshots.TooMany, live_url: str, now: datetime
) -> TemplateResponse:
    """Says why, and when there is room again; where that is not known, that there is none."""
    context = {"reason": str(full), "live_url": live_url}
    status = 429 if full.again else 503
    response = TemplateResponse(request, "comparisons/not_frozen.html", context, status=status)
    if full.again:
        response.headers["Retry-After"] = str(int((full.again - now).total_seconds()) + 1)
    return response


@require_safe
def robots(request: HttpRequest) -> TemplateResponse:
    """Crawlers may read all but the desk. Views of the matrix, too: whoever shares one wants it shown with its card."""
    return TemplateResponse(request, "robots.txt", content_type=PLAIN_TEXT)


@require_safe
@revalidated
def llms(request: HttpRequest) -> TemplateResponse:
    """What the portal is and where everything stands, for language models that look something up."""
    context = {
        "maximum": settings.COMPARE_MAX,
        "frameworks": Framework.objects.published(),
        "criteria": Criterion.objects.in_order(),
        "use_cases": UseCase.objects.all(),
    }
    return TemplateResponse(request, "llms.txt", context, content_type=PLAIN_TEXT)


def _stood(request: HttpRequest, asked: Comparison) -> dict[str, Any]:
    return controls.stood(request.path, asked.view, history_begins() if asked.facts.is_blank else None)


def _opened(asked: Comparison) -> Cell | None:
    """The open cell with its claims, when its framework is on the table."""
    framework, _, criterion = asked.view.open.partition(":")
    for row in asked.table.in_order:
        for column, entry in zip(asked.table.columns, row.entries, strict=True):
            if (row.framework.slug, column.criterion.slug) == (framework, criterion):
                claims = asked.facts.claims(row.framework, column.criterion)
                return replace(entry.cell, claims=tuple(claims))
    return None


def _extent() -> dict[str, int]:
    """How much evidence there is in all, for the sentence at the top."""
    return {
        "claim_total": Claim.objects.published().count(),
        "source_total": Source.objects.count(),
        "dispute_total": Rating.objects.published().disputed().count(),
    }


def _worked(example: Row, criteria: Sequence[Criterion], cells: Mapping[Key, Cell]) -> list[dict[str, Any]]:
    """Each criterion's part in the example's fit, rounded so that the parts shown add up to the fit shown."""
    weights = {criterion.slug: criterion.default_weight for criterion in criteria}
    scores = {criterion.slug: cells[example.framework.pk, criterion.pk].score for criterion in criteria}
    shown = scoring.shown_contributions(scores, weights)
    return [
        {
            "criterion": criterion,
            "weight": weights[criterion.slug],
            "score": score,
            "share": None if score is None else float(scoring.share(score)),
            "points": float(shown[criterion.slug]) if criterion.slug in shown else None,
        }
        for criterion in criteria
        for score in [scores[criterion.slug]]
    ]


def _chooser(request: HtmxRequest, asked: Comparison, wanted: Sequence[str]) -> HttpResponse:
    """The page that says why there is nothing to compare yet, and offers the way on.

    404 for frameworks that do not exist, 400 for a number that cannot stand side by side.
    """
    if _wants_fragment(request):
        # It is another page than the one that the form stands on.
        return HttpResponseClientRedirect(request.get_full_path())
    known = {framework.slug for framework in asked.everyone}
    ticked = [slug for slug in wanted if slug in known]
    unknown = [slug for slug in wanted if slug not in known]
    view = asked.view.side_by_side()
    context = {
        "everyone": asked.everyone,
        "ticked": ticked,
        "unknown": unknown,
        "wanted": wanted,
        "maximum": settings.COMPARE_MAX,
        "suggestion": view.url(reverse("comparisons:side_by_side", args=[ticked[: settings.COMPARE_MAX]]))
        if len(ticked) > 1
        else "",
        # The weights go along with whatever is ticked here.
        "kept": [*view.parameters(), *asked.misread],
        "view": asked.view,
        **_stood(request, asked),
    }
    status = 404 if unknown else 400 if wanted else 200
    return TemplateResponse(request, "comparisons/choose_parties.html", context, status=status)


def _page_or_fragment(
    request: HtmxRequest,
    template: str,
    fragment: str,
    context: dict[str, Any],
    view: View | needs.Needs | finding.Asked,
) -> TemplateResponse:
    """The whole page, or for htmx the one fragment that holds all that the controls can change.

    The server names the address, so that it is the canonical one.
    """
    if not _wants_fragment(request):
        return TemplateResponse(request, template, context)
    response = TemplateResponse(request, f"{template}#{fragment}", context)
    # Whether it is a new step in the history or replaces the one at hand is for the browser to say.
    response.headers["HX-Push-Url"] = view.url(request.path)
    return response


def _wants_fragment(request: HtmxRequest) -> bool:
    """Going back in the history restores a whole page, whoever asks for it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _spoken(query: QueryDict) -> QueryDict:
    """What an address says, without the blanks: a form names every control, also those that say nothing."""
    spoken = query.copy()
    for name, values in query.lists():
        spoken.setlist(name, [value for value in values if value])
        if not spoken.getlist(name):
            del spoken[name]
    return spoken


def _tidied(request: HttpRequest, query: QueryDict) -> HttpResponseRedirect:
    """Sends a form without JavaScript on to the address that keeps only what says something."""
    text = query.urlencode()
    return HttpResponseRedirect(f"{request.path}?{text}" if text else request.path)
