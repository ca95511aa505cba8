"""Load the fixtures in one transaction, repeatably, and never overwrite what an editor has changed since."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from django.apps import apps
from django.core.serializers.base import DeserializationError
from django.db import transaction
from django.db.models import ProtectedError

from frameworks.backing import resting_on
from frameworks.models import (
    Claim,
    FormerSlug,
    Rating,
    Retirable,
    Revision,
    Versioned,
    Wording,
    versioned_models,
)
from frameworks.models.schema import Field, Schema, State, newly_on_retired, schema_of, state_of, target
from frameworks.roles import create_roles

from . import revisions
from .following import EveryCell
from .pending import PendingWrite

REASON = "Loaded from the portal’s files."
PRUNED = "No longer in the fixtures."
#: The kinds of facts that back a published rating.
EVIDENCE = {"claim", "source", "wording"}


def fixture_files(folder: Path) -> list[Path]:
    """Return the seed's files in the order in which they must be read, without those that the folder does not have.

    Each app lists its own in its configuration, as `seed`; a folder means all its files. Raises FileNotFoundError where
    a file is missing that an app lists as `seed_required`.
    """
    files: list[Path] = []
    for name in _names("seed"):
        path = folder / name
        files += sorted(path.glob("*.json")) if path.is_dir() else [path] * path.is_file()
    for name in _names("seed_required"):
        if folder / name not in files:
            raise FileNotFoundError(f"{folder / name} is missing from the fixtures.")
    return files


def _names(attribute: str) -> Iterator[str]:
    return chain.from_iterable(getattr(app, attribute, ()) for app in apps.get_app_configs())


def plant(files: Sequence[Path], *, prune: bool = False) -> Counter[str]:
    """Create and update the facts of these fixtures; all of them or, on any error, none.

    With `prune`, facts that an earlier seed created and these fixtures no longer contain are deleted. Returns how many
    were `created`, `updated`, `unchanged`, `kept` (changed or deleted by an editor since) and `pruned`. Raises
    DeserializationError for an invalid entry, and whatever `revisions.save` raises.
    """
    with transaction.atomic():
        planting = _Planting(replace(revisions.SEED, changeset=uuid4()))
        for file in files:
            for raw in _read(file):
                planting.take(raw)
        planting.write()
        planting.retire()
        if prune:
            planting.prune()
        create_roles()
    return planting.outcome


def _read(file: Path) -> list[Any]:
    try:
        return list(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise DeserializationError(f"{file} is not valid JSON: {error}") from error


class _Planting:
    """Takes entry after entry. Consecutive new facts of one model are written together.

    All facts are held in memory by key, so that the relations of an entry need no further queries.
    """

    def __init__(self, by: revisions.Author) -> None:
        self.by = by
        self.outcome: Counter[str] = Counter()
        self.latest = {
            (revision.model, revision.key): revision
            for revision in Revision.objects.order_by("version").defer("before")
        }
        seed = Revision.Origin.SEED
        edited = Revision.objects.exclude(origin=seed).order_by().values_list("model", "key").distinct()
        #: What anybody else than the seed has ever changed, deleted or created.
        self.edited = set(edited)
        self.former = FormerSlug.objects.now()
        self.facts: dict[type[Versioned], dict[str, Versioned]] = {}
        #: The keys of the entries by kind, in the order of the kinds.
        self.taken: dict[type[Versioned], set[str]] = {}
        self.new: list[PendingWrite] = []
        #: What is new and retired, with the day and the reason.
        self.retiring: list[tuple[Retirable, date, str]] = []

    @cached_property
    def seeded_cells(self) -> EveryCell:
        """Return the cells whose scores the fixtures set: all but those that an editor has rated."""
        ratings = cast(dict[str, Rating], self._known(Rating))
        edited = {ratings[key] for kind, key in self.edited if kind == "rating" and key in ratings}
        return EveryCell(but={(rating.framework_id, rating.criterion_id) for rating in edited})

    def take(self, raw: Any) -> None:
        model, values = _parts(raw)
        if self.new and type(self.new[0].fact) is not model:
            self.write()
        change = self._build(model, values)
        self.outcome[self._plant(change) if change else "kept"] += 1

    def write(self) -> None:
        """Write the new facts that are waiting."""
        if self.new:
            revisions.save_all(self.new, by=self.by, reason=REASON, besides=self.seeded_cells)
            if isinstance(self.new[0].fact, Wording):
                self._follow()
            self.new = []

    def retire(self) -> None:
        """Retire what is new and retired, at the end: its claims and ratings are in the fixtures, too."""
        for fact, day, because in self.retiring:
            fact.retired_on, fact.retired_because = day, because
            revisions.save(fact, by=self.by, reason=REASON, seen=fact.version, besides=self.seeded_cells)

    def prune(self) -> None:
        """Delete what only seeds have written and these fixtures no longer contain, unless another fact needs it."""
        others = [model for model in versioned_models().values() if model not in self.taken]
        for model in reversed([*self.taken, *others]):
            kind, keys = schema_of(model).kind, self.taken.get(model, set())
            gone = [
                fact
                for key, fact in self._known(model).items()
                if key not in keys and (kind, key) in self.latest and (kind, key) not in self.edited
            ]
            self.outcome["pruned"] += sum(map(self._delete, gone))

    def _delete(self, fact: Versioned) -> bool:
        """Delete the fact and return whether that was possible: what an editor has built on it keeps it."""
        seen = self.latest[schema_of(type(fact)).kind, fact.key_text].version
        try:
            with transaction.atomic():
                revisions.delete(fact, by=self.by, reason=PRUNED, seen=seen, besides=self.seeded_cells)
        except (ProtectedError, revisions.Refused):
            return False
        return True

    def _plant(self, change: PendingWrite) -> str:
        fact, related = change.fact, change.related
        self.taken.setdefault(type(fact), set()).add(fact.key_text)
        last = self.latest.get((str(fact._meta.model_name), fact.key_text))
        known = self._known(type(fact))
        current = known.get(fact.key_text)
        if last is None and current is None:
            known[fact.key_text] = fact
            if isinstance(fact, Retirable) and fact.retired_on:
                self.retiring.append((fact, fact.retired_on, fact.retired_because))
                fact.retired_on, fact.retired_because = None, ""
            self.new.append(change)
            return "created"
        if last is None or current is None or (last.model, last.key) in self.edited:
            return "kept"
        fact.pk, fact._state.adding = current.pk, False
        if last.after == state_of(fact, related):
            return "unchanged"
        if isinstance(fact, Claim) and not self._make_way(cast(Claim, current), fact):
            return "kept"
        known[fact.key_text] = fact
        revision = revisions.save(
            fact,
            by=self.by,
            reason=REASON,
            seen=last.version,
            related=related,
            besides=self.seeded_cells,
        )
        if isinstance(fact, Wording):
            self._follow()
        return "updated" if revision else "unchanged"

    def _make_way(self, before: Claim, after: Claim) -> bool:
        """Unpublish the ratings that nothing would back once the claim has changed: their own entries come later.

        Return whether the claim may change: what an editor has built on it keeps it.
        """
        ratings = resting_on(before, after)
        if any(("rating", rating.key_text) in self.edited for rating in ratings):
            return False
        for rating in ratings:
            rating.is_published = False
            revisions.save(rating, by=self.by, reason=REASON, seen=rating.version, besides=self.seeded_cells)
        if ratings:
            self._follow()
        return True

    def _follow(self) -> None:
        """Take note of what has followed from a change: the own entries of these facts may come later."""
        followed = Revision.objects.filter(changeset=self.by.changeset)
        self.latest |= {(revision.model, revision.key): revision for revision in followed.order_by("version")}

    def _build(self, model: type[Versioned], values: State) -> PendingWrite | None:
        """Return the fact of an entry, its many-to-many relations without facts that an editor has deleted since.

        None where a foreign key names a deleted fact, where the entry would be put on something that an editor has
        retired, or where nothing backs a published rating any more.
        """
        schema, label = schema_of(model), model._meta.label
        for name in values:
            if name not in schema.fields:
                raise DeserializationError(f"{label}, {name}: There is no such field.")
        if model.is_renamable:
            # The fixtures may still use a former name.
            name = model.key_fields[0]
            values = {**values, name: self._today(schema, [values.get(name, "")])[0]}
        built = schema.build(values, self._named)
        for field, key in built.missing:
            if key is None:
                raise DeserializationError(f"{label} has no {field.name}.")
            if field.name in schema.columns:
                return None
        if isinstance(built.fact, Rating) and self._is_bare(built.fact):
            return None
        last = self.latest.get((schema.kind, built.fact.key_text))
        if any(newly_on_retired(built.fact, last.after if last else None, built.related)):
            return None
        return PendingWrite(built.fact, built.related)

    def _is_bare(self, rating: Rating) -> bool:
        """Return whether nothing would back a published rating, because editors have retired the sources of all its
        claims, or changed what these read as."""
        if not rating.is_published or EVIDENCE.isdisjoint(kind for kind, _ in self.edited):
            return False
        claims = Claim.objects.behind(rating.framework, rating.criterion)
        return not (claims if rating.departure else claims.filter(reading__isnull=False)).exists()

    def _today(self, schema: Schema, key: Sequence[Any]) -> list[Any]:
        return schema.renamed_key(key, lambda kind, part: self.former.get((kind, part), part))

    def _named(self, field: Field, key: Sequence[Any]) -> Versioned | None:
        """Return the fact that a field names; None where an editor has deleted it since.

        Raises DeserializationError where it never existed.
        """
        schema = schema_of(target(field))
        text = "/".join(map(str, self._today(schema, key)))
        if fact := self._known(schema.model).get(text):
            return fact
        if _is_deleted(self.latest.get((schema.kind, text))):
            return None
        raise DeserializationError(
            f"{field.model._meta.label} names {field.name} {key}, which does not exist."
        )

    def _known(self, model: type[Versioned]) -> dict[str, Versioned]:
        if model not in self.facts:
            keys = schema_of(model).key_paths
            facts = model._default_manager.select_related(*keys) if keys else model._default_manager.all()
            self.facts[model] = {fact.key_text: fact for fact in facts}
        return self.facts[model]


def _parts(raw: Any) -> tuple[type[Versioned], State]:
    """Return the model and the fields of an entry. Raises DeserializationError where it is no entry of a fact."""
    try:
        model, values = apps.get_model(raw["model"]), dict(raw["fields"])
    except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        raise DeserializationError(f"{str(raw)[:200]} is not an entry of a fixture: {error}") from error
    if not issubclass(model, Versioned):
        raise DeserializationError(f"{raw['model']} is not a kind of fact.")
    return model, values


def _is_deleted(last: Revision | None) -> bool:
    return last is not None and last.action == Revision.Action.DELETED
