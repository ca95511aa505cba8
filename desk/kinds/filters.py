"""The questions that editors put to a list."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from frameworks.dispute import agreed, disputed
from frameworks.models import Objection


class ChoiceFilter(admin.SimpleListFilter):
    """A filter whose answers are each a queryset."""

    #: The value in the address, and the words for it.
    answers: tuple[tuple[str, str], ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return self.answers


class ClaimsFilter(ChoiceFilter):
    title = "claims"
    parameter_name = "claims"
    answers = (("none", "No claims yet"), ("some", "With claims"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "none":
                return queryset.filter(claim_count=0)
            case "some":
                return queryset.filter(claim_count__gt=0)
        return queryset


class DisputeFilter(ChoiceFilter):
    title = "dispute"
    parameter_name = "dispute"
    answers = (("yes", "In dispute"), ("no", "Not in dispute"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.filter(disputed())
            case "no":
                return queryset.filter(agreed())
        return queryset


class ReviewFilter(ChoiceFilter):
    title = "review"
    parameter_name = "review"
    answers = (("due", "Due for review"), ("never", "Never reviewed"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "due":
                return queryset.due(timezone.localdate())
            case "never":
                return queryset.filter(reviewed_on__isnull=True)
        return queryset


class CellFilter(ChoiceFilter):
    title = "cell"
    parameter_name = "cell"
    answers = (("unrated", "Cell not rated yet"),)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_unrated_cells() if self.value() == "unrated" else queryset


class ReadingFilter(ChoiceFilter):
    title = "reading"
    parameter_name = "reading"
    answers = (("none", "Without a reading"), ("some", "With a reading"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "none":
                return queryset.filter(reading__isnull=True)
            case "some":
                return queryset.filter(reading__isnull=False)
        return queryset


class RetiredFilter(ChoiceFilter):
    title = "retired"
    parameter_name = "retired"
    answers = (("no", "Current"), ("yes", "Retired"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "no":
                return queryset.current()
            case "yes":
                return queryset.retired()
        return queryset


class WaitingFilter(ChoiceFilter):
    """What waits for an answer, unless asked for more."""

    title = "status"
    parameter_name = "status"
    answers = (("accepted", "Accepted"), ("dismissed", "Dismissed"), ("any", "All"))

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Waiting"}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Objection]) -> QuerySet[Objection]:
        match self.value():
            case "any":
                return queryset
            case "accepted" | "dismissed" as status:
                return queryset.filter(status=status)
        return queryset.filter(status=Objection.Status.OPEN)
