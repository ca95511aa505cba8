"""Why this ranking, as a visitor reads it: what each criterion adds, what would flip it, and how firm it is."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from comparisons.pages.why import DRAWN
from frameworks.models import Criterion, Framework
from tests import factories
from tests.html import Element, read, standings
from tests.pages import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DREW = "Across 2,000 random sets of weights from 0 to 10, "
NOTHING = "w-learning-curve=0&w-documentation=0&w-performance=0&w-async-support=0"
LEVEL = "interface=wsgi&w-learning-curve=0&w-documentation=0&w-async-support=0"
VIEWS = [
    "/",
    "/?q=a&criteria=performance&w-documentation=9",
    "/?use-case=live-updates&w-performance=0",
    "/?only=differences&sort=name&baseline=flask",
    f"/?{LEVEL}",
    "/compare/flask-vs-django/",
    "/compare/quart-vs-flask-vs-django/?w-documentation=9&only=differences",
    "/compare/quart-vs-sanic/",
    "/compare/flask-vs-fastapi/?use-case=live-updates",
]


def page_with_why(client: Client, address: str) -> Element:
    """The page with the whole section."""
    return get(client, f"{address}{'&' if '?' in address else '?'}why=shown")


def why(client: Client, address: str) -> Element:
    return page_with_why(client, address).one(".explained .body")


def said(client: Client, address: str) -> list[str]:
    """Its sentences, without tables and drawings."""
    return [
        part.text for part in why(client, address).children if isinstance(part, Element) and part.tag == "p"
    ]


def points(section: Element) -> list[list[str]]:
    """The table of points, row by row."""
    return [[cell.text for cell in row.all("th") + row.all("td")] for row in section.all("table.points tr")]


def turns(section: Element) -> list[list[str]]:
    return [
        [cell.text for cell in row.all("th") + row.all("td")] for row in section.all("table.turns tbody tr")
    ]


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("/", "FastAPI leads Flask by 18 points."),
        (f"/?{NOTHING}", "All weights are 0, so nothing counts and no framework leads."),
        ("/compare/quart-vs-sanic/", "No framework is ranked: there is not enough evidence on any of them."),
    ],
)
def test_why_says_who_leads_until_it_is_opened(client: Client, address: str, sentence: str) -> None:
    closed, opened = get(client, address).one(".explained"), page_with_why(client, address).one(".explained")
    assert closed.one(".tagline").text == opened.one(".tagline").text == sentence
    for part in ("table", "figure", "h3"):
        assert closed.all(part) == []
    links = [link["href"] for link in closed.all(".body a")]
    if "w-" not in address:
        assert links == [f"{address}?why=shown#why"]
        assert [link["href"] for link in opened.all(".aside a") if link.text == "Hide"] == [address]


# The parts


def test_why_shows_points_per_criterion_and_group_adding_up_to_the_fit(client: Client) -> None:
    # Flask: 100 × 2·1/6, 1·¾/6 and 3·½/6 are 33.3, 12.5 and 25.0, shown so that they make the 71 that is shown.
    assert points(why(client, "/")) == [
        ["Criterion", "Weight", "FastAPI", "Flask", "Django"],
        ["Getting going", "", "32.0", "46.0", "28.8"],
        ["Learning curve", "2", "21.4 from score 4", "33.4 from score 5", "14.4 from score 3"],
        ["Documentation", "1", "10.6 from score 4", "12.6 from score 4", "14.4 from score 5"],
        ["Under load", "", "57.0", "25.0", "25.2"],
        ["Performance", "3", "42.8 from score 5", "25.0 from score 3", "21.5 from score 3"],
        ["Async support", "1", "14.2 from score 5", "not scored yet", "3.7 from score 2"],
        ["Fit", "", "89", "71", "54"],
    ]


@pytest.mark.parametrize("address", VIEWS)
def test_why_displayed_points_add_up_to_the_displayed_fit(client: Client, address: str) -> None:
    page = page_with_why(client, address)
    section = page.one(".explained")
    rows = points(section)
    groups = {row.one("th").text for row in section.all("table.points tr.sum")}
    for place, name in enumerate(rows[0][2:] if rows else []):
        column = {row[0]: row[2 + place].split()[0] for row in rows[1:]}
        fit = column.pop("Fit")
        shown = {key: Decimal(figure) for key, figure in column.items() if figure not in {"no", "not"}}
        assert sum(shown[group] for group in groups) == Decimal(fit)
        assert sum(figure for key, figure in shown.items() if key not in groups) == Decimal(fit)
        bar = section.all(".makeup li")[place]
        assert (bar.one(".bar-name").text, bar.one(".fit-figure").text) == (name, fit)
        widths = [Decimal(part["width"].removesuffix("%")) for part in bar.all("svg rect")]
        assert sum(widths) == Decimal(fit)
    ranked = [row for row in standings(page) if row.rank]
    if ranked:
        by_rank = [(row.name, row.fit.split()[0]) for row in sorted(ranked, key=lambda row: int(row.rank))]
        assert [
            (bar.one(".bar-name").text, bar.one(".fit-figure").text) for bar in section.all(".makeup li")
        ] == by_rank


def test_why_bars_have_text_labels(client: Client) -> None:
    section = why(client, "/")
    assert [bar["aria-label"] for bar in section.all("svg.makeup-bar")] == [
        "FastAPI: Getting going 32.0, Under load 57.0; together 89",
        "Flask: Getting going 46.0, Under load 25.0; together 71",
        "Django: Getting going 28.8, Under load 25.2; together 54",
    ]
    assert section.all("svg.makeup-bar")[1].texts("rect title") == [
        "Learning curve: 33.4",
        "Documentation: 12.6",
        "Performance: 25.0",
    ]
    assert section.one(".key").text == "A Getting going B Under load"


def test_why_counts_hidden_columns(client: Client) -> None:
    assert points(why(client, "/?criteria=performance")) == points(why(client, "/"))


def test_why_adds_no_points_where_no_source_says_anything(client: Client) -> None:
    section = why(client, "/compare/quart-vs-django/?w-performance=0")
    assert [row[2] for row in points(section)] == [
        "Quart",
        *("100.0", "100.0 from score 5", "no source rates this"),
        *("0.0", "no source rates this", "no source rates this"),
        "100",
    ]


def test_why_draws_only_the_first_of_many_ranked_frameworks(client: Client) -> None:
    criteria = list(Criterion.objects.scored())
    for number in range(DRAWN):
        framework = factories.make_framework(name=f"Extra {number}")
        for criterion in criteria:
            factories.make_claim(framework=framework, criterion=criterion)
            factories.make_rating(framework=framework, criterion=criterion, score=1)
    section = why(client, "/")
    assert len(section.all(".makeup li")) == DRAWN
    assert section.one(".makeup p").text == (
        "The first 10 are shown; 3 more are ranked. Filter the matrix, or compare some side by side, to see theirs."
    )


# Who leads


@pytest.mark.parametrize(
    "address, sentences",
    [
        (
            "/",
            [
                "FastAPI leads Flask by 18 points.",
                (
                    "It gains most on Performance (+17.8) and Async support (+14.2), "
                    "and loses most on Learning curve (−12.0) and Documentation (−2.0)."
                ),
                "FastAPI stays first unless you make one of these changes, with the other weights unchanged:",
                "No weight for the other 2 criteria changes who leads.",
                (
                    f"{DREW}FastAPI leads alone in 84%, Flask in 8%, Quart in 6%, another in 1%, "
                    "several are level in 1%."
                ),
            ],
        ),
        (
            f"/?{LEVEL}",
            [
                "Django and Flask share first place.",
                "Django and Flask stay level unless you make one of these changes, with the other weights unchanged:",
                f"{DREW}Flask leads alone in 88%, Django in 11%, several are level in 1%.",
            ],
        ),
        (
            "/compare/quart-vs-sanic/",
            [
                "No framework is ranked: there is not enough evidence on any of them.",
                "No framework is ranked unless you make one of these changes, with the other weights unchanged:",
                "No weight for the other 2 criteria changes that.",
                f"{DREW}Quart leads alone in 7%, no framework is ranked in 93%.",
            ],
        ),
        (
            "/compare/quart-vs-django/?w-learning-curve=10&w-performance=10",
            [
                "Only Django has enough evidence to be ranked.",
                "Django stays first unless you make one of these changes, with the other weights unchanged:",
                "No weight for the other 3 criteria changes who leads.",
                f"{DREW}Django leads alone in 93%, Quart in 7%.",
            ],
        ),
        (
            "/?q=fla",
            [
                "Only Flask is shown, so there is no ranking to explain.",
                "With no other framework shown, no weight changes who leads.",
            ],
        ),
        ("/?q=quart", ["There is not enough evidence to rank Quart."]),
        (f"/?{NOTHING}", ["All weights are 0, so nothing counts and no framework leads."]),
        (
            f"/compare/flask-vs-django/?{NOTHING}",
            ["All weights are 0, so nothing counts and no framework leads."],
        ),
    ],
)
def test_why_explains_every_case_in_plain_sentences(
    client: Client, address: str, sentences: list[str]
) -> None:
    assert said(client, address) == sentences


def test_why_is_absent_for_an_empty_table(client: Client) -> None:
    page = get(client, "/?q=zzz")
    assert page.all(".explained") == []
    assert "#why" not in [link["href"] for link in page.all("a") if "href" in link]


# What would change the leader


def test_why_flips_show_their_weights_and_the_new_leader(client: Client) -> None:
    # Flask and Django are level where (2 + ¾d + 1½)/(5 + d) is (1 + d + 1½ + ¼)/(6 + d).
    assert turns(why(client, "/compare/flask-vs-django/")) == [
        ["Set Documentation to 6 or more", "1", "Django"],
        ["Set Async support to 7 or more", "1", "Django"],
    ]
    assert turns(why(client, "/compare/quart-vs-sanic/")) == [
        ["Set Learning curve to 5 or more", "2", "Quart"],
        ["Set Performance to 0", "3", "Quart"],
    ]
    assert turns(why(client, f"/?{LEVEL}"))[-1] == ["Set Performance to 0", "3", "none"]


@pytest.mark.parametrize("address", [*VIEWS, "/?as-of={today}&w-documentation=2"])
def test_why_flip_links_lead_to_the_view_with_the_new_leader(client: Client, address: str) -> None:
    address = address.format(today=timezone.localdate())
    before = get(client, address)
    for row in before.all(".explained .turns tbody tr"):
        link, weighs = row.one("a"), int(row.all("td")[0].text)
        after = get(client, link["href"])
        assert first(after) != first(before), link["href"]
        was, now = parse_qs(urlsplit(address).query), parse_qs(urlsplit(link["href"]).query)
        assert urlsplit(link["href"]).path == urlsplit(address).path
        [(name, [weight])] = [(name, value) for name, value in now.items() if was.get(name) != value]
        assert name == f"w-{link['id'].removeprefix('flip-').removesuffix(':too')}"
        # And one step short of it nothing has happened yet.
        short = int(weight) - (1 if int(weight) > weighs else -1)
        assert first(get(client, link["href"].replace(f"{name}={weight}", f"{name}={short}"))) == first(
            before
        )


def first(page: Element) -> set[str]:
    """Who holds the first rank."""
    beside = {head.all("a")[0].text for head in page.all(".party") if head.one(".place").text == "rank 1"}
    return {row.name for row in standings(page) if row.rank == "1"} or beside


# How robust it is


def test_why_shares_table_adds_up_and_does_not_depend_on_weights(client: Client) -> None:
    rows = [row.texts("td") for row in why(client, "/").all("table.shares tr")][1:]
    names = why(client, "/").texts("table.shares tbody th")
    assert names == ["FastAPI", "Flask", "Quart", "Django", "Several level", "None ranked"]
    assert sum(int(times.replace(",", "")) for times, _ in rows[:-1]) == 2000
    assert rows[-1] == ["2,000", "100%"]
    assert (
        why(client, "/?w-performance=9").one("table.shares").text == why(client, "/").one("table.shares").text
    )
    assert why(client, "/?kind=micro").texts("table.shares tbody th")[-3:] == [
        "Quart",
        "Several level",
        "None ranked",
    ]


# Where it stands


def test_why_is_the_same_in_fragment_and_full_page(client: Client) -> None:
    for address in ("/?w-documentation=9", "/compare/flask-vs-django/?w-documentation=9"):
        fragment = read(client.get(address, headers={"HX-Request": "true"}).content)
        assert fragment.one("form .explained").text == get(client, address).one("form .explained").text


def test_why_explains_a_past_day_from_its_own_facts(client: Client) -> None:
    assert get(client, f"/?as-of={date(2001, 2, 3)}").all(".explained") == []
    today = get(client, f"/?as-of={timezone.localdate()}").one(".explained")
    assert today.text == get(client, "/").one(".explained").text
    assert all(f"as-of={timezone.localdate()}" in link["href"] for link in today.all(".turns a"))


def test_why_hides_unpublished_frameworks(client: Client) -> None:
    hidden = Framework.objects.get(slug="hidden")
    for criterion in Criterion.objects.scored():
        factories.make_claim(framework=hidden, criterion=criterion)
        factories.make_rating(framework=hidden, criterion=criterion, score=5)
    assert "Hidden" not in get(client, "/").one(".explained").text


def test_why_is_linked_from_comparisons_and_links_to_the_method(client: Client) -> None:
    for address in ("/", "/compare/flask-vs-django/"):
        page = get(client, address)
        assert [link["href"] for link in page.all(".status a") if link.text == "Why this ranking"] == [
            f"{address}?why=shown#why"
        ]
        page = page_with_why(client, address)
        assert [link["href"] for link in page.all(".status a") if link.text == "Why this ranking"] == ["#why"]
        assert page.one("h2#why").text == "Why this ranking"
        assert page.all(".explained .aside a")[0]["href"] == "/method/#why"
    method = get(client, "/method/").one("section#why")
    assert "a sample of 2,000 random sets of weights" in method.text
    assert get(client, "/use-cases/live-updates/").texts(".leads a")[1] == "Why this ranking"
