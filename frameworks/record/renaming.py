"""Rename facts: reserve their former names for them, and move their history to the new name.

A rename is a change like any other: `revisions.save` sees that the fact's name has changed and calls `rename`. The
history is filed under names, and revisions refer to other facts by name. These references are addresses rather than
content, so they are rewritten in the same transaction; every reader of the history (pages, feeds, as-of, undo, seed)
then finds it complete and need not know about renames. The alternative, to let each reader look names up, would put the
register of names into every query over the history. The name inside the fact's own revisions stays as it was: the
revision of the rename shows both.
"""

from typing import Any, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from frameworks.models import (
    FormerSlug,
    ProposedChange,
    Revision,
    RevisionSubject,
    Versioned,
    versioned_models,
)
from frameworks.models.schema import schema_of


def has_history(kind: str, slug: str) -> bool:
    """Return whether the name has a history already, left by a fact that was deleted since."""
    return Revision.objects.filter(model=kind, key=slug).exists()


def rename(kind: str, old: str, new: str) -> None:
    """Reserve the old name for the fact, and file its history under the new one."""
    FormerSlug.objects.filter(kind=kind, current=old).update(current=new)
    FormerSlug.objects.update_or_create(kind=kind, slug=old, defaults={"current": new})
    for model in versioned_models().values():
        for table in (Revision, ProposedChange):
            _refile(cast("models.QuerySet[Any]", table._default_manager.all()), model, kind, old, new)
    RevisionSubject.objects.refile(kind, old)


def _refile(steps: "models.QuerySet[Any]", model: type[Versioned], kind: str, old: str, new: str) -> None:
    schema = schema_of(model)
    of_model = steps.filter(model=model._meta.model_name).alias(
        before_text=Cast("before", models.TextField()), after_text=Cast("after", models.TextField())
    )
    naming = Q(key__contains=old) | Q(before_text__contains=f'"{old}"') | Q(after_text__contains=f'"{old}"')

    def name(of: str, known: Any) -> Any:
        return new if (of, known) == (kind, old) else known

    for step in of_model.filter(naming):
        filed = {
            "key": "/".join(schema.renamed_key(step.key.split("/"), name)),
            "before": step.before and schema.renamed(step.before, name),
            "after": step.after and schema.renamed(step.after, name),
        }
        changed = {name: value for name, value in filed.items() if value != getattr(step, name)}
        if changed:
            steps.filter(pk=step.pk).update(**changed)


def key_before(step: Revision) -> str:
    """Return the key that the fact of a revision had before it."""
    model = versioned_models()[step.model]
    if step.before is None or not model.is_renamable:
        return step.key
    return str(step.before[model.key_fields[0]])
