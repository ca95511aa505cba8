"""What a comparison is built from: the facts of today, or as they stood at the end of a day gone by.

Both answer the same questions. Today's facts come from their tables. Those of a day come from the revisions alone, in
one query: each fact as its newest revision up to then describes it, not saved, linked in memory, so that pages show it
without asking the database again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from frameworks.cells import Cell, Key, by_cell, gather, laid_out, tally
from frameworks.models import (
    Claim,
    Criterion,
    CriterionGroup,
    Facet,
    FacetValue,
    Framework,
    Rating,
    Recorded,
    Revision,
    Source,
    Trait,
)
from frameworks.models.schema import State, schema_of

Fact = TypeVar("Fact", bound=Recorded)

#: What comparisons show, each after what it names.
MODELS: tuple[type[Recorded], ...] = (
    CriterionGroup,
    Criterion,
    Facet,
    FacetValue,
    Framework,
    Source,
    Trait,
    Claim,
    Rating,
)


class Today:
    """The facts as they are, from the database."""

    is_blank = False

    def criteria(self) -> list[Criterion]:
        """The scored ones, in order."""
        return list(Criterion.objects.scored().in_order())

    def facets(self) -> list[Facet]:
        return list(Facet.objects.prefetch_related("values"))

    def frameworks(self, *, with_traits: bool = False) -> list[Framework]:
        """The published ones."""
        published = Framework.objects.published()
        return list(published.with_traits() if with_traits else published)

    def cells(
        self, frameworks: Sequence[Framework], criteria: Sequence[Criterion], *, with_claims: bool = False
    ) -> dict[Key, Cell]:
        return gather(frameworks, criteria, with_claims=with_claims)

    def claims(self, framework: Framework, criterion: Criterion) -> list[Claim]:
        """Those of one cell, in the order in which sources are read."""
        return list(Claim.objects.behind(framework, criterion).cited())


class Recording(NamedTuple):
    """One fact as it was recorded. `born` numbers the facts in the order in which they were first made."""

    born: int
    model: str
    key: str
    state: State


class Past:
    """The facts as they stood, in memory. Their primary keys mean something among themselves only."""

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self._facts = _linked(recordings)
        self._frameworks = sorted(
            (framework for framework in self._of(Framework) if framework.is_published),
            key=lambda framework: framework.name.casefold(),
        )
        self.ratings: dict[Key, Rating] = {
            (rating.framework_id, rating.criterion_id): rating
            for rating in self._of(Rating)
            if rating.is_published
        }
        self._claims = by_cell(
            sorted(self._of(Claim), key=lambda claim: (claim.source.key, claim.line, claim.pk))
        )
        self._tallies = {key: tally(claims) for key, claims in self._claims.items()}
        _attach(self._of(Framework), "traits", self._of(Trait), by="framework_id", order=_trait_order)
        _attach(self._of(Facet), "values", self._of(FacetValue), by="facet_id", order=_catalogue_order)

    @property
    def is_blank(self) -> bool:
        """Nothing at all had been recorded."""
        return not any(self._facts.values())

    def criteria(self) -> list[Criterion]:
        scored = (criterion for criterion in self._of(Criterion) if criterion.is_scored)
        return sorted(scored, key=lambda one: (one.group.position, *_catalogue_order(one)))

    def facets(self) -> list[Facet]:
        return sorted(self._of(Facet), key=_catalogue_order)

    def frameworks(self, *, with_traits: bool = False) -> list[Framework]:
        """Each with its traits, asked for or not: they are at hand."""
        return self._frameworks

    def cells(
        self, frameworks: Sequence[Framework], criteria: Sequence[Criterion], *, with_claims: bool = False
    ) -> dict[Key, Cell]:
        """Each with its claims, asked for or not: they are at hand."""
        return laid_out(frameworks, criteria, self.ratings, self._tallies, self._claims)

    def claims(self, framework: Framework, criterion: Criterion) -> list[Claim]:
        return self._claims.get((framework.pk, criterion.pk), [])

    def _of(self, model: type[Fact]) -> list[Fact]:
        return cast(list[Fact], self._facts[model])


Facts = Today | Past


def at_end_of(day: date) -> Past:
    """The facts as they stood when the day was over, by the portal's clock."""
    return Past(Recording(*row) for row in standing(_end_of(day)))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


def standing(moment: datetime) -> "QuerySet[Revision, Any]":
    """The newest revision of each fact from before the moment, those since deleted left out, oldest fact first.

    A fact's revisions are numbered in the order of its versions: who writes one holds the fact.
    """
    known = Revision.objects.filter(at__lt=moment, model__in=[model._meta.model_name for model in MODELS])
    newest = known.order_by().values("model", "key").annotate(newest=Max("pk")).values("newest")
    first = Revision.objects.filter(model=OuterRef("model"), key=OuterRef("key"), version=1)
    return (
        Revision.objects.filter(pk__in=newest)
        .exclude(action=Revision.Action.DELETED)
        .annotate(born=Coalesce(Subquery(first.values("pk")), "pk"))
        .order_by("born")
        .values_list("born", "model", "key", "after")
    )


def history_begins() -> date | None:
    """The day of the first revision; None where there is none."""
    first = Revision.objects.order_by("at").values_list("at", flat=True).first()
    return timezone.localdate(first) if first else None


def _linked(recordings: Iterable[Recording]) -> dict[type[Recorded], list[Recorded]]:
    """The facts of each model, in the order in which they were made, each linked to those that it names.

    What names a fact that was not there is left out itself.
    """
    recorded: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        recorded[recording.model].append(recording)
    known: dict[tuple[Any, str], Recorded] = {}
    found: dict[type[Recorded], list[Recorded]] = {}
    for model in MODELS:
        found[model] = []
        for recording in recorded[str(model._meta.model_name)]:
            fact = _rebuilt(model, recording, known)
            if fact is not None:
                known[model, recording.key] = fact
                found[model].append(fact)
    return found


def _rebuilt(
    model: type[Recorded], recording: Recording, known: Mapping[tuple[Any, str], Recorded]
) -> Recorded | None:
    """The fact as it was recorded. None when a fact that it names, or must name, was not there."""
    schema, state = schema_of(model), recording.state
    if model.is_renamable:
        # Addresses name it as it is called today.
        state = {**state, model.key_fields[0]: recording.key}
    fact, missing = schema.build_alone(
        state, lambda field, key: known.get((field.related_model, "/".join(map(str, key))))
    )
    fact.pk = recording.born
    return None if missing else fact


def _attach(
    owners: Iterable[Recorded], name: str, facts: Iterable[Fact], *, by: str, order: Callable[[Fact], Any]
) -> None:
    """Hangs facts on those that they belong to, where Django keeps what it has prefetched."""
    owned: dict[int, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=order):
        owned[getattr(fact, by)].append(fact)
    for owner in owners:
        owner.__dict__["_prefetched_objects_cache"] = {name: owned[owner.pk]}


def _catalogue_order(fact: Criterion | Facet | FacetValue) -> tuple[int, str]:
    return (fact.position, fact.name)


def _trait_order(trait: Trait) -> tuple[int, int]:
    return (trait.value.facet.position, trait.value.position)
