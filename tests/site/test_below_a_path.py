"""The portal below a path of another site: everything that it says of itself leads there, and nowhere else."""

import re
from collections.abc import Iterator, Mapping

import pytest
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils import timezone

from comparisons.sharing import embedding
from desk.queues import digests
from desk.queues.links import user_agent
from frameworks.models import Proposal, Rating
from tests import factories
from tests.desk.acting import decide, proposal_page
from tests.desk.reading import change_url, form_on
from tests.desk.signing_in import sign_in
from tests.html import leads_on, named, read
from tests.pages import PAGES
from tests.site.below import PATH, below_a_path

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("below")]

#: What no page links to.
UNLINKED = (
    "/robots.txt", "/llms.txt", "/sitemap.xml", "/favicon.ico", "/live/", "/ready/", "/admin/login/", "/names/?q=fla",
    "/embed/compare/flask-vs-fastapi/", "/embed/?framework=flask&framework=fastapi", "/matrix.csv", "/matrix.md",
    "/compare/flask-vs-fastapi.json", "/frameworks/flask/performance/objection/", "/api/v1/claims?limit=1",
    "/api/v1/matrix", "/?framework=flask&framework=fastapi&why=shown",
)  # fmt: skip
#: What answers in another way when nothing but its path is asked for, by its end.
ELSEWISE = {"/oembed": 400, "/admin/": 302, "/freeze/": 405}


@pytest.fixture(scope="module")
def feed_at_the_root(world: None) -> bytes:
    return bytes(Client().get("/compare/flask-vs-fastapi.atom").content)


@pytest.fixture(scope="module")
def below(feed_at_the_root: bytes) -> Iterator[None]:
    with below_a_path():
        yield


def outside(named_by: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """Answers, each with an address that it names outside the path."""
    return {
        (path, address)
        for path, addresses in named_by.items()
        for address in addresses
        if address != PATH and not address.startswith(f"{PATH}/")
    }


def test_nothing_leads_out_of_the_path_and_each_address_answers(client: Client) -> None:
    """Every page and what it leads to: whatever these name lies below the path."""
    pages = [f"{PATH}{path}" for path in (*PAGES.values(), *UNLINKED)]
    with override_settings(KEEP_IN_MEMORY=True, VERSION_SECONDS=3_600):
        named_by = {path: addresses(client, path) for path in pages}
        assert outside(named_by) == set()
        reached = {path for found in named_by.values() for each in found if (path := leads_on(each))}
        further = {path: addresses(client, path) for path in reached - named_by.keys()}
    assert outside(further) == set()
    assert len(further) > 50


def addresses(client: Client, path: str) -> set[str]:
    """The addresses of ours that the answer at this path names."""
    response = client.get(path)
    expected = next((status for end, status in ELSEWISE.items() if path.endswith(end)), 200)
    assert response.status_code == expected, path
    return named(response.getvalue(), response.get("Content-Type", ""), settings.SITE_URL)


def test_there_is_nothing_outside_but_the_probes(client: Client) -> None:
    for path in ("/", "/frameworks/", "/comparer/", "/static/touchstone.css", f"/x{PATH}/"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.content == b"There is nothing here. Touchstone is at /compare/.\n"
        assert response["Content-Security-Policy"]
    assert client.get(PATH)["Location"] == f"{PATH}/"
    assert client.get("/live/").content == b"ok\n"


def test_addresses_that_are_mangled_or_old_lead_to_those_below_the_path(client: Client) -> None:
    for mangled, meant in {
        "/frameworks": "/frameworks/",
        "//frameworks/flask/).": "/frameworks/flask/",
        "/Frameworks/Flask/?utm_source=x": "/frameworks/flask/?utm_source=x",
        "/frameworks/Flask.png": "/frameworks/flask.png",
        "/openapi.json": "/api/v1/openapi.json",
    }.items():
        response = client.get(f"{PATH}{mangled}", follow=True)
        led = [address for address, _ in response.redirect_chain]
        assert (response.status_code, led[-1:]) == (200, [f"{PATH}{meant}"]), mangled
    missing = read(client.get(f"{PATH}/frameworks/fastapy/").content)
    assert f"{PATH}/frameworks/fastapi/" in {link["href"] for link in missing.one("main").all("a")}


def test_what_names_itself_does_so_below_the_path(client: Client, feed_at_the_root: bytes) -> None:
    head = read(client.get(f"{PATH}/").content).one("head")
    assert head.one("link[rel=canonical]")["href"] == f"{settings.SITE_URL}{PATH}/"
    assert head.one("meta[property=og:image]")["content"].startswith(
        f"{settings.SITE_URL}{PATH}/matrix.png?v="
    )
    assert client.get(f"{PATH}/robots.txt").content.startswith(b"User-agent: *\nDisallow: /compare/admin/\n")
    assert b"\nDisallow: /compare/*?\n" in client.get(f"{PATH}/robots.txt").content
    assert b">127.0.0.1:8000/compare/frameworks/flask/<" in client.get(f"{PATH}/frameworks/flask.svg").content
    assert user_agent() == f"Touchstone link check (+{settings.SITE_URL}{PATH})"
    for template in ("500.html", "503.html"):
        page = read(render_to_string(template))
        assert page.one("link[rel=stylesheet]")["href"] == f"{PATH}/static/touchstone.css"
        assert page.one("a")["href"] == f"{PATH}/"
    # A reader of feeds knows it again when the portal moves.
    feed = client.get(f"{PATH}/compare/flask-vs-fastapi.atom").content
    assert re.findall(b"<id>(.+?)</id>", feed) == re.findall(b"<id>(.+?)</id>", feed_at_the_root)


def test_what_is_framed_lies_below_the_path(client: Client) -> None:
    page = f"{PATH}/compare/flask-vs-fastapi/"
    for address in (f"{settings.SITE_URL}{page}", page, f"{settings.SITE_URL}{page}?w-performance=9"):
        assert (embed := embedding.embed_at(address))
        assert embed.frame.startswith(f"{PATH}/embed/compare/flask-vs-fastapi/")
        assert f'src="{settings.SITE_URL}{PATH}/embed/compare/' in embed.snippet(640, 400, "")
    assert embedding.embed_at(f"{settings.SITE_URL}/compare/flask-vs-fastapi/") is None
    told = client.get(f"{PATH}/oembed", {"url": f"{settings.SITE_URL}{page}"}).json()
    assert told["provider_url"] == f"{settings.SITE_URL}{PATH}/"


def test_problems_of_the_api_name_addresses_below_the_path(client: Client) -> None:
    refused = client.get(f"{PATH}/api/v1/frameworks?limit=x").json()
    assert refused["type"] == f"{settings.SITE_URL}{PATH}/api/#parameters"
    assert refused["instance"] == f"{PATH}/api/v1/frameworks"
    missing = client.get(f"{PATH}/api/v2/").json()
    assert missing["detail"] == f"There is nothing at this address. {PATH}/api/ lists the endpoints."


def test_desk_works_below_the_path(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    asked = client.get(f"{PATH}/admin/")
    assert asked["Location"] == f"{PATH}/admin/login/?next={PATH}/admin/"
    assert {cookie["path"] for cookie in client.get(asked["Location"]).cookies.values()} == {f"{PATH}/admin/"}
    with override_settings(LOG_REQUESTS=True), caplog.at_level("INFO", "touchstone.requests"):
        Client().get(f"{PATH}/admin/frameworks/source/?q=private")
    assert "query" not in caplog.records[-1].fields  # type: ignore[attr-defined]
    eve = sign_in(factories.make_proposer(email="eve@example.org"))
    rob = sign_in(factories.make_reviewer(email="rob@example.org"))
    rating = Rating.objects.select_related("framework").get(
        framework__slug="flask", criterion__slug="performance"
    )
    form = form_on(eve.get(change_url(rating)), verdict="Splendid", reason="Read again.", _save="Save")
    for _ in range(2):
        assert eve.post(change_url(rating), form)["Location"].startswith(f"{PATH}/admin/")
    proposal = Proposal.objects.get()
    # It may be taken up where the portal lies by then.
    assert proposal.form_path == change_url(rating).removeprefix(PATH)
    assert proposal_page(eve, proposal).one("form.take-up")["action"] == change_url(rating)
    digests.send_all(timezone.now())
    assert len(found := re.findall("https?://.*", str(mail.outbox[0].body))) > 1
    assert {
        address for address in found if not address.startswith(f"{settings.SITE_URL}{PATH}/admin/")
    } == set()
    [address] = [
        link["href"]
        for link in proposal_page(rob, proposal).all(".previews a")
        if link.text == "Framework Flask"
    ]
    assert "Splendid" in read(rob.get(address).content).one("main").text
    decide(rob, proposal, "publish")
    assert "Splendid" in client.get(f"{PATH}/frameworks/flask/").content.decode()
