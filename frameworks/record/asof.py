"""The facts as they stood at the end of a day gone by.

They come from the revisions alone, in one query: each fact as its newest revision up to then describes it, not saved,
linked in memory, so that pages show it without asking the database again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from frameworks.facts import Facts, MemoryLoader
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
Known = dict[type[Recorded], list[Recorded]]

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


class Recording(NamedTuple):
    """One fact as it was recorded. `born` numbers the facts in the order in which they were first made."""

    born: int
    model: str
    key: str
    state: State


def at_end_of(day: date) -> Facts:
    """The facts as they stood when the day was over."""
    return facts_of(Recording(*row) for row in standing(end_of(day)))


def end_of(day: date) -> datetime:
    """The moment at which a day is over, by the portal's clock: the first of the next."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


def facts_of(recordings: Iterable[Recording]) -> Facts:
    """The facts that these recordings describe, in memory. Their primary keys mean something among themselves only."""
    known = _linked(recordings)
    _attach(known, Framework, "traits", Trait, by="framework_id", order=_trait_order)
    _attach(known, Facet, "values", FacetValue, by="facet_id", order=_catalogue_order)
    published = (framework for framework in _of(known, Framework) if framework.is_published)
    scored = (criterion for criterion in _of(known, Criterion) if criterion.is_scored)
    loader = MemoryLoader(
        frameworks=sorted(published, key=lambda framework: framework.name.casefold()),
        criteria=sorted(scored, key=lambda one: (one.group.position, *_catalogue_order(one))),
        facets=sorted(_of(known, Facet), key=_catalogue_order),
        ratings=[
            rating for rating in _of(known, Rating) if rating.is_published and rating.framework.is_published
        ],
        claims=sorted(_of(known, Claim), key=lambda claim: (claim.source.key, claim.line, claim.pk)),
    )
    return Facts(loader, is_blank=not any(known.values()))


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


def _linked(recordings: Iterable[Recording]) -> Known:
    """The facts of each model, in the order in which they were made, each linked to those that it names.

    What names a fact that was not there is left out itself.
    """
    recorded: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        recorded[recording.model].append(recording)
    known: dict[tuple[Any, str], Recorded] = {}
    found: Known = {}
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


def _of(known: Known, model: type[Fact]) -> list[Fact]:
    return cast(list[Fact], known[model])


def _attach(
    known: Known,
    model: type[Recorded],
    name: str,
    others: type[Fact],
    *,
    by: str,
    order: Callable[[Fact], Any],
) -> None:
    """Hangs facts on those that they belong to, where Django keeps what it has prefetched."""
    owned: dict[int, list[Fact]] = defaultdict(list)
    for fact in sorted(_of(known, others), key=order):
        owned[getattr(fact, by)].append(fact)
    for owner in known[model]:
        owner.__dict__["_prefetched_objects_cache"] = {name: owned[owner.pk]}


def _catalogue_order(fact: Criterion | Facet | FacetValue) -> tuple[int, str]:
    return (fact.position, fact.name)


def _trait_order(trait: Trait) -> tuple[int, int]:
    return (trait.value.facet.position, trait.value.position)
