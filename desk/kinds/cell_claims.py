"""The claims of a rating's cell, as rows below the form of the rating."""

from functools import partial
from typing import Any, cast

from django.contrib.admin.checks import InlineModelAdminChecks
from django.contrib.admin.utils import flatten_fieldsets
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import modelformset_factory
from django.http import HttpRequest

from desk.editing.fields import is_number
from desk.editing.forms import FactForm
from desk.editing.formsets import ROWS_MAX, FactFormSet, ModelFormSet
from frameworks.median import Derivation, derive
from frameworks.models import Claim, Rating

from .claim_rules import cited_by, free_key, refuse_twin
from .inlines import FactInline


class ClaimsOfCellFormSet(FactFormSet, ModelFormSet):
    """The claims of a rating's cell. They belong to framework and criterion, as it does, not to the rating."""

    distinct = (("source", "line", "term", "paraphrase"),)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        instance: Any = None,
        save_as_new: bool = False,
        prefix: str | None = None,
        queryset: models.QuerySet[Claim] | None = None,
        **kwargs: Any,
    ) -> None:
        self.rating = cast(Rating, instance)
        self.read_before: set[int] = set()
        claims = Claim.objects.none()
        if self.rating.framework_id and self.rating.criterion_id:
            claims = Claim.objects.behind(self.rating.framework, self.rating.criterion).cited()
            self.scored_above = frozenset({(self.rating.framework_id, self.rating.criterion_id)})
        super().__init__(data, files, prefix=prefix, queryset=claims, **kwargs)

    @classmethod
    def get_default_prefix(cls) -> str:
        return "claims"

    def clean(self) -> None:
        super().clean()
        gone = [cast(Claim, form.instance) for form in self.deleted_forms if form.instance.pk]
        if sentences := [f"{claim}: {named}" for claim in gone if (named := cited_by(claim))]:
            raise ValidationError(sentences)

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """Give a claim its cell before it is checked, because its term is looked up in the table of readings.

        All share one criterion, so that the table is fetched once.
        """
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        claim = form.instance
        if claim.reading is not None:
            self.read_before.add(claim.pk)
        if claim._state.adding and self.rating.framework_id and self.rating.criterion_id:
            claim.framework, claim.criterion = self.rating.framework, self.rating.criterion
        elif self.rating.criterion_id and claim.criterion_id == self.rating.criterion_id:
            claim.criterion = self.rating.criterion
        return form

    def save_new(self, form: FactForm, commit: bool = True) -> Claim:
        claim = cast(Claim, form.instance)
        claim.framework, claim.criterion = self.rating.framework, self.rating.criterion
        refuse_twin(claim)
        claim.key = free_key(claim)
        return claim

    def goes_last(self, form: FactForm) -> bool:
        """Write a claim that loses its reading after the rating, which may have rested on that."""
        claim = cast(Claim, form.instance)
        return claim.reading is None and claim.pk in self.read_before

    def derivations(self) -> "tuple[Derivation[int] | None, Derivation[int] | None]":
        """Return what follows from the claims of the cell as they are, and as they will be when the rows are saved."""
        self.is_valid()
        behind = Claim.objects.behind(self.rating.framework, self.rating.criterion)
        readings = {
            pk: (source, reading) for pk, source, reading in behind.values_list("pk", "source", "reading")
        }
        before = derive(readings.values())
        for form in self.initial_forms:
            claim = cast(Claim, form.instance)
            if self.is_to_delete(form):
                readings.pop(claim.pk, None)
            elif form.has_changed():
                readings[claim.pk] = claim.source_id, claim.reading
        kept = [form for form in self.extra_forms if form.has_changed() and not self.is_to_delete(form)]
        added = [cast(Claim, form.instance) for form in kept]
        return before, derive([*readings.values(), *((claim.source_id, claim.reading) for claim in added)])

    def leaves_none(self) -> bool:
        """Return whether the cell would be left without a claim."""
        self.is_valid()
        remaining = [form for form in self.forms if form.has_changed() and not self.is_to_delete(form)]
        if any(form.instance._state.adding for form in remaining):
            return False
        gone = [form.instance.pk for form in self.initial_forms if self.is_to_delete(form)]
        return not (
            Claim.objects.behind(self.rating.framework, self.rating.criterion).exclude(pk__in=gone).exists()
        )


class ClaimsOfCellChecks(InlineModelAdminChecks):
    """Django's, without those that look for a foreign key."""

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []

    def _check_relation(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []


class ClaimsOfCellInline(FactInline):
    model = Claim
    formset = ClaimsOfCellFormSet
    checks_class = ClaimsOfCellChecks
    verbose_name = "claim"
    verbose_name_plural = "claims of this cell"
    classes = ("claims-of-cell",)
    autocomplete_fields = ("source",)
    fields = ("seen", ("source", "line", "part", "term"), ("condition", "comparison"), ("paraphrase", "note"))

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Open a row for the first claim of a new rating where the address names its source."""
        return 1 if obj is None and is_number(request.GET.get("source")) else 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Make the formset as the stock inline does, without a foreign key."""
        can_add = self.has_add_permission(request, obj)
        can_change = self.has_change_permission(request, obj)

        class PermittedForm(self.form):  # type: ignore[name-defined, misc]
            def has_changed(self) -> bool:
                permitted = can_add if self.instance._state.adding else can_change
                return permitted and super().has_changed()

        options = {
            "form": PermittedForm,
            "formset": self.formset,
            "fields": flatten_fieldsets(self.get_fieldsets(request, obj)),
            "formfield_callback": partial(self.formfield_for_dbfield, request=request),
            "extra": self.get_extra(request, obj),
            "max_num": ROWS_MAX,
            "absolute_max": ROWS_MAX,
            "can_delete": self.can_delete and self.has_delete_permission(request, obj),
            **kwargs,
        }
        return modelformset_factory(self.model, **options)
