"""Define the facts as tables: catalogue, evidence, their revisions, and the desk's own records beside them."""

from .benchmarks import Benchmark, Figure
from .catalogue import CAPABILITY, Criterion, CriterionGroup, Facet, FacetValue, Framework, Relation, Trait
from .desk import Digest, EditorProfile, LinkCheck, Objection, Upload
from .evidence.claims import Claim
from .evidence.disagreements import Disagreement
from .evidence.ratings import Rating
from .evidence.sources import Source
from .evidence.wordings import Wording
from .history import CatalogueState, Recorded, RecordState, Revision, RevisionSubject
from .neighbours import Addition, Component, Tie
from .questions import Answer, Question
from .renaming import FormerSlug
from .review import Proposal, ProposedChange
from .versioned import Retirable, Versioned, renamable_models, versioned_models

__all__ = [
    "CAPABILITY",
    "Addition",
    "Answer",
    "Benchmark",
    "CatalogueState",
    "Claim",
    "Component",
    "Criterion",
    "CriterionGroup",
    "Digest",
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
    "RecordState",
    "Recorded",
    "Relation",
    "Retirable",
    "Revision",
    "RevisionSubject",
    "Source",
    "Tie",
    "Trait",
    "Upload",
    "Versioned",
    "Wording",
    "renamable_models",
    "versioned_models",
]
