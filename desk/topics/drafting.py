"""Draft a topic from a comparison in a spreadsheet: its rows, its columns, and a claim for each cell with words in it.

Readings, rubrics and scores are left to the editors: what a cell says does not say how good it is.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import PurePath
from typing import Any

from django.utils.text import slugify

from frameworks.models import Claim, Criterion, CriterionGroup, Framework, Source
from frameworks.models.names import folded as folded_name
from frameworks.models.names import tidy_name
from frameworks.text.folding import folded
from topics.topic import FILE, WORD_MAX

from .entries import in_json
from .evidence import TEXTS
from .sheet import Comparison
from .starting import BLANK

SHEET = "sheet"
FILE_NAME = f"{SHEET}.txt"
#: The slug of the group of criteria that have no group in the sheet.
GROUP = "sheet"
STEPS = range(1, 6)
TERM_WORDS = 6
#: The end of a slug, or what would be taken for the joint of an address.
JOINT = re.compile(r"-vs(?=-|\Z)")


@dataclass
class Names:
    """Gives out names and slugs that fit their fields and that no two have in common."""

    longest: int
    slug_longest: int
    prefix: str
    names: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)

    def name(self, text: str) -> str:
        """Return the text, shortened where it is too long and numbered where another has it."""
        name = next(
            name
            for number in count(1)
            for mark in ["" if number == 1 else f" ({number})"]
            for name in [cut(text, self.longest - len(mark)) + mark]
            if folded_name(name) not in self.names
        )
        self.names.add(folded_name(name))
        return name

    def slug(self, text: str) -> str:
        """Return a slug for the text; a numbered one where nothing of it can be written in Latin letters."""
        stem = JOINT.sub("-v", slugify(folded(text)).replace("_", "-").strip("-"))
        stem = re.sub(r"-+", "-", stem)[: self.slug_longest - 4].strip("-")
        slug = next(
            slug
            for number in count(1)
            for slug in ([stem] if number == 1 and stem else [f"{stem or self.prefix}-{number}"])
            if slug not in self.slugs and not JOINT.search(slug)
        )
        self.slugs.add(slug)
        return slug


def cut(text: str, longest: int) -> str:
    """Return at most so many characters of a text."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def draft(comparison: Comparison, title: str, today: date) -> dict[str, str]:
    """Return the files of a topic, by their names in its folder, drafted from a sheet with this title."""
    text = [f"The table {' '.join(title.split())}, one line for each cell."]
    groups = _groups(comparison.groups)
    criteria = list(_criteria(comparison, groups))
    claims, items = [], []
    names = Names(_longest(Framework, "name"), _longest(Framework, "slug"), "row")
    for full_name, cells in comparison.items:
        name = names.name(full_name)
        slug = names.slug(full_name)
        summary = f"The sheet calls it “{full_name}”." if name != full_name else ""
        items.append(_entry("framework", slug=slug, name=name, summary=summary))
        for criterion, heading, words in zip(criteria, comparison.criteria, cells, strict=True):
            if words:
                text.append(f"{full_name} · {heading}: {words}")
                claims.append(_claim(len(text), slug, criterion["fields"]["slug"], words))
    content = "".join(f"{line}\n" for line in text)
    return {
        "topic.toml": _topic(title, items, criteria),
        "catalogue.json": in_json([*groups.values(), *criteria, *items]),
        "sources.json": in_json([_source(title, content, comparison, today)]),
        f"claims/claims_{SHEET}.json": in_json(claims),
        f"{TEXTS}/{FILE_NAME}": content,
    }


def _topic(title: str, items: list[dict[str, Any]], criteria: list[dict[str, Any]]) -> str:
    """Return the words of a new topic, its site called after the sheet, its examples the first rows and columns."""
    text = (BLANK / FILE).read_text(encoding="utf-8")
    for key, entries in {"items": items, "criteria": criteria}.items():
        slugs = [entry["fields"]["slug"] for entry in entries[:2]]
        examples = f"{key} = {json.dumps(slugs)}\n" if len(slugs) == 2 else ""
        text = re.sub(rf"^{key} = .*\n", examples, text, flags=re.MULTILINE)
    name = cut(tidy_name(PurePath(title).stem), WORD_MAX)
    return (
        text.replace('"My comparison"', json.dumps(name, ensure_ascii=False))
        if name.isprintable() and name
        else text
    )


def _longest(model: type[Any], name: str) -> int:
    return int(model._meta.get_field(name).max_length)


def _groups(headings: list[str]) -> dict[str, dict[str, Any]]:
    """Return a group for each heading above criteria, and one for those without."""
    names = Names(_longest(CriterionGroup, "name"), _longest(CriterionGroup, "slug"), "group")
    return {
        heading: _entry(
            "criteriongroup",
            slug=names.slug(heading or GROUP),
            name=names.name(heading or "Criteria"),
            summary="",
            position=position,
        )
        for position, heading in enumerate(dict.fromkeys(headings), 1)
    }


def _criteria(comparison: Comparison, groups: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    names = Names(_longest(Criterion, "name"), _longest(Criterion, "slug"), "column")
    for position, (heading, group) in enumerate(zip(comparison.criteria, comparison.groups, strict=True), 1):
        name = names.name(heading)
        yield _entry(
            "criterion",
            slug=names.slug(heading),
            name=name,
            short_name=cut(name, _longest(Criterion, "short_name")),
            group=[groups[group]["fields"]["slug"]],
            position=position,
            question=cut(f"What does the sheet say under “{name}”?", _longest(Criterion, "question")),
            description=f"Taken from the column “{heading}”. To be written: what counts here and what does not.",
            default_weight=1,
            **{f"rubric_{step}": f"To be written: what a score of {step} means here." for step in STEPS},
        )


def _source(title: str, content: str, comparison: Comparison, today: date) -> dict[str, Any]:
    rows, columns = len(comparison.items), len(comparison.criteria)
    return _entry(
        "source",
        key=SHEET,
        kind=Source.Kind.DOCUMENT,
        short_name=cut(title, _longest(Source, "short_name")),
        title=cut(title, _longest(Source, "title")),
        description=f"The table from which this topic was drafted: {rows} rows under {columns} criteria.",
        shape="A line for each cell that says something.",
        read_on=today.isoformat(),
        file_name=FILE_NAME,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        line_count=content.count("\n"),
    )


def _claim(line: int, framework: str, criterion: str, words: str) -> dict[str, Any]:
    is_term = len(words.split(" ")) <= TERM_WORDS and len(words) <= _longest(Claim, "term")
    return _entry(
        "claim",
        key=f"{SHEET}-{line}",
        source=[SHEET],
        line=line,
        part="table",
        framework=[framework],
        criterion=[criterion],
        term=words if is_term else "",
        paraphrase=f"The sheet says “{cut(words, _longest(Claim, 'paraphrase') - 20)}”.",
        reading=None,
    )


def _entry(model: str, **fields: Any) -> dict[str, Any]:
    return {"model": f"frameworks.{model}", "fields": fields}
