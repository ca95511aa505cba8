"""Define the two roles of the desk: editors propose, reviewers publish. Members of a small team may have both."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from .models import Versioned, versioned_models

#: What both roles may also do: read history, proposals and checked links, and answer readers.
DESK = ("view_revision", "view_proposal", "view_objection", "change_objection", "view_linkcheck")
PUBLISH = "publish_proposal"
#: What each role may do with facts of every kind, and what else it may do.
ROLES = {
    "Editors": (("view", "add", "change", "delete"), DESK),
    "Reviewers": (("view",), (*DESK, PUBLISH)),
}


def create_roles() -> None:
    """Create both groups with exactly the permissions they need: no accounts, and the history for reading only.

    Idempotent.
    """
    for name, (verbs, besides) in ROLES.items():
        wanted = Q(content_type__app_label="frameworks", codename__in=besides)
        for fact, model in versioned_models().items():
            wanted |= Q(
                content_type__app_label=model._meta.app_label,
                codename__in=[f"{verb}_{fact}" for verb in verbs],
            )
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(wanted))
    # Migrations have named them after the model, and not as the topic does.
    for permission in Permission.objects.filter(content_type__model="framework"):
        if permission.name != (name := settings.TOPIC.worded(permission.name)):
            Permission.objects.filter(pk=permission.pk).update(name=name)


def right_to(verb: str, model: type[Versioned]) -> str:
    """Return the name of a permission: `frameworks.change_rating`."""
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def may_publish(user: Any) -> bool:
    """Return whether this user's changes are published at once; those of others become proposals."""
    return bool(user.has_perm(f"frameworks.{PUBLISH}"))
