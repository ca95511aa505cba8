"""Address what leads on from a comparison: its files, pictures and permanent copy, another day. No queries."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse

from comparisons.comparison.matrix import Matrix
from comparisons.comparison.permalinks import View, with_query
from frameworks.pages.pictured import address


@lru_cache(maxsize=10_000)
def path_of(name: str, *args: Hashable) -> str:
    """Return the path of a page or a file by its name. A page links to a dozen, each time the same."""
    return reverse(name, args=args)


@dataclass(frozen=True, slots=True)
class File:
    """The view as a file, with what its format is useful for."""

    name: str
    use: str
    url: str


#: The ending, the name and the use of each format.
FORMATS = (
    ("md", "Markdown", "for wikis and pull requests"),
    ("csv", "CSV", "for a spreadsheet"),
    ("json", "JSON", "for scripts"),
)


def files(pinned: View, route: str, *args: Hashable) -> list[File]:
    """Return the files of what `pinned` shows. The URL `route` takes the ending after `args`."""
    query = pinned.but(framework=(), open="", rows=(), why="", evidence="", page=1).query()
    return [
        File(name, use, with_query(path_of(route, *args, ending), query)) for ending, name, use in FORMATS
    ]


@dataclass(frozen=True)
class Pictures:
    """The addresses of a view's pictures, and of the page that they show."""

    svg_url: str
    png_url: str
    drawn_url: str


def pictures(pinned: View, path: str) -> Pictures:
    """Return the addresses of the pictures of what `pinned` shows at `path`."""
    query = pinned.but(evidence="", page=1).query()
    svg, png, page = (
        with_query(place, query) for place in (address(path, "svg"), address(path, "png"), path)
    )
    return Pictures(svg, png, page)


def side_by_side_path(slugs: Sequence[str]) -> str:
    return path_of("comparisons:side_by_side", tuple(slugs))


def freeze_url(table: Matrix, pinned: View) -> str:
    """Return the address that saves a permanent copy of these frameworks side by side, with this view’s weights."""
    slugs = [row.framework.slug for row in table.in_order]
    return (
        pinned.side_by_side()
        .but(rows=(), why="", evidence="")
        .url(path_of("comparisons:freeze", tuple(slugs)))
    )


@dataclass(frozen=True)
class PastDayNote:
    """The note on a page about a past day: a link to today and, if the day is before the history, to its first day."""

    today_url: str
    begins: date | None
    begins_url: str


def past_day_note(path: str, view: View, begins: date | None) -> PastDayNote:
    """Return the note for the day of `view`.

    `begins` is the day of the first revision, if there were no facts on the day of the view.
    """
    is_before = begins is not None and view.as_of is not None and view.as_of < begins
    return PastDayNote(
        view.url(path, as_of=None),
        begins if is_before else None,
        view.url(path, as_of=begins) if is_before else "",
    )
