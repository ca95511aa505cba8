"""Rows of facts below a form or in a list: found also when they were moved or deleted since the page was opened."""

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.utils.text import get_text_list

from frameworks.cells import Key
from frameworks.models import Versioned
from frameworks.models.constraints import BESIDE, unique_constraints, unique_fields
from frameworks.models.schema import state_of
from frameworks.record import past, revisions
from frameworks.record.revisions import Author

from .edit import Edit
from .fields import AsideField, Seen, is_number
from .forms import VERSION_MISSING, FactForm, ReasonForm

if TYPE_CHECKING:
    ModelFormSet = BaseModelFormSet[Versioned, FactForm]
    InlineFormSet = BaseInlineFormSet[Versioned, Versioned, FactForm]
    FormSetMixin = ModelFormSet
else:
    ModelFormSet, InlineFormSet = BaseModelFormSet, BaseInlineFormSet
    FormSetMixin = object

#: Rows that a form may hold. Django's own limit lets a made-up number of rows keep a process busy for half a minute.
ROWS_MAX = 200


class FactFormSet(FormSetMixin):
    """Rows of facts: finds also those that were moved or deleted since the page was opened.

    Mixed into the stock formsets, which would answer "select a valid choice" and lose what was typed.
    """

    if TYPE_CHECKING:
        model: type[Versioned]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []

    default_error_messages = {
        "missing_management_form": "The rows did not arrive completely, so nothing was saved. Go back and save again.",
        "too_many_forms": "Save at most %(num)d rows at a time.",
    }

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        return (
            f"Two rows have the same {get_text_list([*unique_check], 'and')}. Change or remove one of them."
        )

    def get_form_error(self) -> str:
        return "Another row has the same values."

    def posted_pk(self, index: int) -> str:
        return str(self.data.get(f"{self.add_prefix(index)}-{self.model._meta.pk.name}", ""))

    def _existing_object(self, pk: Any) -> Versioned | None:
        fact: Versioned | None = super()._existing_object(pk)  # type: ignore[misc]
        if fact is None and is_number(pk):
            fact = self.model._default_manager.filter(pk=pk).first() or self._gone(str(pk))
        return fact

    def _gone(self, pk: str) -> Versioned | None:
        for index in range(self.total_form_count()):
            seen = Seen.parse(self.data.get(f"{self.add_prefix(index)}-seen"))
            if seen and self.posted_pk(index) == pk:
                return past.by_name_or_last_known(self.model, seen.key)
        return None

    def get_queryset(self) -> Any:
        # The admin pairs rows with facts by their order. On a page that is shown again, that is the posted order.
        if self.is_bound and "forms" in self.__dict__:
            return [form.instance if form.posted_seen else None for form in self.initial_forms]
        return super().get_queryset()

    def add_fields(self, form: FactForm, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields and form.instance.pk:
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = f"Delete {form.instance}"
        if form.posted_seen and index is not None and self.posted_pk(index) != str(form.instance.pk):
            # Deleted, perhaps made again: the number is history, the name in `seen` counts.
            form.fields[self.model._meta.pk.name] = AsideField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        super().clean()
        self._refuse_twins()
        # On the whole, because Django overlooks errors of rows that are to go.
        if any(form.instance.pk and form.posted_seen is None for form in self.deleted_forms):
            raise ValidationError(VERSION_MISSING)

    #: Fields that no two rows may have in common, besides those of the model's constraints. It is said beside the last.
    distinct: tuple[tuple[str, ...], ...] = ()

    def _refuse_twins(self) -> None:
        """Say beside one of two rows what they have in common, where that may be in one fact only.

        The database would say it of a fact that nobody has saved.
        """
        rows = [form for form in self.forms if not form.errors and not self.is_to_delete(form)]
        rows = [form for form in rows if form.has_changed() or form.instance.pk]
        ends = {str(one.name): unique_fields(one) for one in unique_constraints(self.model)}
        for place, names in [
            *((BESIDE.get(constraint, names[-1]), names) for constraint, names in ends.items()),
            *((names[-1], names) for names in self.distinct),
        ]:
            columns = [self.model._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]
            _refuse_same(rows, place, attrgetter("pk", *columns))
        if self.model.name_field:
            _refuse_same(rows, self.model.name_field, attrgetter("pk", "folded_name"))

    @property
    def stale_forms(self) -> list[FactForm]:
        return [form for form in self.initial_forms if form.is_stale]

    def is_to_delete(self, form: FactForm) -> bool:
        return self.can_delete and self._should_delete_form(form)  # type: ignore[attr-defined]

    #: The cells whose scores the form above the rows sets.
    scored_above: frozenset[Key] = frozenset()

    def goes_last(self, form: FactForm) -> bool:
        """Return whether the row is to be written with those to be deleted."""
        return False

    def write_kept(self, by: Author, reason: str) -> None:
        """Write new and changed rows. Raises what `revisions.save` raises."""
        self._write([form for form in self.forms if not self.goes_last(form)], by, reason)

    def _write(self, rows: Sequence[FactForm], by: Author, reason: str) -> None:
        for form in rows:
            if self.is_to_delete(form) or not form.has_changed():
                continue
            if form in self.extra_forms:
                self.save_new(form, commit=False)
                self.new_objects.append(form.instance)
            else:
                self.changed_objects.append((form.instance, form.changed_data))
            form.write(by, reason, besides=self.scored_above)

    def write_deleted(self, by: Author, reason: str) -> None:
        """Delete the marked rows. Kept apart, because a rating's last claim goes after the rating's own change, and so
        does its last reading."""
        self._write([form for form in self.forms if self.goes_last(form)], by, reason)
        for form in self.initial_forms:
            if form.posted_seen and self.is_to_delete(form) and not form.is_deleted:
                seen = form.posted_seen.version
                revisions.delete(form.instance, by=by, reason=reason, seen=seen, besides=self.scored_above)
                self.deleted_objects.append(form.instance)


class FactInlineFormSet(FactFormSet, InlineFormSet):
    """Rows that belong to the fact above them by a foreign key. They may take each other's name."""

    def add_fields(self, form: FactForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.is_row = True

    def clean(self) -> None:
        super().clean()
        rows = {form.instance.pk for form in self.initial_forms}  # two of which have been found
        for form in self.forms:
            if self._is_renamed(form) and not form.errors and (taken := form.instance.name_is_taken(rows)):
                form.add_error(self.model.name_field, taken)

    def _is_renamed(self, form: FactForm) -> bool:
        return self.model.name_field in form.changed_data and not self.is_to_delete(form)

    def _write(self, rows: Sequence[FactForm], by: Author, reason: str) -> None:
        """Write together the rows with another name, which may be one that another row gives up."""
        renamed = {form.instance.pk: form for form in rows if form.instance.pk and self._is_renamed(form)}
        facts = self.model._default_manager.in_bulk(renamed) if len(renamed) > 1 else {}
        if facts:
            writes = [renamed[pk].pending(state_of(fact)) for pk, fact in facts.items()]
            revisions.save_all(writes, by=by, reason=reason)
            self.changed_objects += [(renamed[pk].instance, renamed[pk].changed_data) for pk in facts]
        super()._write([form for form in rows if form.instance.pk not in facts], by, reason)


class FactListFormSet(FactFormSet, ModelFormSet):
    """The editable rows of a list, with one reason for all of them.

    `edit` is given by the admin, on the class that it makes for each request.
    """

    edit: Edit

    @cached_property
    def reason_form(self) -> ReasonForm:
        return ReasonForm(self.data if self.is_bound else None, auto_id="id_list_%s")

    def is_valid(self) -> bool:
        return not self.edit.is_held and super().is_valid()

    @property
    def errors(self) -> list[Any]:
        # The list's template takes any list of errors for a failure, even one of empty entries.
        return [] if self.edit.is_held else super().errors

    def clean(self) -> None:
        super().clean()
        if self.has_changed() and not self.edit.is_held and not self.reason_form.is_valid():
            raise ValidationError(self.reason_form.first_error)


def _refuse_same(rows: Sequence[FactForm], place: str, values: Callable[[Any], tuple[Any, ...]]) -> None:
    """Put an error on each row that has the same `values`, which come after its number, as one before it; on that one
    where it alone was changed."""
    before: dict[tuple[Any, ...], FactForm] = {}
    for form in rows:
        first = before.setdefault(values(form.instance)[1:], form)
        if first is form or place not in form.fields or not (form.has_changed() or first.has_changed()):
            continue
        label, value = form.instance._meta.get_field(place).verbose_name, getattr(form.instance, place)  # type: ignore[union-attr]
        changed = form if place in form.changed_data else first
        changed.add_error(place, f"Two rows have the {label} “{value}”. Change or remove one of them.")
