"""The editors' desk: the stock admin, in which every write is a revision and nobody's edit is lost."""

from django.conf import settings
from django.contrib import admin

from desk.accounts.accounts import AttemptAdmin, GroupAdmin, UserAdmin
from desk.history.history import RevisionAdmin
from desk.kinds.catalogue import (
    CriterionAdmin,
    CriterionGroupAdmin,
    FacetAdmin,
    FacetValueAdmin,
    FrameworkAdmin,
    RelationAdmin,
    TraitAdmin,
)
from desk.kinds.evidence import ClaimAdmin, DisagreementAdmin, RatingAdmin, SourceAdmin
from desk.kinds.judgement import (
    ConditionAdmin,
    NeedAdmin,
    OptionAdmin,
    PromptAdmin,
    RecommendationAdmin,
    RuleAdmin,
    UseCaseAdmin,
    UseCaseWeightAdmin,
)
from desk.kinds.neighbours import (
    AdditionAdmin,
    AnswerAdmin,
    BenchmarkAdmin,
    ComponentAdmin,
    FigureAdmin,
    QuestionAdmin,
    TieAdmin,
)
from desk.queues.link_admin import LinkCheckAdmin
from desk.queues.objections import ObjectionAdmin
from desk.review.proposal_admin import ProposalAdmin

__all__ = [
    "AdditionAdmin",
    "AnswerAdmin",
    "AttemptAdmin",
    "BenchmarkAdmin",
    "ClaimAdmin",
    "ComponentAdmin",
    "ConditionAdmin",
    "CriterionAdmin",
    "CriterionGroupAdmin",
    "DisagreementAdmin",
    "FacetAdmin",
    "FacetValueAdmin",
    "FigureAdmin",
    "FrameworkAdmin",
    "GroupAdmin",
    "LinkCheckAdmin",
    "NeedAdmin",
    "ObjectionAdmin",
    "OptionAdmin",
    "PromptAdmin",
    "ProposalAdmin",
    "QuestionAdmin",
    "RatingAdmin",
    "RecommendationAdmin",
    "RelationAdmin",
    "RevisionAdmin",
    "RuleAdmin",
    "SourceAdmin",
    "TieAdmin",
    "TraitAdmin",
    "UseCaseAdmin",
    "UseCaseWeightAdmin",
    "UserAdmin",
]

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = "The editors’ desk"
admin.site.enable_nav_sidebar = False  # the page's head has the same links, and the lists have the width
