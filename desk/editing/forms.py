"""The forms of versioned facts: each knows the version that the editor saw, and asks for a reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet, BaseModelFormSet, model_to_dict
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from frameworks.models import Versioned
from frameworks.models.constraints import SENTENCES
from frameworks.models.schema import State
from frameworks.models.versioned import renamed_key
from frameworks.record import past, revisions
from frameworks.record.revisions import Author

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Versioned]
    ModelFormSet = BaseModelFormSet[Versioned, "VersionedForm"]
    InlineFormSet = BaseInlineFormSet[Versioned, Versioned, "VersionedForm"]
    FormSetMixin = ModelFormSet
else:
    ModelForm, ModelFormSet, InlineFormSet = forms.ModelForm, BaseModelFormSet, BaseInlineFormSet
    FormSetMixin = object

#: Rows that a form may hold. Django's own limit lets a made-up number of rows keep a process busy for half a minute.
ROWS_MAX = 200

WHY_MISSING = "Say in a sentence why: it stands in the history beside your name."
VERSION_MISSING = (
    "This page does not say which version you saw, so nothing was saved. "
    "Open it in a new tab and copy your values over."
)

NAMED_CONSTRAINT = re.compile(r"“(\w+)”")


class Seen(NamedTuple):
    """What the editor saw: which version, of the fact of which name. Written `3:django/learning-curve`.

    The name is needed when the fact is deleted meanwhile, because its history is filed under it.
    """

    version: int
    key: str

    @classmethod
    def of(cls, fact: Versioned) -> Self:
        return cls(fact.version, fact.key_text)

    @classmethod
    def parse(cls, text: object) -> Self | None:
        found = re.fullmatch(r"([0-9]{1,9}):([a-z0-9/-]{1,200})", str(text))
        return cls(int(found[1]), found[2]) if found else None

    def __str__(self) -> str:
        return f"{self.version}:{self.key}"


class Desk:
    """What the forms of one request must know of each other, and of what became of them."""

    def __init__(self) -> None:
        #: The formsets below the form of the page.
        self.rows: list[VersionedFormSet] = []
        #: Why the write path would not save it.
        self.refusal = ""
        #: The editor only wants to see the form again.
        self.is_held = False
        #: A list was found wanting once: Django, which looks a second time, must not find it good.
        self.is_wanting = False


def desk(request: HttpRequest) -> Desk:
    found: Desk = request.__dict__.setdefault("_touchstone_desk", Desk())
    return found


# Fields and widgets


class AsideField(forms.CharField):
    """Says something about a change and is none of its own."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class SeenField(AsideField):
    """Carries what the editor saw through the form."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Seen | None:
        return Seen.parse(value)


class ReasonField(AsideField):
    """Why a change was made. Whether one is needed, the form decides."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": "Why",
                "required": False,
                "max_length": 300,
                "help_text": "One sentence. It stands in the history, with your name and the values before and after.",
                "widget": forms.TextInput(attrs={"class": "vTextField reason", "autocomplete": "off"}),
                "error_messages": {"required": WHY_MISSING},
                **options,
            }
        )


class PlainTextarea(AdminTextareaWidget):
    """Browsers send CRLF. Kept as it comes, every saved text would differ from the one it was made of."""

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


def is_number(value: object) -> bool:
    """A key that any database can look up. Larger ones overflow on SQLite, other text breaks the stock widgets."""
    return bool(re.fullmatch(r"[0-9]{1,18}", str(value)))


class NumberedSelect(AutocompleteSelect):
    """The stock widget asks the database for whatever was posted, when it is shown again: a 500 for `abc`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: The rows of a formset share it: one query for each source that they name, not one for each row.
        self._groups: dict[tuple[str, ...], Any] = {}

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value if not value or is_number(value) else "0"

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        key = (*map(str, value), str(self.is_required))
        if key not in self._groups:
            self._groups[key] = super().optgroups(name, value, attr)
        return self._groups[key]


class NumberedSelectMultiple(AutocompleteSelectMultiple):
    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        values = super().value_from_datadict(data, files, name)
        return [value if is_number(value) else "0" for value in values or ()]


class VersionInput(forms.HiddenInput):
    """Shows the version in a list and carries it along in a hidden input."""

    @property
    def is_hidden(self) -> bool:
        return False

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        seen = Seen.parse(value)
        return format_html("{}{}", seen.version if seen else "", super().render(name, value, attrs, renderer))


# Forms


class VersionedForm(ModelForm):
    """One fact, with what the editor saw of it.

    When somebody else has saved it since, `initial` is what this editor opened, so that `changed_data` still says what
    *they* changed; `now` is what stands in the database.
    """

    seen = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posted_seen = self._read_seen() if self.is_bound and kwargs.get("instance") else None
        self.standing = self.instance.version
        if (
            self.posted_seen
            and self.is_deleted
            and (known := past.last_known(self._meta.model, self.posted_seen.key))
        ):
            self.initial.update(known.related)
        self.now: dict[str, Any] = dict(self.initial)
        if not self.is_bound and not self.instance._state.adding:
            self.initial["seen"] = Seen.of(self.instance)
        if self.is_stale and (opened := self._opened_values()):
            self.initial = {**self.initial, **opened}

    def _read_seen(self) -> Seen | None:
        seen = Seen.parse(self["seen"].data)
        if seen is None or seen.key == self.instance.key_text:
            return seen
        # Renamed since, it is the same fact.
        parts = renamed_key(type(self.instance), seen.key.split("/"))
        key = "/".join(parts)
        return Seen(seen.version, key) if key == self.instance.key_text else None

    @property
    def is_deleted(self) -> bool:
        """Somebody else deleted the fact; the instance is as it last stood."""
        return self.posted_seen is not None and self.instance._state.adding

    @property
    def is_stale(self) -> bool:
        return self.posted_seen is not None and self.posted_seen.version != self.standing

    @cached_property
    def opened(self) -> State | None:
        """The fact as the editor opened it, where its history knows."""
        if self.posted_seen is None:
            return None
        return past.state_at(type(self.instance), self.posted_seen.key, self.posted_seen.version)

    def _opened_values(self) -> dict[str, Any] | None:
        found = past.rebuilt(type(self.instance), self.opened) if self.opened else None
        return {**model_to_dict(found.fact, self.now), **found.related} if found else None

    def has_changed(self) -> bool:
        # Who has seen that a fact is deleted and saves it all the same wants it back, whatever the values.
        return (self.is_deleted and not self.is_stale) or super().has_changed()

    @property
    def related(self) -> dict[str, list[Versioned]]:
        """The many-to-many relations that the editor chose."""
        return {
            many.name: list(self.cleaned_data[many.name])
            for many in self.instance._meta.many_to_many
            if many.name in self.cleaned_data
        }

    def write(self, by: Author, reason: str) -> None:
        """Saves through the one write path. Raises what `revisions.save` raises."""
        fact = self.instance
        if self.posted_seen and self.is_stale:
            raise revisions.Conflict(fact, None, self.posted_seen.version)
        seen = None if fact._state.adding or self.posted_seen is None else self.posted_seen.version
        revisions.save(fact, by=by, reason=reason, seen=seen, related=self.related)

    def put_on_top(self, data: QueryDict) -> None:
        """Turns the posted data into these changes on top of what stands now.

        Fields that this editor did not touch take the present value, so that saving over loses nobody's work.
        """
        if self.posted_seen is None:
            return
        for name, field in self.fields.items():
            if name in self.now and name not in self.changed_data:
                data.setlist(self.add_prefix(name), _as_posted(field, self.now[name]))
        data[self.add_prefix("seen")] = str(Seen(self.standing, self.posted_seen.key))

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.posted_seen is None and not self.instance._state.adding:
            self.add_error(None, VERSION_MISSING)

    def _update_errors(self, errors: ValidationError) -> None:
        """Gives broken constraints their words, and errors a place when their field is not on the form."""
        found: dict[str, list[ValidationError]] = {}
        by_field = (
            errors.error_dict if hasattr(errors, "error_dict") else {NON_FIELD_ERRORS: errors.error_list}
        )
        for name, problems in by_field.items():
            place = name if name in self.fields else NON_FIELD_ERRORS
            found.setdefault(place, []).extend(_in_words(problem) for problem in problems)
        super()._update_errors(ValidationError(found))  # type: ignore[misc]


def _in_words(problem: ValidationError) -> ValidationError:
    named = NAMED_CONSTRAINT.search(problem.messages[0])
    return ValidationError(SENTENCES[named[1]]) if named and named[1] in SENTENCES else problem


def _as_posted(field: forms.Field, value: Any) -> list[str]:
    """What a browser would post for this value."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    widget: Any = getattr(field.widget, "widget", field.widget)  # out of the admin's wrapper
    shown = widget.format_value(field.prepare_value(value))
    values = shown if isinstance(shown, list | tuple) else [shown]
    return [str(one) for one in values if one is not None]


class ReasonedForm(VersionedForm):
    """The form of a page: it speaks for the rows below it too, and asks why.

    `desk` is given by the admin, on the class that it makes for each request.
    """

    reason = ReasonField()

    desk = Desk()

    def is_valid(self) -> bool:
        return super().is_valid() and not self.desk.is_held

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.desk.is_held:
            return
        changed = self.has_changed() or any(formset.has_changed() for formset in self.desk.rows)
        if changed and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", WHY_MISSING)
        if self.desk.refusal:
            self.add_error(None, self.desk.refusal)


# Formsets


class VersionedFormSet(FormSetMixin):
    """Rows of facts: finds also those that were moved or deleted since the page was opened.

    Mixed into the stock formsets, which would answer "select a valid choice" and lose what was typed.
    """

    if TYPE_CHECKING:
        model: type[Versioned]

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

    def add_fields(self, form: VersionedForm, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields and form.instance.pk:
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = f"Delete {form.instance}"
        if form.posted_seen and index is not None and self.posted_pk(index) != str(form.instance.pk):
            # Deleted, perhaps made again: the number is history, the name in `seen` counts.
            form.fields[self.model._meta.pk.name] = AsideField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        super().clean()
        # On the whole, because Django overlooks errors of rows that are to go.
        if any(form.instance.pk and form.posted_seen is None for form in self.deleted_forms):
            raise ValidationError(VERSION_MISSING)

    @property
    def stale_forms(self) -> list[VersionedForm]:
        return [form for form in self.initial_forms if form.is_stale]

    def is_to_delete(self, form: VersionedForm) -> bool:
        return self.can_delete and self._should_delete_form(form)  # type: ignore[attr-defined]

    def write_kept(self, by: Author, reason: str) -> None:
        """Writes new and changed rows."""
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        for form in self.forms:
            if self.is_to_delete(form) or not form.has_changed():
                continue
            if form in self.extra_forms:
                self.save_new(form, commit=False)
                self.new_objects.append(form.instance)
            else:
                self.changed_objects.append((form.instance, form.changed_data))
            form.write(by, reason)

    def write_deleted(self, by: Author, reason: str) -> None:
        """Deletes the marked rows. Kept apart, because a rating's last claim goes after the rating's own change."""
        for form in self.initial_forms:
            if form.posted_seen and self.is_to_delete(form) and not form.is_deleted:
                revisions.delete(form.instance, by=by, reason=reason, seen=form.posted_seen.version)
                self.deleted_objects.append(form.instance)


class VersionedInlineFormSet(VersionedFormSet, InlineFormSet):
    """Rows that belong to the fact above them by a foreign key."""


class ListRowForm(VersionedForm):
    """One row of an editable list: the version is a column of its own, and the heads of the columns label nothing."""

    seen = SeenField(required=False, widget=VersionInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = ""
            if name != "seen" and self.instance.pk:
                field.widget.attrs["aria-label"] = f"{capfirst(field.label or name)} of {self.instance}"


class VersionedListFormSet(VersionedFormSet, ModelFormSet):
    """The editable rows of a list, with one reason for all of them.

    `desk` is given by the admin, on the class that it makes for each request.
    """

    desk = Desk()

    @cached_property
    def reason_form(self) -> "ReasonForm":
        return ReasonForm(self.data if self.is_bound else None, auto_id="id_list_%s")

    def is_valid(self) -> bool:
        return not self.desk.is_held and super().is_valid() and not self.desk.is_wanting

    @property
    def errors(self) -> list[Any]:
        # The list's template takes any list of errors for a failure, even one of empty entries.
        return [] if self.desk.is_held else super().errors

    def clean(self) -> None:
        super().clean()
        if self.has_changed() and not self.desk.is_held and not self.reason_form.is_valid():
            raise ValidationError(self.reason_form.first_error)


class ReasonForm(forms.Form):
    """The reason alone, for lists, actions and deletions."""

    reason = ReasonField(required=True)

    @property
    def first_error(self) -> str:
        return next((str(message) for messages in self.errors.values() for message in messages), "")


def without(data: QueryDict, names: Iterable[str]) -> list[tuple[str, str]]:
    """The posted values as pairs, to be carried along in hidden inputs, without these names."""
    left_out = set(names)
    return [(name, value) for name, values in data.lists() if name not in left_out for value in values]
