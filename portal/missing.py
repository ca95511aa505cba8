"""Lead on from addresses where nothing is: to what was meant if that is certain, else to what may be meant."""

import re
from collections.abc import Callable
from copy import copy
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve

from comparisons.comparison.permalinks import VERSUS, View, is_parameter
from comparisons.comparison.picking import compared_at, meant
from frameworks.serving.memory import current_facts
from frameworks.text.mangled import repaired_paths, repaired_query

from .api.problems import PREFIX

EXISTS = {HTTPStatus.OK, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND}
#: Longer addresses are nobody's accident.
LONGEST = 2_000
#: How many pages a missing one offers.
OFFERED = 4


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
        for repaired in repaired_paths(path, is_parameter):
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
        return self.get_response(trial).status_code in EXISTS


def _is_longer(path: str, other: str) -> bool:
    """Return whether the path has more segments with words than the other, or any more where entries are named."""
    if path.count("/") > other.rstrip("/").count("/"):
        try:
            return bool(resolve(f"{other.rstrip('/')}/x").kwargs)
        except Resolver404:
            pass
    return _depth(other) < _depth(path)


def _depth(path: str) -> int:
    return len([segment for segment in path.split("/") if re.search(r"\w", segment)])


def _moved(request: HttpRequest, address: str) -> HttpResponseRedirect:
    redirect = HttpResponseRedirect(request.path.removesuffix(request.path_info) + address)
    redirect.headers["Cache-Control"] = "no-cache"
    return redirect


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a page that offers the comparison and the frameworks that the address seems to name."""
    context = {"request_path": request.path, "meant": _offers(request.path_info)}
    return TemplateResponse(request, "404.html", context, status=404).render()


def _offers(path: str) -> list[tuple[str, str]]:
    """Return address and name of what is meant: a comparison first, then each framework."""
    if path.startswith(settings.NEVER_KEPT) or len(path) > LONGEST:
        return []
    first, _, rest = path.strip("/").partition("/")  # the first segment says what kind of page it is
    named = rest or (first if VERSUS in first else "")
    if not named:
        return []
    catalogue = current_facts().catalogue
    frameworks = [catalogue.by_slug[slug] for slug in meant(named, catalogue)]
    offers = [(framework.get_absolute_url(), framework.name) for framework in frameworks]
    if len(frameworks) > 1:
        versus = compared_at([framework.slug for framework in frameworks], View(), {})
        offers.insert(0, (versus, " vs ".join(framework.name for framework in frameworks)))
    return offers[: OFFERED + 1]
