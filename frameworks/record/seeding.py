"""Plants the fixtures: repeatable, in one transaction, never over what an editor has changed since."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.db import models, transaction

from frameworks.models import RENAMABLE, FormerSlug, Recorded, Revision
from frameworks.models.recorded import key_kinds
from frameworks.roles import create_roles

from . import revisions

Values = dict[str, Any]
"""The fields of an entry, relations as natural keys."""

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

    Returns how many were `created`, `updated`, `unchanged` and `kept` (changed or deleted by an editor since). Raises
    DeserializationError for what is no fact, and whatever `revisions.save` raises.
    """
    with transaction.atomic():
        planting = _Planting(replace(revisions.SEED, changeset=uuid4()))
        for file in files:
            for raw in _read(file):
                planting.take(raw)
        planting.write()
        create_roles()
    return planting.outcome


def _read(file: Path) -> list[Any]:
    try:
        return list(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise DeserializationError(f"{file} is no JSON: {error}") from error


class _Planting:
    """Takes entry after entry. New facts of one model that follow each other are written together.

    Every fact is kept by its key, so that an entry finds what it names without asking the database again.
    """

    def __init__(self, by: revisions.Author) -> None:
        self.by = by
        self.outcome: Counter[str] = Counter()
        self.latest = {
            (revision.model, revision.key): revision
            for revision in Revision.objects.order_by("version").defer("before")
        }
        self.former = FormerSlug.objects.now()
        self.facts: dict[type[Recorded], dict[str, Recorded]] = {}
        self.new: list[revisions.Change] = []

    def take(self, raw: Any) -> None:
        model, values = _parts(raw)
        if self.new and type(self.new[0].fact) is not model:
            self.write()
        change = self._build(model, values)
        self.outcome[self._plant(change) if change else "kept"] += 1

    def write(self) -> None:
        """Writes the new facts that wait."""
        if self.new:
            revisions.save_all(self.new, by=self.by, reason=REASON)
            self.new = []

    def _plant(self, change: revisions.Change) -> str:
        fact, related = change.fact, change.related
        last = self.latest.get((str(fact._meta.model_name), fact.key_text))
        known = self._known(type(fact))
        standing = known.get(fact.key_text)
        if last is None and standing is None:
            known[fact.key_text] = fact
            self.new.append(change)
            return "created"
        if last is None or last.origin != Revision.Origin.SEED or standing is None:
            return "kept"
        fact.pk, fact._state.adding = standing.pk, False
        if last.after == revisions.state(fact, related):
            return "unchanged"
        known[fact.key_text] = fact
        revision = revisions.save(fact, by=self.by, reason=REASON, seen=last.version, related=related)
        return "updated" if revision else "unchanged"

    def _build(self, model: type[Recorded], values: Values) -> revisions.Change | None:
        """What an entry asks for, its many-to-many relations without what an editor has deleted since.

        None where it hangs on a deleted fact by foreign key.
        """
        fact = model()
        related: dict[str, list[Recorded]] = {}
        for name, value in values.items():
            try:
                field = model._meta.get_field(name)
                if field.many_to_many:
                    others = [self._named(field, key) for key in value]
                    related[name] = [other for other in others if other]
                elif field.many_to_one and value is not None:
                    if not (other := self._named(field, value)):
                        return None
                    setattr(fact, name, other)
                elif isinstance(field, models.Field):
                    setattr(fact, name, None if field.is_relation else field.to_python(value))
            except (FieldDoesNotExist, ValidationError, TypeError) as error:
                raise DeserializationError(f"{model._meta.label}, {name}: {error}") from error
        if model._meta.model_name in RENAMABLE:
            # The fixtures go on naming it as they always did.
            name = model.key_fields[0]
            setattr(fact, name, self._today(model, [getattr(fact, name)])[0])
        return revisions.Change(fact, related)

    def _today(self, model: type[Recorded], key: Sequence[Any]) -> list[Any]:
        kinds = key_kinds(model)
        return [self.former.get((kind, part), part) for kind, part in zip(kinds, key, strict=False)]

    def _named(self, field: Any, key: Sequence[Any]) -> Recorded | None:
        """What a field names; None where an editor has deleted it since. Raises DeserializationError."""
        model = field.related_model
        text = "/".join(map(str, self._today(model, key)))
        if found := self._known(model).get(text):
            return found
        if _is_deleted(self.latest.get((model._meta.model_name, text))):
            return None
        raise DeserializationError(
            f"{field.model._meta.label} names {field.name} {key}, which does not exist."
        )

    def _known(self, model: type[Recorded]) -> dict[str, Recorded]:
        if model not in self.facts:
            keys = [name for name in model.key_fields if model._meta.get_field(name).is_relation]
            facts = model._default_manager.select_related(*keys) if keys else model._default_manager.all()
            self.facts[model] = {fact.key_text: fact for fact in facts}
        return self.facts[model]


def _parts(raw: Any) -> tuple[type[Recorded], Values]:
    """The model and the fields of an entry. Raises DeserializationError."""
    try:
        model, values = apps.get_model(raw["model"]), dict(raw["fields"])
    except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        raise DeserializationError(f"{str(raw)[:200]} is no entry of a fixture: {error}") from error
    if not issubclass(model, Recorded):
        raise DeserializationError(f"{raw['model']} is no kind of fact.")
    return model, values


def _is_deleted(last: Revision | None) -> bool:
    return last is not None and last.action == Revision.Action.DELETED
