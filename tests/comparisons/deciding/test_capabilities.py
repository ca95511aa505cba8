"""What comes with a framework, what is added to it, and the tools around it: each word with its source."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from frameworks.models import Claim, Component, Criterion, FacetValue, Framework, Source, Trait
from tests import factories
from tests.html import Element, read
from tests.pages import change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def framework(slug: str) -> Framework:
    return Framework.objects.get(slug=slug)


def capability(slug: str) -> FacetValue:
    return FacetValue.objects.get(facet__slug="capability", slug=slug)


def claim_on(slug: str, line: int) -> Claim:
    return factories.make_claim(
        framework=framework(slug),
        criterion=Criterion.objects.get(slug="documentation"),
        source=Source.objects.get(key="001"),
        line=line,
        key=f"{slug}-{line}",
    )


def add(to: str, what: str, by: str, line: int, **fields: str) -> None:
    """An addition on the word of one claim."""
    component = Component.objects.filter(name=by).first() or factories.make_component(name=by)
    factories.make_addition(
        framework=framework(to),
        capability=capability(what),
        component=component,
        claims=[claim_on(to, line)],
        **fields,
    )


def answers(page: Element) -> dict[str, list[list[str]]]:
    """For each framework that has something of what is ticked: the capabilities, each with all that is said."""
    return {
        section.one("h2").text: [
            [part.text for part in row.all("dt") + row.all("dd")] for row in section.all("dl div")
        ]
        for section in page.all("form section")
        if section["id"] != "unnamed"
    }


def tallies(page: Element) -> list[tuple[str, list[str]]]:
    return [
        (aside.one("h2").text, aside.texts("p.tally span"))
        for aside in page.all("form .aside")
        if aside.all(".tally")
    ]


# What you would need to add


def test_capabilities_shows_built_in_parts_and_additions_per_framework(client: Client) -> None:
    assert answers(get(client, "/capabilities/?need=orm&need=admin")) == {
        "Django": [
            ["ORM", "✓ built in The almanac, line 10"],
            ["Admin", "✓ built in The almanac, line 10"],
        ],
        "Flask": [["ORM", "add SQLAlchemy The shop, line 40"], ["Not mentioned", "Admin"]],
    }


def test_capabilities_lists_alternatives_each_with_its_source(client: Client) -> None:
    add("flask", "orm", "Tortoise ORM", 71)
    add("flask", "orm", "Peewee", 72, note="Only its name is said.")
    page = get(client, "/capabilities/?need=orm")
    assert answers(page)["Flask"] == [
        [
            "ORM",
            "add Peewee The almanac, line 72 Only its name is said.",
            "or SQLAlchemy The shop, line 40",
            "or Tortoise ORM The almanac, line 71",
        ]
    ]
    links = {link.text: link["href"] for link in page.one("section#flask").all("a")}
    assert links["Peewee"] == "/components/peewee/"
    assert links["The almanac, line 71"] == f"{Claim.objects.get(key='flask-71').get_absolute_url()}"


def test_capabilities_shows_a_shared_note_only_once(client: Client) -> None:
    add("quart", "orm", "Tortoise ORM", 71, note="Of 2019.")
    add("quart", "orm", "Peewee", 72, note="Of 2019.")
    assert answers(get(client, "/capabilities/?need=orm"))["Quart"] == [
        [
            "ORM",
            "add Peewee The almanac, line 72",
            "or Tortoise ORM The almanac, line 71",
            "Of 2019.",
        ]
    ]


def test_capabilities_shows_built_in_and_addition_when_sources_differ(client: Client) -> None:
    add("django", "orm", "SQLAlchemy", 73)
    page = get(client, "/capabilities/?need=orm")
    assert answers(page)["Django"] == [
        ["ORM", "✓ built in The almanac, line 10", "or add SQLAlchemy The almanac, line 73"]
    ]
    assert tallies(page)[0] == ("Django", ["1 built in"])


def test_capabilities_sorts_by_unnamed_then_additions_then_name(client: Client) -> None:
    add("sanic", "orm", "Tortoise ORM", 71)
    add("sanic", "admin", "Back room", 72)
    add("quart", "orm", "Tortoise ORM", 73)
    add("quart", "admin", "Back room", 74)
    assert tallies(get(client, "/capabilities/?need=orm&need=admin")) == [
        ("Django", ["2 built in"]),
        ("Quart", ["2 to add"]),
        ("Sanic", ["2 to add"]),
        ("Flask", ["1 to add", "1 not mentioned"]),
    ]


def test_capabilities_lists_frameworks_with_nothing_named_separately(client: Client) -> None:
    page = get(client, "/capabilities/?need=admin")
    assert list(answers(page)) == ["Django"]
    assert page.one("section#unnamed").texts("p") == [
        "For FastAPI, Flask, Quart and Sanic no source mentions any of what you selected, built in or as an addition.",
        "It may still exist: this only shows what the sources leave out.",
    ]


@pytest.mark.parametrize(
    "query, said",
    [
        ("", "Nothing is selected: all capabilities are listed, with the frameworks that have them."),
        ("?need=orm", "1 framework has it built in; 1 can be completed with additions."),
        ("?need=orm&need=admin", "1 framework has everything built in."),
        ("?need=orm&need=validation", "No framework has everything built in."),
    ],
)
def test_capabilities_summarizes_the_result_in_a_sentence(client: Client, query: str, said: str) -> None:
    assert get(client, f"/capabilities/{query}").one("p.count").text == said


def test_capabilities_links_to_the_matrix_and_a_side_by_side(client: Client) -> None:
    page = get(client, "/capabilities/?need=orm&need=admin")
    assert {link.text: link["href"] for link in page.one("p.onward").all("a")} == {
        "Open the matrix of those with everything built in": "/?capability=admin&capability=orm",
        "Django and Flask side by side": "/compare/django-vs-flask/",
    }
    assert get(client, "/?capability=admin&capability=orm").texts("th.name .who a") == ["Django"]


def test_capabilities_omits_the_link_to_an_empty_matrix(client: Client) -> None:
    page = get(client, "/capabilities/?need=orm&need=validation")
    assert page.texts("p.onward a") == ["Django, FastAPI and Flask side by side"]
    assert get(client, "/capabilities/?need=validation").texts("p.onward a") == [
        "Open the matrix of those with it built in"
    ]


def test_capabilities_shows_all_capabilities_when_nothing_is_ticked(client: Client) -> None:
    table = get(client, "/capabilities/").one("table")
    assert [[cell.text for cell in row.all("th") + row.all("td")] for row in table.all("tbody tr")] == [
        ["ORM", "Django", "Flask: SQLAlchemy"],
        ["Admin", "Django", "none mentioned"],
        ["Validation", "FastAPI", "none mentioned"],
    ]
    assert [link["href"] for link in table.all("th a")] == [
        f"/capabilities/?need={slug}" for slug in ("orm", "admin", "validation")
    ]


@pytest.mark.parametrize(
    "query, said",
    [
        ("need=nonsense", "There is no capability “nonsense”. It was ignored."),
        ("need=%00", "There is no capability “\x00”. It was ignored."),
        ("need=orm%00", "There is no capability “orm\x00”. It was ignored."),
        ("need=%3Cb%3Ex", "There is no capability “<b>x”. It was ignored."),
        ("need=x&need=y&need=x", "There are no capabilities “x”, “y”. They were ignored."),
        ("need=" + "9" * 30, f"There is no capability “{'9' * 30}”. It was ignored."),
        pytest.param(
            f"need={'a' * 50_000}", f"There is no capability “{'a' * 158}…. It was ignored.", id="long"
        ),
    ],
)
def test_capabilities_reports_unknown_capabilities_and_keeps_the_rest(
    client: Client, query: str, said: str
) -> None:
    page = get(client, f"/capabilities/?{query}&need=orm")
    assert page.texts(".notices li") == [said]
    assert answers(page) == answers(get(client, "/capabilities/?need=orm"))
    assert [box["value"] for box in page.all("input[checked]")] == ["orm"]


def test_capabilities_names_and_ignores_weights_and_minimums_in_the_address(client: Client) -> None:
    page = get(client, "/capabilities/?w-nothing=3&min-x=abc&need=orm")
    assert page.texts(".notices li") == [
        "This page has no parameter “w-nothing”. It was ignored.",
        "This page has no parameter “min-x”. It was ignored.",
    ]


def test_capabilities_redirects_to_drop_blank_parameters(client: Client) -> None:
    assert client.get("/capabilities/?need=")["Location"] == "/capabilities/"


def test_matrix_links_to_capabilities_with_the_ticked_values(client: Client) -> None:
    def link(path: str) -> str:
        return get(client, path).one("#menu-capability a.panel-link")["href"]

    assert link("/") == "/capabilities/"
    assert link("/?capability=orm&capability=admin&kind=full-stack") == "/capabilities/?need=admin&need=orm"
    assert len(get(client, "/").all("a.panel-link")) == 1


# The profile


def test_profile_shows_built_in_capabilities_and_additions(client: Client) -> None:
    section = get(client, "/frameworks/flask/").one("#capabilities")
    assert section.texts("dl div") == ["ORM add SQLAlchemy The shop, line 40"]
    assert section.texts(".unsaid p")[0] == (
        "Not mentioned: no source says whether Flask has, or can be extended with, Admin or Validation."
    )
    section = get(client, "/frameworks/django/").one("#capabilities")
    assert [row.texts("dt") + row.texts("dd") for row in section.all("dl div")] == [
        ["ORM", "✓ built in The almanac, line 10"],
        ["Admin", "✓ built in The almanac, line 10"],
    ]
    assert "Admin" not in get(client, "/frameworks/django/").one("#facts").text


def test_profile_shows_the_note_on_a_capability(client: Client) -> None:
    change(Trait.objects.get(framework__slug="django", value__slug="orm"), note="Only for relations.")
    section = get(client, "/frameworks/django/").one("#capabilities")
    assert section.texts("dl .doubt") == ["Only for relations."]


def test_profile_and_component_link_to_each_other(client: Client) -> None:
    tool = factories.make_component(name="Werkzeug")
    factories.make_tie(
        framework=framework("flask"), component=tool, kind="built-on", claims=[claim_on("flask", 75)]
    )
    section = get(client, "/frameworks/flask/").one("#components")
    assert [row.texts("dt") + row.texts("dd") for row in section.all("dl div")] == [
        ["Built on", "Werkzeug The almanac, line 75"],
        ["Works with", "SQLAlchemy The shop, line 40"],
    ]
    assert [link["href"] for link in section.all("a.fact")] == [
        "/components/werkzeug/",
        "/components/sqlalchemy/",
    ]
    page = get(client, "/components/werkzeug/")
    assert page.one("#built-on-flask h2").text == "Werkzeug is the base of Flask"
    assert page.one("#built-on-flask .aside a")["href"] == "/frameworks/flask/#components"
    assert get(client, "/frameworks/sanic/").all("#components") == []


# Components


def test_components_index_groups_components_by_kind(client: Client) -> None:
    base = factories.make_component(
        name="Base", kind="async-layer", label="Toolkit", summary="All rests on it."
    )
    for slug in ("quart", "fastapi"):
        factories.make_tie(framework=framework(slug), component=base, kind="built-on")
    factories.make_tie(framework=framework("flask"), component=base, kind="supports")
    page = get(client, "/components/")
    assert page.texts("h2") == ["Async layer", "Data layer", "API tooling"]
    *tied, untied = [row.texts("th span") + row.texts("td span") for row in page.all("tbody tr")]
    assert tied == [
        ["Base Toolkit", "All rests on it.", "base of FastAPI and Quart", "supported by Flask"],
        ["SQLAlchemy ORM", "Named as a data layer for Flask.", "works with Flask"],
    ]
    assert untied[0].startswith("Flask Shopping")


def test_component_shows_its_ties_and_additions_with_claims(client: Client) -> None:
    page = get(client, "/components/sqlalchemy/")
    assert page.one("h1").text == "SQLAlchemy"
    assert page.one("#adds").texts("dl div") == ["ORM to Flask The shop, line 40"]
    assert page.one("#adds dt a")["href"] == "/capabilities/?need=orm"
    tie = page.one("#works-with-flask")
    assert tie.texts(".aside h2") + tie.texts(".aside p") == [
        "SQLAlchemy works with Flask",
        "Said in passing.",
        "All components of Flask",
    ]
    assert tie.texts("ul.claims li") == [
        "Praises how small it is. The shop, line 40, prose · sells developers Editors’ note: Of 2019."
    ]


def test_component_used_only_by_unpublished_frameworks_is_hidden(client: Client) -> None:
    secret = factories.make_component(name="Secret", kind="running")
    factories.make_tie(framework=framework("hidden"), component=secret)
    factories.make_addition(framework=framework("hidden"), component=secret, capability=capability("orm"))
    assert client.get("/components/secret/").status_code == 404
    page = get(client, "/components/")
    assert "Secret" not in page.text
    assert page.texts("h2") == ["Data layer", "API tooling"]
    assert "Secret" not in get(client, "/capabilities/?need=orm").text


def test_cited_merges_claims_on_the_same_line() -> None:
    source = Source.objects.get(key="001")
    for line, key in ((25, "a"), (25, "b"), (31, "c")):
        factories.make_claim(framework=framework("flask"), source=source, line=line, key=f"cited-{key}")
    claims = Claim.objects.filter(key__startswith="cited-").cited()
    one, several = (
        read(render_to_string("frameworks/_cited.html", {"claims": some}).encode()).text
        for some in (claims.filter(line=25), claims)
    )
    assert one == f"{source.short_name}, line 25"
    assert several == f"{source.short_name}, lines 25 line 31"
