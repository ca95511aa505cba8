"""Actions on several facts at once, deletion among them: shown first, with the versions, then run with a reason."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Self

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone

from frameworks.models import Versioned
from frameworks.models.schema import state_of
from frameworks.models.versioned import called
from frameworks.record import past, revisions
from frameworks.tables.sheets import shortened

from . import conflicts
from .conflicts import Clash, WayOn
from .edit import edit_of
from .fields import Seen, is_number
from .forms import ReasonForm
from .formsets import ROWS_MAX
from .guarded import GuardedAdmin
from .merging import changed_fields, put_on_top
from .offers import public_page, with_page, with_undo
from .refusals import REFUSALS, in_words

#: What shows an editor a fact before deciding, and what says why it cannot be deleted (empty when it can).
Describe = Callable[[Versioned], str]


@dataclass(frozen=True)
class BulkAction:
    """Something to be done to each chosen fact: `apply` changes it, given today's date and the reason.

    Without `apply` it is deleted. `note` says what an editor should know before; `problem` says in a sentence why a
    fact may not be as the action would make it, empty where it may."""

    name: str
    label: str
    done: str
    #: Completes "You wanted to …".
    wish: str
    apply: Callable[[Any, date, str], None] | None = None
    note: str = ""
    problem: Callable[[Any], str] | None = None

    @property
    def permission(self) -> str:
        return "change" if self.apply else "delete"

    def is_allowed(self, admin: GuardedAdmin, request: HttpRequest) -> bool:
        return (admin.has_change_permission if self.apply else admin.has_delete_permission)(request)

    def was_done(self, fact: Versioned | None, today: date, reason: str) -> bool:
        """Return whether somebody else has done it already to the fact as it is now; None for a deleted one."""
        if fact is None or self.apply is None:
            return fact is None and self.apply is None
        wanted = copy(fact)
        self.apply(wanted, today, reason)
        return state_of(wanted) == state_of(fact)


DELETE = BulkAction("delete_selected", "Delete", done="deleted", wish="delete it")


class ChosenFact(NamedTuple):
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

    @classmethod
    def posted(cls, request: HttpRequest) -> list[Self]:
        return [chosen for text in request.POST.getlist("row") if (chosen := cls.parse(text))]

    def __str__(self) -> str:
        return f"{self.pk}:{self.seen}"


@dataclass
class BulkOutcome:
    done: list[Versioned] = field(default_factory=list)
    #: Were so already.
    idle: list[str] = field(default_factory=list)
    #: Why the others were not, in sentences.
    refused: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    #: What is left to be decided, at the versions of now.
    undecided: list[ChosenFact] = field(default_factory=list)


class BulkActions:
    """The actions on the facts of one admin, and the pages that they pass."""

    def __init__(
        self, admin: GuardedAdmin, actions: Sequence[BulkAction], *, summary: Describe, blocker: Describe
    ) -> None:
        self.admin = admin
        self.by_name = {action.name: action for action in actions}
        self.summary = summary
        self.blocker = blocker

    def offered(self, request: HttpRequest) -> dict[str, Any]:
        """Return what Django's list offers: each leads to the page of its action."""
        if IS_POPUP_VAR in request.GET:
            return {}
        return {
            name: (self._opening(action), name, f"{action.label} …")
            for name, action in self.by_name.items()
            if action.is_allowed(self.admin, request)
        }

    def _opening(self, action: BulkAction) -> Callable[..., HttpResponse | None]:
        def open_page(
            admin: GuardedAdmin, request: HttpRequest, queryset: models.QuerySet[Versioned]
        ) -> HttpResponse | None:
            facts = list(queryset[: ROWS_MAX + 1])
            if len(facts) > ROWS_MAX:
                messages.warning(request, f"Select at most {ROWS_MAX} at a time. Nothing was changed.")
                return None
            rows = [ChosenFact.of(fact) for fact in facts]
            return self.page(request, action, rows, keep_url=request.get_full_path())

        return open_page

    def posted(self, request: HttpRequest) -> HttpResponse:
        """Answer the page of an action, sent back to the list. Raises PermissionDenied."""
        name = request.POST.get("action", "")
        if name not in self.offered(request):
            raise PermissionDenied
        return self.run(request, self.by_name[name], keep_url=request.get_full_path())

    def run(self, request: HttpRequest, action: BulkAction, *, keep_url: str) -> HttpResponse:
        """Run the action on the posted rows; ask for the reason if it is missing, and about facts in conflict."""
        rows = ChosenFact.posted(request)[:ROWS_MAX]
        reason_form = ReasonForm(request.POST)
        if not reason_form.is_valid():
            return self.page(request, action, rows, reason_form, keep_url=keep_url)
        outcome = self._write(request, action, rows, reason_form.cleaned_data["reason"], timezone.localdate())
        outcome.refused += self._left_out(request, action)
        self._report(request, action, outcome)
        if not outcome.clashes:
            return HttpResponseRedirect(keep_url)
        data = QueryDict(mutable=True)
        data["action"], data["reason"] = action.name, reason_form.cleaned_data["reason"]
        data.setlist("row", [str(row) for row in outcome.undecided])
        way_on = WayOn(
            action=request.get_full_path(),
            keep_url=keep_url,
            save_name="confirmed",
            save_label=f"{action.label} anyway",
            keep_label="Cancel",
            can_edit=False,
            can_save=bool(outcome.undecided),
        )
        return conflicts.page(self.admin, request, outcome.clashes, data, way_on)

    def _left_out(self, request: HttpRequest, action: BulkAction) -> list[str]:
        """Say of what was posted, but names no fact and version or is too much, that nothing was done to it."""
        texts, kind = request.POST.getlist("row"), self.admin.opts.verbose_name
        sentences = [
            f"“{shortened(text)}” names no {kind} with a version, so it was not {action.done}."
            f" Open the page again."
            for text in texts[:ROWS_MAX]
            if ChosenFact.parse(text) is None
        ]
        if not texts:
            sentences.append(f"Nothing was selected, so nothing was {action.done}.")
        if len(texts) > ROWS_MAX:
            sentences.append(f"At most {ROWS_MAX} at a time: {len(texts) - ROWS_MAX} were not {action.done}.")
        return sentences

    def page(
        self,
        request: HttpRequest,
        action: BulkAction,
        rows: Sequence[ChosenFact],
        reason_form: ReasonForm | None = None,
        *,
        keep_url: str,
    ) -> HttpResponse:
        """Show what is to be done to what, and ask why."""
        facts = self.admin.get_queryset(request).in_bulk([row.pk for row in rows])
        chosen = [
            {
                "row": row,
                "fact": fact,
                "summary": self.summary(fact),
                "blocker": "" if action.apply else self.blocker(fact),
            }
            for row in rows
            if (fact := facts.get(row.pk))
        ]
        subject = f"{len(chosen)} {called(self.admin.model, len(chosen))}"
        context = self.admin.page_context(
            request,
            title=f"{action.label}: {chosen[0]['fact'] if len(chosen) == 1 else subject}",
            action=action,
            chosen=chosen,
            can_go_on=any(not fact["blocker"] for fact in chosen),
            says_more=any(fact["summary"] or fact["blocker"] for fact in chosen),
            reason_form=reason_form or ReasonForm(),
            keep_url=keep_url,
            media=self.admin.media,
        )
        return TemplateResponse(request, "desk/editing/bulk_action.html", context)

    # Writing

    def _write(
        self,
        request: HttpRequest,
        action: BulkAction,
        rows: Sequence[ChosenFact],
        reason: str,
        today: date,
    ) -> BulkOutcome:
        """Run the action on each row, at the version that the editor saw; what cannot be done is said."""
        outcome = BulkOutcome()
        edit_of(request).is_in_parts = True
        facts = self.admin.get_queryset(request).in_bulk([row.pk for row in rows])
        for row in rows:
            fact = facts.get(row.pk)
            if fact is None:
                self._sort_conflict(action, row, today, reason, outcome)
                continue
            name = str(fact)
            try:
                with transaction.atomic():
                    was_done = self._write_one(request, action, row, fact, reason, today)
                if was_done:
                    outcome.done.append(fact)
                else:
                    outcome.idle.append(name)
            except revisions.Conflict:
                self._sort_conflict(action, row, today, reason, outcome)
            except models.ProtectedError:
                outcome.refused.append(f"{name}: {self.blocker(facts[row.pk])}")
            except REFUSALS as error:
                outcome.refused.append(in_words(error, name))
        return outcome

    def _write_one(
        self,
        request: HttpRequest,
        action: BulkAction,
        row: ChosenFact,
        fact: Versioned,
        reason: str,
        today: date,
    ) -> bool:
        by = edit_of(request).by()
        if action.apply:
            action.apply(fact, today, reason)
            if action.problem and (sentence := action.problem(fact)):
                raise revisions.Refused(f"{fact}: {sentence}")
            if revisions.save(fact, by=by, reason=reason, seen=row.seen.version) is None:
                return False
            self.admin.log_change(request, fact, f"{action.label}.")
            return True
        if blocker := self.blocker(fact):
            raise revisions.Refused(f"{fact}: {blocker}")
        self.admin.log_deletions(request, type(fact)._default_manager.filter(pk=fact.pk))
        revisions.delete(fact, by=by, reason=reason, seen=row.seen.version)
        return True

    def _sort_conflict(
        self, action: BulkAction, row: ChosenFact, today: date, reason: str, outcome: BulkOutcome
    ) -> None:
        model = self.admin.model
        current = model._default_manager.filter(pk=row.pk).first()
        if action.was_done(current, today, reason):
            outcome.idle.append(row.seen.key)
            return
        if current is None and past.by_name_or_last_known(model, row.seen.key) is None:
            # Made up, or gone together with what it was about.
            outcome.refused.append(f"There is no longer a {self.admin.opts.verbose_name} {row.seen.key}.")
            return
        outcome.clashes.append(_clash(model, action, row, today, reason))
        if current is not None:
            outcome.undecided.append(ChosenFact.of(current))

    def _report(self, request: HttpRequest, action: BulkAction, outcome: BulkOutcome) -> None:
        if done := len(outcome.done):
            were = "was" if done == 1 else "were"
            sentence = f"{done} {called(self.admin.model, done)} {were} {action.done}."
            if done == 1:
                message = with_page(sentence, self._page_of(request, action, outcome.done[0]))
            else:
                message = with_undo(request, sentence, edit_of(request).changeset)
            messages.success(request, message)
        if idle := len(outcome.idle):
            were = "was" if idle == 1 else "were"
            messages.info(request, f"{idle} {called(self.admin.model, idle)} {were} already {action.done}.")
        for sentence in outcome.refused:
            messages.error(request, sentence)

    def _page_of(self, request: HttpRequest, action: BulkAction, done: Versioned) -> str | None:
        """Return where readers see the fact, or that it is gone."""
        if action.apply:
            return self.admin.get_view_on_site_url(done)
        return public_page(edit_of(request).changeset)


def _clash(model: type[Versioned], action: BulkAction, row: ChosenFact, today: date, reason: str) -> Clash:
    current = model._default_manager.filter(pk=row.pk).first()
    fact = current or past.by_name_or_last_known(model, row.seen.key) or model()
    now = state_of(current) if current else None
    mine = past.state_at(model, row.seen.key, row.seen.version) or now
    if action.apply and current and mine and now:
        action.apply(current, today, reason)
        mine = put_on_top(changed_fields(now, state_of(current)), mine)
    return Clash.between(fact, row.seen, now=now, mine=mine if action.apply else None, wish=action.wish)
