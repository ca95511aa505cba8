"""Renamed facts: their former names stay theirs, and their history goes along.

A rename is a change like any other: `revisions.save` finds another name in the fact and calls `rename`. The history is
filed under names, and so are links from fact to fact within it. They are the record's addresses, not what it says, and
are rewritten in the same transaction; so every reader of the history (pages, feeds, as-of, undo, seed) finds it whole
and need not know of renames. The alternative, to let each of them look names up, would put the register into every
query over the history. What the fact's own steps say of its name stays: the step of the rename tells both names.
"""

from typing import Any, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from frameworks.models import FormerSlug, ProposedChange, Revision, Versioned, versioned_models
from frameworks.models.schema import schema_of


def has_history(kind: str, slug: str) -> bool:
    """Whether another fact, deleted since, has left its history under the name."""
    return Revision.objects.filter(model=kind, key=slug).exists()


def rename(kind: str, old: str, new: str) -> None:
    """Keeps the old name for the fact, and files its history under the new one."""
    FormerSlug.objects.filter(kind=kind, current=old).update(current=new)
    FormerSlug.objects.update_or_create(kind=kind, slug=old, defaults={"current": new})
    for model in versioned_models().values():
        for table in (Revision, ProposedChange):
            _refile(cast("models.QuerySet[Any]", table._default_manager.all()), model, kind, old, new)


def _refile(steps: "models.QuerySet[Any]", model: type[Versioned], kind: str, old: str, new: str) -> None:
    schema = schema_of(model)
    told = {state: Cast(state, models.TextField()) for state in ("before", "after")}
    naming = Q(key__contains=old) | Q(told_before__contains=f'"{old}"') | Q(told_after__contains=f'"{old}"')
    found = steps.filter(model=model._meta.model_name).alias(
        **{f"told_{state}": text for state, text in told.items()}
    )

    def name(of: str, known: Any) -> Any:
        return new if (of, known) == (kind, old) else known

    for step in found.filter(naming):
        filed = {
            "key": "/".join(schema.renamed_key(step.key.split("/"), name)),
            "before": step.before and schema.renamed(step.before, name),
            "after": step.after and schema.renamed(step.after, name),
        }
        changed = {name: value for name, value in filed.items() if value != getattr(step, name)}
        if changed:
            steps.filter(pk=step.pk).update(**changed)


def key_before(step: Revision) -> str:
    """The name that the fact of a step had before it."""
    model = versioned_models()[step.model]
    if step.before is None or not model.is_renamable:
        return step.key
    return str(step.before[model.key_fields[0]])
