"""The facts: catalogue, evidence, and the history of both."""

from .catalogue import Criterion, CriterionGroup, Facet, FacetValue, Framework, Relation, Trait
from .evidence import Claim, Disagreement, Rating, Source, spread
from .history import Revision
from .recorded import Recorded

__all__ = [
    "Claim",
    "Criterion",
    "CriterionGroup",
    "Disagreement",
    "Facet",
    "FacetValue",
    "Framework",
    "Rating",
    "Recorded",
    "Relation",
    "Revision",
    "Source",
    "Trait",
    "spread",
]
