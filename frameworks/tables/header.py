"""Match the columns of a file with those of a kind of fact."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from .kinds import Kind
from .reading import folded, is_unnamed
from .sheets import Unreadable

#: How much the name of a column must resemble another to be taken for it misspelt, from 0 to 1.
COLUMN_RESEMBLANCE_MIN = 0.75

#: What the first bytes of a file in UTF-8 are to a program that takes it for Windows-1252.
MISREAD = "\ufeff".encode().decode("cp1252")


def check_columns(kind: Kind, header: Sequence[str]) -> None:
    """Raise Unreadable where a column of the key is missing, and where no other column may have been meant by it; and
    where every letter with an accent is damaged, as the first column shows."""
    if header and header[0].startswith(MISREAD):
        raise Unreadable(
            "The program that saved this file had opened it in the wrong encoding, so that letters with accents are "
            "damaged. Open the exported file again, choose UTF-8 when you are asked, or export XLSX."
        )
    if not {*header} & {*kind.fields}:
        raise Unreadable(
            f"The first row must name the columns, and it names none of these: {', '.join(kind.columns)}."
        )
    if (missing := missing_key(kind, header)) and not remarks(kind, header):
        raise Unreadable(f"The column “{missing}” is missing. It identifies each row.")


def missing_key(kind: Kind, header: Sequence[str]) -> str:
    """Return the first column of the key that is missing; empty where none is."""
    return next((name for name in kind.key if name not in header), "")


def remarks(kind: Kind, header: Iterable[str]) -> list[str]:
    """Return the columns that an import ignores: in brackets, without a name, or unknown here."""
    return [name for name in header if name not in kind.columns]


def open_columns(kind: Kind, header: Iterable[str]) -> dict[str, str]:
    """Return the columns of a file that may be others here, with the one that is likely meant, or nothing."""
    free = [name for name in kind.columns if name not in header]
    unknown = [name for name in remarks(kind, header) if is_unnamed(name) or not name.startswith("(")]
    return {
        name: next(iter(get_close_matches(folded(name), free, n=1, cutoff=COLUMN_RESEMBLANCE_MIN)), "")
        for name in (unknown if free else [])
    }
