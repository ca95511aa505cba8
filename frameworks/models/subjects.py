"""Say what a recorded step is about: the facts with an address of their own that it names, and the cells."""

from itertools import product
from typing import Any, NamedTuple

from .schema import State, schema_of
from .versioned import versioned_models

#: The kind of a cell. Its key is that of its rating, whether or not there is one: `django/learning-curve`.
CELL = "rating"


class Subject(NamedTuple):
    """A fact by kind and natural key, as revisions name it."""

    kind: str
    key: str


def subjects_of(kind: str, key: str, before: State | None, after: State | None) -> set[Subject]:
    """Return what a step is about, before it and after it.

    These are the fact itself and the facts that it names, each where facts of its kind have an address of their own;
    and of a rating or a claim the cells that it is or was in. A fact of a kind that no longer exists is about nothing.
    """
    model = versioned_models().get(kind)
    if model is None:
        return set()
    subjects = {Subject(kind, key)} if model.is_renamable or kind == CELL else set()
    schema = schema_of(model)
    for state in filter(None, (before, after)):
        for name, other in schema.relations.items():
            keys = state.get(name) or ()
            if other.is_renamable:
                other_kind = schema_of(other).kind
                subjects |= {
                    Subject(other_kind, _first(named))
                    for named in (keys if name in schema.many else [keys])
                    if named
                }
        if kind == "claim":
            criteria = (state.get(name) for name in ("criterion", "joint_criterion"))
            for framework, criterion in product(
                filter(None, [state.get("framework")]), filter(None, criteria)
            ):
                subjects.add(Subject(CELL, f"{_first(framework)}/{_first(criterion)}"))
    return subjects


def is_draft(before: State | None, after: State | None) -> bool | None:
    """Return whether a fact was published neither before a step nor after it; None for kinds that are always public."""
    flags = [state["is_published"] for state in (before, after) if state and "is_published" in state]
    return not any(flags) if flags else None


def _first(key: Any) -> str:
    """Return the name in the natural key of a fact with an address of its own: its only part."""
    return str(key[0])
