"""Redirect addresses that use the former names of facts to those with the current names.

Each room knows which parts of its addresses are names, and registers them here.
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

from .addresses import below_home

Name = Callable[[str, str], str]
"""Return the current name of a fact, from its kind and a name that may be a former one."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class AddressNames:
    """Where the addresses of a room contain names, and of which kinds of facts."""

    #: The kind that a path names after each of these segments.
    segments: Mapping[str, str] = field(default_factory=dict)
    #: The kind that each of these route parameters names, whichever segment comes before.
    route: Mapping[str, str] = field(default_factory=dict)
    #: The kind that the values of each of these query parameters name.
    query: Mapping[str, str] = field(default_factory=dict)
    #: For query parameters that contain names in another way: each returns parameter and value with current names.
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
    """Add the names in the addresses of another room."""
    ROOMS.append(names)


def names_in(key: str, value: str) -> set[tuple[str, str]]:
    """Return the facts that a parameter names, by kind and name, whether there are such facts or not."""
    names: set[tuple[str, str]] = set()

    def collect(kind: str, slug: str) -> str:
        names.add((kind, slug.lower()))
        return slug

    _pair(key, value, collect)
    return names


class Renamed(Http404):
    """The query contains a former name: the answer is a redirect to the address with the current one."""


def follow(query: QueryDict) -> None:
    """Raise Renamed if the query contains former names. Call it only when something in the query is unknown."""
    if _query(query, _current_names(lambda name: _query(query, name))) != _pairs(query):
        raise Renamed


def current_address(request: HttpRequest) -> str | None:
    """Return the address with current names; None if it has them already, or nothing in it was ever renamed."""
    match = request.resolver_match
    return moved(match, request.GET) if match else None


def moved(match: ResolverMatch, query: QueryDict) -> str | None:
    """Return the address with current names for a route match and its query; None if nothing changes."""

    def rename(name: Name) -> tuple[dict[str, Any], list[Pair]]:
        return _kwargs(match.route, match.kwargs, name), _query(query, name)

    kwargs, pairs = rename(_current_names(rename))
    if (kwargs, pairs) == (match.kwargs, _pairs(query)):
        return None
    path = reverse(match.view_name, kwargs=kwargs)
    return f"{path}?{urlencode(pairs, safe=':,')}" if pairs else path


def _current_names(rename: Callable[[Name], Any]) -> Name:
    """Collect the names that `rename` looks up, and return a function that knows all of them from one query."""
    names: set[tuple[str, str]] = set()

    def collect(kind: str, slug: str) -> str:
        names.add((kind, slug))
        return slug

    rename(collect)
    folded = {
        (kind, slug.lower()) for kind, slug in names if len(slug) <= 60 and re.match(SLUG, slug.lower())
    }
    # Names are in lower case; capitals in an address are taken for a slip.
    capitals = {(kind, slug.lower()): slug.lower() for kind, slug in names if slug != slug.lower()}
    known = FormerSlug.objects.now(slug for _, slug in folded)
    current = _public({key: {**capitals, **known}[key] for key in folded & {*capitals, *known}})
    return lambda kind, slug: current.get((kind, slug.lower()), slug)


def _public(names: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return the names of public facts only: the new name of a hidden fact is not disclosed."""
    shown: set[tuple[str, str]] = set()
    for kind in {kind for kind, _ in names}:
        model = versioned_models()[kind]
        facts: Any = model._default_manager.all()
        # What is retired still has its page.
        narrowing = next((name for name in ("public", "published") if hasattr(facts, name)), "all")
        facts = getattr(facts, narrowing)()
        slug = model.key_fields[0]
        candidates = [current for (of, _), current in names.items() if of == kind]
        shown |= {
            (kind, name) for name in facts.filter(**{f"{slug}__in": candidates}).values_list(slug, flat=True)
        }
    return {key: current for key, current in names.items() if (key[0], current) in shown}


def _pairs(query: QueryDict) -> list[Pair]:
    return [(name, str(value)) for name, values in query.lists() for value in values]


def _query(query: QueryDict, name: Name) -> list[Pair]:
    return [_pair(key, value, name) for key, value in _pairs(query)]


def _pair(key: str, value: str, name: Name) -> Pair:
    for room in ROOMS:
        if kind := room.query.get(key):
            value = name(kind, value)
        for rename in room.pairs:
            key, value = rename(key, value, name)
    return key, value


def _kwargs(route: str, kwargs: Mapping[str, Any], name: Name) -> dict[str, Any]:
    kinds = dict(_kinds(route))
    renamed = {
        key: _renamed(value, kinds[key], name) if key in kinds else value for key, value in kwargs.items()
    }
    return renamed | {"page": _page(kwargs["page"], name)} if "page" in kwargs else renamed


def _page(page: str, name: Name) -> str:
    """Return the path of a page with current names, for the address of its picture."""
    try:
        match = resolve(f"/{page}/")
    except Resolver404:
        return page
    return below_home(reverse(match.view_name, kwargs=_kwargs(match.route, match.kwargs, name))).strip("/")


def _renamed(value: Any, kind: str, name: Name) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(name(kind, slug) for slug in value))
    return name(kind, value) if isinstance(value, str) else value


def _kinds(route: str) -> Iterator[tuple[str, str]]:
    """Yield each route parameter that is a name, with its kind, as in `frameworks/<slug:slug>/`."""
    before = ""
    for segment in route.split("/"):
        if parameter := re.match(r"<(?:\w+:)?(\w+)>", segment):
            kinds = [room.route.get(parameter[1]) or room.segments.get(before) for room in ROOMS]
            if kind := next(filter(None, kinds), None):
                yield parameter[1], kind
        before = segment


class RenamesMiddleware:
    """Redirect permanently from an address that is not found, and has former names, to the one with current names.

    Names are looked up after a 404 only, so no current address waits for it. Browsers revalidate the redirect each
    time, because a fact may get an old name back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or (address := current_address(request)) is None:
            return response
        redirect = HttpResponsePermanentRedirect(address)
        if request.method not in ("GET", "HEAD"):
            redirect.status_code = 308  # permanent as well, and the method and body are sent again
        patch_cache_control(redirect, no_cache=True)
        return redirect
