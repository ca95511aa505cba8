"""What the admins of facts that can be retired share: the fields on the form, the action, and what is offered."""

from datetime import date
from typing import Any

from django.db import models
from django.http import HttpRequest

from desk.editing.bulk_actions import DELETE, BulkAction
from frameworks.models import Rating, Retirable, Revision, Source
from frameworks.models.constraints import RETIREMENT_SENTENCE
from frameworks.models.versioned import grounds
from frameworks.record import past
from frameworks.record.revisions import Refused

from .fact_admin import FactAdmin

#: On the form of each.
RETIREMENT: tuple[str, Any] = (
    "Retirement",
    {
        "description": "What is retired is no longer compared, counted or offered. It keeps its page and its history,"
        " and links to it say when it was retired and why. To take it back, clear both fields.",
        "fields": ("retired_on", "retired_because"),
    },
)


def _retire(fact: Retirable, today: date, reason: str) -> None:
    if not grounds(reason):
        raise Refused(f"{fact}: {RETIREMENT_SENTENCE}")
    if not fact.is_retired:
        fact.retired_on, fact.retired_because = today, reason


RETIRE = BulkAction(
    "retire",
    "Retire",
    done="retired",
    wish="retire it",
    apply=_retire,
    note="The reason is shown to readers: it completes the sentence “It was retired, because …”.",
)


def unpublished_with(source: Source) -> list[Rating]:
    """Return the ratings that were unpublished when the source was last retired, and could be published again now that
    it is not. Four queries at most."""
    if source.is_retired:
        return []
    retired = next((step for step in Revision.objects.of(source) if _retires(step)), None)
    if retired is None:
        return []
    steps = Revision.objects.filter(changeset=retired.changeset, model="rating").order_by("pk")
    keys = [step.key.split("/") for step in steps if step.unpublishes]
    known = past.by_keys(Rating, keys, []) if keys else {}
    ratings: Any = Rating.objects.filter(pk__in=[rating.pk for rating in known.values()], is_published=False)
    return list(ratings.current().backed().select_related("framework", "criterion"))


def _retires(step: Revision) -> bool:
    return any(name == "retired_on" and not before for name, before, _ in step.changed_fields)


class RetirableAdmin(FactAdmin):
    bulk_actions: tuple[BulkAction, ...] = (RETIRE, DELETE)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Offer nothing that is retired to a field in which another fact is named; one that names it keeps it."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            queryset = queryset.filter(retired_on=None)
        return super().get_search_results(request, queryset, search_term)
