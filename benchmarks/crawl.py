"""Prove that a refactoring changes no answer: ask the portal for all its addresses and keep every answer.

Run it from the project's root, in each of two checkouts, and then hold the two directories against each other:

    python -m benchmarks.crawl DIRECTORY
    python -m benchmarks.crawl --compare OLD NEW [--ignore GLOB ...]

The first makes a database of its own, seeds it, adds a little history through the portal's own addresses and commands,
and follows every link, as a visitor and at the desk. DIRECTORY gets one file for each request and `index.txt`. The
database is SQLite and gone afterwards; where DATABASE_URL names a PostgreSQL, it is a test database there.
The second says which requests are missing, new or different, and ends with status 1 if there are any. GLOB is held
against a request as the index has it: `--ignore '*.png*'`.

Clock and chance are ours, so that two crawls of one checkout are alike. It relies on no module of the portal, but on
`config.settings`, on commands and on addresses.
"""

import argparse
import hashlib
import html
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from fnmatch import fnmatchcase
from functools import cache
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import urljoin, urlsplit

HOST = "127.0.0.1:8000"
SITE = f"http://{HOST}"
INDEX = "index.txt"
#: Set in the process that crawls. It has these variables and ours, so that nothing else decides what is answered.
MARK, KEPT = "TOUCHSTONE_CRAWL", ("PATH", "HOME", "TMPDIR", "DATABASE_URL", "DATABASE_POOL")

# The days of the history: seeded, edited one day after another, and looked at.
SEEDED = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = datetime(2026, 12, 1, 12, tzinfo=UTC)

VISITOR, SUPERUSER, EDITOR = "visitor", "superuser", "editor"
RENAMED = "cherrypy", "cherry-py"
FROZEN = "/compare/django-vs-flask-vs-fastapi/freeze/?w-performance=9"
OBJECTION = "/frameworks/django/performance/objection/"
RATINGS = "/admin/frameworks/rating/"

#: How many links are followed to one route, to one path with different query strings, and so to one route.
PATHS = {VISITOR: 20, SUPERUSER: 3, EDITOR: 1}
QUERIES = {VISITOR: 12, SUPERUSER: 5, EDITOR: 1}
QUERIES_OF_ROUTE = {VISITOR: 14, SUPERUSER: 5, EDITOR: 1}
#: How many fragments of one route are asked for.
FRAGMENTS = 15
#: These show another page as a picture: they are counted with it.
PICTURES = (".png", ".svg")
#: In the type of a workbook.
SHEET = "spreadsheetml"

#: Every link on these is followed.
START = """
/ /compare/ /compare/django-vs-flask/ /choose/ /capabilities/ /use-cases/ /use-cases/rest-api/ /method/ /search/
/frameworks/ /frameworks/django/ /frameworks/django/performance/history/ /criteria/ /criteria/performance/ /sources/
/sources/000/ /components/ /components/asgi/ /disagreements/ /benchmarks/ /questions/ /changes/ /embed/ /api/
/sitemap.xml /robots.txt /llms.txt /changes.atom /api/v1/ /api/v1/openapi.json /api/v1/docs
""".split()

#: What a visitor may set on a table, good and bad.
VIEWS = """
use-case=rest-api
use-case=rest-api&w-performance=9&w-security=0
use-case=sensitive-data&baseline=django
use-case=none-such
use-case=
w-performance=10&w-learning-curve=0&w-documentation=5
w-performance=11
w-performance=-1
w-performance=99999999999999999999999999
w-performance=high
w-performance=1&w-performance=2
w-none-such=3
min-performance=4
min-performance=4&min-security=3&sort=-name
min-performance=5&min-admin-interface=5&min-async-support=5
min-performance=9
min-none-such=2
kind=micro
kind=micro&kind=async&interface=asgi
capability=orm&capability=admin
capability=orm&capability=none-such
q=fast
q=%00
q=%F0%9F%90%8D
q=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
sort=name
sort=-fit
sort=performance
sort=-performance
sort=none-such
baseline=flask
baseline=none-such
baseline=cherrypy
criteria=performance&criteria=security
criteria=none-such
only=differences
only=differences&baseline=flask&criteria=performance&criteria=async-support
only=similarities
framework=django&framework=flask
framework=django&framework=none-such
open=django:performance
open=django:none-such
open=%00
as-of=2026-12-01
as-of=2026-11-25
as-of=2026-11-24&use-case=rest-api
as-of=2026-11-26&sort=name&baseline=flask&only=differences
as-of=2026-11-26&open=django:performance&min-performance=3&kind=micro
as-of=2020-01-01
as-of=2099-01-01
as-of=yesterday
as-of=0000-00-00
as-of=2026-11-25&as-of=2026-11-26
none-such=1
none-such=%00&none-such=%FF%FE
""".split()
#: The tables, and how many of the views above each is asked for.
TABLES = {
    "/": 99,
    "/compare/django-vs-flask/": 99,
    "/compare/": 15,
    "/api/v1/matrix": 99,
    "/api/v1/compare/django-vs-flask": 30,
    "/matrix.json": 30,
    "/matrix.csv": 20,
    "/matrix.md": 20,
    "/matrix.svg": 20,
    "/matrix.png": 10,
    "/compare/django-vs-flask.json": 30,
    "/compare/django-vs-flask.csv": 20,
    "/compare/django-vs-flask.md": 20,
    "/compare/django-vs-flask.svg": 20,
    "/compare/django-vs-flask.png": 10,
    "/embed/compare/django-vs-flask/": 30,
    "/use-cases/rest-api/": 5,
    "/changes/": 5,
}
PARTIES = """
django django-vs-django django-vs-none-such none-such django-vs- -vs-flask flask-vs-django cherrypy-vs-django
cherry-py-vs-django django-vs-flask-vs-fastapi-vs-litestar-vs-pyramid
django-vs-flask-vs-fastapi-vs-litestar-vs-pyramid-vs-tornado django%00-vs-flask %C3%A9-vs-flask DJANGO-vs-flask
""".split()
PARTY_PLACES = """
/compare/{}/ /compare/{} /compare/{}.json /compare/{}.csv /compare/{}.md /compare/{}.svg /compare/{}.png
/compare/{}.atom /compare/{}/freeze/ /embed/compare/{}/ /api/v1/compare/{}
/oembed?url=http://127.0.0.1:8000/compare/{}/ /embed/?address=/compare/{}/
""".split()
QUESTIONED = """
/search/?q=async /search/?q=asyn /search/?q=djagno /search/?q=django+admin /search/?q= /search/?q=%00 /search/?q=zzzz
/search/?q=the&page=2 /search/?q=a&page=99999999999999999999 /search/?q=a&page=x /search/?q=a&q=b
/search/?q=async&kind=claim /search/?q=async&kind=none-such /search/?q=%22%3Cscript%3E /search/?q=1000000000000000000000
/search/?none-such=1
/changes/?page=2 /changes/?page=0 /changes/?page=99999999999999999999 /changes/?page=last /changes/?page=%00
/changes/?framework=django /changes/?framework=cherrypy /changes/?framework=none-such /changes/?criterion=performance
/changes/?kind=rating /changes/?origin=seed /changes/?author=Superuser
/changes/?since=2026-11-25 /changes/?day=2026-11-25
/changes/00000000-0000-4000-8000-000000000000/ /changes/none-such/
/frameworks/django/performance/history/?page=2 /frameworks/django/performance/history/?page=x
/frameworks/django/philosophy/history/ /frameworks/django/philosophy/objection/ /frameworks/django/none-such/history/
/frameworks/django/performance/objection/sent/ /frameworks/none-such/performance/history/
/frameworks/none-such/ /frameworks/none-such.atom /frameworks/django.atom
/frameworks/cherrypy/ /frameworks/cherrypy.atom /frameworks/cherrypy/performance/history/ /frameworks/cherrypy.png
/frameworks/cherrypy.svg /frameworks/cherrypy/?a=b /frameworks/cherrypy /frameworks/Django/
/criteria/none-such/ /sources/none-such/ /components/none-such/ /use-cases/none-such/ /criteria/performance
/choose/?none-such=1 /choose/?purpose=api /choose/?purpose=%00
/capabilities/?need=orm /capabilities/?need=orm&need=admin /capabilities/?need=none-such /capabilities/?need=
/capabilities/?need=orm&need=orm /capabilities/?need=%00 /capabilities/?need=orm&as-of=2026-11-25
/oembed /oembed?url= /oembed?url=http://127.0.0.1:8000/compare/django-vs-flask/&format=xml
/oembed?url=http://127.0.0.1:8000/compare/django-vs-flask/&format=json&maxwidth=300&maxheight=200
/oembed?url=http://127.0.0.1:8000/compare/django-vs-flask/&maxwidth=0
/oembed?url=http://127.0.0.1:8000/compare/django-vs-flask/&maxwidth=99999999999999999999
/oembed?url=http://127.0.0.1:8000/compare/django-vs-flask/?w-performance=9%26baseline=flask
/oembed?url=http://elsewhere.example/compare/django-vs-flask/ /oembed?url=%00 /oembed?url=http://[
/embed/?address=/compare/django-vs-flask/ /embed/?address=/compare/django-vs-flask/&theme=dark&width=400&height=300
/embed/?address=/compare/django-vs-flask/&theme=none-such&width=1&height=99999999 /embed/?address=none-such
/embed/?address= /embed/?address=%00 /embed/compare/django-vs-flask/?theme=dark /embed/compare/django-vs-flask/?theme=x
/embed/none-such/ /embed/matrix/ /embed/s/aaaaaaaaaaaaaaaaaaaaaaaaaa/
/s/aaaaaaaaaaaaaaaaaaaaaaaaaa/ /s/aaaaaaaaaaaaaaaaaaaaaaaaaa/changes/ /s/aaaaaaaaaaaaaaaaaaaaaaaaaa.json /s/short/
/matrix.xml /matrix.html /compare/django-vs-flask.xml /none-such.png /none-such.svg /search.png?q=async /method.png
/none-such/ /none-such /%00 /%00/ /%FF/ /static/none-such.css /favicon.ico /live/ /ready/ /.well-known/security.txt
/admin/ /admin/none-such/ /admin/login/ /admin/login/?next=//elsewhere.example/ /admin/frameworks/rating/
/api/v1/none-such /api/v1/frameworks/none-such /api/v1/frameworks/cherrypy /api/v1/criteria/none-such
/api/v1/sources/none-such /api/v1/claims/none-such /api/v1/claims/000-11-django-performance
/api/v1/ratings/django/none-such /api/v1/ratings/django/performance
/api/v1/ratings/cherrypy/performance /api/v1/compare/django-vs-none-such /api/v1/snapshots/aaaaaaaaaaaaaaaaaaaaaaaaaa
/api/v1/changes?since=100&limit=3 /api/v1/changes?since=99999999999999999999 /api/v1/changes?limit=0
/api/v1/frameworks/ /api/v2/ /api/v1
""".split()
#: At the desk, where no link leads to; much of it is refused.
DESK = """
/admin/ /admin/auth/ /admin/axes/ /admin/frameworks/ /admin/comparisons/ /admin/r/0/1/ /admin/none-such/
/admin/frameworks/rating/matrix/cell/django/performance/ /admin/frameworks/rating/matrix/cell/django/none-such/
/admin/frameworks/rating/matrix/cell/cherrypy/performance/ /admin/frameworks/rating/matrix/cell/cherry-py/security/
/admin/frameworks/rating/99999999999999999999/change/ /admin/frameworks/rating/none-such/change/
/admin/frameworks/rating/1/ /admin/frameworks/rating/export/none-such/ /admin/frameworks/rating/?none-such=1
/admin/frameworks/rating/import/00000000-0000-4000-8000-000000000000/ /admin/frameworks/rating/?p=99999 /admin/jsi18n/
/admin/frameworks/revision/add/ /admin/frameworks/revision/1/history/ /admin/frameworks/revision/1/delete/
/admin/frameworks/proposal/add/ /admin/frameworks/proposal/1/history/ /admin/frameworks/proposal/1/delete/
/admin/frameworks/objection/add/ /admin/frameworks/objection/1/history/ /admin/frameworks/objection/1/delete/
/admin/frameworks/linkcheck/add/ /admin/password_change/done/ /admin/still-right/ /admin/autocomplete/?term=dj
/admin/autocomplete/?app_label=frameworks&model_name=addition&field_name=framework&term=dj
""".split()
#: How the names in the addresses of OpenAPI are filled in, where links have not led there anyhow.
NAMES = {
    "slug": "django",
    "criterion": "performance",
    "framework": "django",
    "versus": "django-vs-flask",
    "key": "000",
    "snapshot_id": "a" * 26,
}
BAD_VALUES = ("", "%00", "none-such", "99999999999999999999", "-1")
#: Asked for in other ways, too: what is refused, and what is answered without a body.
WAYS = """
/ /compare/django-vs-flask/ /matrix.json /matrix.png /frameworks/django/ /changes/ /search/?q=async /oembed /sitemap.xml
/api/v1/frameworks /api/v1/matrix /api/v1/openapi.json /embed/compare/django-vs-flask/ /robots.txt /none-such/
/frameworks/django/performance/objection/ /changes.atom /live/
""".split()

LINK = re.compile(r"""\b(?:href|src|hx-get|action|content|formaction)=["']([^"']*)["']|<loc>([^<]*)</loc>""")
#: In what is no markup: whole addresses, and paths that stand alone in quotes.
BARE_LINK = re.compile(rf"""({re.escape(SITE)}[^\s"'<>()\\{{}}]*)|"(/[^\s"'<>\\{{}}]*)\"""")
LEFT_ALONE = re.compile(r"/admin/logout/|/static/.*\.(woff2?|map)$")


# Clock and chance


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, tz: tzinfo | None = UTC) -> datetime:
        return self.at.astimezone(tz)

    def seconds(self) -> float:
        return self.at.timestamp()

    def move(self, **by: int) -> None:
        self.at += timedelta(**by)


@contextmanager
def ours(clock: Clock, chance: random.Random) -> Iterator[None]:
    """Put our clock and chance in place of the system's. UUIDs, tokens and salts all draw from `urandom`."""
    with ExitStack() as patches:
        for name, instead in {
            "time.time": clock.seconds,
            "django.utils.timezone.now": clock.now,
            "django.template.defaulttags.datetime": SimpleNamespace(now=clock.now),  # {% now %}
            "os.urandom": chance.randbytes,
            "random._urandom": chance.randbytes,
        }.items():
            patches.enter_context(mock.patch(name, instead))
        yield


# Requests and answers


@dataclass(frozen=True)
class Request:
    """`note` tells apart what would be alike otherwise."""

    who: str
    address: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    note: str = ""

    def __str__(self) -> str:
        said = [f"{name}: {value}" for name, value in self.headers] + [self.note] * bool(self.note)
        return " ".join([self.who, self.method, self.address, *(f"({one})" for one in said)])

    @property
    def file(self) -> str:
        return hashlib.sha256(str(self).encode()).hexdigest()[:20] + ".txt"


def kept(request: Request, response: Any) -> bytes:
    """Return an answer as it is kept: request, status, headers and body, without what changes with every release."""
    headers = [f"{name}: {value}" for name, value in response.items()]
    headers += response.cookies.output(header="Set-Cookie:", sep="\n").splitlines()
    left_out: tuple[str, ...] = ("X-Request-ID: ",)
    if request.address.startswith("/static/"):
        left_out += ("Last-Modified: ", "ETag: ")  # they tell when the file was collected
    elif SHEET in response.get("Content-Type", ""):
        left_out += ("Content-Length: ",)  # it hangs on when the workbook was written
    head = sorted(plain_header(line) for line in headers if not line.startswith(left_out))
    start = [str(request), str(response.status_code), *head, "", ""]
    return "\n".join(start).encode() + plain_body(response)


def plain_header(line: str) -> str:
    """Leave out of a header what the code decides: the tag of a page, but not whether it is weak."""
    return re.sub(r'^(ETag: (?:W/)?)"[0-9a-f]{32}"$', r'\1"of the code"', line)


def plain_body(response: Any) -> bytes:
    body = b"".join(response) if response.streaming else response.content
    response.close()
    if SHEET in response.get("Content-Type", ""):
        return unpacked(body)
    if "html" in response.get("Content-Type", ""):
        return numberless(body)
    return bytes(body)


def unpacked(body: bytes) -> bytes:
    """Return a workbook by its parts, without the times at which it was written."""
    with zipfile.ZipFile(BytesIO(body)) as parts:
        return b"".join(
            name.encode() + b"\n" + parts.read(name) + b"\n"
            for name in parts.namelist()
            if name != "docProps/core.xml"
        )


def numberless(page: bytes) -> bytes:
    """Leave out the numbers of permissions and kinds of things, which depend on the order of models in the code."""
    page = re.sub(rb'<option value="\d+"([^>]*>[^<|]* \| [^<|]* \| )', rb'<option value="0"\1', page)
    return re.sub(rb'"/admin/r/\d+/', rb'"/admin/r/0/', page)


def text_of(response: Any) -> str:
    kind = response.get("Content-Type", "")
    if response.streaming or not re.search("html|xml|json|text|markdown", kind):
        return ""
    return str(response.content.decode(errors="replace"))


def links(address: str, response: Any) -> Iterator[str]:
    """Return what an answer leads to on this site, as paths with their query strings, in the order of the page."""
    text, found = text_of(response), [response.get("Location", "")]
    if re.search("html|xml|svg", response.get("Content-Type", "")):
        found += [html.unescape(one or other) for one, other in LINK.findall(text)]
    else:
        found += [one or other for one, other in BARE_LINK.findall(text)]
    for link in found:
        if path := on_site(address, link):
            yield path


def on_site(address: str, link: str) -> str:
    """Return the link as a path from the root; empty where it leads elsewhere or is none."""
    try:
        parts = urlsplit(urljoin(SITE + address, link.strip()))
    except ValueError:
        return ""
    is_link = link.startswith(("/", "?", ".", SITE)) and not link.startswith("//")
    if not is_link or parts.netloc != HOST or LEFT_ALONE.match(parts.path):
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


#: Posted only if ticked.
CHECKED = ("checkbox", "radio")


class Form(HTMLParser):
    """What a browser would post if the forms of a page were sent as they stand, the one for logging out aside."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self._is_posted = False
        self._select = self._textarea = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._is_posted = given.get("method") == "post" and "logout" not in given.get("action", "")
        elif tag == "select":
            self._select = name
        elif not self._is_posted or "__prefix__" in name + self._select:
            return
        elif tag == "textarea":
            self._textarea, self.data[name] = name, [""]
        elif tag == "option" and "selected" in given:
            self.data.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and name and kind != "submit" and ("checked" in given or kind not in CHECKED):
            self.data.setdefault(name, []).append(given.get("value", "on" if kind in CHECKED else ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.data[self._textarea][0] += data.removeprefix("\n").replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""


# The crawl


@dataclass
class Crawl:
    """Asks, keeps what is answered, and counts."""

    directory: Path
    chance: random.Random
    clients: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    answers: dict[Request, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def ask(self, request: Request, data: dict[str, Any] | None = None, *, tag: str = "") -> Any:
        """Ask for one address, apart from all others: what is drawn depends on it alone, cookies are forgotten."""
        from django.test import Client

        client = self.clients.setdefault(request.who, Client(raise_request_exception=False))
        session = self.sessions.get(request.who, "")
        client.cookies = SimpleCookie({"sessionid": session} if session else {})
        self.chance.seed(str(request))
        send = getattr(client, request.method.lower())
        given = {} if data is None else {"data": data}
        headers = {"Host": HOST, **dict(request.headers)} | ({"If-None-Match": tag} if tag else {})
        response = send(request.address, headers=headers, **given)
        self.keep(request, response)
        return response

    def keep(self, request: Request, response: Any) -> None:
        if request in self.answers:
            raise ValueError(f"Asked twice: {request}")
        self.answers[request] = response.status_code
        (self.directory / request.file).write_bytes(kept(request, response))
        if response.status_code == 500:
            self.failures.append(f"{request}: {response.exc_info[1]!r}")

    def sign_in(self, who: str) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        self.chance.seed(who)
        client = Client()
        client.force_login(
            User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend"
        )
        self.sessions[who] = client.cookies["sessionid"].value

    def close(self) -> None:
        lines = [f"{request.file} {status} {request}\n" for request, status in self.answers.items()]
        (self.directory / INDEX).write_text("".join(lines))


class Walk:
    """Follows links breadth first, as one of those who may look."""

    def __init__(self, crawl: Crawl, who: str, root: str, start: Iterable[str]) -> None:
        self.crawl, self.who, self.root = crawl, who, root
        self.start = list(dict.fromkeys(start))
        self.waiting = deque(self.start)
        self.known = set(self.start)
        self.paths: dict[str, set[str]] = defaultdict(set)
        self.queries: Counter[str] = Counter()
        self.fragments: Counter[str] = Counter()

    def go(self, *, all_links_on: Iterable[str] = ()) -> None:
        generous = set(all_links_on)
        while self.waiting:
            address = self.waiting.popleft()
            response = self.crawl.ask(Request(self.who, address))
            for link in links(address, response):
                if link not in self.known and self.may_follow(link, address in generous):
                    self.known.add(link)
                    self.waiting.append(link)
            if "HX-Request" in response.get("Vary", "") and response.status_code == 200:
                self.ask_for_fragment(address)

    def may_follow(self, link: str, is_generous: bool) -> bool:
        path, _, query = link.partition("?")
        if not path.startswith(self.root) or (self.who == VISITOR and path.startswith("/admin/")):
            return False
        name = route(path)
        paths = self.paths[name]
        if path not in paths and len(paths) >= PATHS[self.who]:
            return False
        paths.add(path)
        return is_generous or not query or self.has_room(name, path)

    def has_room(self, name: str, path: str) -> bool:
        """Return whether there is room for one more query string: of this path, and of this route."""
        if self.queries[path] >= QUERIES[self.who] or self.queries[name] >= QUERIES_OF_ROUTE[self.who]:
            return False
        self.queries.update([name, path])
        return True

    def ask_for_fragment(self, address: str) -> None:
        name = route(address.partition("?")[0])
        self.fragments[name] += 1
        if self.fragments[name] <= FRAGMENTS:
            self.crawl.ask(Request(self.who, address, headers=(("HX-Request", "true"),)))


@cache
def route(path: str) -> str:
    """Return what many addresses have in common, such as `frameworks/<slug:slug>/`."""
    from django.urls import Resolver404, resolve

    stem, ending = os.path.splitext(path)  # noqa: PTH122 - an address
    is_picture = ending in PICTURES
    try:
        return str(resolve(f"{stem}/" if is_picture else path).route) + ending * is_picture
    except Resolver404:
        return "none"


# What there is to look at


def history(crawl: Crawl, clock: Clock) -> tuple[str, str]:
    """Make a little of everything that leaves a trace. Return the addresses of a snapshot and an unconfirmed import."""
    from django.core.management import call_command

    clock.move(days=1)
    crawl.sign_in(SUPERUSER)
    crawl.sign_in(EDITOR)
    listed = crawl.ask(Request(SUPERUSER, RATINGS, note="before")).content.decode()
    changed, proposed, published, *_ = dict.fromkeys(re.findall(rf"{RATINGS}\d+/change/", listed))
    edit(crawl, SUPERUSER, changed)
    clock.move(hours=1)
    publish(crawl, edit(crawl, EDITOR, published))
    clock.move(hours=1)
    edit(crawl, EDITOR, proposed)
    clock.move(days=1)
    call_command("rename", "framework", *RENAMED, reason="So it is written.", verbosity=0, stdout=sys.stderr)
    clock.move(hours=1)
    frozen = crawl.ask(Request(VISITOR, FROZEN, "POST"))["Location"]
    object_to(crawl, clock)
    crawl.ask(Request(VISITOR, "/admin/login/", "POST"), {"username": SUPERUSER, "password": "wrong"})
    clock.at = TODAY
    crawl.sign_in(SUPERUSER)
    crawl.sign_in(EDITOR)
    return frozen, upload(crawl)


def edit(crawl: Crawl, who: str, address: str) -> Any:
    """Give a rating another score, by the form at the desk; send it without a reason and with an old version, too."""
    form = Form(crawl.ask(Request(who, address, note="before")).content.decode()).data
    form["score"] = ["3" if form["score"] == ["4"] else "4"]
    form["departure"] = ["The newest of the sources weighs more."]
    crawl.ask(Request(who, address, "POST", note="without a reason"), {**form, "_save": "Save"})
    data = {**form, "reason": "Read again.", "_save": "Save"}
    saved = crawl.ask(Request(who, address, "POST"), data)
    crawl.ask(Request(who, address, "POST", note="too late"), {**data, "verdict": "Another word or two"})
    return saved


def publish(crawl: Crawl, proposed: Any) -> None:
    """Publish as the superuser, who may."""
    address = proposed["Location"]
    form = Form(crawl.ask(Request(SUPERUSER, address, note="before")).content.decode()).data
    crawl.ask(Request(SUPERUSER, address, "POST"), {**form, "decision": "publish", "note": "So it is."})


def object_to(crawl: Crawl, clock: Clock) -> None:
    form = Form(crawl.ask(Request(VISITOR, OBJECTION, note="before")).content.decode()).data
    data = {**form, "text": "The second source says otherwise.", "url": "example.org/second"}
    crawl.ask(Request(VISITOR, OBJECTION, "POST", note="too soon"), data)
    clock.move(seconds=5)
    crawl.ask(Request(VISITOR, OBJECTION, "POST", note="too short"), {**data, "text": "No."})
    crawl.ask(Request(VISITOR, OBJECTION, "POST"), data)


def upload(crawl: Crawl) -> str:
    """Send all ratings back with one score changed; return the address of the preview."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    table = crawl.ask(Request(SUPERUSER, f"{RATINGS}export/csv/", note="before")).content
    file = SimpleUploadedFile("ratings.csv", table.replace(b",3,", b",4,", 1))
    return str(crawl.ask(Request(SUPERUSER, f"{RATINGS}import/", "POST"), {"file": file})["Location"])


def written_down() -> Iterator[str]:
    """Return all addresses that this file names."""
    yield from START
    for path, count in TABLES.items():
        yield path
        yield from (f"{path}?{view}" for view in VIEWS[:count])
    yield from (place.format(parties) for parties in PARTIES for place in PARTY_PLACES)
    yield from QUESTIONED


def described(crawl: Crawl) -> Iterator[str]:
    """Return every address of the API with each of its parameters, and some of them with a value that does not hold."""
    document = crawl.ask(Request(VISITOR, "/api/v1/openapi.json", note="first")).json()
    for template, methods in document["paths"].items():
        path = re.sub(r"\{(\w+)\}", lambda name: NAMES.get(name[1], "django"), template)
        path = path.replace("criteria/django", "criteria/performance")
        yield path
        yield f"{path}?none-such=1"
        told = [one for one in methods["get"]["parameters"] if one["in"] == "query"]
        for turn, one in enumerate(told):
            yield f"{path}?{one['name']}={good_value(one['schema'])}"
            if turn % 3 == 0:
                yield f"{path}?{one['name']}={BAD_VALUES[turn // 3 % len(BAD_VALUES)]}"


def good_value(schema: dict[str, Any]) -> str:
    schema = schema.get("items", schema)
    known = [*schema.get("enum", []), schema.get("maximum"), schema.get("minimum"), "2026-11-25"]
    return str(next(value for value in known if value is not None))


def other_ways(crawl: Crawl) -> None:
    """Ask by HEAD, by methods that are refused, from other sites, and for pages that are known already."""
    for address in WAYS:
        tag = crawl.ask(Request(VISITOR, address, note="for its tag")).get("ETag", "")
        for method in ("HEAD", "OPTIONS", "POST", "PUT"):
            crawl.ask(Request(VISITOR, address, method, note="another way"))
        crawl.ask(Request(VISITOR, address, headers=(("Origin", "https://elsewhere.example"),)))
        crawl.ask(Request(VISITOR, address, headers=(("Host", "elsewhere.example"),)))
        if tag:
            # Its tag is another after each change of the code, and so no part of the request's name.
            crawl.ask(Request(VISITOR, address, note="known already"), tag=tag)


def look_around(crawl: Crawl, frozen: str, imported: str) -> None:
    public = [*written_down(), *described(crawl)]
    frozen_api = frozen.replace("/s/", "/api/v1/snapshots/").rstrip("/")
    Walk(crawl, VISITOR, "/", [*START, frozen, frozen_api, *public]).go(all_links_on=START)
    other_ways(crawl)
    Walk(crawl, SUPERUSER, "/admin/", [*DESK, imported]).go(all_links_on=["/admin/"])
    Walk(crawl, EDITOR, "/admin/", [*DESK, imported]).go(all_links_on=["/admin/"])


def settled() -> None:
    """Set Django up, with settings that make neither answers nor waiting longer; static files are collected once."""
    import django
    from django.conf import settings

    files = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": files}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    test = settings.DATABASES["default"].setdefault("TEST", {})
    test.setdefault("NAME", f"touchstone_crawl_{os.getpid()}")
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def seed() -> None:
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed", stdout=sys.stderr)
    User.objects.create_superuser(SUPERUSER, f"{SUPERUSER}@example.org", "correct horse battery")
    editor = User.objects.create_user(EDITOR, is_staff=True, first_name="Eve", last_name="Stone")
    editor.groups.add(Group.objects.get(name="Editors"))


def crawled(directory: Path) -> int:
    """Crawl, in the process that `begin` starts."""
    logging.disable()  # what is refused is kept as an answer
    clock, chance = Clock(SEEDED), random.Random(1)  # noqa: S311 - the same each time
    start = perf_counter()
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        sys.exit(f"{directory} is not empty.")
    crawl = Crawl(directory, chance)
    with ours(clock, chance):
        settled()
        with database():
            seed()
            look_around(crawl, *history(crawl, clock))
    crawl.close()
    counts = ", ".join(
        f"{count} × {status}" for status, count in sorted(Counter(crawl.answers.values()).items())
    )
    print(
        f"{len(crawl.answers)} requests ({counts}) in {perf_counter() - start:.0f} s, "
        f"{process_time():.0f} s of processor."
    )
    print("".join(f"{failure}\n" for failure in crawl.failures), end="")
    return 0


def begin(directory: Path) -> int:
    """Crawl in a process of its own, in which nothing but this file decides about the environment."""
    with tempfile.TemporaryDirectory() as place:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            MARK: "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_SECRET_KEY": "crawl " * 10,
            "PYTEST_VERSION": "none",  # keeps the settings from reading .env
            "PYTHONHASHSEED": "0",
            "SITE_URL": SITE,
            "VAR_DIR": place,
        }
        command = [sys.executable, "-m", "benchmarks.crawl", str(directory)]
        return subprocess.run(command, env=environment, check=False).returncode


# Two crawls


def index_of(directory: Path) -> dict[str, str]:
    """Return the file of each request."""
    lines = (directory / INDEX).read_text().splitlines()
    return {request: file for file, _, request in (line.split(" ", 2) for line in lines)}


def first_difference(old: bytes, new: bytes) -> Iterator[str]:
    """Return the first lines that differ, from shortly before where they do."""
    pairs = zip_longest(old.split(b"\n"), new.split(b"\n"), fillvalue=b"")
    number, (was, now) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    differing = (place for place, (a, b) in enumerate(zip(was, now, strict=False)) if a != b)
    place = max(next(differing, min(len(was), len(now))) - 40, 0)
    for sign, line in (("-", was), ("+", now)):
        yield f"  {sign} line {number}: {line[place : place + 160].decode(errors='replace')}"


def compare(old: Path, new: Path, ignored: Iterable[str]) -> int:
    before, after = index_of(old), index_of(new)
    said: Counter[str] = Counter()
    for request in sorted(before | after):
        if any(fnmatchcase(request, glob) for glob in ignored):
            continue
        kind, lines = verdict(old, new, before.get(request), after.get(request))
        said[kind] += 1
        if kind != "alike":
            print("\n".join([f"{kind}: {request}", *lines]))
    print(", ".join(f"{said[kind]} {kind}" for kind in ("alike", "different", "missing", "new")) + ".")
    return int(said.total() > said["alike"])


def verdict(old: Path, new: Path, was: str | None, now: str | None) -> tuple[str, list[str]]:
    if was is None or now is None:
        return ("new" if was is None else "missing"), []
    pair = (old / was).read_bytes(), (new / now).read_bytes()
    return ("alike", []) if pair[0] == pair[1] else ("different", list(first_difference(*pair)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", nargs="?", type=Path, help="where the answers go; must be empty")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("OLD", "NEW"), help="two such directories")
    parser.add_argument("--ignore", action="append", default=[], metavar="GLOB", help="leaves requests out")
    asked = parser.parse_args()
    if asked.compare:
        old, new = asked.compare
        return compare(old, new, asked.ignore)
    if asked.directory is None:
        parser.error("name a directory, or two with --compare")
    return crawled(asked.directory) if MARK in os.environ else begin(asked.directory.resolve())


if __name__ == "__main__":
    sys.exit(main())
