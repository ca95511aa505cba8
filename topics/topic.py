"""Define what the portal is about: a topic, read from the file `topic.toml` in its folder.

Beside that file are the fixtures with its content. docs/topics.md describes both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from .contrast import COLOUR, contrast
from .document import Document, Table, TopicError

__all__ = ["Accent", "Examples", "TieKind", "Topic", "TopicError", "read"]

FILE = "topic.toml"
TABLES = ("site", "items", "components", "relations", "facets", "criteria", "search", "examples")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_MAX = 20  # characters of the name of a kind
#: What the code calls an item, with its article and the number.
FRAMEWORK = re.compile(r"\b([Aa] )?([Ff])ramework(s?)\b")
WORD_MAX = 40  # characters of the name of a kind, of the site and of what is compared
#: The grounds that the accent is seen on, light and dark: `--paper` and `--card` of static/touchstone.css.
GROUNDS = {"light": ("#f8f5ee", "#fffdf8"), "dark": ("#171613", "#1f1e1a")}
#: The contrast that WCAG 2.2 demands of text.
CONTRAST_MIN = 4.5


@dataclass(frozen=True, slots=True)
class Accent:
    """The colour of what is disputed, of focus and of the current page, on light and on dark ground."""

    light: str = "#a03c1c"
    dark: str = "#ee8d63"


@dataclass(frozen=True, slots=True)
class TieKind:
    """How a component stands to what is compared.

    `says` is the verb of a sentence that begins with the component ("is the base of"), `heading` what the page of the
    other lists such components under ("Built on"), `listed` what follows the component in a list ("base of").
    """

    says: str
    heading: str
    listed: str


@dataclass(frozen=True, slots=True)
class Examples:
    """What pages give as examples: two items and two criteria by slug; what a criterion asks, in words; a tool, a kind
    of project and several words that people search for; a condition and a comparison as sources state them; some
    capabilities."""

    items: tuple[str, ...] = ("first", "second")
    criteria: tuple[str, ...] = ("criterion", "another")
    asks: str = "what one costs"
    searches: tuple[str, ...] = ()
    condition: str = "if there are many of them"
    comparison: str = "than the others"
    capabilities: str = ""

    @property
    def queries(self) -> list[tuple[str, str]]:
        """Return each search as people read it, and as it is in an address."""
        return [(text, quote_plus(text.lower())) for text in self.searches]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is compared on this portal, in words: `item` is one of them (“framework”), `long_item` says it in full.

    Kinds are given by slug, in the order in which pages list them.
    """

    folder: Path
    name: str
    question: str
    use_case_question: str
    description: str
    licence: str
    accent: Accent
    item: str
    items: str
    article: str
    long_item: str
    long_items: str
    definition: str
    #: What items and components are in the vocabulary of schema.org.
    schema_type: str
    component_schema_type: str
    #: What components are, in a word: “tool or standard”, “tools and standards”.
    component: str
    components: str
    component_kinds: Mapping[str, str]
    tie_kinds: Mapping[str, TieKind]
    relation_kinds: Mapping[str, str]
    #: The facets whose values say in a line what kind of item it is.
    kind_line: tuple[str, ...] = ()
    #: The criterion for which benchmark figures are evidence; empty if there is none.
    measured: str = ""
    #: Words that a search leaves out, because everything here is about them.
    stop_words: tuple[str, ...] = ()
    #: What people type instead of a word that is used here, and of a word in the name of a criterion.
    synonyms: Mapping[str, tuple[str, ...]]
    criterion_words: Mapping[str, tuple[str, ...]]
    examples: Examples = Examples()

    @property
    def an_item(self) -> str:
        """Return one item with its article: `a framework`."""
        return f"{self.article} {self.item}"

    @property
    def forms(self) -> str:
        """Return singular and plural as `{{ total|pluralize:topic.forms }}` takes them."""
        return f"{self.item},{self.items}"

    @property
    def long_forms(self) -> str:
        return f"{self.long_item},{self.long_items}"

    @property
    def component_forms(self) -> str:
        return f"{self.component},{self.components}"

    @property
    def has_own_accent(self) -> bool:
        """Return whether the accent is another than that of the style sheets."""
        return self.accent != Accent()

    def worded(self, text: str) -> str:
        """Return a text of ours, which says framework, with the topic's word for it; what is in backticks stays.

        For texts that cannot wait for the topic: help texts, which migrations repeat, and docstrings that describe the
        API. All others are put together with the words above.
        """
        parts = text.split("`")
        parts[::2] = [FRAMEWORK.sub(self._word, part) for part in parts[::2]]
        return "`".join(parts)

    def _word(self, match: re.Match[str]) -> str:
        article, initial, plural = match.groups()
        words = f"{self.article} {self.item}" if article else self.items if plural else self.item
        return words[:1].upper() + words[1:] if (article or initial)[0].isupper() else words


def read(folder: Path) -> Topic:
    """Return the topic of this folder. Raises TopicError with file, line and a sentence."""
    document = Document(folder / FILE)
    document.only(*TABLES)
    site, items = document.table("site"), document.table("items")
    components, search = document.table("components"), document.table("search")
    facets, criteria, relations = (document.table(name) for name in ("facets", "criteria", "relations"))
    site.only("name", "question", "use_case_question", "description", "licence", "accent")
    items.only("singular", "plural", "article", "long_singular", "long_plural", "definition", "schema_type")
    components.only("singular", "plural", "kinds", "ties", "schema_type")
    relations.only("kinds")
    facets.only("kind_line")
    criteria.only("measured")
    search.only("stop_words", "synonyms", "criteria")
    item, plural = _noun(items, "singular"), _noun(items, "plural")
    return Topic(
        folder=folder,
        name=site.text("name", longest=WORD_MAX),
        question=site.text("question"),
        use_case_question=site.text("use_case_question", "What do you need it for?"),
        description=site.text("description"),
        licence=site.text("licence", longest=2_000),
        accent=_accent(site.table("accent")),
        item=item,
        items=plural,
        article=items.text("article", "an" if item[:1].lower() in set("aeiou") else "a", longest=WORD_MAX),
        long_item=_noun(items, "long_singular", item),
        long_items=_noun(items, "long_plural", plural),
        definition=items.text("definition"),
        schema_type=items.text("schema_type", "Thing"),
        component_schema_type=components.text("schema_type", "Thing"),
        component=_noun(components, "singular", "thing"),
        components=_noun(components, "plural", "things"),
        component_kinds=_kinds(components.table("kinds")),
        tie_kinds=_ties(components.table("ties")),
        relation_kinds=_kinds(relations.table("kinds")),
        kind_line=facets.texts("kind_line"),
        measured=criteria.text("measured", ""),
        stop_words=search.texts("stop_words"),
        synonyms=_lists(search.table("synonyms")),
        criterion_words=_lists(search.table("criteria")),
        examples=_examples(document.table("examples")),
    )


def _noun(table: Table, key: str, default: str | None = None) -> str:
    noun = table.text(key, default, longest=WORD_MAX)
    if "," in noun:
        table.refuse(key, f"“{key}” in [{table.name}] must be a noun without a comma.")
    return noun


def _examples(table: Table) -> Examples:
    """Return the examples that the topic gives, and neutral ones for the rest."""
    table.only(*Examples.__slots__)
    usual = Examples()
    for key in ("items", "criteria"):
        if key in table.values and len(table.texts(key)) != 2:
            table.refuse(key, f"“{key}” in [{table.name}] must be a list of two slugs.")
    if len(table.texts("searches")) not in {0, 3}:
        table.refuse(
            "searches", f"“searches” in [{table.name}] must be a tool, a kind of project and several words."
        )
    return Examples(
        table.texts("items") or usual.items,
        table.texts("criteria") or usual.criteria,
        table.text("asks", usual.asks),
        table.texts("searches"),
        table.text("condition", usual.condition),
        table.text("comparison", usual.comparison),
        table.text("capabilities", usual.capabilities),
    )


def _accent(table: Table) -> Accent:
    table.only("light", "dark")
    accent = Accent(table.text("light", Accent().light), table.text("dark", Accent().dark))
    for theme, grounds in GROUNDS.items():
        colour = getattr(accent, theme)
        if not COLOUR.fullmatch(colour):
            table.refuse(
                theme,
                f"The {theme} accent must be a colour like {getattr(Accent(), theme)}, and not “{colour}”.",
            )
        ground = min(grounds, key=lambda other: contrast(colour, other))
        if (ratio := contrast(colour, ground)) < CONTRAST_MIN:
            table.refuse(
                theme,
                f"The {theme} accent {colour} has a contrast of {int(ratio * 100) / 100:.2f} on {ground}; text needs"
                f" at least {CONTRAST_MIN}.",
            )
    return accent


def _kinds(table: Table) -> dict[str, str]:
    _check_slugs(table)
    kinds = {slug: table.text(slug, longest=WORD_MAX) for slug in table.values}
    for slug, name in kinds.items():
        if list(kinds.values()).count(name) > 1:
            table.refuse(slug, f"Two kinds in [{table.name}] are called “{name}”.")
    return kinds


def _ties(table: Table) -> dict[str, TieKind]:
    _check_slugs(table)
    ties = {}
    for slug in table.values:
        tie = table.table(slug)
        tie.only("says", "heading", "listed")
        says = tie.text("says", longest=WORD_MAX)
        ties[slug] = TieKind(
            says, tie.text("heading", longest=WORD_MAX), tie.text("listed", says, longest=WORD_MAX)
        )
    return ties


def _check_slugs(table: Table) -> None:
    for slug in table.values:
        if not SLUG.fullmatch(slug) or len(slug) > SLUG_MAX:
            table.refuse(
                slug,
                f"“{slug}” in [{table.name}] must be at most {SLUG_MAX} lower-case letters, digits and single"
                " hyphens.",
            )


def _lists(table: Table) -> dict[str, tuple[str, ...]]:
    return {word: table.texts(word) for word in table.values}
