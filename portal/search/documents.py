"""What can be found on the portal: its public facts as documents, and what a visitor asked for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Max
from django.http import QueryDict
from django.urls import reverse

from comparisons.comparison.forms import clip
from comparisons.models import UseCase
from frameworks.models import (
    Benchmark,
    Claim,
    Component,
    Criterion,
    Disagreement,
    FacetValue,
    Framework,
    Question,
    Revision,
    Source,
)

from .index import HEADING, KEY, NAME, TEXT, Document, Hit, Index, Passage, SearchResult, words

#: What there is to find, in the order in which equals are shown.
KINDS = {
    "framework": "Frameworks",
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
#: How much of each kind is shown among the others, and how much of one kind alone.
AMONG_OTHERS, PER_PAGE = 5, 50
LENGTH_MAX = 160


# What is there


def documents() -> Iterator[Document]:
    """Everything public, in as many queries however much there is."""
    yield from _frameworks()
    yield from _criteria()
    yield from _capabilities()
    yield from _components()
    yield from _use_cases()
    yield from _questions()
    yield from _benchmarks()
    yield from _disagreements()
    yield from _sources()
    yield from _all_claims()


def _document(kind: str, fact: Any, url: str, about: str, *passages: tuple[str, str, float]) -> Document:
    return Document(kind, fact.pk, url, tuple(Passage(*passage) for passage in passages if passage[1]), about)


def _frameworks() -> Iterator[Document]:
    for one in Framework.objects.published().with_traits():
        facets: dict[str, list[str]] = {}
        for trait in one.traits.all():
            facets.setdefault(trait.value.facet.name, []).append(trait.value.name)
        yield _document(
            "framework",
            one,
            one.get_absolute_url(),
            one.tagline or one.kind_line,
            ("name", one.name, NAME),
            ("in a few words", one.tagline, HEADING),
            ("summary", one.summary, TEXT),
            *((facet, ", ".join(values), KEY) for facet, values in facets.items()),
        )


def _criteria() -> Iterator[Document]:
    for one in Criterion.objects.in_order():
        yield _document(
            "criterion",
            one,
            one.get_absolute_url(),
            one.question,
            ("name", one.name, NAME),
            ("short name", one.short_name if one.short_name != one.name else "", NAME),
            ("question", one.question, HEADING),
            ("description", one.description, TEXT),
            *((f"{step} means", sentence, TEXT) for step, sentence in one.rubric),
        )


def _capabilities() -> Iterator[Document]:
    path = reverse("comparisons:capabilities")
    for one in FacetValue.objects.capabilities():
        yield _document(
            "capability",
            one,
            f"{path}?{urlencode({'need': one.slug})}",
            "Who has it built in, and what to add to the others.",
            ("name", one.name, NAME),
        )


def _components() -> Iterator[Document]:
    for one in Component.objects.public():
        yield _document(
            "component",
            one,
            one.get_absolute_url(),
            one.summary,
            ("name", one.name, NAME),
            ("label", one.label, HEADING),
            ("summary", one.summary, TEXT),
            ("kind", one.get_kind_display(), KEY),
        )


def _use_cases() -> Iterator[Document]:
    for one in UseCase.objects.all():
        yield _document(
            "use-case",
            one,
            one.get_absolute_url(),
            one.summary,
            ("name", one.name, NAME),
            ("summary", one.summary, TEXT),
            ("dispute", one.dispute, TEXT),
        )


def _questions() -> Iterator[Document]:
    for one in Question.objects.prefetch_related("answers__source"):
        answers = list(one.answers.all())
        yield _document(
            "question",
            one,
            one.get_absolute_url(),
            one.dispute or (answers[0].stance if answers else ""),
            ("question", one.text, HEADING),
            ("dispute", one.dispute, TEXT),
            *((f"answer of {answer.source}", f"{answer.stance}. {answer.text}", TEXT) for answer in answers),
        )


def _benchmarks() -> Iterator[Document]:
    for one in Benchmark.objects.public():
        yield _document(
            "benchmark",
            one,
            one.get_absolute_url(),
            one.question,
            ("title", one.title, HEADING),
            ("question", one.question, KEY),
            ("method", one.method, TEXT),
            ("left unsaid", one.unsaid, TEXT),
            ("comment", one.comment, TEXT),
        )


def _disagreements() -> Iterator[Document]:
    for one in Disagreement.objects.all():
        yield _document(
            "disagreement",
            one,
            one.get_absolute_url(),
            one.question,
            ("title", one.title, HEADING),
            ("question", one.question, KEY),
            ("explanation", one.explanation, TEXT),
        )


def _sources() -> Iterator[Document]:
    for one in Source.objects.all():
        yield _document(
            "source",
            one,
            one.get_absolute_url(),
            one.title,
            ("name", one.short_name, NAME),
            ("title", one.title, HEADING),
            ("key", one.key, HEADING),
            ("authors", one.authors, KEY),
            ("publisher", one.publisher, KEY),
            ("interest", one.commercial_interest, TEXT),
            ("description", one.description, TEXT),
        )


def _all_claims() -> Iterator[Document]:
    """Their words count less than the same in a heading: a claim is filed under a framework and a criterion."""
    named = ("framework__name", "criterion__name", "source__short_name", "source__key")
    texts = ("pk", "key", "line", "term", "paraphrase", "note")
    paths: dict[str, str] = {}
    for claim in Claim.objects.published().order_by("source__key", "line", "pk").values(*named, *texts):
        key = claim["source__key"]
        if key not in paths:
            paths[key] = reverse("frameworks:source", args=[key])
        where = (claim["framework__name"] or "Frameworks in general", claim["criterion__name"])
        place = f"{claim['source__short_name']}, line {claim['line']}"
        told = zip(
            ("framework", "criterion", "term", "claim", "line", "note"),
            (*where, claim["term"], claim["paraphrase"], place, claim["note"]),
            (KEY, KEY, KEY, TEXT, TEXT, TEXT),
            strict=True,
        )
        yield Document(
            "claim", claim["pk"], f"{paths[key]}#{claim['key']}", tuple(Passage(*one) for one in told)
        )


class RecordState(NamedTuple):
    """How far the record of all changes has come. The count tells apart what was written at the same time: the step
    with the higher number may be there before the other."""

    step: int | None
    steps: int
    at: datetime | None


#: The index of the stand that this process has seen last.
_kept: dict[RecordState, Index] = {}


def index() -> Index:
    """Of all that is public now. Made anew whenever a fact has changed, which the record tells.

    What is read within a transaction may be taken back, as in the preview of a proposal, and is not kept.
    """
    if connection.in_atomic_block:
        return Index(documents())
    # Counted first: whatever is written after this is found by the next visitor at the latest.
    stand = RecordState(**Revision.objects.aggregate(step=Max("pk"), steps=Count("pk"), at=Max("at")))
    made = _kept.get(stand)
    if made is None:
        made = Index(documents())
        _kept.clear()
        _kept[stand] = made
    return made


# What is asked for


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a visitor looks for: words, of one kind only if wished, page by page then."""

    q: str = ""
    kind: str = ""
    page: int = 1
    notices: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        notices = []
        text = " ".join(query.get("q", "").replace("\x00", " ").split())
        if len(text) > LENGTH_MAX:
            notices.append(f"That is long: only the first {LENGTH_MAX} characters were looked for.")
            text = text[:LENGTH_MAX].rstrip()
        kind = query.get("kind", "")
        if kind and kind not in KINDS:
            notices.append(f"There is no kind “{clip(kind)}”. Everything is shown.")
            kind = ""
        page = query.get("page", "") if kind else ""
        number = int(page) if re.fullmatch("[0-9]{1,6}", page) else 1
        return cls(text, kind, max(number, 1), tuple(notices))

    def url(self, path: str, **instead: Any) -> str:
        said = {"q": self.q, "kind": self.kind, "page": self.page if self.page > 1 else "", **instead}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class HitGroup:
    """What was found of one kind, and as much of it as is shown, with the claims that are among it."""

    kind: str
    total: int
    url: str
    shown: Sequence[tuple[Hit, Claim | None]] = ()

    @property
    def label(self) -> str:
        return KINDS[self.kind]


def around(asked: SearchQuery, path: str) -> dict[str, Any]:
    """The template context of the page."""
    if not words(asked.q):
        return {"asked": asked, "path": path}
    known = index()
    found = known.find(asked.q)
    by_kind = _by_kind(found.hits)
    page = Paginator(by_kind.get(asked.kind, []), PER_PAGE).get_page(asked.page)
    shown = (
        {asked.kind: list(page)} if asked.kind else {k: hits[:AMONG_OTHERS] for k, hits in by_kind.items()}
    )
    claims = _claims(shown.get("claim", ()))

    def group(kind: str) -> HitGroup:
        finds = [(hit, claims.get(hit.document.pk)) for hit in shown.get(kind, ())]
        return HitGroup(kind, len(by_kind[kind]), asked.url(path, kind=kind, page=""), finds)

    return {
        "asked": asked,
        "path": path,
        "found": found,
        "groups": [group(kind) for kind in shown if kind in by_kind],
        "narrower": [group(kind) for kind in KINDS if kind in by_kind],
        "everything_url": asked.url(path, kind="", page=""),
        "instead": _instead(asked, found, known, path),
        "page": page,
        "query": urlencode({"q": asked.q, "kind": asked.kind}),
    }


def _by_kind(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    """The kind of the best hit first."""
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.document.kind, []).append(hit)
    return found


def _claims(hits: Iterable[Hit]) -> dict[int, Claim]:
    """Those to be shown, with all that a citation shows, in one query."""
    return Claim.objects.published().cited().in_bulk([hit.document.pk for hit in hits])


def _instead(asked: SearchQuery, found: SearchResult, known: Index, path: str) -> list[tuple[str, str, str]]:
    """For each word that nothing has: the word that is most like it, and where that leads."""
    likely = [(word, known.suggestion(word)) for word in found.missing]
    return [(word, near, asked.url(path, q=near, kind="", page="")) for word, near in likely if near]
