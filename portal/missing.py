"""Lead on from addresses where nothing is: to what was meant if that is certain, else to what may be meant."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.http import escape_leading_slashes
from django.utils.text import capfirst
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import extractOne

from comparisons.comparison.permalinks import VERSUS, View, is_parameter
from comparisons.comparison.picking import ALIKE, compared_at, meant
from comparisons.models import Snapshot, UseCase
from comparisons.sharing.snapshots import FrozenComparison
from frameworks.models import Component, Criterion, Source
from frameworks.serving import memory, version
from frameworks.serving.memory import current_facts
from frameworks.text.folding import folded
from frameworks.text.mangled import repaired_paths, repaired_query

from .api.problems import PREFIX

EXISTS = {HTTPStatus.OK, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND}
#: Longer addresses are nobody's accident.
LONGEST = 2_000
#: How many pages a missing one offers, and how many words of its address are looked at.
OFFERED, WORDS = 4, 8
#: The beginning of a snapshot's hash, as long as nobody guesses one.
BEGINNING = re.compile(r"[a-z2-7]{10,26}")
#: The lists and pages at the top, by the first segment of their address: route and name.
SECTIONS = {
    "compare": ("comparisons:choose_parties", f"Compare {settings.TOPIC.items} side by side"),
    "matrix": ("comparisons:matrix", "Matrix"),
    "choose": ("comparisons:choose", f"Find {settings.TOPIC.an_item}"),
    "capabilities": ("comparisons:capabilities", "What you would need to add"),
    "use-cases": ("comparisons:use_cases", "Use cases"),
    "method": ("comparisons:method", "Method"),
    "glossary": ("comparisons:glossary", "Glossary"),
    "embed": ("comparisons:embed_maker", "Embed a comparison"),
    "frameworks": ("frameworks:frameworks", capfirst(settings.TOPIC.items)),
    "criteria": ("frameworks:criteria", "Criteria"),
    "components": ("frameworks:components", "Components"),
    "sources": ("frameworks:sources", "Sources"),
    "disagreements": ("frameworks:disagreements", "Disagreements"),
    "benchmarks": ("frameworks:benchmarks", "Benchmarks"),
    "questions": ("frameworks:questions", "Questions"),
    "changes": ("frameworks:changes", "Changes"),
    "search": ("portal:search", "Search"),
    "api": ("portal:api", "API"),
}
#: What programs, and people who know other sites, look for at another address: routes, by that address, which is read
#: without the marks around its segments (`well-known`).
ELSEWHERE = {
    guess: route
    for route, guesses in {
        "api:openapi-json": "openapi openapi.json openapi.yaml openapi.yml swagger.json swagger.yaml api/openapi.json"
        " api/swagger.json api/schema api/v1/swagger.json api/v1/openapi.yaml api/v1/schema v3/api-docs"
        " well-known/openapi.json",
        "api:openapi-view": "docs swagger swagger-ui swagger-ui.html swagger/index.html redoc api-docs api/docs"
        " api/swagger api/redoc api/v1/swagger api/v1/redoc",
        "portal:changes_feed": "feed feeds rss atom feed.xml rss.xml atom.xml index.xml feed.atom index.rss"
        " changes/feed changes.rss changes.xml",
        "portal:sitemap": "sitemap sitemap_index.xml sitemap-index.xml sitemaps.xml wp-sitemap.xml",
        "portal:llms": "llms llms-full.txt well-known/llms.txt",
        "portal:favicon": "favicon favicon.png",
        "comparisons:oembed": "oembed.json api/oembed services/oembed",
        "comparisons:oembed?format=xml": "oembed.xml",
        "comparisons:matrix": "home",
        "comparisons:method": "about methodology",
        "frameworks:questions": "faq faqs",
        "frameworks:changes": "changelog news",
    }.items()
    for guess in guesses.split()
}


class MangledMiddleware:
    """Redirect from an address that was mangled on its way here to the one that was meant.

    A query is repaired before it is read; a path only where nothing is, and if there is a page at the repaired one. The
    API reads its parameters strictly. No address leads to another host: each is built from a path of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if request.method not in {"GET", "HEAD"} or path.startswith(settings.NEVER_KEPT):
            return self.get_response(request)
        query = request.META.get("QUERY_STRING", "")
        if (
            query
            and not path.startswith(PREFIX)
            and (repaired := repaired_query(query, is_parameter)) is not None
        ):
            return _moved(request, f"{path}?{repaired}" if repaired else path)
        response = self.get_response(request)
        if response.status_code != HTTPStatus.NOT_FOUND or len(path) > LONGEST:
            return response
        for repaired in map(_elsewhere, repaired_paths(path, is_parameter)):
            address = f"{repaired}{'&' if '?' in repaired else '?'}{query}" if query else repaired
            # A slash that is all that is missing is added by Django.
            if address.partition("?")[0] not in {path, f"{path}/"} and self._leads_somewhere(
                request, address
            ):
                return _moved(request, address)
        return response

    def _leads_somewhere(self, request: HttpRequest, address: str) -> bool:
        path, _, query = address.partition("?")
        try:
            match = resolve(path)
        except Resolver404:
            return False
        if path.startswith(PREFIX) and not match.kwargs and _is_longer(request.path_info, path):
            return False  # what a program takes for the name of an entry is none, rather than the whole list
        trial = copy(request)
        trial.__dict__.pop("GET", None)  # it is read anew from the query
        trial.path_info, trial.path = path, request.path.removesuffix(request.path_info) + path
        trial.META = {**request.META, "PATH_INFO": path, "QUERY_STRING": query}
        status = self.get_response(trial).status_code
        # `/oembed` exists, although it lacks its parameters, and says so.
        return status in EXISTS or (status == HTTPStatus.BAD_REQUEST and not match.kwargs)


def _elsewhere(address: str) -> str:
    """Return where that is which programs look for at this address; the address itself where they look for nothing."""
    path, _, query = address.partition("?")
    route, _, more = ELSEWHERE.get(path.strip("/").lower(), "").partition("?")
    if not route:
        return address
    return f"/{reverse(route).removeprefix(get_script_prefix())}?{more or query}".rstrip("?")


def _is_longer(path: str, other: str) -> bool:
    """Return whether the path has more segments with words than the other, or as many more as name an entry."""
    other = other.rstrip("/")
    if (more := path.count("/") - other.count("/")) > 0:
        try:
            return bool(resolve(other + more * "/x").kwargs)
        except Resolver404:
            pass
    return _depth(other) < _depth(path)


def _depth(path: str) -> int:
    return len([segment for segment in path.split("/") if re.search(r"\w", segment)])


def _moved(request: HttpRequest, address: str) -> HttpResponseRedirect:
    # A query is repaired at any path: one that starts with two slashes would be read as another host.
    redirect = HttpResponseRedirect(
        escape_leading_slashes(request.path.removesuffix(request.path_info) + address)
    )
    redirect.headers["Cache-Control"] = "no-cache"
    return redirect


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a page that offers what the address seems to name."""
    context = {"request_path": request.path, "meant": _offers(request.path_info)}
    return TemplateResponse(request, "404.html", context, status=404).render()


def _offers(path: str) -> list[tuple[str, str]]:
    """Return address and name of what is meant: a comparison first, then what has such a name, else the list of its
    kind."""
    segments = [segment for segment in path.split("/") if segment]
    if not segments or path.startswith(settings.NEVER_KEPT) or len(path) > LONGEST:
        return []
    first, *rest = segments
    if first.lower() == "s" and rest:
        return _snapshot(rest[0].lower())
    section = _nearest(first, SECTIONS)
    if VERSUS in path or (section == "compare" and rest):
        return _comparison("/".join(rest) or first)
    offers = _entries(rest or [first], section)
    if not offers and rest and not section:
        offers = _comparison("/".join(rest))
    if not offers and section and SECTIONS[section][0] not in version.empty_sections():
        offers = [(reverse(SECTIONS[section][0]), SECTIONS[section][1])]
    return offers[: OFFERED + 1]


def _snapshot(text: str) -> list[tuple[str, str]]:
    """Return the one snapshot whose hash begins as a text does that was cut or broken on its way."""
    beginning = BEGINNING.match(text)
    snapshots = Snapshot.objects.filter(pk__startswith=beginning[0])[:2] if beginning else ()
    return [
        (each.get_absolute_url(), f"The permanent copy of {FrozenComparison(each).title}")
        for each in snapshots
        if len(snapshots) == 1
    ]


def _comparison(text: str) -> list[tuple[str, str]]:
    """Return the comparison of the frameworks that a text names, and each of them."""
    catalogue = current_facts().catalogue
    frameworks = [catalogue.by_slug[slug] for slug in meant(text, catalogue)]
    offers = [
        (framework.get_absolute_url(), framework.name) for framework in frameworks[: settings.COMPARE_MAX]
    ]
    if len(frameworks) > 1:
        versus = compared_at([framework.slug for framework in frameworks], View(), {})
        offers.insert(0, (versus, " vs ".join(framework.name for framework in frameworks)))
    return offers


def _entries(words: Sequence[str], section: str) -> list[tuple[str, str]]:
    """Return what has a name like these words: of the kind of the section, or if there is nothing, of any kind."""
    called = _called()
    for sections in ([section] if section in called else [], called):
        offers = {
            entry: None
            for word in words[:WORDS]
            for each in sections
            for entry in called[each].like(_hyphenated(word))
        }
        if offers:
            return list(offers)
    return []


@dataclass(frozen=True)
class Called:
    """Address and name of what has a page of its own, by slug and by name, and by each word of these."""

    whole: Mapping[str, tuple[str, str]]
    by_word: Mapping[str, Sequence[tuple[str, str]]]

    @classmethod
    def of(cls, facts: Iterable[Any]) -> "Called":
        whole, by_word = {}, defaultdict(list)
        for fact in facts:
            entry = fact.get_absolute_url(), str(fact)
            slug = entry[0].strip("/").rpartition("/")[2]
            for name in {slug, str(int(slug)) if slug.isdecimal() else slug, _hyphenated(entry[1])}:
                whole[name] = entry
                for word in name.split("-"):
                    by_word[word].append(entry)
        return cls(whole, by_word)

    def like(self, text: str) -> list[tuple[str, str]]:
        """Return what is called most like a text, then all that has it as a word of its name."""
        near = _nearest(text, self.whole)
        return [*([self.whole[near]] if near else []), *self.by_word.get(text, ())]


def _hyphenated(text: str) -> str:
    return re.sub(r"[\W_]+", "-", folded(text)).strip("-")


def _nearest(word: str, known: Collection[str]) -> str:
    if word in known:
        return word
    found = extractOne(folded(word), list(known), scorer=JaroWinkler.similarity, score_cutoff=ALIKE)
    return str(found[0]) if found and len(word) > 2 else ""


@memory.for_each_catalogue
def _called() -> dict[str, Called]:
    """Return what has a page of its own, by the section of its address."""
    return {
        "frameworks": Called.of(current_facts().frameworks),
        "criteria": Called.of(Criterion.objects.all()),
        "components": Called.of(Component.objects.public()),
        "sources": Called.of(Source.objects.all()),
        "use-cases": Called.of(UseCase.objects.all()),
    }
