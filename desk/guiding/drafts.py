"""A reader's problem report as the draft of a claim or of a change, until an editor has put it in our own words."""

import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from desk.editing.fields import is_number
from frameworks.models import Objection, Proposal, Rating, Source

PARAPHRASE_MAX = 300


def drafted_from(request: HttpRequest) -> Objection | None:
    """Return the report that the address of a form names, as in `?objection=12`; None for who may not read it."""
    pk = request.GET.get("objection", "")
    if not is_number(pk) or not request.user.has_perm("frameworks.view_objection"):
        return None
    return Objection.objects.select_related("framework", "criterion").filter(pk=pk).first()


def claim_drafted(request: HttpRequest) -> dict[str, Any]:
    """Return the first values of a claim that a report suggests; its source is found by the address that it gives."""
    objection = drafted_from(request)
    if objection is None:
        return {}
    source = Source.objects.current().filter(url=objection.url).first() if objection.url else None
    return {
        "source": source and source.pk,
        "framework": objection.framework_id,
        "criterion": objection.criterion_id,
        "paraphrase": Truncator(" ".join(objection.text.split())).chars(PARAPHRASE_MAX),
        "reason": _reason(objection),
    }


def rating_drafted(request: HttpRequest, rating: Rating | None = None) -> dict[str, Any]:
    """Return what a report suggests for the rating of its cell, new or given: its words, after the rationale."""
    objection = drafted_from(request)
    if objection is None:
        return {}
    if rating is None:
        cell = {"framework": objection.framework_id, "criterion": objection.criterion_id}
        return {**cell, "rationale": objection.text, "reason": _reason(objection)}
    if (rating.framework_id, rating.criterion_id) != (objection.framework_id, objection.criterion_id):
        return {}
    return {"rationale": f"{rating.rationale}\n\n{objection.text}", "reason": _reason(objection)}


def proposals_after(objection: Objection) -> QuerySet[Proposal]:
    """Return the proposals whose forms were drafted from the report, the newest first."""
    return Proposal.objects.filter(form_path__endswith=f"?objection={objection.pk}")


def report_before(proposal: Proposal) -> Objection | None:
    """Return the report that the form of the proposal was drafted from."""
    named = re.search(r"\?objection=([0-9]{1,18})$", proposal.form_path)
    return Objection.objects.filter(pk=named[1]).first() if named else None


def _reason(objection: Objection) -> str:
    return f"A reader reported a problem (report {objection.pk})."
