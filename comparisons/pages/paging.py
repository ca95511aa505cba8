"""Lead from one page of the matrix to the others. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator

from comparisons.comparison.permalinks import View
from frameworks.catalogue import LISTED


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page by number, with its address; without a number it stands for pages that are left out."""

    number: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Which rows of how many are shown, counted from 1, and the addresses of the other pages (empty: there is none)."""

    number: int
    first: int
    last: int
    total: int
    links: Sequence[PageLink]
    previous_url: str
    next_url: str

    @property
    def are_many(self) -> bool:
        return len(self.links) > 1


def pages_of(view: View, total: int, path: str) -> Pages:
    """Return the pages of a matrix with so many rows, of which `view` shows one at `path`."""
    paginator = Paginator(range(total), LISTED)
    page = paginator.page(view.page)
    numbers = paginator.get_elided_page_range(view.page, on_each_side=1, on_ends=1)
    return Pages(
        number=view.page,
        first=page.start_index(),
        last=page.end_index(),
        total=total,
        links=[
            PageLink(number, view.url(path, page=number)) if isinstance(number, int) else PageLink(None, "")
            for number in numbers
        ],
        previous_url=view.url(path, page=view.page - 1) if page.has_previous() else "",
        next_url=view.url(path, page=view.page + 1) if page.has_next() else "",
    )
