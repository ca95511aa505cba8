"""The page that led an editor to a form: named in the form's address, and shown again when the form is saved."""

import re
from urllib.parse import urlsplit

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from desk.editing.fields import is_number
from desk.editing.guarded import desk_url
from frameworks.models import Framework, Objection, Proposal

#: Pages that lead to forms, by the parameter that names them: `?checklist=3` comes from the checklist of framework 3.
#: Of each, what its address ends with once a fact of some kind is saved.
ORIGINS: dict[str, tuple[type[Model], str]] = {
    "checklist": (Framework, "#checklist"),
    "objection": (Objection, "?saved={}#answer"),
}


def origin_url(request: HttpRequest, kind: str) -> str:
    """Return the address of the page that led to this form of a fact; empty where none did, or where it is gone."""
    for name, (model, end) in ORIGINS.items():
        pk = request.GET.get(name, "")
        if is_number(pk) and model._default_manager.filter(pk=pk).exists():
            return desk_url(model, "change", pk) + end.format(kind)
    return ""


def led_back(request: HttpRequest, kind: str, response: HttpResponse) -> HttpResponse:
    """Return the answer to a form that was saved: back to the page that led to it, unless the editor stays."""
    if not isinstance(response, HttpResponseRedirect) or not (url := origin_url(request, kind)):
        return response
    query = request.GET.copy()
    if "_continue" in request.POST:
        url = f"{urlsplit(response.url).path}?{query.urlencode()}"
    elif "_addanother" in request.POST:
        query.pop("criterion", None)  # its cell is rated now
        url = f"{urlsplit(response.url).path}?{query.urlencode()}"
    return HttpResponseRedirect(url)


def checklist_before(proposal: Proposal) -> Framework | None:
    """Return the framework whose checklist led to the form of the proposal."""
    named = re.search(r"[?&]checklist=([0-9]{1,18})$", proposal.form_path)
    return Framework.objects.filter(pk=named[1]).first() if named else None
