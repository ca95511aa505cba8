"""The record, to be read: nobody writes in it, superusers included."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import AllValuesFieldListFilter
from django.http import HttpRequest, HttpResponse

from frameworks.models import Revision
from frameworks.record import past

from .reverts import RevertAdmin


@admin.register(Revision)
class RevisionAdmin(RevertAdmin):
    list_display = ("at", "kind", "key", "action", "version", "author_name", "reason")
    list_display_links = ("at", "key")
    list_filter = (
        ("model", AllValuesFieldListFilter),
        "action",
        ("author_name", AllValuesFieldListFilter),
        "origin",
        "at",
    )
    search_fields = ("key", "reason", "author_name")
    search_help_text = "Searches key, reason and author."
    list_per_page = 50
    change_form_template = "desk/revision.html"
    fields = ("at", "kind", "key", "action", "version", "author_name", "origin", "reason")
    readonly_fields = ("kind",)

    @admin.display(description="fact", ordering="model")
    def kind(self, revision: Revision) -> str:
        model = past.versioned_model(revision.model)
        return str(model._meta.verbose_name) if model else revision.model

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        revision: Any = self.get_object(request, object_id)
        model = past.versioned_model(revision.model) if revision else None
        changes = past.changes(model, revision) if model else []
        return super().change_view(
            request, object_id, form_url, {"changes": changes, "model": model, **(extra_context or {})}
        )
