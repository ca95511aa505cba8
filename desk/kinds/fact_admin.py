"""The one admin of facts: every write goes through `frameworks.record.revisions`, with the version that was seen.

What it does beyond Django's is in modules of their own, each to be read alone: `editing.list_edits`,
`editing.bulk_actions`, `editing.deletions`, `editing.conflicts`, `tables.pages`, `versions.fact_history`. What one
request carries between Django's hooks is `editing.edit`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern

from desk.editing import conflicts, deletions, list_edits
from desk.editing.bulk_actions import DELETE, BulkAction, BulkActions
from desk.editing.conflicts import WayOn
from desk.editing.edit import (
    CHANGESET,
    NOTHING_CHANGED,
    SAVED_BEFORE,
    Bound,
    SentBefore,
    edit_of,
    saying_what_holds,
)
from desk.editing.fields import Seen, is_number
from desk.editing.forms import FactForm, ListRowForm, PageForm
from desk.editing.formsets import ROWS_MAX, FactListFormSet
from desk.editing.guarded import GuardedAdmin, is_understood
from desk.editing.offers import with_page
from desk.editing.refusals import REFUSALS, in_words
from desk.editing.relevance import most_relevant_first
from desk.guiding.drafts import drafted_from
from desk.guiding.origins import led_back, origin_url
from desk.tables.pages import TablePages
from desk.versions import fact_history
from frameworks.models import ProposedChange, Versioned
from frameworks.record import past, revisions
from frameworks.roles import may_publish

from .inlines import SafeFields

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Versioned]
else:
    ModelAdmin = admin.ModelAdmin


@admin.display(description="claims", ordering="cited")
def claim_count(fact: Any) -> Any:
    """Return how many claims are cited for a fact, for lists whose `annotations` are CITED."""
    return fact.cited


CITED = {"cited": models.Count("claims")}
#: The fields that say most of a fact, in the order in which they are looked for.
SAYING = ("tagline", "paraphrase", "question", "summary", "title", "stance", "text", "value", "note")


class FactAdmin(SafeFields, GuardedAdmin, ModelAdmin):
    form = PageForm
    change_list_template = "desk/editing/fact_list.html"
    change_form_template = "desk/editing/change_form.html"
    object_history_template = "desk/versions/object_history.html"
    show_facets = admin.ShowFacets.NEVER
    #: What names a fact in addresses and in its history: set once, then for ever.
    set_once: tuple[str, ...] = ()
    #: The related fact on whose page readers see this one; empty where it has a page of its own.
    shown_on = ""
    #: What the list counts, by the name of the annotation.
    annotations: Mapping[str, Any] = {}
    bulk_actions: tuple[BulkAction, ...] = (DELETE,)

    def __init__(self, model: type[Versioned], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.bulk = BulkActions(self, self.bulk_actions, summary=self.summary, blocker=self.blocker)
        self.tables = TablePages(self)

    # What a kind of fact may say otherwise

    def is_public(self, fact: Versioned) -> bool:
        """Return whether readers see the fact, if they see what it is about."""
        return True

    def public_url(self, fact: Any) -> str:
        """Return where readers see a fact that they see: on a page of its own, or of the fact that it belongs to."""
        if not self.shown_on:
            return str(fact.get_absolute_url())
        other = getattr(fact, self.shown_on)
        return cast(FactAdmin, self.admin_site.get_model_admin(type(other))).view_on_site(other) or ""

    def summary(self, fact: Versioned) -> str:
        """Return what an editor should see of a fact before deciding, besides its name."""
        texts = (getattr(fact, name, "") for name in SAYING)
        return next((text for text in texts if text and isinstance(text, str) and text != str(fact)), "")

    def blocker(self, fact: Versioned) -> str:
        """Return why the fact cannot be deleted, in a sentence; empty when it can."""
        return deletions.blocker(fact)

    def view_on_site(self, fact: Versioned) -> str | None:
        return self.public_url(fact) or None if self.is_public(fact) else None

    # Pages

    def get_urls(self) -> list[URLPattern]:
        return [*self.tables.urls(), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and "row" in request.POST:
            return self.bulk.posted(request)
        if is_understood(request) and self.list_editable and {"_save", "_edit"} & request.POST.keys():
            response = list_edits.save(self, request)
            if response is not None:
                return response
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse):
            list_edits.pair_rows_with_facts(response, self.annotations.keys())
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer as the stock view, which saves all or nothing; what the write path refuses comes back unharmed."""
        edit = edit_of(request)
        if request.method == "POST" and "_edit" in request.POST:
            edit.hold(request)
        if edit.is_repeated:
            return self.saved_before(request, object_id)
        extra_context = {CHANGESET: edit.changeset, **(extra_context or {})}
        try:
            with saying_what_holds(request):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except SentBefore:
            return self.saved_before(request, object_id)
        except revisions.Conflict:
            return self.conflict_view(request, object_id)
        except REFUSALS as error:
            edit.refuse(in_words(error))
        # Shows the form as it was bound: with the refusal on it, it is not saved.
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any]
    ) -> HttpResponse:
        # Before anything is validated: to the second of two clicks, what the first has saved would be somebody else's.
        if request.method == "POST" and not edit_of(request).refusal:
            edit_of(request).take_turn()
        answer: HttpResponse = super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        return answer

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show also what is proposed about the fact and not decided: to its author, and to reviewers.

        And the problem report that the form was drafted from.
        """
        context["drafted_from"] = drafted_from(request)
        if obj is not None and obj.pk:
            changes = ProposedChange.objects.pending(obj)
            is_reviewer = may_publish(request.user)
            context["pending"] = changes if is_reviewer else changes.filter(proposal__author=request.user.pk)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def saved_before(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        """Say that the form was saved already, and lead on from it as its first answer did."""
        messages.info(request, SAVED_BEFORE)
        stays = object_id is not None and "_continue" in request.POST
        way_back = origin_url(request, str(self.opts.model_name))
        return HttpResponseRedirect(request.path if stays else way_back or self.url_of("changelist"))

    def conflict_view(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        """Show all facts of the page that somebody else saved meanwhile, as each was, is, and should be."""
        edit_of(request).bound = None  # it knows only what was there before
        fact = self.get_object(request, unquote(object_id)) if object_id else None
        made: Any = self.get_form(request, fact, change=fact is not None)
        form = made(request.POST, instance=fact)
        formsets, _ = self._create_formsets(request, form.instance, change=fact is not None)
        for each in (form, *formsets):
            each.is_valid()
        data = request.POST.copy()
        clashes = conflicts.of_page(form, formsets, data)
        is_there = fact is not None and fact.pk is not None
        way_on = WayOn(
            action=request.get_full_path(),
            keep_url=self.url_of("change", fact.pk) if fact and is_there else self.url_of("changelist"),
            save_name=next((name for name in ("_continue", "_addanother") if name in data), "_save"),
        )
        return conflicts.page(self, request, clashes, data, way_on)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return deletions.view(self.bulk, request, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        fact = self.get_object(request, unquote(object_id))
        if fact is None:
            return HttpResponseRedirect(self.url_of("changelist"))
        context = {
            **fact_history.context(fact, request.GET),
            "can_restore": self.has_change_permission(request, fact),
            **(extra_context or {}),
        }
        return super().history_view(request, object_id, context)

    # The list

    @admin.display(description="version", ordering="version")
    def seen(self, fact: Versioned) -> int:
        """Return the version that the editor sees, in lists that are edited: their rows carry it."""
        return fact.version

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        facts = super().get_queryset(request)
        return facts.annotate(**self.annotations) if self.annotations else facts

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term.isascii() or "\0" in search_term:
            return found, may_repeat
        return most_relevant_first(request, found, search_term, self.get_search_fields(request)), may_repeat

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        # Django 6.1 says whether it asks for a list or for a form, which has none here.
        if action_location is not None and action_location.name != "CHANGE_LIST":
            return {}
        return self.bulk.offered(request)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> "type[ModelForm[Any]]":
        return super().get_changelist_form(request, **{"form": ListRowForm, **kwargs})

    def get_changelist_formset(
        self, request: HttpRequest, **kwargs: Any
    ) -> "type[BaseModelFormSet[Any, Any]]":
        edit = edit_of(request)
        if edit.bound is not None:
            return Bound(edit.bound)  # type: ignore[return-value]
        options = {"formset": FactListFormSet, "max_num": ROWS_MAX, "absolute_max": ROWS_MAX}
        made = super().get_changelist_formset(request, **{**options, **kwargs})
        made.edit = edit  # type: ignore[attr-defined]
        return made

    def _get_list_editable_queryset(self, request: HttpRequest, prefix: str) -> models.QuerySet[Versioned]:
        posted = [pk for pk in self._get_edited_object_pks(request, prefix) if is_number(pk)]
        return self.get_queryset(request).filter(pk__in=posted)

    def delete_model(self, request: HttpRequest, obj: Versioned) -> None:
        raise TypeError(f"{obj} is deleted by a bulk action, with the version that was seen and a reason.")

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Versioned]) -> None:
        raise TypeError("Facts are deleted by a bulk action, with the versions that were seen and a reason.")

    # The form

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Versioned | None:
        """Return the fact of the page. Posted to after it was deleted, it is found by name, also in the history."""
        if (bound := edit_of(request).bound) is not None:
            return bound.instance  # type: ignore[no-any-return, union-attr]
        fact: Versioned | None = super().get_object(request, object_id, from_field)
        seen = Seen.parse(request.POST.get("seen"))
        if fact is None and seen and self.has_add_permission(request):
            fact = past.by_name_or_last_known(self.model, seen.key)
        return fact

    def get_form(
        self, request: HttpRequest, obj: Versioned | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Any]]":
        edit = edit_of(request)
        if edit.bound is not None:
            return Bound(edit.bound)  # type: ignore[return-value]
        # The stock admin takes the help of what cannot be changed from the model.
        fields = [self.model._meta.get_field(name) for name in self.set_once]
        words = {field.name: settings.TOPIC.worded(str(getattr(field, "help_text", ""))) for field in fields}
        made = super().get_form(request, obj, change, help_texts=words, **kwargs)
        made.edit = edit  # type: ignore[attr-defined]
        return made

    def _create_formsets(self, request: HttpRequest, obj: Versioned, change: bool) -> Any:
        edit = edit_of(request)
        if edit.bound is None:
            edit.rows, edit.inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        return edit.rows, edit.inlines

    def get_fields(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name not in ("seen", "reason")]

    def get_readonly_fields(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        given = super().get_readonly_fields(request, obj)
        return [*given, *self.set_once] if obj else given

    def get_prepopulated_fields(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Prefill from the address, as in `?framework=3`. Values that no database could look up are left out."""
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {
            name: value
            for name, value in super().get_changeform_initial_data(request).items()
            if name not in relations or all(map(is_number, value if isinstance(value, list) else [value]))
        }

    # Saving

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        edit_of(request).bound = form  # from here on it may be refused
        return super().save_form(request, form, change)

    def save_model(self, request: HttpRequest, obj: Versioned, form: FactForm, change: bool) -> None:
        if not change or form.is_deleted or form.has_changed():
            form.write(edit_of(request).by(), form.cleaned_data["reason"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # The many-to-many relations went with the fact, into the same revision.
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by, reason = edit_of(request).by(), form.cleaned_data["reason"]
        formset.write_deleted(by, reason)  # first, because others may take their names
        formset.write_kept(by, reason)

    def response_add(
        self, request: HttpRequest, obj: Versioned, post_url_continue: str | None = None
    ) -> HttpResponse:
        edit_of(request).public_url = self.view_on_site(obj)
        return self.way_on(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Versioned) -> HttpResponse:
        edit_of(request).public_url = self.view_on_site(obj)
        # A fact that was deleted and is saved again has a new number: the way on must not lead to the old one.
        request.path = self.url_of("change", obj.pk)
        return self.way_on(request, obj, super().response_change(request, obj))

    def way_on(self, request: HttpRequest, fact: Versioned, response: HttpResponse) -> HttpResponse:
        """Return the answer to a form that was saved."""
        return led_back(request, str(self.opts.model_name), response)

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """Say what is so: a form that was saved as it was has changed nothing. Add where readers see the fact."""
        edit = edit_of(request)
        if level == messages.SUCCESS and not edit.has_written:
            message, level = NOTHING_CHANGED, messages.INFO
        elif level == messages.SUCCESS:
            message = with_page(message, edit.public_url)
        super().message_user(request, message, level, *args, **kwargs)
