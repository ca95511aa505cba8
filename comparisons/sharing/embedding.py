"""Build a comparison small enough for another page: its content, its height and the snippet that frames it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.template.defaultfilters import pluralize
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.html import format_html

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.matrix import Matrix, Row
from comparisons.comparison.permalinks import is_parameter
from comparisons.models import Snapshot
from frameworks.pages import old_addresses
from frameworks.pages.addresses import absolute, below_home, home
from frameworks.pages.pictured import address as picture_of
from frameworks.text.mangled import repaired_paths, repaired_query
from pictures.svg import PICTURE

from .snapshots import FrozenComparison

WIDTH = 640  # pixels, by default
#: The height in pixels of a criterion in `static/embed.css`, and of everything above and below the criteria.
ROW, AROUND_ROWS = 27, 330
HOUR = 3600  # seconds
#: What the frame's links need in order to replace the whole page, or to open in a new tab.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
#: The URL names of the pages that can be framed; the address of a frame counts as that of its page.
FRAMED = {
    "comparisons:side_by_side",
    "comparisons:embed",
    "comparisons:snapshot",
    "comparisons:embed_snapshot",
}


class Place(NamedTuple):
    """What an address of ours names: a snapshot, or frameworks side by side with the parameters."""

    snapshot_id: str
    slugs: list[str]
    query: QueryDict

    def side_by_side(self) -> Comparison | None:
        return comparing.side_by_side(self.query, self.slugs) if self.slugs else None


@dataclass(frozen=True)
class Embed:
    """A side by side or a snapshot, as a frame shows it.

    `path` is its page, `frame` the address that is framed, `weights` the words for its weights. `left_out` is the
    number of criteria that are not shown because all frameworks are alike.
    """

    table: Matrix
    path: str
    frame: str
    weights: str
    left_out: int = 0

    @property
    def picture(self) -> str:
        path, mark, query = self.path.partition("?")
        return f"{picture_of(path, 'png')}{mark}{query}"

    @property
    def names(self) -> list[str]:
        return self.table.names

    @property
    def title(self) -> str:
        return f"{' vs '.join(self.names)}, compared on cited evidence"

    @property
    def baseline(self) -> Row | None:
        """Return the row that the others are measured against, if any."""
        return next((row for row in self.table.in_order if row.is_baseline), None)

    @property
    def verdict(self) -> str:
        """Return a sentence that says who leads."""
        return self.table.verdict(self.weights)

    @property
    def height(self) -> int:
        """Return the height of its frame in pixels, enough for all of it at `WIDTH`. A narrower frame scrolls."""
        return AROUND_ROWS + ROW * len(self.table.columns)

    def snippet(self, width: int, height: int, theme: str) -> str:
        """Return the markup that frames it; width and height are in pixels, an empty theme is the reader's."""
        return format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" sandbox="{}"'
            ' style="border:0;max-width:100%"></iframe>',
            settings.SITE_URL + self.themed(theme),
            f"{self.title} · {settings.SITE_NAME}",
            width,
            height,
            SANDBOX,
        )

    def themed(self, theme: str) -> str:
        """Return the address of the frame in this theme; if empty, in the reader's."""
        if not theme:
            return self.frame
        return f"{self.frame}{'&' if '?' in self.frame else '?'}{urlencode({'theme': theme})}"

    def oembed(self, widest: int | None, tallest: int | None) -> dict[str, str | int]:
        """Return a rich response of oEmbed 1.0, no larger than these maxima in pixels (None: no maximum)."""
        width = min(WIDTH, widest or WIDTH)
        height = min(self.height, tallest or self.height)
        wide, high = PICTURE.width, PICTURE.height
        thumbnail: dict[str, str | int] = {
            "thumbnail_url": settings.SITE_URL + self.picture,
            "thumbnail_width": wide,
            "thumbnail_height": high,
        }
        has_room = (widest or wide) >= wide and (tallest or high) >= high
        return {
            **(thumbnail if has_room else {}),
            "version": "1.0",
            "type": "rich",
            "title": self.title,
            "provider_name": settings.SITE_NAME,
            "provider_url": absolute(home()),
            "cache_age": HOUR,
            "html": self.snippet(width, height, ""),
            "width": width,
            "height": height,
        }


def of_comparison(comparison: Comparison, slugs: Sequence[str]) -> Embed:
    """Build the embed of frameworks that exist, in this order, the baseline first. Its addresses pin the weights."""
    view = comparison.view.side_by_side().pinned(comparison.usual)
    view = view.but(baseline=view.baseline if view.baseline in slugs else "")
    # Criteria in which all are alike are left out: a frame cannot unfold them.
    places = comparison.facts.places(sorted(slugs, key=lambda slug: slug != view.baseline))
    table = replace(comparison, view=view, places=places, folds=False).table
    return Embed(
        table=table,
        path=view.url(reverse("comparisons:side_by_side", args=[list(slugs)])),
        frame=view.url(reverse("comparisons:embed", args=[list(slugs)])),
        weights=_whose(comparison),
        left_out=len(table.criteria) - len(table.columns),
    )


def of_snapshot(snapshot: Snapshot) -> Embed:
    """Build the embed of a snapshot, from its stored content alone."""
    return Embed(
        table=FrozenComparison(snapshot).table,
        path=snapshot.get_absolute_url(),
        frame=reverse("comparisons:embed_snapshot", args=[snapshot.pk]),
        weights="With the weights below",
    )


def fits(comparison: Comparison, slugs: Sequence[str]) -> bool:
    """Return whether these are two to five frameworks that all exist."""
    return 2 <= len(slugs) <= settings.COMPARE_MAX and len(comparison.places) == len(slugs)


def embed_at(address: str) -> Embed | None:
    """Return the embed of the page at this address, or None if it cannot be framed."""
    place = place_of(address)
    if place is None:
        return None
    if place.snapshot_id:
        snapshot = Snapshot.objects.filter(pk=place.snapshot_id).first()
        return of_snapshot(snapshot) if snapshot and FrozenComparison(snapshot).is_side_by_side else None
    comparison = place.side_by_side()
    if comparison is None or not fits(comparison, comparison.slugs):
        return None
    return of_comparison(comparison, comparison.slugs)


def place_of(address: str) -> Place | None:
    """Return what an address or a path of ours names, by today's slugs; None for every other address."""
    try:
        parts = urlsplit(_full(address))
        if _site(parts) != _site(urlsplit(settings.SITE_URL)):
            return None
        match, inner = _framed(below_home(unquote(parts.path)))
        whole = "&".join(filter(None, [inner, parts.query]))
        query = QueryDict(repaired_query(whole, is_parameter) or whole)
    except (ValueError, Resolver404, TooManyFieldsSent):
        return None
    if today := old_addresses.moved(match, query):
        return place_of(today)
    return Place(match.kwargs.get("snapshot_id", ""), match.kwargs.get("slugs", []), query)


def complete(address: str, query: QueryDict) -> str:
    """Return the address with those of its parameters that arrived beside it because nobody had escaped it.

    Beside ticked frameworks they are those of the ticks.
    """
    beside = [(name, value) for name, values in query.lists() if is_parameter(name) for value in values]
    if not beside or "?" not in address or "framework" in query:
        return address
    bare, mark, fragment = address.partition("#")
    return f"{bare}&{urlencode(beside)}{mark}{fragment}"


def _full(address: str) -> str:
    """Return the address with scheme and host, without the marks around it, and escaped once."""
    bare = address.strip("<>\"'`“”„ \t\r\n")
    while re.match("https?%(?:25){0,3}3a", bare, re.IGNORECASE):
        bare = unquote(bare)
    bare = re.sub("^(https?:)/(?!/)", r"\1//", bare, flags=re.IGNORECASE)
    if bare.startswith("//"):
        return f"https:{bare}"
    if bare.startswith("/"):
        return settings.SITE_URL + bare
    return bare if "://" in bare.partition("?")[0] else f"https://{bare}"


def _site(parts: SplitResult) -> tuple[str, int | None]:
    """Return host and port of an address of the web, both as they are meant: by https or not, `www.` or not.

    Raises ValueError for other addresses.
    """
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ValueError
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return host if host.isascii() else host.encode("idna").decode(), None if parts.port in {
        80,
        443,
    } else parts.port


def _framed(path: str) -> tuple[ResolverMatch, str]:
    """Return the route of a page that can be framed, as typed or repaired, and the query that the path contains.

    Raises Resolver404 if there is none.
    """
    as_typed = [] if "?" in path else [f"{path.rstrip('/')}/"]
    framed = []
    for candidate in (*as_typed, *repaired_paths(path, is_parameter)):
        place, _, query = candidate.partition("?")
        try:
            match = resolve(place)
        except Resolver404:
            continue
        if match.view_name in FRAMED:
            framed.append((match, query))
            if re.fullmatch(r"[a-z0-9/-]+", place):
                return match, query
    if not framed:
        raise Resolver404
    return framed[0]


def oembed_url(path: str) -> str:
    """Return the oEmbed address that describes how to embed the page at this path."""
    query = urlencode({"url": settings.SITE_URL + path, "format": "json"})
    return f"{settings.SITE_URL}{reverse('comparisons:oembed')}?{query}"


def _whose(comparison: Comparison) -> str:
    if changed := comparison.view.changed_weights(comparison.usual):
        return f"With {len(changed)} weight{pluralize(len(changed))} changed"
    return (
        f"With the weights for “{comparison.use_case.name}”"
        if comparison.use_case
        else "With the default weights"
    )
