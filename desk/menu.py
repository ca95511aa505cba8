"""What the desk's front page and the head of its pages offer, and in which order."""

from collections.abc import Iterable, Iterator
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.db.models import Model

from comparisons.models import Condition, Need, Option, Prompt, Recommendation, Rule, UseCase, UseCaseWeight
from frameworks.models import (
    Addition,
    Answer,
    Benchmark,
    Claim,
    Component,
    Criterion,
    CriterionGroup,
    Disagreement,
    Facet,
    FacetValue,
    Figure,
    Framework,
    LinkCheck,
    Objection,
    Proposal,
    Question,
    Rating,
    Relation,
    Revision,
    Source,
    Tie,
    Trait,
    Wording,
)

Kind = dict[str, Any]
"""One model as Django's admin lists it for a user."""

#: What editors reach for most, in the head of each page.
AT_HAND: tuple[type[Model], ...] = (
    Rating,
    Claim,
    Framework,
    Criterion,
    Source,
    UseCase,
    Proposal,
    Objection,
    Revision,
)
#: All there is, in parts.
PARTS: dict[str, tuple[type[Model], ...]] = {
    "What is compared": (Framework, Criterion, CriterionGroup, Facet, FacetValue, Trait, Relation),
    "Evidence": (Source, Claim, Wording, Rating, Disagreement, Question, Answer, Benchmark, Figure),
    "Related things": (Component, Tie, Addition),
    "Advice": (UseCase, UseCaseWeight, Need, Recommendation, Rule, Condition, Prompt, Option),
    "The desk": (Proposal, Objection, Revision, LinkCheck),
    "Accounts": (User, Group, AccessAttempt),
}


def at_hand(apps: Iterable[dict[str, Any]]) -> list[Kind]:
    """Return those of the models at hand that this user may look at."""
    kinds = _kinds(apps)
    return [kinds[model] for model in AT_HAND if model in kinds]


def parts(apps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the desk by parts, and whatever has no place in them by app, as Django lists it."""
    kinds = _kinds(apps)
    for name, models in PARTS.items():
        if own := [kinds[model] for model in models if model in kinds]:
            yield {"name": name, "models": own}
    placed = {model for models in PARTS.values() for model in models}
    for app in apps:
        if rest := [kind for kind in app["models"] if kind["model"] not in placed]:
            yield {**app, "models": rest}


def _kinds(apps: Iterable[dict[str, Any]]) -> dict[type[Model], Kind]:
    return {kind["model"]: kind for app in apps for kind in app["models"]}
