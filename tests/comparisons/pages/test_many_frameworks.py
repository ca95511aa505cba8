"""Up to 50 frameworks stand in menus and lists. Of more, one is typed or searched for, and lists end at 50."""

from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Claim, Criterion, Framework
from tests import factories
from tests.html import Element, address, read
from tests.pages import change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("many")]


@pytest.fixture
def fifty(many: None, db: None) -> None:
    change(Framework.objects.get(slug="f50"), is_published=False)


def ticks(page: Element) -> list[str]:
    return [box["value"] for box in page.all("input[name=framework]") if box["type"] == "checkbox"]


def pressed(form: Element) -> str:
    """Where the form leads by its first button, or by Enter."""
    button = form.all("button")[0]
    return f"{address(form)}&{button['name']}={button['value']}"


def found(page: Element) -> str:
    return page.one(".found").text


def notices(page: Element) -> list[str]:
    return page.texts(".notices li")


# Up to 50


@pytest.mark.usefixtures("fifty")
def test_fifty_frameworks_are_listed_everywhere(client: Client) -> None:
    assert len(get(client, "/").all("select[name=baseline] option")) == 51
    assert len(get(client, "/compare/f00-vs-f01/").all("#menu-add li")) == 48
    assert len(ticks(get(client, "/compare/"))) == len(ticks(get(client, "/embed/"))) == 50
    assert len(get(client, "/frameworks/f00/").all("nav.beside li")) == 50  # and the comparison itself
    assert len(get(client, "/changes/").all("select[name=framework] option")) == 51
    assert len(get(client, "/frameworks/?page=2").all("tbody tr")) == 50
    for path in (
        "/",
        "/compare/?search=show&q=3",
        "/compare/f00-vs-f01/",
        "/embed/?q=3",
        "/frameworks/f00/",
        "/frameworks/",
    ):
        page = get(client, path)
        assert page.all("[data-names]") + page.all(".find-line") + page.all("nav.pages") == []


@pytest.mark.usefixtures("fifty")
def test_a_search_does_not_hold_up_a_choice_from_a_list(client: Client) -> None:
    response = client.get("/compare/?framework=f00&framework=f01&search=show&q=3")
    assert response["Location"] == "/compare/f00-vs-f01/"


# The baseline


@pytest.mark.parametrize("typed", ["Frame 02", "frame 02", " FRAME 02 ", "f02", "F02"])
def test_baseline_is_typed_by_name_or_slug_in_either_case(client: Client, typed: str) -> None:
    page = get(client, f"/?baseline={quote(typed)}")
    field = page.one("input[name=baseline]")
    assert (field["value"], field["list"], notices(page)) == ("Frame 02", "baseline-names", [])
    assert page.texts("label[for=baseline] span") == ["Baseline"]
    assert page.all("select[name=baseline]") + page.all("#baseline-names option") == []
    fragment = client.get(f"/?baseline={quote(typed)}", headers={"HX-Request": "true"})
    assert fragment["HX-Push-Url"] == "/?baseline=f02"


def test_an_unknown_baseline_is_left_out_with_a_notice_and_nothing_else_is(client: Client) -> None:
    page = get(client, "/?baseline=Nobody&w-speed=7&q=frame&sort=name")
    assert notices(page) == ["Baseline: There is no framework “Nobody”. It was ignored."]
    assert page.one("input[name=baseline]")["value"] == ""
    assert page.one("#w-speed")["value"] == "7"
    assert page.one("#q")["value"] == "frame"


# The suggestions


@pytest.mark.parametrize(
    "text, names",
    [
        ("frame 03", ["Frame 03"]),
        ("ME 4", [f"Frame {number}" for number in range(40, 50)]),
        ("quick", [f"Frame {number:02}" for number in range(1, 40, 2)]),
        ("", [f"Frame {number:02}" for number in range(20)]),
        ("zzz", []),
        ("<b>\x00", []),
    ],
)
def test_names_suggests_at_most_twenty(client: Client, text: str, names: list[str]) -> None:
    response = client.get("/names/", {"q": text})
    assert [option["value"] for option in read_options(response.content)] == names
    assert response["X-Robots-Tag"] == "noindex"


def read_options(html: bytes) -> list[Element]:
    return read(html).all("option")


def test_names_that_begin_with_the_text_come_first(client: Client) -> None:
    factories.make_framework(name="Zebra 4")
    factories.make_framework(name="4Ever")
    options = read_options(client.get("/names/?q=4").content)
    assert [option["value"] for option in options][:2] == ["4Ever", "Frame 04"]


def test_names_is_read_only_and_revalidated(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert client.post("/names/").status_code == 405
    with django_assert_num_queries(4):
        response = client.get("/names/?q=frame")
    assert client.get("/names/?q=%20FRAME", headers={"If-None-Match": response["ETag"]}).status_code == 304


# Adding to a side by side


def test_side_by_side_adds_the_framework_that_is_named(client: Client) -> None:
    page = get(client, "/compare/f00-vs-f01/?w-speed=7&baseline=f01")
    assert page.all("#menu-add li") == []
    sent = [(field["name"], field["value"]) for field in page.all("#menu-add input[type=hidden]")]
    assert sent == [("w-speed", "7"), ("baseline", "f01"), ("framework", "f01"), ("framework", "f00")]
    assert {field["form"] for field in page.all("#menu-add input") + page.all("#menu-add button")} == {"add"}
    response = client.get(
        "/compare/?framework=f00&framework=f01&w-speed=7&baseline=f01&search=add&q=frame%2002"
    )
    assert response["Location"] == "/compare/f00-vs-f01-vs-f02/?w-speed=7&baseline=f01"


def test_side_by_side_leads_to_the_chooser_with_what_is_not_a_name(client: Client) -> None:
    page = get(client, "/compare/?framework=f00&framework=f01&w-speed=7&search=add&q=me+4")
    assert page.one("h1").text == "Choose frameworks to compare"
    assert ticks(page) == ["f00", "f01", *(f"f{number}" for number in range(40, 50))]
    assert [box["value"] for box in page.all("input[checked]")] == ["f00", "f01"]
    assert found(page) == "10 frameworks have “me 4” in their name or tagline."
    assert page.one(".way-on a")["href"] == "/compare/f00-vs-f01/?w-speed=7"
    assert page.one("meta[name=robots]")["content"] == "noindex"


def test_side_by_side_of_five_takes_no_other(client: Client) -> None:
    five = "-vs-".join(f"f0{number}" for number in range(5))
    assert get(client, f"/compare/{five}/").all("#menu-add") == []


def test_profile_leads_to_the_side_by_side_with_the_framework_that_is_named(client: Client) -> None:
    page = get(client, "/frameworks/f00/")
    form = page.one("form.beside")
    assert pressed(form) == "/compare/?framework=f00&q=&search=add"
    response = client.get(pressed(form).replace("q=", "q=F07"))
    assert response["Location"] == "/compare/f00-vs-f07/"


# The chooser and the maker of snippets


def test_chooser_offers_the_first_fifty_and_a_search(client: Client) -> None:
    page = get(client, "/compare/")
    assert (len(ticks(page)), found(page)) == (
        50, "There are 51 frameworks; the first 50 are listed. Search to find the others.",
    )  # fmt: skip
    assert pressed(page.one("form.choose")) == "/compare/?q=&search=show"


def test_chooser_keeps_what_is_ticked_while_searching(client: Client) -> None:
    page = get(client, "/compare/?framework=f50&framework=f44&search=show&q=zzz")
    assert ticks(page) == ["f50", "f44"]
    assert found(page) == "No framework has “zzz” in its name or tagline."
    page = get(client, "/compare/?framework=f50&search=show&q=frame+50")
    assert ticks(page) == ["f50"]
    assert found(page) == "1 framework has “frame 50” in its name or tagline."
    # The button that compares sends the text, too.
    response = client.get("/compare/?q=zzz&framework=f50&framework=f44")
    assert response["Location"] == "/compare/f50-vs-f44/"


def test_chooser_names_what_is_unknown_while_searching(client: Client) -> None:
    response = client.get("/compare/?framework=nobody&search=show&q=frame")
    assert response.status_code == 404
    assert "There is no framework called" in response.content.decode()


def test_maker_offers_what_is_ticked_and_what_contains_the_text(client: Client) -> None:
    page = get(client, "/embed/?framework=f50&framework=f00&q=frame+1")
    assert ticks(page) == ["f50", "f00", *(f"f{number}" for number in range(10, 20))]
    assert found(page) == "10 frameworks have “frame 1” in their name or tagline."
    assert page.all("textarea.snippet")
    fragment = client.get("/embed/?framework=f50&q=frame+1", headers={"HX-Request": "true"})
    assert fragment["HX-Push-Url"] == "/embed/?framework=f50&q=frame+1"


# Lists


def test_framework_index_has_pages(client: Client) -> None:
    first, second = get(client, "/frameworks/"), get(client, "/frameworks/?page=2")
    assert (len(first.all("tbody tr")), second.texts("tbody .name")) == (50, ["Frame 50"])
    assert first.one("meta[name=description]")["content"].startswith("51 Python web frameworks")
    assert second.one("link[rel=canonical]")["href"].endswith("/frameworks/?page=2")
    assert notices(get(client, "/frameworks/?page=9")) == ["There is no such page. This is page 2."]


def test_criterion_has_pages_best_first_with_figures_of_all(client: Client) -> None:
    claimed = Framework.objects.get(slug="f44")
    speed = Criterion.objects.get(slug="speed")
    factories.make_claim(framework=claimed, criterion=speed, reading=2)
    pages = [get(client, f"/criteria/speed/?page={number}") for number in (1, 2)]
    assert pages[0].texts(".plots .name") == ["Frame 00", "Frame 01", "Frame 02", "Frame 44"]
    assert [page.texts(".figures dd")[0] for page in pages] == ["3 of 51"] * 2
    assert [page.texts(".figures dd")[1] for page in pages] == ["4"] * 2
    assert "51 frameworks, 50 to a page, the highest scores first. This page shows 51 to 51." in pages[
        1
    ].texts("p")
    silent = [link.text for link in pages[1].all("#silent a") if link["href"].startswith("/frameworks/")]
    assert silent == ["Frame 50"]
    assert [len(page.all("nav.pages")) for page in pages] == [2, 2]


def test_capabilities_list_fifty(client: Client) -> None:
    capability = factories.make_capability(name="Admin")
    for framework in Framework.objects.all():
        factories.make_trait(framework=framework, value=capability, claims=list(Claim.objects.all()[:1]))
    overview = get(client, "/capabilities/").all(".overview tbody td")[0].text
    assert overview.endswith("Frame 49 and others, 51 in all")
    page = get(client, "/capabilities/?need=admin")
    assert len(page.all("form .section")) == 50
    assert any("some of this for 51 frameworks. The first 50 are listed" in text for text in page.texts("p"))


@pytest.mark.parametrize("typed, is_known", [("frame+02", True), ("F02", True), ("nobody", False)])
def test_changes_take_a_name(client: Client, typed: str, is_known: bool) -> None:
    page = get(client, f"/changes/?framework={typed}&kind=rating")
    told = [] if is_known else ["There is no such framework, so all frameworks are shown."]
    assert (notices(page), len(page.all("select"))) == (told, 1)
    assert len(page.all(".changed-facts li")) == (1 if is_known else 3)


def test_use_case_says_how_many_it_leaves_out(client: Client) -> None:
    blog, shop = get(client, "/use-cases/blog/"), get(client, "/use-cases/shop/")
    said = "The first 50 of 51 are listed here; all of them are in the matrix."
    assert said in blog.texts("#ranking p")
    assert "51 frameworks do not meet a must-have; the first 50 are listed." in shop.texts("#ranking p")


def test_openapi_lists_no_slugs_and_the_api_still_refuses_unknown_ones(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    schemas = {item["name"]: item["schema"] for item in paths["/api/v1/ratings"]["get"]["parameters"]}
    assert schemas["framework"] == {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
    assert schemas["criterion"]["enum"] == ["speed"]
    assert client.get("/api/v1/ratings?framework=f02").json()["total"] == 1
    assert client.get("/api/v1/ratings?framework=nobody").status_code == 422


def test_llms_txt_lists_fifty_and_says_where_all_are(client: Client) -> None:
    text = client.get("/llms.txt").content.decode()
    assert text.count("- [Frame ") == 50
    assert "These are the first 50 of 51, A to Z." in text


@pytest.mark.parametrize(
    "path, queries",
    [("/", 12), ("/compare/", 8), ("/compare/?search=add&q=f02&framework=f01", 8), ("/embed/", 8)],
)
def test_many_frameworks_take_no_more_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        client.get(path)
