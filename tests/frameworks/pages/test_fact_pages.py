"""The pages about one thing, and the method: what they say, and that every figure can be followed to its source."""

import pytest
from django.test import Client

from comparisons.models import UseCase
from frameworks.models import Claim, Component, Criterion, FacetValue, Framework, Rating, Source
from tests import factories
from tests.html import Element
from tests.pages import PAGES, change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def figures(page: Element) -> dict[str, str]:
    """The totals at the top of a page."""
    return {group.one("dt").text: group.one("dd").text for group in page.all("dl.figures div")}


def facts(page: Element) -> dict[str, str]:
    return {group.one("dt").text: group.one("dd").text for group in page.all("dl.facts div")}


def rows(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row.all("th") + row.all("td")] for row in table.all("tbody tr")]


# Frameworks


def test_framework_index_counts_ratings_and_claims(client: Client) -> None:
    table = get(client, "/frameworks/").one("table")
    assert rows(table) == [
        ["FastAPI Micro · ASGI", "4 of 4", "5"],
        ["Flask Micro · WSGI", "3 of 4", "5"],
        ["Django Full-stack · WSGI, ASGI", "4 of 4", "4"],
        ["Quart Micro · ASGI", "1 of 4", "1"],
        ["Sanic", "0 of 4", "0"],
    ]
    assert [link["href"] for link in table.all("a")] == [
        f"/frameworks/{slug}/" for slug in ("fastapi", "flask", "django", "quart", "sanic")
    ]


def test_profile_counts_its_evidence(client: Client) -> None:
    assert figures(get(client, "/frameworks/fastapi/")) == {
        "fit with the default weights": "89 of 100",
        "rank": "1 of 3 ranked",
        "criteria rated": "4 of 4",
        "claims": "5",
        "sources": "2",
        "score in dispute": "1",
    }


def test_profile_shows_each_fact_with_its_source(client: Client) -> None:
    page = get(client, "/frameworks/flask/")
    assert page.one("h1").text == "Flask"
    assert facts(page.one("#facts")) == {
        "Kind": "Micro The almanac, line 10",
        "Interface": "WSGI The almanac, line 10",
    }
    assert page.one("#strengths").texts("li") == [
        "Praises how small it is. The shop, line 40, prose · sells developers Editors’ note: Of 2019."
    ]


def test_profile_lists_ratings_with_their_claims(client: Client) -> None:
    page = get(client, "/frameworks/fastapi/")
    assert [rating.one("summary").parts for rating in page.all("details.rating")] == [
        ["Learning curve", "4", "4 in a few words", "1 source, 1 claim"],
        ["Documentation", "4", "4 in a few words", "1 source, 1 claim"],
        ["Performance", "5", "5 in a few words", "2 ≠ sources, 2 claims, disputed"],
        ["Async support", "5", "5 in a few words", "1 source, 1 claim"],
    ]
    closed = page.one("details#performance")
    assert "open" not in closed
    assert closed.all(".claims") == []
    link = closed.one(".unopened a")
    assert link.text == "Show the reasons for Performance"
    assert link["href"] == "/frameworks/fastapi/?rows=performance#performance"
    page = get(client, link["href"])
    assert [rating["id"] for rating in page.all("details.rating") if "open" in rating] == ["performance"]
    rating = page.one("details#performance")
    assert rating.one(".dispute").text == "Readings differ by 3 steps"
    assert rating.one("li.against").text == (
        "Moderate Puts it in the middle of its table. The shop, line 28, table · sells developers · read as 2, "
        "disagrees with the score"
    )


def test_profile_opens_the_rows_that_exist_and_names_one_that_does_not(client: Client) -> None:
    page = get(client, "/frameworks/fastapi/?rows=performance&rows=nothing")
    assert page.texts(".notices li") == ["There is no row “nothing”. It was ignored."]
    assert len(page.all(".reasons")) == 1


def test_profile_marks_unscored_and_silent_criteria(client: Client) -> None:
    page = get(client, "/frameworks/flask/")
    assert page.one("details#async-support summary").parts == [
        "Async support",
        "–",
        "not scored yet",
        "1 source, 1 claim",
    ]
    page = get(client, "/frameworks/quart/")
    assert page.one("#ratings").text.count("No source rates this") == 3


def test_profile_without_evidence_shows_zero_counts(client: Client) -> None:
    page = get(client, "/frameworks/sanic/")
    assert figures(page) == {
        "fit with the default weights": "– 0–100 possible",
        "rank": "– not enough evidence",
        "criteria rated": "0 of 4",
        "claims": "0",
        "sources": "0",
        "scores in dispute": "0",
    }
    assert page.one("#ratings").text.count("No source rates this") == 4


def test_profile_names_relations_from_both_sides(client: Client) -> None:
    said = "Quart mirrors the API of Flask In async. The shop, line 40"
    assert get(client, "/frameworks/flask/").texts("ul.related li") == [said]
    assert get(client, "/frameworks/quart/").texts("ul.related li") == [said]
    assert get(client, "/frameworks/django/").all("ul.related") == []


def test_profile_links_to_its_comparisons(client: Client) -> None:
    page = get(client, "/frameworks/flask/")
    assert {link.text: link["href"] for link in page.all("nav.beside a")} == {
        f"Flask and {name}": f"/compare/flask-vs-{name.lower()}/"
        for name in ("Django", "FastAPI", "Quart", "Sanic")
    } | {"Add to comparison": "/?framework=flask"}


def test_profile_begins_with_what_readers_come_for(client: Client) -> None:
    sections = [section["id"] for section in get(client, "/frameworks/flask/").all("section")]
    assert sections[:2] == ["strengths-and-limits", "ratings"]
    assert sections.index("ratings") < sections.index("facts")


# Criteria


def test_criterion_index_shows_question_weight_and_evidence_by_group(client: Client) -> None:
    page = get(client, "/criteria/")
    assert page.texts("h2") == ["Getting going", "Under load"]
    assert [rows(table) for table in page.all("table")] == [
        [
            ["Learning curveHow good is it at Learning curve?", "2", "4 of 5", "4"],
            ["DocumentationHow good is it at Documentation?", "1", "3 of 5", "3"],
            ["StrengthsHow good is it at Strengths?", "not scored", "1"],
        ],
        [
            ["PerformanceHow good is it at Performance?", "3", "3 of 5", "4"],
            ["Async supportHow good is it at Async support?", "1", "2 of 5", "4"],
        ],
    ]


def test_criterion_sorts_frameworks_by_score_and_shows_spread(client: Client) -> None:
    page = get(client, "/criteria/performance/")
    assert figures(page) == {
        "frameworks rated": "3 of 5",
        "claims about frameworks": "4",
        "score in dispute": "1",
        "default weight": "3 of 0 to 10",
    }
    # The drawing has its text beside it.
    assert [
        (row.one("th a").text, row.one("td.in-words").parts) for row in page.all("table.plots tbody tr")
    ] == [
        ("FastAPI", ["Score 5", "read as 2 to 5 in 2 of 2 claims", "readings differ by 3 steps"]),
        ("Django", ["Score 3", "read as 3 in 1 of 1 claim"]),
        ("Flask", ["Score 3", "read as 3 in 1 of 1 claim"]),
    ]
    assert page.texts(".rubric li") == [
        "1 Step 1 of Performance.",
        "2 Step 2 of Performance.",
        "3 Step 3 of Performance. Django, Flask",
        "4 Step 4 of Performance.",
        "5 Step 5 of Performance. FastAPI",
    ]
    assert (
        page.one("#silent").texts("p")[0]
        == "No source says anything here about Quart and Sanic, so they have no score."
    )


def test_criterion_lists_claims_of_each_framework(client: Client) -> None:
    page = get(client, "/criteria/performance/")
    assert page.one("section#fastapi").texts("li.against .cite") == [
        "The shop, line 28, table · sells developers · read as 2, disagrees with the score"
    ]
    general = get(client, "/criteria/async-support/")
    assert "Says that async suits waiting." in general.one("main").text


def test_criterion_without_scores_shows_only_claims(client: Client) -> None:
    page = get(client, "/criteria/strengths/")
    assert figures(page) == {"claim about frameworks": "1"}
    assert page.all(".rubric") == []
    assert page.all("table") == []
    assert "Praises how small it is." in page.one("section#flask").text


# Sources


def test_source_index_shows_authors_dates_and_interests(client: Client) -> None:
    page = get(client, "/sources/")
    assert [section.parts for section in page.all("section")] == [
        [
            "The almanac Source 001 · 13 claims",
            (
                "An article called 001 Web address not known Written by not stated Date not stated "
                "Interest none apparent"
            ),
        ],
        [
            "The shop Source 002 · 3 claims",
            (
                "An article called 002 Web address not known Written by A. Writer Date Updated in May "
                "Interest sells developers"
            ),
        ],
    ]


def test_source_shows_its_author_and_all_claims(client: Client) -> None:
    page = get(client, "/sources/002/")
    shown = facts(page)
    assert (
        shown["Written by"],
        shown["What the publisher sells"],
        shown["Date"],
        shown["Read by the editors"],
    ) == (
        "A. Writer",
        "It lets developers by the hour.",
        "Updated in May",
        "on 20 November 2026",
    )
    assert page.texts("ul.claims li") == [
        "FastAPI, Performance Moderate Puts it in the middle of its table. line 28, table · read as 2",
        "Flask, Strengths Praises how small it is. line 40, prose Editors’ note: Of 2019.",
        "Frameworks in general, Async support Says that async suits waiting. line 50, prose",
    ]
    assert [claim["id"] for claim in page.all("ul.claims li")] == [
        claim.key for claim in Claim.objects.filter(source__key="002").order_by("line")
    ]


def test_source_compares_its_readings_with_other_sources(client: Client) -> None:
    page = get(client, "/sources/002/")
    assert [row[:3] for row in rows(page.one("table.stances"))] == [
        ["FastAPI, Performance ≠disputed", "2", "5"]
    ]


# Disagreements


def test_disagreements_page_shows_sources_side_by_side(client: Client) -> None:
    page = get(client, "/disagreements/")
    assert page.texts("h2") == ["How fast is FastAPI?"]
    entry = page.one("section#how-fast")
    assert entry.texts(".body p")[:2] == [
        "Is it among the fastest?",
        "The almanac measures, the shop guesses.",
    ]
    assert entry.one(".dispute").text == "3 steps apart"
    assert [voice.one("h4 a").text for voice in entry.all(".voice")] == ["The almanac", "The shop"]
    assert entry.texts(".voice .cite") == ["line 10, prose · read as 5", "line 28, table · read as 2"]


def test_disagreements_page_sorts_by_spread_and_adds_disputes_without_entry(client: Client) -> None:
    django, quick = Framework.objects.get(slug="django"), Criterion.objects.get(slug="performance")
    shop = Source.objects.get(key="002")
    claim = factories.make_claim(framework=django, criterion=quick, source=shop, reading=5)
    assert get(client, "/disagreements/").texts("h2") == ["How fast is FastAPI?", "Django, Performance"]
    claims = list(Claim.objects.filter(framework=django, criterion=quick))
    factories.make_disagreement(title="How fast is Django?", slug="django", claims=claims)
    assert get(client, "/disagreements/").texts("h2") == ["How fast is FastAPI?", "How fast is Django?"]
    change(claim, reading=1)
    change(Claim.objects.get(key="002-28"), reading=4)
    assert get(client, "/disagreements/").texts("h2") == ["How fast is Django?", "How fast is FastAPI?"]


# Method


def test_method_example_adds_up(client: Client) -> None:
    page = get(client, "/method/")
    assert page.one("#fit h3").text == "Worked example: FastAPI"
    table = page.one("table.worked")
    assert rows(table) == [
        ["Learning curve", "2", "4", "0.75", "21.4"],
        ["Documentation", "1", "4", "0.75", "10.6"],
        ["Performance", "3", "5", "1.00", "42.8"],
        ["Async support", "1", "5", "1.00", "14.2"],
    ]
    points = [row[-1] for row in rows(table)]
    assert sum(int(figure.replace(".", "")) for figure in points) == 890
    assert table.one("tfoot b").text == "89"


def test_method_example_uses_current_data(client: Client) -> None:
    change(Rating.objects.get(framework__slug="fastapi", criterion__slug="performance"), score=1)
    page = get(client, "/method/")
    assert page.one("#fit h3").text == "Worked example: Flask"
    assert rows(page.one("table.worked"))[-1] == ["Async support", "1", "not rated: left out"]
    assert page.one("table.worked tfoot b").text == "71"
    assert "Flask (71), Django (54) and FastAPI (46)" in page.one("#rank").text


# What is not published


def test_pages_hide_unpublished_frameworks(client: Client) -> None:
    hidden = Framework.objects.get(slug="hidden")
    shop, quick = Source.objects.get(key="002"), Criterion.objects.get(slug="performance")
    said = [
        factories.make_claim(framework=hidden, criterion=quick, source=shop, reading=reading)
        for reading in (1, 5)
    ]
    factories.make_rating(framework=hidden, criterion=quick)
    factories.make_relation(framework=hidden, other=Framework.objects.get(slug="flask"), claims=said)
    tool, orm = Component.objects.get(slug="sqlalchemy"), FacetValue.objects.get(slug="orm")
    factories.make_tie(framework=hidden, component=tool, claims=said)
    factories.make_addition(framework=hidden, capability=orm, component=tool, claims=said)
    factories.make_trait(framework=hidden, value=FacetValue.objects.get(slug="admin"), claims=said)
    factories.make_disagreement(claims=[*said, Claim.objects.get(key="002-28")])
    live, flask = UseCase.objects.get(slug="live-updates"), Framework.objects.get(slug="flask")
    factories.make_recommendation(hidden, use_case=live, claims=said)
    factories.make_recommendation(hidden, flask, use_case=live, claims=said)
    for path in PAGES.values():
        page = get(client, path)
        assert "Hidden" not in page.one("main").text, path
        assert [link["href"] for link in page.all("a") if "hidden" in link["href"]] == [], path
    assert client.get("/frameworks/hidden/").status_code == 404


# What stands behind a score


def test_pages_say_what_a_score_rests_on_unless_that_is_articles(client: Client) -> None:
    """A statement is named with its person and its date beside each citation."""
    assert "Rests on" not in get(client, "/frameworks/django/?rows=performance").text
    rating = Rating.objects.get(framework__slug="django", criterion__slug="performance")
    statement = factories.make_source(
        key="ada", kind="statement", authors="Ada Lovelace", date_stated="3 May 2026"
    )
    factories.make_claim(framework=rating.framework, criterion=rating.criterion, source=statement)
    for address in (
        "/frameworks/django/?rows=performance",
        "/?open=django:performance",
        "/criteria/performance/",
    ):
        page = get(client, address).text
        assert "1 statement" in page, address
        assert "statement by Ada Lovelace, 3 May 2026" in page, address
    assert facts(get(client, "/sources/ada/"))["Kind of source"] == "Statement by a person"
    content = client.get("/compare/django-vs-flask.json").json()
    assert {source["key"]: source.get("kind") for source in content["sources"]}["ada"] == "statement"
