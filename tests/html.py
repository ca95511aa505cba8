"""Reads a page as a browser would: its elements, their words, and what its forms would send. Standard library only."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {
    *"address article aside blockquote body br button caption dd details div dl dt fieldset figure footer".split(),
    *"form h1 h2 h3 h4 header hr label legend li main nav ol option p pre section select small summary svg".split(),
    *"table tbody td tfoot th thead title tr ul".split(),
}
SILENT = {"script", "style", "template"}
PART = re.compile(r"(?P<kind>[#.]?)(?P<name>[\w-]+)|\[(?P<attribute>[\w:-]+)(?:=(?P<value>[^\]]*))?\]")

#: What an element has to be: each condition as kind, name, attribute and value.
Step = tuple[tuple[str | Any, ...], ...]


@cache
def conditions(selector: str) -> list[Step]:
    parts = [PART.finditer(step) for step in selector.split()]
    return [tuple(part.group("kind", "name", "attribute", "value") for part in step) for step in parts]


@dataclass(eq=False)
class Element:
    """An element of a page. Selectors are a tag, `#id`, `.class`, `[attribute]`, `[attribute=value]`, together or
    one inside the other: `form#matrix input[name=q]`."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list, repr=False)

    def __getitem__(self, name: str) -> str:
        if self.tag == "option" and name == "value":
            return self.attributes.get(name, self.text)  # as browsers do
        return self.attributes[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        """All its words, those for screen readers included, as one line."""
        return re.sub(r"\s+", " ", "".join(self._pieces())).strip()

    @property
    def parts(self) -> list[str]:
        """The words of each child by itself, the wordless left out."""
        texts = [child if isinstance(child, str) else child.text for child in self.children]
        return [stripped for text in texts if (stripped := text.strip())]

    @cached_property
    def descendants(self) -> list["Element"]:
        """In the order of the page."""
        inner = [child for child in self.children if isinstance(child, Element)]
        return [one for child in inner for one in (child, *child.descendants)]

    def all(self, selector: str) -> list["Element"]:
        found = [self]
        for step in conditions(selector):
            inside = [element for outer in found for element in outer.descendants if element._fits(step)]
            found = list(dict.fromkeys(inside))
        return found

    def one(self, selector: str) -> "Element":
        """The only one there is."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} × {selector} in {self.text[:200]}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def _fits(self, step: "Step") -> bool:
        for kind, name, attribute, value in step:
            match kind, name, attribute, value:
                case "#", _, _, _:
                    fits = self.attributes.get("id") == name
                case ".", _, _, _:
                    fits = name in self.attributes.get("class", "").split()
                case _, None, _, None:
                    fits = attribute in self.attributes
                case _, None, "rel", _:
                    fits = value in self.attributes.get("rel", "").split()
                case _, None, _, _:
                    fits = self.attributes.get(attribute) == value
                case _:
                    fits = self.tag == name
            if not fits:
                return False
        return True

    def _pieces(self) -> Iterator[str]:
        if self.tag in SILENT:
            return
        gap = " " if self.tag in BLOCKS else ""
        yield gap
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._pieces()
        yield gap


class Reader(HTMLParser):
    """Builds the tree, and insists that what was opened is closed again in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open[-1].tag, (
            f"</{tag}> where </{self.open[-1].tag}> is due, line {self.getpos()[0]}"
        )
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@lru_cache(maxsize=100)
def read(html: str | bytes) -> Element:
    """The tree of a page, to be looked at only. Fails where tags do not close, an attribute or an id stands twice."""
    reader = Reader()
    reader.feed(html.decode() if isinstance(html, bytes) else html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    document = reader.open[0]
    ids = [element["id"] for element in document.descendants if "id" in element]
    assert len(ids) == len(set(ids)), (
        f"ids that stand twice: {sorted({one for one in ids if ids.count(one) > 1})}"
    )
    return document


def read_head(html: bytes) -> Element:
    """The head of a page, for whoever asks hundreds of pages for their titles: reading the rest takes longest."""
    return read(html[: html.index(b"<body")] + b"</html>").one("head")


# Forms


def submission(form: Element) -> list[tuple[str, str]]:
    """What a browser would send: name and value of every control that takes part, in the order of the page."""
    return [
        (control["name"], value)
        for control in form.descendants
        if control.attributes.get("name") and "disabled" not in control
        for value in _values(control)
    ]


def _values(control: Element) -> Sequence[str]:
    match control.tag, control.attributes.get("type", "text"):
        case "input", "checkbox" | "radio":
            return [control.attributes.get("value", "on")] if "checked" in control else []
        case "input", "submit" | "button" | "reset" | "image":
            return []
        case "input", _:
            return [control.attributes.get("value", "")]
        case "select", _:
            options = control.all("option")
            chosen = [option for option in options if "selected" in option] or options[:1]
            return [option["value"] for option in chosen]
    return []


def address(form: Element, button: Element | None = None) -> str:
    """Where the form leads when it is sent as it stands, with this button or with Enter."""
    action = button["formaction"] if button and "formaction" in button else form["action"]
    return f"{action}?{urlencode(submission(form))}"


# Addresses

#: Attributes that hold words or keys.
WORDS = {"placeholder", "aria-keyshortcuts", "content", "title", "alt", "aria-label"}


def named(content: bytes, content_type: str, site: str) -> set[str]:
    """Return the paths of this site that an answer names, with their queries: as addresses, as attributes, in JSON."""
    if not re.search("text|json|xml", content_type):
        return set()
    text = content.decode()
    spelt_out = unescape(f"{text}\n{unquote(text)}")
    found = set(re.findall(rf"{re.escape(site)}([^\s\"'<>`()\[\]|\\]*)", spelt_out))
    if "json" in content_type:
        found |= {string for string in _strings(json.loads(text)) if re.match(r"/\w", string)}
    if content_type.startswith("text/html"):
        found |= {
            value
            for element in read(content).descendants
            for name, value in element.attributes.items()
            if value.startswith("/") and name not in WORDS
        }
    if "css" in content_type:
        found |= set(re.findall(r"url\([\"']?(/[^)\"']*)", text))
    return found


def leads_on(address: str) -> str:
    """Return the path of a plain address, to be asked for; empty for views, patterns and examples."""
    parts = urlsplit(address.rstrip(".,;"))
    return "" if parts.query or re.search("[{…]", unquote(address)) else parts.path


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from (key, *_strings(value))
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


# The matrix


@dataclass(frozen=True)
class Row:
    """One framework as the table shows it. `under` is the line under the fit: band and coverage."""

    rank: str
    name: str
    fit: str
    under: str


def standings(page: Element) -> list[Row]:
    """The rows of the matrix from top to bottom."""
    rows = [row for row in page.all("table.grid tbody tr") if row.attributes.get("id", "").startswith("row-")]
    return [_row(row.one(".rank").text, row.one("th.name a").text, row.one("td.fit")) for row in rows]


def _row(rank: str, name: str, fit: Element) -> Row:
    *parts, under = fit.parts
    if rank:
        parts.remove(f", rank {rank},")  # for screen readers, which hear the name alone of the row's head
    return Row(rank, name, " ".join(parts), under)


def order(page: Element) -> list[str]:
    """The names from top to bottom."""
    return page.texts("table.grid th.name .who a")


def fits(page: Element) -> dict[str, str]:
    return {row.name: row.fit for row in standings(page)}


def cells(page: Element, framework: str) -> dict[str, str]:
    """What stands in each cell of a framework's row, by the heads of the columns: `5 · 3≠`."""
    row = page.one(f"table.grid tr#row-{framework}")
    columns = page.texts("table.grid tr.heads th")[2:]
    found = [cell for cell in row.all("td") if "fit" not in cell["class"].split()]
    texts = [
        " · ".join(
            [
                *link.parts,
                *(part["data-delta"] for part in link.all(".delta")),
                *([link["data-n"]] if "data-n" in link else []),
            ]
        )
        for cell in found
        for link in [cell.one("a") if cell.all("a") else cell]
    ]
    return dict(zip(columns, texts, strict=True))
