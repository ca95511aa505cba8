"""Plants the fixtures: repeatable, in one transaction, never over what an editor has changed since."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from django.contrib.auth.models import Group, Permission
from django.core import serializers
from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import transaction

from . import revisions
from .models import Recorded, Revision

Latest = dict[tuple[str, str], Revision]
"""The newest revision of each fact, by model and key."""

#: In the order of their dependencies; a folder stands for all its files.
FIXTURES = ("catalogue.json", "sources.json", "claims", "traits.json", "ratings", "disagreements.json")
REASON = "Seeded from the source articles."
#: What editors may do: all with the evidence and the verdicts, no accounts, and nothing with the history but read it.
EDITOR_MODELS = (
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


def fixture_files(folder: Path) -> list[Path]:
    """The seed's files in the order in which they must be read. Raises FileNotFoundError where one is missing."""
    files: list[Path] = []
    for name in FIXTURES:
        path = folder / name
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found or not found[0].is_file():
            raise FileNotFoundError(f"{path} is missing from the seed.")
        files += found
    return files


def plant(files: Sequence[Path]) -> Counter[str]:
    """Creates and updates the facts of these fixtures; all of them or, on any error, none.

    Returns how many were `created`, `updated`, `unchanged` and `kept` (changed or deleted by an editor since).
    """
    outcome: Counter[str] = Counter()
    with transaction.atomic():
        latest = {
            (revision.model, revision.key): revision
            for revision in Revision.objects.order_by("version").defer("before")
        }
        for file in files:
            with file.open(encoding="utf-8") as stream:
                for entry in serializers.deserialize("json", stream, handle_forward_references=True):
                    outcome[_plant_one(entry, latest)] += 1
        create_editors_group()
    return outcome


def _plant_one(entry: DeserializedObject, latest: Latest) -> str:
    fact = cast(Recorded, entry.object)
    try:
        related = _related(entry, fact, latest)
    except _Gone:
        return "kept"
    last = latest.get((str(fact._meta.model_name), fact.key_text))
    fact._state.adding = fact.pk is None
    if last is None and fact.pk is None:
        revisions.save(fact, by=revisions.SEED, reason=REASON, related=related)
        return "created"
    if last is None or last.origin != Revision.Origin.SEED or fact.pk is None:
        return "kept"
    if last.after == revisions.state(fact, related):
        return "unchanged"
    revision = revisions.save(fact, by=revisions.SEED, reason=REASON, seen=last.version, related=related)
    return "updated" if revision else "unchanged"


class _Gone(Exception):
    """An editor has deleted what this entry hangs on."""


def _related(entry: DeserializedObject, fact: Recorded, latest: Latest) -> revisions.Related:
    """The many-to-many relations of an entry, without what an editor has deleted since.

    Raises _Gone when a foreign key's target was deleted, DeserializationError for a target that never was.
    """
    related: dict[str, list[Recorded]] = {
        name: list(_model(fact, name)._default_manager.filter(pk__in=keys))
        for name, keys in (entry.m2m_data or {}).items()
    }
    for field, value in (entry.deferred_fields or {}).items():
        model = _model(fact, field.name)
        keys = value if field.many_to_many else [value]
        found = []
        for key in keys:
            try:
                found.append(model._default_manager.get_by_natural_key(*key))  # type: ignore[attr-defined]
            except ObjectDoesNotExist as error:
                last = latest.get((str(model._meta.model_name), "/".join(map(str, key))))
                if last is None or last.action != Revision.Action.DELETED:
                    raise DeserializationError(
                        f"{entry} names {field.name} {key}, which does not exist."
                    ) from error
                if not field.many_to_many:
                    raise _Gone from error
        related[field.name] = found
    return related


def _model(fact: Recorded, name: str) -> type[Recorded]:
    return cast(type[Recorded], fact._meta.get_field(name).related_model)


def create_editors_group() -> Group:
    """The *Editors* group with exactly the rights it needs. Made again, it changes nothing."""
    group, _ = Group.objects.get_or_create(name="Editors")
    wanted = [f"{verb}_{model}" for model in EDITOR_MODELS for verb in ("view", "add", "change", "delete")]
    group.permissions.set(
        Permission.objects.filter(
            content_type__app_label="frameworks", codename__in=[*wanted, "view_revision"]
        )
    )
    return group
