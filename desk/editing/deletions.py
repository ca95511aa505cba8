"""Deleting one fact on its own page: a bulk action on one row. What else needs the fact is said before."""

from http import HTTPStatus
from typing import Any

from django.contrib.admin.utils import NestedObjects, unquote
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import get_text_list

from frameworks.models import Retirable, Versioned
from frameworks.models.versioned import called

from .bulk_actions import DELETE, BulkActions, ChosenFact


def blocker(fact: Versioned) -> str:
    """Return why the database would not delete the fact, in a sentence; empty when it would."""
    collector = NestedObjects(using=DEFAULT_DB_ALIAS)
    collector.collect([fact])
    counts: dict[type[models.Model], int] = {}
    for protected in set(collector.protected):
        counts[type(protected)] = counts.get(type(protected), 0) + 1
    if not counts:
        return ""
    hanging = [f"{count} {called(model, count)}" for model, count in counts.items()]
    instead = ", or retire it instead" if isinstance(fact, Retirable) and not fact.is_retired else ""
    return f"It is still needed by {get_text_list(hanging, 'and')}. Delete or move them first{instead}."


def view(bulk: BulkActions, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show what would be deleted and ask why; then delete it. Raises PermissionDenied."""
    admin: Any = bulk.admin
    fact = admin.get_object(request, unquote(object_id))
    if not admin.has_delete_permission(request, fact):
        raise PermissionDenied
    if fact is None:
        missing: HttpResponse = admin._get_obj_does_not_exist_redirect(request, admin.opts, object_id)  # noqa: SLF001
        return missing
    keep_url = admin.url_of("change", fact.pk)
    chosen = ChosenFact.posted(request)
    if [row.pk for row in chosen] != [fact.pk]:
        return bulk.page(request, DELETE, [ChosenFact.of(fact)], keep_url=keep_url)
    response = bulk.run(request, DELETE, keep_url=keep_url)
    is_gone = not admin.model._default_manager.filter(pk=chosen[0].pk).exists()
    if is_gone and response.status_code == HTTPStatus.FOUND:
        return HttpResponseRedirect(admin.url_of("changelist"))
    return response
