"""The example topic: sound by itself, and without a word of the first topic."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings, settings
from django.core.management import call_command

from desk.topics.checking import check
from frameworks.models import Versioned
from frameworks.models.schema import schema_of
from topics.topic import read

EXAMPLE = settings.BASE_DIR / "examples" / "task-queues"
FIRST = re.compile("framework|django|flask|fastapi|python|web app", re.IGNORECASE)
RUBRICS = ", ".join(f"`rubric_{step}`" for step in range(1, 6))


def texts(value: Any) -> list[str]:
    """Every text among the values of an entry; keys and models are not words."""
    if isinstance(value, dict):
        return [text for name, part in value.items() if name != "model" for text in texts(part)]
    return [text for part in value for text in texts(part)] if isinstance(value, list) else [str(value)]


def test_example_has_nothing_wrong_and_no_word_of_the_first_topic() -> None:
    report = check(EXAMPLE)
    assert (report.problems, report.notes) == ([], ["2 cells have claims and no rating yet."])
    files = [path for path in EXAMPLE.rglob("*") if path.is_file()]
    said = [(path, path.read_text()) for path in files if path.suffix != ".json"]
    said += [
        (path, "\n".join(texts(json.loads(path.read_text())))) for path in files if path.suffix == ".json"
    ]
    assert [path.name for path, text in said if FIRST.search(text)] == []
    sources = (EXAMPLE / "sources").iterdir()
    assert all("Written for the example topic" in path.read_text().splitlines()[1] for path in sources)


@pytest.mark.django_db
def test_example_is_loaded_verified_and_written_again(settings: LazySettings, tmp_path: Path) -> None:
    settings.TOPIC = read(EXAMPLE)
    out = StringIO()
    call_command("seed", fixtures=EXAMPLE, stdout=out)
    call_command("verify_claims", EXAMPLE / "sources", stdout=out)
    assert out.getvalue().splitlines() == [
        "Seeded: 222 created, 0 updated, 0 unchanged, 0 kept.",
        "83 claims from 4 sources are right, 33 scores follow from them or say why they depart, and no text is copied.",
    ]
    call_command("export_topic", tmp_path / "again", stdout=out)
    assert check(tmp_path / "again")[:2] == check(EXAMPLE)[:2]
    call_command("seed", fixtures=tmp_path / "again", prune=True, stdout=out)
    assert out.getvalue().splitlines()[2:] == [
        f"{tmp_path / 'again'} is a topic, with 222 entries.",
        "Seeded: 0 created, 0 updated, 222 unchanged, 0 kept, 0 pruned.",
    ]


def test_document_names_the_fields_of_every_entry() -> None:
    rows = re.findall(
        r"^\| `((?:frameworks|comparisons)\.\w+)` \| (.+?) \| ?(.*?) ?\|$",
        (settings.BASE_DIR / "docs/topics.md").read_text(),
        re.MULTILINE,
    )
    named = {
        model: [re.findall(r"`(\w+)`", re.sub("`rubric_1` to `rubric_5`", RUBRICS, cell)) for cell in cells]
        for model, *cells in rows
    }
    fields = {}
    for model in filter(lambda model: issubclass(model, Versioned), apps.get_models()):
        columns = schema_of(model).fields.items()
        optional = [name for name, column in columns if column.blank or column.has_default()]
        needed = [name for name, column in columns if name not in optional]
        fields[model._meta.label_lower] = [
            needed,
            [name for name in optional if not name.startswith("retired_")],
        ]
    assert {model: [sorted(names) for names in cells] for model, cells in named.items()} == {
        model: [sorted(names) for names in cells] for model, cells in fields.items()
    }
