"""What was posted without a session, or with an old token, is kept until it can be shown again: nothing typed is lost.

It travels through the sign-in form as one signed value, so that whoever is not signed in leaves nothing behind here,
and then waits in the editor's own session for the page that it was sent to. Nothing is saved by this: forms and lists
show what was typed, unsaved, and everything else asks before it is sent again. Passwords are never kept.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from django.conf import settings
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.csrf import csrf_failure as stock_csrf_failure
from django.views.defaults import bad_request

from desk.review.proposing import FORM_MAX, SAVING

#: The name of the value in the sign-in form and in the session.
NAME = "held"
#: The name of the field in which a form says whose it is: what one editor typed is not shown to another.
TYPED_BY = "typed_by"
SALT = "desk.accounts.held_posts"
#: In seconds.
AGE_MAX = 24 * 60 * 60
SECRET = re.compile(r"password|^code$")
FORM_PAGE = re.compile(r"_(add|change)$")
LIST_PAGE = re.compile(r"_changelist$")

SIGNED_OUT = (
    "You had been signed out, so nothing was saved. What you typed is kept and will be shown again when you have signed"
    " in."
)
TOO_LONG = (
    "You had been signed out, so nothing was saved. What you typed is too long to be carried through the sign-in. Your"
    " browser keeps it and offers it again when you have signed in. Without JavaScript, go back and copy it first."
)
NOT_KEPT = (
    "You had signed in again elsewhere, so nothing was saved. What you typed is too long to be shown here. Your browser"
    " keeps it and offers it below. Without JavaScript, go back and copy it."
)
ENROL_FIRST = (
    "Nothing was saved, because this site requires two-factor sign-in. What you typed is kept and will be shown again"
    " when you have turned it on."
)
KEPT = "When you saved, you were signed out or had signed in again elsewhere, so nothing was saved. Nothing is lost."
OF_ANOTHER = "What had been typed before you signed in belongs to another account, so it is not shown here."
FILE_LOST = "Choose the file again: your browser sends a file only once."


@dataclass(frozen=True)
class HeldPost:
    """A request that was not carried out: its address and what was typed, name by name."""

    path: str
    values: list[tuple[str, list[str]]]
    had_files: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """Return what the request has posted; None where that is nothing, or a password."""
        posted = [
            (name, [str(value) for value in values])
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", NAME}
        ]
        if not posted or any(SECRET.search(name) for name, _ in posted):
            return None
        return cls(request.get_full_path(), posted, bool(request.FILES))

    @classmethod
    def read(cls, text: str) -> Self | None:
        try:
            return cls(*signing.loads(text, salt=SALT, max_age=AGE_MAX))
        except (signing.BadSignature, TypeError, ValueError):
            return None

    @property
    def is_too_long(self) -> bool:
        """Return whether it is more than is kept."""
        return sum(len(name) + sum(map(len, values)) for name, values in self.values) > FORM_MAX

    @property
    def signed(self) -> str:
        return signing.dumps([self.path, self.values, self.had_files], salt=SALT, compress=True)

    def is_of(self, user: Any) -> bool:
        """Return whether this editor typed it, as far as the form says."""
        [*_, typed_by] = dict(self.values).get(TYPED_BY) or [""]
        return typed_by in {"", str(user.pk)}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.values for value in values]


# Signing in


def sign_in_page(request: HttpRequest, held: HeldPost) -> HttpResponse:
    """Ask for the sign-in on the spot, with what was typed kept in the form."""
    site: Any = admin.site
    context = {
        **site.each_context(request),
        "title": "Sign in again",
        "subtitle": None,
        "app_path": reverse("admin:login"),
        "next": held.path,
        "username": request.user.get_username(),
        "form": site.login_form(request),
        "held": "" if held.is_too_long else held.signed,
        "sentence": TOO_LONG if held.is_too_long else SIGNED_OUT,
    }
    request.current_app = site.name
    return TemplateResponse(request, site.login_template, context, status=HTTPStatus.FORBIDDEN)


def signed_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Lead on from the sign-in to the page that what was typed was sent to."""
    held = HeldPost.read(request.POST.get(NAME, ""))
    if held is None or response.status_code != HTTPStatus.FOUND:
        return response
    return keep(request, held)


def keep(request: HttpRequest, held: HeldPost) -> HttpResponse:
    """Keep it in the session until the page is shown that it was sent to, unless somebody else has signed in."""
    if not held.is_of(request.user):
        messages.warning(request, OF_ANOTHER)
    elif held.is_too_long:
        messages.warning(request, NOT_KEPT)
    else:
        request.session[NAME] = held.signed
    return HttpResponseRedirect(held.path)


def enrol(request: HttpRequest, held: HeldPost | None) -> HttpResponse:
    """Lead to the page that turns on two-factor sign-in, which must come first, with what was typed kept meanwhile."""
    if held is not None:
        keep(request, held)
    if waiting(request):
        messages.warning(request, ENROL_FIRST)
    return HttpResponseRedirect(reverse("admin:two_factor"))


def waiting(request: HttpRequest) -> HeldPost | None:
    """Return what is kept in the session."""
    signed = request.session.get(NAME)
    return HeldPost.read(signed) if signed else None


def csrf_failure(
    request: HttpRequest, reason: str = "", template_name: str = "403_csrf.html"
) -> HttpResponse:
    """Answer a form of the desk that was opened before its editor signed in again, in another tab say."""
    is_ours = request.path.startswith(reverse("admin:index")) and not reason.startswith(
        "Origin checking failed"
    )
    is_sign_in = request.path == reverse("admin:login")
    held = HeldPost.read(request.POST.get(NAME, "")) if is_sign_in else HeldPost.of(request)
    if not is_ours or "Referer" in reason:
        return stock_csrf_failure(request, reason, template_name)
    if held is None and is_sign_in and reason != REASON_NO_CSRF_COOKIE:
        return HttpResponseRedirect(request.get_full_path())
    if held is None:
        return stock_csrf_failure(request, reason, template_name)
    return keep(request, held) if admin.site.has_permission(request) else sign_in_page(request, held)


# More than the server reads


def too_much(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a form of the desk that is larger than Django reads; any other bad request as Django does."""
    limit = next((words for kind, words in LIMITS.items() if isinstance(exception, kind)), "")
    if not limit or request.method != "POST" or not request.path.startswith(reverse("admin:index")):
        return bad_request(request, exception)
    if not request.accepts("text/html"):
        return JsonResponse({"error": f"This is more than {limit}. Nothing was saved."}, status=400)
    context = {**admin.site.each_context(request), "title": "Too much to save at once", "limit": limit}
    return TemplateResponse(request, "desk/accounts/too_much.html", context, status=400).render()


LIMITS = {
    TooManyFieldsSent: f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields",
    TooManyFilesSent: f"{settings.DATA_UPLOAD_MAX_NUMBER_FILES:,} files",
    RequestDataTooBig: f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024:,} kB of text",
}


# Showing it again


def show_again(request: HttpRequest) -> HttpResponse | None:
    """Show what is kept for this page. A form or a list becomes as it was posted, unsaved, and None is returned."""
    held = waiting(request)
    if held is None or held.path != request.get_full_path():
        return None
    del request.session[NAME]
    messages.warning(request, f"{KEPT} {FILE_LOST}" if held.had_files else KEPT)
    if held.had_files:
        return None
    if _is_form(request, held):
        data = (
            request.POST.copy()
        )  # read before the method changes, or Django would read the empty body later
        for name, values in held.values:
            if name not in SAVING:
                data.setlist(name, values)
        data["_edit"] = "1"
        request.method, request.POST = "POST", data  # type: ignore[assignment]
        return None
    context = {**admin.site.each_context(request), "title": "Not saved yet", "held": held}
    return TemplateResponse(request, "desk/accounts/held.html", context)


def _is_form(request: HttpRequest, held: HeldPost) -> bool:
    """Return whether the page shows what was typed again, unsaved, when asked to."""
    page = str(request.resolver_match.url_name) if request.resolver_match else ""
    names = {name for name, _ in held.values}
    if FORM_PAGE.search(page):
        return bool(names & SAVING) and "seen" in names
    return bool(LIST_PAGE.search(page)) and "_save" in names and not names & {"row", "confirmed"}
