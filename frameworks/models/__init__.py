"""The facts: catalogue, evidence, the history of both; and what the editors' desk keeps beside them."""

from .catalogue import Criterion, CriterionGroup, Facet, FacetValue, Framework, Relation, Trait
from .desk import EditorProfile, LinkCheck, Objection, Upload
from .evidence import Claim, Disagreement, Rating, Source, spread
from .history import Revision
from .recorded import Recorded
from .review import Proposal, ProposedChange

__all__ = [
    "Claim",
    "Criterion",
    "CriterionGroup",
    "Disagreement",
    "EditorProfile",
    "Facet",
    "FacetValue",
    "Framework",
    "LinkCheck",
    "Objection",
    "Proposal",
    "ProposedChange",
    "Rating",
    "Recorded",
    "Relation",
    "Revision",
    "Source",
    "Trait",
    "Upload",
    "spread",
]
