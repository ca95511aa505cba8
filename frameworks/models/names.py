"""Tidy text as editors and files bring it, and tell names that readers cannot tell apart. Pure functions on text."""

import re
import unicodedata

#: Blank, and not white space to Python: zero-width spaces and joiners, the byte order mark, fillers.
_UNSEEN = "\u00ad\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufeff\uffa0"
_AT_THE_EDGES = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+\Z")
#: Not the joiners, which emoji and Persian need.
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BLANKS = re.compile(rf"[\s{_UNSEEN}]+")


def tidy(text: str) -> str:
    """Return the text in composed form (NFC), without blanks at its edges, seen or unseen."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", _AT_THE_EDGES.sub("", text))


def tidy_name(name: str) -> str:
    """Return the name in composed form, trimmed, with single ordinary spaces within."""
    return " ".join(tidy(_WITHOUT_WIDTH.sub("", name)).split())


def folded(name: str) -> str:
    """Return what names have in common that differ only in case, in compatibility form or in unseen characters."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(
        character for character in plain if character.isspace() or unicodedata.category(character) != "Cf"
    )
    return _BLANKS.sub(" ", seen).strip()


def taken(name: str, kind: str, other: str) -> str:
    """Say in a sentence or two that another fact of the kind has this name already."""
    sentence = f"There is already a {kind} called “{other}”."
    if name == other:
        return sentence
    return f"{sentence} “{name}” differs from it only in case or in the form of its characters."
