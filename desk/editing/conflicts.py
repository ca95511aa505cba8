"""The page that a second editor of the same fact gets: what it was, what it is, what they wanted. Nothing is lost.

How the three states are put together again is in `merging`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, QueryDict
from django.template.response import TemplateResponse

from frameworks.models import Revision, Versioned
from frameworks.models.schema import State, state_of
from frameworks.record import past

from .fields import Seen
from .forms import FactForm, ReasonForm
from .formsets import FactFormSet
from .guarded import GuardedAdmin
from .merging import post_on_top

#: Pressed buttons and what the page writes anew.
NOT_CARRIED = ("csrfmiddlewaretoken", "reason", "_save", "_continue", "_addanother", "_edit", "index")

STEPS_MAX = 10

CHANGED = (
    "Somebody else saved this after you had opened it, so your changes are not saved yet. Nothing is lost: your values "
    "are kept on this page. Fields that only they changed keep their values, even if you save over their change."
)
CHANGED_ELSEWHERE = (
    "You saved this elsewhere, such as in another tab, after you had opened it here, so this is not saved yet. "
    "Nothing is lost: your values are kept on this page. Fields that you changed only there keep their values."
)
DELETED = (
    "Somebody else deleted this after you had opened it, so your changes are not saved. Nothing is lost: your values "
    "are kept on this page. If you save them, it is created again."
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
    def of_form(cls, form: FactForm, *, to_delete: bool = False) -> Self:
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


def of_page(form: FactForm, formsets: Sequence[FactFormSet], data: QueryDict) -> list[Clash]:
    """Return the facts in conflict on a page, bound to what is there now; put its posted `data` on top of that."""
    clashes = []
    if form.is_stale and (form.has_changed() or form.is_deleted):
        clashes.append(Clash.of_form(form))
    post_on_top(form, data)
    for formset in formsets:
        for row in formset.stale_forms:
            to_delete = formset.is_to_delete(row)
            if row.is_deleted and (to_delete or not row.has_changed()):
                # Somebody else deleted what this editor left alone, or wanted gone too: so be it.
                data[f"{row.prefix}-DELETE"] = "on"
            elif to_delete or row.has_changed():
                clashes.append(Clash.of_form(row, to_delete=to_delete))
            post_on_top(row, data)
    return clashes


def page(
    admin: GuardedAdmin,
    request: HttpRequest,
    clashes: Sequence[Clash],
    data: QueryDict,
    way_on: WayOn,
) -> TemplateResponse:
    """Answer 409, with all that was posted kept in hidden inputs, at the versions that the editor sees now."""
    gone = all(clash.is_deleted for clash in clashes)
    authors = {step.author_id for clash in clashes for step in clash.steps}
    is_own = authors == {request.user.pk} and not gone
    if is_own and way_on.keep_label == WayOn.keep_label:
        way_on = replace(way_on, save_label="Save these values", keep_label="Keep what is saved")
    context = admin.page_context(
        request,
        title="Deleted while you were editing" if gone else "Changed while you were editing",
        intro=DELETED if gone else CHANGED_ELSEWHERE if is_own else CHANGED,
        clashes=clashes,
        carried=_without(data, NOT_CARRIED),
        reason_form=ReasonForm(initial={"reason": data.get("reason", "")}),
        way_on=way_on,
        is_popup="_popup" in data,
    )
    return TemplateResponse(request, "desk/editing/conflict.html", context, status=409)


def _without(data: QueryDict, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the posted values as pairs, to be carried along in hidden inputs, without these names."""
    left_out = set(names)
    return [(name, value) for name, values in data.lists() if name not in left_out for value in values]
