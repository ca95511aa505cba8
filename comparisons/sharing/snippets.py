"""Read the parameters of the page that makes the snippet, and build it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.forms import FrameForm, clip, notices, value_notices
from comparisons.comparison.permalinks import View, is_parameter
from comparisons.comparison.picking import Offer
from frameworks.text.mangled import unknown

from . import embedding
from .embedding import SANDBOX, WIDTH, Embed

#: What the form itself sends beside an address, which overrides it.
OF_FORM = frozenset({"framework", "only", "q"})


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A snippet with its settings.

    `embed` is None if nothing can be framed yet. `address` is that of a snapshot; a side by side is given by ticks.
    """

    comparison: Comparison
    offer: Offer
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
        """Return the view that applies whichever frameworks are ticked."""
        return self.comparison.view.side_by_side()

    @property
    def passed_on(self) -> list[tuple[str, str]]:
        """Return the parameters that have no control on the page and are passed on as hidden fields."""
        return list(self.view.but(only="").parameters())

    @property
    def passed_on_words(self) -> list[str]:
        """Return in words what is passed on."""
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
        """Return the address of the page without what is passed on."""
        return View(only=self.view.only, framework=self.ticked).url(reverse("comparisons:embed_maker"))

    @property
    def width(self) -> int:
        return self.look.get("width") or WIDTH

    @property
    def fitting(self) -> int:
        """Return the default height in pixels; 0 if nothing can be framed yet."""
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
        """Return the address of the page at `path` with its current settings."""
        ticks = self.view.but(framework=self.ticked).parameters()
        what = [("address", self.address)] if self.address else list(ticks)
        what += [("q", self.offer.q)] if self.offer.q else []
        how = [(name, str(value)) for name, value in self.look.items() if value and name != "address"]
        query = urlencode([*what, *how])
        return f"{path}?{query}" if query else path


def read(query: QueryDict) -> Snippet:
    """Build the snippet. An address takes precedence over ticks; what cannot be framed is named in the notices."""
    form = FrameForm(query)
    look = form.clean_data
    typed: str = look.get("address", "")
    address = embedding.complete(typed, query)
    place = embedding.place_of(address) if address else None
    frozen = embedding.embed_at(address) if place and place.snapshot_id else None
    if place and (named := place.side_by_side()):
        wanted = [*named.slugs]
        known = {framework.slug for framework in named.frameworks}
        ticks = tuple(slug for slug in wanted if slug in known)
        comparison = replace(named, view=named.view.but(framework=ticks))
    else:
        named, comparison = None, comparing.ticked(query)
        wanted = list(comparison.view.framework)
    if place and (frozen or named):
        beside = (
            [name for name in query if name not in OF_FORM and is_parameter(name)]
            if frozen or address == typed
            else []
        )
        messages = [
            *(named.retirement_notes if named else ()),
            *(notices(named.query, *named.forms, FrameForm(named.query)) if named else ()),
            *(
                f"The address has its own settings, so “{clip(name)}” beside it was ignored."
                for name in beside
            ),
            *unknown((name for name in query if not is_parameter(name)), form.fields),
            *value_notices(form),
        ]
    else:
        messages = [*comparison.retirement_notes, *notices(comparison.query, *comparison.forms, form)]
    if address and not frozen and not named:
        messages.append("There is no comparison at this address.")
    elif not frozen and len(wanted) > settings.COMPARE_MAX:
        messages.append(
            f"{len(wanted)} {settings.TOPIC.items} are too many: you can compare up to {settings.COMPARE_MAX}."
        )
    elif not frozen and len(comparison.places) < len(wanted):
        messages.append(f"Some of the {settings.TOPIC.items} at this address are not known here.")
    return Snippet(
        comparison=comparison,
        offer=Offer.read(query, comparison.facts, comparison.view.framework),
        look=look,
        embed=frozen
        or (embedding.of_comparison(comparison, wanted) if embedding.fits(comparison, wanted) else None),
        address=frozen.path if frozen else "",
        notices=messages,
    )
