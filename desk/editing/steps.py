"""Steps taken on several facts at once, and deletions: shown first, with the versions, then taken with a reason."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any, NamedTuple, Self

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import NestedObjects, model_ngettext, unquote
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import get_text_list

from frameworks.models import Versioned
from frameworks.models.schema import state_of
from frameworks.record import past, revisions
from frameworks.record.revisions import Author

from . import conflicts
from .conflicts import Clash, WayOn
from .forms import ROWS_MAX, ReasonForm, Seen, is_number
from .lists import AT_ONCE, ListAdmin


@dataclass(frozen=True)
class Step:
    """Something to be done to each chosen fact: `apply` changes it, given today's date; without it, it is deleted."""

    name: str
    label: str
    done: str
    #: Completes "You wanted to …".
    wish: str
    apply: Callable[[Any, date], None] | None = None

    @property
    def permission(self) -> str:
        return "change" if self.apply else "delete"


DELETE = Step("delete_selected", "Delete", done="deleted", wish="delete it")


class Row(NamedTuple):
    """A chosen fact as the editor saw it. Written `12:3:django/learning-curve`."""

    pk: int
    seen: Seen

    @classmethod
    def of(cls, fact: Versioned) -> Self:
        return cls(fact.pk, Seen.of(fact))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        pk, _, rest = text.partition(":")
        seen = Seen.parse(rest)
        return cls(int(pk), seen) if seen and is_number(pk) else None

    def __str__(self) -> str:
        return f"{self.pk}:{self.seen}"


@dataclass
class Outcome:
    done: list[str] = field(default_factory=list)
    #: Were so already.
    idle: list[str] = field(default_factory=list)
    #: Why the others were not, in sentences.
    refused: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    #: What is left to be decided, at the versions of now.
    open_rows: list[Row] = field(default_factory=list)


class StepAdmin(ListAdmin):
    steps: tuple[Step, ...] = (DELETE,)

    def summary(self, fact: Versioned) -> str:
        """What an editor should see of a fact before deciding."""
        return ""

    def blocker(self, fact: Versioned) -> str:
        """Why the fact cannot be deleted, in a sentence; empty when it can."""
        collector = NestedObjects(using=DEFAULT_DB_ALIAS)
        collector.collect([fact])
        counts: dict[type[models.Model], int] = {}
        for one in set(collector.protected):
            counts[type(one)] = counts.get(type(one), 0) + 1
        if not counts:
            return ""
        hanging = [f"{count} {model_ngettext(model._meta, count)}" for model, count in counts.items()]
        return f"{get_text_list(hanging, 'and')} would be left without it. Delete or move them first."

    # Several at once

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if IS_POPUP_VAR in request.GET:
            return {}
        return {
            step.name: (_opening(step), step.name, f"{step.label} …")
            for step in self.steps
            if (self.has_change_permission if step.apply else self.has_delete_permission)(request)
        }

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and "row" in request.POST:
            step = next((step for step in self.steps if step.name == request.POST.get("action")), None)
            if step is None or step.name not in self.get_actions(request):
                raise PermissionDenied
            return self.step_view(request, step, keep_url=request.get_full_path())
        return super().changelist_view(request, extra_context)

    def step_view(self, request: HttpRequest, step: Step, *, keep_url: str) -> HttpResponse:
        rows = [row for text in request.POST.getlist("row") if (row := Row.parse(text))][:ROWS_MAX]
        reason_form = ReasonForm(request.POST)
        if not reason_form.is_valid():
            return self.step_page(request, step, rows, reason_form, keep_url=keep_url)
        outcome = self.take(request, step, rows, reason_form.cleaned_data["reason"], timezone.localdate())
        self._report(request, step, outcome)
        if not outcome.clashes:
            return HttpResponseRedirect(keep_url)
        data = QueryDict(mutable=True)
        data["action"], data["reason"] = step.name, reason_form.cleaned_data["reason"]
        data.setlist("row", [str(row) for row in outcome.open_rows])
        way_on = WayOn(
            action=request.get_full_path(),
            keep_url=keep_url,
            save_name="confirmed",
            save_label=f"{step.label} all the same",
            keep_label="Leave as it is now",
            can_edit=False,
            can_save=bool(outcome.open_rows),
        )
        return conflicts.page(self, request, outcome.clashes, data, way_on)

    def step_page(
        self,
        request: HttpRequest,
        step: Step,
        rows: Sequence[Row],
        reason_form: ReasonForm | None = None,
        *,
        keep_url: str,
    ) -> HttpResponse:
        """Shows what is to be done to what, and asks why."""
        request.current_app = self.admin_site.name
        facts = self.get_queryset(request).in_bulk([row.pk for row in rows])
        chosen = [
            {"row": row, "fact": fact, "summary": self.summary(fact), "blocker": self._blocked(step, fact)}
            for row in rows
            if (fact := facts.get(row.pk))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label}: {self._subject(chosen)}",
            "opts": self.opts,
            "step": step,
            "chosen": chosen,
            "can_go_on": any(not one["blocker"] for one in chosen),
            "reason_form": reason_form or ReasonForm(),
            "keep_url": keep_url,
            "media": self.media,
        }
        return TemplateResponse(request, "desk/step.html", context)

    def _subject(self, chosen: Sequence[dict[str, Any]]) -> str:
        if len(chosen) == 1:
            return str(chosen[0]["fact"])
        return f"{len(chosen)} {model_ngettext(self.opts, len(chosen))}"

    def _blocked(self, step: Step, fact: Versioned) -> str:
        return "" if step.apply else self.blocker(fact)

    def take(
        self, request: HttpRequest, step: Step, rows: Sequence[Row], reason: str, today: date
    ) -> Outcome:
        """Takes the step on each row, at the version that the editor saw; what cannot be done is told."""
        outcome = Outcome()
        facts = self.get_queryset(request).in_bulk([row.pk for row in rows])
        for row in rows:
            fact = facts.get(row.pk)
            if fact is None:
                self._sort_conflict(step, row, today, outcome)
                continue
            name = str(fact)
            try:
                with transaction.atomic():
                    was_done = self._take_one(request, step, row, fact, reason, today)
                (outcome.done if was_done else outcome.idle).append(name)
            except revisions.Conflict:
                self._sort_conflict(step, row, today, outcome)
            except revisions.Refused as refusal:
                outcome.refused.append(str(refusal))
            except models.ProtectedError:
                outcome.refused.append(f"{name}: {self.blocker(facts[row.pk])}")
            except (IntegrityError, OperationalError):
                outcome.refused.append(f"{name}: {AT_ONCE}")
        return outcome

    def _take_one(
        self, request: HttpRequest, step: Step, row: Row, fact: Versioned, reason: str, today: date
    ) -> bool:
        by = Author.of(request)
        if step.apply:
            step.apply(fact, today)
            if revisions.save(fact, by=by, reason=reason, seen=row.seen.version) is None:
                return False
            self.log_change(request, fact, f"{step.label}.")
            return True
        if blocker := self.blocker(fact):
            raise revisions.Refused(f"{fact}: {blocker}")
        self.log_deletions(request, self.model._default_manager.filter(pk=fact.pk))
        revisions.delete(fact, by=by, reason=reason, seen=row.seen.version)
        return True

    def _sort_conflict(self, step: Step, row: Row, today: date, outcome: Outcome) -> None:
        current = self.model._default_manager.filter(pk=row.pk).first()
        if _is_done(step, current, today):
            outcome.idle.append(row.seen.key)
            return
        if current is None and past.by_name_or_last_known(self.model, row.seen.key) is None:
            # Made up, or gone together with what it was about.
            outcome.refused.append(f"There is no {self.opts.verbose_name} {row.seen.key} any more.")
            return
        outcome.clashes.append(self._clash(step, row, today))
        if current is not None:
            outcome.open_rows.append(Row.of(current))

    def _clash(self, step: Step, row: Row, today: date) -> Clash:
        current = self.model._default_manager.filter(pk=row.pk).first()
        fact = current or past.by_name_or_last_known(self.model, row.seen.key) or self.model()
        now = state_of(current) if current else None
        mine = past.state_at(self.model, row.seen.key, row.seen.version) or now
        if step.apply and current and mine and now:
            step.apply(current, today)
            wanted = state_of(current)
            mine = {**mine, **{name: value for name, value in wanted.items() if value != now[name]}}
        return Clash.between(fact, row.seen, now=now, mine=mine if step.apply else None, wish=step.wish)

    def _report(self, request: HttpRequest, step: Step, outcome: Outcome) -> None:
        if done := len(outcome.done):
            were = "was" if done == 1 else "were"
            messages.success(request, f"{done} {model_ngettext(self.opts, done)} {were} {step.done}.")
        if idle := len(outcome.idle):
            were = "was" if idle == 1 else "were"
            messages.info(request, f"{idle} {model_ngettext(self.opts, idle)} {were} {step.done} already.")
        for sentence in outcome.refused:
            messages.error(request, sentence)

    def delete_model(self, request: HttpRequest, obj: Versioned) -> None:
        raise TypeError(f"{obj} is deleted by a step, with the version that was seen and a reason.")

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Versioned]) -> None:
        raise TypeError("Facts are deleted by a step, with the versions that were seen and a reason.")

    # One alone

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        fact = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, fact):
            raise PermissionDenied
        if fact is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return, attr-defined]
        keep_url = self.url_of("change", fact.pk)
        chosen = [row for text in request.POST.getlist("row") if (row := Row.parse(text))]
        if [row.pk for row in chosen] != [fact.pk]:
            return self.step_page(request, DELETE, [Row.of(fact)], keep_url=keep_url)
        response = self.step_view(request, DELETE, keep_url=keep_url)
        is_gone = not self.model._default_manager.filter(pk=chosen[0].pk).exists()
        if is_gone and response.status_code == HTTPStatus.FOUND:
            return HttpResponseRedirect(self.url_of("changelist"))
        return response


def _is_done(step: Step, fact: Versioned | None, today: date) -> bool:
    """Whether somebody else has done it already."""
    if fact is None or step.apply is None:
        return fact is None and step.apply is None
    wanted = copy(fact)
    step.apply(wanted, today)
    return state_of(wanted) == state_of(fact)


def _opening(
    step: Step,
) -> Callable[[StepAdmin, HttpRequest, models.QuerySet[Versioned]], HttpResponse | None]:
    """The action as Django calls it: opens the page of the step."""

    def open_page(
        admin: StepAdmin, request: HttpRequest, queryset: models.QuerySet[Versioned]
    ) -> HttpResponse | None:
        facts = list(queryset[: ROWS_MAX + 1])
        if len(facts) > ROWS_MAX:
            messages.warning(request, f"Choose at most {ROWS_MAX} at a time. Nothing was changed.")
            return None
        rows = [Row.of(fact) for fact in facts]
        return admin.step_page(request, step, rows, keep_url=request.get_full_path())

    return open_page
