"""A comparison small enough for somebody else's page: what it shows, how tall it stands, the snippet that frames it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.template.defaultfilters import pluralize
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html

from comparisons.comparison import comparing, use_cases
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.content import (
    CellContent,
    Content,
    CriterionContent,
    FrameworkContent,
    content_of,
    scale_of,
)
from comparisons.models import Snapshot
from frameworks.pages import old_addresses
from frameworks.pages.pictured import address as picture_of
from pictures.svg import PICTURE

from .snapshots import Kept

WIDTH = 640  # pixels, unless somebody says otherwise
#: Pixels that a criterion takes in `static/embed.css`, and all that stands above and below the criteria.
ROW, AROUND_ROWS = 27, 300
HOUR = 3600  # seconds
#: What the frame's links need to leave it: by a click, or in a new tab if the reader wants one.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
#: The pages that can be framed, by the names of their addresses; a frame stands for its page.
FRAMED = {
    "comparisons:side_by_side",
    "comparisons:embed",
    "comparisons:snapshot",
    "comparisons:embed_snapshot",
}


class Place(NamedTuple):
    """What an address of ours names: a snapshot, or frameworks side by side and how they are looked at."""

    snapshot_id: str
    slugs: list[str]
    query: QueryDict

    def side_by_side(self) -> Comparison | None:
        return comparing.side_by_side(self.query, self.slugs) if self.slugs else None


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell in brief. `delta`: steps above or below the baseline."""

    state: str
    score: int | None
    claims: int
    is_disputed: bool
    is_best: bool
    delta: int | None


@dataclass(frozen=True, slots=True)
class EmbedLine:
    """A criterion with its marks in the order of the frameworks. `usual`: its default weight, where it has another."""

    criterion: CriterionContent
    weight: int
    usual: int | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Embed:
    """A side by side or a snapshot, as a frame shows it.

    `path` is its page here, `frame` what is framed, `under` whose weights it is under. `usual` are the default weights,
    which what is frozen does not know. `left_out` counts criteria in which all are alike.
    """

    content: Content
    path: str
    frame: str
    under: str
    baseline: str = ""
    usual: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0

    @property
    def picture(self) -> str:
        path, mark, query = self.path.partition("?")
        return f"{picture_of(path, 'png')}{mark}{query}"

    @property
    def frameworks(self) -> list[FrameworkContent]:
        return self.content["frameworks"]

    @property
    def names(self) -> list[str]:
        return [framework["name"] for framework in self.frameworks]

    @property
    def title(self) -> str:
        return f"{' vs '.join(self.names)}, compared on cited evidence"

    @property
    def heads(self) -> Iterator[dict[str, Any]]:
        """Each framework with its fit as the scale draws it."""
        return ({**framework, "scale": scale_of(framework)} for framework in self.frameworks)

    @property
    def groups(self) -> list[list[EmbedLine]]:
        cells = {(cell["framework"], cell["criterion"]): cell for cell in self.content["cells"]}
        slugs = [framework["slug"] for framework in self.frameworks]
        return [
            [
                self._line(criterion, {slug: cells[slug, criterion["slug"]] for slug in slugs})
                for criterion in criteria
            ]
            for _, criteria in groupby(self.content["criteria"], lambda one: one["group"])
        ]

    def _line(self, criterion: CriterionContent, cells: Mapping[str, CellContent]) -> EmbedLine:
        scores = [cell["score"] for cell in cells.values()]
        best = max(filter(None, scores), default=None) if len(set(scores)) > 1 else None
        base = cells[self.baseline]["score"] if self.baseline else None
        weight, usual = self.content["weights"][criterion["slug"]], self.usual.get(criterion["slug"])
        marks = (
            Mark(
                state=cell["state"],
                score=score,
                claims=len(cell["claims"]),
                is_disputed=cell["disputed"],
                is_best=score is not None and score == best,
                delta=score - base if score and base and slug != self.baseline else None,
            )
            for slug, cell in cells.items()
            for score in [cell["score"]]
        )
        return EmbedLine(criterion, weight, None if usual == weight else usual, tuple(marks))

    @property
    def verdict(self) -> str:
        """Who leads, in a sentence."""
        fits = sorted((one["fit"] or 0 for one in self.frameworks if one["rank"]), reverse=True)
        leaders = [one["name"] for one in self.frameworks if one["rank"] == 1]
        if not leaders:
            return "None of these has enough evidence to be ranked."
        if len(fits) == 1:
            return f"Only {leaders[0]} has enough evidence to be ranked."
        if len(leaders) > 1:
            return f"{self.under} {', '.join(leaders[:-1])} and {leaders[-1]} are level."
        lead = fits[0] - fits[1]
        return f"{self.under} {leaders[0]} leads by {lead or 'less than a point'}."

    @property
    def claim_total(self) -> int:
        return len(self.content["claims"])

    @property
    def disputes(self) -> int:
        return sum(cell["disputed"] for cell in self.content["cells"])

    @property
    def cell_total(self) -> int:
        return len(self.content["cells"])

    @property
    def height(self) -> int:
        """Return how tall its frame is, in pixels: enough for all of it at `WIDTH`. A narrower frame scrolls."""
        return AROUND_ROWS + ROW * sum(map(len, self.groups))

    def snippet(self, width: int, height: int, theme: str) -> str:
        """The markup that frames it, to be pasted elsewhere."""
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
        """The address of the frame, in this theme; the reader's, if empty."""
        if not theme:
            return self.frame
        return f"{self.frame}{'&' if '?' in self.frame else '?'}{urlencode({'theme': theme})}"

    def oembed(self, widest: int | None, tallest: int | None) -> dict[str, str | int]:
        """What oEmbed 1.0 calls a rich response, no larger than the consumer has room for."""
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
            "provider_url": f"{settings.SITE_URL}/",
            "cache_age": HOUR,
            "html": self.snippet(width, height, ""),
            "width": width,
            "height": height,
        }


def of_comparison(asked: Comparison, slugs: Sequence[str]) -> Embed:
    """Of frameworks that there are, in this order, the baseline first. Its addresses pin the weights."""
    usual = {criterion.slug: criterion.default_weight for criterion in asked.facts.criteria}
    view = asked.view.side_by_side().pinned(use_cases.weighing(asked.use_case, asked.facts.criteria))
    view = view.but(baseline=view.baseline if view.baseline in slugs else "")
    # What is alike in all takes no room here, where nothing can be unfolded.
    table = replace(asked, view=view, folds=False).table
    order = sorted(slugs, key=lambda slug: slug != view.baseline)
    rows = sorted(table.in_order, key=lambda row: order.index(row.framework.slug))
    return Embed(
        content=content_of(table, rows, asked.facts.criteria, asked.weights),
        path=view.url(reverse("comparisons:side_by_side", args=[list(slugs)])),
        frame=view.url(reverse("comparisons:embed", args=[list(slugs)])),
        under=_whose(asked),
        baseline=view.baseline,
        usual=usual,
        left_out=len(asked.facts.criteria) - len(table.columns),
    )


def of_snapshot(snapshot: Snapshot) -> Embed:
    """From what was kept alone."""
    return Embed(
        content=Kept(snapshot).content,
        path=snapshot.get_absolute_url(),
        frame=reverse("comparisons:embed_snapshot", args=[snapshot.pk]),
        under="Under the weights below",
    )


def fits(asked: Comparison, slugs: Sequence[str]) -> bool:
    """Two to five frameworks, each of which there is."""
    return 2 <= len(slugs) <= settings.COMPARE_MAX and len(asked.frameworks) == len(slugs)


def found(address: str) -> Embed | None:
    """What can be framed of the page at this address, if anything can."""
    place = place_of(address)
    if place is None:
        return None
    if place.snapshot_id:
        snapshot = Snapshot.objects.filter(pk=place.snapshot_id).first()
        return of_snapshot(snapshot) if snapshot else None
    asked = place.side_by_side()
    return of_comparison(asked, place.slugs) if asked and fits(asked, place.slugs) else None


def place_of(address: str) -> Place | None:
    """Of an address of ours, or of the path of one, by today's names; None for every other."""
    own = urlsplit(settings.SITE_URL)
    try:
        parts = urlsplit(settings.SITE_URL + address if address.startswith("/") else address)
        match = resolve(unquote(parts.path).rstrip("/") + "/")
        query = QueryDict(parts.query)
    except (ValueError, Resolver404, TooManyFieldsSent):
        return None
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or match.view_name not in FRAMED:
        return None
    if today := old_addresses.moved(match, query):
        return place_of(today)
    return Place(match.kwargs.get("snapshot_id", ""), match.kwargs.get("slugs", []), query)


def oembed_url(path: str) -> str:
    """Where it is told how to embed the page at this path."""
    query = urlencode({"url": settings.SITE_URL + path, "format": "json"})
    return f"{settings.SITE_URL}{reverse('comparisons:oembed')}?{query}"


def _whose(asked: Comparison) -> str:
    if changed := asked.view.changed_weights(use_cases.weighing(asked.use_case, asked.facts.criteria)):
        return f"With {len(changed)} weight{pluralize(len(changed))} changed"
    return f"Under the weights for “{asked.use_case.name}”" if asked.use_case else "Under the default weights"
