"""Why nothing was written, in words: the same for forms, lists, bulk actions, imports and reverts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import IntegrityError, OperationalError, models

from frameworks.record.revisions import Refused
from frameworks.serving import outages
from frameworks.tables import values

if TYPE_CHECKING:
    Form = forms.Form
else:
    Form = object

AT_ONCE = "Somebody else saved at the same moment, so this was not saved. Check it and save again."
#: States of an OperationalError that says that two writers were in each other's way: SQLSTATE.
COLLISIONS = frozenset({"40001", "40P01", "55P03"})
#: What a write may raise when it has written nothing. A conflict is not among them: it has a page of its own.
REFUSALS = (Refused, models.ProtectedError, IntegrityError, OperationalError)


def in_words(error: Exception, fact: object = None) -> str:
    """Return the sentence that tells an editor why one of the REFUSALS was raised, naming the `fact` if it is given.

    Raises the error where it is no refusal: where the database fails, nobody else is the reason.
    """
    if is_failure(error):
        raise error
    if isinstance(error, Refused):
        return cast(str, error.args[0])  # with its links
    if isinstance(error, models.ProtectedError):
        return f"{len(error.protected_objects)} other facts still need it."
    return AT_ONCE if fact is None else f"{fact}: {AT_ONCE}"


def is_collision(error: OperationalError) -> bool:
    """Return whether the database has refused one of two writers that were in each other's way."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in COLLISIONS or "deadlock" in str(error)


def is_failure(error: Exception) -> bool:
    """Return whether the database fails, and nobody is the reason."""
    return outages.is_outage(error) and not (isinstance(error, OperationalError) and is_collision(error))


class PlainErrors(Form):
    """A form that says what is wrong with a value in the portal's words instead of Django's, and each thing once.

    Goes before the form class whose errors it puts into words.
    """

    def add_error(self, field: str | None, error: Any) -> None:
        problem = error if isinstance(error, ValidationError) else ValidationError(error)
        by_place: Mapping[str, list[ValidationError]] = (
            problem.error_dict
            if hasattr(problem, "error_dict")
            else {field or NON_FIELD_ERRORS: problem.error_list}
        )
        said: dict[str, list[ValidationError]] = {}
        for place, problems in by_place.items():
            known = [*self.errors.get(place, [])]  # so far
            for each in problems:
                sentence = self._in_words(place, each)
                if sentence not in known:
                    known.append(sentence)
                    said.setdefault(place, []).append(ValidationError(sentence, code=each.code))
        if said:
            super().add_error(None, ValidationError(said))
        for place in by_place:
            self.cleaned_data.pop(place, None)

    def _in_words(self, place: str, problem: ValidationError) -> str:
        if place not in self.fields:
            return values.refusal(forms.Field(), problem)
        field = _model_field(self, place) or self.fields[place]
        typed = self[place].data
        return values.refusal_of(field, problem, typed.strip() if isinstance(typed, str) else "")


def _model_field(form: Any, name: str) -> Any:
    """Return the model's field behind one of a form, which knows more of what it takes."""
    model = form._meta.model if isinstance(form, forms.BaseModelForm) else None
    try:
        return model and model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
