"""What the database promises about more than one model: the shared check constraints."""

from typing import Any

from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q

#: \Z, because $ would let a line end pass on SQLite.
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
#: `-vs-` joins slugs in the address of a side by side, so no slug may hold it or lend it its beginning.
SLUG_JOINT = r"-vs(-|\Z)"
HTTP_URL = r"^https?://[^\s]+\Z"

validate_slug = RegexValidator(
    rf"(?!.*{SLUG_JOINT}){SLUG}",
    "Use lower-case letters, digits and single hyphens, without “-vs-” and not ending in “-vs”.",
)


def slug_field(**options: Any) -> "models.SlugField[str, str]":
    """A unique slug: the name in addresses, set once and then for ever."""
    options.setdefault("unique", True)
    return models.SlugField(
        max_length=60,
        validators=[validate_slug],
        help_text="The name in addresses. Set once, then for ever: links depend on it.",
        **options,
    )


def http_url_field(help_text: str) -> "models.URLField[str, str]":
    return models.URLField(
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=help_text,
    )


def slug_check(name: str, field: str = "slug") -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__regex": SLUG}) & ~Q(**{f"{field}__regex": SLUG_JOINT}),
        name=name,
    )


def http_url_check(name: str, field: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{field: ""}) | Q(**{f"{field}__regex": HTTP_URL}), name=name)


def one_to_five_check(name: str, field: str) -> models.CheckConstraint:
    """Scores and readings are whole steps of a rubric; NULL passes where the column allows it."""
    return models.CheckConstraint(condition=Q(**{f"{field}__range": (1, 5)}), name=name)
