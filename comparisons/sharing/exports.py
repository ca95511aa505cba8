"""Write a comparison as CSV, JSON or Markdown, all from the same content.

The content may come in parts, each with some of the frameworks, so that a long file is never in memory whole.
`FileOrigin` holds what is not part of the content: the site, the address, the day.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from itertools import chain, groupby, repeat
from operator import itemgetter
from typing import Any, Literal

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.text import capfirst

from comparisons.comparison.content import CellContent, Content, FrameworkContent, SourceContent
from frameworks.median import departure_in_words
from frameworks.models.evidence.claims import ClaimContent
from frameworks.serving import pieces
from frameworks.tables import sheets
from frameworks.wordings import qualification

Place = tuple[str, str]
"""Slugs of framework and criterion."""

#: The columns that an import of ratings reads. The others are for information only, which their brackets show.
RATING = ["framework", "criterion", "score", "verdict", "rationale", "departure", "reviewed_on", "version"]
REMARKS = [
    f"({settings.TOPIC.item} name)",
    "(rank)",
    "(fit)",
    "(fit at least)",
    "(fit at most)",
    "(rated %)",
    "(criterion name)",
    "(group)",
    "(question)",
    "(weight)",
    "(state)",
    "(disputed)",
    "(claims)",
    "(sources)",
    "(view)",
]

SILENT, UNSCORED = "no source rates this", "not scored yet"


@dataclass(frozen=True, kw_only=True)
class FileOrigin:
    """Where a file comes from. `address` is the pinned view; `facts` says in words of which revision or day it is."""

    site: str
    title: str
    address: str
    facts: str
    #: Returns the address of the page about a source, given by key.
    source_page: Callable[[str], str]
    #: Further fields of the JSON: the revision or the snapshot, the day, the use case.
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the frameworks of a comparison. `versions` are those of their ratings, if known: without them changes in
    a file cannot be imported. `mark` is the version of the facts; without it nothing that is written of them is kept.
    """

    content: Content
    versions: Mapping[Place, int]
    mark: str = ""


Parts = Callable[[], Iterable[Part]]
"""Goes through the content from the beginning. There is at least one part; all have the same criteria."""


# JSON


def write_json(parts: Parts, origin: FileOrigin) -> Iterator[str]:
    """Yield the whole content as JSON, together with its origin."""
    frameworks: list[FrameworkContent] = []
    sources: dict[str, SourceContent] = {}

    def cells() -> Iterator[str]:
        for part in parts():
            frameworks.extend(part.content["frameworks"])
            sources.update((source["key"], source) for source in part.content["sources"])
            yield from json_items(part.content, "cells", part.mark, _item)

    first = next(iter(parts()))
    lists: dict[str, Callable[[], Iterable[str]]] = {
        "cells": cells,
        "claims": lambda: (
            text for part in parts() for text in json_items(part.content, "claims", part.mark, _item)
        ),
        # They come after the cells, which is when all of them are known.
        "frameworks": lambda: map(_item, frameworks),
        "sources": lambda: (
            _item({**sources[key], "page": origin.source_page(key)}) for key in sorted(sources)
        ),
    }
    values = {
        "site": origin.site,
        "title": origin.title,
        "address": origin.address,
        "notices": [*origin.notices],
        **origin.metadata,
        **first.content,
    }
    before = "{"
    for name in sorted({**values, **lists}):
        yield f"{before}\n  {_json(name)}: "
        yield from _listed(lists[name]()) if name in lists else [_json(values[name], indent=2)]
        before = ","
    yield "\n}\n"


def json_items(
    content: Content, name: Literal["cells", "claims"], mark: str, write: Callable[[object], str]
) -> Iterator[str]:
    """Yield the cells or the claims as JSON. They are facts alone, and kept by the way in which they are written."""
    for item in content[name]:
        place = item.get("key") or (item.get("framework"), item.get("criterion"))
        yield pieces.written(mark, write, name, place, write=partial(write, item)).filled({})


def _listed(items: Iterable[str]) -> Iterator[str]:
    before = "["
    for item in items:
        yield f"{before}\n    {item}"
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def _item(value: object) -> str:
    return _json(value, indent=4)


def _json(value: object, indent: int = 0) -> str:
    """Return a value as JSON, its lines below the first indented by so many spaces more."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, cls=DjangoJSONEncoder)
    return text.replace("\n", "\n" + " " * indent)


# CSV


def write_csv(parts: Parts, origin: FileOrigin) -> Iterator[bytes]:
    """Yield one row for each cell, in the columns of the desk's table of ratings, so that it can be imported."""
    yield sheets.csv_head([*RATING, *REMARKS])
    for part in parts():
        yield "".join(_csv_rows(part, origin)).encode()


def _csv_rows(part: Part, origin: FileOrigin) -> Iterator[str]:
    """Yield the rows of a part. What no weights change in them is kept."""
    content, view = part.content, _csv([origin.address])
    figures = {framework["slug"]: _csv(_figures_in_columns(framework)) for framework in content["frameworks"]}
    row = _CsvRow(part)
    for cell in content["cells"]:
        place = cell["framework"], cell["criterion"]
        piece = pieces.written(part.mark, "csv", place, write=partial(row.written, cell))
        weight = content["weights"][cell["criterion"]]
        yield piece.filled({"figures": figures[cell["framework"]], "weight": f"{weight}", "view": view})


def _figures_in_columns(framework: FrameworkContent) -> list[object]:
    low, high = framework["band"] or (None, None)
    return [framework["rank"], framework["fit"], low, high, framework["coverage"]]


def _csv(values: Iterable[object]) -> str:
    """Return columns of a CSV file, without the end of the line."""
    texts = ["" if value is None else str(value) for value in values]
    return sheets.csv_rows([texts]).decode().removesuffix("\r\n")


class _CsvRow:
    """Writes the rows of a part, with slots for what is no fact: figures, weight and view."""

    def __init__(self, part: Part) -> None:
        self.versions = part.versions
        self.frameworks = {item["slug"]: item for item in part.content["frameworks"]}
        self.criteria = {item["slug"]: item for item in part.content["criteria"]}
        self.book = _Book(part.content)

    def written(self, cell: CellContent) -> str:
        place = cell["framework"], cell["criterion"]
        criterion = self.criteria[cell["criterion"]]
        claims = [self.book.claims[key] for key in cell["claims"]]
        sources = {claim["source"]: self.book.sources[claim["source"]] for claim in claims}
        values = [
            *(*place, cell["score"], cell["verdict"], cell["rationale"], cell.get("departure", "")),
            *(cell["reviewed_on"], self.versions.get(place)),
            *(self.frameworks[cell["framework"]]["name"], pieces.stand_in("figures")),
            *(criterion["name"], criterion["group"], criterion["question"]),
            *(pieces.stand_in("weight"), cell["state"], "yes" if cell["disputed"] else "no"),
            "\n".join(
                f"[{claim['key']}] {_one_line(sources[claim['source']]['name'])}, {_said(claim)}"
                for claim in claims
            ),
            "\n".join(map(_bibliography, sources.values())),
            pieces.stand_in("view"),
        ]
        return f"{_csv(values)}\r\n"


def _bibliography(source: SourceContent) -> str:
    parts = (source["title"], source["authors"], source["publisher"], source["date"], source["url"])
    return f"{_one_line(source['name'])}{_kind(source)}: {', '.join(filter(None, map(_one_line, parts)))}"


def _kind(source: SourceContent) -> str:
    """Return what the source is, in brackets, unless it is an article."""
    return f" ({source['kind']})" if "kind" in source else ""


# Words that CSV and Markdown share


class _Book:
    """The claims and sources of a content by their keys."""

    def __init__(self, content: Content) -> None:
        self.claims = {claim["key"]: claim for claim in content["claims"]}
        self.sources = {source["key"]: source for source in content["sources"]}


def _said(claim: ClaimContent) -> str:
    """Return `line 12, prose: “term” what it says (read as 4) Editors’ note: …`."""
    term = f"“{_one_line(claim['term'])}” " if claim["term"] else ""
    note = f" Editors’ note: {_one_line(claim['note'])}" if claim["note"] else ""
    words = " ".join(filter(None, [_one_line(claim["paraphrase"]), _qualification(claim)]))
    return f"line {claim['line']}, {claim['part']}: {term}{words}{_reading(claim)}{note}"


def _qualification(claim: ClaimContent) -> str:
    return qualification(claim.get("condition", ""), claim.get("comparison", ""))


def _reading(claim: ClaimContent) -> str:
    return "" if claim["reading"] is None else f" (read as {claim['reading']})"


@lru_cache(maxsize=10_000)
def _one_line(text: str) -> str:
    return " ".join(text.split())


# Markdown


def write_markdown(parts: Parts, origin: FileOrigin, *, turned: bool) -> Iterator[str]:
    """Yield a table in GitHub's Markdown, with a footnote for each score.

    If `turned`, criteria run down and frameworks across, which takes all frameworks in one part.
    """
    first = next(iter(parts())).content
    head = [
        f"# {escaped(origin.title)}",
        f"From [{escaped(origin.site)}]({origin.address}), {escaped(origin.facts)}. {LEGEND}",
        *(f"> {escaped(notice)}" for notice in origin.notices),
    ]
    yield "\n\n".join(head)
    if not first["frameworks"]:
        yield f"\n\nNo {settings.TOPIC.items} match these filters."
    elif turned:
        yield "\n\n" + "\n".join(_turned(first, _Footnotes(first)))
    else:
        yield "\n\n" + "\n".join(_heads(first))
        marked = 0
        for part in parts():
            notes = _Footnotes(part.content, marked)
            yield "".join(f"\n{line}" for line in _upright(part.content, notes))
            marked += len(notes.written)
    yield from (f"\n\n{line}" for line in _hidden_weights(first))
    sources: dict[str, SourceContent] = {}
    marked = 0
    for part in parts():
        notes = _Footnotes(part.content, marked)
        _ = [*(_turned if turned else _upright)(part.content, notes)]
        yield "".join(f"\n\n{note}" for note in notes.written)
        marked += len(notes.written)
        sources.update((source["key"], source) for source in part.content["sources"])
    links = (f"[{_label(sources[key])}]: {origin.source_page(key)}" for key in sorted(sources))
    yield "".join(
        f"{before}{link}" for before, link in zip(chain(["\n\n"], repeat("\n")), links, strict=False)
    )
    yield "\n"


LEGEND = (
    "Scores run from 1 to 5, the fit from 0 to 100; higher is better. The band is the range it could fall in. "
    "≠: readings differ by two steps or more."
)

#: Characters that Markdown could take for markup anywhere in a line.
MARKUP = re.compile(r"[\\`*_\[\]<>|~#&$]")
#: Places where a forge makes links in spite of escapes: mentions, issues, addresses, emoji.
LINKED = re.compile(
    r"(?<=@)(?=\w)|(?<=\\#)(?=\d)|(?<=GH-)(?=\d)|(?<=:)(?=//|[\w+-]+:)|(?<=www)(?=\.)", re.IGNORECASE
)
#: A zero-width space, which breaks such a link invisibly.
APART = "&#8203;"


def escaped(text: str) -> str:
    """Return the text as one line of Markdown that renders as it is: no markup, no mention, no link."""
    return LINKED.sub(APART, MARKUP.sub(r"\\\g<0>", _one_line(text)))


class _Footnotes:
    """The footnotes that explain the cells, numbered in the order of their marks, after so many in earlier parts."""

    def __init__(self, content: Content, earlier: int = 0) -> None:
        self.earlier = earlier
        self.book = _Book(content)
        self.frameworks = {item["slug"]: item["name"] for item in content["frameworks"]}
        self.criteria = {item["slug"]: item["name"] for item in content["criteria"]}
        self.written: list[str] = []

    def mark(self, cell: CellContent) -> str:
        mark = f"[^{self.earlier + len(self.written) + 1}]"
        claims = (self.book.claims[key] for key in cell["claims"])
        cited = [self._citation(key, group) for key, group in groupby(claims, itemgetter("source"))]
        self.written.append("\n".join([f"{mark}: {self._reason(cell)}", *cited]))
        return mark

    def _reason(self, cell: CellContent) -> str:
        score = UNSCORED if cell["score"] is None else cell["score"]
        framework, criterion = self.frameworks[cell["framework"]], self.criteria[cell["criterion"]]
        head = f"**{escaped(framework)}, {escaped(criterion)}: {score}.**"
        day = cell["reviewed_on"]
        reviewed = f"Last reviewed on {in_words(date.fromisoformat(day))}." if day else ""
        return " ".join(
            filter(None, [head, escaped(cell["rationale"]), escaped(self._departure(cell)), reviewed])
        )

    def _departure(self, cell: CellContent) -> str:
        is_read = any(self.book.claims[key]["reading"] for key in cell["claims"])
        return departure_in_words(cell.get("departure", ""), is_read=is_read)

    def _citation(self, source: str, claims: Iterable[ClaimContent]) -> str:
        """Return what a source says, in short, because a pull request takes no more than 65,536 characters."""
        cited = self.book.sources[source]
        words = "; ".join(map(_briefly, claims))
        return f"    - [{escaped(cited['name'])}][{_label(cited)}]{_kind(cited)}: {escaped(words)}"


def _briefly(claim: ClaimContent) -> str:
    """Return the source's own term, or our paraphrase if it has none."""
    words = f"“{claim['term']}”" if claim["term"] else claim["paraphrase"]
    return f"line {claim['line']}, {words}" + _reading(claim)


def _label(source: SourceContent) -> str:
    """Return the label of the link to the source, which is defined once."""
    return f"source-{source['key']}"


def _heads(content: Content) -> Iterator[str]:
    """Yield the lines above the frameworks, with criteria across."""
    criteria = content["criteria"]
    yield _row(
        [
            "Rank",
            capfirst(settings.TOPIC.item),
            "Fit",
            "Band",
            "Rated",
            *(escaped(criterion["name"]) for criterion in criteria),
        ]
    )
    yield _row(["---", "---", "---:", "---", "---:", *["---"] * len(criteria)])
    yield _row(
        ["", "Weight", "", "", "", *(str(content["weights"][criterion["slug"]]) for criterion in criteria)]
    )


def _upright(content: Content, notes: _Footnotes) -> Iterator[str]:
    """Yield the line of each framework, with criteria across."""
    cells = _by_place(content)
    for framework in content["frameworks"]:
        rank, fit, band, rated = _figures(framework)
        scores = [
            _score(cells[framework["slug"], criterion["slug"]], notes) for criterion in content["criteria"]
        ]
        yield _row([rank, f"**{escaped(framework['name'])}**", fit, band, rated, *scores])


def _turned(content: Content, notes: _Footnotes) -> Iterator[str]:
    """Yield the lines of the table with criteria down and frameworks across."""
    cells = _by_place(content)
    frameworks = content["frameworks"]
    yield _row(["Criterion", "Weight", *(escaped(framework["name"]) for framework in frameworks)])
    yield _row(["---", "---:", *["---"] * len(frameworks)])
    heads = ("Rank", "Fit", "Band", "Rated")
    for head, figures in zip(heads, zip(*map(_figures, frameworks), strict=True), strict=True):
        yield _row([head, "", *figures])
    for criterion in content["criteria"]:
        slug = criterion["slug"]
        scores = [_score(cells[framework["slug"], slug], notes) for framework in frameworks]
        yield _row([f"**{escaped(criterion['name'])}**", str(content["weights"][slug]), *scores])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figures(framework: FrameworkContent) -> tuple[str, str, str, str]:
    """Return rank, fit, band and coverage in words."""
    rank, fit, band = framework["rank"], framework["fit"], framework["band"]
    return (
        "not ranked" if rank is None else str(rank),
        "–" if fit is None else str(fit),
        "–" if band is None else f"{band[0]}–{band[1]}",
        f"{framework['coverage']}%",
    )


def _score(cell: CellContent, notes: _Footnotes) -> str:
    if cell["state"] == "silent":
        return SILENT
    text = UNSCORED if cell["score"] is None else f"**{cell['score']}** {escaped(cell['verdict'])}"
    return f"{text}{' ≠' if cell['disputed'] else ''}{notes.mark(cell)}"


def _hidden_weights(content: Content) -> Iterator[str]:
    """Yield a line with the criteria that count although they are not shown, if any."""
    shown = {criterion["slug"] for criterion in content["criteria"]}
    hidden = [f"{name} {weight}" for name, weight in content["weights"].items() if name not in shown]
    if hidden:
        yield escaped(f"Not shown, but included in the fit: {', '.join(hidden)}.")


def listed(names: Iterable[str], word: str = "and") -> str:
    """Join names to `one, two and three`; `word` replaces the “and”."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _by_place(content: Content) -> dict[Place, CellContent]:
    return {(cell["framework"], cell["criterion"]): cell for cell in content["cells"]}
