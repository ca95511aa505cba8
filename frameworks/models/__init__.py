"""The facts as tables: catalogue, evidence, their revisions, and what the desk keeps beside them."""

from .benchmarks import Benchmark, Figure
from .catalogue import CAPABILITY, Criterion, CriterionGroup, Facet, FacetValue, Framework, Relation, Trait
from .desk import EditorProfile, LinkCheck, Objection, Upload
from .evidence import Claim, Disagreement, Rating, Source
from .history import Revision
from .neighbours import Addition, Component, Tie
from .questions import Answer, Question
from .recorded import Recorded, recorded_models, renamable_models
from .renaming import FormerSlug
from .review import Proposal, ProposedChange

__all__ = [
    "CAPABILITY",
    "Addition",
    "Answer",
    "Benchmark",
    "Claim",
    "Component",
    "Criterion",
    "CriterionGroup",
    "Disagreement",
    "EditorProfile",
    "Facet",
    "FacetValue",
    "Figure",
    "FormerSlug",
    "Framework",
    "LinkCheck",
    "Objection",
    "Proposal",
    "ProposedChange",
    "Question",
    "Rating",
    "Recorded",
    "Relation",
    "Revision",
    "Source",
    "Tie",
    "Trait",
    "Upload",
    "recorded_models",
    "renamable_models",
]
