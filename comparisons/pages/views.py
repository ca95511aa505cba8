"""Show the pages about several frameworks. Each view parses, fetches, builds and renders, in that order."""

from collections.abc import Sequence
from urllib.parse import urlencode

import numpy as np
from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from comparisons.arithmetic import scoring
from comparisons.comparison import comparing, use_cases
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.matrix import FIRST, Matrix, Row, build_matrix
from comparisons.comparison.permalinks import View
from comparisons.comparison.picking import Choice
from comparisons.deciding import choosing, needs
from comparisons.models import UseCase
from frameworks.cells import Cell, derivations
from frameworks.columns import read_rows
from frameworks.facts import Detail
from frameworks.median import Derivation
from frameworks.models import Addition, Claim, Criterion, FacetValue, Framework, Rating, Wording
from frameworks.pages.conditional import revalidated
from frameworks.pages.pictured import PageResponse, pictured
from frameworks.serving.answers import shown_as
from frameworks.serving.memory import current_facts
from pictures.card import titled

from . import cards, controls, why
from .answers import (
    HtmxRequest,
    chooser,
    compared,
    on_last_day,
    page_or_fragment,
    past_day_note,
    tidied,
    vary_on_htmx,
    wants_fragment,
    without_blanks,
)
from .around import around_matrix, around_side_by_side, around_use_case
from .contexts import (
    CapabilitiesPage,
    ChoicePage,
    GlossaryPage,
    MatrixPage,
    MethodPage,
    SideBySidePage,
    UseCaseIndexPage,
    UseCasePage,
    WeightedCriterion,
    WorkedStep,
)
from .glossary import TERMS
from .presets import WeightPresets

TABLE_OF_READINGS = Prefetch("wordings", Wording.objects.with_claim_counts())


@require_safe
@vary_on_htmx
@revalidated
@pictured(cards.of_matrix)
def matrix(request: HtmxRequest) -> HttpResponse:
    """Show frameworks down and criteria across: filtered, weighed and sorted, with at most one cell open."""
    query = without_blanks(request)
    comparison = comparing.matrix(query)
    if comparison.names_all_columns:
        # A form without scripts names them all; such an address would leave out criteria that are added later.
        query = query.copy()
        del query["criteria"]
    if query != request.GET and not wants_fragment(request):
        return tidied(request, query)
    notices, view = list(comparison.notices), comparison.view
    if not notices and (kept := shown_as(request, view.url(request.path))):
        return kept
    facts, table = comparison.facts, comparison.table
    blame = [] if table.total else comparison.selection.blame()
    page = MatrixPage(
        mark=facts.catalogue.mark,
        matrix=table,
        first=table if view.page == 1 else comparison.build(FIRST),
        why=why.explain(comparison, request.path),
        everyone=facts.frameworks,
        are_listed=facts.catalogue.are_listed,
        baseline=facts.by_slug.get(view.baseline),
        opened=_opened(comparison),
        use_cases=comparison.kind.use_cases,
        notices=notices,
        blame=controls.blame(blame, facts.facets, facts.criteria, view, comparison.use_case),
        around=around_matrix(
            table, facts, view, comparison.usual, comparison.selection.counts(), comparison.use_case
        ),
        stood=past_day_note(request.path, comparison),
        extent=None if view.as_of or wants_fragment(request) else facts.extent,
    )
    first = view.url(request.path, page=1)
    return page_or_fragment(request, "comparisons/matrix.html", "table", page, view, pictured_at=first)


@require_safe
@revalidated
@pictured(titled("Side by side", f"Choose {settings.TOPIC.items} to compare"))
def choose_parties(request: HtmxRequest) -> HttpResponse:
    """Redirect to the side by side of the ticked frameworks, or to the matrix reduced to them if they are too many.

    Offer the choice if they are too few.
    """
    comparison = comparing.ticked(request.GET)
    view = comparison.view
    choice = Choice.read(request.GET, comparison.facts, view.framework)
    # Unlike the form, the page says which names are unknown, and keeps the ticks of the others.
    wanted = dict.fromkeys([*filter(None, comparison.query.getlist("framework")), *choice.slugs])
    if choice.is_open or len(choice.slugs) < 2 or len(wanted) > len(choice.slugs):
        return chooser(request, comparison, list(wanted), is_open=choice.is_open)
    # Those that are retired stay in the address, whose page says so.
    retired = [fact.slug for parameter, fact in comparison.retired if parameter == "framework"]
    return compared(request, comparison, [*choice.slugs, *retired])


@require_safe
@vary_on_htmx
@revalidated
@pictured(cards.of_side_by_side)
def side_by_side(request: HtmxRequest, slugs: list[str]) -> HttpResponse:
    """Show two to five frameworks, criteria down, each cell with its verdict and its claims."""
    query = without_blanks(request)
    if query != request.GET and not wants_fragment(request):
        return tidied(request, query)
    comparison = comparing.side_by_side(query, slugs, detail=Detail.VERDICTS)
    slugs = [*comparison.slugs]
    if len(slugs) < 2 or len(comparison.places) < len(slugs):
        return chooser(request, comparison, slugs)
    if len(slugs) > settings.COMPARE_MAX:
        return compared(request, comparison, slugs)
    notices, view = list(comparison.notices), comparison.view
    if not notices and (kept := shown_as(request, view.url(request.path))):
        return kept
    facts, table = comparison.facts, comparison.table
    around = around_side_by_side(table, facts, view, comparison.usual, comparison.use_case)
    page = SideBySidePage(
        mark=facts.catalogue.mark,
        matrix=table,
        names=" vs ".join(row.framework.name for row in table.in_order),
        why=why.explain(comparison, around.path, says_what_changes_it=True),
        use_cases=comparison.kind.use_cases,
        notices=notices,
        last_day=comparison.last_day,
        last_day_url=on_last_day(comparison),
        canonical_path=reverse("comparisons:side_by_side", args=[sorted(slugs)]),
        feed_path=reverse("comparisons:feed", args=[sorted(slugs)]),
        short=use_cases.falling_short(comparison.use_case, facts, comparison.frameworks),
        around=around,
        stood=past_day_note(around.path, comparison),
    )
    return page_or_fragment(request, "comparisons/side_by_side.html", "table", page, view)


@require_safe
@vary_on_htmx
@revalidated
@pictured(cards.of_choice)
def choose(request: HtmxRequest) -> HttpResponse:
    """Ask a few questions and show what the sources' own rules advise for the answers."""
    stored, facts = choosing.rulebook(), current_facts()
    book = stored.about(facts.by_slug)
    form = choosing.AnswersForm(request.GET, book.prompts)
    answers = form.answers
    outcome = choosing.Outcome.of(book, answers, facts)
    address = f"{request.path}{'?' if answers else ''}{urlencode(answers, doseq=True)}"
    page = ChoicePage(
        asked=choosing.asked(book.prompts, answers),
        answered=bool(answers),
        examples=[] if answers else choosing.examples(book, facts),
        notices=list(form.notices),
        outcome=outcome,
        path=request.path,
        weighed_url=outcome.view.url(reverse("comparisons:matrix")),
        why_url=outcome.view.url(reverse("comparisons:matrix"), why="shown"),
        side_by_side_url=outcome.view.url(reverse("comparisons:side_by_side", args=[outcome.party]))
        if outcome.party
        else "",
    )
    if not wants_fragment(request):
        return PageResponse(request, "comparisons/choose.html", page, address=address, reads=None)
    response = PageResponse(request, "comparisons/choose.html#advice", page, reads=None)
    response.headers["HX-Push-Url"] = address
    return response


@require_safe
@vary_on_htmx
@revalidated
@pictured(cards.of_capabilities)
def capabilities(request: HtmxRequest) -> HttpResponse:
    """Show which of the needed capabilities each framework has, which must be added, and which no source names."""
    query = without_blanks(request)
    if query != request.GET and not wants_fragment(request):
        return tidied(request, query)
    offered = list(FacetValue.objects.capabilities())
    wanted, facts = needs.Needs.read(query, offered), current_facts()
    shown = wanted.capabilities or offered
    additions = Addition.objects.current().filter(capability__in=shown)
    pairs = read_rows(additions, "framework_id", "capability_id")
    held = needs.holdings(shown, facts, pairs)
    answer: needs.Overview | needs.Supplies
    if wanted.capabilities:
        ranked = needs.standing(held, facts)
        keys = [framework.pk for framework in ranked.listed(facts)]
        known = Framework.objects.with_provisions().in_bulk(keys)
        answer = needs.supplies(wanted, ranked, facts, [known[key] for key in keys if key in known])
    else:
        named = additions.filter(framework__in=needs.extended(held, facts)).select_related("component")
        answer = needs.overview(held, facts, named)
    page = CapabilitiesPage(needs=wanted, offered=offered, answer=answer)
    return page_or_fragment(request, "comparisons/capabilities.html", "needs", page, wanted)


@require_safe
@revalidated
@pictured(titled("Use cases", "Kinds of project, and what is recommended"))
def use_case_index(request: HttpRequest) -> PageResponse:
    """List the use cases, each with the frameworks recommended first."""
    known = [use_cases.advice(use_case) for use_case in UseCase.objects.with_advice()]
    return PageResponse(request, "comparisons/use_case_index.html", UseCaseIndexPage(known=known))


@require_safe
@revalidated
@pictured(cards.of_use_case)
def use_case(request: HttpRequest, slug: str) -> PageResponse:
    """Show a use case: the recommendations, the ranking under its weights, and its must-haves."""
    cited = Prefetch("needs__claims", Claim.objects.public().cited())
    case = get_object_or_404(UseCase.objects.with_demands().with_advice().prefetch_related(cited), slug=slug)
    facts = current_facts()
    table, excluded, short = use_cases.standings(case, facts, minimum_coverage=settings.MINIMUM_COVERAGE)
    page = UseCasePage(
        use_case=case,
        matrix=table,
        excluded=excluded,
        short=short,
        weighed=use_cases.weighed(table),
        around=around_use_case(table, case),
    )
    return PageResponse(request, "comparisons/use_case.html", page)


@require_safe
@revalidated
@pictured(titled("Method", "How scores, fit and ranks are made"))
def method(request: HttpRequest) -> PageResponse:
    """Explain how scores, fit, coverage, bands and ranks are made, with an example from the current facts."""
    facts = current_facts()
    everyone = np.arange(len(facts.frameworks))
    table = build_matrix(facts, everyone, minimum_coverage=settings.MINIMUM_COVERAGE, portion=FIRST)
    example = next(iter(table.ranked or table.unranked), None)
    steps = _worked(example, table) if example else []
    page = MethodPage(
        matrix=table,
        ranked_beyond=table.ranked_total - len(table.ranked),
        example=example,
        steps=steps,
        rated_weight=sum(step.weight for step in steps if step.score is not None),
        unranked_example=next(iter(table.unranked), None),
        tables=Criterion.objects.current().scored().in_order().prefetch_related(TABLE_OF_READINGS),
        factors=_weighted(facts.criteria),
        presets=WeightPresets.of(facts, View(), reverse("comparisons:matrix")),
        departures=Rating.objects.published().exclude(departure="").select_related("framework", "criterion"),
        ties=_ties() if facts.arrays.rating_total <= LOOKED_THROUGH_MAX else [],
        extent=facts.extent,
    )
    return PageResponse(request, "comparisons/method.html", page)


@require_safe
@revalidated
@pictured(titled("Glossary", "What the terms mean"))
def glossary(request: HttpRequest) -> PageResponse:
    """Define the terms that pages use."""
    return PageResponse(request, "comparisons/glossary.html", GlossaryPage(terms=TERMS))


#: How many ratings are looked through for ties: the page would take seconds with those of ten thousand frameworks.
LOOKED_THROUGH_MAX = 2_000


def _ties() -> list[tuple[Rating, Derivation[int]]]:
    """Return the published ratings whose median lies halfway between two steps, with what follows. Two queries."""
    ratings = list(Rating.objects.published().filter(departure="").select_related("framework", "criterion"))
    derived = derivations({(rating.framework_id, rating.criterion_id) for rating in ratings})
    pairs = ((rating, derived.get((rating.framework_id, rating.criterion_id))) for rating in ratings)
    return [(rating, derivation) for rating, derivation in pairs if derivation and derivation.is_tie]


def _weighted(criteria: Sequence[Criterion]) -> list[WeightedCriterion]:
    """Return each criterion with the claims that say it should be weighed, last those without a score that are named.

    One query.
    """
    claims: dict[int, list[Claim]] = {}
    for claim in Claim.objects.published().filter(is_factor=True).cited():
        claims.setdefault(claim.criterion_id, []).append(claim)
    described = [own[0].criterion for own in claims.values() if not own[0].criterion.is_scored]
    return [
        WeightedCriterion(criterion, claims.get(criterion.pk, ()))
        for criterion in [*criteria, *sorted(described, key=str)]
    ]


def _opened(comparison: Comparison) -> Cell | None:
    """Return the open cell with its claims, or None if its framework or its criterion is not on the page."""
    framework, _, criterion = comparison.view.open.partition(":")
    row = next((row for row in comparison.table.in_order if row.framework.slug == framework), None)
    if row is None or all(column.criterion.slug != criterion for column in comparison.table.columns):
        return None
    return comparison.facts.row(row.framework, Detail.CLAIMS)[comparison.facts.column[criterion]]


def _worked(example: Row, table: Matrix) -> list[WorkedStep]:
    """Return each criterion's part in the example's fit, rounded so that the parts shown add up to the fit shown."""
    shown = scoring.shown_contributions(example.scores, table.weights)
    return [
        WorkedStep(
            criterion=criterion,
            weight=table.weights[criterion.slug],
            score=score,
            share=None if score is None else float(scoring.share(score)),
            points=float(shown[criterion.slug]) if criterion.slug in shown else None,
        )
        for criterion in table.criteria
        for score in [example.scores[criterion.slug]]
    ]
