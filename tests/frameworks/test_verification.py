"""Claims held against files: what stands there passes, and each kind of miss is named."""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from frameworks.models import Claim, Rating, Source
from frameworks.verification import copied, departures, misread, misses, unnamed
from tests.factories import (
    make_addition,
    make_claim,
    make_component,
    make_facet_value,
    make_rating,
    make_source,
    make_tie,
    make_trait,
    make_wording,
)

TEXT = "A title\n\nLearning curve: Steep\n"


def source(text: bytes | None, folder: Path, **fields: Any) -> Source:
    """A source that names a file with this text; None: the file is not there."""
    if text is not None:
        (folder / "000.txt").write_bytes(text)
    return Source(**{"pk": 1, "key": "000", "file_name": "000.txt", **fields})


def claim(of: Source, line: int, term: str = "") -> Claim:
    return Claim(source=of, key=f"000-{line}-django-speed", line=line, term=term)


# Each kind of miss


@pytest.mark.parametrize(
    "line, term",
    [(1, "A title"), (1, ""), (3, "Steep"), (3, "Learning curve: Steep"), (3, ": S")],
)
def test_misses_is_empty_when_terms_are_on_their_lines(tmp_path: Path, line: int, term: str) -> None:
    of = source(TEXT.encode(), tmp_path, sha256=hashlib.sha256(TEXT.encode()).hexdigest())
    assert list(misses([of], [claim(of, line, term)], tmp_path)) == []


@pytest.mark.parametrize(
    "line, term, miss",
    [
        (2, "", "Claim 000-2-django-speed: 000:2 does not exist or is blank."),
        (4, "", "Claim 000-4-django-speed: 000:4 does not exist or is blank."),
        (5, "", "Claim 000-5-django-speed: 000:5 does not exist or is blank."),
        (3, "steep", "Claim 000-3-django-speed: “steep” is not at 000:3."),
        (1, "Steep", "Claim 000-1-django-speed: “Steep” is not at 000:1."),
    ],
    ids=["blank", "after the last line", "beyond the end", "another letter", "another line"],
)
def test_misses_names_claim_not_on_its_line(tmp_path: Path, line: int, term: str, miss: str) -> None:
    of = source(TEXT.encode(), tmp_path)
    assert list(misses([of], [claim(of, line, term)], tmp_path)) == [miss]


@pytest.mark.parametrize(
    "text, fields, found",
    [
        (None, {}, ["Source 000: 000.txt is not in the folder."]),
        (b"", {"file_name": ""}, ["Source 000: has no file name."]),
    ],
)
def test_misses_names_source_without_file_and_its_claims(
    tmp_path: Path, text: bytes | None, fields: dict[str, str], found: list[str]
) -> None:
    of = source(text, tmp_path, **fields)
    lost = "Claim 000-1-django-speed: the file of source 000 is missing."
    assert list(misses([of], [claim(of, 1)], tmp_path)) == [*found, lost]


def test_misses_reports_wrong_hash_and_still_checks_claims(tmp_path: Path) -> None:
    of = source(TEXT.encode(), tmp_path, sha256=hashlib.sha256(b"before").hexdigest())
    assert list(misses([of], [claim(of, 1, "A title"), claim(of, 3, "Flat")], tmp_path)) == [
        f"Source 000: 000.txt does not have the recorded SHA-256, but {hashlib.sha256(TEXT.encode()).hexdigest()}.",
        "Claim 000-3-django-speed: “Flat” is not at 000:3.",
    ]


# Texts as they come


@pytest.mark.parametrize(
    "text, line, term, holds",
    [
        ("One\r\nTwo\r\n", 2, "Two", True),
        ("One\r\n\r\nThree", 2, "", False),
        ("One\r\n\r\nThree", 3, "Three", True),
        ("rating:\u00a0Steep", 1, "rating:\u00a0Steep", True),
        ("rating:\u00a0Steep", 1, "rating: Steep", False),
        ("One\n\u00a0\n", 2, "", False),
        ("One\nlast line", 2, "last line", True),
        ("One\nlast line\n", 3, "", False),
        # These end a line for some readers, but not for an editor that counts them.
        ("One\u2028still one\x0band \x85again\nTwo", 2, "Two", True),
        ("It’s “built–in”", 1, "“built–in”", True),
        ("It’s “built–in”", 1, '"built-in"', False),
    ],
)
def test_misses_handles_line_endings_and_exact_characters(
    tmp_path: Path, text: str, line: int, term: str, holds: bool
) -> None:
    of = source(text.encode(), tmp_path)
    assert (list(misses([of], [claim(of, line, term)], tmp_path)) == []) is holds


def test_misses_reads_file_in_another_encoding_as_far_as_possible(tmp_path: Path) -> None:
    of = source("Größe\nSteep".encode("latin-1"), tmp_path)
    assert list(misses([of], [claim(of, 1, "Größe"), claim(of, 2, "Steep")], tmp_path)) == [
        "Claim 000-1-django-speed: “Größe” is not at 000:1."
    ]


# What evidence names


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line, holds", [("Steep with Jinja2.", True), ("Steep with jinja.", True), ("Steep with Mako.", False)]
)
@pytest.mark.parametrize("make", [make_tie, make_addition])
def test_unnamed_reports_tool_that_the_line_does_not_name(
    tmp_path: Path, make: Any, line: str, holds: bool
) -> None:
    (tmp_path / "000.txt").write_text(line)
    of = make_source(key="000", file_name="000.txt")
    jinja = make_component(name="Jinja2", synonyms="Jinja; Jinja templates")
    fact = make(component=jinja, claims=[make_claim(source=of, line=1, term="Steep")])
    sentences = [] if holds else [f"{fact}: 000:1 names neither Jinja2 nor a synonym of it."]
    assert list(unnamed(tmp_path)) == sentences


@pytest.mark.django_db
def test_unnamed_reports_trait_that_the_line_does_not_name(tmp_path: Path) -> None:
    (tmp_path / "000.txt").write_text("Micro\nFull-stack")
    of = make_source(key="000", file_name="000.txt")
    claims = [make_claim(source=of, line=line) for line in (1, 2)]
    trait = make_trait(value=make_facet_value(name="Micro"), claims=claims)
    assert list(unnamed(tmp_path)) == [f"{trait}: 000:2 names neither Micro nor a synonym of it."]


# How claims are read, and what follows


@pytest.mark.django_db
def test_misread_reports_claim_without_its_row() -> None:
    row = make_wording(words="steep", reading=2)
    read = make_claim(criterion=row.criterion, term="Steep", wording=row)
    unread = make_claim(criterion=row.criterion, term="Steep at first")
    assert list(misread([read, unread])) == [
        f"Claim {unread.key}: Its term falls under “steep”, and names no row of the table of readings."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "score, departure, sentence",
    [
        (4, "", ""),
        (5, "The figure is from the release of the day before.", ""),
        (5, "", "The median of the sources is 4, and the rating does not say why it is 5."),
        (
            4,
            "For no reason.",
            "The score follows from the median of the sources, 4, so it does not depart from it.",
        ),
    ],
)
def test_departures_reports_score_that_does_not_follow(score: int, departure: str, sentence: str) -> None:
    claim = make_claim(reading=4)
    cell = {"framework": claim.framework, "criterion": claim.criterion}
    rating = make_rating(score=score, departure=departure, **cell)
    assert list(departures(Rating.objects.all())) == ([f"{rating}: {sentence}"] if sentence else [])


@pytest.mark.django_db
def test_departures_reports_score_without_any_reading() -> None:
    claim = make_claim()
    rating = make_rating(framework=claim.framework, criterion=claim.criterion)
    assert list(departures([rating])) == []
    rating.departure = ""
    [sentence] = departures([rating])
    assert sentence.startswith(
        f"{rating}: No claim about {rating.framework} under {rating.criterion} has a reading"
    )
    rating.is_published = False
    assert list(departures([rating])) == []


# Whose words they are


@pytest.mark.django_db
def test_copied_reports_text_with_seven_words_of_a_line(tmp_path: Path) -> None:
    line = "It’s a fast, state-of-the-art framework for “small” teams with little time."
    (tmp_path / "000.txt").write_text(f"Title\n{line}\n")
    of = make_source(key="000", file_name="000.txt")
    make_claim(source=of, term="state-of-the-art framework for “small” teams")
    for text in (
        "A team that has little time is said to be served well by it.",
        "It is fast: a state-of-the-art framework.",
        # Longer than seven words, but within the rating term.
        "Is called a “State-of-the-Art framework for small teams”.",
    ):
        make_claim(source=of, key=f"own-{len(text)}", paraphrase=text)
    make_claim(
        source=of, key="copy", paraphrase="Suits those who are small teams, with little time.", note=line
    )
    make_wording(
        slug="fast", words="little time", explanation="A framework for Small Teams with little time!"
    )
    assert list(copied(tmp_path)) == [
        "Reading row fast: its explanation has “framework for small teams with little time” from 000:2.",
        "Claim copy: its note has “it's a fast state of the art” from 000:2.",
    ]


# The command


def verify(folder: Path) -> tuple[str, str]:
    """What it says to either stream. Raises CommandError when something misses."""
    out, complaints = StringIO(), StringIO()
    call_command("verify_claims", folder, stdout=out, stderr=complaints)
    return out.getvalue(), complaints.getvalue()


@pytest.fixture
def article(db: None, tmp_path: Path) -> Source:
    (tmp_path / "000.txt").write_text(TEXT)
    of = make_source(key="000", file_name="000.txt")
    make_claim(source=of, line=1, term="A title")
    make_claim(source=of, line=3, term="Steep")
    return of


def test_verify_claims_reports_number_of_verified_claims(article: Source, tmp_path: Path) -> None:
    assert verify(tmp_path) == (
        "2 claims from 1 sources are right, 0 scores follow from them or say why they depart, and no text is copied.\n",
        "",
    )


def test_verify_claims_reports_each_miss_and_fails(article: Source, tmp_path: Path) -> None:
    make_claim(source=article, line=9, key="000-9-django-speed")
    make_claim(source=article, line=3, key="000-3-django-speed", term="Flat")
    complaints = StringIO()
    with pytest.raises(CommandError, match=r"^2 statements are wrong\.$"):
        call_command("verify_claims", tmp_path, stderr=complaints)
    assert complaints.getvalue() == (
        "Claim 000-3-django-speed: “Flat” is not at 000:3.\n"
        "Claim 000-9-django-speed: 000:9 does not exist or is blank.\n"
    )


@pytest.mark.django_db
def test_verify_claims_fails_without_claims(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There are no claims to check"):
        verify(tmp_path)


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["nowhere", "000.txt"])
def test_verify_claims_fails_without_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "000.txt").write_text(TEXT)
    with pytest.raises(CommandError, match=f"{place} is not a folder"):
        verify(tmp_path / place)
