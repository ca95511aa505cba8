"""Build responses from frozen dataclasses: a page's template, its picture and its frame read the same fields."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeGuard

from django.http import HttpRequest
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class PagePart:
    """The base of a dataclass that is a part of a page: the template knows its fields as if they were the page's."""


def context_of(page: "DataclassInstance") -> dict[str, Any]:
    """Return the template context: each field under its name, and the fields of its parts under theirs."""
    context: dict[str, Any] = {}
    for field in fields(page):
        value = getattr(page, field.name)
        context |= context_of(value) if _is_part(value) else {field.name: value}
    return context


def _is_part(value: Any) -> "TypeGuard[DataclassInstance]":
    return isinstance(value, PagePart)


class PageResponse(TemplateResponse):
    """A template with what the page shows. `address` names the page where its path alone does not."""

    def __init__(
        self,
        request: HttpRequest,
        template: str,
        page: "DataclassInstance",
        *,
        address: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(request, template, context_of(page), status=status)
        self.page = page
        self.address = address or request.path
