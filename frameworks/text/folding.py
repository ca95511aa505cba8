"""Fold text, so that what a reader types finds what is meant. The one folding for every filter, search and suggestion.

Nothing is folded by the database, so that both find the same.
"""

import unicodedata
from functools import lru_cache

from .mangled import DASHES, INVISIBLE

#: Letters that Unicode does not decompose, and quotes of one kind.
PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
    }
)
UNSEEN = {**DASHES, **INVISIBLE}


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Return the text without case, accents, width, unseen characters and superfluous blanks: `Naïve` as `naive`.

    `ß` becomes `ss`, and `İ` and `ı` become `i`, in every language.
    """
    bare = _without_accents(_without_accents(text.translate(UNSEEN)).casefold()).translate(PLAIN)
    return " ".join(bare.split())


def without_spaces(text: str) -> str:
    """Return the folded text without spaces and punctuation: `O’Neil` as `oneil`, `Жар-Птица` as `жарптица`."""
    return "".join(filter(str.isalnum, folded(text)))


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
