"""Show long lists page by page, newest first. The address says where a page begins, by primary key or version.

So what is added meanwhile shifts no page, and each costs the database the same, however many rows lie before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.db import models

Row = TypeVar("Row", bound=models.Model)

#: The names of the parameters in the address.
BEFORE, AFTER = "before", "after"
NO_PAGE = "There is no such page, so the newest is shown."


class PlaceField(forms.IntegerField):
    def __init__(self) -> None:
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), NO_PAGE)
        biggest = models.BigIntegerField.MAX_BIGINT
        super().__init__(required=False, min_value=0, max_value=biggest, error_messages=messages)


class PlaceForm(forms.Form):
    """Where in a list a page lies: it begins right before one row, or ends right after one."""

    before = PlaceField()
    after = PlaceField()

    @property
    def notices(self) -> list[str]:
        return [NO_PAGE] if self.errors else []


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """One page of a list, newest first."""

    rows: list[Row]
    #: What the page begins before; empty for the newest.
    before: str = ""
    #: What the newer page ends after and the older one begins before; empty where there is none.
    newer: str = ""
    older: str = ""
    notices: tuple[str, ...] = ()


def page_of(
    rows: "models.QuerySet[Row]", data: Mapping[str, Any], size: int, *, key: str = "pk"
) -> KeysetPage[Row]:
    """Return the page of `size` rows that the parameters name, by descending `key`, in at most two queries.

    The newest page stands in for one that does not exist, with a notice, and for one that would be shorter.
    """
    form = PlaceForm(data)
    form.is_valid()
    before, after = form.cleaned_data.get(BEFORE), form.cleaned_data.get(AFTER)
    rows = rows.order_by(f"-{key}")

    def place(row: Row) -> str:
        return str(getattr(row, key))

    if before is None and after is not None:
        newer = list(rows.filter(**{f"{key}__gt": after}).order_by(key)[: size + 1])
        if len(newer) > size:
            shown = newer[size - 1 :: -1]
            return KeysetPage(shown, place(newer[size]), newer=place(shown[0]), older=place(shown[-1]))
    notices = tuple(form.notices)
    if before is not None:
        found = list(rows.filter(**{f"{key}__lt": before})[: size + 1])
        if found:
            older = place(found[size - 1]) if len(found) > size else ""
            return KeysetPage(found[:size], str(before), place(found[0]), older)
        notices = (NO_PAGE,)
    found = list(rows[: size + 1])
    return KeysetPage(
        found[:size], older=place(found[size - 1]) if len(found) > size else "", notices=notices
    )
