"""Rebuild the facts as they were at the end of a past day.

They come from the revisions alone, in one query: each fact as its newest revision up to then describes it, not saved,
linked in memory, so that pages show it without further queries.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
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
    Retirable,
    Revision,
    Source,
    Trait,
    Versioned,
    Wording,
)
from frameworks.models.schema import State, schema_of

Fact = TypeVar("Fact", bound=Versioned)
Known = dict[type[Versioned], list[Versioned]]

#: The kinds of facts that comparisons show, in the order of their dependencies.
MODELS: tuple[type[Versioned], ...] = (
    CriterionGroup,
    Criterion,
    Facet,
    FacetValue,
    Framework,
    Source,
    Wording,
    Trait,
    Claim,
    Rating,
)


#: Those of them that can be retired.
RETIRABLE: tuple[type[Retirable], ...] = (Criterion, Framework, Source)


class RecordedFact(NamedTuple):
    """One fact as a revision describes it. `born` numbers the facts in the order in which they were first created."""

    born: int
    model: str
    key: str
    state: State


def at_end_of(day: date) -> Facts:
    """Return the public facts as they were when the day was over, by the portal's clock. One query."""
    return facts_of(RecordedFact(*row) for row in newest_revisions(end_of(day)))


def end_of(day: date) -> datetime:
    """Return the first moment of the next day, by the portal's clock."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


def facts_of(recorded_facts: Iterable[RecordedFact]) -> Facts:
    """Return these recorded facts, linked in memory. Their primary keys are valid only among themselves."""
    known = _linked(recorded_facts)
    _attach(known, Framework, "traits", Trait, by="framework_id", order=_trait_order)
    _attach(known, Facet, "values", FacetValue, by="facet_id", order=_catalogue_order)
    published = (framework for framework in _of(known, Framework) if framework.is_published)
    scored = (criterion for criterion in _of(known, Criterion) if criterion.is_scored)
    current = {fact.pk for kind in RETIRABLE for fact in _of(known, kind) if not fact.is_retired}
    loader = MemoryLoader(
        frameworks=list(published),
        criteria=sorted(scored, key=_criterion_order),
        facets=sorted(_of(known, Facet), key=_catalogue_order),
        pairs=[(trait.framework_id, trait.value_id) for trait in _of(known, Trait)],
        ratings=[
            rating for rating in _of(known, Rating) if rating.is_published and rating.framework.is_published
        ],
        sources=[
            (source.pk, source.short_name, source.kind)
            for source in _of(known, Source)
            if source.pk in current
        ],
        claims=sorted(
            (claim for claim in _of(known, Claim) if _counts(claim, current)),
            key=lambda claim: (claim.source.key, claim.line, claim.pk),
        ),
    )
    return Facts(loader, is_blank=not any(known.values()))


def _counts(claim: Claim, current: Container[int]) -> bool:
    """Return whether nothing that the claim needs in order to count is retired, as `ClaimQuerySet.published` does."""
    is_compared = claim.framework_id is None or claim.framework_id in current
    is_filed = claim.criterion_id in current or claim.joint_criterion_id in current
    return is_compared and is_filed and claim.source_id in current


def newest_revisions(moment: datetime) -> "QuerySet[Revision, Any]":
    """Return the newest revision of each fact from before the moment, without deleted facts, oldest fact first.

    A fact's revisions have primary keys in the order of its versions, because their writer holds a lock on the fact.
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
    """Return the day of the first revision; None where there is none."""
    first = Revision.objects.order_by("at").values_list("at", flat=True).first()
    return timezone.localdate(first) if first else None


def _linked(recorded_facts: Iterable[RecordedFact]) -> Known:
    """Return the facts of each model, in the order of their creation, each linked to those that it names.

    A fact that names a missing one is left out.
    """
    by_model: dict[str, list[RecordedFact]] = defaultdict(list)
    for recorded_fact in recorded_facts:
        by_model[recorded_fact.model].append(recorded_fact)
    known: dict[tuple[Any, str], Versioned] = {}
    facts: Known = {}
    for model in MODELS:
        facts[model] = []
        for recorded_fact in by_model[str(model._meta.model_name)]:
            fact = _rebuilt(model, recorded_fact, known)
            if fact is not None:
                known[model, recorded_fact.key] = fact
                facts[model].append(fact)
    return facts


def _rebuilt(
    model: type[Versioned], recorded_fact: RecordedFact, known: Mapping[tuple[Any, str], Versioned]
) -> Versioned | None:
    """Return the fact as it was recorded. None where a related fact is missing."""
    schema, state = schema_of(model), recorded_fact.state
    if model.is_renamable:
        # Addresses use today's name.
        state = {**state, model.key_fields[0]: recorded_fact.key}
    fact, missing = schema.build_alone(
        state, lambda field, key: known.get((field.related_model, "/".join(map(str, key))))
    )
    fact.pk = recorded_fact.born
    return None if missing else fact


def _of(known: Known, model: type[Fact]) -> list[Fact]:
    return cast(list[Fact], known[model])


def _attach(
    known: Known,
    model: type[Versioned],
    name: str,
    others: type[Fact],
    *,
    by: str,
    order: Callable[[Fact], Any],
) -> None:
    """Attach facts to their owners, in Django's cache of prefetched relations."""
    owned: dict[int, list[Fact]] = defaultdict(list)
    for fact in sorted(_of(known, others), key=order):
        owned[getattr(fact, by)].append(fact)
    for owner in known[model]:
        owner.__dict__["_prefetched_objects_cache"] = {name: owned[owner.pk]}


def _criterion_order(criterion: Criterion) -> tuple[int, int, str]:
    return (criterion.group.position, *_catalogue_order(criterion))


def _catalogue_order(fact: Criterion | Facet | FacetValue) -> tuple[int, str]:
    return (fact.position, fact.name)


def _trait_order(trait: Trait) -> tuple[int, int]:
    return (trait.value.facet.position, trait.value.position)
