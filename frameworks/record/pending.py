"""Describe a fact that is to be written, before it is."""

from dataclasses import dataclass
from functools import cached_property

from frameworks import backing
from frameworks.models import Claim, Versioned
from frameworks.models.schema import Related, State, state_of


@dataclass(frozen=True)
class PendingWrite:
    """One of many facts to write at once. `before` is the state at version `seen`; both are None for a new fact.

    `reason` is given where it differs from that for the others.
    """

    fact: Versioned
    related: Related
    seen: int | None = None
    before: State | None = None
    reason: str = ""

    @cached_property
    def after(self) -> State:
        """Return the state to be written."""
        return state_of(self.fact, self.related)

    @cached_property
    def changed(self) -> set[str]:
        """Return the names of the fields that differ from before."""
        before = self.before or {}
        return {name for name, value in self.after.items() if name not in before or before[name] != value}

    @property
    def takes_away(self) -> bool:
        """Return whether the fact is a claim that moves, or is read no longer, and others may take its place."""
        is_claim = self.before is not None and isinstance(self.fact, Claim)
        return is_claim and backing.takes_away(self.before or {}, self.after)
