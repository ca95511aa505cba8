"""The forms of facts: each knows the version that the editor saw, and those of a page ask for a reason."""

import re
from collections.abc import Container, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms.models import model_to_dict
from django.utils.text import capfirst

from frameworks.cells import Key
from frameworks.models import Retirable, Versioned
from frameworks.models.constraints import BESIDE, SENTENCES
from frameworks.models.natural_keys import renamed_key
from frameworks.models.schema import State, state_of
from frameworks.record import past, revisions
from frameworks.record.pending import PendingWrite
from frameworks.record.revisions import Author

from .edit import Edit
from .fields import WHY_MISSING, ReasonField, Seen, SeenField, VersionInput
from .refusals import PlainErrors

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Versioned]
else:
    ModelForm = forms.ModelForm

VERSION_MISSING = (
    "This page does not say which version you saw, so nothing was saved. "
    "Open it in a new tab and copy your values over."
)

NAMED_CONSTRAINT = re.compile(r"“(\w+)”")


class FactForm(PlainErrors, ModelForm):
    """One fact, with what the editor saw of it.

    When somebody else has saved it since, `initial` is what this editor opened, so that `changed_data` still says what
    *they* changed; `now` is what the database holds.
    """

    seen = SeenField(required=False)

    #: Whether it is one of several rows, which may take each other's name: the rows together say which is taken.
    is_row = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posted_seen = self._read_seen() if self.is_bound and kwargs.get("instance") else None
        self.current_version = self.instance.version
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
        """Return whether somebody else deleted the fact; the instance is then as it last was."""
        return self.posted_seen is not None and self.instance._state.adding

    @property
    def is_stale(self) -> bool:
        return self.posted_seen is not None and self.posted_seen.version != self.current_version

    @cached_property
    def opened(self) -> State | None:
        """Return the fact as the editor opened it, where its history knows."""
        if self.posted_seen is None:
            return None
        return past.state_at(type(self.instance), self.posted_seen.key, self.posted_seen.version)

    def _opened_values(self) -> dict[str, Any] | None:
        built = past.rebuilt(type(self.instance), self.opened) if self.opened else None
        return {**model_to_dict(built.fact, self.now), **built.related} if built else None

    def has_changed(self) -> bool:
        # An editor who has seen that a fact is deleted and saves it all the same wants it back, whatever the values.
        return (self.is_deleted and not self.is_stale) or super().has_changed()

    @property
    def related(self) -> dict[str, list[Versioned]]:
        """Return the many-to-many relations that the editor chose."""
        return {
            many.name: list(self.cleaned_data[many.name])
            for many in self.instance._meta.many_to_many
            if many.name in self.cleaned_data
        }

    def write(self, by: Author, reason: str, besides: Container[Key] = ()) -> bool:
        """Save through the one write path, and return whether anything differs. Raises what `revisions.save` raises.

        The scores of the cells `besides` are set by another form of the page.
        """
        fact = self.instance
        if self.posted_seen and self.is_stale:
            raise revisions.Conflict(fact, None, self.posted_seen.version)
        seen = None if fact._state.adding or self.posted_seen is None else self.posted_seen.version
        saved = revisions.save(fact, by=by, reason=reason, seen=seen, related=self.related, besides=besides)
        return saved is not None

    def pending(self, before: State) -> PendingWrite:
        """Return what to write of a fact that was `before`, on top of the version that the editor saw."""
        return PendingWrite(
            self.instance, self.related, self.posted_seen and self.posted_seen.version, before
        )

    @property
    def is_done(self) -> bool:
        """Return whether the fact is already as this form would make it, as when it is sent twice."""
        current = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
        return current is not None and state_of(current) == state_of(self.instance, self.related)

    def validate_unique(self) -> None:
        excluded = self._get_validation_exclusions()  # type: ignore[attr-defined]
        if self.is_row:
            excluded.add(self.instance.name_field)
        try:
            self.instance.validate_unique(exclude=excluded)
        except ValidationError as error:
            self._update_errors(error)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self._refuse_retired()
        if self.posted_seen is None and not self.instance._state.adding:
            self.add_error(None, VERSION_MISSING)

    def _refuse_retired(self) -> None:
        """Say beside its field what is retired of what the editor has chosen anew."""
        for name in self.fields:
            before = () if self.instance._state.adding else _listed(self.initial.get(name))
            known = {getattr(other, "pk", other) for other in before}
            for other in _listed(self.cleaned_data.get(name)):
                if isinstance(other, Retirable) and other.is_retired and other.pk not in known:
                    self.add_error(name, other.takes_nothing_new)

    def _update_errors(self, errors: ValidationError) -> None:
        """Give broken constraints their words, and errors a place when their field is not on the form."""
        by_place: dict[str, list[ValidationError]] = {}
        by_field = (
            errors.error_dict if hasattr(errors, "error_dict") else {NON_FIELD_ERRORS: errors.error_list}
        )
        for name, problems in by_field.items():
            for problem in problems:
                place, said = _in_words(name, problem)
                by_place.setdefault(place if place in self.fields else NON_FIELD_ERRORS, []).append(said)
        super()._update_errors(ValidationError(by_place))  # type: ignore[misc]


def _listed(value: Any) -> Iterable[Any]:
    """Return the facts that a field holds: one, several or none."""
    return value if isinstance(value, list | models.QuerySet) else [value]


def _in_words(place: str, problem: ValidationError) -> tuple[str, ValidationError]:
    """Return the field and the sentence for a broken constraint; other problems as they are."""
    named = NAMED_CONSTRAINT.search(problem.messages[0])
    if named is None or named[1] not in SENTENCES:
        return place, problem
    return BESIDE[named[1]], ValidationError(SENTENCES[named[1]])


class PageForm(FactForm):
    """The form of a page: it speaks for the rows below it too, and asks why.

    `edit` is given by the admin, on the class that it makes for each request.
    """

    reason = ReasonField()

    edit: Edit

    def is_valid(self) -> bool:
        return super().is_valid() and not self.edit.is_held

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.edit.is_held:
            return
        changed = self.has_changed() or any(rows.has_changed() for rows in self.edit.rows)
        if changed and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", WHY_MISSING)
        if self.edit.refusal:  # before this form was bound: the database was busy
            self.add_error(None, self.edit.refusal)


class ListRowForm(FactForm):
    """One row of an editable list: the version is a column of its own, and the heads of the columns label nothing."""

    seen = SeenField(required=False, widget=VersionInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = ""
            if name != "seen" and self.instance.pk:
                field.widget.attrs["aria-label"] = f"{capfirst(field.label or name)} of {self.instance}"


class ReasonForm(PlainErrors, forms.Form):
    """The reason alone, for lists, actions and deletions."""

    reason = ReasonField(required=True)

    @property
    def first_error(self) -> str:
        return next((str(message) for messages in self.errors.values() for message in messages), "")
