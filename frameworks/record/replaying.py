"""Replay the history from its first revision, compare the outcome with the facts, and report what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from frameworks.models import Revision, Versioned, versioned_models
from frameworks.models.schema import State, schema_of, state_of


@dataclass(frozen=True)
class ReplayedFact:
    """The outcome of one fact's history. `state` is None where it was deleted; `broken` says where the history has a
    gap."""

    version: int
    state: State | None
    broken: str = ""


def divergences() -> Iterator[str]:
    """Yield a sentence for each fact that differs from the outcome of its history, or whose history has a gap."""
    for model in versioned_models().values():
        outcomes = replayed(model)
        for key, fact, now in current_states(model):
            yield from _compared(
                f"{model._meta.verbose_name} {key}", outcomes.pop(key, None), fact.version, now
            )
        for key, outcome in outcomes.items():
            name = f"{model._meta.verbose_name} {key}"
            if outcome.state is not None:
                yield f"{name} is missing: its history says that it is at version {outcome.version}."
            elif outcome.broken:
                yield f"{name}: {outcome.broken}"


def replayed(model: type[Versioned]) -> dict[str, ReplayedFact]:
    """Return the outcome of each fact's history, by key."""
    steps = Revision.objects.filter(model=model._meta.model_name).order_by("key", "version")
    return {key: _replay(revisions) for key, revisions in groupby(steps.iterator(), lambda step: step.key)}


def _replay(steps: Iterator[Revision]) -> ReplayedFact:
    outcome = ReplayedFact(0, None)
    for step in steps:
        broken = outcome.broken
        if step.version != outcome.version + 1:
            broken = broken or f"Its history jumps from version {outcome.version} to {step.version}."
        elif fields := _differing(step.before, outcome.state):
            broken = (
                broken or f"Version {step.version} does not begin where the version before it ends: {fields}."
            )
        outcome = ReplayedFact(step.version, step.after, broken)
    return outcome


def current_states(model: type[Versioned]) -> Iterator[tuple[str, Versioned, State]]:
    """Yield the facts in the database with key and state, in a few queries however many there are."""
    schema = schema_of(model)
    facts = model._default_manager.prefetch_related(*schema.many)
    for fact in facts.select_related(*schema.paths) if schema.paths else facts:
        yield fact.key_text, fact, state_of(fact)


def _compared(name: str, outcome: ReplayedFact | None, version: int, now: State) -> Iterator[str]:
    if outcome is None:
        yield f"{name} is not in the history."
    elif outcome.state is None:
        yield f"{name} exists, but its history says that it was deleted at version {outcome.version}."
    else:
        if fields := _differing(outcome.state, now):
            yield f"{name} differs from its history: {fields}."
        if version != outcome.version:
            yield f"{name} is at version {version}, but its history says {outcome.version}."
        if outcome.broken:
            yield f"{name}: {outcome.broken}"


def _differing(recorded: State | None, other: State | None) -> str:
    """Return the names of the fields that differ between two states.

    A field that only one state has is ignored: it was added to the model, or removed, in between.
    """
    if recorded is None or other is None:
        return "" if recorded == other else "there or not"
    return ", ".join(name for name in recorded if name in other and recorded[name] != other[name])
