"""Sort a framework's capabilities, additions and neighbouring tools for reading. No queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from frameworks.models import Addition, Component, FacetValue, Framework, Tie, Trait


@dataclass(frozen=True, slots=True)
class Provision:
    """How a framework provides a capability: built in, by an addition, or unnamed. Several additions are alternatives.

    With both a trait and additions, one source calls it built in and another names an addition all the same.
    """

    capability: FacetValue
    trait: Trait | None = None
    additions: tuple[Addition, ...] = ()

    @property
    def state(self) -> str:
        if self.trait:
            return "built-in"
        return "to-add" if self.additions else "unnamed"

    @property
    def shared_note(self) -> str:
        """Return the note that all additions share, to be shown once; empty where their notes differ."""
        notes = {addition.note for addition in self.additions}
        return notes.pop() if len(notes) == 1 else ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A component with the frameworks that it is tied to."""

    component: Component

    @property
    def ties(self) -> list[tuple[str, list[Framework]]]:
        """Return the frameworks that it is tied to, by kind of tie: `("extends", [Flask])`."""
        all_ties = self.component.ties.all()
        return [
            (words.listed, frameworks)
            for kind, words in settings.TOPIC.tie_kinds.items()
            if (frameworks := [tie.framework for tie in all_ties if tie.kind == kind])
        ]


def provisions(framework: Framework, capabilities: Iterable[FacetValue]) -> list[Provision]:
    """Return a provision for each capability, in the same order. Costs no query after `with_provisions()`."""
    traits = {trait.value_id: trait for trait in framework.traits.all()}
    additions = defaultdict(list)
    for addition in framework.additions.all():
        if addition.component.is_retired:
            continue
        additions[addition.capability_id].append(addition)
    return [
        Provision(capability, traits.get(capability.pk), tuple(additions[capability.pk]))
        for capability in capabilities
    ]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """A framework's capabilities, those that no source mentions in `unnamed`, and its ties by kind."""

    provisions: list[Provision]
    unnamed: list[FacetValue]
    ties: list[tuple[str, list[Tie]]]


def of_framework(
    framework: Framework, capabilities: Sequence[FacetValue], ties: Sequence[Tie]
) -> Surroundings:
    """Build the surroundings of one framework; kinds without a tie are left out."""
    all_provisions = provisions(framework, capabilities)
    return Surroundings(
        provisions=[provision for provision in all_provisions if provision.state != "unnamed"],
        unnamed=[provision.capability for provision in all_provisions if provision.state == "unnamed"],
        ties=[
            (words.heading, [tie for tie in ties if tie.kind == kind])
            for kind, words in settings.TOPIC.tie_kinds.items()
            if any(tie.kind == kind for tie in ties)
        ],
    )


def by_kind(components: Sequence[Component]) -> list[tuple[str, list[Neighbour]]]:
    """Return components by kind, without empty kinds. Costs no query with ties and their frameworks prefetched."""
    return [
        (name, [Neighbour(component) for component in components if component.kind == kind])
        for kind, name in settings.TOPIC.component_kinds.items()
        if any(component.kind == kind for component in components)
    ]
