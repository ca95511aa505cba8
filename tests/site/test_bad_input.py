"""Whatever stands in an address, the answer is a page: a sentence says what was left out, and the rest holds."""

from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from config.charset import Utf8Handler
from tests.draws import examples
from tests.html import Element, order, read, standings, submission
from tests.pages import PAGES, get
from tests.worlds import SCORES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_world")]


@pytest.fixture
def client(remembering: Client) -> Client:
    """Nothing is changed by these tests."""
    return remembering


VERSUS = "/compare/flask-vs-fastapi/"
DIGITS = "9" * 20
LONG = "a" * 8192
WEIGHT = "Weight of Performance: "
WHOLE = "This must be a whole number from 0 to 10."
MINIMUM = "Minimum score for Performance: "
LEFT = " It was ignored."


def unavailable(value: str) -> str:
    return f"“{value}” is not one of the choices.{LEFT}"


def notices(page: Element) -> list[str]:
    return page.texts(".notices li")


# One thing that makes no sense, and one sentence about it

BOTH = [
    ("w-performance=1e9", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-performance=abc", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-performance=NaN", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-performance=%F0%9F%A6%84", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-performance=-1", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-performance=11", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    (f"w-performance={DIGITS}", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    (f"w-performance={'9' * 8192}", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-performance=1%00", [f"{WEIGHT}{WHOLE}{LEFT}"]),
    ("w-nothing=3", [f"There is no criterion “nothing”.{LEFT}"]),
    ("w-=3", [f"There is no criterion “”.{LEFT}"]),
    (f"w-{LONG}=3", [f"There is no criterion “{LONG[:159]}…”.{LEFT}"]),
    ("w-%00=3", [f"There is no criterion “\x00”.{LEFT}"]),
    ("sort=nonsense", [f"Sort by: {unavailable('nonsense')}"]),
    ("sort=--fit", [f"Sort by: {unavailable('--fit')}"]),
    ("baseline=nobody", [f"Baseline: {unavailable('nobody')}"]),
    ("baseline=%00", [f"Baseline: {unavailable(chr(0))}"]),
    ("only=similarities", [f"Only differences: {unavailable('similarities')}"]),
    ("open=x:y", [f"Open cell: There is no such cell.{LEFT}"]),
    ("open=flask", [f"Open cell: There is no such cell.{LEFT}"]),
    (f"open={LONG}", [f"Open cell: There is no such cell.{LEFT}"]),
    ("open=flask%00:performance", [f"Open cell: Null characters are not allowed.{LEFT}"]),
    ("use-case=nothing", [f"Use case: There is no such use case.{LEFT}"]),
    ("use-case=%00", [f"Use case: There is no such use case.{LEFT}"]),
    (f"use-case={LONG}", [f"Use case: There is no such use case.{LEFT}"]),
    (f"use-case={DIGITS}", [f"Use case: There is no such use case.{LEFT}"]),
    ("criteria=nothing", [f"Columns: {unavailable('nothing')}"]),
    ("framework=nobody", [f"Frameworks to compare: {unavailable('nobody')}"]),
    (f"framework={LONG}", [f"Frameworks to compare: {unavailable(f'{LONG[:159]}…')}"]),
    ("framework=%00", [f"Frameworks to compare: {unavailable(chr(0))}"]),
    ("size=0", [f"This page has no parameter “size”.{LEFT}"]),
    # Not ours to understand, and in nobody's way.
    ("utm_source=%00&fbclid=%ff", []),
    ("%00=%00", [f"This page has no parameter “\x00”.{LEFT}"]),
    ("&&&=&==", []),
]
MATRIX = [
    ("page=0", [f"Page: This must be a whole number of 1 or more.{LEFT}"]),
    ("page=2", [f"Page: There is only one page.{LEFT}"]),
    (f"page={DIGITS}", [f"Page: There is only one page.{LEFT}"]),
    ("page=2&of=ffffffff", []),
    ("page=1&of=%00", []),
    ("min-x=abc", [f"There is no criterion “x”.{LEFT}"]),
    ("min-performance=abc", [f"{MINIMUM}{unavailable('abc')}"]),
    ("min-performance=0", [f"{MINIMUM}{unavailable('0')}"]),
    ("min-performance=6", [f"{MINIMUM}{unavailable('6')}"]),
    ("min-performance=-1", [f"{MINIMUM}{unavailable('-1')}"]),
    ("min-performance=3%00", [f"{MINIMUM}{unavailable('3' + chr(0))}"]),
    (f"min-performance={DIGITS}", [f"{MINIMUM}{unavailable(DIGITS)}"]),
    ("kind=nonsense", [f"Kind: {unavailable('nonsense')}"]),
    ("capability=%00", [f"Capability: {unavailable(chr(0))}"]),
    ("capability=%ff", [f"Capability: {unavailable('�')}"]),
    ("interface=%ed%a0%80", [f"Interface: {unavailable('���')}"]),
    ("q=%00", [f"Filter by name: Null characters are not allowed.{LEFT}"]),
    (f"q={LONG}", [f"Filter by name: This is longer than 60 characters.{LEFT}"]),
]


@pytest.mark.parametrize("path", ["/", VERSUS])
@pytest.mark.parametrize("query, said", BOTH, ids=[query[:30] for query, _ in BOTH])
def test_matrix_and_side_by_side_report_and_ignore_invalid_parameters(
    client: Client, path: str, query: str, said: list[str]
) -> None:
    page = get(client, f"{path}?{query}")
    assert notices(page) == said
    plain = get(client, path)
    assert page.texts("table tr") == plain.texts("table tr")
    assert submission(page.one("main form[method=get]")) == submission(plain.one("main form[method=get]"))


@pytest.mark.parametrize("query, said", MATRIX, ids=[query[:30] for query, _ in MATRIX])
def test_matrix_reports_and_ignores_invalid_filters(client: Client, query: str, said: list[str]) -> None:
    page = get(client, f"/?{query}")
    assert notices(page) == said
    assert order(page) == ["FastAPI", "Flask", "Django", "Quart", "Sanic"]


@pytest.mark.parametrize("query, said", [*BOTH, *MATRIX], ids=[query[:30] for query, _ in [*BOTH, *MATRIX]])
def test_matrix_applies_valid_parameters_beside_an_invalid_parameter(
    client: Client, query: str, said: list[str]
) -> None:
    rest = "min-documentation=4&w-documentation=9"
    page = get(client, f"/?{rest}&{query}")
    assert notices(page) == said
    assert standings(page) == standings(get(client, f"/?{rest}"))


def test_matrix_shows_a_notice_for_each_invalid_parameter(client: Client) -> None:
    page = get(client, "/?w-performance=abc&min-x=1&sort=up&kind=nonsense&w-documentation=9")
    assert notices(page) == [
        f"Kind: {unavailable('nonsense')}",
        f"Sort by: {unavailable('up')}",
        f"{WEIGHT}{WHOLE}{LEFT}",
        f"There is no criterion “x”.{LEFT}",
    ]
    assert page.one("input#w-documentation")["value"] == "9"


def test_matrix_drops_invalid_parameters_from_the_pushed_address(client: Client) -> None:
    address = "/?w-performance=1e9&min-x=abc&kind=micro&open=x:y"
    assert client.get(address, headers={"HX-Request": "true"})["HX-Push-Url"] == "/?kind=micro"


def test_matrix_accepts_digits_of_any_script(client: Client) -> None:
    # As Python and Django read them; the page then writes its own.
    page = get(client, "/?w-performance=%D9%A1")
    assert notices(page) == []
    assert page.one("input#w-performance")["value"] == "1"
    assert standings(page) == standings(get(client, "/?w-performance=1"))


def test_matrix_and_compare_escape_markup_in_the_address(client: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    page = get(
        client, f"/?q={quote(hostile)}&sort={quote(hostile)}&w-{quote(hostile)}=1&kind={quote(hostile)}"
    )
    assert len([script for script in page.all("script") if "src" in script]) == 4
    assert {script.attributes.get("type") for script in page.all("script") if "src" not in script} == {
        "application/ld+json"
    }
    assert page.one("input#q")["value"] == hostile
    assert notices(page) == [
        f"Kind: {unavailable(hostile)}",
        f"Sort by: {unavailable(hostile)}",
        f"There is no criterion “{hostile}”.{LEFT}",
    ]
    page = read(client.get(f"/compare/flask-vs-{quote('<b>bold')}/").content)
    assert page.one(".lede p").text == "There is no framework called <b>bold. Select 2 to 5 of those below."


# Much of it


@pytest.mark.parametrize("path", ["/", VERSUS, "/compare/"])
@pytest.mark.parametrize("number", [150, 900])
def test_comparison_pages_treat_repeated_parameter_as_single(client: Client, path: str, number: int) -> None:
    for pair in (
        "capability=orm",
        "kind=micro",
        "criteria=documentation",
        "framework=flask",
        "w-performance=9",
        "min-performance=3",
        "sort=name",
        "open=flask:performance",
        "q=a",
    ):
        many = client.get(f"{path}?{'&'.join([pair] * number)}")
        once = client.get(f"{path}?{pair}")
        assert (many.status_code, many.content) == (once.status_code, once.content), pair


def test_matrix_uses_valid_values_among_many_invalid_values(client: Client) -> None:
    query = "&".join(
        [*(f"capability=x{number}" for number in range(400)), *["capability=orm"] * 400, "kind=micro"]
    )
    page = get(client, f"/?{query}")
    assert notices(page) == [
        "Capability: “x0” is not one of the choices. It was ignored, as were 399 others."
    ]
    assert order(page) == []  # no micro framework has an ORM
    assert order(get(client, f"/?{query.replace('micro', 'full-stack')}")) == ["Django"]


@pytest.mark.parametrize(
    "address, meant, said",
    [
        ("/?among=django,flask", "/?among=django&among=flask", []),
        ("/?among=django%20flask", "/?among=django&among=flask", []),
        ("/?among=django%3B+flask", "/?among=django&among=flask", []),
        (
            "/?among=django,nobody&among=flask",
            "/?among=django&among=flask",
            ["Frameworks shown: There is no framework “nobody”. It was ignored."],
        ),
        (
            "/?among=nobody,noone,flask,none",
            "/?among=flask",
            [
                "Frameworks shown: There is no framework “nobody”. It was ignored, as were “noone” and “none”.",
            ],
        ),
        ("/?among", "/", ["Frameworks shown: This has no value. It was ignored."]),
        ("/?among=", "/", []),
        ("/?among=,", "/", ["Frameworks shown: There is no framework “,”. It was ignored."]),
        ("/?kind=micro,nonsense", "/?kind=micro", [f"Kind: {unavailable('nonsense')}"]),
        (
            "/?criteria=documentation,performance+nothing",
            "/?criteria=documentation&criteria=performance",
            [f"Columns: {unavailable('nothing')}"],
        ),
        (
            "/?framework=flask,nobody",
            "/?framework=flask",
            [f"Frameworks to compare: {unavailable('nobody')}"],
        ),
        (f"{VERSUS}?rows=performance,x", f"{VERSUS}?rows=performance", [f"Open rows: {unavailable('x')}"]),
        (
            "/frameworks/flask/?rows=performance,x",
            "/frameworks/flask/?rows=performance",
            ["There is no row “x”. It was ignored."],
        ),
        ("/capabilities/?need=orm,admin", "/capabilities/?need=orm&need=admin", []),
        ("/compare/?framework=flask,fastapi", VERSUS, []),
    ],
)
def test_lists_are_read_however_they_are_separated_and_keep_what_is_known(
    client: Client, address: str, meant: str, said: list[str]
) -> None:
    given, plain = get(client, address), get(client, meant)
    assert notices(given) == said
    assert given.texts("main h1") == plain.texts("main h1")
    assert [box["value"] for box in given.all("input[checked]")] == [
        box["value"] for box in plain.all("input[checked]")
    ]
    assert given.texts("tbody td") == plain.texts("tbody td")


def test_every_page_handles_too_many_parameters(client: Client) -> None:
    for path in PAGES.values():
        joint = "&" if "?" in path else "?"
        response = client.get(f"{path}{joint}{'&'.join(f'p{number}=1' for number in range(1200))}")
        if response.status_code == 200:
            # Pages that read no parameter at all.
            assert response.content == client.get(path).content, path
            continue
        assert response.status_code == 400, path
        page = read(response.content)
        assert page.one("h1").text == "The request could not be understood", path
        assert page.all("ul.ways-on a"), path


# Addresses of pages

STRANGE = {
    "no such slug": "nobody",
    "capitals": "Nobody",
    "a null byte": "%00",
    "a null byte within": "fla%00sk",
    "half a character": "%ff",
    "a lone surrogate": "%ed%a0%80",
    "dots": "..%2f..%2fetc",
    "markup": "%3Cscript%3E",
    "another script": "%D8%AC%D9%86%DA%AF%D9%88",
    "a number": DIGITS,
    "eight kilobytes": LONG,
    "a quote": "nobody'--",
}
PLACES = (
    "/{}/",
    "/frameworks/{}/",
    "/frameworks/{}/performance/objection/",
    "/frameworks/flask/{}/objection/",
    "/criteria/{}/",
    "/sources/{}/",
    "/compare/{}/",
    "/compare/{}-vs-flask/",
    "/compare/flask-vs-{}-vs-django/",
    "/method/{}/",
    "/disagreements/{}/",
    "/components/{}/",
    "/capabilities/{}/",
    "/search/{}/",
    "/benchmarks/{}/",
    "/questions/{}/",
    "/changes/{}/",
    "/frameworks/{}/performance/history/",
    "/frameworks/flask/{}/history/",
)
#: What reaches a database may be another matter on SQLite than on PostgreSQL.
STUMBLED_OVER = {"a null byte within", "a lone surrogate", "a number", "a quote"}


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(part, id=name, marks=pytest.mark.both if name in STUMBLED_OVER else ())
        for name, part in STRANGE.items()
    ],
)
def test_unknown_address_returns_404_page_with_links(client: Client, part: str) -> None:
    for path in PLACES:
        response = client.get(path.format(part))
        assert response.status_code == 404, path
        page = read(response.content)
        assert page.one("h1").text in {
            "There is no page at this address",
            "Some of these frameworks are not known here",
        }, path
        assert page.all("main ul a[href=/]") or page.all("form.choose"), path
        assert len(page.one("main").text) < 2000, path


STRAY = ["%00=%00", "q=%ff", "page=0", f"x={LONG}", "criteria=%ed%a0%80", "=&=&&", "%", "%zz=%"]


def test_every_page_tolerates_stray_query_parameters(client: Client) -> None:
    for path, query in (
        *((path, "&".join(STRAY)) for path in PAGES.values()),
        *(("/", query) for query in STRAY),
        *(("/search/?q=flask", query) for query in STRAY),
    ):
        response = client.get(f"{path}{'&' if '?' in path else '?'}{query}", follow=True)
        assert response.status_code == 200, (path, query[:40])
        assert len(read(response.content).all("h1")) == 1, (path, query[:40])


# Anything at all

NAMES = st.sampled_from(
    "as-of q need kind interface capability criteria sort baseline only framework open page use-case w- min-".split()
    + [
        f"{prefix}{name}"
        for prefix in ("w-", "min-")
        for name in ("performance", "documentation", "x", "-", "")
    ]
) | st.text(max_size=8)
VALUES = st.sampled_from(
    [
        *["", "0", "3", "5", "11", "-1", "1e9", "micro", "asgi", "orm", "documentation", "fit", "-name"],
        *[
            "2000-02-30",
            "2026-11-01",
            "0001-01-01",
            "differences",
            "flask:performance",
            "flask:",
            ":",
            *map(str.lower, SCORES),
        ],
    ]
) | st.text(max_size=12)
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(
    lambda pairs: "&".join(
        f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in pairs
    )
) | st.binary(max_size=40).map(quote)
bounded = examples(10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    "path",
    ["/", "/compare/flask-vs-fastapi/", "/capabilities/", pytest.param("/search/", marks=pytest.mark.both)],
)
@bounded
@given(query=QUERIES)
def test_form_pages_handle_any_query_and_push_a_canonical_address(
    client: Client, path: str, query: str
) -> None:
    response = client.get(f"{path}?{query}", follow=True)
    assert response.status_code == 200
    page = read(response.content)
    fragment = client.get(f"{path}?{query}", headers={"HX-Request": "true"}, follow=True)
    assert fragment.status_code == 200
    # The address that the fragment names shows the same, and is its own canonical one.
    canonical = fragment["HX-Push-Url"]
    again = client.get(canonical, headers={"HX-Request": "true"})
    assert again["HX-Push-Url"] == canonical
    assert read(again.content).texts("table tr") == page.texts("table tr")


@pytest.mark.both
@bounded
@given(path=st.text(max_size=30) | st.sampled_from([*SCORES, "-vs-", "flask-vs-", "flask"]), query=QUERIES)
def test_compare_handles_any_path(client: Client, path: str, query: str) -> None:
    response = client.get(f"/compare/{quote(path, errors='replace')}/?{query}", follow=True)
    assert response.status_code in {200, 400, 404}
    assert len(read(response.content).all("h1")) == 1


@pytest.mark.parametrize("stated", ["charset=latin-1", "charset=hex", "charset=undefined", "a*=nonsense''x"])
def test_charset_that_a_request_states_does_not_change_its_parameters(stated: str) -> None:
    """An answer is kept for everybody who asks for the same address."""
    environ = {"QUERY_STRING": "q=caf%C3%A9", "CONTENT_TYPE": f"text/plain; {stated}"}
    setup_testing_defaults(environ)
    assert Utf8Handler.request_class(environ).GET["q"] == "café"


@pytest.mark.parametrize("path", ["/", "/compare/flask-vs-fastapi/", "/admin/login/"])
def test_csrf_failure_page_has_no_inline_styles(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path, {"q": "x"})
    page = read(response.content)
    assert (response.status_code, page.one("h1").text) == (403, "The form could not be accepted")
    assert not page.all("style")
    assert not page.all("[style]")


def test_every_page_names_the_parameters_that_it_does_not_know(remembering: Client) -> None:
    for name, path in PAGES.items():
        page = get(remembering, f"{path}{'&' if '?' in path else '?'}zork=1&utm_source=chat")
        strays = [notice for notice in page.texts(".notices li") if "no parameter" in notice]
        assert strays == ["This page has no parameter “zork”. It was ignored."], name
