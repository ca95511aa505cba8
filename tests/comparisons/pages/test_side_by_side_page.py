"""Side by side as a visitor reads it: the order, the baseline, what is folded away, and what cannot be compared."""

import pytest
from django.test import Client
from django.utils.text import get_text_list

from frameworks.models import Rating
from tests import factories
from tests.html import Element, address, read
from tests.pages import change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

VERSUS = "/compare/flask-vs-django/"


def heads(page: Element) -> list[list[str]]:
    """Each framework's head: name, rank, kind, fit, band and coverage, links."""
    return [
        [*head.parts[:-1], *head.one(".party-links").parts]
        for head in page.all("table.versus thead th .party")
    ]


def names(page: Element) -> list[str]:
    return [head[0] for head in heads(page)]


def lines(page: Element) -> dict[str, list[str]]:
    """Each criterion on show with its cells, closed: score, verdict, number of claims."""
    return {
        row.one("th .weighed a").text: [
            " · ".join(part for part in cell.one("a.cell").parts if part != "of 5" and not part.endswith(":"))
            if cell.all("a.cell")
            else cell.text
            for cell in row.all("td")
        ]
        for row in page.all("table.versus tbody tr[id]")
    }


# What stands on the page


def test_side_by_side_headers_show_fit_rank_band_and_coverage(client: Client) -> None:
    page = get(client, "/compare/flask-vs-django-vs-quart/")
    assert heads(page) == [
        [
            "Flask", "rank 1", "Micro · WSGI", "71 of 100", "61–75 possible · 85% rated",
            "Set as baseline: Flask", "Remove: Flask",
        ],
        [
            "Django", "rank 2", "Full-stack · WSGI, ASGI", "54 of 100", "100% rated",
            "Set as baseline: Django", "Remove: Django",
        ],
        [
            "Quart", "not ranked", "Micro · ASGI", "–", "29–100 possible · 28% rated · not enough evidence to rank",
            "Set as baseline: Quart", "Remove: Quart",
        ],
    ]  # fmt: skip


def test_side_by_side_groups_criteria_with_questions_and_verdicts(client: Client) -> None:
    page = get(client, VERSUS)
    assert page.texts("tr.divider th") == ["Getting going", "Under load"]
    assert page.one("tr#performance th small").text == "How good is it at Performance?"
    assert lines(page) == {
        "Learning curve": [
            "5 · 5 in a few words · 1 source",
            "3 · 3 in a few words · 1 source",
        ],
        "Documentation": [
            "4 · 4 in a few words · 1 source",
            "5 · 5 in a few words · 1 source",
        ],
        "Performance": [
            "3 · 3 in a few words · 1 source",
            "3 · 3 in a few words · 1 source",
        ],
        "Async support": [
            "– · not scored yet · 1 source",
            "2 · 2 in a few words · 1 source",
        ],
    }


def test_side_by_side_says_when_no_source_covers_a_cell(client: Client) -> None:
    assert lines(get(client, "/compare/django-vs-sanic/"))["Performance"] == [
        "3 · 3 in a few words · 1 source",
        "No source rates this Suggest a source: Sanic, Performance",
    ]


def test_side_by_side_cell_holds_reasons_and_all_claims_with_sources(client: Client) -> None:
    closed = get(client, "/compare/fastapi-vs-flask/")
    link = closed.one("#cell-fastapi-performance")
    assert (link["aria-expanded"], link["href"]) == ("false", "/compare/fastapi-vs-flask/?rows=performance")
    assert link.parts == ["FastAPI, Performance:", "5", "of 5", "5 in a few words", "2 ≠ sources, disputed"]
    assert closed.all(".claims") == []
    page = get(client, link["href"])
    assert page.one("#cell-fastapi-performance")["aria-expanded"] == "true"
    assert page.one("#cell-fastapi-performance")["href"] == "/compare/fastapi-vs-flask/"
    assert len(page.all(".cell-evidence")) == len(page.all("tr#performance .cell-evidence")) == 2
    cell = page.all("tr#performance .cell-evidence")[0]
    assert cell.one("p.why").text == "By the rubric."
    said, dissenting = cell.all(".claims li")
    assert said.one(".cite").text == "The almanac, line 10, prose · read as 5"
    assert (dissenting["class"], dissenting.one("p").text) == (
        "against",
        "Moderate Puts it in the middle of its table.",
    )
    assert dissenting.one(".cite").text == (
        "The shop, line 28, table · sells developers · read as 2, disagrees with the score"
    )
    assert dissenting.one(".cite a")["href"] == "/sources/002/#002-28"


@pytest.mark.parametrize(
    "path, sentence",
    [
        (
            "fastapi-vs-flask",
            (
                "With the default weights, FastAPI leads Flask by 18 points. "
                "That changes if Performance counts 0: then Flask leads. 1 of these 8 scores is in dispute."
            ),
        ),
        (
            "flask-vs-django/?w-documentation=9",
            (
                "With your weights, Django leads Flask by 5 points. That changes if Learning curve counts 4 or more: "
                "then Flask leads. None of these scores is in dispute."
            ),
        ),
        (
            "flask-vs-django/?w-documentation=0&w-learning-curve=0&w-async-support=0",
            "With your weights, Flask and Django are level. None of these scores is in dispute.",
        ),
        (
            "quart-vs-django",
            "Only Django has enough evidence to be ranked. None of these scores is in dispute.",
        ),
        (
            "quart-vs-sanic",
            "None of these has enough evidence to be ranked. None of these scores is in dispute.",
        ),
    ],
)
def test_side_by_side_says_in_a_sentence_who_leads(client: Client, path: str, sentence: str) -> None:
    assert get(client, f"/compare/{path}").all(".lede p")[-1].text == sentence


def test_side_by_side_shows_edits_at_the_next_request(client: Client) -> None:
    assert lines(get(client, VERSUS))["Performance"][1] == "3 · 3 in a few words · 1 source"
    change(
        Rating.objects.get(framework__slug="django", criterion__slug="performance"), score=4, verdict="Better"
    )
    assert lines(get(client, VERSUS))["Performance"][1] == "4 · Better · 1 source"


# Order and baseline


@pytest.mark.parametrize(
    "path, order",
    [
        ("flask-vs-django", ["Flask", "Django"]),
        ("django-vs-flask", ["Django", "Flask"]),
        ("quart-vs-flask-vs-django-vs-sanic-vs-fastapi", ["Quart", "Flask", "Django", "Sanic", "FastAPI"]),
        ("quart-vs-flask-vs-django/?baseline=django", ["Django", "Quart", "Flask"]),
        # An address says each once.
        ("flask-vs-django-vs-flask", ["Flask", "Django"]),
    ],
)
def test_side_by_side_follows_the_order_of_the_address_with_the_baseline_first(
    client: Client, path: str, order: list[str]
) -> None:
    page = get(client, f"/compare/{path}")
    assert names(page) == order
    assert page.one("h1").text == f"{get_text_list(order, 'and')} side by side"
    canonical = "-vs-".join(sorted(name.lower() for name in order))
    assert page.one("link[rel=canonical]")["href"].endswith(f"/compare/{canonical}/")


def test_side_by_side_shows_deltas_from_the_baseline(client: Client) -> None:
    page = get(client, f"{VERSUS}?baseline=django")
    assert heads(page) == [
        ["Django", "rank 2", "Full-stack · WSGI, ASGI", "54 of 100", "100% rated", "baseline"],
        [
            "Flask",
            "rank 1",
            "Micro · WSGI",
            "71 of 100 +17",
            "61–75 possible · 85% rated",
            "Set as baseline: Flask",
        ],
    ]
    assert [cells[1] for cells in lines(page).values()] == [
        "5 · 5 in a few words · +2 · 1 source",
        "4 · 4 in a few words · −1 · 1 source",
        "3 · 3 in a few words · 1 source",
        "– · not scored yet · 1 source",
    ]
    chip = page.one(".status a.chip")
    assert (chip.text, chip["href"]) == ("Remove: baseline: Django ×", "/compare/django-vs-flask/")


def test_side_by_side_rejects_a_baseline_that_is_not_compared(client: Client) -> None:
    page = get(client, f"{VERSUS}?baseline=fastapi&w-performance=9")
    assert page.texts(".notices li") == ["Baseline: “fastapi” is not one of the choices. It was ignored."]
    assert page.texts(".status a.chip") == ["Reset: 1 weight changed ×"]
    assert names(page) == ["Flask", "Django"]


# Ways to change it


def test_side_by_side_links_add_remove_or_rebase_and_keep_the_weights(
    client: Client,
) -> None:
    page = get(client, "/compare/flask-vs-django-vs-quart/?w-performance=9&baseline=flask&only=differences")
    rest = "?w-performance=9&baseline=flask&only=differences"
    flask, django, quart = [
        {link.text: link["href"] for link in head.all(".party-links a")}
        for head in page.all("thead th .party")
    ]
    assert flask == {"Remove: Flask": "/compare/django-vs-quart/?w-performance=9&only=differences"}
    assert django == {
        "Set as baseline: Django": (
            "/compare/django-vs-flask-vs-quart/?w-performance=9&baseline=django&only=differences"
        ),
        "Remove: Django": f"/compare/flask-vs-quart/{rest}",
    }
    assert quart["Remove: Quart"] == f"/compare/flask-vs-django/{rest}"
    assert {link.text: link["href"] for link in page.all("#menu-add a")} == {
        "FastAPI": f"/compare/flask-vs-django-vs-quart-vs-fastapi/{rest}",
        "Sanic": f"/compare/flask-vs-django-vs-quart-vs-sanic/{rest}",
    }


def test_side_by_side_offers_no_removal_at_two_and_no_addition_at_five(client: Client) -> None:
    assert "Remove" not in get(client, VERSUS).one("table.versus thead").text
    assert get(client, "/compare/flask-vs-django-vs-quart-vs-sanic-vs-fastapi/").all("#menu-add") == []


def test_side_by_side_back_link_keeps_ticks_and_weights(client: Client) -> None:
    page = get(client, f"{VERSUS}?w-performance=9&baseline=django")
    back = page.one("p.crumb a")
    assert (back.text, back["href"]) == (
        "Back to the matrix",
        "/?w-performance=9&framework=django&framework=flask",
    )
    assert get(client, back["href"]).one(".tray p").text == "Django, Flask"


def test_side_by_side_copy_link_pins_all_weights_when_any_differs(client: Client) -> None:
    def copied(address: str) -> str:
        return get(client, address).all("#menu-take a")[0]["href"]

    assert copied(VERSUS) == VERSUS
    assert copied(f"{VERSUS}?only=differences&w-performance=9") == (
        f"{VERSUS}?w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9&only=differences"
    )


def test_side_by_side_weights_change_the_fits_and_fill_their_fields(client: Client) -> None:
    page = get(client, f"{VERSUS}?w-documentation=8&w-performance=0")
    # (2·1 + 8·¾) / 10 and (2·½ + 8·1 + 1·¼) / 11
    assert [(head[0], head[1], head[3]) for head in heads(page)] == [
        ("Flask", "rank 2", "80 of 100"),
        ("Django", "rank 1", "84 of 100"),
    ]
    assert {
        control["name"]: (control["value"], control["placeholder"])
        for control in page.all("label.weigh input")
    } == {
        "w-learning-curve": ("", "2"),
        "w-documentation": ("8", "1"),
        "w-performance": ("0", "3"),
        "w-async-support": ("", "1"),
    }


# Folded rows


def test_side_by_side_only_differences_folds_and_counts_identical_rows(client: Client) -> None:
    page = get(client, f"{VERSUS}?only=differences&w-performance=9")
    assert list(lines(page)) == ["Learning curve", "Documentation", "Async support"]
    assert page.texts("tr.divider th") == ["Getting going", "Under load 1 identical row hidden. Show all"]
    assert page.one("tr.divider a")["href"] == f"{VERSUS}?w-performance=9"
    # The folded row's weight travels with the form, and it still counts.
    hidden = page.one("form input[name=w-performance]")
    assert (hidden["type"], hidden["value"]) == ("hidden", "9")
    assert heads(page) == heads(get(client, f"{VERSUS}?w-performance=9"))


def test_side_by_side_folds_nothing_by_default(client: Client) -> None:
    page = get(client, VERSUS)
    assert page.all(".folded") == []
    assert list(lines(page)) == ["Learning curve", "Documentation", "Performance", "Async support"]


# Choosing, and what cannot be compared


def test_compare_redirects_ticked_frameworks_with_their_weights(client: Client) -> None:
    response = client.get(
        "/compare/?framework=quart&framework=flask&framework=quart&w-performance=9&w-documentation=&q=fla"
        "&kind=micro&sort=name&open=flask:performance&criteria=performance&only=differences&baseline=flask"
    )
    assert (response.status_code, response["Location"]) == (
        302,
        "/compare/quart-vs-flask/?w-performance=9&baseline=flask&only=differences",
    )


@pytest.mark.parametrize(
    "query, sentence",
    [
        (
            "w-performance=abc",
            "Weight of Performance: This must be a whole number from 0 to 10. It was ignored.",
        ),
        (
            "w-performance=99",
            "Weight of Performance: This must be a whole number from 0 to 10. It was ignored.",
        ),
        ("w-nothing=3", "There is no criterion “nothing”. It was ignored."),
        (
            "only=everything",
            "Only differences: “everything” is not one of the choices. It was ignored.",
        ),
    ],
)
def test_compare_reports_invalid_parameters_after_the_redirect(
    client: Client, query: str, sentence: str
) -> None:
    ticked = client.get(f"/compare/?framework=quart&framework=flask&{query}", follow=True)
    assert read(ticked.content).texts(".notices li") == [sentence]
    one_only = read(client.get(f"/compare/?framework=quart&{query}").content)
    name, _, value = query.partition("=")
    assert one_only.one(f"form.choose input[name={name}]")["value"] == value


def test_compare_redirect_drops_a_baseline_that_is_not_ticked(client: Client) -> None:
    response = client.get("/compare/?framework=quart&framework=flask&baseline=django")
    assert response["Location"] == "/compare/quart-vs-flask/"


def test_matrix_submits_ticks_to_compare_without_javascript(client: Client) -> None:
    form = get(client, "/?framework=flask&framework=sanic&w-performance=9&kind=micro&sort=name").one(
        "form#matrix"
    )
    button = form.one("button.apply[formaction]")
    assert button.text == "Compare selected"
    # Sanic is filtered out, and ticked all the same. The boxes on the table come after what is hidden.
    assert client.get(address(form, button))["Location"] == "/compare/sanic-vs-flask/?w-performance=9"


def choice(page: Element) -> tuple[str, str, list[str]]:
    """Heading, sentence and the ticked ones of the page that offers a choice."""
    form = page.one("form.choose")
    ticked = [box["value"] for box in form.all("input[type=checkbox]") if "checked" in box]
    return page.one("h1").text, page.one(".lede p").text, ticked


@pytest.mark.parametrize(
    "path, status, heading, sentence, ticked",
    [
        ("", 200, "Choose frameworks to compare", "Select 2 to 5 of those below.", []),
        (
            "?framework=flask", 400, "Choose at least two frameworks", "Select 2 to 5 of those below.",
            ["flask"],
        ),
        ("flask/", 400, "Choose at least two frameworks", "Select 2 to 5 of those below.", ["flask"]),
        (
            "flask-vs-flask/", 400, "Choose at least two frameworks", "Select 2 to 5 of those below.",
            ["flask"],
        ),
        (
            "flask-vs-nobody/", 404, "Some of these frameworks are not known here",
            "There is no framework called nobody. Select 2 to 5 of those below.", ["flask"],
        ),
        (
            "?framework=flask&framework=nobody&framework=django", 404, "Some of these frameworks are not known here",
            "There is no framework called nobody. Select 2 to 5 of those below.", ["django", "flask"],
        ),
        (
            "flask-vs-hidden/", 404, "Some of these frameworks are not known here",
            "There is no framework called hidden. Select 2 to 5 of those below.", ["flask"],
        ),
    ],
)  # fmt: skip
def test_compare_offers_a_choice_for_an_invalid_comparison(
    client: Client, path: str, status: int, heading: str, sentence: str, ticked: list[str]
) -> None:
    factories.make_framework(name="Tornado")
    response = client.get(f"/compare/{path}")
    assert (response.status_code, choice(read(response.content))) == (status, (heading, sentence, ticked))


def test_compare_offers_the_known_frameworks_when_some_are_unknown(client: Client) -> None:
    page = read(client.get("/compare/quart-vs-nobody-vs-django/").content)
    offer = page.one("a.button")
    assert (offer.text, offer["href"]) == ("Compare Quart and Django", "/compare/quart-vs-django/")


def test_compare_choice_form_submits_and_keeps_the_weights(client: Client) -> None:
    page = read(client.get("/compare/?framework=flask&w-performance=9&only=differences").content)
    form = page.one("form.choose")
    box = form.one("input[value=sanic]")
    box.attributes["checked"] = ""
    response = client.get(address(form))
    assert response["Location"] == "/compare/flask-vs-sanic/?w-performance=9&only=differences"


def test_side_by_side_redirects_to_the_trailing_slash_with_its_query(client: Client) -> None:
    response = client.get("/compare/flask-vs-django?w-performance=9&only=differences")
    assert (response.status_code, response["Location"]) == (
        301,
        "/compare/flask-vs-django/?w-performance=9&only=differences",
    )
