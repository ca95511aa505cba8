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
def test_folded_ignores_case_accents_and_apostrophes(word: str, plain: str) -> None:
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
def test_words_splits_text_into_folded_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    "word, root",
    [("apis", "api"), ("databases", "database"), ("class", "class"), ("as", "as"), ("gas", "gas")],
)
def test_stem_reduces_plural_to_singular(word: str, root: str) -> None:
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
        ("what is the ORM for?", ["Data layer", "Django", "SQLAlchemy"]),  # a question: its criterion first
        ("whether", ["Data layer"]),
        ("by", ["FastAPI"]),
    ],
)
def test_find_ranks_hits_by_relevance(query: str, best: list[str]) -> None:
    found = WORLD.find(query)
    assert names(WORLD, query) == best
    assert (found.partly, found.read_as) == (False, {})


def test_find_ranks_exact_word_before_prefix() -> None:
    index = Index([document("A", "Asynchronous."), document("B", "Async.")])
    assert names(index, "async") == ["B", "A"]


def test_find_weighs_rare_words_more_than_frequent_words() -> None:
    many = [document(f"N{number}", "common") for number in range(9)]
    index = Index([*many, document("Rare", "seldom")])
    found = index.find("common seldom")
    assert found.partly
    assert found.hits[0].document.passages[0].text == "Rare"


def test_find_ranks_headings_before_text_and_keeps_order_of_ties() -> None:
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
def test_find_corrects_typo_and_reports_it(typed: str, read: str) -> None:
    found = WORLD.find(typed)
    assert found.read_as == {typed.lower(): read}
    assert found.hits
    assert [hit.document for hit in found.hits] == [hit.document for hit in WORLD.find(read).hits]


def test_find_corrects_typo_to_the_most_frequent_near_word() -> None:
    index = Index([document("Rest"), document("Test", "test"), document("Other", "a test")])
    assert index.find("gest").read_as == {"gest": "test"}


@pytest.mark.parametrize("typed", ["orn", "xyz", "djnagooo", "pyramid"])
def test_find_does_not_correct_short_or_distant_words(typed: str) -> None:
    found = WORLD.find(typed)
    assert (found.hits, found.read_as, found.missing) == ((), {}, (typed,))


def test_suggestion_returns_nearest_word() -> None:
    assert WORLD.suggestion("djnagooo") == "django"
    assert WORLD.suggestion("zzzzzz") is None


def test_find_ranks_partial_matches_by_number_of_words() -> None:
    found = WORLD.find("flask toolkit pydantic")
    assert found.partly
    assert names(WORLD, "flask toolkit pydantic")[0] == "Flask-SQLAlchemy"
    assert "FastAPI" in names(WORLD, "flask toolkit pydantic")


def test_find_reports_missing_words() -> None:
    found = WORLD.find("django qqqq")
    assert (found.partly, found.missing) == (True, ("qqqq",))
    assert names(WORLD, "django qqqq") == ["Django", "Django Admin"]


@pytest.mark.parametrize("query", ["", "   ", "?!", "🎉", "\x00", "\ud800", "___", "’s"])
def test_find_returns_nothing_for_query_without_words(query: str) -> None:
    assert WORLD.find(query).hits == ()


def test_find_returns_nothing_in_empty_index() -> None:
    found = Index([]).find("django")
    assert (found.hits, found.missing) == ((), ("django",))
    assert Index([]).suggestion("django") is None


# Showing why


def test_marked_highlights_matching_words_in_place() -> None:
    assert marked("Django’s ORM, naïve.", {"django", "naive"}) == [
        ("Django’s", True),
        (" ORM, ", False),
        ("naïve", True),
        (".", False),
    ]
    assert marked("", {"x"}) == []
    assert "".join(text for text, _ in marked("<b>Django</b> &amp;", {"django"})) == "<b>Django</b> &amp;"


def test_hit_shows_its_best_passage() -> None:
    hit = WORLD.find("pydantic").hits[0]
    assert hit.title == [("FastAPI", False)]
    assert hit.why is not None
    label, pieces = hit.why
    assert (label, [text for text, is_match in pieces if is_match]) == ("text", ["Pydantic"])
    assert WORLD.find("layer").hits[0].why is None


def test_excerpt_begins_shortly_before_the_match() -> None:
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
def test_find_returns_intended_document_first_on_seeded_portal(portal: Index, query: str, best: str) -> None:
    first = portal.find(query).hits[0].document
    assert f"{first.kind} {first.passages[0].text}" == best


@pytest.mark.parametrize(
    "accented, plain", [("naïve", "naive"), ("DJÁNGÖ", "django"), ("Ａｓｙｎｃ", "async")]
)
def test_find_ignores_accents_and_case(portal: Index, accented: str, plain: str) -> None:
    assert portal.find(accented).hits == portal.find(plain).hits
