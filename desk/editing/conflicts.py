"""The page that a second editor of the same fact gets: what it was, what it is, what they wanted. Nothing is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, QueryDict
from django.template.response import TemplateResponse

from frameworks.models import Revision, Versioned
from frameworks.models.schema import State, state_of
from frameworks.record import past

from .forms import ReasonForm, Seen, VersionedForm, without

if TYPE_CHECKING:
    from .lists import ListAdmin

#: Pressed buttons and what the page writes anew.
NOT_CARRIED = ("csrfmiddlewaretoken", "reason", "_save", "_continue", "_addanother", "_edit", "index")

STEPS_MAX = 10

CHANGED = (
    "Somebody else saved this after you had opened it, so yours is not saved yet. Nothing is lost: your values are "
    "kept on this page. What only they changed stays theirs, also when you save over."
)
DELETED = (
    "Somebody else deleted this after you had opened it, so yours is not saved. Nothing is lost: your values are kept "
    "on this page. Saving them makes it again."
)


@dataclass(frozen=True)
class Clash:
    """One fact that somebody else saved or deleted since this editor saw it."""

    fact: str
    kind: str
    #: What was recorded since this editor saw it, newest first.
    steps: list[Revision]
    is_deleted: bool
    differences: list[past.Difference]
    #: What the editor wanted, where it is not to save values: `delete it`.
    wish: str = ""

    @classmethod
    def between(
        cls, fact: Versioned, seen: Seen, *, now: State | None, mine: State | None, wish: str = ""
    ) -> Self:
        model = type(fact)
        opened = past.state_at(model, seen.key, seen.version)
        return cls(
            fact=str(fact),
            kind=str(model._meta.verbose_name),
            steps=list(past.history(model, seen.key).filter(version__gt=seen.version)[:STEPS_MAX]),
            is_deleted=now is None,
            differences=past.differences(model, opened, now, mine),
            wish=wish,
        )

    @classmethod
    def of_form(cls, form: VersionedForm, *, to_delete: bool = False) -> Self:
        seen = form.posted_seen or Seen.of(form.instance)
        current = type(form.instance)._default_manager.filter(pk=form.instance.pk).first()
        try:
            mine = None if to_delete else state_of(form.instance, form.related)
        except (ObjectDoesNotExist, ValueError):
            mine = None  # incomplete: the form will say so
        return cls.between(
            current or form.instance,
            seen,
            now=state_of(current) if current else None,
            mine=mine,
            wish="delete it" if to_delete else "",
        )


@dataclass(frozen=True)
class WayOn:
    """How the page goes on: where it posts, what its buttons say."""

    action: str
    keep_url: str
    save_name: str = "_save"
    save_label: str = "Save mine over theirs"
    keep_label: str = "Keep theirs"
    can_edit: bool = True
    can_save: bool = True


def page(
    model_admin: "ListAdmin",
    request: HttpRequest,
    clashes: Sequence[Clash],
    data: QueryDict,
    way_on: WayOn,
) -> TemplateResponse:
    """409, with all that was posted kept in hidden inputs, at the versions that the editor sees now."""
    request.current_app = model_admin.admin_site.name
    gone = all(clash.is_deleted for clash in clashes)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Deleted while you were editing" if gone else "Changed while you were editing",
        "intro": DELETED if gone else CHANGED,
        "opts": model_admin.opts,
        "clashes": clashes,
        "carried": without(data, NOT_CARRIED),
        "reason_form": ReasonForm(initial={"reason": data.get("reason", "")}),
        "way_on": way_on,
        "is_popup": "_popup" in data,
    }
    return TemplateResponse(request, "desk/conflict.html", context, status=409)
