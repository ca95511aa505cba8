"""What is kept in memory shows nowhere: with it on and off, every address gives the same bytes."""

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from frameworks.models import Framework
from frameworks.serving import answers, version
from tests.memory import forget_everything
from tests.pages import EVERYWHERE, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

VERSUS = "/compare/flask-vs-fastapi-vs-django/"
#: Every control of the comparisons, so that pieces kept for one view would show in another.
VIEWS = [
    f"{path}?{query}"
    for path in ("/", VERSUS)
    for query in (
        "baseline=flask",
        "baseline=django&w-performance=9",
        "w-performance=9&w-documentation=0",
        "w-performance=0&w-documentation=0&w-learning-curve=0&w-async-support=0",
        "only=differences",
        "rows=performance",
        "rows=*&baseline=flask&only=differences",
        "why=shown",
        "why=shown&w-documentation=9&baseline=flask",
        "use-case=live-updates",
        "use-case=live-updates&w-performance=1",
        "as-of=2001-01-01",
        "w-performance=x&sort=nonsense",
        "utm_source=elsewhere",
    )
] + [
    f"/?{query}"
    for query in (
        "kind=micro",
        "kind=micro&kind=full-stack&capability=orm",
        "min-performance=4",
        "q=a&sort=name",
        "q=%3Cb%3E%26%22&baseline=flask",
        "sort=-performance&criteria=performance&criteria=documentation",
        "open=fastapi:performance",
        "open=flask:performance&w-performance=7&baseline=django",
        "framework=flask&framework=django",
        "framework=flask&open=flask:documentation&only=differences",
    )
]
FILES = [
    f"{stem}.{ending}"
    for stem in ("/matrix", "/compare/flask-vs-fastapi")
    for ending in ("csv", "json", "md", "svg", "png")
]
OTHERS = [
    "/changes.atom", "/frameworks/flask.atom", "/sitemap.xml", "/robots.txt", "/embed/compare/flask-vs-fastapi/",
    "/api/v1/matrix", "/api/v1/matrix?w-performance=9", "/api/v1/frameworks", "/api/v1/openapi.json", "/names/?q=f",
    "/api/v1/claims?limit=1", "/changes/?before=3", "/sources/002/?page=1",
]  # fmt: skip
HTMX = {"HX-Request": "true"}
#: Headers that differ from one time to the next.
CHANGING = {"x-noise", "x-request-id"}


def described(response: HttpResponseBase) -> tuple[int, dict[str, str], bytes]:
    headers = {name.lower(): value for name, value in response.items() if name.lower() not in CHANGING}
    return response.status_code, headers, response.getvalue()


def tracked(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}utm_source=mail&fbclid=IwAR0_x-9"


def test_every_address_gives_the_same_bytes_with_and_without_memory(
    client: Client, settings: Settings
) -> None:
    """Made of pieces that others have left, in either order, given from memory whole, and with what tracks readers."""
    settings.VERSION_SECONDS = 3_600
    addresses: list[tuple[str, dict[str, str]]] = [
        (path, {}) for path in [*EVERYWHERE, *VIEWS, *FILES, *OTHERS]
    ]
    addresses += [(path, HTMX) for path in VIEWS]
    settings.KEEP_IN_MEMORY = False
    without = [described(client.get(path, headers=headers)) for path, headers in addresses]
    settings.KEEP_IN_MEMORY = True
    forget_everything()
    for order, is_made in ((1, True), (-1, True), (1, False)):
        if is_made:
            answers.clear()
        for (path, headers), expected in list(zip(addresses, without, strict=True))[::order]:
            assert described(client.get(path, headers=headers)) == expected, (path, headers)
    answers.clear()
    for (path, headers), expected in zip(addresses, without, strict=True):
        # Asked first, it would leave for all others what it contains.
        for address in (tracked(path), path):
            assert described(client.get(address, headers=headers)) == expected, (address, headers)
    forget_everything()


@pytest.mark.usefixtures("keeping")
@pytest.mark.parametrize(
    "path", ["/", VERSUS, "/frameworks/flask/", "/?open=flask:performance", "/frameworks/"]
)
def test_every_piece_follows_a_change_of_the_facts(client: Client, settings: Settings, path: str) -> None:
    assert "Flask <2>" not in client.get(path).content.decode()
    flask = Framework.objects.get(slug="flask")
    change(flask, name="Flask <2>")
    version.forget()
    kept = client.get(path).content
    assert "Flask &lt;2&gt;" in kept.decode()
    settings.KEEP_IN_MEMORY = False
    assert client.get(path).content == kept
