"""Follow every link of the portal on another topic, and name what is wrong with each answer."""

import re
import sys
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree

from tests.invariants import EVERYWHERE_AND_DESK, PUBLIC, Visit, broken

from .words import foreign

HOST = "http://127.0.0.1:8000"
#: Where no link leads to, or only a form.
START = """
/ /compare/ /choose/ /capabilities/ /use-cases/ /method/ /glossary/ /search/ /search/?q=a /embed/ /api/ /frameworks/
/criteria/ /sources/ /components/ /disagreements/ /benchmarks/ /questions/ /changes/ /sitemap.xml /robots.txt /llms.txt
/changes.atom /accent.css /favicon.svg /favicon.ico /api/v1/ /api/v1/openapi.json /api/v1/docs
/matrix.json /matrix.csv /matrix.md /matrix.svg
/none-such/ /?q=zzz /?baseline=none-such /?among=none-such /?framework=none-such /?as-of=2020-01-01 /oembed
/compare/none-such-vs-nothing/ /compare/none-such.json /api/v1/frameworks/none-such /api/v1/compare/none-such
/api/v1/matrix?after=* /changes/?framework=none-such /embed/?framework=none-such /frameworks/none-such/
""".split()
#: How many addresses of one route are read, those with a query apart.
EACH = 2
LINK = re.compile(r"""(?:href|src|hx-get|action)=["']([^"']*)["']|<loc>([^<]*)</loc>|"(http://127[^"]*)\"""")
ATOM = "{http://www.w3.org/2005/Atom}"
#: Pages of another make: frames for other sites, and the documentation of the API.
APART = ("/embed/compare/", "/embed/s/", "/api/v1/docs")
LEFT_ALONE = re.compile(r"/static/|/admin/(logout|jsi18n|r/|still-right)|/freeze/|/live/|/ready/|\.png\b|\{")


def links(response: Any) -> Iterator[str]:
    kind = response.get("Content-Type", "")
    if response.streaming or not kind.startswith(("text/html", "application/")):
        return
    for found in LINK.findall(response.content.decode(errors="replace")):
        address = urldefrag("".join(found).replace("&amp;", "&"))[0].removeprefix(HOST)
        if address.startswith("/") and not address.startswith("//") and not LEFT_ALONE.search(address):
            yield address
    if location := response.get("Location"):
        yield location.removeprefix(HOST)


def route(address: str) -> str:
    from django.urls import Resolver404, resolve

    parts = urlsplit(address)
    try:
        return f"{resolve(parts.path).route}{'?' * bool(parts.query)}"
    except Resolver404:
        return "none"


def findings(client: Any, start: list[str], within: str = "") -> Iterator[str]:
    """Yield what is wrong with the answers that can be reached from these addresses."""
    waiting, seen, read = deque(start), set(start), Counter[str]()
    while waiting:
        address = waiting.popleft()
        response = client.get(address)
        if response.status_code >= (500 if address in start else 400):
            yield f"{address}: {response.status_code}"
        faults = list(foreign(response))
        if read[route(address)] <= 1:
            faults += malformed(address, response)
        yield from (f"{address}: {fault}" for fault in faults)
        for link in links(response):
            name = route(link)
            is_ours = link.startswith(within) if within else not link.startswith("/admin/")
            if is_ours and link not in seen and read[name] < EACH:
                seen.add(link)
                read[name] += 1
                waiting.append(link)
    print(f"{len(seen)} answers were read.", file=sys.stderr)  # noqa: T201


def unlinked(client: Any) -> list[str]:
    """Return addresses of permanent copies, of what forms lead to, and of the API, that depend on the topic."""
    from frameworks.models import Rating

    rating, other = Rating.objects.select_related("framework", "criterion").order_by("framework", "pk")[:2]
    rival = Rating.objects.exclude(framework=rating.framework)[0].framework
    versus = f"/compare/{rating.framework.slug}-vs-{rival.slug}"
    copies = [client.post(path)["Location"] for path in (f"{versus}/freeze/", "/matrix/freeze/")]
    source = rating.framework.claims.all()[0].source
    return [
        *(
            f"{copy.rstrip('/')}{ending}"
            for copy in copies
            for ending in ("/", "/changes/", ".json", ".md", ".svg")
        ),
        *(f"/api/v1/snapshots/{copy.strip('/').rpartition('/')[2]}" for copy in copies),
        f"/embed{copies[0]}",
        f"/embed{versus}/",
        *(f"{versus}{ending}" for ending in (".json", ".csv", ".md", ".svg", ".atom")),
        f"{versus}/?rows=*&baseline={rival.slug}&only=differences",
        f"/?open={rating.framework.slug}:{rating.criterion.slug}&why={rating.framework.slug}",
        f"/frameworks/{rating.framework.slug}/{other.criterion.slug}/objection/",
        f"/frameworks/{rating.framework.slug}/{other.criterion.slug}/objection/sent/",
        f"/names/?q={rating.framework.name[:2]}",
        f"/oembed?url={HOST}{versus}/",
        f"/api/v1/ratings/{rating.framework.slug}/{rating.criterion.slug}",
        f"/api/v1/criteria/{rating.criterion.slug}",
        f"/api/v1/sources/{source.key}",
        f"/api/v1/claims/{source.claims.all()[0].key}",
    ]


def at_the_desk(client: Any) -> list[str]:
    """Return addresses of the grid's panel and of the previews of imports: of all ratings, and of bad rows."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from frameworks.models import Rating

    at, rating = "/admin/frameworks/rating/", Rating.objects.select_related("framework", "criterion")[0]
    addresses = [f"{at}matrix/cell/{rating.framework.slug}/{rating.criterion.slug}/"]
    table = b"".join(client.get(f"{at}export/csv/"))
    for content in (table.replace(b",3,", b",4,", 1), b"framework,criterion,score\nnone-such,none-such,9\n"):
        sent = client.post(f"{at}import/", {"file": SimpleUploadedFile("ratings.csv", content)})
        addresses.append(sent["Location"])
    return addresses


def malformed(address: str, response: Any) -> Iterator[str]:
    """Yield what is wrong with the form of an answer: which invariant a page breaks, and what a feed lacks."""
    if response.streaming or response.status_code != 200:
        return
    kind, _, _ = response["Content-Type"].partition(";")
    if kind == "text/html" and b"</html>" in response.content and not address.startswith(APART):
        # Those of the desk are Django's in part: their tags close, and no id stands twice.
        invariants = [_is_whole] if address.startswith("/admin/") else [*PUBLIC, *EVERYWHERE_AND_DESK]
        for invariant in invariants:
            yield from broken(invariant, [Visit(address, response, response)])
    elif kind == "application/atom+xml":
        feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own
        for part in (feed, *feed.iter(f"{ATOM}entry")):
            if lacking := [name for name in ("id", "title", "updated") if not part.findtext(f"{ATOM}{name}")]:
                yield f"a {part.tag} without {lacking}"
        if feed.find(f"{ATOM}entry") is None:
            yield "no entry"


def _is_whole(visit: Visit) -> None:
    assert visit.page.texts("h1")
