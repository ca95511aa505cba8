"""The reviewers' desk: what is proposed beside what is there, previewed, published, returned, rejected or withdrawn."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from desk.editing.conflicts import Clash
from desk.editing.fields import Seen, is_number
from desk.editing.guarded import desk_url
from desk.editing.long_lists import DateFilter, LongListAdmin
from desk.editing.offers import public_page, with_page
from desk.editing.refusals import PlainErrors
from desk.guiding import drafts, origins
from frameworks.models import Claim, Proposal, ProposedChange, Rating, Retirable, Revision, Versioned
from frameworks.models.schema import Built, newly_on_retired, state_of
from frameworks.pages.addresses import home
from frameworks.record import past, revisions
from frameworks.roles import may_publish

from . import previews, proposals
from .proposing import RESUMES


class DecisionForm(PlainErrors, forms.Form):
    """What a reviewer says to the author. Needed to return or reject, welcome with a publication."""

    note = forms.CharField(
        label="Note to the author",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Required if you request changes or reject the proposal.",
    )
    decision = forms.ChoiceField(
        choices=[(name, name) for name in ("publish", "return", "reject", "withdraw")],
        widget=forms.HiddenInput,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") in {"return", "reject"} and not cleaned.get("note"):
            self.add_error("note", "Say why, so that the author knows what to change.")
        return cleaned


@dataclass(frozen=True)
class ShownChange:
    """One change of a proposal as a reviewer reads it."""

    change: ProposedChange
    title: str
    kind: str
    #: The fact as it is now, where it exists.
    fact: Versioned | None
    fields: list[past.FieldChange]
    #: The conflict, if there is one: the fact was changed by somebody else since.
    clash: Clash | None
    claims: list[Claim]
    #: What was retired of the fact and of those that it names, in sentences.
    retirements: list[str]

    @property
    def version(self) -> int:
        return self.fact.version if self.fact else 0

    @property
    def before(self) -> Any:
        return self.change.before

    @property
    def after(self) -> Any:
        return self.change.after


def shown_change(change: ProposedChange, *, is_undecided: bool) -> ShownChange:
    model = proposals.model_of(change)
    fact = past.by_name(model, change.key)
    found = past.rebuilt(model, change.after or change.before or {})
    about = fact or (found.fact if found else None)
    claims: list[Claim] = []
    if isinstance(about, Rating):
        claims = list(Claim.objects.behind(about.framework, about.criterion).cited())
    return ShownChange(
        change=change,
        title=str(about) if about else change.key,
        kind=str(model._meta.verbose_name),
        fact=fact,
        fields=past.changes(model, change),
        clash=_clash(change, model, fact) if is_undecided else None,
        claims=claims,
        retirements=_retirements(change, fact, found) if is_undecided else [],
    )


def _retirements(change: ProposedChange, fact: Versioned | None, found: Built | None) -> list[str]:
    """Say what was retired that the proposal is about, and where that keeps it from being published."""
    after = found.fact if found and change.after else None
    in_the_way = [*newly_on_retired(after, change.before, found.related)] if after and found else []
    named = [other for _, other in newly_on_retired(fact, None)] if fact else []
    own = [fact] if isinstance(fact, Retirable) and fact.is_retired else []
    sentences = [f"{other.retirement_note} {STILL_SHOWN}" for other in [*own, *named]]
    return [f"{other.retirement_note} {MUST_BE_CURRENT}" for _, other in in_the_way] or sentences


def _clash(change: ProposedChange, model: type[Versioned], fact: Versioned | None) -> Clash | None:
    if change.seen == (fact.version if fact else None):
        return None
    if fact is None and change.seen is None:
        return None
    known = fact or past.by_name_or_last_known(model, change.key)
    if known is None:
        kind = str(model._meta.verbose_name)
        return Clash(fact=change.key, kind=kind, steps=[], is_deleted=True, differences=[])
    return Clash.between(
        known,
        Seen(change.seen or 0, change.key),
        now=state_of(fact) if fact else None,
        mine=change.after,
        wish="delete it" if change.after is None else "",
    )


@admin.register(Proposal)
class ProposalAdmin(LongListAdmin):
    list_display = ("number", "reason", "author_name", "facts", "created_at", "status", "decided_by")
    list_display_links = ("number", "reason")
    list_filter = ("status", "origin", ("created_at", DateFilter))
    search_fields = ("reason", "author_name", "changes__key")
    search_help_text = "Searches reasons, authors and the keys of facts."
    list_per_page = 50

    @admin.display(description="proposal")
    def number(self, proposal: Proposal) -> str:
        return f"Number {proposal.pk}"

    @admin.display(description="facts")
    def facts(self, proposal: Any) -> str:
        beyond = proposal.change_count - 1
        return f"{proposal.first_key} and {beyond} more" if beyond > 0 else proposal.first_key or "none"

    def get_queryset(self, request: HttpRequest) -> Any:
        # For the page's proposals alone; an import may have proposed thousands of changes.
        changes = ProposedChange.objects.filter(proposal=OuterRef("pk"))
        counted = Subquery(changes.order_by().values("proposal").annotate(count=Count("pk")).values("count"))
        first = Subquery(changes.order_by("position").values("key")[:1])
        return (
            super()
            .get_queryset(request)
            .select_related("decided_by")
            .annotate(change_count=Coalesce(counted, 0), first_key=first)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        def safely(view: Any) -> Any:
            return self.admin_site.admin_view(require_safe(view))

        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<int:pk>/preview/", safely(self.preview_view), name=f"{name}_preview"),
            path("next/", safely(self.next_view), name=f"{name}_next"),
            *super().get_urls(),
        ]

    # One proposal

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        proposal = self._find(request, object_id)
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._decide(request, proposal, form)
        return self._page(request, proposal, form)

    def _find(self, request: HttpRequest, pk: str) -> Proposal:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = Proposal.objects.filter(pk=pk).first() if is_number(pk) else None
        if found is None:
            raise Http404("There is no such proposal.")
        return found

    def _page(
        self, request: HttpRequest, proposal: Proposal, form: DecisionForm, *, status: int = HTTPStatus.OK
    ) -> TemplateResponse:
        changes = [
            shown_change(change, is_undecided=proposal.is_undecided) for change in proposal.changes.all()
        ]
        is_author = proposal.author_id == request.user.pk
        may_resume = is_author and proposal.status != Proposal.Status.PUBLISHED
        may_decide = proposal.is_undecided and may_publish(request.user)
        preview_url, grid_url = self.url_of("preview", proposal.pk), desk_url(Rating, "matrix")
        context = self.page_context(
            request,
            title=f"Proposal {proposal.pk}",
            proposal=proposal,
            changes=changes,
            form=form,
            in_the_way=[one for one in changes if one.clash],
            previews=[
                (label, f"{preview_url}?page={address}")
                for label, address in previews.pages_of(proposal.changes.all())
            ]
            if proposal.is_undecided
            else [],
            report=drafts.report_before(proposal),
            framework=origins.checklist_before(proposal),
            may_decide=may_decide,
            others=Proposal.objects.waiting().exclude(pk=proposal.pk).count() if may_decide else 0,
            next_url=self.url_of("next") + f"?after={proposal.pk}",
            may_withdraw=proposal.is_undecided and is_author,
            form_data=proposal.form_data if may_resume else None,
            resumes=RESUMES,
            grid_url=f"{grid_url}?proposal={proposal.pk}"
            if may_resume and proposal.origin == Revision.Origin.GRID
            else "",
        )
        return TemplateResponse(request, "desk/review/proposal.html", context, status=status)

    # Decisions

    def _decide(self, request: HttpRequest, proposal: Proposal, form: DecisionForm) -> HttpResponse:
        decision, note = form.cleaned_data["decision"], form.cleaned_data["note"]
        by, at = cast(User, request.user), timezone.now()
        if not (proposal.author_id == by.pk if decision == "withdraw" else may_publish(by)):
            raise PermissionDenied
        try:
            if decision == "publish":
                proposals.publish(proposal, by=by, at=at, note=note, over=_over(request))
            else:
                proposals.decide(proposal, DECISIONS[decision], by=by, at=at, note=note)
        except proposals.Taken as taken:
            names = ", ".join(change.key for change in taken.changes)
            messages.error(
                request,
                f"Not published: somebody else has changed {names} since. Both values are shown below.",
            )
        except (proposals.Undecidable, revisions.Refused) as problem:
            same = {"pk": proposal.pk, "status": DECISIONS[decision], "decided_by": by}
            if Proposal.objects.filter(**same).exists():  # the second of two clicks
                messages.info(
                    request, DECIDED_BEFORE.format(SENTENCES[DECISIONS[decision]].format(proposal.pk))
                )
                return HttpResponseRedirect(proposals.page_of(proposal))
            messages.error(request, f"Nothing was changed. {problem}")
        else:
            sentence = SENTENCES[proposal.status].format(proposal.pk)
            # A reviewer goes on with the next one; an author sees what became of theirs.
            following = None if decision == "withdraw" else _next_after(proposal.pk)
            told = with_page(sentence, public_page(proposal.changeset))
            if following:
                told = format_html("{} Below is the next that waits, proposal {}.", told, following.pk)
            messages.success(request, told)
            return HttpResponseRedirect(
                proposals.page_of(following) if following else self.url_of("changelist")
            )
        # As it is now, not as this request wanted it.
        return self._page(request, self._find(request, str(proposal.pk)), form, status=HTTPStatus.CONFLICT)

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Lead to the proposal that waits next after the one named, as in `?after=3`; to the list where none waits."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        after = request.GET.get("after", "")
        following = _next_after(int(after) if is_number(after) else 0)
        return HttpResponseRedirect(proposals.page_of(following) if following else self.url_of("changelist"))

    # Preview

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a public page as it would be with the proposal published."""
        proposal = self._find(request, str(pk))
        address = request.GET.get("page", home())
        try:
            return previews.render(request, proposal, urlsplit(address).path, urlsplit(address).query)
        except proposals.Taken:
            messages.error(
                request, "There is no preview: somebody else has changed facts of this proposal since."
            )
        except (revisions.Refused, Http404, ValueError) as problem:
            messages.error(request, f"There is no such preview. {problem}")
        return HttpResponseRedirect(proposals.page_of(proposal))


STILL_SHOWN = "The change would be seen on its page, but nothing compares it any more."
MUST_BE_CURRENT = (
    "Nothing new is added to it, so this cannot be published unless it is taken back from retirement."
)

#: What a reviewer, or the author, is told to have done.
SENTENCES: dict[str, str] = {
    Proposal.Status.PUBLISHED: "Proposal {} is published.",
    Proposal.Status.RETURNED: "Changes to proposal {} are requested.",
    Proposal.Status.REJECTED: "Proposal {} is rejected.",
    Proposal.Status.WITHDRAWN: "Proposal {} is withdrawn.",
}

DECIDED_BEFORE = "{} You had decided so already, and nothing was done twice."

DECISIONS = {
    "publish": Proposal.Status.PUBLISHED,
    "return": Proposal.Status.RETURNED,
    "reject": Proposal.Status.REJECTED,
    "withdraw": Proposal.Status.WITHDRAWN,
}


def _next_after(pk: int) -> Proposal | None:
    """Return the proposal that waits next, in the order in which they were made; after the last the first."""
    waiting = Proposal.objects.waiting().order_by("pk")
    return waiting.filter(pk__gt=pk).first() or waiting.exclude(pk=pk).first()


def _over(request: HttpRequest) -> dict[str, int]:
    """Return the facts that the reviewer has seen changed: `rating django/performance` by version."""
    found = [
        re.fullmatch(r"([0-9]{1,9}):([a-z]{1,40} [a-z0-9/-]{1,200})", text)
        for text in request.POST.getlist("over")
    ]
    return {match[2]: int(match[1]) for match in found if match}
