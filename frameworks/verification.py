"""Check claims against the files of their sources."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from .models import Claim, Source


def misses(sources: Iterable[Source], claims: Iterable[Claim], folder: Path) -> Iterator[str]:
    """Yield a sentence for each source or claim that the files in `folder` do not confirm.

    A source is confirmed when its file exists and has its hash; a claim when its line exists, is not blank, and
    contains the rating term letter by letter. Lines count from 1.
    """
    lines: dict[int, list[str]] = {}
    for source in sources:
        if not source.file_name:
            yield f"Source {source.key}: names no file."
            continue
        path = folder / source.file_name
        if not path.is_file():
            yield f"Source {source.key}: {source.file_name} is not in the folder."
            continue
        content = path.read_bytes()
        if source.sha256 and hashlib.sha256(content).hexdigest() != source.sha256:
            yield f"Source {source.key}: {source.file_name} has another SHA-256 than the one recorded."
        # Only line feeds end a line here, as in every editor that counts them.
        lines[source.pk] = content.decode("utf-8", "replace").split("\n")
    for claim in claims:
        if claim.source_id not in lines:
            yield f"Claim {claim.key}: the file of source {claim.source.key} is missing."
            continue
        text = lines[claim.source_id]
        if claim.line > len(text) or not text[claim.line - 1].strip():
            yield f"Claim {claim.key}: {claim.locator} does not exist or is blank."
        elif claim.term not in text[claim.line - 1]:
            yield f"Claim {claim.key}: “{claim.term}” does not stand at {claim.locator}."
