"""Every parameter and every path is given junk of many kinds, from several clients at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice, product
from pathlib import Path
from random import Random
from time import monotonic
from urllib.parse import quote

from benchmarks.drills.databases import database
from benchmarks.drills.load import Request, get
from benchmarks.drills.scene import Row, Scene, at_most, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import descendants, free_port
from comparisons.comparison.permalinks import PARAMETERS

PROCESSES, CLIENTS = 2, 4
#: Megabytes that each process may take more after all of it, beside what it may keep of answers and pieces.
MEMORY = 150
#: Seconds for which addresses are asked for, in the long form and in the short one: a slow machine gets through fewer.
ASKED_FOR = (6_600, 150)
#: What would show that markup, or a line of a header, has been passed on as it came.
MARK, HEADER = "<k9", "x-k9"

#: Texts, escaped below.
TEXTS = (
    "", " ", "0", "-1", "1.5", "1e400", "NaN", "Infinity", "9" * 30, "-" + "9" * 30,
    "0x10", "1_000", "١٢", "²", "½",
    "null", "None", "undefined", "true", "[]", "{}", "[object Object]", "x" * 300,
    "x" * 3_000, "é", "ﬁ", "İ", "ß",
    "e\u0301", "日本語", "עברית", "😀", "👩‍👩‍👧", "\u202e", "\u200b", "\ufeff", "\ud7ff",
    "\uffff", "\U0010ffff", "\0", "a\0b",
    "\t", "\n", "\r\n", "\x1b[31m", "\x7f", "\u2028", "'", '"', "''", "\\", "\\\\", "`",
    ";", "--", "/*", "' OR 1=1 --",
    "1; DROP TABLE frameworks_rating", "%' AND 1=0", "_", "%", "*", "<k9 onload=k9>", '"><k9>', "'><k9>", "<!--<k9>",
    "</script><k9>", "javascript:k9", "{{ 7|add:7 }}", "{% load k9 %}", "${7*7}",
    "../../../../etc/passwd", "..\\..\\k9",
    "//example.org", "https://example.org/", "\r\nX-K9: 1", "a,b", "a;b", "a|b", "a:b", "django:", ":performance",
    "2026-13-45", "0000-00-00", "9999-12-31", "-vs-", "django-vs-django", "(" * 500, "&amp;", "&#x3c;k9&#x3e;",
    "a=b&c=d",
)  # fmt: skip
#: Escapes that are no text.
ESCAPES = (
    "%",
    "%z",
    "%u0041",
    "%ff%fe",
    "%c0%af",
    "%ed%a0%80",
    "%00",
    "%25%30%30",
    "%2e%2e%2f",
    "%252e%252e%252f",
)
JUNK = (*(quote(text, safe="", errors="surrogatepass") for text in TEXTS), *ESCAPES)

#: Of a permanent copy and of what was saved together, which are not there: what the address says is read before.
COPY, SAVED = "a" * 26, "11111111-2222-4333-8444-000000000000"
PAGES = (
    "/", "/compare/", "/compare/django-vs-flask/", "/compare/django-vs-flask/freeze/", "/matrix/freeze/", "/choose/",
    "/capabilities/", "/use-cases/", "/use-cases/rest-api/", f"/s/{COPY}/", f"/s/{COPY}/changes/", f"/s/{COPY}.csv",
    "/frameworks/", "/frameworks/django/", "/frameworks/django/performance/history/",
    "/frameworks/django/performance/objection/", "/frameworks/django/performance/objection/sent/",
    "/criteria/", "/criteria/performance/", "/sources/", "/sources/000/", "/components/", "/components/sqlalchemy/",
    "/questions/", "/disagreements/", "/benchmarks/", "/method/", "/glossary/", "/changes/", f"/changes/{SAVED}/",
    "/search/", "/embed/", "/embed/compare/django-vs-flask/", f"/embed/s/{COPY}/", "/oembed", "/names/",
    "/matrix.csv", "/matrix.json", "/matrix.md", "/matrix.png", "/frameworks/django.svg", "/frameworks/django.atom",
    "/compare/django-vs-flask.csv", "/compare/django-vs-flask.atom", "/changes.atom", "/sitemap.xml",
    "/sitemap-frameworks-1.xml", "/llms.txt", "/robots.txt", "/accent.css", "/favicon.svg", "/favicon.ico",
    "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png", "/apple-touch-icon-120x120.png",
    "/apple-touch-icon-120x120-precomposed.png", "/live/", "/ready/",
    "/api/", "/api/v1/", "/api/v1/docs", "/api/v1/openapi.json", "/api/v1/matrix", "/api/v1/compare/django-vs-flask",
    "/api/v1/frameworks", "/api/v1/frameworks/django", "/api/v1/criteria", "/api/v1/criteria/performance",
    "/api/v1/sources", "/api/v1/sources/000", "/api/v1/claims", "/api/v1/claims/000", "/api/v1/ratings",
    "/api/v1/ratings/django/performance", "/api/v1/changes", f"/api/v1/snapshots/{COPY}",
    "/admin/login/", "/nowhere/",
)  # fmt: skip
OTHER_PARAMETERS = frozenset(
    {
        "w-performance",
        "min-performance",
        "kind",
        "server",
        "built-in",
        "need",
        "format",
        "maxwidth",
        "url",
        "since",
    }
    | {"cursor", "limit", "source", "criterion", "k9"}
)
#: `{}` stands for junk.
PATHS = (
    "/{}", "/{}/", "/frameworks/{}/", "/frameworks/{}.png", "/frameworks/{}.atom", "/criteria/{}/", "/sources/{}/",
    "/components/{}/", "/use-cases/{}/", "/compare/{}/", "/compare/django-vs-{}/", "/compare/{}-vs-flask/",
    "/compare/{}.csv", "/embed/compare/{}/", "/s/{}/", "/changes/{}/", "/frameworks/{}/performance/history/",
    "/frameworks/django/{}/history/", "/frameworks/django/{}/objection/", "/matrix.{}", "/static/{}", "/admin/{}/",
    "/api/v1/{}", "/api/v1/frameworks/{}", "/api/v1/ratings/{}/performance", "/api/v1/compare/{}", "/sitemap-{}.xml",
    "/sitemap-frameworks-{}.xml", "/{}.svg", "/compare/{}.atom", "/compare/{}/freeze/", "/s/{}.csv", "/s/{}/changes/",
    "/embed/s/{}/", "/embed/{}/", "/frameworks/django/{}/objection/sent/", "/api/v1/criteria/{}",
    "/api/v1/sources/{}", "/api/v1/claims/{}", "/api/v1/snapshots/{}",
)  # fmt: skip


def drill(scene: Scene) -> Iterator[Row]:
    with _running(scene) as (port, server):
        for page in PAGES:  # by which templates and facts are read
            get(port, page)
        processes = descendants(server)
        before = _memory(processes)
        faults: dict[str, list[str]] = {"5xx": [], "slow": [], "reflected": []}
        number, end = scene.long(300_000, 3_000), monotonic() + scene.long(*ASKED_FOR)

        def ask(path: str) -> Request | None:
            return get(port, path) if monotonic() < end else None

        asked = 0
        with ThreadPoolExecutor(CLIENTS) as pool:
            for request in filter(None, pool.map(ask, _addresses(number))):
                asked += 1
                for fault in _faults(request):
                    faults[fault].append(str(request)[:200])
        yield row(
            "no server error, and no connection without an answer",
            *faults["5xx"],
            figure=f"{asked:,} requests",
        )
        yield row("there was time for all of them", *["there was not"] * (asked < number))
        yield row("each is answered within 2 s", *faults["slow"])
        yield row("nothing that was sent comes back as markup or as a header", *faults["reflected"])
        grown = max(after - first for first, after in zip(before, _memory(processes), strict=True))
        yield at_most("memory that a process has grown by", grown, MEMORY, "MB")


def _addresses(number: int) -> Iterator[str]:
    """Return `number` addresses with junk in paths, in names of parameters and in their values, in the same order each
    time. Where there are fewer of a kind, they come again."""
    parameters = sorted(PARAMETERS | OTHER_PARAMETERS)
    in_paths = [path.format(junk) for path, junk in product(PATHS, JUNK)]
    in_parameters = [f"{page}?{name}={junk}" for page, name, junk in product(PAGES, parameters, JUNK)]
    in_names = [f"{page}?{junk}={junk}" for page, junk in product(PAGES, JUNK)]
    random = Random(9)  # noqa: S311 - no secret depends on it
    per_kind = number // 4
    return islice(
        _shuffled(
            random, [(in_paths, per_kind), (in_names, per_kind), (in_parameters, number - 2 * per_kind)]
        ),
        number,
    )


def _shuffled(random: Random, parts: Sequence[tuple[list[str], int]]) -> Iterator[str]:
    for addresses, number in parts:
        yield from random.sample(addresses, min(number, len(addresses)))
        yield from random.choices(addresses, k=max(0, number - len(addresses)))


def _faults(request: Request) -> Iterator[str]:
    if request.status == 0 or request.status >= 500:
        yield "5xx"
    if request.seconds > 2:
        yield "slow"
    is_page = request.headers.get("content-type", "").startswith(
        ("text/html", "image/svg", "application/atom")
    )
    if (is_page and MARK.encode() in request.content) or HEADER in request.headers:
        yield "reflected"


@contextmanager
def _running(scene: Scene) -> Iterator[tuple[int, int]]:
    """Serve the portal; yield its port, and the number of the process whose children answer."""
    with database(scene) as place:
        instance = Instance(ROOT / "fixtures", scene.directory / "var", free_port(), place.url, PROCESSES)
        instance.var.mkdir(exist_ok=True)
        instance.run("bin/prepare.py")
        with instance.serving() as server:
            yield instance.port, server.pid


def _memory(processes: Sequence[int]) -> list[float]:
    """Return the resident memory of each process, in MB."""
    lines = [Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0] for pid in processes]
    return [int(line) / 1e3 for line in lines]
