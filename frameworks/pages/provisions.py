"""What a framework brings along, what can be added to it, what stands around it, sorted for reading. No queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frameworks.models import Addition, Component, FacetValue, Framework, Tie, Trait

from .page import PagePart

#: How each kind of tie reads from either end, in the order in which a page lists them.
FROM_FRAMEWORK = {
    Tie.Kind.BUILT_ON: "Built on",
    Tie.Kind.PART_OF: "Comes with",
    Tie.Kind.EXTENDS: "Extended by",
    Tie.Kind.WORKS_WITH: "Works with",
    Tie.Kind.SUPPORTS: "Supports",
}
FROM_COMPONENT = {
    Tie.Kind.BUILT_ON: "base of",
    Tie.Kind.PART_OF: "part of",
    Tie.Kind.EXTENDS: "extends",
    Tie.Kind.WORKS_WITH: "works with",
    Tie.Kind.SUPPORTS: "supported by",
}


@dataclass(frozen=True, slots=True)
class Provision:
    """How one framework comes by one capability. Several additions are ways to choose from.

    With a trait and additions, one source calls it built in and one names what is added all the same.
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
        """The doubt that all additions share, to be said once; empty where each has its own."""
        notes = {addition.note for addition in self.additions}
        return notes.pop() if len(notes) == 1 else ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    component: Component

    @property
    def stands(self) -> list[tuple[str, list[Framework]]]:
        """How it stands to which frameworks: `("extends", [Flask])`."""
        ties = self.component.ties.all()
        return [
            (words, found)
            for kind, words in FROM_COMPONENT.items()
            if (found := [tie.framework for tie in ties if tie.kind == kind])
        ]


def provisions(framework: Framework, capabilities: Iterable[FacetValue]) -> list[Provision]:
    """One for each capability. Costs no query after `with_provisions()`."""
    traits = {trait.value_id: trait for trait in framework.traits.all()}
    additions = defaultdict(list)
    for addition in framework.additions.all():
        additions[addition.capability_id].append(addition)
    return [
        Provision(capability, traits.get(capability.pk), tuple(additions[capability.pk]))
        for capability in capabilities
    ]


@dataclass(frozen=True, kw_only=True)
class Surroundings(PagePart):
    """Of one framework: capabilities with and without a word of a source, ties by kind."""

    provisions: list[Provision]
    unnamed: list[FacetValue]
    ties: list[tuple[str, list[Tie]]]


def of_framework(
    framework: Framework, capabilities: Sequence[FacetValue], ties: Sequence[Tie]
) -> Surroundings:
    found = provisions(framework, capabilities)
    return Surroundings(
        provisions=[provision for provision in found if provision.state != "unnamed"],
        unnamed=[provision.capability for provision in found if provision.state == "unnamed"],
        ties=[
            (words, [tie for tie in ties if tie.kind == kind])
            for kind, words in FROM_FRAMEWORK.items()
            if any(tie.kind == kind for tie in ties)
        ],
    )


def by_kind(components: Sequence[Component]) -> list[tuple[str, list[Neighbour]]]:
    """Components by what they are for. Costs no query once their ties are prefetched, with the frameworks."""
    return [
        (kind.label, [Neighbour(one) for one in components if one.kind == kind])
        for kind in Component.Kind
        if any(one.kind == kind for one in components)
    ]
