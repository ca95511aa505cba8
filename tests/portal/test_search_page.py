"""The search as a visitor reads it: what is found, why, where it leads, and what is said where nothing is."""

from urllib.parse import quote

import pytest
from django.test import Client

from frameworks.models import Claim, Criterion, Framework, Source
from portal.search import documents
from tests import factories
from tests.html import Element
from tests.pages import change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def search(client: Client, query: str, more: str = "") -> Element:
    return get(client, f"/search/?q={quote(query)}{more}")


def found(page: Element) -> dict[str, list[str]]:
    """By the heading of each kind, what stands in it, in the order of the page."""
    return {
        section.one("h2").text: section.texts("h3") or section.texts("ul.claims li")
        for section in page.all("form section")
    }


def marks(page: Element) -> list[str]:
    return page.one("form#finding").texts("mark")


def said(page: Element) -> list[str]:
    return page.one("[role=status]").texts("p")


def hits(page: Element, kind: str) -> dict[str, str]:
    """Name and what stands under it."""
    return {li.one("h3").text: li.all("p")[0].text for li in page.all(f"#found-{kind} li")}


# What is found, and why


def test_search_shows_framework_first_and_marks_the_match(client: Client) -> None:
    page = search(client, "FLASK")
    assert page.one("h1").text == "Search"
    assert next(iter(found(page))) == "Frameworks"
    assert page.one("#found-framework h3 a")["href"] == "/frameworks/flask/"
    assert "Flask" in marks(page)
    assert page.one("input#seek")["value"] == "FLASK"
    assert page.one("title").text == "“FLASK”: search · Touchstone"


def test_search_prints_its_own_address_without_what_it_does_not_know(client: Client) -> None:
    page = get(client, "/search/?q=a+%26b&kind=claim&utm_source=mail")
    assert page.one(".printed").text.startswith(
        "http://127.0.0.1:8000/search/?q=a%20%26b&kind=claim · as of "
    )


def test_search_shows_matching_passage_of_criterion(client: Client) -> None:
    change(Criterion.objects.get(slug="performance"), rubric_5="Serves a multitude at once.")
    page = search(client, "multitude")
    assert hits(page, "criterion") == {"Performance": "Score 5: Serves a multitude at once."}
    assert marks(page) == ["multitude"]
    assert said(page) == ["1 result"]


def test_search_links_claim_to_its_cell_and_names_source_and_line(client: Client) -> None:
    page = search(client, "moderate table")
    claim = page.one("#found-claim li")
    assert claim.one("p.where").text == "FastAPI, Performance"
    assert claim.one(".cite").text == "The shop, line 28, table · sells developers · read as 2"
    assert [link["href"] for link in claim.all("a")] == [
        "/frameworks/fastapi/#performance",
        "/criteria/performance/",
        "/sources/002/#002-28",
    ]
    assert claim.texts("mark") == ["Moderate", "table"]


def test_search_shows_general_claim_with_its_note(client: Client) -> None:
    factories.make_claim(
        framework=None,
        criterion=Criterion.objects.get(slug="documentation"),
        source=Source.objects.get(key="001"),
        line=77,
        paraphrase="Zebras everywhere.",
        note="Read twice by zebras.",
    )
    claim = search(client, "zebra").one("#found-claim li")
    assert claim.one("p.where").text == "Frameworks in general, Documentation"
    assert claim.one(".note").text == "Editors’ note: Read twice by zebras."
    assert claim.texts("mark") == ["Zebras", "zebras"]


def test_search_covers_every_kind(client: Client) -> None:
    named = "Quokka"
    flask = Framework.objects.get(slug="flask")
    factories.make_framework(name=f"{named} one")
    factories.make_criterion(name=f"{named} two")
    factories.make_capability(name=f"{named} three")
    factories.make_tie(framework=flask, component=factories.make_component(name=f"{named} four"))
    factories.make_use_case(name=f"{named} five")
    question = factories.make_question(text=f"What is a {named}?")
    factories.make_answer(question=question, source=Source.objects.get(key="001"), text="An animal.")
    factories.make_figure(framework=flask, benchmark=factories.make_benchmark(title=f"How fast a {named} is"))
    factories.make_disagreement(title=f"Whether a {named} is small", claims=list(Claim.objects.all()[:2]))
    source = factories.make_source(key="quo", short_name=f"The {named}")
    factories.make_claim(source=source, framework=flask, paraphrase=f"A {named} is quick.")
    page = search(client, "quokkas")
    assert set(found(page)) == set(documents.KINDS.values())
    assert [chip.text for chip in page.all("ul.chips a")] == [
        "Everything",
        *(f"{label} 1" for label in documents.KINDS.values()),
    ]
    assert search(client, "animal quokka").one("#found-question li p").text.endswith("An animal.")
    assert page.one("#found-capability a")["href"].startswith("/capabilities/?need=quokka-three")


def test_search_corrects_typo_and_reports_it(client: Client) -> None:
    page = search(client, "Flsak")
    assert said(page)[0] == "No results for “flsak”. Showing results for flask."
    assert page.one("#found-framework h3 mark").text == "Flask"


def test_search_ignores_accents_and_case(client: Client) -> None:
    change(Framework.objects.get(slug="sanic"), tagline="Naïve, as its café says.")
    for query in ("NAIVE cafe", "naïve Café", "nai\u0308ve cafe\u0301"):
        assert found(search(client, query)) == {"Frameworks": ["Sanic"]}
    assert marks(search(client, "naive")) == ["Naïve"]


def test_search_shows_partial_matches_with_a_notice(client: Client) -> None:
    page = search(client, "moderate flask zzzzz")
    assert said(page)[0].startswith("No result contains all of these words.")
    assert found(page)


def test_search_escapes_text_and_query(client: Client) -> None:
    change(Framework.objects.get(slug="sanic"), tagline="<script>alert(1)</script> & <b>bold</b>")
    response = client.get("/search/", {"q": "<script>alert(1)</script>"})
    assert b"<script>alert" not in response.content
    page = search(client, "<script>alert")
    assert hits(page, "framework") == {"Sanic": "In a few words: <script>alert(1)</script> & <b>bold</b>"}
    assert set(marks(page)) == {"script", "alert"}


# What is public


def test_search_hides_unpublished_framework(client: Client) -> None:
    secret = factories.make_framework(name="Xanadu", tagline="A pleasure dome.")
    criterion = Criterion.objects.get(slug="performance")
    claim = factories.make_claim(framework=secret, criterion=criterion, paraphrase="Runs through caverns.")
    component = factories.make_component(name="Alph", summary="A sacred river.")
    factories.make_tie(framework=secret, component=component, claims=[claim])
    assert found(search(client, "xanadu dome"))
    assert found(search(client, "alph"))
    assert found(search(client, "caverns"))
    change(secret, is_published=False)
    for query in ("xanadu", "dome", "caverns", "alph", "sacred"):
        page = search(client, query)
        assert found(page) == {}
        assert "Xanadu" not in page.one("main").text


# Where there is nothing to show


def test_search_without_query_shows_a_hint(client: Client) -> None:
    page = get(client, "/search/")
    assert said(page) == []
    assert page.one("title").text == "Search · Touchstone"
    assert page.one("p.hint").text.startswith("Search for a framework or criterion by name")
    assert client.get("/search/?q=&kind=").headers["Location"] == "/search/"


@pytest.mark.parametrize(
    "query, shown",
    [("???", "???"), ("🎉", "🎉"), ("  ___ ", "___"), ("%", "%"), ("’", "’")],
)
def test_search_explains_query_without_words(client: Client, query: str, shown: str) -> None:
    page = search(client, query)
    assert said(page) == [f"“{shown}” contains no word to search for."]
    assert page.one("p.hint").text.startswith("You can search for ")


def test_search_suggests_nearest_word_when_nothing_matches(client: Client) -> None:
    page = search(client, "flaskington")
    assert said(page) == ["No results for “flaskington”.", "Did you mean flask?"]
    assert page.one("[role=status] a")["href"] == "/search/?q=flask"
    assert said(search(client, "zzzzzzzz")) == ["No results for “zzzzzzzz”."]


@pytest.mark.parametrize("query", ["جنگو", "שלום", "django جنگو", "日本語", "\u202eflask"])
def test_search_handles_other_scripts_and_directions(client: Client, query: str) -> None:
    page = search(client, query)
    assert page.one("input#seek")["value"] == query
    assert page.all("[role=status] bdi") or found(page)


def test_search_truncates_long_query_with_a_notice(client: Client) -> None:
    for query in ("flask " * 9000, "x" * 50_000):
        response = client.get("/search/", {"q": query})
        assert response.status_code == 200
        page = search(client, query[:3000])
        assert page.texts(".notices li") == ["Only the first 160 characters were used."]
        assert len(page.one("input#seek")["value"]) <= 160


@pytest.mark.both
@pytest.mark.parametrize("query", ["%00", "fla%00sk", "%ff", "%ed%a0%80", "flask%00", "%E2%80%AE"])
def test_search_accepts_null_bytes_and_invalid_utf_8(client: Client, query: str) -> None:
    assert get(client, f"/search/?q={query}").one("h1").text == "Search"


def test_search_ignores_unknown_kind_and_invalid_page(client: Client) -> None:
    page = search(client, "flask", "&kind=nothing")
    assert page.texts(".notices li") == ["There is no kind “nothing”. All results are shown."]
    assert found(page)
    for number in ("0", "-1", "x", "9" * 30, "99", "%00", "²"):
        assert found(search(client, "flask", f"&kind=framework&page={number}")) == {"Frameworks": ["Flask"]}


# Much


def make_many(number: int) -> None:
    flask, criterion = Framework.objects.get(slug="flask"), Criterion.objects.get(slug="performance")
    for at in range(number):
        factories.make_claim(framework=flask, criterion=criterion, paraphrase=f"Platypus number {at}.")


def test_search_shows_best_hits_per_kind_and_links_to_all(client: Client) -> None:
    make_many(52)
    page = search(client, "platypus")
    assert said(page) == ["52 results"]
    assert len(page.all("#found-claim li")) == 5
    more = page.one("p.rest a")
    assert (more.text, more["href"]) == ("Show all 52", "/search/?q=platypus&kind=claim")
    alone = get(client, more["href"])
    assert len(alone.all("#found-claim li")) == 50
    assert [chip.text for chip in alone.all("a.chip[aria-current]")] == ["Claims 52"]
    rest = get(client, alone.one("nav.pages a")["href"])
    assert len(rest.all("#found-claim li")) == 2


def test_search_filtered_by_kind_without_hits_links_to_all_kinds(client: Client) -> None:
    page = search(client, "flask", "&kind=source")
    assert page.one("p.empty a")["href"] == "/search/?q=flask"


# The fragment


def test_search_fragment_is_the_form_and_pushes_its_address(client: Client) -> None:
    response = client.get("/search/?q=flask&kind=&page=1", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == "/search/?q=flask"
    assert response.content.decode().strip().startswith('<form id="finding"')
    assert "HX-Request" in response["Vary"]
    whole = client.get("/search/?q=flask").content.decode()
    assert response.content.decode().strip() in whole


def test_search_form_is_in_page_header_except_on_search_page(client: Client) -> None:
    head = get(client, "/frameworks/").one("header form")
    assert (head["action"], head["method"], head.one("input")["name"]) == ("/search/", "get", "q")
    assert get(client, "/search/").all("header form") == []


# Two frameworks, and questions


@pytest.mark.parametrize(
    "query",
    ["Flask vs fastapi", "flask or FastAPI", "Flask, FastAPI", "flask versus fast api", "flask compared to fastapi",
     "flask and fastapi", "is flsak better than fastapi?", "flask/fastapi performance"],
)  # fmt: skip
def test_search_offers_frameworks_that_are_named_side_by_side_first(client: Client, query: str) -> None:
    form = search(client, query).one("form#finding")
    offer = form.one("p.way-on a")
    assert (offer.text, offer["href"]) == ("Flask and FastAPI side by side", "/compare/flask-vs-fastapi/")
    assert form.text.index("side by side") < form.text.index("Everything")


def test_search_offers_no_comparison_of_one_framework_but_to_add_it_to_one(client: Client) -> None:
    page = search(client, "flask flask")
    assert page.all("p.way-on") == []
    assert "/?framework=flask" in [link["href"] for link in page.all("#found-framework p.add a")]
    assert get(client, "/?framework=flask").one(".tray-names").text == "Flask"


def test_search_finds_the_criterion_by_synonym_and_by_a_question_in_words(client: Client) -> None:
    factories.make_criterion(name="Authentication", question="Are accounts supplied?")
    for query in (
        "login",
        "log in",
        "Sign in",
        "sign-in",
        "how do users log in?",
        "performance?",
        "how fast is flask?",
    ):
        first = search(client, query).all("section h3 a")[0]
        assert first.text == ("Performance" if "f" in query else "Authentication"), query
