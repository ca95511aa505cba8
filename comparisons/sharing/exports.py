"""A comparison as a file: CSV, JSON and Markdown from one content. No queries.

The values are the same in each. What a site or an address adds to them is handed in as `FileOrigin`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from comparisons.comparison.content import CellContent, ClaimContent, Content, FrameworkContent, SourceContent
from frameworks.tables import sheets
from frameworks.tables.sheets import Sheet

Place = tuple[str, str]
"""Slugs of framework and criterion."""

#: The columns that an import of ratings reads. Those that follow are for reading only, as their brackets tell it.
RATING = ["framework", "criterion", "score", "verdict", "rationale", "reviewed_on", "version"]
REMARKS = [
    "(framework name)",
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

SILENT, UNSCORED = "no source says", "not scored yet"


@dataclass(frozen=True, kw_only=True)
class FileOrigin:
    """Where a file comes from. `address` shows the same for good; `facts` says in words of when it is."""

    site: str
    title: str
    address: str
    facts: str
    #: By source, the page about it.
    pages: Mapping[str, str]
    #: What else JSON tells of it: the revision or the snapshot, the day, the use case.
    told: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[str] = ()


def write_json(content: Content, origin: FileOrigin) -> str:
    """All of the content, and around it where it is from."""
    said = {
        "site": origin.site,
        "title": origin.title,
        "address": origin.address,
        "notices": [*origin.notices],
        **origin.told,
        **content,
        "sources": [{**source, "page": origin.pages[source["key"]]} for source in content["sources"]],
    }
    return json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True, cls=DjangoJSONEncoder) + "\n"


# CSV


def write_csv(content: Content, origin: FileOrigin, versions: Mapping[Place, int]) -> bytes:
    """One row for each cell, as the desk's table of ratings has it, so that it can be imported.

    `versions` are those of the ratings, where they are known: with them what is changed in the file can be imported.
    """
    return sheets.write(Sheet([*RATING, *REMARKS], list(_rows(content, origin, versions))), "csv")


def _rows(content: Content, origin: FileOrigin, versions: Mapping[Place, int]) -> Iterator[list[str]]:
    frameworks = {one["slug"]: one for one in content["frameworks"]}
    criteria = {one["slug"]: one for one in content["criteria"]}
    book = _Book(content)
    for cell in content["cells"]:
        framework, criterion = frameworks[cell["framework"]], criteria[cell["criterion"]]
        low, high = framework["band"] or (None, None)
        claims = [book.claims[key] for key in cell["claims"]]
        sources = {claim["source"]: book.sources[claim["source"]] for claim in claims}
        values = [
            *(cell["framework"], cell["criterion"], cell["score"], cell["verdict"], cell["rationale"]),
            *(cell["reviewed_on"], versions.get((cell["framework"], cell["criterion"]))),
            *(framework["name"], framework["rank"], framework["fit"], low, high, framework["coverage"]),
            *(criterion["name"], criterion["group"], criterion["question"]),
            *(content["weights"][criterion["slug"]], cell["state"], "yes" if cell["disputed"] else "no"),
            "\n".join(
                f"[{claim['key']}] {_one_line(book.sources[claim['source']]['name'])}, {_said(claim)}"
                for claim in claims
            ),
            "\n".join(_bibliography(source) for source in sources.values()),
            origin.address,
        ]
        yield ["" if value is None else str(value) for value in values]


def _bibliography(source: SourceContent) -> str:
    parts = (source["title"], source["authors"], source["publisher"], source["date"], source["url"])
    return f"{_one_line(source['name'])}: {', '.join(filter(None, map(_one_line, parts)))}"


# Words that CSV and Markdown share


class _Book:
    """The claims and sources of a content by their keys."""

    def __init__(self, content: Content) -> None:
        self.claims = {claim["key"]: claim for claim in content["claims"]}
        self.sources = {source["key"]: source for source in content["sources"]}


def _said(claim: ClaimContent) -> str:
    """`line 12, prose: “term” what it says (reads as 4) Editors’ note: …`."""
    term = f"“{_one_line(claim['term'])}” " if claim["term"] else ""
    note = f" Editors’ note: {_one_line(claim['note'])}" if claim["note"] else ""
    return f"line {claim['line']}, {claim['part']}: {term}{_one_line(claim['paraphrase'])}{_reading(claim)}{note}"


def _reading(claim: ClaimContent) -> str:
    return "" if claim["reading"] is None else f" (reads as {claim['reading']})"


def _one_line(text: str) -> str:
    return " ".join(text.split())


# Markdown


def write_markdown(content: Content, origin: FileOrigin, *, turned: bool) -> str:
    """A table with a footnote for each score, as GitHub renders them. `turned`: criteria down, frameworks across."""
    notes = _Footnotes(content)
    table = (_turned if turned else _upright)(content, notes)
    parts = [
        f"# {escaped(origin.title)}",
        f"From [{escaped(origin.site)}]({origin.address}), {escaped(origin.facts)}. {LEGEND}",
        *(f"> {escaped(notice)}" for notice in origin.notices),
        "\n".join(table) if content["frameworks"] else "No framework passes the filters.",
        *_hidden_weights(content),
        *notes.written,
        "\n".join(f"[{_label(source)}]: {origin.pages[source['key']]}" for source in content["sources"]),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


LEGEND = (
    "Scores run from 1 to 5, the fit from 0 to 100; higher is better. The band is where the fit could lie. "
    "≠: sources disagree by two steps or more."
)

#: What Markdown could take for markup, wherever it stands.
MARKUP = re.compile(r"[\\`*_\[\]<>|~#&$]")
#: What a forge makes something of, whatever is escaped: people, issues, addresses, emoji.
LINKED = re.compile(
    r"(?<=@)(?=\w)|(?<=\\#)(?=\d)|(?<=GH-)(?=\d)|(?<=:)(?=//|[\w+-]+:)|(?<=www)(?=\.)", re.IGNORECASE
)
#: Seen by nobody, and it keeps apart what must not be read as one.
APART = "&#8203;"


def escaped(text: str) -> str:
    """The text as Markdown that says just this, on one line: no markup, no mention, no link."""
    return LINKED.sub(APART, MARKUP.sub(r"\\\g<0>", _one_line(text)))


class _Footnotes:
    """Why a cell says what it says: one note for each, numbered as they are asked for."""

    def __init__(self, content: Content) -> None:
        self.book = _Book(content)
        self.frameworks = {one["slug"]: one["name"] for one in content["frameworks"]}
        self.criteria = {one["slug"]: one["name"] for one in content["criteria"]}
        self.written: list[str] = []

    def mark(self, cell: CellContent) -> str:
        mark = f"[^{len(self.written) + 1}]"
        claims = (self.book.claims[key] for key in cell["claims"])
        cited = [self._citation(key, found) for key, found in groupby(claims, itemgetter("source"))]
        self.written.append("\n".join([f"{mark}: {self._reason(cell)}", *cited]))
        return mark

    def _reason(self, cell: CellContent) -> str:
        score = UNSCORED if cell["score"] is None else cell["score"]
        framework, criterion = self.frameworks[cell["framework"]], self.criteria[cell["criterion"]]
        head = f"**{escaped(framework)}, {escaped(criterion)}: {score}.**"
        day = cell["reviewed_on"]
        reviewed = f"Reviewed on {in_words(date.fromisoformat(day))}." if day else ""
        return " ".join(filter(None, [head, escaped(cell["rationale"]), reviewed]))

    def _citation(self, source: str, claims: Iterable[ClaimContent]) -> str:
        """What one source says: short, because a pull request takes no more than 65,536 characters."""
        found = self.book.sources[source]
        said = "; ".join(map(_briefly, claims))
        return f"    - [{escaped(found['name'])}][{_label(found)}]: {escaped(said)}"


def _briefly(claim: ClaimContent) -> str:
    """The source's own term, where it has one; ours is in the other formats."""
    words = f"“{claim['term']}”" if claim["term"] else claim["paraphrase"]
    return f"line {claim['line']}, {words}" + _reading(claim)


def _label(source: SourceContent) -> str:
    """Of the link to it, which is written once."""
    return f"source-{source['key']}"


def _upright(content: Content, notes: _Footnotes) -> Iterator[str]:
    """Frameworks down, criteria across."""
    cells = _by_place(content)
    criteria = content["criteria"]
    yield _row(["Rank", "Framework", "Fit", "Band", "Rated", *(escaped(one["name"]) for one in criteria)])
    yield _row(["---", "---", "---:", "---", "---:", *["---"] * len(criteria)])
    yield _row(["", "Weight", "", "", "", *(str(content["weights"][one["slug"]]) for one in criteria)])
    for framework in content["frameworks"]:
        rank, fit, band, rated = _figures(framework)
        scores = [_score(cells[framework["slug"], one["slug"]], notes) for one in criteria]
        yield _row([rank, f"**{escaped(framework['name'])}**", fit, band, rated, *scores])


def _turned(content: Content, notes: _Footnotes) -> Iterator[str]:
    """Criteria down, frameworks across."""
    cells = _by_place(content)
    frameworks = content["frameworks"]
    yield _row(["Criterion", "Weight", *(escaped(one["name"]) for one in frameworks)])
    yield _row(["---", "---:", *["---"] * len(frameworks)])
    heads = ("Rank", "Fit", "Band", "Rated")
    for head, figures in zip(heads, zip(*map(_figures, frameworks), strict=True), strict=True):
        yield _row([head, "", *figures])
    for criterion in content["criteria"]:
        slug = criterion["slug"]
        scores = [_score(cells[one["slug"], slug], notes) for one in frameworks]
        yield _row([f"**{escaped(criterion['name'])}**", str(content["weights"][slug]), *scores])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figures(framework: FrameworkContent) -> tuple[str, str, str, str]:
    """Rank, fit, band and coverage in words."""
    rank, fit, band = framework["rank"], framework["fit"], framework["band"]
    return (
        "not ranked" if rank is None else str(rank),
        "–" if fit is None else str(fit),
        "–" if band is None else f"{band[0]} to {band[1]}",
        f"{framework['coverage']} %",
    )


def _score(cell: CellContent, notes: _Footnotes) -> str:
    if cell["state"] == "silent":
        return SILENT
    said = UNSCORED if cell["score"] is None else f"**{cell['score']}** {escaped(cell['verdict'])}"
    return f"{said}{' ≠' if cell['disputed'] else ''}{notes.mark(cell)}"


def _hidden_weights(content: Content) -> Iterator[str]:
    """Criteria that are not shown count all the same."""
    shown = {criterion["slug"] for criterion in content["criteria"]}
    hidden = [f"{name} {weight}" for name, weight in content["weights"].items() if name not in shown]
    if hidden:
        yield escaped(f"Not shown, but weighed: {', '.join(hidden)}.")


def listed(names: Iterable[str], word: str = "and") -> str:
    """`one, two and three`."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _by_place(content: Content) -> dict[Place, CellContent]:
    return {(cell["framework"], cell["criterion"]): cell for cell in content["cells"]}
