"""Use cases: what is recommended for each and by whom, how the frameworks rank for it, and what it does to a table."""

import pytest
from django.test import Client
from django.utils import timezone

from comparisons.models import Recommendation, UseCase
from frameworks.models import Claim, Criterion, Framework
from tests import factories
from tests.html import Element, order, read, standings
from tests.pages import change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LIVE = "/?use-case=live-updates"
VERSUS = "/compare/flask-vs-fastapi/?use-case=live-updates"


def rows(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row.all("td") + row.all("th")] for row in table.all("tbody tr")]


def praise() -> Claim:
    return Claim.objects.get(paraphrase="Praises how small it is.")


def placeholders(page: Element) -> dict[str, str]:
    fields = [field for field in page.all("input.typed") if field["name"].startswith("w-")]
    return {field["name"].removeprefix("w-"): field["placeholder"] for field in fields}


# The index


def test_use_cases_index_shows_first_choices_and_marks_disputes(client: Client) -> None:
    table = get(client, "/use-cases/").one("table")
    assert rows(table) == [
        ["FastAPI", "2", "Live updates Pages that follow what happens."],
        [
            "Django + FastAPI together Flask Shopping with Flask ≠ sources disagree",
            "2",
            "Shop Goods, orders and customers.",
        ],
    ]
    assert table.texts(".dispute") == ["≠ sources disagree"]
    assert [link["href"] for link in table.all("th a")] == ["/use-cases/live-updates/", "/use-cases/shop/"]
    assert [link["href"] for link in table.all("td a")] == [
        *(f"/frameworks/{slug}/" for slug in ("fastapi", "django", "fastapi")),
        "/components/flask-shopping/",
        "/frameworks/flask/",
    ]


def test_use_cases_index_falls_back_to_suitable_frameworks(client: Client) -> None:
    case = factories.make_use_case(name="Narrow", position=0)
    flask = Framework.objects.get(slug="flask")
    factories.make_recommendation(flask, use_case=case, strength="suitable", claims=[praise()])
    factories.make_use_case(name="Empty", position=9)
    found = rows(get(client, "/use-cases/").one("table"))
    assert found[0][:2] == ["Flask also suitable", "1"]
    assert found[-1] == ["nothing yet", "0", "Empty A project of some kind."]


# One of them


def test_use_case_shows_recommendations_with_sources_and_claims(client: Client) -> None:
    section = get(client, "/use-cases/shop/").one("#recommended")
    assert section.texts("h3") == ["First choice", "Not recommended"]
    # Two together are no tie, and a component comes with the framework that it belongs to.
    assert section.texts("h4") == [
        "Django + FastAPI together 2 sources",
        "Flask Shopping with Flask 1 source",
        "Quart 1 source",
    ]
    together = section.one("#django-and-fastapi")
    assert together.texts("h5") == ["The almanac", "The shop sells developers"]
    assert together.texts(".claims li")[-1] == (
        "Moderate Puts it in the middle of its table. line 28, table · read as 2"
    )


def test_use_case_shows_a_dispute_at_the_top_with_both_sides(client: Client) -> None:
    said = get(client, "/use-cases/shop/").one(".contested").text
    assert said == "≠ The sources disagree. The almanac recommends Flask, the shop two together."
    assert get(client, "/use-cases/live-updates/").all(".contested") == []


def test_use_case_ranks_frameworks_and_lists_missing_must_haves(client: Client) -> None:
    page = get(client, "/use-cases/live-updates/")
    assert rows(page.one("#ranking table")) == [
        # (0.75·1 + 1·5 + 1·10) / 16 and (1·1 + 0.5·5 + 0.25·10) / 16
        ["1", "98", "", "100%", "FastAPI Micro · ASGI"],
        ["2", "38", "", "100%", "Django Full-stack · WSGI, ASGI"],
        ["Not enough evidence to rank scores cover less than half of the weight"],
        ["", "– not ranked", "0–100 possible", "0%", "Quart Micro · ASGI"],
        ["Does not meet a must-have no source mentions it, or the score is lower"],
        ["", "– not ranked", "20–83 possible", "37%", "Flask Interface: ASGI"],
        ["", "– not ranked", "0–100 possible", "0%", "Sanic Interface: ASGI"],
    ]
    links = {link.text: link["href"] for link in page.all(".leads a")}
    assert links == {
        "Open the matrix with these weights": LIVE,
        "Why this ranking": f"{LIVE}&why=shown#why",
        "FastAPI and Django side by side": "/compare/fastapi-vs-django/?use-case=live-updates",
    }
    shown = standings(get(client, LIVE))
    assert [(row.rank, row.name, row.fit) for row in shown] == [
        ("1", "FastAPI", "98"),
        ("2", "Django", "38"),
        ("", "Quart", "– not ranked"),
    ]


def test_use_case_minimum_score_excludes_lower_and_missing_scores(client: Client) -> None:
    case = UseCase.objects.get(slug="shop")
    waiting = Criterion.objects.get(slug="async-support")
    factories.make_need(use_case=case, criterion=waiting, minimum=3, claims=[praise()])
    short = rows(get(client, "/use-cases/shop/").one("#ranking table"))
    assert [row[-1] for row in short[2:]] == [
        "Flask Async support at least 3 (not rated)",
        "Django Async support at least 3 (scored 2)",
        "Quart Async support at least 3 (not rated)",
        "Sanic Async support at least 3 (not rated)",
    ]


def test_use_case_shows_needs_with_claims_and_weights_with_defaults(client: Client) -> None:
    page = get(client, "/use-cases/live-updates/")
    assert page.texts("#needs h3") == ["Interface: ASGI"]
    assert [link["href"].partition("#")[0] for link in page.all("#needs .cite a")] == ["/sources/001/"]
    assert "The almanac speaks of waiting." in page.one("#weights").text
    assert rows(page.one("#weights table")) == [
        ["10", "1", "+9", "Async support"],
        ["5", "3", "+2", "Performance"],
        ["1", "1", "· the same", "Documentation"],
        ["0", "2", "−2", "Learning curve"],
    ]
    unneeding = get(client, "/use-cases/shop/").one("#needs")
    assert "No source makes anything a must-have here." in unneeding.text


def test_use_case_shows_edits_at_the_next_request(client: Client) -> None:
    case = UseCase.objects.get(slug="live-updates")
    change(case, name="Live pages", dispute="One says so, the other says no.")
    change(case.weights.get(criterion__slug="async-support"), weight=0)
    assert get(client, "/use-cases/live-updates/").one("h1").text == "Live pages"
    assert [row.fit for row in standings(get(client, LIVE))][:2] == ["96", "58"]
    assert get(client, "/use-cases/").texts(".dispute") == ["≠ sources disagree"] * 2


# In the matrix


def test_matrix_applies_weights_and_must_haves_of_the_use_case(client: Client) -> None:
    page = get(client, LIVE)
    assert order(page) == ["FastAPI", "Django", "Quart"]
    assert placeholders(page) == {
        "learning-curve": "0",
        "documentation": "1",
        "performance": "5",
        "async-support": "10",
    }
    field = page.one("input#w-async-support")
    assert (field["value"], field["aria-label"]) == ("", "Weight of Async support, 10 in the use case")
    assert page.one(".stood").text == (
        "Using the weights for Live updates. Leave a weight blank to keep its value. Must-have: Interface: ASGI. "
        "Only frameworks that meet it are shown."
    )
    assert page.one(".stood a")["href"] == "/use-cases/live-updates/"


def test_matrix_weight_set_by_the_visitor_overrides_the_use_case(client: Client) -> None:
    page = get(client, f"{LIVE}&w-async-support=0")
    # (0.75·1 + 1·5) / 6 and (1·1 + 0.5·5) / 6
    assert [row.fit for row in standings(page)][:2] == ["96", "58"]
    assert {chip.text: chip["href"] for chip in page.all(".chips a")} == {
        "Remove: use case: Live updates ×": "/?w-async-support=0",
        "Reset: 1 weight changed ×": LIVE,
    }
    assert page.one("tr.weights a")["href"] == LIVE
    # The use case's own weight, typed, is no change.
    assert get(client, f"{LIVE}&w-async-support=10").texts(".chips a") == ["Remove: use case: Live updates ×"]


def test_matrix_use_case_menu_lists_all_and_selects_the_current(client: Client) -> None:
    menu = get(client, LIVE).one("select#use-case")
    assert menu.texts("option") == ["none", "Live updates", "Shop"]
    assert [option["value"] for option in menu.all("option") if "selected" in option] == ["live-updates"]


def test_matrix_blames_the_use_case_for_an_empty_table_and_offers_to_drop_it(client: Client) -> None:
    page = get(client, f"{LIVE}&q=flask&w-performance=9")
    assert page.one("p.count").text == "No frameworks match"
    assert {one.text: one.one("a")["href"] for one in page.all(".empty li")} == {
        "use case: Live updates: 1 framework without it": "/?q=flask&w-performance=9",
        "name contains “flask”: 3 frameworks without it": f"{LIVE}&w-performance=9",
    }
    assert page.one(".empty a.button")["href"] == "/?w-performance=9"


def test_matrix_counts_facet_values_within_the_use_case(client: Client) -> None:
    ticks = get(client, LIVE).texts("#menu-kind .tick")
    assert ticks == ["Full-stack 1", "Micro 2"]


def test_matrix_copy_link_pins_all_weights_of_the_use_case(client: Client) -> None:
    link = get(client, LIVE).all("#menu-take a")[0]["href"]
    weights = "w-async-support=10&w-documentation=1&w-learning-curve=0&w-performance=5"
    assert link == f"{LIVE}&{weights}"
    before = standings(get(client, link))
    change(UseCase.objects.get(slug="live-updates").weights.get(weight=10), weight=1)
    assert standings(get(client, link)) == before
    assert standings(get(client, LIVE)) != before


def test_matrix_ignores_use_case_weights_on_unscored_criteria(client: Client) -> None:
    case = UseCase.objects.get(slug="live-updates")
    before = standings(get(client, LIVE))
    strengths = Criterion.objects.get(slug="strengths")
    factories.make_use_case_weight(use_case=case, criterion=strengths, weight=10)
    assert standings(get(client, LIVE)) == before


def test_matrix_as_of_a_day_applies_the_current_use_case_and_says_so(client: Client) -> None:
    page = get(client, f"/?as-of={timezone.localdate()}&use-case=live-updates")
    assert standings(page) == standings(get(client, LIVE))
    assert page.texts(".stood")[1].endswith("The use case is shown as it is today.")


# Side by side


def test_side_by_side_applies_use_case_weights_and_only_shows_must_haves(client: Client) -> None:
    page = get(client, VERSUS)
    assert page.one("h1").text == "Flask and FastAPI side by side"
    assert page.one(".stood").text == (
        "Using the weights for Live updates. Leave a weight blank to keep its value. Must-have: Interface: ASGI. "
        "Flask does not meet Interface: ASGI."
    )
    assert placeholders(page)["async-support"] == "10"
    assert page.all(".lede p")[-1].text.startswith("Only FastAPI has enough evidence to be ranked.")
    all_meet = get(client, "/compare/django-vs-fastapi/?use-case=live-updates")
    assert all_meet.one(".stood").text.endswith("All the frameworks compared meet it.")
    assert all_meet.all(".lede p")[-1].text.startswith(
        "With the weights for “Live updates”, FastAPI leads Django by 60 points."
    )


def test_side_by_side_links_drop_pin_and_keep_the_use_case(client: Client) -> None:
    page = get(client, VERSUS)
    links = {link.text: link["href"] for link in page.all("main a")}
    assert links["Remove: use case: Live updates ×"] == "/compare/flask-vs-fastapi/"
    assert links["Back to the matrix"] == f"{LIVE}&framework=flask&framework=fastapi"
    assert links["Link"].startswith(f"{VERSUS}&w-async-support=10&w-")
    assert links["Django"] == "/compare/flask-vs-fastapi-vs-django/?use-case=live-updates"
    assert page.one("select#use-case")["name"] == "use-case"


def test_compare_redirect_keeps_the_use_case_and_reports_it_when_unknown(client: Client) -> None:
    ticked = "framework=flask&framework=fastapi"
    assert client.get(f"/compare/?use-case=live-updates&{ticked}")["Location"] == VERSUS
    bad = client.get(f"/compare/?use-case=nothing&{ticked}")["Location"]
    assert bad == "/compare/flask-vs-fastapi/?use-case=nothing"
    assert get(client, bad).texts(".notices li") == ["Use case: There is no such use case. It was ignored."]
    kept = read(client.get("/compare/?use-case=live-updates").content)
    assert kept.one("input[name=use-case]")["value"] == "live-updates"


# In the profile


def test_profile_lists_recommended_uses_with_their_sources(client: Client) -> None:
    section = get(client, "/frameworks/fastapi/").one("#best-uses")
    assert section.texts("dt") == ["First choice"]
    assert section.texts("dd") == [
        "Live updates The almanac, line 10The shop, line 28",
        "Shop together with Django ≠ sources disagree The almanac, line 10The shop, line 28",
    ]
    flask = get(client, "/frameworks/flask/").one("#best-uses")
    assert flask.texts("dd") == ["Shop with Flask Shopping ≠ sources disagree The shop, line 40"]
    quart = get(client, "/frameworks/quart/").one("#best-uses")
    assert quart.texts("dt") == ["Also suitable", "Not recommended"]


def test_profile_does_not_repeat_a_claim_on_best_uses(client: Client) -> None:
    flask, uses = (
        Framework.objects.get(slug="flask"),
        factories.make_criterion(slug="best-uses", is_scored=False),
    )
    told = factories.make_claim(framework=flask, criterion=uses, paraphrase="Calls it good for tools.")
    factories.make_claim(framework=flask, criterion=uses, paraphrase="Calls it good for toys.")
    factories.make_recommendation(flask, use_case=UseCase.objects.get(slug="live-updates"), claims=[told])
    section = get(client, "/frameworks/flask/").one("#best-uses")
    assert section.texts(".claims p") == ["Calls it good for toys."]
    assert section.texts("h3") == ["Other uses with which a source connects it"]


# What is published


def test_use_case_hides_recommendations_with_an_unpublished_framework(client: Client) -> None:
    change(Framework.objects.get(slug="django"), is_published=False)
    page = get(client, "/use-cases/shop/")
    assert page.texts("#recommended h4") == ["Flask Shopping with Flask 1 source", "Quart 1 source"]
    assert "Django" not in page.one("main").text
    assert "Shop" not in " ".join(get(client, "/frameworks/fastapi/").texts("#best-uses dd"))


# The models' own words


def test_recommendation_in_full_orders_by_strength(client: Client) -> None:
    strengths = Recommendation.objects.in_full().values_list("strength", flat=True)
    assert list(strengths) == ["first"] * 3 + ["suitable", "against"]
