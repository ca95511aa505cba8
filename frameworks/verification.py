"""Check claims against the files of their sources and the table of readings, scores against their claims, and that
no text of ours is copied from a source."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
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
    files: set[int] = set()
    read = cache(_lines)
    for source in sources:
        path = folder / source.file_name
        if not source.file_name:
            yield f"Source {source.key}: has no file name."
        elif not path.is_file():
            yield f"Source {source.key}: {source.file_name} is not in the folder."
        else:
            files.add(source.pk)
            if source.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
                yield f"Source {source.key}: {source.file_name} does not have the recorded SHA-256."
    for claim in claims:
        line = _line(claim, folder, read) if claim.source_id in files else ""
        if claim.source_id not in files:
            yield f"Claim {claim.key}: the file of source {claim.source.key} is missing."
        elif not line.strip():
            yield f"Claim {claim.key}: {claim.locator} does not exist or is blank."
        elif claim.term not in line:
            yield f"Claim {claim.key}: “{claim.term}” is not at {claim.locator}."


def unnamed(folder: Path) -> Iterator[str]:
    """Yield a sentence for each fact about a tool or a trait with a claim whose line does not name it."""
    read = cache(_lines)
    for fact, named in _named_facts():
        names = [named.name, *filter(None, named.synonyms.split("; "))]
        for claim in fact.claims.all():
            if not any(contains(_line(claim, folder, read), name) for name in names):
                yield f"{fact}: {claim.locator} names neither {named.name} nor a synonym of it."


def _line(claim: Claim, folder: Path, read: Callable[[Path], list[str]]) -> str:
    """Return the line of a claim; empty where there is none."""
    lines = read(folder / claim.source.file_name)
    return lines[claim.line - 1] if claim.line <= len(lines) else ""


def _lines(path: Path) -> list[str]:
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
    places = _places(folder)
    for fact, field, text in _texts():
        if run := next((run for run in _runs(text) if run in places), None):
            name = capfirst(f"{fact._meta.verbose_name} {fact.key_text}")
            yield f"{name}: its {field.verbose_name} has “{' '.join(run)}” from {places[run]}."


def _places(folder: Path) -> dict[Run, str]:
    """Return where each run of the sources is found that is not a quotation of ours."""
    places: dict[Run, str] = {}
    phrases = {run for row in Wording.objects.all() for phrase in row.phrases for run in _runs(phrase)}
    for source in Source.objects.prefetch_related("claims"):
        terms = {run for claim in source.claims.all() for run in _runs(claim.term)}
        for number, line in enumerate(_lines(folder / source.file_name), start=1):
            for run in _runs(line):
                if run not in phrases and run not in terms:
                    places.setdefault(run, f"{source.key}:{number}")
    return places


def _texts() -> Iterator[tuple[Versioned, "models.Field[str, str]", str]]:
    """Yield each text that editors write, with its fact and its field."""
    for model in versioned_models().values():
        fields = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and (model, field.name) not in QUOTATIONS
        ]
        for fact in model._default_manager.all() if fields else ():
            for field in fields:
                yield fact, field, getattr(fact, field.name)


def _runs(text: str) -> Iterator[Run]:
    """Yield each run of seven words, in small letters and without punctuation."""
    words = re.findall(r"\w+(?:'\w+)*", text.translate(ALIKE).casefold())
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])
