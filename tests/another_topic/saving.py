"""Save what is there on another topic, by every way into it: forms, the grid, tables and commands."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from frameworks.models import Rating
from frameworks.models.versioned import versioned_models
from frameworks.tables import imports, reading, sheets
from frameworks.tables.kinds import KINDS
from frameworks.tables.rows import Status
from tests.desk.acting import changed_cell, send
from tests.desk.reading import add_url, change_url, form_on, text_of

from .words import foreign

REASON = "Tried on another topic."
#: Fields of plain text, any of which a form may have.
TEXTS = "explanation rationale paraphrase summary description text advice question name note".split()


def forms(editor: Any) -> Iterator[str]:
    """Send the form of a new fact of each kind as it is, which is refused; save a fact of each kind as its form holds
    it, which changes nothing, and then with another text."""
    for name, model in versioned_models().items():
        refused = editor.post(add_url(model), form_on(editor.get(add_url(model)), reason=REASON))
        if refused.status_code != 200:
            yield f"{add_url(model)}: {refused.status_code}"
        yield from (f"{add_url(model)}: {words}" for words in foreign(refused))
        fact = model._default_manager.order_by("pk").first()
        if fact is None:
            continue
        url = change_url(fact)
        page = editor.get(url)
        if page.status_code != 200:
            yield f"{url}: {page.status_code}"
            continue
        form = form_on(page, reason=REASON)
        text = next((field for field in TEXTS if form.get(field, [""])[0]), None)
        changed = {**form, text: [f"{form[text][0]} Once more."]} if text else None
        for sent, more in ((form, 0), (changed, 1)):
            if sent is None:
                continue
            answer = editor.post(url, sent)
            version = model._default_manager.get(pk=fact.pk).version
            if answer.status_code != 302 or version != fact.version + more:
                yield f"{name}: saved as version {version} after {fact.version}: {text_of(answer)[:600]}"


def cells(editor: Any) -> Iterator[str]:
    """Change a rating in the grid."""
    rating = Rating.objects.published().select_related("framework", "criterion")[0]
    change = changed_cell(rating, verdict="In other words", score=rating.score, rationale=rating.rationale)
    answer = send(editor, {**change, "is_published": True}, reason=REASON)
    saved = Rating.objects.get(pk=rating.pk)
    if answer.status_code != 200 or saved.verdict != "In other words":
        yield f"the grid: {answer.status_code} {answer.content.decode()[:600]}"


def tables(place: Path) -> Iterator[str]:
    """Write the facts of each kind as CSV, XLSX and JSON, and read them back, which changes nothing."""
    for name, kind in KINDS.items():
        sheet = kind.sheet()
        if not sheet.rows:
            continue
        for ending in sheets.FORMATS:
            file = f"{name}.{ending}"
            back = reading.read(file, sheets.write(sheet, ending), kind.headings)
            rows = imports.compare(kind, back, sheets.first_row(file))
            changed = [(row.number, row.status, row.problems) for row in rows if row.status != Status.SAME]
            if changed:
                yield f"{file}: {changed[:3]}"
    table, said = place / "ratings.csv", StringIO()
    try:
        call_command("export_facts", "rating", table, stdout=said)
        table.write_text(table.read_text(encoding="utf-8-sig").replace(",3,", ",4,", 1), encoding="utf-8-sig")
        call_command(
            "import_facts", "rating", table, "--reason", REASON, "--dry-run", stdout=said, stderr=said
        )
    except CommandError as error:
        # The median of the sources says otherwise, in words of the topic.
        said.write(str(error))
    if "1 changed" not in said.getvalue() and "1 refused" not in said.getvalue():
        yield f"import_facts: {said.getvalue()}"
    call_command("seed", stdout=said)
    call_command("verify_history", stdout=said)
