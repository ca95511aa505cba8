"""Check claims against the files of their sources and the table of readings, scores against their claims, and that
no text of ours is copied from a source."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.text import capfirst

from .backing import needs_reading
from .median import departs, derive
from .models import Addition, Claim, Component, FacetValue, Rating, Source, Tie, Trait, Wording
from .models.versioned import Versioned, versioned_models
from .text.counting import Said, miscounts
from .wordings import ALIKE, contains, rows_of

#: So many words in a row are no longer a rating term or the name of a thing: they are somebody's sentence.
RUN = 7
#: Fields that quote a source, or name it.
QUOTATIONS = {(Claim, "term"), (Wording, "words"), (Source, "title")}
Run = tuple[str, ...]


def misses(sources: Iterable[Source], claims: Iterable[Claim], folder: Path) -> Iterator[str]:
    """Yield a sentence for each source or claim that the files in `folder` do not confirm.

    A source is confirmed when its file exists and has its hash; a claim when its line exists, is not blank, and
    contains the rating term letter by letter. Lines count from 1.
    """
    read = cache(lines_of)
    for source in sources:
        if sentence := unlike(source, folder):
            yield f"Source {source.key}: {sentence}"
    for claim in claims:
        path = folder / claim.source.file_name
        if not path.is_file():
            yield f"Claim {claim.key}: the file of source {claim.source.key} is missing."
        elif sentence := missed(claim, read(path)):
            yield f"Claim {claim.key}: {sentence}"


def unlike(source: Source, folder: Path) -> str:
    """Say in a sentence that the file of a source is missing or is another; empty where neither is so."""
    path = folder / source.file_name
    if not source.file_name:
        return "has no file name."
    if not path.is_file():
        return f"{source.file_name} is not in the folder."
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if source.sha256 and source.sha256 != digest:
        return f"{source.file_name} does not have the recorded SHA-256, but {digest}."
    return ""


def missed(claim: Claim, lines: Sequence[str]) -> str:
    """Say in a sentence that the line of a claim is none of these, or lacks its term; empty where neither is so."""
    line = _line(claim, lines)
    if not line.strip():
        return f"{claim.locator} does not exist or is blank."
    return "" if claim.term in line else f"“{claim.term}” is not at {claim.locator}."


def unnamed(folder: Path) -> Iterator[str]:
    """Yield a sentence for each fact about a tool or a trait with a claim whose line does not name it."""
    read = cache(lines_of)
    for fact, named in _named_facts():
        for claim in fact.claims.all():
            if sentence := not_named(claim, read(folder / claim.source.file_name), named):
                yield f"{fact}: {sentence}"


def not_named(claim: Claim, lines: Sequence[str], named: Component | FacetValue) -> str:
    """Say in a sentence that the line of a claim does not name this tool or trait; empty where it does."""
    names = [named.name, *filter(None, named.synonyms.split("; "))]
    if any(contains(_line(claim, lines), name) for name in names):
        return ""
    return f"{claim.locator} names neither {named.name} nor a synonym of it."


def _line(claim: Claim, lines: Sequence[str]) -> str:
    """Return the line of a claim; empty where there is none."""
    return lines[claim.line - 1] if claim.line <= len(lines) else ""


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file. Only line feeds end a line here, as in every editor that counts them."""
    return path.read_bytes().decode("utf-8", "replace").split("\n") if path.is_file() else []


def _named_facts() -> Iterator[tuple[Any, Component | FacetValue]]:
    """Yield each tie, addition and trait with what its claims must name."""
    for kind in (Tie, Addition):
        for fact in kind.objects.select_related("framework", "component").prefetch_related("claims__source"):
            yield fact, fact.component
    traits = Trait.objects.select_related("framework", "value__facet").prefetch_related("claims__source")
    for trait in traits:
        yield trait, trait.value


def misread(claims: Iterable[Claim]) -> Iterator[str]:
    """Yield a sentence for each claim that is read otherwise than the table of readings says."""
    tables: dict[int, list[Wording]] = {}
    for row in Wording.objects.select_related("criterion"):
        tables.setdefault(row.criterion_id, []).append(row)
    for claim in claims:
        criteria = claim.criterion_id, claim.joint_criterion_id or 0
        rows = rows_of(claim.term, [row for criterion in criteria for row in tables.get(criterion, ())])
        if sentence := misreading(claim, rows):
            yield f"Claim {claim.key}: {sentence}"


def misreading(claim: Claim, rows: list[Wording]) -> str:
    """Say in a sentence how a claim departs from the rows that its term falls under; empty where it does not."""
    row = claim.wording
    if claim.framework_id is None:
        return "A general statement takes no reading." if row or claim.reading is not None else ""
    if row is None:
        return _unread(claim, rows)
    if row not in rows:
        words = f"falls under “{rows[0].words}”" if rows else "has none of these words"
        return f"It is read by “{row.words}”, but its term {words}."
    if row.reading != claim.reading:
        return f"It is read as {claim.reading}, but “{row.words}” as {row.reading}."
    return ""


def _unread(claim: Claim, rows: list[Wording]) -> str:
    if rows:
        return f"Its term falls under “{rows[0].words}”, and names no row of the table of readings."
    if claim.reading is not None:
        return f"Its reading, {claim.reading}, names no row of the table of readings."
    return ""


def departures(ratings: Iterable[Rating]) -> Iterator[str]:
    """Yield a sentence for each rating whose score neither follows from its claims nor says why it departs."""
    for rating in ratings:
        claims = Claim.objects.behind(rating.framework, rating.criterion)
        derived = derive(claims.values_list("source__key", "reading"))
        if sentence := departs(rating, derived) if derived else needs_reading(rating):
            yield f"{rating}: {sentence}"


def miscounted(ratings: Iterable[Rating]) -> Iterator[str]:
    """Yield a sentence for each count in a rationale that the claims of its cell do not bear out."""
    sources = list(Source.objects.values_list("short_name", flat=True))
    for rating in ratings:
        claims = Claim.objects.behind(rating.framework, rating.criterion)
        said = list(claims.values_list("source__short_name", "reading"))
        derived = derive(said)
        counted = Said(said, sources, derived.median_text if derived else "")
        for sentence in miscounts(rating.rationale, counted):
            yield f"{rating}: {sentence}"


def copied(folder: Path) -> Iterator[str]:
    """Yield a sentence for each text of ours that has a run of seven words in common with a line of a source.

    Capital letters and punctuation do not count. A run within a rating term of the source, or within a phrase of the
    table of readings, is a quotation.
    """
    sources, claims = Source.objects.all(), Claim.objects.select_related("source")
    passages = passages_of(sources, claims, Wording.objects.all(), folder)
    for model in versioned_models().values():
        for fact in model._default_manager.all() if _texts(model) else ():
            for _, sentence in copies(fact, passages):
                yield f"{capfirst(f'{fact._meta.verbose_name} {fact.key_text}')}: {sentence}"


def passages_of(
    sources: Iterable[Source], claims: Iterable[Claim], rows: Iterable[Wording], folder: Path
) -> dict[Run, str]:
    """Return where each run of the sources is found that is not a quotation of ours.

    A source that is no article, and that nobody else has written or published, is the editors' own: they may repeat it.
    """
    passages: dict[Run, str] = {}
    phrases = {run for row in rows for phrase in row.phrases for run in _runs(phrase)}
    terms: dict[str, set[Run]] = defaultdict(set)
    for claim in claims:
        terms[claim.source.key].update(_runs(claim.term))
    for source in sources:
        if not (source.is_article or source.authors or source.publisher or source.url):
            continue
        for number, line in enumerate(lines_of(folder / source.file_name), start=1):
            for run in _runs(line):
                if run not in phrases and run not in terms[source.key]:
                    passages.setdefault(run, f"{source.key}:{number}")
    return passages


def copies(fact: Versioned, passages: Mapping[Run, str]) -> Iterator[tuple[str, str]]:
    """Yield each text of a fact that has one of these passages: the name of its field, and a sentence."""
    for field in _texts(type(fact)):
        runs = _runs(getattr(fact, field.name))
        if run := next((run for run in runs if run in passages), None):
            yield field.name, f"its {field.verbose_name} has “{' '.join(run)}” from {passages[run]}."


@cache
def _texts(model: type[Versioned]) -> "list[models.Field[str, str]]":
    """Return the fields with the texts that editors write."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and (model, field.name) not in QUOTATIONS
    ]


def _runs(text: str) -> Iterator[Run]:
    """Yield each run of seven words, in small letters and without punctuation."""
    words = re.findall(r"\w+(?:'\w+)*", text.translate(ALIKE).casefold())
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])
