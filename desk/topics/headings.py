"""Find the headings of a comparison: below a title, in one row or in two, of which the upper one names groups."""

from collections import Counter
from collections.abc import Sequence

Row = Sequence[str]


def find_headings(rows: Sequence[Row]) -> tuple[int, list[str], list[str]] | None:
    """Return the index of the first row below the headings, the headings, and the group above each (empty: none).

    The headings are in the first row with two cells or more that has half as many as the fullest, because a title may
    be above it. None where no row has two cells.
    """
    counts = [_count(row) for row in rows]
    least = max(2, max(counts, default=0) / 2)
    place = next((place for place, count in enumerate(counts) if count >= least), None)
    if place is None:
        return None
    for upper in (place - 1, place):
        if 0 <= upper < len(rows) - 1 and _is_pair(rows[upper], rows[upper + 1], is_certain=upper < place):
            return upper + 2, *_joined(rows[upper], rows[upper + 1])
    names = [_tidy(cell) for cell in rows[place]]
    return place + 1, names, [""] * len(names)


def _is_pair(upper: Row, lower: Row, *, is_certain: bool) -> bool:
    """Return whether the upper row names groups of what the lower row names.

    It is not where both have a heading for what is compared. If only the lower one has, its first cell may as well be
    the first name: unless it is certain that the lower one has headings, the groups must have several columns.
    """
    if len(upper) < 2 or len(lower) < 2 or (_tidy(upper[0]) and _tidy(lower[0])):
        return False
    above, below = [[bool(_tidy(cell)) for cell in row[1:]] for row in (upper, lower)]
    added = sum(under and not over for over, under in zip(above, below, strict=False))
    is_ambiguous = bool(_tidy(lower[0])) and not is_certain
    return any(above) and added >= (sum(above) if is_ambiguous else 1)


def _joined(upper: Row, lower: Row) -> tuple[list[str], list[str]]:
    """Return the headings and the group of each. Two of the same name in different groups have the group in front."""
    names, groups, group = [], [], ""
    width = max(len(upper), len(lower))
    for place in range(width):
        over, under = (_tidy(row[place]) if place < len(row) else "" for row in (upper, lower))
        group = over or (group if under else "")
        names.append(under or over)
        groups.append(group if under and place else "")
    again = {name for name, count in Counter(filter(None, names)).items() if count > 1}
    return (
        [
            f"{group}: {name}" if name in again and group else name
            for name, group in zip(names, groups, strict=True)
        ],
        groups,
    )


def _count(row: Row) -> int:
    """Return how many columns a row may name; the first may have no name where another has one."""
    named = sum(bool(cell.strip()) for cell in row[1:])
    return named + 1 if named else int(any(map(str.strip, row)))


def _tidy(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split())
