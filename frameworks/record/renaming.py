"""Renamed facts: their former names stay theirs, their history goes along, and old addresses lead to the new ones.

A rename is a change like any other: `revisions.save` finds another name in the fact and calls `rename`. The history is
filed under names, and so are links from fact to fact within it. They are the record's addresses, not what it says, and
are rewritten in the same transaction; so every reader of the history (pages, feeds, as-of, undo, seed) finds it whole
and need not know of renames. The alternative, to let each of them look names up, would put the register into every
query over the history. What the fact's own steps say of its name stays: the step of the rename tells both names.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    QueryDict,
)
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.cache import patch_cache_control

from frameworks.models import FormerSlug, ProposedChange, Recorded, Revision, recorded_models
from frameworks.models.promises import SLUG
from frameworks.models.schema import schema_of

# Writing


def has_history(kind: str, slug: str) -> bool:
    """Whether another fact, deleted since, has left its history under the name."""
    return Revision.objects.filter(model=kind, key=slug).exists()


def rename(kind: str, old: str, new: str) -> None:
    """Keeps the old name for the fact, and files its history under the new one."""
    FormerSlug.objects.filter(kind=kind, current=old).update(current=new)
    FormerSlug.objects.update_or_create(kind=kind, slug=old, defaults={"current": new})
    for model in recorded_models().values():
        for table in (Revision, ProposedChange):
            _refile(cast("models.QuerySet[Any]", table._default_manager.all()), model, kind, old, new)


def _refile(steps: "models.QuerySet[Any]", model: type[Recorded], kind: str, old: str, new: str) -> None:
    schema = schema_of(model)
    told = {state: Cast(state, models.TextField()) for state in ("before", "after")}
    naming = Q(key__contains=old) | Q(told_before__contains=f'"{old}"') | Q(told_after__contains=f'"{old}"')
    found = steps.filter(model=model._meta.model_name).alias(
        **{f"told_{state}": text for state, text in told.items()}
    )

    def name(of: str, known: Any) -> Any:
        return new if (of, known) == (kind, old) else known

    for step in found.filter(naming):
        filed = {
            "key": "/".join(schema.renamed_key(step.key.split("/"), name)),
            "before": step.before and schema.renamed(step.before, name),
            "after": step.after and schema.renamed(step.after, name),
        }
        changed = {name: value for name, value in filed.items() if value != getattr(step, name)}
        if changed:
            steps.filter(pk=step.pk).update(**changed)


def key_before(step: Revision) -> str:
    """The name that the fact of a step had before it."""
    model = recorded_models()[step.model]
    if step.before is None or not model.is_renamable:
        return step.key
    return str(step.before[model.key_fields[0]])


# Old addresses


class Renamed(Http404):
    """The query names something by a former name: the address is answered by the one with today's."""


#: What the parameters of public addresses name.
PARAMETERS = {
    "baseline": "framework",
    "criteria": "criterion",
    "framework": "framework",
    "use-case": "usecase",
}
WEIGHED = re.compile(r"(w-|min-)(.+)", re.DOTALL)
#: What a path names after these segments, and by what name the parameter goes where it is clearer.
SEGMENTS = {
    "components": "component",
    "criteria": "criterion",
    "frameworks": "framework",
    "sources": "source",
    "use-cases": "usecase",
}
Name = Callable[[str, str], str]


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

    def say(name: Name) -> tuple[dict[str, Any], list[tuple[str, str]]]:
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
    # Names are in lower case; one in capitals is meant for the one without.
    capitals = {(kind, slug.lower()): slug.lower() for kind, slug in asked if slug != slug.lower()}
    known = FormerSlug.objects.now(slug for _, slug in folded)
    now = _public({place: {**capitals, **known}[place] for place in folded & {*capitals, *known}})
    return lambda kind, slug: now.get((kind, slug.lower()), slug)


def _public(now: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Those whose facts readers may know of: the new name of a hidden one is not told."""
    shown: set[tuple[str, str]] = set()
    for kind in {kind for kind, _ in now}:
        model = recorded_models()[kind]
        facts: Any = model._default_manager.all()
        for narrowing in ("published", "public"):
            facts = getattr(facts, narrowing)() if hasattr(facts, narrowing) else facts
        slug = model.key_fields[0]
        wanted = [current for (of, _), current in now.items() if of == kind]
        shown |= {
            (kind, name) for name in facts.filter(**{f"{slug}__in": wanted}).values_list(slug, flat=True)
        }
    return {place: current for place, current in now.items() if (place[0], current) in shown}


def _pairs(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in query.lists() for value in values]


def _query(query: QueryDict, name: Name) -> list[tuple[str, str]]:
    return [_pair(key, value, name) for key, value in _pairs(query)]


def _pair(key: str, value: str, name: Name) -> tuple[str, str]:
    if weighed := WEIGHED.fullmatch(key):
        return weighed[1] + name("criterion", weighed[2]), value
    if key == "sort":
        reverse_sign = "-" if value.startswith("-") else ""
        return key, reverse_sign + name("criterion", value.removeprefix("-"))
    if key == "open":
        framework, colon, criterion = value.partition(":")
        return key, name("framework", framework) + colon + name("criterion", criterion)
    return key, name(PARAMETERS[key], value) if key in PARAMETERS else value


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
            kind = {"criterion": "criterion", "slugs": "framework"}.get(found[1]) or SEGMENTS.get(before)
            if kind:
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
