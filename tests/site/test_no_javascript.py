"""The address is the whole view, and plain forms and links reach all of it: every control comes back as it was sent."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from tests.html import Element, address, read, submission
from tests.pages import PAGES, form_of, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_world")]


@pytest.fixture
def client(remembering: Client) -> Client:
    """Nothing is changed by these tests."""
    return remembering


EVERYTHING = (
    "/?q=a&kind=micro&min-learning-curve=2&criteria=learning-curve&criteria=async-support&w-performance=4&sort=-name"
    "&baseline=fastapi&only=differences&framework=fastapi&open=fastapi:async-support"
)
#: The day on which the tests run: as of then everything stands as it does now.
DAY = f"as-of={timezone.localdate()}"
VIEWS = [
    "/",
    "/?q=fla",
    "/?q=%22%3Cb%3E%26+%C3%A9+%2B%25",
    "/?kind=micro",
    "/?kind=full-stack&kind=micro&interface=asgi&capability=admin&capability=orm",
    "/?min-learning-curve=4&min-performance=3",
    "/?criteria=documentation&criteria=performance",
    "/?w-performance=0",
    "/?w-async-support=0&w-documentation=10&w-learning-curve=3&w-performance=4",
    "/?criteria=documentation&w-performance=9",
    "/?w-async-support=0&w-documentation=0&w-learning-curve=0&w-performance=0",
    "/?sort=-fit",
    "/?sort=name",
    "/?sort=-async-support",
    "/?baseline=flask",
    "/?q=django&baseline=flask",
    "/?only=differences",
    "/?interface=wsgi&w-performance=7&only=differences",
    "/?q=zzz&w-performance=7&sort=name&framework=flask&open=flask:performance",
    "/?framework=flask&framework=django",
    "/?kind=full-stack&framework=django",
    "/?kind=full-stack&framework=flask",
    "/?open=fastapi:performance",
    "/?kind=full-stack&open=fastapi:performance",
    EVERYTHING,
    "/?use-case=live-updates",
    "/?kind=micro&use-case=shop&w-performance=9&sort=name&framework=flask",
    f"/?{DAY}&use-case=live-updates&w-documentation=0",
    "/compare/flask-vs-django/?use-case=live-updates&w-documentation=0",
    f"/?{DAY}&kind=micro&w-performance=9&framework=flask&open=flask:performance",
    f"/compare/flask-vs-django/?{DAY}&w-documentation=0&baseline=flask",
    "/compare/flask-vs-django/",
    "/compare/quart-vs-flask-vs-django-vs-sanic-vs-fastapi/",
    "/compare/flask-vs-django/?w-documentation=0&w-performance=9",
    "/compare/flask-vs-django/?baseline=flask",
    "/compare/flask-vs-django/?only=differences",
    "/compare/flask-vs-django/?w-performance=7&baseline=flask&only=differences",
    "/capabilities/",
    "/capabilities/?need=orm&need=validation",
]


@pytest.mark.parametrize("view", VIEWS)
def test_form_submitted_unchanged_returns_the_same_view(client: Client, view: str) -> None:
    before = client.get(view)
    assert before.status_code == 200
    after = client.get(address(read(before.content).one("main form[method=get]")), follow=True)
    assert form_of(after.content) == form_of(before.content)


@pytest.mark.parametrize("view", VIEWS)
def test_fragment_equals_the_form_of_the_page(client: Client, view: str) -> None:
    page = client.get(view)
    fragment = client.get(view, headers={"HX-Request": "true"})
    assert fragment.content.decode().strip() == form_of(page.content)
    assert [element.tag for element in read(fragment.content).children if isinstance(element, Element)] == [
        "form"
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_fragment_pushes_the_requested_canonical_address(client: Client, view: str) -> None:
    assert client.get(view, headers={"HX-Request": "true"})["HX-Push-Url"] == view


@pytest.mark.parametrize(
    "sent, canonical",
    [
        ("/?q=&sort=&baseline=&min-performance=&w-performance=&open=", "/"),
        ("/?sort=fit", "/"),
        (
            "/?w-performance=9&kind=micro&w-documentation=0&kind=full-stack&q=a",
            "/?q=a&kind=full-stack&kind=micro&w-documentation=0&w-performance=9",
        ),
        (
            "/?criteria=async-support&criteria=learning-curve&criteria=async-support",
            "/?criteria=learning-curve&criteria=async-support",
        ),
        # A weight that is the default anyway says nothing.
        ("/?w-async-support=1&w-documentation=10&w-learning-curve=2&w-performance=3", "/?w-documentation=10"),
        (
            "/compare/flask-vs-django/?w-documentation=1&w-performance=9",
            "/compare/flask-vs-django/?w-performance=9",
        ),
        # All columns and none named are the same view.
        ("/?criteria=async-support&criteria=learning-curve&criteria=performance&criteria=documentation", "/"),
        ("/?framework=flask&framework=django&framework=flask", "/?framework=flask&framework=django"),
        ("/?w-performance=07&utm_source=elsewhere", "/?w-performance=7"),
        ("/?sort=nonsense&kind=micro", "/?kind=micro"),
        (
            "/compare/flask-vs-django/?only=&baseline=&w-performance=9&q=fla",
            "/compare/flask-vs-django/?w-performance=9",
        ),
        (
            "/capabilities/?need=validation&need=&need=orm&need=orm&utm_source=x",
            "/capabilities/?need=orm&need=validation",
        ),
    ],
)
def test_fragment_pushes_the_same_address_for_equal_views(client: Client, sent: str, canonical: str) -> None:
    fragment = client.get(sent, headers={"HX-Request": "true"})
    assert fragment["HX-Push-Url"] == canonical
    if "nonsense" not in sent:
        assert form_of(fragment.content) == form_of(client.get(canonical).content)


# Every control


Pairs = list[tuple[str, str]]


def changes(form: Element) -> Iterator[Pairs]:
    """What the form sends after each single thing that a visitor can do to it."""
    pairs = submission(form)
    for control in form.all("input"):
        name, kind = control.attributes.get("name"), control.attributes.get("type")
        if kind == "checkbox" and name:
            box = (name, control["value"])
            yield [pair for pair in pairs if pair != box] if box in pairs else [*pairs, box]
        elif kind in {"text", "search"} and name:
            values = ["", "0", "7"] if name.startswith("w-") else ["", "fla", "a & b", "zzz"]
            yield from ([(name, value) if pair[0] == name else pair for pair in pairs] for value in values)
    for select in form.all("select"):
        for option in select.all("option"):
            chosen = (select["name"], option["value"])
            yield [chosen if pair[0] == chosen[0] else pair for pair in pairs]


def said(pairs: Pairs) -> Pairs:
    """What of it says something, in whichever order. All columns ticked say no more than none."""
    spoken = sorted(pair for pair in pairs if pair[1])
    columns = [pair for pair in spoken if pair[0] == "criteria"]
    return [pair for pair in spoken if pair not in columns] if len(columns) == 4 else spoken


@pytest.mark.parametrize(
    "view, count",
    [
        ("/", 62),
        (EVERYTHING, 54),
        ("/compare/flask-vs-django/?w-performance=2&baseline=flask", 16),
        ("/capabilities/?need=orm", 3),
    ],
)
def test_form_controls_keep_their_submitted_values(client: Client, view: str, count: int) -> None:
    form = get(client, view).one("main form[method=get]")
    sent = list(changes(form))
    assert len(sent) == count
    for pairs in sent:
        page = get(client, f"{form['action']}?{urlencode(pairs)}")
        assert said(submission(page.one("main form[method=get]"))) == said(pairs)
        assert page.all(".notices") == []


def test_matrix_redirects_to_address_without_blank_parameters(client: Client) -> None:
    response = client.get("/?q=&kind=micro&w-performance=0&w-documentation=&min-x=abc&utm_source=")
    assert (response.status_code, response["Location"]) == (302, "/?kind=micro&w-performance=0&min-x=abc")
    assert client.get("/?q=&kind=")["Location"] == "/"


def test_matrix_redirects_to_address_without_columns_when_all_are_named(client: Client) -> None:
    columns = [
        ("criteria", slug) for slug in ("learning-curve", "documentation", "performance", "async-support")
    ]
    response = client.get(f"/?{urlencode([('q', ''), ('kind', 'micro'), *columns])}")
    assert (response.status_code, response["Location"]) == (302, "/?kind=micro")
    kept = f"/?{urlencode(columns[1:])}"
    assert client.get(kept).status_code == 200
    # One that is not known is told of.
    assert client.get(f"{kept}&criteria=rust").status_code == 200


# Plain links and forms


def test_links_lead_to_existing_pages_and_anchors(client: Client) -> None:
    links = {link["href"] for path in PAGES.values() for link in get(client, path).all("a")}
    # Views of a table are tested above. Places on the page itself, too.
    pages: dict[str, set[str]] = {}
    for link in links:
        path, _, place = link.partition("#")
        if path.startswith("/") and "?" not in path:
            pages.setdefault(path, set()).add(place)
    for path, places in pages.items():
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        if not answer["Content-Type"].startswith("text/html"):
            assert places == {""}, path
            continue
        ids = {element["id"] for element in read(answer.content).descendants if "id" in element}
        assert places - {""} <= ids, path
