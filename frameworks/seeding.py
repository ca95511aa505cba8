"""Plants the fixtures: repeatable, in one transaction, never over what an editor has changed since."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import transaction

from . import revisions
from .models import Recorded, Revision
from .roles import create_roles

Latest = dict[tuple[str, str], Revision]
"""The newest revision of each fact, by model and key."""

#: In the order of their dependencies; a folder stands for all its files.
FIXTURES = (
    "catalogue.json",
    "sources.json",
    "claims",
    "traits.json",
    "ratings",
    "disagreements.json",
    "components.json",
    "questions.json",
    "benchmarks",
    "use-cases.json",
    "rules.json",
)
REASON = "Seeded from the fixtures."


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
    by = replace(revisions.SEED, changeset=uuid4())
    with transaction.atomic():
        latest = {
            (revision.model, revision.key): revision
            for revision in Revision.objects.order_by("version").defer("before")
        }
        for file in files:
            for raw in _read(file):
                if _hangs_on_deleted(raw, latest):
                    outcome["kept"] += 1
                    continue
                for entry in serializers.deserialize(
                    "json", json.dumps([raw]), handle_forward_references=True
                ):
                    outcome[_plant_one(entry, latest, by)] += 1
        create_roles()
    return outcome


def _read(file: Path) -> list[Any]:
    try:
        return list(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise DeserializationError(f"{file} is no JSON: {error}") from error


def _hangs_on_deleted(raw: Any, latest: Latest) -> bool:
    """Whether an entry names, by foreign key, what an editor has deleted since. What is no entry at all does not."""
    try:
        model, values = apps.get_model(raw["model"]), raw["fields"]
        keys = {
            (field.related_model._meta.model_name, "/".join(map(str, values[field.name])))
            for field in model._meta.concrete_fields
            if field.related_model and values.get(field.name)
        }
    except (AttributeError, KeyError, LookupError, TypeError):
        return False
    return any(_is_deleted(latest.get(key)) for key in keys)


def _is_deleted(last: Revision | None) -> bool:
    return last is not None and last.action == Revision.Action.DELETED


def _plant_one(entry: DeserializedObject, latest: Latest, by: revisions.Author) -> str:
    fact = cast(Recorded, entry.object)
    related = _related(entry, fact, latest)
    last = latest.get((str(fact._meta.model_name), fact.key_text))
    fact._state.adding = fact.pk is None
    if last is None and fact.pk is None:
        revisions.save(fact, by=by, reason=REASON, related=related)
        return "created"
    if last is None or last.origin != Revision.Origin.SEED or fact.pk is None:
        return "kept"
    if last.after == revisions.state(fact, related):
        return "unchanged"
    revision = revisions.save(fact, by=by, reason=REASON, seen=last.version, related=related)
    return "updated" if revision else "unchanged"


def _related(entry: DeserializedObject, fact: Recorded, latest: Latest) -> revisions.Related:
    """The many-to-many relations of an entry, without what an editor has deleted since.

    Raises DeserializationError for a target that never was.
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
                if not _is_deleted(latest.get((str(model._meta.model_name), "/".join(map(str, key))))):
                    raise DeserializationError(
                        f"{fact._meta.label} names {field.name} {key}, which does not exist."
                    ) from error
        related[field.name] = found
    return related


def _model(fact: Recorded, name: str) -> type[Recorded]:
    return cast(type[Recorded], fact._meta.get_field(name).related_model)
