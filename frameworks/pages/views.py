"""Pages about one thing and all that is known of it. Each view parses, fetches, builds, renders, in that order."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from frameworks.cells import gather
from frameworks.models import (
    Addition,
    Benchmark,
    Claim,
    Component,
    Criterion,
    Disagreement,
    FacetValue,
    Figure,
    Framework,
    Question,
    Rating,
    Relation,
    Revision,
    Source,
    Tie,
)
from frameworks.record import changelog
from pictures.card import titled

from . import benchmarking, cards, dossiers, objections, old_addresses, provisions
from .conditional import revalidated
from .pictured import pictured

CHANGESETS_PER_PAGE = 30
STEPS_PER_PAGE = 50


@require_safe
@revalidated
@pictured(titled("Frameworks", "Python web frameworks and their evidence"))
def framework_index(request: HttpRequest) -> TemplateResponse:
    frameworks = (
        Framework.objects.published()
        .with_traits()
        .annotate(
            claim_count=Count("claims", distinct=True),
            rating_count=Count("ratings", filter=Q(ratings__is_published=True), distinct=True),
        )
        .order_by("-claim_count", "name")
    )
    context = {"frameworks": frameworks, "criterion_total": Criterion.objects.scored().count()}
    return TemplateResponse(request, "frameworks/framework_index.html", context)


@require_safe
@revalidated
@pictured(cards.of_framework)
def framework(request: HttpRequest, slug: str) -> TemplateResponse:
    """One framework: what it is, every rating with its claims, what is built in, what it is recommended for."""
    measured = Prefetch("figures", Figure.objects.public())
    found = get_object_or_404(
        Framework.objects.published().with_provisions().prefetch_related(measured), slug=slug
    )
    criteria = list(Criterion.objects.in_order())
    cells = gather([found], criteria, with_claims=True)
    relations = (
        Relation.objects.filter(Q(framework=found) | Q(other=found))
        .filter(framework__is_published=True, other__is_published=True)
        .select_related("framework", "other")
        .prefetch_related("claims__source")
    )
    advice = list(found.recommendations.in_full())
    context = {
        "framework": found,
        "relations": relations,
        "advice": advice,
        "facets": dossiers.facets(found),
        "opposites": [
            (other, [found.slug, other.slug]) for other in Framework.objects.published().exclude(pk=found.pk)
        ],
        **dossiers.of_framework(
            found, criteria, cells, {claim for one in advice for claim in one.claims.all()}
        ),
        **provisions.of_framework(
            found,
            list(FacetValue.objects.capabilities()),
            list(Tie.objects.public().filter(framework=found)),
        ),
    }
    return TemplateResponse(request, "frameworks/framework.html", context)


# Exempt, because its check needs a cookie and public pages have none: any cache may keep them, and there is no session
# to be abused. A signed token that is good for this cell and for a day stands in.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@pictured(cards.of_objection)
def objection(request: HttpRequest, slug: str, criterion: str) -> HttpResponse:
    """One cell as it stands, and a form to say what is wrong with it."""
    about = _objectionable(slug, criterion)
    typed = request.POST if request.method == "POST" else None
    form = objections.ObjectionForm(typed, framework=about[0], criterion=about[1], now=timezone.now())
    if typed is None:
        return _objection_page(request, form)
    if not form.is_valid():
        return _objection_page(request, form, status=422)
    try:
        if not form.is_from_machine:
            objections.receive(form, address=settings.CLIENT_ADDRESS(request))
    except objections.TooMany as full:
        form.add_error(None, str(full))
        response = _objection_page(request, form, status=429)
        response["Retry-After"] = str(int((full.again - form.now).total_seconds()) + 1)
        return response
    return HttpResponseRedirect(reverse("frameworks:objection_sent", args=[slug, criterion]))


@require_safe
@revalidated
@pictured(cards.of_objection)
def objection_sent(request: HttpRequest, slug: str, criterion: str) -> TemplateResponse:
    found, under = _objectionable(slug, criterion)
    context = {"framework": found, "criterion": under}
    return TemplateResponse(request, "frameworks/objection_sent.html", context)


def _objectionable(framework: str, criterion: str) -> tuple[Framework, Criterion]:
    """The two that make a cell, when readers may object to it."""
    if not settings.OBJECTIONS:
        raise Http404("No objections are taken.")
    return (
        get_object_or_404(Framework.objects.published(), slug=framework),
        get_object_or_404(Criterion.objects.scored(), slug=criterion),
    )


def _objection_page(
    request: HttpRequest, form: objections.ObjectionForm, status: int = 200
) -> TemplateResponse:
    cells = gather([form.framework], [form.criterion], with_claims=True)
    context = {
        "form": form,
        "framework": form.framework,
        "criterion": form.criterion,
        "cell": cells[form.framework.pk, form.criterion.pk],
    }
    return TemplateResponse(request, "frameworks/objection.html", context, status=status)


@require_safe
@revalidated
@pictured(cards.of_cell_history)
def cell_history(request: HttpRequest, slug: str, criterion: str) -> TemplateResponse:
    """What became of one rating and its claims, step by step."""
    framework = get_object_or_404(Framework.objects.published(), slug=slug)
    found = get_object_or_404(Criterion, slug=criterion)
    steps = Revision.objects.public().of_cell(slug, criterion).with_names().order_by("-at", "-pk")
    page, notices = _page(request, steps, STEPS_PER_PAGE)
    context = {
        "framework": framework,
        "criterion": found,
        "rating": Rating.objects.published().filter(framework=framework, criterion=found).first(),
        "stretches": changelog.stretches(changelog.published_scores(slug, criterion), timezone.now()),
        "runs": changelog.runs(changelog.in_words(list(page))),
        "page": page,
        "notices": notices,
    }
    return TemplateResponse(request, "frameworks/cell_history.html", context)


@require_safe
@revalidated
@pictured(titled("Criteria", "The criteria, their questions and weights"))
def criterion_index(request: HttpRequest) -> TemplateResponse:
    criteria = Criterion.objects.in_order().annotate(
        claim_count=Count("claims", filter=_is_public("claims"), distinct=True)
        + Count("joint_claims", filter=_is_public("joint_claims"), distinct=True),
        rating_count=Count(
            "ratings",
            filter=Q(ratings__is_published=True, ratings__framework__is_published=True),
            distinct=True,
        ),
    )
    context = {"criteria": criteria, "framework_total": Framework.objects.published().count()}
    return TemplateResponse(request, "frameworks/criterion_index.html", context)


@require_safe
@revalidated
@pictured(cards.of_criterion)
def criterion(request: HttpRequest, slug: str) -> TemplateResponse:
    """One criterion: its question and rubric, all frameworks on a dot plot, all claims."""
    found = get_object_or_404(Criterion.objects.select_related("group"), slug=slug)
    measured = [Prefetch("figures", Figure.objects.public())] if found.is_speed else []
    frameworks = list(Framework.objects.published().with_traits().prefetch_related(*measured))
    cells = gather(frameworks, [found], with_claims=True)
    context = {
        "criterion": found,
        "general_claims": Claim.objects.filter(framework=None).under(found).cited(),
        **dossiers.of_criterion(found, frameworks, cells),
    }
    return TemplateResponse(request, "frameworks/criterion.html", context)


@require_safe
@revalidated
@pictured(titled("Sources", "The texts that every score rests on"))
def source_index(request: HttpRequest) -> TemplateResponse:
    sources = Source.objects.with_claim_counts().order_by("key")
    return TemplateResponse(request, "frameworks/source_index.html", {"sources": sources})


@require_safe
@revalidated
@pictured(cards.of_source)
def source(request: HttpRequest, key: str) -> TemplateResponse:
    """One source: who wrote it, what its publisher sells, all it claims, where it stands against the others."""
    found = get_object_or_404(Source, key=key)
    claims = list(Claim.objects.published().filter(source=found).cited())
    frameworks = list(Framework.objects.published())
    cells = gather(frameworks, list(Criterion.objects.scored().in_order()), with_claims=True)
    context = {
        "source": found,
        "answers": found.answers.select_related("question"),
        "benchmarks": Benchmark.objects.public().filter(source=found),
        **dossiers.of_source(found, claims, cells),
    }
    return TemplateResponse(request, "frameworks/source.html", context)


@require_safe
@revalidated
@pictured(titled("Components", "Tools and standards around the frameworks"))
def component_index(request: HttpRequest) -> TemplateResponse:
    """The neighbouring tools and standards by what they are for, each with the frameworks that it stands to."""
    ties = Tie.objects.filter(framework__is_published=True).select_related("framework")
    components = list(Component.objects.public().prefetch_related(Prefetch("ties", ties)))
    context = {"component_total": len(components), "kinds": provisions.by_kind(components)}
    return TemplateResponse(request, "frameworks/component_index.html", context)


@require_safe
@revalidated
@pictured(cards.of_component)
def component(request: HttpRequest, slug: str) -> TemplateResponse:
    """One tool or standard: what it is, how it stands to which frameworks, what it adds to them, each on whose word."""
    found = get_object_or_404(Component.objects.public(), slug=slug)
    additions = Addition.objects.public().filter(component=found).select_related("capability")
    context = {
        "component": found,
        "ties": Tie.objects.public().filter(component=found).order_by("framework__name", "kind"),
        "additions": additions.order_by("capability__position", "capability__name", "framework__name"),
    }
    return TemplateResponse(request, "frameworks/component.html", context)


@require_safe
@revalidated
@pictured(titled("Disagreements", "Where the sources disagree"))
def disagreement_index(request: HttpRequest) -> TemplateResponse:
    """Where the sources contradict each other or themselves, widest spread first."""
    disagreements = Disagreement.objects.prefetch_related(
        Prefetch("claims", Claim.objects.published().cited())
    )
    frameworks = list(Framework.objects.published())
    cells = gather(frameworks, list(Criterion.objects.scored().in_order()), with_claims=True)
    context = dossiers.of_disagreements(list(disagreements), cells)
    return TemplateResponse(request, "frameworks/disagreement_index.html", context)


@require_safe
@revalidated
@pictured(cards.of_benchmarks)
def benchmark_index(request: HttpRequest) -> TemplateResponse:
    """Measured figures, drawn, each with its method, what that leaves unsaid and what is held against it."""
    context = benchmarking.of_benchmarks(list(Benchmark.objects.in_full()))
    return TemplateResponse(request, "frameworks/benchmark_index.html", context)


@require_safe
@revalidated
@pictured(titled("Questions", "What readers ask, and what each source answers"))
def question_index(request: HttpRequest) -> TemplateResponse:
    """What readers ask, and what each source answers, beside each other."""
    questions = list(Question.objects.in_full())
    return TemplateResponse(request, "frameworks/question_index.html", {"questions": questions})


@require_safe
@revalidated
@pictured(titled("Changes", "What was changed, when and why"))
def changes(request: HttpRequest) -> TemplateResponse:
    """What editors changed, when and why, newest first."""
    frameworks = Framework.objects.published()
    narrowing = changelog.ChangelogFilter(request.GET, frameworks)
    if narrowing.errors:
        old_addresses.follow(request.GET)
    steps = narrowing.narrow(Revision.objects.public())
    # All at once: to count them, the database has to go through the whole history just as it does to list them.
    page, notices = _page(request, list(changelog.changesets(steps)), CHANGESETS_PER_PAGE)
    query = urlencode(narrowing.applied)
    context = {
        "narrowing": narrowing,
        "entries": changelog.entries(list(page), steps),
        "page": page,
        "query": query,
        "address": f"{request.path}?{query}" if query else request.path,
        "notices": [*narrowing.notices, *notices],
    }
    return TemplateResponse(request, "frameworks/changes.html", context)


@require_safe
@revalidated
@pictured(cards.of_changeset)
def changeset(request: HttpRequest, changeset: UUID) -> TemplateResponse:
    """All that was changed in one go, as far as it is public."""
    steps = Revision.objects.public().filter(changeset=changeset)
    by_model = Counter(steps.order_by("pk").values_list("model", flat=True))
    if not by_model:
        raise Http404
    page, notices = _page(request, steps.with_names().order_by("pk"), STEPS_PER_PAGE)
    context = {
        "changeset": changeset,
        "steps": changelog.in_words(list(page)),
        "first": page[0],
        "counts": changelog.counted(by_model),
        "page": page,
        "notices": notices,
    }
    return TemplateResponse(request, "frameworks/changeset.html", context)


def _page(request: HttpRequest, rows: Any, size: int) -> tuple[Page[Any], list[str]]:
    """The page asked for; the nearest one and a sentence where there is none such."""
    asked = request.GET.get("page") or "1"
    page = Paginator(rows, size).get_page(asked)
    page.object_list = list(page.object_list)
    found = str(page.number)
    return page, [] if asked == found else [f"There is no such page: this is page {found}."]


def _is_public(claims: str) -> Q:
    """The condition of `Claim.objects.published()`, over the relation named."""
    return Q(**{f"{claims}__framework": None}) | Q(**{f"{claims}__framework__is_published": True})
