"""Serve the pages about one fact, and the lists of facts. Each view parses, fetches, builds and renders."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from frameworks.catalogue import LISTED
from frameworks.cells import gather
from frameworks.dispute import disputed
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
    Wording,
)
from frameworks.record import changelog, score_history
from frameworks.record.asof import history_begins
from frameworks.record.changelog_filter import ChangelogFilter
from frameworks.record.paging import AFTER, BEFORE, page_of
from frameworks.serving.answers import shown_as
from frameworks.serving.memory import current_facts
from frameworks.text.folding import folded
from frameworks.text.mangled import unknown
from frameworks.text.several import SeveralField, separated
from pictures.card import titled

from . import benchmarking, cards, dossiers, objections, old_addresses, provisions
from .conditional import revalidated
from .contexts import (
    CellHistoryPage,
    ChangesetPage,
    ChangesPage,
    ComponentIndexPage,
    ComponentPage,
    CriterionIndexPage,
    CriterionPage,
    DisagreementIndexPage,
    FrameworkIndexPage,
    FrameworkPage,
    ObjectionPage,
    ObjectionSentPage,
    QuestionIndexPage,
    SourceIndexPage,
    SourcePage,
)
from .pictured import PageResponse, pictured

CHANGESETS_PER_PAGE = 30
STEPS_PER_PAGE = 50
#: The parameters that name a page of a list, and the claim of a source that is looked for.
PAGE, CLAIM = "page", "claim"
#: How many names are suggested for what is typed, and how much of it is looked for, in characters.
SUGGESTED, NAME_LENGTH = 20, 60


@require_safe
@revalidated
@pictured(titled(capfirst(settings.TOPIC.items), f"{capfirst(settings.TOPIC.long_items)} and their evidence"))
def framework_index(request: HttpRequest) -> PageResponse:
    """List the frameworks by number of claims, each with its numbers of claims and ratings."""
    frameworks = (
        Framework.objects.published()
        .with_traits()
        .annotate(
            claim_count=_count_by("framework", Claim.objects.published()),
            rating_count=_count_by("framework", Rating.objects.published()),
        )
        .order_by("-claim_count", "name")
    )
    rows, notices = _page(request, frameworks, LISTED)
    page = FrameworkIndexPage(
        frameworks=list(rows),
        page=rows,
        notices=notices if rows.has_other_pages() else [],
        criterion_total=Criterion.objects.current().scored().count(),
    )
    return PageResponse(request, "frameworks/framework_index.html", page, reads={PAGE})


@require_safe
@revalidated
def names(request: HttpRequest) -> HttpResponse:
    """List the names of a few frameworks that contain the text, as options for a field in which it is typed."""
    text = folded(request.GET.get("q", "")[: 2 * NAME_LENGTH])[:NAME_LENGTH]
    if kept := shown_as(request, f"{request.path}?{urlencode({'q': text})}"):
        return kept
    context = {"found": current_facts().catalogue.find(text)[:SUGGESTED]}
    return TemplateResponse(request, "frameworks/_names.html", context, headers={"X-Robots-Tag": "noindex"})


class RowsForm(forms.Form):
    """Which rows of a profile are open, by the slug of their criterion."""

    def __init__(self, data: QueryDict, criteria: Iterable[Criterion]) -> None:
        super().__init__(data := separated(data, {"rows"}))
        self.query = data
        self.retired = {criterion.slug: criterion for criterion in criteria if criterion.is_retired}
        self.field = self.fields["rows"] = SeveralField(
            choices=[(criterion.slug, criterion.name) for criterion in criteria],
            required=False,
            error_messages={"invalid_choice": "There is no row “%(value)s”."},
        )

    def clean_rows(self) -> list[str]:
        """Return the slugs of the open rows; a row of a retired criterion is no longer there."""
        return [slug for slug in self.cleaned_data["rows"] if slug not in self.retired]

    @property
    def opened(self) -> list[str]:
        """Return the slugs of the open rows, each once."""
        _ = self.errors
        return sorted({*self.cleaned_data["rows"]})

    @property
    def notices(self) -> list[str]:
        """Return a sentence for each row that cannot be opened."""
        named = list(dict.fromkeys(self.query.getlist("rows")))
        notice = self.field.notice(named)
        notes = [self.retired[slug].retirement_note for slug in named if slug in self.retired]
        return [notice, *notes] if notice else notes

    def address(self, path: str) -> str:
        """Return the canonical address of the profile at `path` with these rows open."""
        query = urlencode([("rows", slug) for slug in self.opened])
        return f"{path}?{query}" if query else path


@require_safe
@revalidated
@pictured(cards.of_framework)
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one framework: what it is, every rating, what is built in, what it is recommended for.

    The rows that the query names are open and have their reasons and claims.
    """
    measured = Prefetch("figures", Figure.objects.public())
    framework = get_object_or_404(
        Framework.objects.public().with_provisions().prefetch_related(measured), slug=slug
    )
    every_criterion = list(Criterion.objects.in_order())
    criteria = [criterion for criterion in every_criterion if not criterion.is_retired]
    rows = RowsForm(request.GET, every_criterion)
    is_understood = not rows.notices and not any(unknown(request.GET, rows.fields))
    if is_understood and (kept := shown_as(request, rows.address(request.path))):
        return kept
    cells = gather([framework], criteria, with_claims=True)
    relations = (
        Relation.objects.filter(
            Q(framework=framework, other__in=Framework.objects.published())
            | Q(other=framework, framework__in=Framework.objects.published())
        )
        .select_related("framework", "other")
        .prefetch_related(Prefetch("claims", Claim.objects.public().cited()))
    )
    advice = list(framework.recommendations.in_full(with_retired=framework.is_retired))
    others = (
        [] if framework.is_retired else list(Framework.objects.published().exclude(pk=framework.pk)[:LISTED])
    )
    page = FrameworkPage(
        framework=framework,
        opened=rows.opened,
        notices=rows.notices,
        last_day=_last_day(framework),
        relations=relations,
        advice=advice,
        facets=dossiers.facets(framework),
        opposites=[(other, [framework.slug, other.slug], framework.slug < other.slug) for other in others],
        are_listed=len(others) < LISTED,
        profile=dossiers.of_framework(
            framework,
            criteria,
            cells,
            {claim for recommendation in advice for claim in recommendation.claims.all()},
        ),
        surroundings=provisions.of_framework(
            framework,
            list(FacetValue.objects.capabilities()),
            list(Tie.objects.public().filter(framework=framework, component__retired_on=None)),
        ),
    )
    return PageResponse(request, "frameworks/framework.html", page, reads=rows.fields)


# Exempt, because the CSRF check needs a cookie and public pages have none: any cache may store them, and there is no
# session to abuse. A signed token, valid for this cell and for a day, takes its place.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@pictured(cards.of_objection)
def objection(request: HttpRequest, slug: str, criterion: str) -> HttpResponse:
    """Show one cell as it is, and a form to say what is wrong with it."""
    framework, cell_criterion = _objectionable(slug, criterion)
    data = request.POST if request.method == "POST" else None
    form = objections.ObjectionForm(data, framework=framework, criterion=cell_criterion, now=timezone.now())
    if data is None:
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
@pictured(cards.of_objection_sent)
def objection_sent(request: HttpRequest, slug: str, criterion: str) -> PageResponse:
    """Thank the reader for an objection to this cell."""
    framework, cell_criterion = _objectionable(slug, criterion)
    page = ObjectionSentPage(framework=framework, criterion=cell_criterion)
    return PageResponse(request, "frameworks/objection_sent.html", page)


def _objectionable(framework: str, criterion: str) -> tuple[Framework, Criterion]:
    """Return the framework and criterion of a cell to which readers may object. Raises Http404 otherwise."""
    if not settings.OBJECTIONS:
        raise Http404("Problem reports are not accepted.")
    return (
        get_object_or_404(Framework.objects.published(), slug=framework),
        get_object_or_404(Criterion.objects.current().scored(), slug=criterion),
    )


def _objection_page(request: HttpRequest, form: objections.ObjectionForm, status: int = 200) -> PageResponse:
    cells = gather([form.framework], [form.criterion], with_claims=True)
    page = ObjectionPage(form=form, cell=cells[form.framework.pk, form.criterion.pk])
    return PageResponse(request, "frameworks/objection.html", page, status=status)


@require_safe
@revalidated
@pictured(cards.of_cell_history)
def cell_history(request: HttpRequest, slug: str, criterion: str) -> PageResponse:
    """Show the history of one rating and its claims, step by step."""
    framework = get_object_or_404(Framework.objects.public(), slug=slug)
    cell_criterion = get_object_or_404(Criterion, slug=criterion)
    steps = Revision.objects.public().of_cell(slug, criterion).with_names()
    shown = page_of(steps, request.GET, STEPS_PER_PAGE)
    page = CellHistoryPage(
        framework=framework,
        criterion=cell_criterion,
        rating=Rating.objects.public().filter(framework=framework, criterion=cell_criterion).first(),
        stretches=score_history.stretches(score_history.published_scores(slug, criterion), timezone.now()),
        runs=changelog.runs(changelog.in_words(shown.rows)),
        page=shown,
    )
    return PageResponse(request, "frameworks/cell_history.html", page, reads={BEFORE, AFTER})


@require_safe
@revalidated
@pictured(titled("Criteria", "The criteria, their questions and weights"))
def criterion_index(request: HttpRequest) -> PageResponse:
    """List the criteria, each with its numbers of claims and ratings."""
    criteria = (
        Criterion.objects.current()
        .in_order()
        .annotate(
            claim_count=_count_by("criterion", Claim.objects.published())
            + _count_by("joint_criterion", Claim.objects.published()),
            rating_count=_count_by("criterion", Rating.objects.published()),
        )
    )
    page = CriterionIndexPage(criteria=criteria, framework_total=Framework.objects.published().count())
    return PageResponse(request, "frameworks/criterion_index.html", page)


@require_safe
@revalidated
@pictured(cards.of_criterion)
def criterion(request: HttpRequest, slug: str) -> PageResponse:
    """Show one criterion: its question and rubric, the frameworks on a dot plot, their claims; 50 frameworks a page."""
    criterion = get_object_or_404(Criterion.objects.select_related("group"), slug=slug)
    measured = [Prefetch("figures", Figure.objects.public())] if criterion.is_speed else []
    everyone = Framework.objects.published().with_traits().prefetch_related(*measured)
    frameworks, rows = list(everyone[: LISTED + 1]), None
    notices: list[str] = []
    if len(frameworks) > LISTED:
        rows, notices = _page(request, everyone.by_standing(criterion), LISTED)
        frameworks = list(rows)
    dossier = dossiers.of_criterion(criterion, frameworks, gather(frameworks, [criterion], with_claims=True))
    general = list(Claim.objects.filter(framework=None).in_evidence().under(criterion).cited())
    page = CriterionPage(
        criterion=criterion,
        readings=Wording.objects.filter(criterion=criterion).with_claim_counts(),
        general_claims=general,
        factor_claims=[claim for claim in general if claim.is_factor],
        page=rows,
        notices=notices,
        dossier=_counting_all(dossier, criterion, rows.paginator.count) if rows else dossier,
    )
    return PageResponse(request, "frameworks/criterion.html", page, reads={PAGE})


@require_safe
@revalidated
@pictured(titled("Sources", "The texts that every score rests on"))
def source_index(request: HttpRequest) -> PageResponse:
    """List the sources by key, each with its number of claims, 50 a page."""
    claims = _count_by("source", Claim.objects.public())
    rows, notices = _page(
        request, Source.objects.current().annotate(claim_count=claims).order_by("key"), LISTED
    )
    page = SourceIndexPage(sources=list(rows), page=rows, notices=notices if rows.has_other_pages() else [])
    return PageResponse(request, "frameworks/source_index.html", page, reads={PAGE})


@require_safe
@revalidated
@pictured(cards.of_source)
def source(request: HttpRequest, key: str) -> HttpResponse:
    """Show one source: its authors, its publisher's interest, and its readings against the others'; also its claims,
    on 50 frameworks a page. `claim` in the query leads to the page that has this claim.
    """
    facts = current_facts()  # before the claims, so that none is kept under a later version
    source = get_object_or_404(Source, key=key)
    claims = Claim.objects.public().filter(source=source)
    counts: Counter[int | None] = Counter(claims.order_by("line", "pk").values_list("framework", flat=True))
    most_first = sorted(counts, key=lambda framework: (framework is None, -counts[framework]))
    wanted = request.GET.get(CLAIM, "").replace("\x00", "")
    if wanted and (named := claims.filter(key=wanted).first()):
        number = most_first.index(named.framework_id) // LISTED + 1
        return HttpResponseRedirect(f"{request.path}?page={number}#{named.key}")
    rows, notices = _page(request, most_first, LISTED)
    shown = Q(framework__in=[pk for pk in rows if pk])
    if None in rows:
        shown |= Q(framework=None)
    page = SourcePage(
        mark=facts.mark,
        source=source,
        answers=source.answers.select_related("question").annotate(
            is_shown=Exists(Question.objects.public().filter(pk=OuterRef("question")))
        ),
        benchmarks=Benchmark.objects.public().filter(source=source),
        claim_total=counts.total(),
        claims_by_framework=dossiers.by_framework(claims.filter(shown).cited()),
        page=rows if rows.has_other_pages() else None,
        notices=notices if rows.has_other_pages() else [],
        dossier=dossiers.of_source(Claim.objects.in_evidence().readings_beside(source), facts)
        if rows.number == 1 and not source.is_retired
        else None,
    )
    return PageResponse(request, "frameworks/source.html", page, reads={PAGE, CLAIM})


@require_safe
@revalidated
@pictured(titled("Components", f"{capfirst(settings.TOPIC.components)} around the {settings.TOPIC.items}"))
def component_index(request: HttpRequest) -> PageResponse:
    """List the neighbouring tools and standards by kind, each with the frameworks that it is tied to."""
    ties = Tie.objects.current().select_related("framework")
    components = list(Component.objects.public().current().prefetch_related(Prefetch("ties", ties)))
    page = ComponentIndexPage(component_total=len(components), kinds=provisions.by_kind(components))
    return PageResponse(request, "frameworks/component_index.html", page)


@require_safe
@revalidated
@pictured(cards.of_component)
def component(request: HttpRequest, slug: str) -> PageResponse:
    """Show one tool or standard: what it is, its ties to frameworks and what it adds to them, each with its source."""
    component = get_object_or_404(Component.objects.public(), slug=slug)
    ties = Tie.objects.public().filter(component=component, framework__retired_on=None)
    additions = Addition.objects.public().filter(component=component, framework__retired_on=None)
    page = ComponentPage(
        component=component,
        ties=ties.order_by("framework__name", "kind"),
        additions=additions.select_related("capability").order_by(
            "capability__position", "capability__name", "framework__name"
        ),
    )
    return PageResponse(request, "frameworks/component.html", page)


@require_safe
@revalidated
@pictured(titled("Disagreements", "Where the sources disagree"))
def disagreement_index(request: HttpRequest) -> PageResponse:
    """List where the sources contradict each other or themselves, widest spread first, 50 cells a page."""
    facts = current_facts()  # before the rest, so that nothing is kept under a later version
    disagreements = Disagreement.objects.public().prefetch_related(
        Prefetch("claims", Claim.objects.published().cited())
    )
    disputes = dossiers.of_disagreements(list(disagreements), facts)
    rows, notices = _page(request, disputes.elsewhere, LISTED)
    page = DisagreementIndexPage(
        mark=facts.mark,
        disputes=disputes,
        others=dossiers.in_dispute(list(rows), facts),
        page=rows,
        notices=notices if rows.has_other_pages() else [],
    )
    return PageResponse(request, "frameworks/disagreement_index.html", page, reads={PAGE})


@require_safe
@revalidated
@pictured(cards.of_benchmarks)
def benchmark_index(request: HttpRequest) -> PageResponse:
    """Show the benchmarks as charts, each with its method, its limits and the objections to it."""
    page = benchmarking.of_benchmarks(list(Benchmark.objects.in_full()))
    return PageResponse(request, "frameworks/benchmark_index.html", page)


@require_safe
@revalidated
@pictured(titled("Questions", "What readers ask, and what each source answers"))
def question_index(request: HttpRequest) -> PageResponse:
    """List readers' questions, with the answers of all sources side by side."""
    mark = current_facts().mark  # before the questions, so that none is kept under a later version
    page = QuestionIndexPage(mark=mark, questions=list(Question.objects.in_full()))
    return PageResponse(request, "frameworks/question_index.html", page)


@require_safe
@revalidated
@pictured(titled("Changes", "What was changed, when and why"))
def changes(request: HttpRequest) -> PageResponse:
    """List what editors changed, when and why, newest first."""
    frameworks = Framework.objects.public()
    narrowing = ChangelogFilter(request.GET, frameworks)
    if narrowing.errors:
        old_addresses.follow(request.GET)
    steps = narrowing.narrow(Revision.objects.public())
    shown = page_of(steps.last_of_changesets(), request.GET, CHANGESETS_PER_PAGE)
    query = urlencode(narrowing.applied)
    page = ChangesPage(
        narrowing=narrowing,
        entries=changelog.entries(shown.rows, steps),
        page=shown,
        query=query,
        notices=[
            *narrowing.notices,
            *shown.notices,
            *unknown(request.GET, {*narrowing.fields, BEFORE, AFTER}),
        ],
    )
    address = f"{request.path}?{query}" if query else request.path
    return PageResponse(request, "frameworks/changes.html", page, address=address, reads=None)


@require_safe
@revalidated
@pictured(cards.of_changeset)
def changeset(request: HttpRequest, changeset: UUID) -> PageResponse:
    """Show the public changes of one changeset."""
    steps = Revision.objects.public().filter(changeset=changeset)
    by_model = Counter(steps.order_by("pk").values_list("model", flat=True))
    if not by_model:
        raise Http404
    rows, notices = _page(request, steps.with_names().order_by("pk"), STEPS_PER_PAGE)
    page = ChangesetPage(
        changeset=changeset,
        steps=changelog.in_words(list(rows)),
        first=rows[0],
        counts=changelog.counted(by_model),
        page=rows,
        notices=notices,
    )
    return PageResponse(request, "frameworks/changeset.html", page, reads={PAGE})


def _last_day(framework: Framework) -> date | None:
    """Return the last day on which a retired framework was compared, if the history reaches back to it. One query for a
    retired one, none for others."""
    if not framework.is_retired:
        return None
    day: date = framework.retired_on - timedelta(days=1)
    begins = history_begins()
    return day if begins and begins <= day else None


def _page(request: HttpRequest, rows: Any, size: int) -> tuple[Page[Any], list[str]]:
    """Return the requested page of rows; for a number out of range the nearest page, and a notice."""
    requested = request.GET.get(PAGE) or "1"
    page = Paginator(rows, size).get_page(requested)
    page.object_list = list(page.object_list)
    number = str(page.number)
    return page, [] if requested == number else [f"There is no such page. This is page {number}."]


def _counting_all(dossier: dossiers.Plots, criterion: Criterion, frameworks: int) -> dossiers.Plots:
    """Return the dossier of one page with what is counted of all frameworks, of which there are so many."""
    ratings = Rating.objects.public().filter(framework__retired_on=None).under(criterion)
    return replace(
        dossier,
        framework_total=frameworks,
        rating_total=ratings.count(),
        claim_total=Claim.objects.filter(framework__is_published=True, framework__retired_on=None)
        .in_evidence()
        .under(criterion)
        .count(),
        dispute_total=ratings.with_spread().filter(disputed()).count(),
    )


def _count_by(field: str, rows: QuerySet[Any]) -> Coalesce:
    """Return how many of these rows name each object in this field, as a subquery: joins would multiply the rows."""
    own = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(own.annotate(total=Count("pk")).values("total")), 0)
