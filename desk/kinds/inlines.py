"""What the pages of facts have in common: form fields that take any input, and rows of facts below another."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.forms import Field
from django.http import HttpRequest

from desk.editing.fields import NumberedSelect, NumberedSelectMultiple, PlainTextarea
from desk.editing.forms import FactForm
from desk.editing.formsets import ROWS_MAX, FactInlineFormSet
from frameworks.models import Versioned
from frameworks.tables.values import largest

if TYPE_CHECKING:
    BaseModelAdmin = admin.options.BaseModelAdmin[Versioned]
    InlineModelAdmin = admin.options.InlineModelAdmin[Versioned, Versioned]
else:
    BaseModelAdmin, InlineModelAdmin = object, admin.options.InlineModelAdmin

STACKED = "admin/edit_inline/stacked.html"
TABULAR = "admin/edit_inline/tabular.html"

RENAMING = (
    "The name in addresses. If you change it, the old name leads to the new one and cannot be used again."
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
        if isinstance(db_field, models.IntegerField):
            # PostgreSQL's limit: SQLite takes larger numbers, or any.
            kwargs.setdefault("max_value", largest(db_field))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_delete_related"):
            # Facts are deleted on their own page, with a reason.
            field.widget.can_delete_related = False
        if field is not None and self.model.is_renamable and [db_field.name] == [*self.model.key_fields]:
            field.help_text = RENAMING
        elif field is not None:
            field.help_text = settings.TOPIC.worded(str(field.help_text))
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


class FactInline(SafeFields, InlineModelAdmin):
    """Rows of facts below another: `seen` must be among their fields."""

    form = FactForm
    formset: Any = FactInlineFormSet
    template = STACKED
    extra = 0
    max_num = ROWS_MAX
    view_on_site = False
    show_change_link = True
    #: The related facts that a row's name is made of: one query instead of one a row.
    named_with: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = cast("models.QuerySet[Any]", super().get_queryset(request))
        return rows.select_related(*self.named_with) if self.named_with else rows

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


class NamedRow(FactForm):
    """A row of which some fields name the fact: set once, then for ever."""

    named_by: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("instance"):
            for name in self.named_by:
                self.fields[name].disabled = True
