"""The page that makes the snippet: what was asked for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.forms import FrameForm, notices
from comparisons.comparison.permalinks import View

from . import embedding
from .embedding import SANDBOX, WIDTH, Embed


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """`embed` is None where nothing can be framed yet. `address` is that of a snapshot; a side by side is ticks."""

    comparison: Comparison
    look: Mapping[str, Any]
    embed: Embed | None
    address: str
    notices: list[str]
    sandbox = SANDBOX
    maximum = settings.COMPARE_MAX

    @property
    def ticked(self) -> tuple[str, ...]:
        return self.comparison.view.framework

    @property
    def view(self) -> View:
        """How the frameworks are looked at, whichever are ticked."""
        return self.comparison.view.side_by_side()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What has no control on the page and goes along with whatever is ticked."""
        return list(self.view.but(only="").parameters())

    @property
    def kept_words(self) -> list[str]:
        """What that is."""
        view = self.view
        words = {
            "weights": view.weights,
            "use case": view.use_case,
            "day": view.as_of,
            "baseline": view.baseline,
        }
        return [word for word, value in words.items() if value]

    @property
    def plain_url(self) -> str:
        """The address of the page without that."""
        return View(only=self.view.only, framework=self.ticked).url(reverse("comparisons:embed_maker"))

    @property
    def width(self) -> int:
        return self.look.get("width") or WIDTH

    @property
    def fitting(self) -> int:
        """Return the height for whoever names none, in pixels; 0 where nothing can be framed yet."""
        return self.embed.height if self.embed else 0

    @property
    def height(self) -> int:
        return self.look.get("height") or self.fitting

    @property
    def markup(self) -> str:
        return self.embed.snippet(self.width, self.height, self.look.get("theme", "")) if self.embed else ""

    @property
    def preview(self) -> str:
        return self.embed.themed(self.look.get("theme", "")) if self.embed else ""

    def url(self, path: str) -> str:
        """The address of the page, as it stands."""
        ticks = self.view.but(framework=self.ticked).parameters()
        what = [("address", self.address)] if self.address else list(ticks)
        how = [(name, str(value)) for name, value in self.look.items() if value and name != "address"]
        query = urlencode([*what, *how])
        return f"{path}?{query}" if query else path


def read(query: QueryDict) -> Snippet:
    """An address goes before what is ticked; what leads nowhere is named."""
    form = FrameForm(query)
    look = form.clean_data
    address: str = look.get("address", "")
    place = embedding.place_of(address) if address else None
    frozen = embedding.embed_at(address) if place and place.snapshot_id else None
    if place and (named := place.side_by_side()):
        wanted = place.slugs
        known = {framework.slug for framework in named.frameworks}
        ticks = tuple(slug for slug in wanted if slug in known)
        comparison = replace(named, view=named.view.but(framework=ticks))
    else:
        named, comparison = None, comparing.ticked(query)
        wanted = list(comparison.view.framework)
    said = [*notices(comparison.query, *comparison.forms), *notices({}, form)]
    if address and not frozen and not named:
        said.append("There is no comparison at this address.")
    elif not frozen and len(wanted) > settings.COMPARE_MAX:
        said.append(f"{len(wanted)} frameworks are too many: {settings.COMPARE_MAX} is the most.")
    elif not frozen and len(comparison.frameworks) < len(wanted):
        said.append("Not all frameworks at this address are known here.")
    return Snippet(
        comparison=comparison,
        look=look,
        embed=frozen
        or (embedding.of_comparison(comparison, wanted) if embedding.fits(comparison, wanted) else None),
        address=frozen.path if frozen else "",
        notices=said,
    )
