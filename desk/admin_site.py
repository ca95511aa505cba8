"""The desk as one site: the door that every page of it is behind, and what is on its front page."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from frameworks.roles import may_publish

from . import interrupted, menu
from .accounts import held_posts, two_factor
from .accounts.held_posts import HeldPost
from .editing import edit
from .review.proposing import proposing

METHODS = ("GET", "HEAD", "POST")

View = TypeVar("View", bound=Callable[..., Any])
Pages = Callable[[AdminSite], list[URLPattern]]
FrontPage = Callable[[HttpRequest], Mapping[str, Any]]


class DeskSite(AdminSite):
    """The admin, with pages that the modules of the desk give it: they know the site, it knows none of them."""

    login_form = two_factor.SignInForm
    login_template = "desk/accounts/login.html"
    logout_template = "desk/accounts/signed_out.html"
    index_template = "desk/index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[Pages] = []
        self._front_page: FrontPage = lambda request: {}

    def add_pages(self, *pages: Pages) -> None:
        """Add pages that belong to no model. Each is a function from the site to its addresses."""
        self._pages += pages

    def open_on(self, front_page: FrontPage) -> None:
        """Show on the front page, above all there is, what this function returns for a request."""
        self._front_page = front_page

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [*(page for pages in self._pages for page in pages(self)), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**self._front_page(request), **(extra_context or {})})

    @method_decorator(require_http_methods(METHODS))
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if "username" not in request.POST and (held := HeldPost.read(request.POST.get(held_posts.NAME, ""))):
            return held_posts.sign_in_page(request, held)  # from the page of a locked-out sign-in
        carried = {"title": "Sign in", held_posts.NAME: request.POST.get(held_posts.NAME, "")}
        response = super().login(request, {**carried, **(extra_context or {})})
        return held_posts.signed_in(request, response)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().logout(request, {"title": "Signed out", **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # Links that would all lead back to this page are of no use.
        apps = [] if two_factor.is_wanting(request) else super().get_app_list(request, app_label)
        return apps if app_label else list(menu.parts(apps))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {
            **context,
            "at_hand": menu.at_hand(cast("list[Any]", context["available_apps"])),
            "proposes": not may_publish(request.user),
        }

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Put the view behind the door: signed in, with a second factor if need be, writing as one edit."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def desk_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            edit.begin(request)
            is_allowed = self.has_permission(request)
            if is_allowed and _must_enrol(request):
                return held_posts.enrol(request, _to_hold(request) if request.method == "POST" else None)
            if request.method == "POST" and not is_allowed and (held := _to_hold(request)):
                return held_posts.sign_in_page(request, held)
            if request.method == "GET" and is_allowed and (answer := held_posts.show_again(request)):
                return answer
            carry_out = partial(guarded, request, *args, **kwargs)
            response: HttpResponse = (
                _written(request, carry_out) if request.method == "POST" and is_allowed else carry_out()
            )
            return response

        return cast(View, desk_view)


def _written(request: HttpRequest, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    """Carry out what was sent, or make a proposal of it, and note whether anything was written. If it fails, what was
    said of it is not so."""
    own = edit.edit_of(request)
    with connection.execute_wrapper(interrupted.noting_writes(own)), edit.saying_what_holds(request):
        return carry_out() if may_publish(request.user) else proposing(request, own, carry_out)


def _to_hold(request: HttpRequest) -> HeldPost | None:
    """Return what was posted without a session; None where a script has sent it, which keeps it itself."""
    is_page = request.accepts("text/html") and request.path != reverse("admin:logout")
    return HeldPost.of(request) if is_page else None


def _must_enrol(request: HttpRequest) -> bool:
    """Return whether this page is closed until two-factor sign-in is turned on."""
    page = request.resolver_match
    is_open = page is not None and page.url_name in two_factor.OPEN_TO_ALL
    return not is_open and two_factor.is_wanting(request)
