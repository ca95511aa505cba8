"""Make documents of all public facts, and answer what a visitor searches for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, Max, Prefetch
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst

from comparisons.comparison.forms import clip
from comparisons.comparison.permalinks import View
from comparisons.comparison.picking import compared_at
from comparisons.models import UseCase
from frameworks.models import (
    Answer,
    Benchmark,
    Claim,
    Component,
    Criterion,
    Disagreement,
    FacetValue,
    Framework,
    Question,
    Retirable,
    Revision,
    Source,
)
from frameworks.pages.pictured import PART
from frameworks.text.mangled import unknown

from .index import HEADING, KEY, NAME, TEXT, Document, Hit, Index, Passage, SearchResult, words

#: The kinds of document, in the order in which equal hits are shown.
KINDS = {
    "framework": capfirst(settings.TOPIC.items),
    "criterion": "Criteria",
    "capability": "Capabilities",
    "component": "Components",
    "use-case": "Use cases",
    "question": "Questions",
    "benchmark": "Benchmarks",
    "disagreement": "Disagreements",
    "source": "Sources",
    "claim": "Claims",
}
#: How many hits of each kind are shown when all kinds are, and how many on a page of one kind.
PER_KIND, PER_PAGE = 5, 50
LENGTH_MAX = 160


# Documents


def documents() -> Iterator[Document]:
    """Yield a document for every public fact, in as many queries however many there are; last what is retired."""
    everything = chain(
        _frameworks(),
        _criteria(),
        _capabilities(),
        _components(),
        _use_cases(),
        _questions(),
        _benchmarks(),
        _disagreements(),
        _sources(),
        _all_claims(),
    )
    yield from sorted(everything, key=attrgetter("is_retired"))


def _document(kind: str, fact: Any, url: str, about: str, *passages: tuple[str, str, float]) -> Document:
    is_retired = isinstance(fact, Retirable) and fact.is_retired
    if is_retired:
        about, passages = capfirst(fact.retirement), passages[:1]
    found = tuple(Passage(*passage) for passage in passages if passage[1])
    return Document(kind, fact.pk, url, found, about, getattr(fact, "slug", ""), is_retired)


def _frameworks() -> Iterator[Document]:
    for framework in Framework.objects.public().with_traits():
        facets: dict[str, list[str]] = {}
        for trait in framework.traits.all():
            facets.setdefault(trait.value.facet.name, []).append(trait.value.name)
        yield _document(
            "framework",
            framework,
            framework.get_absolute_url(),
            framework.tagline or framework.kind_line,
            ("name", framework.name, NAME),
            ("in a few words", framework.tagline, HEADING),
            ("summary", framework.summary, TEXT),
            *((facet, ", ".join(values), KEY) for facet, values in facets.items()),
        )


def _criteria() -> Iterator[Document]:
    for criterion in Criterion.objects.in_order():
        yield _document(
            "criterion",
            criterion,
            criterion.get_absolute_url(),
            criterion.question,
            ("name", criterion.name, NAME),
            ("short name", criterion.short_name if criterion.short_name != criterion.name else "", NAME),
            ("question", criterion.question, HEADING),
            ("description", criterion.description, TEXT),
            *((f"score {step}", sentence, TEXT) for step, sentence in criterion.rubric),
        )


def _capabilities() -> Iterator[Document]:
    path = reverse("comparisons:capabilities")
    for capability in FacetValue.objects.capabilities():
        yield _document(
            "capability",
            capability,
            f"{path}?{urlencode({'need': capability.slug})}",
            f"Which {settings.TOPIC.items} have it built in, and what you would need to add to the others.",
            ("name", capability.name, NAME),
        )


def _components() -> Iterator[Document]:
    for component in Component.objects.public():
        yield _document(
            "component",
            component,
            component.get_absolute_url(),
            component.summary,
            ("name", component.name, NAME),
            ("label", component.label, HEADING),
            ("summary", component.summary, TEXT),
            ("kind", component.get_kind_display(), KEY),
        )


def _use_cases() -> Iterator[Document]:
    for use_case in UseCase.objects.all():
        yield _document(
            "use-case",
            use_case,
            use_case.get_absolute_url(),
            use_case.summary,
            ("name", use_case.name, NAME),
            ("summary", use_case.summary, TEXT),
            ("dispute", use_case.dispute, TEXT),
        )


def _questions() -> Iterator[Document]:
    answered = Prefetch("answers", Answer.objects.filter(source__retired_on=None).select_related("source"))
    for question in Question.objects.public().prefetch_related(answered):
        answers = list(question.answers.all())
        yield _document(
            "question",
            question,
            question.get_absolute_url(),
            question.dispute or answers[0].stance,
            ("question", question.text, HEADING),
            ("dispute", question.dispute, TEXT),
            *((f"answer of {answer.source}", f"{answer.stance}. {answer.text}", TEXT) for answer in answers),
        )


def _benchmarks() -> Iterator[Document]:
    for benchmark in Benchmark.objects.public():
        yield _document(
            "benchmark",
            benchmark,
            benchmark.get_absolute_url(),
            benchmark.question,
            ("title", benchmark.title, HEADING),
            ("question", benchmark.question, KEY),
            ("method", benchmark.method, TEXT),
            ("not stated by the method", benchmark.unsaid, TEXT),
            ("comment", benchmark.comment, TEXT),
        )


def _disagreements() -> Iterator[Document]:
    for disagreement in Disagreement.objects.public():
        yield _document(
            "disagreement",
            disagreement,
            disagreement.get_absolute_url(),
            disagreement.question,
            ("title", disagreement.title, HEADING),
            ("question", disagreement.question, KEY),
            ("explanation", disagreement.explanation, TEXT),
        )


def _sources() -> Iterator[Document]:
    for source in Source.objects.all():
        yield _document(
            "source",
            source,
            source.get_absolute_url(),
            source.title,
            ("name", source.short_name, NAME),
            ("title", source.title, HEADING),
            ("key", source.key, HEADING),
            ("authors", source.authors, KEY),
            ("publisher", source.publisher, KEY),
            ("interest", source.commercial_interest, TEXT),
            ("description", source.description, TEXT),
        )


def _all_claims() -> Iterator[Document]:
    """Yield the claims. The names of their framework and criterion count less than in a heading: they only file it."""
    names = ("framework__name", "criterion__name", "source__short_name", "source__key")
    texts = ("pk", "key", "line", "term", "paraphrase", "note")
    paths: dict[str, str] = {}
    for claim in Claim.objects.published().order_by("source__key", "line", "pk").values(*names, *texts):
        key = claim["source__key"]
        if key not in paths:
            paths[key] = reverse("frameworks:source", args=[key])
        where = (
            claim["framework__name"] or f"{capfirst(settings.TOPIC.items)} in general",
            claim["criterion__name"],
        )
        place = f"{claim['source__short_name']}, line {claim['line']}"
        passages = zip(
            ("framework", "criterion", "term", "claim", "line", "note"),
            (*where, claim["term"], claim["paraphrase"], place, claim["note"]),
            (KEY, KEY, KEY, TEXT, TEXT, TEXT),
            strict=True,
        )
        yield Document(
            "claim",
            claim["pk"],
            f"{paths[key]}#{claim['key']}",
            tuple(Passage(*passage) for passage in passages),
        )


class HistoryPosition(NamedTuple):
    """How far the record of all changes has come. The count detects revisions written at the same time: that with the
    higher number may be committed before the other."""

    step: int | None
    steps: int
    at: datetime | None


#: The latest index of this process, by the position in the history at which it was made.
_cache: dict[HistoryPosition, Index] = {}


def index() -> Index:
    """Return the index of all that is public now: cached, and made anew whenever the history has grown.

    What is read within a transaction may be rolled back, as in the preview of a proposal, and is not cached.
    """
    if connection.in_atomic_block:
        return Index(documents())
    # Read first, so that whatever is written from here on is found by the next visitor at the latest.
    position = HistoryPosition(**Revision.objects.aggregate(step=Max("pk"), steps=Count("pk"), at=Max("at")))
    cached = _cache.get(position)
    if cached is None:
        cached = Index(documents())
        _cache.clear()
        _cache[position] = cached
    return cached


# Searching


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a visitor searches for: words, and optionally one kind, whose hits are then paginated."""

    q: str = ""
    kind: str = ""
    page: int = 1
    notices: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the query string; what it says wrongly is left out, with a notice."""
        notices = []
        text = " ".join(query.get("q", "").replace("\x00", " ").split())
        if len(text) > LENGTH_MAX:
            notices.append(f"Only the first {LENGTH_MAX} characters were used.")
            text = text[:LENGTH_MAX].rstrip()
        kind = query.get("kind", "")
        if kind and kind not in KINDS:
            notices.append(f"There is no kind “{clip(kind)}”. All results are shown.")
            kind = ""
        page = query.get("page", "") if kind else ""
        notices += unknown(query, {"q", "kind", "page"})
        number = int(page) if re.fullmatch("[0-9]{1,6}", page) else 1
        return cls(text, kind, max(number, 1), tuple(notices))

    def url(self, path: str, **changes: Any) -> str:
        """Return the canonical address of this search at `path`, with these parameters changed."""
        values = {"q": self.q, "kind": self.kind, "page": self.page if self.page > 1 else "", **changes}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind: how many there are, and those that are shown, each with its claim if it is one."""

    kind: str
    total: int
    url: str
    shown: Sequence[tuple[Hit, Claim | None]] = ()

    @property
    def label(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True, kw_only=True)
class Results:
    """What was found: `groups` are shown, `narrower` counts all kinds; `instead` names other words to look for.
    `named`: the frameworks that the query names."""

    found: SearchResult
    named: Sequence[Document]
    compare_url: str
    groups: list[HitGroup]
    narrower: list[HitGroup]
    everything_url: str
    instead: list[tuple[str, str, str]]
    page: Page[Hit]
    query: str


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """What the page shows; `results` is None where nothing was looked for."""

    asked: SearchQuery
    path: str
    results: Results | None = field(default=None, metadata=PART)


def search_page(query: SearchQuery, path: str) -> SearchPage:
    """Search for what is asked and lay the hits out for the page at this path."""
    if not words(query.q):
        return SearchPage(asked=query, path=path)
    current_index = index()
    result = current_index.find(query.q)
    by_kind = _by_kind(result.hits)
    page = Paginator(by_kind.get(query.kind, []), PER_PAGE).get_page(query.page)
    shown = {query.kind: list(page)} if query.kind else {k: hits[:PER_KIND] for k, hits in by_kind.items()}
    claims = _claims(shown.get("claim", ()))

    def group(kind: str) -> HitGroup:
        pairs = [(hit, claims.get(hit.document.pk)) for hit in shown.get(kind, ())]
        return HitGroup(kind, len(by_kind[kind]), query.url(path, kind=kind, page=""), pairs)

    named = current_index.named(query.q, result.read_as)
    slugs = [document.slug for document in named]
    results = Results(
        found=result,
        named=named,
        compare_url=compared_at(slugs, View(), {}) if len(slugs) > 1 else "",
        groups=[group(kind) for kind in shown if kind in by_kind],
        narrower=[group(kind) for kind in KINDS if kind in by_kind],
        everything_url=query.url(path, kind="", page=""),
        instead=_suggestions(query, result, current_index, path),
        page=page,
        query=urlencode({"q": query.q, "kind": query.kind}),
    )
    return SearchPage(asked=query, path=path, results=results)


def _by_kind(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    """Return the hits by kind, the kind of the best hit first."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.document.kind, []).append(hit)
    return by_kind


def _claims(hits: Iterable[Hit]) -> dict[int, Claim]:
    """Return the claims of these hits by primary key, with all that a citation shows, in one query."""
    return Claim.objects.published().cited().in_bulk([hit.document.pk for hit in hits])


def _suggestions(
    query: SearchQuery, result: SearchResult, current_index: Index, path: str
) -> list[tuple[str, str, str]]:
    """Return each word that no document has, the most similar known word, and the address to search for that."""
    likely = [(word, current_index.suggestion(word)) for word in result.missing]
    return [(word, near, query.url(path, q=near, kind="", page="")) for word, near in likely if near]
