"""The desk as one site: what somebody without the right to publish saves, anywhere in it, becomes a proposal."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from frameworks.models import Proposal
from frameworks.record.revisions import Author
from frameworks.roles import may_publish

from .accounts import two_factor
from .review import proposals

#: Larger forms are not kept to be taken up again; the proposal itself is.
FORM_MAX = 200_000
#: The buttons of forms that the desk can show again with what was typed.
SAVING = {"_save", "_continue", "_addanother"}
#: Carried by a form that takes up a proposal again: what it replaces.
RESUMES = "resumes"
METHODS = ("GET", "HEAD", "POST")
#: What editors reach for most, in the head of each page.
AT_HAND = (
    "rating",
    "claim",
    "framework",
    "criterion",
    "source",
    "usecase",
    "proposal",
    "objection",
    "revision",
)
#: All there is, in parts: what each holds, by the names of the models, whichever app they live in.
PARTS = {
    "What is compared": "framework criterion criteriongroup facet facetvalue trait relation",
    "Evidence": "source claim rating disagreement question answer benchmark figure",
    "Around the frameworks": "component tie addition",
    "Advice": "usecase usecaseweight need recommendation rule condition prompt option",
    "The desk": "proposal objection revision linkcheck",
    "Accounts": "user group accessattempt",
}

View = TypeVar("View", bound=Callable[..., Any])


class Desk(AdminSite):
    login_form = two_factor.SignInForm
    login_template = "desk/login.html"
    index_template = "desk/index.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from .accounts import profile  # the desks register with this site when they are imported
        from .queues import front  # the desks register with this site when they are imported

        two_factor_page = self.admin_view(two_factor.page)
        return [
            path("two-factor/", two_factor_page, name="two_factor"),
            path("profile/", self.admin_view(profile.page), name="profile"),
            *front.urls(self),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from .queues import front

        return super().index(request, {**front.context(request), **(extra_context or {})})

    @method_decorator(require_http_methods(METHODS))
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().login(request, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # Links that would all lead back to the same page help nobody.
        apps = [] if two_factor.is_wanting(request) else super().get_app_list(request, app_label)
        return apps if app_label else list(_parts(apps))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        kinds = _kinds(cast("list[Any]", context["available_apps"]))
        return {**context, "at_hand": [kinds[name] for name in AT_HAND if name in kinds]}

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def desk_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            if self.has_permission(request) and _must_enrol(request):
                return HttpResponseRedirect(reverse("admin:two_factor"))
            user = request.user
            if request.method != "POST" or not self.has_permission(request) or may_publish(user):
                response: HttpResponse = guarded(request, *args, **kwargs)
                return response
            return _proposing(request, lambda: guarded(request, *args, **kwargs))

        return cast(View, desk_view)


def _kinds(apps: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What this user may look at, by the names of the models."""
    return {kind["object_name"].lower(): kind for app in apps for kind in app["models"]}


def _parts(apps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The desk by parts, and whatever has no place in them by app, as Django lists it."""
    kinds = _kinds(apps)
    for name, names in PARTS.items():
        if own := [kinds[one] for one in names.split() if one in kinds]:
            yield {"name": name, "models": own}
    placed = set(" ".join(PARTS.values()).split())
    for app in apps:
        if rest := [kind for kind in app["models"] if kind["object_name"].lower() not in placed]:
            yield {**app, "models": rest}


def _must_enrol(request: HttpRequest) -> bool:
    """Whether this page is closed until two-factor sign-in is turned on."""
    page = request.resolver_match
    is_open = page is not None and page.url_name in two_factor.OPEN_TO_ALL
    return not is_open and two_factor.is_wanting(request)


def _proposing(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Runs the view and, where it has written facts, makes a proposal of them instead."""
    form_path, data = request.get_full_path(), request.POST.copy()
    with proposals.kept_aside(Author.of(request)) as written:
        response = view()
    if not written:
        return response
    proposal = proposals.propose(
        written, at=timezone.now(), form_path=form_path[:500], form_data=_kept(data, request)
    )
    _replace(data.get(RESUMES), proposal, request)
    _say(request, proposal)
    if isinstance(response, JsonResponse):
        return JsonResponse({**json.loads(response.content), "proposal": proposals.page_of(proposal)})
    # A page that still asks something, about facts in conflict say, comes first.
    if response.status_code != HTTPStatus.FOUND:
        return response
    return HttpResponseRedirect(proposals.page_of(proposal))


def _kept(data: QueryDict, request: HttpRequest) -> list[tuple[str, list[str]]] | None:
    """What was typed, for taking it up again: of forms that can be shown again unsaved, and not too large."""
    if request.FILES or not SAVING & data.keys():
        return None
    kept = [
        (name, [str(value) for value in values])
        for name, values in data.lists()
        if name not in {"csrfmiddlewaretoken", RESUMES, *SAVING}
    ]
    size = sum(len(name) + sum(map(len, values)) for name, values in kept)
    return None if size > FORM_MAX else kept


def _replace(resumed: str | None, proposal: Proposal, request: HttpRequest) -> None:
    """The proposal that was taken up again gives way to the new one."""
    own = Proposal.objects.filter(
        pk=resumed if resumed and re.fullmatch("[0-9]{1,18}", resumed) else "0", author=request.user.pk
    )
    for old in own:
        try:
            proposals.decide(
                old,
                Proposal.Status.WITHDRAWN,
                by=proposal.author,
                at=proposal.created_at,
                note=f"Taken up again as proposal {proposal.pk}.",
            )
        except proposals.Undecidable as fact:
            messages.info(request, str(fact))


def _say(request: HttpRequest, proposal: Proposal) -> None:
    """What the view said of having saved is not so; its warnings still hold."""
    # Reading them all takes them off the list.
    warnings = [said for said in messages.get_messages(request) if said.level >= messages.WARNING]
    messages.success(
        request,
        format_html(
            'Proposed as <a href="{}">number {}</a>. It changes nothing until a reviewer publishes it.',
            proposals.page_of(proposal),
            proposal.pk,
        ),
    )
    for said in warnings:
        messages.add_message(request, said.level, said.message, extra_tags=said.extra_tags)
