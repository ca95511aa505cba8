"""The record, to be read: nobody writes in it, superusers included."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path

from desk.editing.fields import is_number
from desk.editing.long_lists import DateFilter, LongListAdmin
from frameworks.models import Revision, versioned_models
from frameworks.record import past

from .recent import ChangesetList
from .restoring import RestorePage
from .undoing import ChangesetPages


class KindFilter(admin.SimpleListFilter):
    """Filter by kind of fact. The kinds are those that there are, so that the history is not searched for them."""

    title = "kind of fact"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = versioned_models().items()
        return sorted(
            ((kind, str(model._meta.verbose_name)) for kind, model in kinds), key=lambda kind: kind[1]
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Revision]) -> QuerySet[Revision]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class AuthorFilter(admin.SimpleListFilter):
    """Filter by the account that wrote. What a command or the seed wrote has none, but an origin."""

    title = "author"
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        written = Revision.objects.filter(author=OuterRef("pk"))
        authors = User.objects.filter(Exists(written)).order_by("username")
        return [(str(user.pk), user.get_full_name() or user.get_username()) for user in authors]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Revision]) -> QuerySet[Revision]:
        author = self.value()
        if not author:
            return queryset
        return queryset.filter(author=int(author)) if is_number(author) else queryset.none()


@admin.register(Revision)
class RevisionAdmin(LongListAdmin):
    list_display = ("at", "kind", "key", "action", "version", "author_name", "reason")
    list_display_links = ("at", "key")
    list_filter = (KindFilter, "action", AuthorFilter, "origin", ("at", DateFilter))
    search_fields = ("key", "reason", "author_name")
    search_help_text = "Searches keys, reasons and authors."
    list_per_page = 50
    change_list_template = "desk/versions/revision_list.html"
    change_form_template = "desk/versions/revision.html"
    fields = ("at", "kind", "key", "action", "version", "author_name", "origin", "reason")
    readonly_fields = ("kind",)

    def get_urls(self) -> list[Any]:
        changesets, guarded = ChangesetPages(self), self.admin_site.admin_view
        pages: list[tuple[str, Any, str]] = [
            ("<int:pk>/restore/", RestorePage(self).view, "restore"),
            ("changesets/", ChangesetList(self).view, "changesets"),
            ("changeset/<uuid:changeset>/", changesets.view, "changeset"),
            ("changeset/<uuid:changeset>/undo/", changesets.undo_view, "undo"),
        ]
        return [
            *(path(route, guarded(view), name=f"frameworks_revision_{name}") for route, view, name in pages),
            *super().get_urls(),
        ]

    @admin.display(description="fact")
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
