"""The decision helper as a visitor reads it: questions, the answer with its rules, what clashes, where it leads."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from comparisons.models import Prompt, Rule
from frameworks.models import Criterion, Framework
from frameworks.record import revisions
from frameworks.serving import version
from tests import factories
from tests.html import Element, read

pytestmark = pytest.mark.django_db

URL = "/choose/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> None:
    """Flask for what is small, Django for shops, both together for both; a caution on Django and speed."""
    speed = factories.make_criterion(name="Speed", default_weight=2)
    factories.make_criterion(name="Docs", default_weight=1)
    django, flask = (factories.make_framework(name=name) for name in ("Django", "Flask"))
    building = factories.make_prompt(slug="building", text="What is it?", takes_several=True, position=1)
    size = factories.make_prompt(slug="size", text="How large?", position=2)
    shop, api = (
        factories.make_option(prompt=building, slug=slug, text=text)
        for slug, text in (("shop", "A shop"), ("api", "An API"))
    )
    small, large = (
        factories.make_option(prompt=size, slug=slug, text=text)
        for slug, text in (("small", "Small"), ("large", "Large"))
    )
    source = factories.make_source(key="001", short_name="First", interest_short="sells it")
    quick = factories.make_claim(framework=flask, criterion=speed, source=source)
    factories.make_rule(
        [small], favours=[flask], claims=[quick], paraphrase="Small ones: Flask.", source=source
    )
    factories.make_rule([shop], favours=[django], paraphrase="Shops: Django.", source=source)
    factories.make_rule([shop, large], favours=[django], paraphrase="Large shops: Django.", source=source)
    factories.make_rule([small], favours=[], against=[django], paraphrase="Django is large.", source=source)
    factories.make_rule(
        [shop, api],
        favours=[django, flask],
        is_combination=True,
        paraphrase="Shop and API: both.",
        source=source,
    )


def answer(client: Client, query: str = "") -> Element:
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 200
    return read(response.content).one("section.answer")


def rules_of(section: Element) -> dict[str, list[str]]:
    return {one.one("h3 a").text: one.texts("li p") for one in section.all("section.candidate")}


@pytest.mark.usefixtures("world")
def test_choose_recommends_nothing_without_answers(client: Client) -> None:
    factories.make_use_case()
    factories.make_capability()
    section = answer(client)
    assert section.one(".verdict-line").text == "Answer a question to see a recommendation."
    assert {row.one("a").text: row.one("td").text for row in section.all("tbody tr")} == {"A shop": "Django"}
    assert section.one("tbody a")["href"] == "/choose/?building=shop"
    page = read(client.get(URL).content)
    assert page.one(".printed").text.startswith("http://127.0.0.1:8000/choose/ · as of ")
    assert {"/use-cases/", "/capabilities/"} <= {link["href"] for link in page.all(".lede a")}


@pytest.mark.usefixtures("world")
def test_choose_names_the_first_choice_and_all_its_rules(client: Client) -> None:
    section = answer(client, "building=shop&size=large")
    assert section.one(".verdict-line").text == "Django"
    page = read(client.get(f"{URL}?building=shop&size=large&utm_source=mail").content)
    assert "/choose/?building=shop&size=large · as of " in page.one(".printed").text
    assert rules_of(section) == {"Django": ["Large shops: Django.", "Shops: Django."]}
    assert section.texts(".cite")[0].startswith("First, line ")
    assert "sells it" in section.texts(".cite")[0]
    assert section.all("[role=status] p")[0].text == (
        "Django comes first because 2 rules of 1 source favour it, and none favours another framework."
    )


@pytest.mark.usefixtures("world")
def test_choose_says_which_answers_made_a_rule_apply_if_there_are_several(client: Client) -> None:
    shown = answer(client, "building=shop&size=large").texts(".cite")
    assert [cite.rpartition(" · ")[2] for cite in shown] == [
        "applies to: A shop + Large",
        "applies to: A shop",
    ]
    assert "applies to" not in answer(client, "building=shop").text


@pytest.mark.usefixtures("world")
def test_choose_names_both_frameworks_when_they_are_level(client: Client) -> None:
    section = answer(client, "building=shop&size=small")
    assert section.one(".verdict-line").text == "Django or Flask"
    assert section.one(".dispute").text == "The sources disagree. Read both sides below."
    assert rules_of(section)["Django"] == ["Shops: Django.", "Django is large."]
    assert section.one("li.against p").text == "Django is large."


@pytest.mark.usefixtures("world")
def test_choose_shows_a_combination_as_two_frameworks_together(client: Client) -> None:
    section = answer(client, "building=shop&building=api")
    assert section.one(".verdict-line").text == "Django together with Flask"
    assert section.texts("ul.claims p")[0] == "Shop and API: both."


@pytest.mark.usefixtures("world")
def test_choose_says_that_open_questions_could_still_add_rules(client: Client) -> None:
    assert "Answering more questions could bring in rules for" in answer(client, "building=shop").text
    assert "still bring rules" not in answer(client, "building=shop&building=api&size=large").text


@pytest.mark.usefixtures("world")
def test_choose_links_to_comparisons_weighted_by_the_criteria_of_the_rules(client: Client) -> None:
    section = answer(client, "building=shop&size=small")
    beside, matrix, why = (urlsplit(link["href"]) for link in section.all(".way-on a"))
    assert beside.path == "/compare/django-vs-flask/"
    assert parse_qs(beside.query) == parse_qs(matrix.query) == {"w-docs": ["1"], "w-speed": ["3"]}
    assert client.get(f"{matrix.path}?{matrix.query}").status_code == 200
    assert client.get(f"{beside.path}?{beside.query}").status_code == 200
    assert why == matrix._replace(query=f"{matrix.query}&why=shown", fragment="why")


@pytest.mark.usefixtures("world")
def test_choose_state_is_encoded_in_the_address(client: Client) -> None:
    page = read(client.get(f"{URL}?size=small&building=api&building=shop").content)
    ticked = [box["value"] for box in page.all("input[checked]")]
    assert ticked == ["shop", "api", "small"]
    fragment = client.get(f"{URL}?size=small&building=api&building=shop", headers=HTMX)
    assert fragment["HX-Push-Url"] == "/choose/?building=shop&building=api&size=small"
    assert read(fragment.content).one("form#choosing").text == page.one("form#choosing").text
    assert client.get(URL, headers=HTMX)["HX-Push-Url"] == URL


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "query", ["building=castle", "size=%00", "size=small&size=huge", "building=" + "x" * 8000, "nonsense=1"]
)
def test_choose_reports_and_ignores_invalid_answers(client: Client, query: str) -> None:
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 200
    notices = read(response.content).texts(".notices li")
    assert notices[0].endswith("It was ignored.")


@pytest.mark.usefixtures("world")
def test_choose_hides_unpublished_frameworks(client: Client) -> None:
    django = Framework.objects.get(slug="django")
    django.is_published = False
    revisions.save(django, by=factories.MAKER, reason="Not yet.", seen=django.version)
    for query in ("building=shop", "building=shop&building=api", "size=small"):
        assert "Django" not in answer(client, query).one("[role=status]").text
        assert [one["href"] for one in answer(client, query).all("a") if "django" in one["href"]] == []


@pytest.mark.parametrize("count", [1, 3])
def test_choose_query_count_is_constant_for_many_rules(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    framework = factories.make_framework()
    prompt = factories.make_prompt(slug="what", takes_several=True)
    for number in range(count):
        option = factories.make_option(prompt=prompt, slug=f"o{number}")
        factories.make_rule([option], [option], favours=[framework], claims=[factories.make_claim()])
    with django_assert_num_queries(13):
        client.get(f"{URL}?what=o0")


def test_choose_renders_without_any_rules(client: Client) -> None:
    assert (Prompt.objects.count(), Rule.objects.count(), Criterion.objects.count()) == (0, 0, 0)
    assert answer(client).one(".verdict-line").text == "There is no recommendation yet."


@pytest.mark.usefixtures("keeping")
@pytest.mark.parametrize("count", [1, 3])
def test_rules_are_read_once_for_a_version(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    framework = factories.make_framework()
    prompt = factories.make_prompt(slug="what", takes_several=True)
    for number in range(count):
        option = factories.make_option(prompt=prompt, slug=f"option-{number}")
        factories.make_rule([option], favours=[framework])
    client.get(URL)
    with django_assert_num_queries(0):
        client.get(f"{URL}?what=option-0")


@pytest.mark.usefixtures("world", "keeping")
def test_choose_shows_a_changed_rule_at_once(client: Client) -> None:
    assert rules_of(answer(client, "size=small"))["Flask"] == ["Small ones: Flask."]
    rule = Rule.objects.get(paraphrase="Small ones: Flask.")
    rule.paraphrase = "Small ones: Flask, said anew."
    revisions.save(rule, by=factories.MAKER, reason="Reworded.", seen=rule.version)
    version.forget()
    assert rules_of(answer(client, "size=small"))["Flask"] == ["Small ones: Flask, said anew."]
