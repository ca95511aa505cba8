"""Follow every link of the portal on another topic, and name each answer that fails or still speaks of web frameworks.

A topic is read when the process starts, so this is one of its own: `TOPIC=… VAR_DIR=… python -m tests.another_topic`
fills the empty database in VAR_DIR, reads pages, files, feeds and API as a visitor and the desk as a superuser, and
prints a line for each finding.
"""

import json
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlsplit

import django
from django.conf import settings

HOST = "http://127.0.0.1:8000"
#: Words of the topic that is shipped. The addresses, fields and file columns that keep their names are not read.
WORDS = re.compile(
    r"\b(frameworks?|python|django|flask|fastapi|litestar|tornado|sanic|quart|web2py|cherrypy|asgi|wsgi|orm)\b",
    re.IGNORECASE,
)
#: What is text for people although it is an attribute.
SPOKEN = {"title", "aria-label", "alt", "placeholder", "label", "content", "summary"}
#: What holds names for programs.
TECHNICAL = {"code", "pre", "kbd", "style"}
#: Where no link leads to, or only a form.
START = """
/ /compare/ /choose/ /capabilities/ /use-cases/ /method/ /glossary/ /search/ /search/?q=a /embed/ /api/ /frameworks/
/criteria/ /sources/ /components/ /disagreements/ /benchmarks/ /questions/ /changes/ /sitemap.xml /robots.txt /llms.txt
/changes.atom /accent.css /api/v1/ /api/v1/openapi.json /api/v1/docs /matrix.json /matrix.csv /matrix.md /matrix.svg
/none-such/ /?q=zzz /?baseline=none-such /?among=none-such /?framework=none-such /?as-of=2020-01-01 /oembed
/compare/none-such-vs-nothing/ /compare/none-such.json /api/v1/frameworks/none-such /api/v1/compare/none-such
/api/v1/matrix?after=* /changes/?framework=none-such /embed/?framework=none-such /frameworks/none-such/
""".split()
#: How many addresses of one route are read, those with a query apart.
EACH = 3
ADDRESS = re.compile(r"https?://\S+|(?<![\w.])/[\w./?&=%+{}:-]*|\?[\w-]+=\S*")
LINK = re.compile(r"""(?:href|src|hx-get|action)=["']([^"']*)["']|<loc>([^<]*)</loc>|"(http://127[^"]*)\"""")
LEFT_ALONE = re.compile(r"/static/|/admin/(logout|jsi18n|r/)|/live/|/ready/|\.png\b")


class Spoken(HTMLParser):
    """The texts of a page that people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SPOKEN and value]
        if tag in TECHNICAL or tag == "script":
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if self.within and self.within[-1] == "script":
            self.texts += _values(json.loads(data)) if data.strip().startswith("{") else []
        elif not self.within:
            self.texts.append(data)


def _values(data: Any) -> Iterator[str]:
    """Yield the texts in JSON: no names of fields, and no values that are names for programs."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in {"$ref", "operationId", "required", "enum", "model", "tags"} and not (
                name == "title" and isinstance(value, str) and " " not in value
            ):
                yield from _values(value)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value)
    elif isinstance(data, str) and " " in data:
        yield re.sub(r"`[^`]*`", "", data)


def spoken(response: Any) -> Iterator[str]:
    """Yield the texts of an answer, without the addresses in them."""
    kind = response.get("Content-Type", "").partition(";")[0]
    body = b"".join(response) if response.streaming else response.content
    text = body.decode(errors="replace")
    if kind == "text/html":
        page = Spoken()
        page.feed(text)
        texts = page.texts
    elif kind.endswith("json"):
        texts = list(_values(json.loads(text)))
    elif kind == "text/csv":
        _, _, text = text.partition("\n")  # the columns are names for programs, which an import reads
        texts = text.splitlines()
    else:
        texts = re.sub(r"<[^>]*>", "\n", text).splitlines()
    for each in texts:
        yield ADDRESS.sub(" ", each)


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
        if response.status_code >= 500:
            yield f"{address}: {response.status_code}"
        for text in spoken(response):
            if word := WORDS.search(text):
                yield f"{address}: …{' '.join(text[max(0, word.start() - 50) : word.end() + 30].split())}…"
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


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("seed", stdout=sys.stderr)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    visitor, editor = Client(raise_request_exception=False), Client(raise_request_exception=False)
    editor.force_login(
        User.objects.create_superuser("ada"), backend="django.contrib.auth.backends.ModelBackend"
    )
    if settings.TOPIC.accent.light not in visitor.get("/accent.css").content.decode():
        print("/accent.css: without the accent of the topic")  # noqa: T201
    for finding in [
        *findings(visitor, [*START, *unlinked(visitor)]),
        *findings(editor, ["/admin/", *at_the_desk(editor)], "/admin/"),
    ]:
        print(finding)  # noqa: T201


if __name__ == "__main__":
    main()
