"""Every public page of the small world by name, and how tests read and change what they show."""

import re
from xml.etree import ElementTree as ET

from django.conf import settings
from django.test import Client

from frameworks.models import Versioned
from frameworks.record import revisions
from tests import factories
from tests.html import Element, read

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def get(client: Client, address: str) -> Element:
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return read(response.content)


def sitemap(client: Client) -> dict[str, str]:
    """The paths in all parts of the sitemap, each with the day of its last change."""
    listed: dict[str, str] = {}
    for part in _located(client, "/sitemap.xml", "sitemap"):
        found = _located(client, part, "url")
        assert found, part
        assert not listed.keys() & found.keys()
        listed |= found
    return listed


def _located(client: Client, path: str, kind: str) -> dict[str, str]:
    response = client.get(path, headers={"Host": "localhost"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    entries = ET.fromstring(response.content).findall(f"{SITEMAP}{kind}")  # noqa: S314 - our own
    found = {
        entry.findtext(f"{SITEMAP}loc") or "": entry.findtext(f"{SITEMAP}lastmod") or "" for entry in entries
    }
    assert len(found) == len(entries)
    assert all(url.startswith(f"{settings.SITE_URL}/") for url in found)
    return {url.removeprefix(settings.SITE_URL): day for url, day in found.items()}


#: Every public page of the small world, by name.
PAGES = {
    "matrix": "/",
    "matrix, a cell open": "/?open=fastapi:performance",
    "matrix, emptied": "/?q=zzz",
    "side by side": "/compare/flask-vs-fastapi/",
    "chooser": "/compare/",
    "matrix for a use case": "/?use-case=live-updates",
    "side by side for a use case": "/compare/flask-vs-fastapi/?use-case=live-updates",
    "snapshot": f"/s/{factories.KEPT}/",
    "snapshot, what has changed": f"/s/{factories.KEPT}/changes/",
    "use cases": "/use-cases/",
    "use case": "/use-cases/live-updates/",
    "use case in dispute": "/use-cases/shop/",
    "decision helper": "/choose/",
    "frameworks": "/frameworks/",
    "framework": "/frameworks/flask/",
    "criteria": "/criteria/",
    "criterion": "/criteria/performance/",
    "criterion that only describes": "/criteria/strengths/",
    "sources": "/sources/",
    "source": "/sources/002/",
    "disagreements": "/disagreements/",
    "benchmarks": "/benchmarks/",
    "questions": "/questions/",
    "components": "/components/",
    "component": "/components/sqlalchemy/",
    "capabilities": "/capabilities/",
    "capabilities, some ticked": "/capabilities/?need=orm&need=admin",
    "method": "/method/",
    "glossary": "/glossary/",
    "embed": "/embed/",
    "search": "/search/",
    "search, something found": "/search/?q=flask+vs+fastapi",
    "search, nothing found": "/search/?q=zzzz",
    "changes": "/changes/",
    "changes, narrowed": "/changes/?kind=rating&framework=fastapi",
    "changes, made in one go": f"/changes/{factories.MAKER.changeset}/",
    "history of a cell": "/frameworks/fastapi/performance/history/",
    "objection sent": "/frameworks/flask/performance/objection/sent/",
    "api": "/api/",
}


#: Pages for what is not there, with their status.
ERRORS = {
    "no such page": ("/nowhere/", 404),
    "no such framework": ("/frameworks/nobody/", 404),
    "no such criterion": ("/criteria/nothing/", 404),
    "no such source": ("/sources/999/", 404),
    "no such component": ("/components/nothing/", 404),
    "no such snapshot": (f"/s/{'b' * 26}/", 404),
    "no such use case": ("/use-cases/nothing/", 404),
    "no such cell": ("/frameworks/flask/nothing/objection/", 404),
    "unknown in comparison": ("/compare/flask-vs-nobody/", 404),
    "one in comparison": ("/compare/flask/", 400),
    "no such changeset": ("/changes/11111111-2222-4333-8444-000000000000/", 404),
    "history of no cell": ("/frameworks/nobody/performance/history/", 404),
}


def change(fact: Versioned, **fields: object) -> None:
    """As an editor would, by the one write path."""
    for name, value in fields.items():
        setattr(fact, name, value)
    revisions.save(fact, by=factories.MAKER, reason="Read again.", seen=fact.version)


EVERYWHERE = [*PAGES.values(), *(path for path, _ in ERRORS.values())]


def form_of(html: bytes) -> str:
    """The form with all that its controls can change, as it came."""
    text = html.decode()
    start = text.index('<form id="')
    return text[start : text.index("</form>", start) + len("</form>")]


def table(html: bytes) -> str:
    found = re.search(r'<table class="(grid|versus).*?</table>', html.decode(), re.DOTALL)
    return found[0] if found else ""
