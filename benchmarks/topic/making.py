"""Fill an empty database with a topic: from chance, but the same for the same size and seed.

Frameworks differ in how much is known of them: the shares of rated cells follow a beta distribution, so that most have
little evidence, and a few are rated under nearly all criteria. Criteria that weigh more are rated more often. Each
rated cell has one to three claims, and its score follows from their readings; some cells have claims without a rating.

A topic has no history: a revision for each fact would outnumber the facts. One revision says that it was made, by which
the mark of the record moves on.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count
from math import ceil
from random import Random
from typing import NamedTuple

from django.db import connection, transaction

from frameworks.median import derive
from frameworks.models import (
    Claim,
    Criterion,
    CriterionGroup,
    Facet,
    FacetValue,
    Framework,
    Rating,
    Revision,
    Source,
    Trait,
    versioned_models,
)
from frameworks.record import revisions

from . import words
from .loading import Table, finish

#: How many frameworks are held in memory before they are inserted.
BATCH = 1_000
READ_ON = date(2026, 11, 20)
#: A framework has a cell with claims but no rating for each ten, or less, that are rated.
RATED_FOR_EACH_UNRATED = 10
#: How many claims a cell has, and how often.
CLAIMS = (1, 2, 3), (5, 3, 2)
#: How far a reading lies from the step around which the readings of a cell are drawn, and how often.
DISTANCES = (-2, -1, 0, 1, 2), (1, 4, 12, 4, 1)
WEIGHTS = (1, 2, 3, 5), (5, 6, 4, 1)


@dataclass(frozen=True)
class Size:
    """How many frameworks and scored criteria, and how many cells of a framework are rated, on average."""

    frameworks: int
    criteria: int
    rated: int

    def __str__(self) -> str:
        return f"{self.frameworks:,} × {self.criteria}, {self.rated} rated"


class NotEmpty(Exception):
    """The database holds facts already. Nothing was written."""


class ScoredCriterion(NamedTuple):
    number: int
    pk: int
    weight: int


class ValueShare(NamedTuple):
    """A facet value, and the share of frameworks that have it."""

    pk: int
    facet: str
    name: str
    share: float


def make(size: Size, *, seed: int = 1, progress: Callable[[int], None] | None = None) -> Counter[str]:
    """Fill the database in one transaction; return how many rows each large table has, by the plural of its model.

    `progress` is called with the number of frameworks so far. Raises NotEmpty.
    """
    with transaction.atomic():
        if any(model._default_manager.exists() for model in versioned_models().values()):
            raise NotEmpty
        if connection.vendor == "postgresql":
            # Else millions of foreign keys would wait in memory until they are checked at the end.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        making = _Making(size, seed)
        for number in range(size.frameworks):
            making.add_framework(number)
            if number % BATCH == BATCH - 1:
                making.insert()
                if progress:
                    progress(number + 1)
        making.insert()
        finish(making.tables)
    return Counter({str(table.model._meta.verbose_name_plural): table.count for table in making.tables})


class _Making:
    """The tables that are being filled, and the chance by which they are."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size, self.seed, self.chance = size, seed, Random(seed)  # noqa: S311 - the same at every run
        self.frameworks = Table(Framework, "slug", "name", "tagline", "summary", "website")
        self.sources = Table(Source, "key", "short_name", "title", "interest_short", "read_on")
        self.claims = Table(
            Claim,
            *("key", "source_id", "line", "part", "framework_id", "criterion_id"),
            *("term", "paraphrase", "reading"),
        )
        self.ratings = Table(
            Rating,
            *("framework_id", "criterion_id", "score", "verdict", "rationale", "is_published", "reviewed_on"),
        )
        self.traits = Table(Trait, "framework_id", "value_id")
        self.trait_claims = Table(Trait.claims.through, "trait_id", "claim_id")
        #: In the order of insertion: claims before the ratings that rest on them.
        self.tables = [
            self.frameworks,
            self.sources,
            self.claims,
            self.ratings,
            self.traits,
            self.trait_claims,
        ]
        groups = self._make_groups()
        self.about = self._make_describing(groups[-1])
        self.criteria = self._make_criteria(groups)
        self.values = self._make_facets()
        self.lines = self._add_sources()

    def insert(self) -> None:
        for table in self.tables:
            table.insert()

    # What there is little of, through the ORM

    def _make_groups(self) -> list[CriterionGroup]:
        return CriterionGroup.objects.bulk_create(
            CriterionGroup(slug=words.slug_of(name), name=name, position=position)
            for position, name in enumerate([*(aspect.name for aspect in words.ASPECTS), "What it is"], 1)
        )

    def _make_describing(self, group: CriterionGroup) -> Criterion:
        """Create the criterion that only describes: its claims stand behind the traits. It has the one revision."""
        criterion = Criterion(
            slug="purpose",
            name="Purpose",
            short_name="Purpose",
            group=group,
            question="What is it, and what is it for?",
            is_scored=False,
            default_weight=0,
        )
        revisions.save(
            criterion,
            by=revisions.Author("manage.py make_topic", Revision.Origin.SEED),
            reason=f"Topic made by chance: {self.size}; seed {self.seed}.",
        )
        return criterion

    def _make_criteria(self, groups: list[CriterionGroup]) -> list[ScoredCriterion]:
        rubric = {f"rubric_{step}": in_words.rubric for step, in_words in words.STEPS.items()}
        criteria = Criterion.objects.bulk_create(
            Criterion(
                slug=words.slug_of(worded.name),
                name=worded.name,
                short_name=worded.short_name,
                group=groups[worded.aspect],
                position=number,
                question=worded.question,
                default_weight=self.chance.choices(*WEIGHTS)[0],
                **rubric,
            )
            for number in range(self.size.criteria)
            for worded in [words.criterion_words(number)]
        )
        return [
            ScoredCriterion(number, criterion.pk, criterion.default_weight)
            for number, criterion in enumerate(criteria)
        ]

    def _make_facets(self) -> list[ValueShare]:
        values: list[ValueShare] = []
        for position, worded in enumerate(words.FACETS, 1):
            facet = Facet.objects.create(
                slug=worded.slug, name=worded.name, requires_all=worded.requires_all, position=position
            )
            for place, (name, share) in enumerate(worded.values.items(), 1):
                value = FacetValue.objects.create(
                    facet=facet, slug=words.slug_of(name), name=name, position=place
                )
                values.append(ValueShare(value.pk, facet.slug, name, share))
        return values

    # What there is much of, through the tables

    def _add_sources(self) -> "list[count[int]]":
        """Add the sources; return the lines of each that claims are taken from, by primary key less 1."""
        number = min(2_000, 4 + self.size.frameworks // 20)
        for n in range(1, number + 1):
            interest = "sells training" if n % 7 == 0 else ""
            self.sources.add(f"s{n:04}", f"Survey {n}", f"Frameworks compared, part {n}", interest, READ_ON)
        return [count(3, 2) for _ in range(number)]

    def add_framework(self, number: int) -> None:
        """Add the framework with this number, from 0 on, with all that is known of it."""
        name = words.framework_name(number, self.seed)
        slug = words.slug_of(name)
        has = [value for value in self.values if self.chance.random() < value.share]
        kinds = [value.name for value in has if value.facet == "kind"]
        pk = self.frameworks.add(
            slug,
            name,
            words.tagline(kinds, self.chance),
            f"{name} is compared with its rivals by several sources. They agree on what it is for.",
            f"https://{slug}.example/",
        )
        behind = self._add_claim(
            (pk, slug),
            self.about.pk,
            self.about.slug,
            source=self._draw_source(),
            paraphrase=f"Says what comes with {name}.",
        )
        for value in has:
            self.trait_claims.add(self.traits.add(pk, value.pk), behind)
        level = self.chance.gauss(3.3, 0.7)
        rated = self._draw_number_of_rated()
        for place, criterion in enumerate(
            self._in_order_of_interest()[: rated + ceil(rated / RATED_FOR_EACH_UNRATED)]
        ):
            step = min(5, max(1, round(self.chance.gauss(level, 0.8))))
            derived = derive(self._add_evidence((pk, slug), criterion, step))
            if place < rated and derived:
                self._add_rating(pk, criterion, derived.score)

    def _draw_number_of_rated(self) -> int:
        share = self.size.rated / self.size.criteria
        if not 0 < share < 1:
            return min(self.size.rated, self.size.criteria)
        return max(1, round(self.size.criteria * self.chance.betavariate(2 * share, 2 * (1 - share))))

    def _in_order_of_interest(self) -> list[ScoredCriterion]:
        """Return the criteria in an order of chance in which those that weigh more tend to come first."""
        draws = {criterion: self.chance.random() ** (1 / criterion.weight) for criterion in self.criteria}
        return sorted(draws, key=lambda criterion: -draws[criterion])

    def _add_evidence(
        self, framework: tuple[int, str], criterion: ScoredCriterion, step: int
    ) -> list[tuple[int, int | None]]:
        """Add the claims of a cell; return the source and the reading of each.

        One in ten is no judgement, except the first; the others lie around the step.
        """
        evidence: list[tuple[int, int | None]] = []
        slug = words.slug_of(words.criterion_words(criterion.number).name)
        for place in range(self.chance.choices(*CLAIMS)[0]):
            reading = min(5, max(1, step + self.chance.choices(*DISTANCES)[0]))
            is_judgement = self.chance.random() < 0.9 or place == 0
            term = self.chance.choice(words.STEPS[reading].terms) if is_judgement else ""
            paraphrase = words.paraphrase(criterion.number, term, self.chance.randrange(4))
            source, read_as = self._draw_source(), reading if is_judgement else None
            self._add_claim(
                framework,
                criterion.pk,
                slug,
                source=source,
                term=term,
                paraphrase=paraphrase,
                reading=read_as,
            )
            evidence.append((source, read_as))
        return evidence

    def _draw_source(self) -> int:
        """Return the place of a source. Squared: a few sources say much, most say little."""
        return int(len(self.lines) * self.chance.random() ** 2)

    def _add_claim(
        self,
        framework: tuple[int, str],
        criterion: int,
        slug: str,
        *,
        source: int,
        paraphrase: str,
        term: str = "",
        reading: int | None = None,
    ) -> int:
        line = next(self.lines[source])
        return self.claims.add(
            f"s{source + 1:04}-{line}-{framework[1]}-{slug}",
            source + 1,
            line,
            Claim.Part.TABLE if term else Claim.Part.PROSE,
            framework[0],
            criterion,
            term,
            paraphrase,
            reading,
        )

    def _add_rating(self, framework: int, criterion: ScoredCriterion, score: int) -> None:
        self.ratings.add(
            framework,
            criterion.pk,
            score,
            words.STEPS[score].verdict,
            words.rationale(criterion.number, score),
            True,
            READ_ON,
        )
