"""Tidy text as editors and files bring it, and tell names that readers cannot tell apart. Pure functions on text."""

import re
import unicodedata

from django.conf import settings

#: Blank, and not white space to Python: zero-width spaces and joiners, the byte order mark, fillers.
_UNSEEN = "\u00ad\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufeff\uffa0"
_AT_THE_EDGES = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+\Z")
#: Not the joiners, which emoji and Persian need.
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b\u2060\ufeff]")
#: Drawn with what stands before them, or not at all: variation selectors, and what joins letters or Khmer vowels.
_IGNORED = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: Characters that control a terminal. Null is refused elsewhere, line ends and tabs are blanks.
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BLANKS = re.compile(rf"[\s{_UNSEEN}]+")


def tidy(text: str) -> str:
    """Return the text in composed form (NFC), without control characters and without blanks at its edges, seen or
    unseen.
    """
    text = _CONTROLS.sub("", text)
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", _AT_THE_EDGES.sub("", text))


def tidy_name(name: str) -> str:
    """Return the name in composed form, trimmed, with single ordinary spaces within."""
    return " ".join(tidy(_WITHOUT_WIDTH.sub("", name)).split())


def folded(name: str) -> str:
    """Return what names have in common that differ only in case, in compatibility form or in unseen characters."""
    if name.isascii():  # as nearly all are; a save compares its name with every other
        return " ".join(name.lower().split())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    if "i" in plain or "ı" in plain:
        dotless = unicodedata.normalize("NFD", plain).replace("i\u0307", "i").replace("ı", "i")
        plain = unicodedata.normalize("NFKC", dotless)
    plain = _IGNORED.sub("", plain)
    seen = "".join(
        character for character in plain if character.isspace() or unicodedata.category(character) != "Cf"
    )
    return _BLANKS.sub(" ", seen).strip()


def with_article(kind: str) -> str:
    """Return a kind of fact with its article: `a framework`."""
    if kind == settings.TOPIC.item:
        return settings.TOPIC.an_item
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def taken(name: str, kind: str, other: str) -> str:
    """Say in a sentence or two that another fact of the kind has this name already."""
    sentence = f"There is already {with_article(kind)} called “{other}”."
    if name == other:
        return sentence
    return f"{sentence} “{name}” differs from it only in case or in the form of its characters."
