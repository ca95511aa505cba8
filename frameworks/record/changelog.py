"""Show readers the history: revisions in words, by changeset, each linked to the page of its fact."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Window
from django.db.models.functions import RowNumber
from django.utils.text import capfirst

from frameworks.models import (
    CAPABILITY,
    Claim,
    Criterion,
    Disagreement,
    FacetValue,
    Framework,
    Revision,
    Source,
    versioned_models,
)
from frameworks.models.history import RevisionQuerySet
from frameworks.models.schema import State, schema_of
from frameworks.models.subjects import subjects_of
from frameworks.models.versioned import called

from . import past

#: How many revisions of a changeset the list shows; the changeset's own page shows them all.
FOLD = 10
#: Of a changeset of more revisions the list shows none: it loads content, and its numbers say more.
LARGE = 500
#: Of a changeset with more kinds of facts the list counts only those that readers know.
KINDS_MAX = 6
#: The kinds of facts that readers know.
KINDS = ("rating", "claim", "framework", "criterion", "source")
#: Texts between these lengths, in characters, are compared word by word: shorter ones are easier to read as a whole,
#: and longer ones would take too long to compare.
LONG_TEXT, TEXT_MAX = 60, 5_000


# Steps in words


class Piece(NamedTuple):
    """Words of a text, with the HTML tag of their change: `del`, `ins`, or empty where they are unchanged."""

    tag: str
    words: str


@dataclass(frozen=True)
class PublicChange:
    """One field of a revision, before and after; of long texts, the words that changed."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Return a long text with its changes in place; empty where before and after are better shown as a whole."""
        sizes = (len(self.before), len(self.after))
        if min(sizes) < LONG_TEXT or max(sizes) > TEXT_MAX:
            return []
        before, after = self.before.split(" "), self.after.split(" ")
        pieces = []
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "equal":
                pieces.append(Piece("", " ".join(before[i1:i2])))
            else:
                pieces += [Piece("del", " ".join(before[i1:i2])), Piece("ins", " ".join(after[j1:j2]))]
        return [piece for piece in pieces if piece.words]


@dataclass(frozen=True)
class ChangelogStep:
    """One revision in words: the kind of fact, its name, its address today (empty: it has none), what changed."""

    revision: Revision
    kind: str
    name: str
    url: str
    changes: list[PublicChange]


@dataclass(frozen=True)
class ChangelogEntry:
    """One changeset, with its first revisions and how many there are of each kind."""

    changeset: UUID
    at: datetime
    steps: list[ChangelogStep]
    counts: list[str]
    total: int

    @property
    def first(self) -> Revision:
        return self.steps[0].revision

    @property
    def shown(self) -> list[ChangelogStep]:
        """Return the revisions that the list shows."""
        return [] if self.total > LARGE else self.steps

    @property
    def folded(self) -> int:
        return self.total - len(self.shown)


def entries(last: Sequence[Revision], steps: RevisionQuerySet) -> list[ChangelogEntry]:
    """Return the entries of the changesets that end with these revisions, in as many queries however many they are.

    `steps` are the revisions that the entries count and show.
    """
    steps = steps.filter(changeset__in=[revision.changeset for revision in last])
    counts: dict[UUID, dict[str, int]] = defaultdict(dict)
    changed_at: dict[UUID, list[datetime]] = defaultdict(list)
    for changeset, model, count, at in (
        steps.order_by().values_list("changeset", "model").annotate(count=Count("pk"), at=Max("at"))
    ):
        counts[changeset][model] = count
        changed_at[changeset].append(at)
    place = Window(RowNumber(), partition_by=F("changeset"), order_by=F("pk").asc())
    first = list(steps.with_names().annotate(place=place).filter(place__lte=FOLD).order_by("pk"))
    shown: dict[UUID, list[ChangelogStep]] = defaultdict(list)
    for step in in_words(first):
        shown[step.revision.changeset].append(step)
    return [
        ChangelogEntry(
            changeset=changeset,
            at=max(changed_at[changeset]),
            steps=shown[changeset],
            counts=counted(counts[changeset]),
            total=sum(counts[changeset].values()),
        )
        for changeset in (revision.changeset for revision in last)
        # A changeset may be published or withdrawn while the page is being built.
        if shown[changeset] and counts[changeset]
    ]


def counted(by_model: Mapping[str, int]) -> list[str]:
    """Return `2 ratings`, `1 claim`, …, the most frequent kind first. Of many kinds, only those that readers know."""
    counts = {model: by_model[model] for model in KINDS if model in by_model}
    if len(by_model) <= KINDS_MAX or not counts:
        counts = dict(by_model)
    rest = sum(by_model.values()) - sum(counts.values())
    return [
        f"{count:,} {_kind(model, count)}"
        for model, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ] + ([f"{rest:,} of other kinds"] if rest else [])


def in_words(steps: Sequence[Revision]) -> list[ChangelogStep]:
    """Return the revisions in words for readers, in a few queries however many there are."""
    names = FactNames.of(steps)
    described = []
    for revision in steps:
        name, url = _described(revision, names)
        described.append(ChangelogStep(revision, _kind(revision.model), name, url, _changes(revision, names)))
    return described


def runs(steps: Iterable[ChangelogStep]) -> list[list[ChangelogStep]]:
    """Group neighbouring steps of the same changeset."""
    return [list(run) for _, run in groupby(steps, lambda step: step.revision.changeset)]


def _kind(model: str, count: int = 1) -> str:
    fact_model = past.versioned_model(model)
    if fact_model is None:
        return model
    return called(fact_model, count)


def _changes(revision: Revision, names: "FactNames") -> list[PublicChange]:
    """Return the fields that a revision changed, without the keys of claims that are not public."""
    model = past.versioned_model(revision.model)
    if model is None:
        return []
    shown = Revision(before=names.without_hidden(revision.before), after=names.without_hidden(revision.after))
    return [
        PublicChange(change.label, change.before, change.after)
        for change in past.changes(model, shown)
        if change.before or change.after
    ]


@dataclass(frozen=True)
class FactNames:
    """The names today of the facts in revisions, and which have a page. A deleted fact keeps its key."""

    frameworks: dict[str, Framework]
    criteria: dict[str, Criterion]
    sources: dict[str, Source]
    values: dict[tuple[str, ...], FacetValue]
    disagreements: set[str]
    #: Name and address of the other facts that have a page or an anchor on one, by kind and key.
    pages: dict[tuple[str, str], tuple[str, str]]
    #: The keys of claims that are public, and of those that were when they were deleted.
    claims: set[str]
    past_claims: set[str]

    @classmethod
    def of(cls, steps: Sequence[Revision]) -> "FactNames":
        keys = {key for step in steps for key in _claim_keys(step)}
        named: dict[str, set[str]] = defaultdict(set)
        for step in steps:
            for subject in subjects_of(step.model, step.key, step.before, step.after):
                named[subject.kind].add(subject.key)
        frameworks = Framework.objects.public().filter(slug__in=named["framework"])
        criteria = Criterion.objects.filter(slug__in=named["criterion"])
        sources = Source.objects.filter(key__in=named["source"])
        gone = Revision.objects.public().newest().filter(model="claim", action="deleted", key__in=keys)
        return cls(
            frameworks={framework.slug: framework for framework in frameworks},
            criteria={criterion.slug: criterion for criterion in criteria},
            sources={source.key: source for source in sources},
            values={
                value.natural_key(): value for value in FacetValue.objects.select_related("facet").order_by()
            },
            disagreements=set(Disagreement.objects.public().values_list("slug", flat=True)),
            pages={} if all(step.model in KINDS for step in steps) else _pages(),
            claims=set(Claim.objects.public().filter(key__in=keys).values_list("key", flat=True)),
            past_claims=set(gone.values_list("key", flat=True)),
        )

    def framework(self, slug: str) -> str:
        return self.frameworks[slug].name if slug in self.frameworks else slug

    def source(self, key: str) -> str:
        return self.sources[key].short_name if key in self.sources else key

    def criterion(self, slug: str) -> str:
        return self.criteria[slug].name if slug in self.criteria else slug

    def without_hidden(self, state: State | None) -> State | None:
        if not state or "claims" not in state:
            return state
        public = self.claims | self.past_claims
        return {**state, "claims": [key for key in state["claims"] if _first(key) in public]}


def _pages() -> dict[tuple[str, str], tuple[str, str]]:
    """Return name and address of every fact of a kind that has addresses and no function in `DESCRIBED`.

    One query for each kind.
    """
    pages = {}
    for kind, model in versioned_models().items():
        if kind not in DESCRIBED and hasattr(model, "get_absolute_url"):
            manager: Any = model._default_manager
            facts = manager.public() if hasattr(manager, "public") else manager.all()
            paths = schema_of(model).paths
            for fact in facts.select_related(*paths) if paths else facts:
                pages[kind, fact.key_text] = str(fact), fact.get_absolute_url()
    return pages


def _claim_keys(step: Revision) -> set[str]:
    named = {_first(key) for state in (step.before, step.after) for key in (state or {}).get("claims", ())}
    return named | {step.key} if step.model == "claim" else named


def _first(key: Any) -> str:
    """Return the first part of a natural key, which for most kinds is the only one: of a framework, its slug."""
    return str(key[0]) if key else ""


# Name and address of each kind of fact


def _described(revision: Revision, names: FactNames) -> tuple[str, str]:
    state = revision.after or revision.before or {}
    describe = DESCRIBED.get(revision.model)
    if describe:
        return describe(revision.key, state, names)
    return names.pages.get((revision.model, revision.key)) or _part(revision, state, names)


def _part(revision: Revision, state: State, names: FactNames) -> tuple[str, str]:
    """Describe a fact without a page of its own by the fact with a page that its key names: `REST API, FastAPI`."""
    if model := past.versioned_model(revision.model):
        relations = schema_of(model).relations
        for field in model.key_fields:
            if other := relations.get(field):
                key = [str(part) for part in state.get(field) or ()]
                if whole := names.pages.get((str(other._meta.model_name), "/".join(key))):
                    rest = [part for part in revision.key.split("/") if part not in key]
                    return ", ".join([whole[0], *map(names.framework, rest)]), whole[1]
    return str(state.get("name") or state.get("title") or state.get("text") or revision.key), ""


def _framework(key: str, state: State, names: FactNames) -> tuple[str, str]:
    framework = names.frameworks.get(key)
    return str(state.get("name") or key), framework.get_absolute_url() if framework else ""


def _criterion(key: str, state: State, names: FactNames) -> tuple[str, str]:
    criterion = names.criteria.get(key)
    return str(state.get("name") or key), criterion.get_absolute_url() if criterion else ""


def _source(key: str, state: State, names: FactNames) -> tuple[str, str]:
    source = names.sources.get(key)
    return str(state.get("short_name") or key), source.get_absolute_url() if source else ""


def _rating(key: str, state: State, names: FactNames) -> tuple[str, str]:
    framework, _, criterion = key.partition("/")
    has_row = framework in names.frameworks and criterion in names.criteria
    url = (
        f"{names.frameworks[framework].get_absolute_url()}#{criterion}"
        if has_row and names.criteria[criterion].is_scored
        else ""
    )
    return f"{names.framework(framework)}, {names.criterion(criterion)}", url


def _claim(key: str, state: State, names: FactNames) -> tuple[str, str]:
    source, framework = _first(state.get("source")), _first(state.get("framework"))
    subject = names.framework(framework) if framework else f"{capfirst(settings.TOPIC.items)} in general"
    criterion = names.criterion(_first(state.get("criterion")))
    name = f"{names.source(source)}, line {state.get('line')}: {subject}, {criterion}"
    is_shown = key in names.claims and source in names.sources
    return name, f"{names.sources[source].get_absolute_url()}#{key}" if is_shown else ""


def _trait(key: str, state: State, names: FactNames) -> tuple[str, str]:
    framework, *rest = key.split("/")
    value = names.values.get(tuple(rest))
    name = f"{names.framework(framework)}, {value or ': '.join(rest)}"
    published = names.frameworks.get(framework)
    place = "capabilities" if rest[0] == CAPABILITY else "facts"
    return name, f"{published.get_absolute_url()}#{place}" if published else ""


def _relation(key: str, state: State, names: FactNames) -> tuple[str, str]:
    framework, kind, other = (_first(state.get("framework")), state.get("kind"), _first(state.get("other")))
    verb = settings.TOPIC.relation_kinds.get(str(kind), kind)
    published = names.frameworks.get(framework)
    name = f"{names.framework(framework)} {verb} {names.framework(other)}"
    return name, published.get_absolute_url() if published else ""


def _tie(key: str, state: State, names: FactNames) -> tuple[str, str]:
    component, kind, framework = key.split("/")
    name, url = names.pages.get(("component", component), (component, ""))
    verb = tie.says if (tie := settings.TOPIC.tie_kinds.get(kind)) else kind
    return f"{name} {verb} {names.framework(framework)}", url


def _disagreement(key: str, state: State, names: FactNames) -> tuple[str, str]:
    url = Disagreement(slug=key).get_absolute_url() if key in names.disagreements else ""
    return str(state.get("title") or key), url


DESCRIBED: dict[str, Callable[[str, State, FactNames], tuple[str, str]]] = {
    "framework": _framework,
    "criterion": _criterion,
    "source": _source,
    "rating": _rating,
    "claim": _claim,
    "trait": _trait,
    "relation": _relation,
    "disagreement": _disagreement,
    "tie": _tie,
}
