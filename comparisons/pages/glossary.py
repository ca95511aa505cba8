"""Define the terms of art that pages use: once for the glossary, and for `{% term %}` where a term stands."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse


@dataclass(frozen=True)
class Term:
    """A term, what it means in a sentence or two, and where the method explains it at length, if it does."""

    slug: str
    name: str
    meaning: str
    section: str = ""

    def get_absolute_url(self) -> str:
        return f"{reverse('comparisons:glossary')}#{self.slug}"


ITEM, ITEMS, EXAMPLES = settings.TOPIC.item, settings.TOPIC.items, settings.TOPIC.examples
CAPABILITIES = f" ({EXAMPLES.capabilities} …)" if EXAMPLES.capabilities else ""


def _within_a_sentence(sentence: str) -> str:
    """Return a sentence as it follows a colon: a leading article in lower case, a name as it is."""
    first, _, rest = sentence.partition(" ")
    return f"{first.lower() if first in {'A', 'An', 'The'} else first} {rest}"


#: In the order in which one builds on another: from what a source says to the place of a framework.
TERMS = (
    Term(
        "framework",
        ITEM,
        f"What is compared here: {_within_a_sentence(settings.TOPIC.definition)}",
    ),
    Term(
        "source",
        "source",
        "A text on which scores are based, cited by line: an article, a document, a measurement or what a person has "
        "stated. What its publisher sells is stated beside it.",
    ),
    Term(
        "claim",
        "claim",
        f"What one source says about one {ITEM} under one criterion, in our words, with the line in its text.",
        "claims",
    ),
    Term(
        "reading",
        "reading",
        "What a claim amounts to on the criterion’s scale from 1 to 5. The same words always get the same reading.",
        "claims",
    ),
    Term(
        "criterion",
        "criterion",
        f"A question by which {ITEMS} are rated, such as {EXAMPLES.asks}.",
    ),
    Term("rubric", "rubric", "What each score from 1 to 5 means under a criterion, in words."),
    Term(
        "score",
        "score",
        f"The editors’ rating of one {ITEM} under one criterion, from 1 to 5; higher is better. It follows from the "
        "middle of what the sources say.",
        "scores",
    ),
    Term(
        "spread",
        "spread",
        "How far the readings behind a score are apart: the highest less the lowest.",
        "disputes",
    ),
    Term(
        "dispute",
        "dispute",
        "A score whose readings differ by two steps or more, between sources or within one. The mark is ≠.",
        "disputes",
    ),
    Term(
        "weight",
        "weight",
        "How much a criterion counts for you, from 0 to 10. Twice the weight counts twice as much; 0 leaves it out.",
        "weights",
    ),
    Term(
        "fit",
        "fit",
        "How well the scores suit your weights: 100 if all were the highest, 0 if all were the lowest.",
        "fit",
    ),
    Term(
        "coverage",
        "coverage",
        "How much of the weight is on criteria that are rated. At 100% nothing that counts is missing.",
        "coverage",
    ),
    Term(
        "band",
        "band",
        "The range in which the fit could fall: from every missing score at its worst to every one at its best.",
        "coverage",
    ),
    Term(
        "rank",
        "rank",
        f"The place by fit among the {ITEMS} shown. Those rated on less than half of the weight get none.",
        "rank",
    ),
    Term(
        "baseline",
        "baseline",
        f"The {ITEM} with which the others are compared: beside their scores stands the difference from its own.",
    ),
    Term(
        "use-case",
        "use case",
        "A kind of project, with weights for it, what it requires, and what the sources recommend.",
    ),
    Term(
        "rule",
        "rule",
        "What a source advises for a certain kind of project, and the answers to which that applies.",
    ),
    Term(
        "capability",
        "capability",
        f"Something that a project may need{CAPABILITIES}: built into {settings.TOPIC.an_item}, or added to it.",
    ),
    Term(
        "component",
        "component",
        f"A related {settings.TOPIC.component} that the sources name with {settings.TOPIC.an_item}."
        " Components are not rated.",
    ),
)

BY_SLUG = {term.slug: term for term in TERMS}
