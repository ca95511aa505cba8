"""What the API returns, one class for each kind of response. OpenAPI's schemas are made of these.

Everything is named by its slug or key. `page` is the page that shows the same; `version` counts the changes of a fact.
"""

from typing import Annotated

from django.conf import settings
from pydantic import Field
from typing_extensions import TypedDict

from comparisons.comparison.content import Content, SourceContent
from frameworks.models.constraints import WEIGHT_MAX
from frameworks.models.evidence.claims import ClaimContent

Step = Annotated[int, Field(ge=1, le=5)]
Weight = Annotated[int, Field(ge=0, le=WEIGHT_MAX)]
Address = Annotated[str, Field(description="The page that shows the same.")]
Version = Annotated[int, Field(ge=1, description="The number of changes of this fact.")]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="In UTC.")]


class ListPage(TypedDict):
    """A page of a list, as far as all lists are alike. `Link` headers give the same addresses.

    Pages begin after an entry and not at a number: what is added meanwhile is neither repeated nor missed.
    """

    total: Annotated[int, Field(ge=0, description="The number of entries in all.")]
    next: Annotated[str | None, Field(description="The address of the next page.")]
    previous: Annotated[str | None, Field(description="The address of the previous page.")]


class Start(TypedDict):
    """The addresses of all endpoints. Braces mark what to fill in."""

    frameworks: str
    criteria: str
    sources: str
    claims: str
    ratings: str
    matrix: str
    compare: str
    snapshots: str
    changes: str
    openapi: Annotated[str, Field(description="The OpenAPI description, for programs.")]
    docs: Annotated[str, Field(description="The same for people, to try out.")]


class Trait(TypedDict):
    """A plain fact to filter by, with the claims that support it. The matrix takes it as `facet=value`."""

    facet: str
    value: str
    name: str
    note: str
    claims: Annotated[list[str], Field(description="Keys of claims.")]


class Retirement(TypedDict):
    """When something was retired, and why. It is no longer compared or listed, but its address stays."""

    on: Day
    because: Annotated[str, Field(description="Completes the sentence “It was retired, because …”.")]


Retired = Annotated[
    Retirement | None, Field(description="Null unless it is retired. Lists have no retired ones.")
]


class Framework(TypedDict):
    """A framework that is compared."""

    slug: str
    name: str
    tagline: Annotated[str, Field(description="What it is, in a few words, according to the sources.")]
    summary: str
    website: str
    repository: str
    traits: list[Trait]
    retired: Retired
    page: Address
    version: Version


class RubricStep(TypedDict):
    """What a score means under one criterion."""

    score: Step
    means: str


class Group(TypedDict):
    slug: str
    name: str


class Criterion(TypedDict):
    """What frameworks are judged by. One that is not scored only collects what sources describe."""

    slug: str
    name: str
    short_name: str
    group: Group
    question: Annotated[str, Field(description="What a reader wants to know.")]
    description: str
    scored: bool
    default_weight: Annotated[Weight, Field(description="Its weight unless a parameter sets another.")]
    rubric: Annotated[
        list[RubricStep], Field(description="Five steps, the worst first; empty where not scored.")
    ]
    reading_rule: Annotated[str, Field(description="How conditions and comparisons count on this scale.")]
    readings: Annotated[
        list["Wording"], Field(description="The table of readings: what words read as under this criterion.")
    ]
    retired: Retired
    page: Address
    version: Version


class Source(SourceContent):
    """A text from which claims are taken, with what a reader should know about it."""

    title_is_stated: Annotated[bool, Field(description="False: the text has no title, and this one is ours.")]
    description: str
    note: Annotated[str, Field(description="Caveats about the text.")]
    read_on: Annotated[Day, Field(description="When the editors read it.")]
    line_count: int | None
    claim_count: Annotated[int, Field(ge=0, description="The number of public claims.")]
    retired: Retired
    page: Address
    version: Version


class Claim(ClaimContent):
    """What one source says about one framework under one criterion, at one line.

    `term` is its own rating word, `paraphrase` what it says in our words, `reading` what that amounts to, 1 to 5 by the
    table of readings (null: no figure), `note` a caveat of the editors.
    """

    locator: Annotated[str, Field(description="Source and line, as in `003:28`.")]
    framework: Annotated[str | None, Field(description="Null: it is about frameworks in general.")]
    criterion: str
    joint_criterion: Annotated[
        str | None, Field(description="Where the source itself rates two criteria as one, the other.")
    ]
    wording: Annotated[
        str | None,
        Field(description="The row of the criterion’s table of readings; null: it is not read by one."),
    ]
    factor: Annotated[
        bool, Field(description="The source says that this criterion should be weighed when choosing.")
    ]
    page: Address
    version: Version


class Wording(TypedDict):
    """A row of a table of readings: words that sources use, and the step of the rubric that they read as."""

    slug: str
    words: Annotated[list[str], Field(description="Phrases, in small letters.")]
    reading: Annotated[Step | None, Field(description="Null: they do not amount to a figure.")]
    explanation: Annotated[str, Field(description="Why they rest on that step, or why on none.")]


class Rating(TypedDict):
    """The editors' verdict on one framework under one criterion, by its rubric and on cited claims."""

    framework: str
    criterion: str
    score: Annotated[
        Step, Field(description="1 to 5 by the criterion’s rubric; higher is better for the reader.")
    ]
    verdict: Annotated[str, Field(description="In a few words.")]
    rationale: Annotated[str, Field(description="Why this score; where sources differ, how it was reached.")]
    departure: Annotated[
        str,
        Field(
            description="Why the score departs from the median of the sources, or what it rests on where no claim"
            " has a reading; empty: it follows from the median."
        ),
    ]
    reviewed_on: Annotated[
        Day | None, Field(description="When an editor last checked it against its claims.")
    ]
    spread: Annotated[
        int | None,
        Field(
            ge=0, le=4, description="Highest minus lowest reading of its claims; null: none has a reading."
        ),
    ]
    disputed: Annotated[
        bool, Field(description=f"Its readings differ by {settings.DISPUTE_SPREAD} steps or more.")
    ]
    source_kinds: Annotated[
        dict[str, Annotated[int, Field(ge=1)]],
        Field(description="What stands behind it: how many articles, documents, measurements or statements."),
    ]
    claims: Annotated[list[Claim], Field(description="The evidence of this cell, in full.")]
    page: Address
    version: Version


class FrameworkPage(ListPage):
    """A page of the frameworks."""

    items: list[Framework]


class CriterionPage(ListPage):
    """A page of the criteria."""

    items: list[Criterion]


class SourcePage(ListPage):
    """A page of the sources."""

    items: list[Source]


class ClaimPage(ListPage):
    """A page of the claims."""

    items: list[Claim]


class RatingPage(ListPage):
    """A page of the ratings."""

    items: list[Rating]


class Compared(Content):
    """The content of a comparison. `cells` are listed row by row, in the order of frameworks and criteria.

    The order of frameworks is that of the table: those without enough evidence to be ranked come last.
    """

    revision: Annotated[
        int | None, Field(description="The newest change that it includes; null: none is recorded.")
    ]
    as_of: Annotated[
        Day | None, Field(description="The day at whose end these were the facts; null: the current facts.")
    ]
    use_case: str | None
    minimum_coverage: Annotated[
        float, Field(description="The share of the weight that must be rated before a framework is ranked.")
    ]
    page: Address


class ComparedPage(Compared):
    """A page of the matrix. Ranks and counts are those of the whole."""

    total: Annotated[int, Field(ge=0, description="The number of frameworks that match the filters.")]
    next: Annotated[str | None, Field(description="The address of the next page; null: this is the last.")]


class Frozen(TypedDict):
    """A permanent copy of a comparison. It never changes."""

    id: str
    stood_at: Annotated[Moment, Field(description="The last moment whose facts it shows, in UTC.")]
    created_at: Moment
    page: Address
    content: Content


class ChangedField(TypedDict):
    """One field, before and after, in words; empty: it had no value."""

    field: str
    before: str
    after: str


class Change(TypedDict):
    """One recorded change of one fact: who changed what, when and why."""

    revision: Annotated[int, Field(ge=1, description="Its number; later changes have higher numbers.")]
    at: Moment
    kind: Annotated[str, Field(description="Of fact: rating, claim, framework …")]
    key: Annotated[str, Field(description="What identifies the fact, as in `framework/criterion`.")]
    name: str
    action: Annotated[str, Field(json_schema_extra={"enum": ["created", "changed", "deleted"]})]
    author: Annotated[str, Field(description="The editor’s public name.")]
    reviewer: Annotated[str, Field(description="Who published it, if it was a proposal.")]
    reason: str
    changeset: Annotated[str, Field(description="The same for all changes saved together.")]
    changes: list[ChangedField]
    page: Annotated[str | None, Field(description="The page that shows the fact today; null: none does.")]


class Changes(TypedDict):
    """The changes after a revision, oldest first."""

    total: Annotated[int, Field(ge=0, description="The number of changes after it in all.")]
    latest: Annotated[int, Field(ge=0, description="Pass it as the next `since`.")]
    next: Annotated[str | None, Field(description="The address of the next page.")]
    items: list[Change]
