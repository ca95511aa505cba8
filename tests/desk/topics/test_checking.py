"""A topic checked without a database: what is wrong is said with file and line, all at once."""

import errno
import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from desk.topics.checking import check
from desk.topics.starting import begin

Entries = list[dict[str, Any]]


class Folder:
    """The topic that `new_topic` writes, in which a test breaks something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        begin(path)

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def problems(self) -> list[str]:
        return [str(problem) for problem in check(self.path).problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "topic")


def test_check_finds_nothing_wrong_with_new_topic_or_shipped_one(folder: Folder) -> None:
    report = check(folder.path)
    assert (report.problems, report.notes) == ([], ["1 cell has claims and no rating yet."])
    shipped = check(settings.BASE_DIR / "fixtures")
    assert shipped.problems == []
    assert "were not looked up" in shipped.notes[0]


@pytest.mark.parametrize(
    "file, old, new, expected",
    [
        # Words and files
        ("topic.toml", 'name = "My', 'nam = "My', "6: [site] has no key “nam”. Did you mean “name”?"),
        (
            "sources.json",
            "notes.txt",
            "notess.txt",
            "15: notess.txt is not in the folder.",
        ),
        ("sources.json", "notes.txt", "../a.txt", "15: “file_name” must be the name of a file"),
        ("sources.json", '"line_count": 3', '"line_count": 4', "16: notes.txt has 3 lines, and not 4."),
        ("sources.json", '"article"', '"statement"', "6: A statement needs an author"),
        # JSON
        (
            "readings.json",
            '"reading": 4,',
            '"reading": 4',
            "9: This is not JSON: a comma is missing before this.",
        ),
        ("readings.json", '"reading": 4,', '"reading": NaN,', "2: NaN is not a value."),
        ("readings.json", '"reading": 4,', '"reading": 4, "reading": 3,', "2: “reading” is given twice"),
        ("readings.json", " },\n {", " }\n {", "11: A comma is missing after this entry."),
        ("readings.json", "[\n {", "{", "1: The file must hold a list of entries"),
        ("readings.json", " }\n]", " },\n]", "31: No comma may follow the last entry."),
        ("readings.json", "\n]", "", "32: The list of entries does not end"),
        ("readings.json", "\n]", "\n]]", "32: The list of entries has ended, and more follows."),
        ("readings.json", "[\n", "[ // ours\n", "1: This is not JSON: a value is missing here"),
        # Entries and values
        (
            "readings.json",
            "frameworks.wording",
            "frameworks.wordings",
            "3: There is no kind of fact “frameworks.wordings”. Did you mean “frameworks.wording”?",
        ),
        (
            "readings.json",
            '"words":',
            '"word":',
            "7: A reading row has no field “word”. Did you mean “words”?",
        ),
        ("readings.json", '["price"]', '"price"', "6: “criterion” must be the key of a criterion"),
        (
            "readings.json",
            '["price"]',
            '["prices"]',
            "6: There is no criterion called “prices”. Did you mean “price”?",
        ),
        ("readings.json", '"reading": 4', '"reading": "4"', "8: “reading” must be a whole number"),
        ("readings.json", '"reading": 4', '"reading": 6', "8: “reading”: "),
        (
            "readings.json",
            '"words": "low',
            '"words": "hi\\u0000gh',
            "7: “words” contains an invalid character",
        ),
        ("readings.json", '"words": "low; cheap"', '"words": null', "7: “words” must not be null."),
        ("sources.json", "2026-01-01", "1 May", "14: “read_on”: "),
        ("catalogue.json", '"slug": "price"', '"slug": "Price"', "14: “slug”: Use lower-case letters"),
        ("catalogue.json", '"Nobody answers."', '""', "40: “rubric_1”: A scored criterion needs"),
        ("catalogue.json", '   "group": ["terms"],\n', "", "11: “group” is missing."),
        # Facts beside each other
        (
            "catalogue.json",
            "second-option",
            "first-option",
            "61: There is an option “first-option” already: catalogue.json, line 47.",
        ),
        (
            "catalogue.json",
            "Second option",
            "first  OPTION",
            "62: There is an option with this name already",
        ),
        ("readings.json", '"high; dear"', '"dear; cheap"', "17: “words”: “cheap” is in another row already"),
        (
            "readings.json",
            '"high; dear"',
            '"high; low"',
            "17: “words”: The rubric has “low” at step 4, not 2.",
        ),
        ("claims/claims_notes.json", '   "source": ["notes"],\n', "", "2: “source” is missing."),
        ("claims/claims_notes.json", '"line": 2', '"line": 7', "7: “line”: “Notes” has 3 lines."),
        ("claims/claims_notes.json", '"line": 2', '"line": 1', "11: “low” is not at notes:1."),
        (
            "claims/claims_notes.json",
            '"reading": 4',
            '"reading": 5',
            "14: It is read as 5, but “low; cheap” as 4.",
        ),
        ("claims/claims_notes.json", '["price-low"]', "null", "14: Its term falls under “low; cheap”"),
        (
            "claims/claims_notes.json",
            "Costs less than others.",
            "The price is low, and support answers within a week.",
            "12: its paraphrase has “the price is low and support answers” from notes:2.",
        ),
        (
            "ratings/ratings_first-option.json",
            '["first-option"]',
            '["second-option"]',
            "7: The median of the sources is 2",
        ),
        (
            "ratings/ratings_first-option.json",
            '"score": 4',
            '"score": 2',
            "7: The median of the sources is 4",
        ),
        (
            "ratings/ratings_first-option.json",
            '"The notes',
            '"Two sources, the notes,',
            "9: It says “two sources”, and 1 have a reading.",
        ),
    ],
)
def test_check_names_file_and_line(folder: Folder, file: str, old: str, new: str, expected: str) -> None:
    folder.replace(file, old, new)
    assert any(problem.startswith(f"{file}, line {expected}") for problem in folder.problems()), (
        folder.problems()
    )


def rewrite(folder: Folder, file: str, change: Callable[[Entries], Any]) -> None:
    path = folder.path / file
    entries = json.loads(path.read_text())
    change(entries)
    path.write_text(json.dumps(entries, indent=1))


def test_check_names_everything_at_once_in_the_order_of_the_files(folder: Folder) -> None:
    folder.replace("topic.toml", "[items]", "[item]")
    folder.replace("catalogue.json", '"slug": "terms"', '"slug": "the terms"')
    folder.replace(
        "readings.json", '"reading": 4,', '"reading": 4'
    )  # no JSON: claims of its row are not blamed
    rewrite(folder, "ratings/ratings_first-option.json", lambda entries: entries[1]["fields"].update(score=1))
    (folder.path / "claim").mkdir()
    (folder.path / "claim/claims.json").write_text("[]")
    (folder.path / "sources/notes.txt").write_bytes(b"One line")
    files = [problem.split(":")[0] for problem in folder.problems()]
    assert files == [
        "topic.toml, line 19",
        "catalogue.json, line 5",
        "catalogue.json, line 17",
        "catalogue.json, line 35",
        "sources.json, line 16",
        "readings.json, line 9",
        "claims/claims_notes.json, line 7",
        "claims/claims_notes.json, line 22",
        "claims/claims_notes.json, line 37",
        "ratings/ratings_first-option.json, line 27",
        "claim/claims.json",
    ]


def test_check_says_what_comes_too_late_and_what_is_empty(folder: Folder) -> None:
    rewrite(folder, "catalogue.json", lambda entries: entries.append(entries.pop(0)))
    fields = {"title": "Price", "question": "How much?", "kind": "between", "explanation": "-", "claims": []}
    disagreement = {"model": "frameworks.disagreement", "fields": {"slug": "price", **fields}}
    (folder.path / "disagreements.json").write_text(json.dumps([disagreement]))
    assert folder.problems() == [
        "catalogue.json, line 8: The criterion group “terms” has to come before what names it.",
        "catalogue.json, line 28: The criterion group “terms” has to come before what names it.",
        "disagreements.json, line 1: “claims” needs at least one claim.",
    ]


def test_check_blames_nothing_on_an_entry_of_unknown_kind(folder: Folder) -> None:
    folder.replace("catalogue.json", '"frameworks.framework"', '"frameworks.product"')
    assert folder.problems() == [
        "catalogue.json, line 48: There is no kind of fact “frameworks.product”. docs/topics.md lists them."
    ]


def test_check_notes_what_is_still_to_be_written_and_texts_of_no_source(folder: Folder) -> None:
    folder.replace("catalogue.json", "What it costs and", "To be written:")
    folder.replace("catalogue.json", "Free of charge.", "To be written.")
    (folder.path / "sources/more.txt").touch()
    assert check(folder.path).notes[:2] == [
        "2 texts say “To be written”, the first in catalogue.json, line 7.",
        "sources/more.txt: No source names this file.",
    ]


def test_check_names_the_line_of_words_that_explain_no_criterion(folder: Folder) -> None:
    folder.replace(
        "topic.toml", "[examples]", '[search.criteria]\nprices = ["cost"]\nsupport = ["help"]\n\n[examples]'
    )
    assert folder.problems() == [
        "topic.toml, line 61: [search.criteria] explains “prices”, which no criterion has in its name."
    ]


def test_check_refuses_published_rating_without_claim(folder: Folder) -> None:
    rewrite(folder, "claims/claims_notes.json", lambda entries: entries.pop(1))
    [problem] = folder.problems()
    assert problem.startswith(
        "ratings/ratings_first-option.json, line 14: A published rating needs at least one claim."
    )


def test_check_topic_reports_and_fails(folder: Folder) -> None:
    out, complaints = StringIO(), StringIO()
    call_command("check_topic", folder.path, stdout=out, stderr=complaints)
    assert out.getvalue() == "Nothing is wrong: 2 options, 2 criteria, 1 source, 3 claims, 2 ratings.\n"
    folder.replace("ratings/ratings_first-option.json", '"score": 4', '"score": 3')
    with pytest.raises(CommandError, match=r"^1 thing is wrong\.$"):
        call_command("check_topic", folder.path, stdout=out, stderr=complaints)
    assert "ratings/ratings_first-option.json, line 7: The median" in complaints.getvalue()
    for place, sentence in (
        (folder.path / "none", "is not a folder"),
        (folder.path / "claims", "3 things are wrong"),  # no topic.toml, no catalogue, no sources
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("check_topic", place, stdout=out, stderr=complaints)
    assert "catalogue.json: The file is missing, and a topic needs it.\n" in complaints.getvalue()


def test_new_topic_refuses_folder_that_is_not_empty(tmp_path: Path) -> None:
    out = StringIO()
    call_command("new_topic", tmp_path / "made" / "topic", stdout=out)
    assert "Change its files, check them with `manage.py check_topic" in out.getvalue()
    (tmp_path / "file").touch()
    for place, sentence in (("made", "is not empty"), ("file", "is a file")):
        with pytest.raises(CommandError, match=f"Nothing was written: .*{place} {sentence}"):
            call_command("new_topic", tmp_path / place)


def test_new_topic_that_finds_no_room_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy(_: Path, folder: Path, **__: Any) -> None:
        (folder / "claims").mkdir()
        (folder / "topic.toml").touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", copy)
    (tmp_path / "empty").mkdir()
    for place in ("empty", "new"):
        with pytest.raises(CommandError, match=r"Nothing was written: .*No space left"):
            call_command("new_topic", tmp_path / place)
    assert [each.name for each in tmp_path.rglob("*")] == ["empty"]


@pytest.mark.django_db
def test_new_topic_can_be_loaded_at_once(folder: Folder) -> None:
    out = StringIO()
    call_command("seed", fixtures=folder.path, stdout=out)
    assert out.getvalue() == "Seeded: 14 created, 0 updated, 0 unchanged, 0 kept.\n"


def test_check_knows_the_kinds_of_the_topic(folder: Folder) -> None:
    fields = {"slug": "folder", "name": "Folder", "kind": "tool", "label": "Tool", "summary": "Holds paper."}
    component = {"model": "frameworks.component", "fields": fields}
    (folder.path / "components.json").write_text(json.dumps([component], indent=1))
    unknown = "components.json, line 7: The kind “tool” is not known: this topic has none."
    assert folder.problems() == [unknown]
    folder.replace("topic.toml", '#[components.kinds]\n#tool = "tool"', '[components.kinds]\ntool = "tool"')
    assert folder.problems() == []
    for key, kind in (('kind_line = ["kind"]', "facet"), ('measured = "speed"', "criterion")):
        section = "[facets]" if kind == "facet" else "[criteria]"
        folder.replace("topic.toml", f"#{section}", section)
        folder.replace("topic.toml", f"#{key}", key)
        assert folder.problems()[-1].endswith(f"which is no {kind}.")
    folder.replace("topic.toml", '"second-option"', '"third-option"')
    assert (
        folder.problems()[-1]
        == "topic.toml, line 62: “items” in [examples] names “third-option”, which is no option."
    )
    folder.replace("topic.toml", "[items]", "[item]")
    assert [problem.split(",")[0] for problem in folder.problems()] == ["topic.toml"]
