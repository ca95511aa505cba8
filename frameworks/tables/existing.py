"""Fetch what the rows of a file are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from frameworks import backing
from frameworks.cells import derivations
from frameworks.median import Derivation
from frameworks.models import Claim, Criterion, FormerSlug, Rating, Revision, Versioned, Wording
from frameworks.models.schema import Schema, State, schema_of, state_of

from . import values
from .keys import KeyIndex, indexes
from .kinds import KINDS, VERSION, ByKey, Kind
from .sheets import Sheet


@dataclass(frozen=True)
class Existing:
    """What a file is compared with, fetched in a number of queries that does not grow with its rows."""

    facts: dict[str, Versioned]
    states: dict[str, State]
    #: The facts that each relation may name, by column.
    named: dict[str, KeyIndex]
    #: Recorded states by key and version, for rows that are not based on the current version.
    opened: dict[tuple[str, int], State | None] = field(default_factory=dict)
    latest: dict[str, Revision] = field(default_factory=dict)
    #: How many claims each cell has; which cells have a published rating, and whether it states a departure; which
    #: criteria have ratings.
    evidence: backing.CellEvidence = field(default_factory=backing.CellEvidence)
    published: dict[tuple[int, int], bool] = field(default_factory=dict)
    rated: frozenset[int] = frozenset()
    #: What follows from the claims of each cell.
    derived: dict[tuple[int, int], Derivation[int]] = field(default_factory=dict)


def fetch(kind: Kind, sheet: Sheet, facts: dict[str, Versioned], named: dict[str, KeyIndex]) -> Existing:
    """Fetch what else these rows are compared with."""
    rows = keys_and_versions(kind, sheet)
    stale = {
        key for key, version in rows if version and (key not in facts or version != str(facts[key].version))
    }
    steps = list(Revision.objects.filter(model=kind.name, key__in=stale).order_by("version")) if stale else []
    return Existing(
        facts,
        {key: state_of(facts[key]) for key, _ in rows if key in facts},
        named,
        opened={(step.key, step.version): step.after for step in steps},
        latest={step.key: step for step in steps},
        **_evidence(kind.model),  # type: ignore[arg-type]
    )


def fetch_facts(kind: Kind) -> tuple[dict[str, Versioned], dict[str, KeyIndex]]:
    """Fetch all facts of the kind, and those that each of its relations may name."""
    facts = {fact.key_text: fact for fact in kind.facts()}
    by_kind = {other: _by_key(other) for other in kind.schema.relations.values()}
    # The terms of claims are looked up in the tables of readings.
    criteria = [
        fact for by_key in by_kind.values() for fact in by_key.values() if isinstance(fact, Criterion)
    ]
    if issubclass(kind.model, Claim | Wording):
        prefetch_related_objects(criteria, "wordings")
    return facts, indexes({name: by_kind[other] for name, other in kind.schema.relations.items()})


def _by_key(model: type[Versioned]) -> ByKey:
    return {fact.key_text: fact for fact in KINDS[str(model._meta.model_name)].facts()}


def _evidence(model: type[Versioned]) -> dict[str, object]:
    """Fetch what the rules between ratings, claims and criteria need."""
    evidence: dict[str, object] = {}
    if issubclass(model, Rating | Claim):
        evidence["evidence"] = by_cell = backing.evidence_by_cell()
    if issubclass(model, Rating):
        evidence["derived"] = derivations(by_cell.claims)
    if issubclass(model, Claim):
        evidence["published"] = backing.published_cells()
    if issubclass(model, Criterion):
        rated = Rating.objects.order_by().values_list("criterion", flat=True).distinct()
        evidence["rated"] = frozenset(rated)
    return evidence


def keys_and_versions(kind: Kind, sheet: Sheet) -> list[tuple[str, str]]:
    """Return the key and the version in each row; empty for blank rows."""
    places = [sheet.header.index(name) for name in kind.key]
    version = sheet.header.index(VERSION) if VERSION in sheet.header else None
    return [
        (
            "/".join(row[place].strip() for place in places),
            "" if version is None else values.version_of(row[version]),
        )
        if row
        else ("", "")
        for row in sheet.rows
    ]


def by_todays_names(kind: Kind, sheet: Sheet) -> Sheet:
    """Return the table with today's names, so that an export from before a rename can be imported. One query."""
    current = FormerSlug.objects.now()
    if not current:
        return sheet
    named = {name: schema_of(other) for name, other in kind.schema.relations.items()}
    if kind.model.is_renamable:
        named[kind.key[0]] = kind.schema
    schemas = [named.get(name) for name in sheet.header]
    return Sheet(
        sheet.header,
        [
            [*(_today(*cell, current) for cell in zip(row, schemas, strict=False)), *row[len(schemas) :]]
            for row in sheet.rows
        ],
    )


def _today(text: str, schema: Schema | None, current: Mapping[tuple[str, str], str]) -> str:
    if schema is None:
        return text
    words = [
        "/".join(schema.renamed_key(word.split("/"), lambda kind, name: current.get((kind, name), name)))
        for word in text.split()
    ]
    return text if words == text.split() else " ".join(words)
