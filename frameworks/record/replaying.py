"""The history replayed from its first step and held against the facts: what is not as it says is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from frameworks.models import Revision, Versioned, versioned_models
from frameworks.models.schema import State, schema_of, state_of


@dataclass(frozen=True)
class ReplayedFact:
    """What became of one fact by its history. `state` is None where it was deleted; `broken` says where it leaps."""

    version: int
    state: State | None
    broken: str = ""


def divergences() -> Iterator[str]:
    """A sentence for each fact that is not what its history makes of it."""
    for model in versioned_models().values():
        told = replayed(model)
        for key, fact, now in standing(model):
            yield from _held_against(
                f"{model._meta.verbose_name} {key}", told.pop(key, None), fact.version, now
            )
        for key, outcome in told.items():
            name = f"{model._meta.verbose_name} {key}"
            if outcome.state is not None:
                yield f"{name} is missing: by its history it stands at version {outcome.version}."
            elif outcome.broken:
                yield f"{name}: {outcome.broken}"


def replayed(model: type[Versioned]) -> dict[str, ReplayedFact]:
    """What the history makes of each fact, by name."""
    steps = Revision.objects.filter(model=model._meta.model_name).order_by("key", "version")
    return {key: _replay(found) for key, found in groupby(steps.iterator(), lambda step: step.key)}


def _replay(steps: Iterator[Revision]) -> ReplayedFact:
    outcome = ReplayedFact(0, None)
    for step in steps:
        broken = outcome.broken
        if step.version != outcome.version + 1:
            broken = broken or f"Its history leaps from version {outcome.version} to {step.version}."
        elif fields := _differing(step.before, outcome.state):
            broken = broken or f"Version {step.version} does not begin where the one before ends: {fields}."
        outcome = ReplayedFact(step.version, step.after, broken)
    return outcome


def standing(model: type[Versioned]) -> Iterator[tuple[str, Versioned, State]]:
    """The facts in the database, in a few queries however many there are."""
    schema = schema_of(model)
    facts = model._default_manager.select_related(*schema.paths).prefetch_related(*schema.many)
    for fact in facts:
        yield fact.key_text, fact, state_of(fact)


def _held_against(name: str, outcome: ReplayedFact | None, version: int, now: State) -> Iterator[str]:
    if outcome is None:
        yield f"{name} is unknown to the history."
    elif outcome.state is None:
        yield f"{name} stands, but was deleted by its history at version {outcome.version}."
    else:
        if fields := _differing(outcome.state, now):
            yield f"{name} differs from its history: {fields}."
        if version != outcome.version:
            yield f"{name} is at version {version}, by its history at {outcome.version}."
        if outcome.broken:
            yield f"{name}: {outcome.broken}"


def _differing(one: State | None, other: State | None) -> str:
    """The fields that both know and that are not the same. A field that was added later is held against nobody."""
    if one is None or other is None:
        return "" if one == other else "there or not"
    return ", ".join(name for name in one if name in other and one[name] != other[name])
