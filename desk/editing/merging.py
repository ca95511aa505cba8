"""Merge three states of a fact: find what somebody else changed and what I changed, and put mine on top of theirs.

When two people edit one fact, three states of it meet: as I *opened* it, as it is *now*, as I want it (*mine*).

- They changed the fields in which *now* differs from *opened*.
- I changed the fields in which *mine* differs from *opened*.
- Put on top: *now*, with the fields that I changed. Fields that I left alone keep their change, so that saving over
  somebody's work loses none of it but what both of us changed; for those the page of the conflict shows all three
  values first (`past.differences` puts them into words).

States are plain data, as `state_of` makes them. Posted forms are merged the same way by `post_on_top`, before
they are read: what comes out is what a browser would have sent, had I opened the fact as it is now.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from frameworks.models.schema import State

from .fields import Seen
from .forms import FactForm


def changed_fields(before: State, after: State) -> State:
    """Return the fields of `after` that differ from `before`."""
    return {name: value for name, value in after.items() if value != before[name]}


def put_on_top(changed: Mapping[str, Any], now: State) -> State:
    """Return what is there now, with the fields that I changed."""
    return {**now, **changed}


def post_on_top(form: FactForm, data: QueryDict) -> None:
    """Turn the posted `data` of the bound `form` into its changes on top of what is there now, at today's version.

    Does nothing to a form that says nothing of the version that its editor saw.
    """
    if form.posted_seen is None:
        return
    for name, field in form.fields.items():
        if name in form.now and name not in form.changed_data:
            data.setlist(form.add_prefix(name), _as_posted(field, form.now[name]))
    data[form.add_prefix("seen")] = str(Seen(form.current_version, form.posted_seen.key))


def _as_posted(field: forms.Field, value: Any) -> list[str]:
    """Return what a browser would post for this value."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    widget: Any = getattr(field.widget, "widget", field.widget)  # out of the admin's wrapper
    shown = widget.format_value(field.prepare_value(value))
    values = shown if isinstance(shown, list | tuple) else [shown]
    return [str(part) for part in values if part is not None]
