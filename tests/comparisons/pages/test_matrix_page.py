"""The matrix as a visitor reads it: who is on the table, in which order, with which figures, and what opens."""

import pytest
from django.test import Client

from frameworks.models import Criterion, Rating
from tests import factories
from tests.html import Element, Row, address, cells, fits, order, standings
from tests.pages import change, get
from tests.worlds import SCORES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


# Fit, rank, band, coverage


@pytest.mark.both
def test_matrix_sorts_by_fit_and_shows_band_and_coverage(client: Client) -> None:
    # FastAPI (2·¾ + 1·¾ + 3·1 + 1·1) / 7, Flask (2·1 + 1·¾ + 3·½) / 6, Django (2·½ + 1·1 + 3·½ + 1·¼) / 7.
    assert standings(get(client, "/")) == [
        Row("1", "FastAPI", "89", "100% rated"),
        Row("2", "Flask", "71", "61–75 possible 85% rated"),
        Row("3", "Django", "54", "100% rated"),
        Row("", "Quart", "– not ranked", "29–100 possible 28% rated"),
        Row("", "Sanic", "– not ranked", "0–100 possible 0% rated"),
    ]


def test_matrix_lists_unranked_frameworks_under_their_own_heading(client: Client) -> None:
    page = get(client, "/")
    ranked, unranked = page.all("table.grid tbody")
    assert ranked.texts(".who a") == ["FastAPI", "Flask", "Django"]
    assert unranked.texts(".who a") == ["Quart", "Sanic"]
    assert unranked.one("tr.divider th").text == (
        "Not enough evidence to rank scores cover less than half of the weight; the bar shows where the fit could fall"
    )


def test_matrix_equal_fits_share_a_rank_and_skip_the_next(client: Client) -> None:
    page = get(client, "/?w-learning-curve=0&w-documentation=0&w-async-support=0")
    assert [(row.rank, row.name, row.fit) for row in standings(page)[:3]] == [
        ("1", "FastAPI", "100"),
        ("2", "Django", "50"),
        ("2", "Flask", "50"),
    ]


def test_matrix_shows_no_fit_when_all_weights_are_zero(client: Client) -> None:
    page = get(client, "/?w-learning-curve=0&w-documentation=0&w-performance=0&w-async-support=0")
    names = ["Django", "FastAPI", "Flask", "Quart", "Sanic"]
    assert standings(page) == [Row("", name, "– not ranked", "0% rated") for name in names]


def test_matrix_cell_shows_score_claims_dispute_or_that_no_source_says(client: Client) -> None:
    page = get(client, "/")
    assert cells(page, "fastapi") == {
        "Learning": "4 · 1",
        "Docs": "4 · 1",
        "Speed": "5 · 2≠",
        "Async": "5 · 1",
    }
    assert cells(page, "flask")["Async"] == "1"
    assert (
        page.one("#cell-fastapi-performance")["aria-label"]
        == "FastAPI, Performance: 5 of 5, 2 sources, disputed"
    )
    assert (
        page.one("#cell-flask-async-support")["aria-label"]
        == "Flask, Async support: 1 source, not scored yet"
    )
    assert page.one("#row-flask th")["aria-label"] == "Flask"
    assert cells(page, "sanic") == dict.fromkeys(["Learning", "Docs", "Speed", "Async"], "no source")


def test_matrix_intro_counts_frameworks_criteria_claims_and_disputes(client: Client) -> None:
    page = get(client, "/")
    assert page.texts("h1") == ["Which Python web framework fits, and how do you know?"]
    assert page.texts(".lede p") == [
        (
            "5 frameworks, scored 1 to 5 on 4 criteria. Every score opens to the sources behind it. Of 16 statements "
            "from 2 sources, 13 say how good a framework is at something; 1 of 12 scores is in dispute. "
            "Fit, 0 to 100, sums up the scores by weights that you can change."
        ),
        "What are you building? Live updates · all use cases.",
    ]
    assert page.one("p.count").text == "5 of 5 frameworks. FastAPI first, fit 89"
    sorted_by_curve = get(client, "/?sort=learning-curve").one("p.count").text
    assert sorted_by_curve == "5 of 5 frameworks. Flask first by Learning curve"
    assert page.texts("tr.groups th") == ["Getting going", "Under load"]


def test_matrix_hides_unpublished_frameworks(client: Client) -> None:
    assert "Hidden" not in client.get("/").content.decode()
    assert get(client, "/?baseline=hidden").texts(".notices li") == [
        "Baseline: “hidden” is not one of the choices. It was ignored."
    ]


def test_matrix_ignores_unpublished_ratings(client: Client) -> None:
    change(Rating.objects.get(framework__slug="flask", criterion__slug="performance"), is_published=False)
    page = get(client, "/")
    assert cells(page, "flask")["Speed"] == "1"
    # (2·1 + 1·¾) / 3, on 3 of 7 parts of the weight
    assert standings(page)[2] == Row("", "Flask", "– not ranked", "39–96 possible 42% rated")


def test_matrix_shows_edits_at_the_next_request(client: Client) -> None:
    assert order(get(client, "/"))[:3] == ["FastAPI", "Flask", "Django"]
    change(Rating.objects.get(framework__slug="fastapi", criterion__slug="performance"), score=1)
    page = get(client, "/")
    assert [(row.rank, row.name, row.fit) for row in standings(page)[:3]] == [
        ("1", "Flask", "71"),
        ("2", "Django", "54"),
        ("3", "FastAPI", "46"),
    ]


# Filters


@pytest.mark.both
@pytest.mark.parametrize(
    "query, names",
    [
        ("q=fla", ["Flask"]),
        ("q=FA", ["FastAPI"]),
        ("kind=micro", ["FastAPI", "Flask", "Quart"]),
        ("kind=micro&kind=full-stack", ["FastAPI", "Flask", "Django", "Quart"]),
        ("interface=asgi&kind=micro", ["FastAPI", "Quart"]),
        ("capability=orm", ["Django"]),
        ("capability=orm&capability=admin", ["Django"]),
        ("capability=orm&capability=validation", []),
        ("min-learning-curve=4", ["FastAPI", "Flask", "Quart"]),
        ("min-performance=3&min-async-support=2", ["FastAPI", "Django"]),
        ("min-async-support=2", ["FastAPI", "Django"]),
    ],
)
def test_matrix_filters_rows_without_changing_any_fit(client: Client, query: str, names: list[str]) -> None:
    everyone = {row.name: row for row in standings(get(client, "/"))}
    page = get(client, f"/?{query}")
    assert order(page) == names
    for row in standings(page):
        assert (row.fit, row.under) == (everyone[row.name].fit, everyone[row.name].under)
    count = f"{len(names)} of 5 frameworks" if names else "No frameworks match"
    assert page.one("p.count").text.startswith(count)


def test_matrix_ranks_only_visible_frameworks(client: Client) -> None:
    assert [(row.rank, row.name) for row in standings(get(client, "/?interface=wsgi"))] == [
        ("1", "Flask"),
        ("2", "Django"),
    ]


def menu(page: Element, name: str) -> dict[str, str]:
    """What a menu offers, with the count of each."""
    options = page.all(f"details#menu-{name} label")
    return {option.parts[0]: option.one("small").text for option in options}


def test_matrix_counts_facet_values_under_the_other_filters(client: Client) -> None:
    page = get(client, "/")
    assert menu(page, "kind") == {"Full-stack": "1", "Micro": "3"}
    assert menu(page, "interface") == {"WSGI": "2", "ASGI": "3"}
    assert menu(page, "capability") == {"ORM": "1", "Admin": "1", "Validation": "1"}
    page = get(client, "/?kind=micro")
    assert menu(page, "kind") == {"Full-stack": "1", "Micro": "3"}
    assert menu(page, "interface") == {"WSGI": "1", "ASGI": "2"}
    assert menu(page, "capability") == {"ORM": "0", "Admin": "0", "Validation": "1"}
    # A facet of must-haves counts within what it asks for already.
    page = get(client, "/?capability=orm")
    assert menu(page, "kind") == {"Full-stack": "1", "Micro": "0"}
    assert menu(page, "capability") == {"ORM": "1", "Admin": "1", "Validation": "0"}


def test_matrix_menus_name_their_chosen_values(client: Client) -> None:
    page = get(client, "/?kind=micro&interface=wsgi&interface=asgi&min-performance=3&criteria=performance")
    assert {
        summary.one(".menu-label").text: summary.one(".menu-value").text
        for summary in page.all("details.menu summary")
        if summary.all(".menu-label")
    } == {
        "Kind": "Micro",
        "Interface": "WSGI, ASGI",
        "Capability": "any",
        "Minimum scores": "1 set",
        "Columns and date": "1 of 4",
    }


def test_matrix_chips_each_drop_a_single_choice(client: Client) -> None:
    page = get(
        client,
        "/?q=a&kind=micro&kind=full-stack&min-performance=3&criteria=performance&criteria=documentation"
        "&w-performance=9&w-documentation=0&sort=name&only=differences&framework=flask",
    )
    shown = "criteria=documentation&criteria=performance"
    weighed = "w-documentation=0&w-performance=9"
    rest = "sort=name&only=differences&framework=flask"
    assert {chip.text: chip["href"] for chip in page.all(".chips a")} == {
        "Remove: name contains “a” ×": (
            f"/?kind=full-stack&kind=micro&min-performance=3&{shown}&{weighed}&{rest}"
        ),
        "Remove: Kind: Full-stack ×": f"/?q=a&kind=micro&min-performance=3&{shown}&{weighed}&{rest}",
        "Remove: Kind: Micro ×": f"/?q=a&kind=full-stack&min-performance=3&{shown}&{weighed}&{rest}",
        "Remove: Performance at least 3 ×": f"/?q=a&kind=full-stack&kind=micro&{shown}&{weighed}&{rest}",
        "Reset: 2 weights changed ×": (f"/?q=a&kind=full-stack&kind=micro&min-performance=3&{shown}&{rest}"),
        "Reset: 2 of 4 criteria shown ×": (
            f"/?q=a&kind=full-stack&kind=micro&min-performance=3&{weighed}&{rest}"
        ),
        "Reset: only differences ×": (
            f"/?q=a&kind=full-stack&kind=micro&min-performance=3&{shown}&{weighed}&sort=name&framework=flask"
        ),
    }


def test_matrix_last_chip_links_to_the_bare_address(client: Client) -> None:
    assert [chip["href"] for chip in get(client, "/?kind=micro").all(".chips a")] == ["/"]


def test_matrix_names_the_filters_that_empty_it_and_offers_to_drop_them(client: Client) -> None:
    page = get(client, "/?kind=full-stack&interface=asgi&min-performance=5&sort=name&w-performance=9")
    assert page.one("p.count").text == "No frameworks match"
    assert page.all("table") == []
    culprits = page.one(".empty").all("li")
    assert [culprit.text for culprit in culprits] == [
        "Kind: Full-stack: 1 framework without it",
        "Performance at least 5: 1 framework without it",
    ]
    assert [culprit.one("a")["href"] for culprit in culprits] == [
        "/?interface=asgi&min-performance=5&w-performance=9&sort=name",
        "/?kind=full-stack&interface=asgi&w-performance=9&sort=name",
    ]
    assert [order(get(client, culprit.one("a")["href"])) for culprit in culprits] == [["FastAPI"], ["Django"]]
    everything = page.one(".empty a.button")
    assert (everything.text, everything["href"]) == ("Clear filters", "/?w-performance=9&sort=name")


def test_matrix_blames_unmet_must_haves_together(client: Client) -> None:
    page = get(client, "/?capability=orm&capability=validation")
    assert page.one(".empty").texts("li") == [
        "Capability: ORM, Capability: Validation: 5 frameworks without it"
    ]


def test_matrix_says_when_no_single_filter_is_to_blame(client: Client) -> None:
    page = get(client, "/?q=zzz&min-async-support=3&kind=full-stack")
    assert page.one(".empty").texts("p") == [
        "Removing any one filter still gives no results.",
        "Clear filters",
    ]


# Weights and columns


def test_matrix_weights_apply_in_any_parameter_order(client: Client) -> None:
    page = get(client, "/?w-documentation=8&w-performance=0")
    assert fits(page) == {
        # (2·½ + 8·1 + 1·¼) / 11, (2·1 + 8·¾) / 10, (2·¾ + 8·¾ + 1·1) / 11
        "Django": "84",
        "Flask": "80",
        "FastAPI": "77",
        "Quart": "– not ranked",
        "Sanic": "– not ranked",
    }
    assert list(fits(page))[:3] == ["Django", "Flask", "FastAPI"]
    assert standings(get(client, "/?w-performance=0&w-documentation=8")) == standings(page)


def test_matrix_weight_fields_show_set_values_and_default_placeholders(client: Client) -> None:
    page = get(client, "/?w-performance=0")
    assert {
        control["name"]: (control["value"], control["placeholder"])
        for control in page.all("tr.weights input")
    } == {
        "w-learning-curve": ("", "2"),
        "w-documentation": ("", "1"),
        "w-performance": ("0", "3"),
        "w-async-support": ("", "1"),
    }
    assert page.one("input#w-performance")["aria-label"] == "Weight of Performance, 3 by default"


def test_matrix_hidden_column_keeps_its_weight_in_the_form(client: Client) -> None:
    whole = get(client, "/?w-performance=9&w-documentation=0")
    page = get(client, "/?w-performance=9&w-documentation=0&criteria=async-support&criteria=documentation")
    assert page.texts("tr.heads th") == ["Framework", "Fit", "Docs", "Async"]
    assert cells(page, "django") == {"Docs": "5 · 1", "Async": "2 · 1"}
    assert standings(page) == standings(whole)
    hidden = page.one("form#matrix input[name=w-performance]")
    assert (hidden["type"], hidden["value"]) == ("hidden", "9")
    assert standings(get(client, address(page.one("form#matrix")) + "&w-async-support=0")) == standings(
        get(client, "/?w-performance=9&w-documentation=0&w-async-support=0")
    )


def test_matrix_keeps_weights_and_ticks_when_empty(client: Client) -> None:
    page = get(client, "/?q=zzz&w-performance=9&framework=flask")
    form = page.one("form#matrix")
    assert form.one("input[name=w-performance]")["value"] == "9"
    assert form.one("input[name=framework]")["value"] == "flask"


def test_matrix_copy_link_pins_all_weights_when_any_differs(client: Client) -> None:
    def copied(address: str) -> str:
        return get(client, address).all("#menu-take a")[0]["href"]

    assert copied("/?kind=micro&sort=name") == "/?kind=micro&sort=name"
    assert copied("/?w-performance=3") == "/"  # that is the default
    # What is ticked or open is part of the table.
    link = copied("/?kind=micro&w-performance=9&framework=flask&open=flask:performance")
    assert link == (
        "/?kind=micro&w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9"
        "&framework=flask&open=flask:performance"
    )
    before = standings(get(client, link))
    change(Criterion.objects.get(slug="documentation"), default_weight=10)
    assert standings(get(client, link)) == before
    assert standings(get(client, "/?kind=micro&w-performance=9")) != before


# Order


@pytest.mark.parametrize(
    "sort, names",
    [
        ("fit", ["FastAPI", "Flask", "Django", "Quart", "Sanic"]),
        ("-fit", ["Django", "Flask", "FastAPI", "Sanic", "Quart"]),
        ("name", ["Django", "FastAPI", "Flask", "Quart", "Sanic"]),
        ("-name", ["Flask", "FastAPI", "Django", "Sanic", "Quart"]),
        ("learning-curve", ["Flask", "FastAPI", "Django", "Quart", "Sanic"]),
        ("-learning-curve", ["Django", "FastAPI", "Flask", "Quart", "Sanic"]),
        # Flask has no score here: it stands last either way.
        ("async-support", ["FastAPI", "Django", "Flask", "Quart", "Sanic"]),
        ("-async-support", ["Django", "FastAPI", "Flask", "Quart", "Sanic"]),
    ],
)
def test_matrix_sorts_within_ranked_and_unranked_without_changing_ranks(
    client: Client, sort: str, names: list[str]
) -> None:
    page = get(client, f"/?sort={sort}")
    assert order(page) == names
    assert {row.name: row.rank for row in standings(page)} == {
        "FastAPI": "1", "Flask": "2", "Django": "3", "Quart": "", "Sanic": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "sort, marked, asks",
    [
        ("", {"Fit": "descending"}, {"Framework": "name", "Fit": "-fit", "Speed": "performance"}),
        ("-fit", {"Fit": "ascending"}, {"Framework": "name", "Fit": "fit", "Speed": "performance"}),
        ("name", {"Framework": "ascending"}, {"Framework": "-name", "Fit": "fit", "Speed": "performance"}),
        ("-name", {"Framework": "descending"}, {"Framework": "name", "Fit": "fit", "Speed": "performance"}),
        (
            "performance",
            {"Speed": "descending"},
            {"Framework": "name", "Fit": "fit", "Speed": "-performance"},
        ),
        ("-performance", {"Speed": "ascending"}, {"Framework": "name", "Fit": "fit", "Speed": "performance"}),
    ],
)
def test_matrix_headers_show_the_sort_order_and_link_to_the_reverse(
    client: Client, sort: str, marked: dict[str, str], asks: dict[str, str]
) -> None:
    page = get(client, f"/?kind=micro&sort={sort}" if sort else "/?kind=micro")
    heads = {head.text: head for head in page.all("tr.heads th")}
    assert {name: head["aria-sort"] for name, head in heads.items()} == {
        **dict.fromkeys(["Framework", "Fit", "Learning", "Docs", "Speed", "Async"], "none"),
        **marked,
    }
    for name, wanted in asks.items():
        assert heads[name].one("a")["href"] == f"/?kind=micro&sort={wanted}"


# The open cell


def test_matrix_open_cell_shows_verdict_and_all_claims_with_sources(client: Client) -> None:
    page = get(client, "/?open=fastapi:performance")
    opened = page.one("tr#opened")
    assert opened.texts(".opened-verdict p")[:3] == [
        "How good is it at Performance?",
        "5 5 in a few words",
        "By the rubric.",
    ]
    assert opened.one(".dispute").text == "Readings differ by 3 steps"
    said, dissenting = opened.all(".claims li")
    assert "class" not in said
    assert said.one(".cite").text == "The almanac, line 10, prose · read as 5"
    assert dissenting["class"] == "against"
    assert dissenting.one("q").text == "Moderate"
    assert dissenting.one("p").text == "Moderate Puts it in the middle of its table."
    assert dissenting.one(".cite").text == (
        "The shop, line 28, table · sells developers · read as 2, disagrees with the score"
    )
    assert dissenting.one(".cite a")["href"] == "/sources/002/#002-28"
    cell = page.one("a#cell-fastapi-performance")
    assert (cell["aria-expanded"], cell["aria-controls"], cell["href"]) == ("true", "opened", "/")
    assert opened.one("a.button")["href"] == "/"
    assert page.one("p.count").text == (
        "5 of 5 frameworks. FastAPI first, fit 89. FastAPI, Performance: 2 claims open below its row."
    )


def test_matrix_open_cell_appears_below_its_row(client: Client) -> None:
    page = get(client, "/?open=flask:documentation")
    rows = [row["id"] for row in page.all("table.grid tbody tr") if "id" in row]
    assert rows == ["row-fastapi", "row-flask", "opened", "row-django", "row-quart", "row-sanic"]


def test_matrix_opens_a_cell_with_evidence_but_no_score(client: Client) -> None:
    opened = get(client, "/?open=flask:async-support").one("tr#opened")
    assert opened.texts(".opened-verdict p")[:2] == [
        "How good is it at Async support?",
        "There is evidence, but no score yet.",
    ]
    assert len(opened.all(".claims li")) == 1


def test_matrix_links_every_cell_with_claims_but_no_silent_cell(client: Client) -> None:
    page = get(client, "/?sort=name&open=flask:documentation")
    silent, spoken = 0, 0
    for row in page.all("table.grid tbody tr"):
        for cell in row.all("td.silent"):
            silent += 1
            assert cell.all("a") == []
        for cell in [*row.all("td.rated"), *row.all("td.evidence")]:
            spoken += 1
            framework, link = row["id"].removeprefix("row-"), cell.one("a")
            criterion = link["id"].removeprefix(f"cell-{framework}-")
            expanded = (framework, criterion) == ("flask", "documentation")
            assert ("aria-expanded" in link) == expanded
            assert link["href"] == "/?sort=name" + ("" if expanded else f"&open={framework}:{criterion}")
    assert (silent, spoken) == (7, 13)


@pytest.mark.parametrize(
    "query",
    ["open=fastapi:performance&q=flask", "open=fastapi:performance&criteria=documentation"],
)
def test_matrix_does_not_open_a_hidden_cell_but_keeps_it_in_the_form(client: Client, query: str) -> None:
    page = get(client, f"/?{query}")
    assert page.all("tr#opened") == []
    assert page.one("form#matrix input[name=open]")["value"] == query.partition("&")[0].removeprefix("open=")


def test_matrix_says_that_no_source_covers_an_opened_silent_cell(client: Client) -> None:
    opened = get(client, "/?open=sanic:performance").one("tr#opened")
    assert opened.texts(".opened-verdict p")[1] == "No source says anything about it."
    assert opened.all(".claims li") == []


# Baseline, differences, the tray


def test_matrix_shows_deltas_from_the_baseline(client: Client) -> None:
    page = get(client, "/?baseline=flask")
    assert fits(page) == {
        "FastAPI": "89 +18",
        "Flask": "71",
        "Django": "54 −17",
        "Quart": "– not ranked",
        "Sanic": "– not ranked",
    }
    assert cells(page, "django") == {
        "Learning": "3 · −2 · 1",
        "Docs": "5 · +1 · 1",
        "Speed": "3 · 1",
        "Async": "2 · 1",
    }
    assert page.one("tr#row-flask")["class"] == "baseline"
    assert page.one("tr#row-flask th small").text == "Micro · WSGI · baseline"
    assert page.one("select[name=baseline] option[selected]")["value"] == "flask"
    assert order(page) == ["FastAPI", "Flask", "Django", "Quart", "Sanic"]


def test_matrix_only_differences_hides_identical_columns(client: Client) -> None:
    everyone = get(client, "/?interface=wsgi")
    page = get(client, "/?interface=wsgi&only=differences")
    assert everyone.texts("tr.heads th")[2:] == ["Learning", "Docs", "Speed", "Async"]
    assert page.texts("tr.heads th")[2:] == ["Learning", "Docs", "Async"]
    assert standings(page) == standings(everyone)
    assert get(client, "/?only=differences").texts("tr.heads th")[2:] == [
        "Learning",
        "Docs",
        "Speed",
        "Async",
    ]


def test_matrix_tray_collects_ticked_frameworks_even_when_filtered_out(client: Client) -> None:
    page = get(client, "/?framework=flask&kind=full-stack")
    assert page.one(".tray p").text == "Flask select one more to compare"
    assert page.one("form#matrix input[name=framework][type=hidden]")["value"] == "flask"
    (remove, clear) = page.all(".tray a")
    assert (remove["aria-label"], remove["href"]) == ("Remove Flask", "/?kind=full-stack")
    assert (clear.text, clear["href"]) == ("Clear selection", "/?kind=full-stack")

    page = get(client, "/?framework=flask&framework=django&kind=full-stack&w-performance=9")
    assert page.one(".tray p").text == "Django, Flask"
    ticked = [box["value"] for box in page.all("form#matrix th input[name=framework]") if "checked" in box]
    assert ticked == ["django"]
    compare = page.one(".tray a.button")
    assert (compare.text, compare["href"]) == (
        "Compare 2 side by side",
        "/compare/?w-performance=9&framework=flask&framework=django",
    )


def test_matrix_has_no_tray_when_nothing_is_ticked(client: Client) -> None:
    assert get(client, "/").all(".tray") == []


def test_matrix_is_reduced_to_the_selected_frameworks_when_they_are_more_than_five(client: Client) -> None:
    factories.make_framework(name="Tornado")
    factories.make_framework(name="Bottle")
    slugs = [*map(str.lower, SCORES), "tornado"]
    query = "&".join(f"framework={slug}" for slug in slugs)
    page = get(client, f"/?q=a&w-performance=9&{query}")
    assert page.one(".tray p").text == (
        "Django, FastAPI, Flask, Quart, Sanic, Tornado up to 5 fit side by side"
    )
    offer = page.one(".tray a.button")
    assert offer.text == "Compare 6 in the matrix"
    reduced = get(client, offer["href"])
    assert sorted(order(reduced)) == ["Django", "FastAPI", "Flask", "Quart", "Sanic", "Tornado"]
    assert reduced.one(".stood").text == (
        "Only the frameworks that you selected are shown. Up to 5 of them fit side by side: select those below. "
        "Show all frameworks"
    )
    assert reduced.texts(".chips li") == ["Remove: 6 selected frameworks ×", "Reset: 1 weight changed ×"]
    assert [box["value"] for box in reduced.all("input[name=among]")] == sorted(slugs)
    assert len(order(get(client, reduced.one(".stood a")["href"]))) == 7
    # What names them in another way leads there too, with all that it says.
    named = "&".join(f"among={slug}" for slug in sorted(slugs))
    for path, ending in {
        "/compare/?": "",
        f"/compare/{'-vs-'.join(slugs)}/?": "",
        f"/compare/{'-vs-'.join(slugs)}.csv?": "matrix.csv",
    }.items():
        chosen = query if path == "/compare/?" else ""
        response = client.get(f"{path}{chosen}&w-performance=9&as-of=x")
        assert response.status_code == 302
        assert response["Location"].startswith(f"/{ending}?{named}&w-performance=9")
    # The use case gives its weights, and does not hide what was selected.
    assert "use-case" not in client.get(f"/compare/?{query}&use-case=live-updates")["Location"]


def test_matrix_ignores_an_unknown_framework_among_those_named(client: Client) -> None:
    page = get(client, "/?among=django&among=nobody")
    assert page.texts(".notices li") == ["Frameworks shown: There is no framework “nobody”. It was ignored."]
    assert order(page) == ["Django"]
    assert len(order(get(client, "/?among=nobody"))) == 5
    assert order(get(client, "/?among=flask&among=django")) == ["Flask", "Django"]
    assert "Remove a filter" in get(client, "/?among=django&q=flask").one(".empty").text
