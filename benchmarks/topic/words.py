"""Name and describe what a made-up topic consists of. Pure: the same number and the same chance give the same words."""

from functools import cache
from math import prod
from random import Random
from typing import NamedTuple

#: Two letters each, so that no two sequences of syllables read alike.
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvwz" for vowel in "aeiou"]
#: How many names of three syllables there are.
NAMES = prod([len(SYLLABLES)] * 3)
#: Has no divisor in common with NAMES, so that numbers in sequence get names from all over the alphabet.
STRIDE = 161_803


class Aspect(NamedTuple):
    """What a group of criteria asks about; each of its criteria asks it about one area."""

    name: str
    question: str


ASPECTS = (
    Aspect("Clarity", "How easily is its {area} understood?"),
    Aspect("Speed", "How fast is its {area}?"),
    Aspect("Safety", "How safe is its {area} without further work?"),
    Aspect("Flexibility", "How far can its {area} be adapted?"),
    Aspect("Stability", "How rarely does its {area} change between releases?"),
    Aspect("Support", "How much help is there with its {area}?"),
)
AREAS = (
    "routing templates forms sessions caching testing migrations serialisation uploads logging streaming pagination "
    "translation validation middleware scheduling mailing search deployment monitoring"
).split()


class StepWords(NamedTuple):
    """A step of every rubric, and how sources and editors put it."""

    rubric: str
    terms: tuple[str, ...]
    verdict: str


STEPS = {
    1: StepWords(
        "Called poor: sources advise against relying on it.", ("Poor", "Very weak"), "Poor; look elsewhere"
    ),
    2: StepWords(
        "Called weak: sources name clear gaps.", ("Weak", "Limited", "Needs extensions"), "Weak, with gaps"
    ),
    3: StepWords(
        "Called adequate: it does what most projects need.",
        ("Moderate", "Adequate", "Good enough for most projects"),
        "Adequate for most projects",
    ),
    4: StepWords("Called good, with small reservations.", ("Good", "Strong", "Above average"), "Good"),
    5: StepWords(
        "Called excellent, with no reservation.",
        ("Excellent", "Outstanding", "Best of its kind"),
        "Excellent",
    ),
}
PARAPHRASES = (
    "Rates the {matter} in a table of its own: {term}.",
    "Names the {matter} among the points that decide, and calls it {term}.",
    "Says after a year of daily use that the {matter} is {term}.",
    "Compares the {matter} with that of older frameworks and finds it {term}.",
)
SILENT = "Mentions the {matter} without a judgement."
USES = (
    "internal tools",
    "public APIs",
    "content sites",
    "online shops",
    "live dashboards",
    "small services",
    "data portals",
    "mobile back ends",
)


class FacetWords(NamedTuple):
    """A facet with its values, each with the share of frameworks that have it."""

    slug: str
    name: str
    requires_all: bool
    values: dict[str, float]


FACETS = (
    FacetWords("kind", "Kind", False, {"Full-stack": 0.3, "Micro": 0.4, "API": 0.25, "Async": 0.3}),
    FacetWords("interface", "Server interface", False, {"WSGI": 0.6, "ASGI": 0.5}),
    FacetWords("licence", "Licence", False, {"MIT": 0.5, "BSD": 0.25, "Apache 2.0": 0.15}),
    FacetWords(
        "capability",
        "Built in",
        True,
        {
            "ORM": 0.3,
            "Migrations": 0.25,
            "Admin": 0.1,
            "Authentication": 0.3,
            "Forms": 0.3,
            "Templating": 0.5,
            "Sessions": 0.4,
            "API documentation": 0.2,
            "Background tasks": 0.15,
            "WebSockets": 0.2,
        },
    ),
)


def slug_of(name: str) -> str:
    return name.lower().replace(".", "-").replace(" ", "-")


def framework_name(number: int, seed: int) -> str:
    """Return the name of the framework with this number, from 0 on: another for each number."""
    turn, place = divmod(number, NAMES)
    rest = (place * STRIDE + seed * 7_919) % NAMES
    name = ""
    for _ in range(3):
        rest, syllable = divmod(rest, len(SYLLABLES))
        name += SYLLABLES[syllable]
    return name.capitalize() + _numbered(turn)


def tagline(kinds: list[str], chance: Random) -> str:
    """Return what a framework of these kinds is, in at most a hundred characters."""
    kind = " and ".join(kinds).lower().replace("api", "API") or "web"
    return f"{kind[0].upper()}{kind[1:]} framework for {chance.choice(USES)}"


class CriterionWords(NamedTuple):
    aspect: int
    name: str
    short_name: str
    matter: str
    question: str


@cache
def criterion_words(number: int) -> CriterionWords:
    """Return the words of the criterion with this number, from 0 on; consecutive ones belong to different groups."""
    place, aspect = divmod(number, len(ASPECTS))
    turn, area = divmod(place, len(AREAS))
    name, noun = ASPECTS[aspect].name, AREAS[area]
    return CriterionWords(
        aspect,
        f"{name} of {noun}{_numbered(turn)}",
        f"{noun.capitalize()}: {name.lower()}"[:24],
        f"{name.lower()} of its {noun}",
        ASPECTS[aspect].question.format(area=noun),
    )


@cache
def paraphrase(number: int, term: str, form: int) -> str:
    """Return what a source says under this criterion, in one of several forms; without a term it is no judgement."""
    matter = criterion_words(number).matter
    return (
        PARAPHRASES[form % len(PARAPHRASES)].format(matter=matter, term=term.lower())
        if term
        else SILENT.format(matter=matter)
    )


@cache
def rationale(number: int, score: int) -> str:
    """Return why the editors give this score under this criterion."""
    matter = criterion_words(number).matter
    return f"The middle of what the sources say about the {matter} is the step “{STEPS[score].rubric.rstrip('.')}”."


def _numbered(turn: int) -> str:
    return f" {turn + 1}" if turn else ""
