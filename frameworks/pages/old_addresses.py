"""Old addresses: those that name facts as they were called before lead to those of today.

Which parts of an address are names is known to the room that it belongs to: each registers its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    QueryDict,
)
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.cache import patch_cache_control

from frameworks.models import FormerSlug, versioned_models
from frameworks.models.constraints import SLUG

Name = Callable[[str, str], str]
"""Gives today's name for what a fact of this kind was once called."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class AddressNames:
    """Where the addresses of a room hold names, and of which kinds of facts."""

    #: What a path names after these segments.
    segments: Mapping[str, str] = field(default_factory=dict)
    #: What these parameters of routes name, whatever stands before them.
    route: Mapping[str, str] = field(default_factory=dict)
    #: What the values of these parameters of queries name.
    query: Mapping[str, str] = field(default_factory=dict)
    #: The parameters of queries that hold names in another way: each puts today's into parameter and value.
    pairs: Iterable[Callable[[str, str, Name], Pair]] = ()


ROOMS = [
    AddressNames(
        segments={
            "components": "component",
            "criteria": "criterion",
            "frameworks": "framework",
            "sources": "source",
        },
        route={"criterion": "criterion"},
        query={"framework": "framework"},
    )
]


def register(names: AddressNames) -> None:
    """Add what the addresses of another room name."""
    ROOMS.append(names)


class Renamed(Http404):
    """The query names something by a former name: the address is answered by the one with today's."""


def follow(query: QueryDict) -> None:
    """Raises Renamed where the query says former names. Asked only when something in it is not known."""
    if _query(query, _collected(lambda name: _query(query, name))) != _pairs(query):
        raise Renamed


def current_address(request: HttpRequest) -> str | None:
    """The address with today's names; None where it says them already, or nothing of it was ever renamed."""
    match = request.resolver_match
    return moved(match, request.GET) if match else None


def moved(match: ResolverMatch, query: QueryDict) -> str | None:
    """The same of any address."""

    def say(name: Name) -> tuple[dict[str, Any], list[Pair]]:
        return _kwargs(match.route, match.kwargs, name), _query(query, name)

    kwargs, pairs = say(_collected(say))
    if (kwargs, pairs) == (match.kwargs, _pairs(query)):
        return None
    path = reverse(match.view_name, kwargs=kwargs)
    return f"{path}?{urlencode(pairs, safe=':,')}" if pairs else path


def _collected(say: Callable[[Name], Any]) -> Name:
    """Collects the names that are said, and looks all of them up in one query."""
    asked: set[tuple[str, str]] = set()

    def collect(kind: str, slug: str) -> str:
        asked.add((kind, slug))
        return slug

    say(collect)
    folded = {
        (kind, slug.lower()) for kind, slug in asked if len(slug) <= 60 and re.match(SLUG, slug.lower())
    }
    # AddressNames are in lower case; one in capitals is meant for the one without.
    capitals = {(kind, slug.lower()): slug.lower() for kind, slug in asked if slug != slug.lower()}
    known = FormerSlug.objects.now(slug for _, slug in folded)
    now = _public({place: {**capitals, **known}[place] for place in folded & {*capitals, *known}})
    return lambda kind, slug: now.get((kind, slug.lower()), slug)


def _public(now: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Those whose facts readers may know of: the new name of a hidden one is not told."""
    shown: set[tuple[str, str]] = set()
    for kind in {kind for kind, _ in now}:
        model = versioned_models()[kind]
        facts: Any = model._default_manager.all()
        for narrowing in ("published", "public"):
            facts = getattr(facts, narrowing)() if hasattr(facts, narrowing) else facts
        slug = model.key_fields[0]
        wanted = [current for (of, _), current in now.items() if of == kind]
        shown |= {
            (kind, name) for name in facts.filter(**{f"{slug}__in": wanted}).values_list(slug, flat=True)
        }
    return {place: current for place, current in now.items() if (place[0], current) in shown}


def _pairs(query: QueryDict) -> list[Pair]:
    return [(name, str(value)) for name, values in query.lists() for value in values]


def _query(query: QueryDict, name: Name) -> list[Pair]:
    return [_pair(key, value, name) for key, value in _pairs(query)]


def _pair(key: str, value: str, name: Name) -> Pair:
    for room in ROOMS:
        if kind := room.query.get(key):
            value = name(kind, value)
        for renamed in room.pairs:
            key, value = renamed(key, value, name)
    return key, value


def _kwargs(route: str, kwargs: Mapping[str, Any], name: Name) -> dict[str, Any]:
    kinds = dict(_kinds(route))
    said = {key: _named(value, kinds[key], name) if key in kinds else value for key, value in kwargs.items()}
    return said | {"page": _page(kwargs["page"], name)} if "page" in kwargs else said


def _page(page: str, name: Name) -> str:
    """The path of a page, where the picture of one is asked for."""
    try:
        found = resolve(f"/{page}/")
    except Resolver404:
        return page
    return reverse(found.view_name, kwargs=_kwargs(found.route, found.kwargs, name)).strip("/")


def _named(value: Any, kind: str, name: Name) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(name(kind, slug) for slug in value))
    return name(kind, value) if isinstance(value, str) else value


def _kinds(route: str) -> Iterator[tuple[str, str]]:
    """What each parameter of a route names, by the segment before it: `frameworks/<slug:slug>/`."""
    before = ""
    for segment in route.split("/"):
        if found := re.match(r"<(?:\w+:)?(\w+)>", segment):
            kinds = [room.route.get(found[1]) or room.segments.get(before) for room in ROOMS]
            if kind := next(filter(None, kinds), None):
                yield found[1], kind
        before = segment


class RenamesMiddleware:
    """Where there is nothing under an address, and its names are former ones, leads to today's: 301, for ever.

    What is found is never looked up, so no address of today waits for it. A browser asks again each time, because a
    fact may get an old name back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or (address := current_address(request)) is None:
            return response
        found = HttpResponsePermanentRedirect(address)
        if request.method not in ("GET", "HEAD"):
            found.status_code = 308  # the same, with what was sent
        patch_cache_control(found, no_cache=True)
        return found
