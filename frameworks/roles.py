"""The two roles of the desk: editors propose, reviewers publish. A small team may hold both."""

from typing import Any

from django.contrib.auth.models import Group, Permission

#: The facts: what editors work on.
FACTS = (
    "claim",
    "criterion",
    "criteriongroup",
    "disagreement",
    "facet",
    "facetvalue",
    "framework",
    "rating",
    "relation",
    "source",
    "trait",
)
#: What both roles do besides: read history, proposals and checked links, answer readers.
DESK = ("view_revision", "view_proposal", "view_objection", "change_objection", "view_linkcheck")
PUBLISH = "publish_proposal"
ROLES = {
    "Editors": (*(f"{verb}_{fact}" for fact in FACTS for verb in ("view", "add", "change", "delete")), *DESK),
    "Reviewers": (*(f"view_{fact}" for fact in FACTS), *DESK, PUBLISH),
}


def create_roles() -> None:
    """Both groups with exactly the rights they need: no accounts, and nothing with the history but read it.

    Made again, it changes nothing.
    """
    for name, rights in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(
            Permission.objects.filter(content_type__app_label="frameworks", codename__in=rights)
        )


def may_publish(user: Any) -> bool:
    """Whether what this user saves stands at once; others propose."""
    return bool(user.has_perm(f"frameworks.{PUBLISH}"))
