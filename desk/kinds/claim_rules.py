"""What rests on a claim, and why it must stay: rules between claims, ratings and what names them."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import get_text_list

from desk.editing.edit import edit_of
from frameworks.backing import last_claim
from frameworks.median import Derivation
from frameworks.models import Claim, Rating, Revision
from frameworks.record.revisions import Refused

#: How many ratings that were unpublished are named.
NAMED_MAX = 10
THERE_ALREADY = (
    'This claim is there already: <a href="{}">{}</a>, in the same words. Nothing was saved a second time.'
)


def free_key(claim: Claim) -> str:
    """Return a key of its own for a new claim: source, line, framework, criterion, and a number when that is taken."""
    framework = claim.framework.slug if claim.framework else "frameworks"
    key = f"{claim.source.key}-{claim.line}-{framework}-{claim.criterion.slug}"[:110].rstrip("-")
    taken = set(Claim.objects.filter(key__startswith=key).values_list("key", flat=True))
    numbered = (f"{key}-{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (key, *numbered) if free not in taken)


def refuse_twin(claim: Claim) -> None:
    """Raise Refused, with a link, where there is a claim that says the same: it may have been sent twice."""
    same = ("source", "line", "framework", "criterion", "term", "paraphrase")
    twin = Claim.objects.filter(**{name: getattr(claim, name) for name in same}).first()
    if twin is not None:
        url = reverse("admin:frameworks_claim_change", args=[twin.pk])
        raise Refused(format_html(THERE_ALREADY, url, twin))


def last_claim_of(ratings: Iterable[Rating]) -> str:
    """Return why the claim, or its reading, has to stay where it is, in a sentence."""
    ratings = list(ratings)
    names = get_text_list([f"“{rating}”" for rating in ratings], "and")
    return last_claim(f"the published rating {names}", departs=all(rating.departure for rating in ratings))


def say_unpublished(request: HttpRequest) -> None:
    """Say which ratings the request has unpublished besides what it was about. One query."""
    steps = Revision.objects.filter(changeset=edit_of(request).changeset, model="rating").order_by("pk")
    keys = [step.key for step in steps if step.unpublishes]
    if keys:
        more = f" and {len(keys) - NAMED_MAX} more" if len(keys) > NAMED_MAX else ""
        names = ", ".join(keys[:NAMED_MAX])
        messages.info(
            request, f"Unpublished, because no claim with a reading is left for them: {names}{more}."
        )


def cited_by(claim: Claim) -> str:
    """Return what names the claim, in a sentence; empty when nothing does."""
    citing = [*claim.traits.all(), *claim.relations.all(), *claim.disagreements.all()]
    if not citing:
        return ""
    names = get_text_list([f"{fact._meta.verbose_name} “{fact}”" for fact in citing], "and")
    return f"It is cited by the {names}. Remove it there first."


def way_out(rating: Rating, derived: Derivation[int], *, can_say_why: bool = True) -> str:
    """Say what an editor can do about a score that does not follow from its claims."""
    if rating.score == derived.score:
        return (
            "Leave “Departure” empty." if can_say_why else "Empty “Departure” on the rating’s own page first."
        )
    where = "under “Departure”" if can_say_why else "on the rating’s own page, under “Departure”"
    return f"Enter {derived.score}, or give the reason {where}."
