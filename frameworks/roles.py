"""The two roles of the desk: editors propose, reviewers publish. A small team may hold both."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from .models import Versioned, versioned_models

#: What both roles do besides: read history, proposals and checked links, answer readers.
DESK = ("view_revision", "view_proposal", "view_objection", "change_objection", "view_linkcheck")
PUBLISH = "publish_proposal"
#: What each role may do with facts, of whatever kind, and what besides.
ROLES = {
    "Editors": (("view", "add", "change", "delete"), DESK),
    "Reviewers": (("view",), (*DESK, PUBLISH)),
}


def create_roles() -> None:
    """Both groups with exactly the rights they need: no accounts, and nothing with the history but read it.

    Made again, it changes nothing.
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


def right_to(verb: str, model: type[Versioned]) -> str:
    """The name of a right: `frameworks.change_rating`."""
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def may_publish(user: Any) -> bool:
    """Whether what this user saves stands at once; others propose."""
    return bool(user.has_perm(f"frameworks.{PUBLISH}"))
