"""The admin of versioned facts: every write goes through the one write path, with the version that was seen."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db import IntegrityError, OperationalError, models
from django.forms import Field, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from desk.imports import TableAdmin
from frameworks.models import Versioned
from frameworks.record import past, revisions
from frameworks.record.revisions import Author

from . import conflicts
from .conflicts import Clash, WayOn
from .forms import (
    ROWS_MAX,
    NumberedSelect,
    NumberedSelectMultiple,
    PlainTextarea,
    ReasonedForm,
    Seen,
    VersionedForm,
    VersionedFormSet,
    VersionedInlineFormSet,
    desk,
    is_number,
)
from .lists import AT_ONCE
from .steps import StepAdmin

if TYPE_CHECKING:
    BaseModelAdmin = admin.options.BaseModelAdmin[Versioned]
    InlineModelAdmin = admin.options.InlineModelAdmin[Versioned, Versioned]
else:
    BaseModelAdmin, InlineModelAdmin = object, admin.options.InlineModelAdmin

HISTORY_PER_PAGE = 50
RENAMING = (
    "The name in addresses. Changed, the old one leads to the new one for ever; nothing else can take it."
)


class SafeFields(BaseModelAdmin):
    """Form fields that take any input, and name related facts without a query for each."""

    formfield_overrides = {
        models.TextField: {"widget": PlainTextarea},
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_delete_related"):
            # Facts are deleted on their own page, with a reason.
            field.widget.can_delete_related = False
        if field is not None and self.model.is_renamable and [db_field.name] == [*self.model.key_fields]:
            field.help_text = RENAMING
        return field

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", NumberedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "models.ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", NumberedSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_field_queryset(
        self, db: str | None, db_field: "models.Field[Any, Any]", request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        model: type[models.Model] = db_field.remote_field.model  # type: ignore[union-attr]
        named_with = getattr(self.admin_site.get_model_admin(model), "named_with", ())
        facts = model._default_manager.all()
        return facts.select_related(*named_with) if named_with else facts


class VersionedInline(SafeFields, InlineModelAdmin):
    """Rows of facts below another: `seen` must be among their fields."""

    form = VersionedForm
    formset: Any = VersionedInlineFormSet
    extra = 0
    max_num = ROWS_MAX
    view_on_site = False
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"absolute_max": ROWS_MAX, **kwargs})

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_view_related"):
            # Adding a source from a row is worth its icon; the rest is one click further.
            field.widget.can_change_related = field.widget.can_view_related = False
        return field


class VersionedAdmin(SafeFields, TableAdmin, StepAdmin):
    form = ReasonedForm
    change_form_template = "desk/change_form.html"
    object_history_template = "desk/object_history.html"
    show_facets = admin.ShowFacets.NEVER
    #: What names a fact in addresses and in its history: set once, then for ever.
    set_once: tuple[str, ...] = ()

    # The form

    def get_form(
        self, request: HttpRequest, obj: Versioned | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Any]]":
        made = super().get_form(request, obj, change, **kwargs)
        made.desk = desk(request)  # type: ignore[attr-defined]
        return made

    def get_fields(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name not in ("seen", "reason")]

    def get_readonly_fields(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        given = super().get_readonly_fields(request, obj)
        return [*given, *self.set_once] if obj else given

    def get_prepopulated_fields(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Prefilled from the address, as in `?framework=3`. What no database could look up is left out."""
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {
            name: value
            for name, value in super().get_changeform_initial_data(request).items()
            if name not in relations or all(map(is_number, value if isinstance(value, list) else [value]))
        }

    def is_public(self, fact: Versioned) -> bool:
        return hasattr(fact, "get_absolute_url")

    def view_on_site(self, fact: Versioned) -> str | None:
        return fact.get_absolute_url() if self.is_public(fact) else None  # type: ignore[attr-defined]

    # Saving

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The stock view, which saves all or nothing; what the write path refuses comes back with nothing lost."""
        if request.method == "POST" and "_edit" in request.POST:
            self.hold(request)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except revisions.Conflict:
            return self.conflict_view(request, object_id)
        except revisions.Refused as refusal:
            desk(request).refusal = str(refusal)
        except models.ProtectedError as error:
            desk(request).refusal = f"{len(error.protected_objects)} other facts would be left without it."
        except (IntegrityError, OperationalError):
            desk(request).refusal = AT_ONCE
        # Once more, to show the form: with a refusal on it, it cannot be saved.
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Versioned | None:
        """The fact of the page. Posted to after it was deleted, it is found by name, in the database or the history."""
        fact: Versioned | None = super().get_object(request, object_id, from_field)
        seen = Seen.parse(request.POST.get("seen"))
        if fact is None and seen and self.has_add_permission(request):
            fact = past.by_name_or_last_known(self.model, seen.key)
        return fact

    def _create_formsets(self, request: HttpRequest, obj: Versioned, change: bool) -> Any:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        desk(request).rows = formsets
        return formsets, inlines

    def save_model(self, request: HttpRequest, obj: Versioned, form: VersionedForm, change: bool) -> None:
        if not change or form.is_deleted or form.has_changed():
            form.write(Author.of(request), form.cleaned_data["reason"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # The many-to-many relations went with the fact, into the same revision.
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by, reason = Author.of(request), form.cleaned_data["reason"]
        formset.write_kept(by, reason)
        formset.write_deleted(by, reason)

    def response_change(self, request: HttpRequest, obj: Versioned) -> HttpResponse:
        # A fact that was deleted and is saved again has a new number: the way on must not lead to the old one.
        request.path = self.url_of("change", obj.pk)
        return super().response_change(request, obj)

    # Conflicts

    def conflict_view(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        """All facts of the page that somebody else saved meanwhile, as each was, is, and should be."""
        fact = self.get_object(request, unquote(object_id)) if object_id else None
        data = request.POST.copy()
        clashes = self._clashes(request, fact, data)
        is_there = fact is not None and fact.pk is not None
        way_on = WayOn(
            action=request.get_full_path(),
            keep_url=self.url_of("change", fact.pk) if fact and is_there else self.url_of("changelist"),
            save_name=next((name for name in ("_continue", "_addanother") if name in data), "_save"),
        )
        return conflicts.page(self, request, clashes, data, way_on)

    def _clashes(self, request: HttpRequest, fact: Versioned | None, data: QueryDict) -> list[Clash]:
        """The facts in conflict. Puts the posted data on top of what stands now, as it goes."""
        form, formsets = self._posted(request, fact)
        clashes = []
        if form.is_stale and (form.has_changed() or form.is_deleted):
            clashes.append(Clash.of_form(form))
        form.put_on_top(data)
        for formset in formsets:
            for row in formset.stale_forms:
                to_delete = formset.is_to_delete(row)
                if row.is_deleted and (to_delete or not row.has_changed()):
                    # Somebody else deleted what this editor left alone, or wanted gone too: so be it.
                    data[f"{row.prefix}-DELETE"] = "on"
                elif to_delete or row.has_changed():
                    clashes.append(Clash.of_form(row, to_delete=to_delete))
                row.put_on_top(data)
        return clashes

    def _posted(
        self, request: HttpRequest, fact: Versioned | None
    ) -> tuple[VersionedForm, list[VersionedFormSet]]:
        made: Any = self.get_form(request, fact, change=fact is not None)
        form = made(request.POST, instance=fact)
        formsets, _ = self._create_formsets(request, form.instance, change=fact is not None)
        for each in (form, *formsets):
            each.is_valid()
        return form, formsets

    # History

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        fact = self.get_object(request, unquote(object_id))
        if fact is None:
            return HttpResponseRedirect(self.url_of("changelist"))
        steps = Paginator(past.history(self.model, fact.key_text), HISTORY_PER_PAGE)
        shown = steps.get_page(request.GET.get("p"))
        context = {
            "title": f"History of {fact}",
            "steps": [(revision, past.changes(self.model, revision)) for revision in shown],
            "shown": shown,
            "can_restore": self.has_change_permission(request, fact),
            **(extra_context or {}),
        }
        return super().history_view(request, object_id, context)
