"""Finding words: folding, plurals, beginnings, slips of the key, ranking, marking. And a table of real queries."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from portal.search import documents
from portal.search.index import (
    EXCERPT,
    HEADING,
    KEY,
    NAME,
    TEXT,
    Document,
    Index,
    Passage,
    excerpt,
    folded,
    marked,
    stem,
    words,
)


def document(name: str, text: str = "", kind: str = "framework", weight: float = NAME) -> Document:
    return Document(kind, 0, f"/{name}/", (Passage("name", name, weight), Passage("text", text, TEXT)))


def names(index: Index, query: str) -> list[str]:
    return [hit.document.passages[0].text for hit in index.find(query).hits]


# Words


@pytest.mark.parametrize(
    "word, plain",
    [
        ("DJANGO", "django"),
        ("Naïve", "naive"),
        ("nai\u0308ve", "naive"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("Ｆａｓｔ", "fast"),
        ("ﬁt", "fit"),
        ("Django’s", "django"),
        ("Django's", "django"),
        ("34,000", "34000"),
        ("İ", "i"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
    ],
)
def test_words_are_folded_alike(word: str, plain: str) -> None:
    assert folded(word) == plain
    assert words(f"({word}!)") == [plain]


@pytest.mark.parametrize(
    "text, found",
    [
        ("REST-API, async/await", ["rest", "api", "async", "await"]),
        ("about 34,000 requests/sec", ["about", "34000", "requests", "sec"]),
        ("1,2,3 and 1,000,000", ["1", "2", "3", "and", "1000000"]),
        ("web2py & OAuth 2.0", ["web2py", "oauth", "2", "0"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("?! … 🎉 \x00", []),
        ("جنگو", ["جنگو"]),
    ],
)
def test_a_text_falls_into_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    "word, root",
    [("apis", "api"), ("databases", "database"), ("class", "class"), ("as", "as"), ("gas", "gas")],
)
def test_a_plural_is_its_singular(word: str, root: str) -> None:
    assert stem(word) == root


# Finding


WORLD = Index(
    [
        document("Django", "A framework with an admin and an ORM."),
        document("FastAPI", "Fast, with validation by Pydantic and an API first."),
        document("Flask", "A small framework: add what you need."),
        document("Data layer", "Whether an ORM is there.", "criterion"),
        document("Django Admin", "Pages for the data.", "component"),
        document("SQLAlchemy", "An ORM and a toolkit.", "component"),
        document("Flask-SQLAlchemy", "The toolkit for Flask.", "component"),
    ]
)


@pytest.mark.parametrize(
    "query, best",
    [
        # A name with all words and no other comes before one with more, a name before a text.
        ("django", ["Django", "Django Admin"]),
        ("DJANGO", ["Django", "Django Admin"]),
        ("admin django", ["Django Admin", "Django"]),
        ("sqlalchemy", ["SQLAlchemy", "Flask-SQLAlchemy"]),
        ("orm", ["Django", "Data layer", "SQLAlchemy"]),
        # Beginnings.
        ("valid", ["FastAPI"]),
        ("dj", ["Django", "Django Admin"]),
        ("d", []),
        # Two words of one, and plurals.
        ("fast api", ["FastAPI"]),
        ("orms", ["Django", "Data layer", "SQLAlchemy"]),
        # Small words do not count, unless there is nothing else.
        ("what is the ORM for?", ["Django", "Data layer", "SQLAlchemy"]),
        ("whether", ["Data layer"]),
        ("by", ["FastAPI"]),
    ],
)
def test_what_is_found_and_in_which_order(query: str, best: list[str]) -> None:
    found = WORLD.find(query)
    assert names(WORLD, query) == best
    assert (found.partly, found.read_as) == (False, {})


def test_as_typed_comes_before_the_beginning_of_a_longer_word() -> None:
    index = Index([document("A", "Asynchronous."), document("B", "Async.")])
    assert names(index, "async") == ["B", "A"]


def test_a_rare_word_weighs_more_than_a_frequent_one() -> None:
    many = [document(f"N{number}", "common") for number in range(9)]
    index = Index([*many, document("Rare", "seldom")])
    found = index.find("common seldom")
    assert found.partly
    assert found.hits[0].document.passages[0].text == "Rare"


def test_a_heading_counts_more_than_a_text_and_equals_keep_their_order() -> None:
    index = Index(
        [
            document("One", "speed", "claim"),
            document("Speed of it", "", "question", HEADING),
            document("Two", "speed", "claim"),
            document("Key to speed", "", "claim", KEY),
        ]
    )
    assert names(index, "speed") == ["Speed of it", "Key to speed", "One", "Two"]


@pytest.mark.parametrize(
    "typed, read",
    [
        ("djagno", "django"),
        ("fastpi", "fastapi"),
        ("sqlalchmy", "sqlalchemy"),
        ("pydantik", "pydantic"),
        ("framwork", "framework"),
        ("validashon", "validation"),
        ("Flsak", "flask"),
    ],
)
def test_a_slip_of_the_key_is_forgiven_and_said(typed: str, read: str) -> None:
    found = WORLD.find(typed)
    assert found.read_as == {typed.lower(): read}
    assert found.hits
    assert [hit.document for hit in found.hits] == [hit.document for hit in WORLD.find(read).hits]


def test_of_equally_near_words_the_most_frequent_is_meant() -> None:
    index = Index([document("Rest"), document("Test", "test"), document("Other", "a test")])
    assert index.find("gest").read_as == {"gest": "test"}


@pytest.mark.parametrize("typed", ["orn", "xyz", "djnagooo", "pyramid"])
def test_what_is_short_or_far_off_is_not_forgiven(typed: str) -> None:
    found = WORLD.find(typed)
    assert (found.hits, found.read_as, found.missing) == ((), {}, (typed,))


def test_the_nearest_word_is_suggested() -> None:
    assert WORLD.suggestion("djnagooo") == "django"
    assert WORLD.suggestion("zzzzzz") is None


def test_where_nothing_has_all_words_those_with_most_come_first() -> None:
    found = WORLD.find("flask toolkit pydantic")
    assert found.partly
    assert names(WORLD, "flask toolkit pydantic")[0] == "Flask-SQLAlchemy"
    assert "FastAPI" in names(WORLD, "flask toolkit pydantic")


def test_a_word_that_nothing_has_is_named() -> None:
    found = WORLD.find("django qqqq")
    assert (found.partly, found.missing) == (True, ("qqqq",))
    assert names(WORLD, "django qqqq") == ["Django", "Django Admin"]


@pytest.mark.parametrize("query", ["", "   ", "?!", "🎉", "\x00", "\ud800", "___", "’s"])
def test_without_a_word_nothing_is_found(query: str) -> None:
    assert WORLD.find(query).hits == ()


def test_nothing_is_found_in_nothing() -> None:
    found = Index([]).find("django")
    assert (found.hits, found.missing) == ((), ("django",))
    assert Index([]).suggestion("django") is None


# Showing why


def test_marks_stand_where_the_words_stand() -> None:
    assert marked("Django’s ORM, naïve.", {"django", "naive"}) == [
        ("Django’s", True),
        (" ORM, ", False),
        ("naïve", True),
        (".", False),
    ]
    assert marked("", {"x"}) == []
    assert "".join(text for text, _ in marked("<b>Django</b> &amp;", {"django"})) == "<b>Django</b> &amp;"


def test_a_hit_tells_its_best_passage() -> None:
    hit = WORLD.find("pydantic").hits[0]
    assert hit.title == [("FastAPI", False)]
    assert hit.why is not None
    label, pieces = hit.why
    assert (label, [text for text, is_match in pieces if is_match]) == ("text", ["Pydantic"])
    assert WORLD.find("layer").hits[0].why is None


def test_a_long_text_is_shown_from_a_little_before_what_was_found() -> None:
    text = f"{'before ' * 60}needle {'after ' * 60}".strip()
    shown = "".join(piece for piece, _ in excerpt(text, {"needle"}))
    assert "needle" in shown
    assert shown.startswith("… before")
    assert shown.endswith("after …")
    assert len(shown) <= EXCERPT + 4
    assert excerpt("x" * 500, {"needle"}) == [("x" * EXCERPT + " …", False)]


# Real queries on the portal's own content: what must come first, and of which kind

TABLE = [
    ("django", "framework Django"),
    ("django admin", "component Django Admin"),
    ("orm", "capability ORM"),
    ("async", "criterion Async support"),
    ("swagger", "component Swagger UI"),
    ("Pydantic", "component Pydantic"),
    ("DJANGO REST", "component Django REST Framework"),
    ("microservices", "use-case Microservices"),
    ("microservice", "use-case Microservices"),
    ("learning curve", "criterion Learning curve"),
    ("sqlalchmy", "component SQLAlchemy"),
    ("djagno", "framework Django"),
    ("fastpi", "framework FastAPI"),
    ("fast api", "framework FastAPI"),
    ("web2 py", "framework web2py"),
    ("authentification", "criterion Authentication"),
    ("documentaton", "criterion Documentation"),
    ("docs", "criterion Documentation"),
    ("security", "criterion Security"),
    ("perfor", "criterion Performance"),
    ("machine learning", "use-case Backend for AI or machine learning"),
    ("real-time", "use-case Real-time application"),
    ("beginner", "use-case First framework for a beginner"),
    ("which framework is the fastest?", "question Which framework is the fastest?"),
    ("is flask still worth it", "question Is Flask still worth choosing now that there is FastAPI?"),
    ("34,000", "claim FastAPI"),
    ("34000", "claim FastAPI"),
    ("003", "source MicroPyramid"),
    ("Sanic", "framework Sanic"),
    ("openapi", "component OpenAPI"),
]


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Index]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield documents.index()
        transaction.set_rollback(True)


@pytest.mark.parametrize("query, best", TABLE, ids=[query for query, _ in TABLE])
def test_the_portal_has_first_what_was_meant(portal: Index, query: str, best: str) -> None:
    first = portal.find(query).hits[0].document
    assert f"{first.kind} {first.passages[0].text}" == best


@pytest.mark.parametrize(
    "accented, plain", [("naïve", "naive"), ("DJÁNGÖ", "django"), ("Ａｓｙｎｃ", "async")]
)
def test_accents_and_capitals_do_not_matter(portal: Index, accented: str, plain: str) -> None:
    assert portal.find(accented).hits == portal.find(plain).hits
