"""Audit every type of page with Lighthouse, as a phone and as a desktop, behind the server as `make run` ships it.

Run it from the project's root, where Chromium is installed: `python -m benchmarks.lighthouse [PAGE ...]`. All pages
take half an hour on an idle machine. It needs Lighthouse 12 or later (`npm install lighthouse`), which is looked for on
PATH or named by --lighthouse. --url audits a portal that is already running, behind a proxy for instance.

The table has the scores of the four categories, 0 to 100, and the cumulative layout shift to three decimals, as
Lighthouse itself shows it. Simulated speed varies on a busy machine: what is below 100 is audited again, three or five
times in all, and the median counts; of layout shifts the largest does. Ends with status 1 unless every score is 100 and
nothing shifts, after saying which audits failed and what has moved.
"""

import argparse
import json
import os
import re
import shutil
import ssl
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from benchmarks.shipped import portal
from tests.browser.chromium import CHROMIUM_FLAGS, chromium

CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
#: Options of Lighthouse for each kind of device.
DEVICES = {"phone": [], "desktop": ["--preset=desktop"]}
#: One address for each type of page, and for each view that looks different.
PAGES = {
    "matrix": "/",
    "matrix, in use": "/?interface=asgi&w-performance=9&baseline=django&framework=django&framework=sanic&why=shown",
    "matrix, a cell open": "/?open=fastapi:performance",
    "matrix for a use case": "/?use-case=high-concurrency",
    "side by side": "/compare/django-vs-flask-vs-fastapi/",
    "side by side, rows open": "/compare/django-vs-flask-vs-fastapi/?rows=performance&rows=security&why=shown",
    "side by side, chooser": "/compare/",
    "snapshot": "{snapshot}",
    "snapshot, changes": "{snapshot}changes/",
    "frameworks": "/frameworks/",
    "framework": "/frameworks/fastapi/",
    "framework, claims open": "/frameworks/fastapi/?rows=performance&rows=documentation",
    "criteria": "/criteria/",
    "criterion": "/criteria/performance/",
    "sources": "/sources/",
    "source": "/sources/000/",
    "components": "/components/",
    "component": "/components/django-rest-framework/",
    "disagreements": "/disagreements/",
    "benchmarks": "/benchmarks/",
    "questions": "/questions/",
    "changes": "/changes/",
    "changeset": "{changeset}",
    "history of a cell": "/frameworks/fastapi/performance/history/",
    "objection": "/frameworks/fastapi/performance/objection/",
    "objection, sent": "/frameworks/fastapi/performance/objection/sent/",
    "use cases": "/use-cases/",
    "use case": "/use-cases/api-in-django/",
    "choose": "/choose/",
    "choose, answered": "/choose/?building=web-app&building=api&size=large",
    "capabilities": "/capabilities/",
    "capabilities, chosen": "/capabilities/?need=orm&need=authentication&need=async",
    "method": "/method/",
    "glossary": "/glossary/",
    "search": "/search/",
    "search, found": "/search/?q=flask",
    "embed": "/embed/",
    "embed, frame": "/embed/compare/django-vs-flask/",
    "embed, snapshot": "/embed{snapshot}",
    "API": "/api/",
    "API, to try out": "/api/v1/docs",
}
NOINDEX = '<meta name="robots" content="noindex">'
FREEZE = "/compare/django-vs-flask-vs-fastapi/freeze/"
#: How often Lighthouse may fail to record a page before that counts.
PATIENCE = 3


class NotAudited(Exception):
    """Lighthouse could not audit a page; the text says why."""


@dataclass(frozen=True)
class Audit:
    """What Lighthouse found on a page: scores by category, 0 to 100, the layout shift, and the audits that failed."""

    scores: tuple[int, ...]
    shift: float
    failed: tuple[str, ...]

    @property
    def is_perfect(self) -> bool:
        return set(self.scores) == {100} and not self.shift


def read(report: dict[str, Any]) -> Audit:
    """Return what a report of Lighthouse says. Raises NotAudited if it says nothing."""
    if error := report.get("runtimeError"):
        raise NotAudited(error["message"])
    categories, audits = report["categories"], report["audits"]
    failed = (
        f"{each['id']} {audits[each['id']].get('displayValue', '')}".strip()
        for category in CATEGORIES
        for each in categories[category]["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 1
        if audits[each["id"]]["scoreDisplayMode"] in {"binary", "numeric"}
    )
    shifts = (
        f"{each['node']['selector']} shifts by {each['score']:.3g}"
        for each in audits.get("layout-shifts", {}).get("details", {}).get("items", [])
        if each.get("node")
    )
    scores = tuple(round(100 * (categories[category]["score"] or 0)) for category in CATEGORIES)
    return Audit(scores, round(audits["cumulative-layout-shift"]["numericValue"], 3), (*failed, *shifts))


def combined(audits: Sequence[Audit]) -> Audit:
    """Return the median score of each category and the largest shift of audits of one page."""
    scores = zip(*(audit.scores for audit in audits), strict=True)
    return Audit(
        tuple(statistics.median_low(category) for category in scores),
        max(audit.shift for audit in audits),
        tuple(dict.fromkeys(failed for audit in audits for failed in audit.failed)),
    )


class Lighthouse:
    """The program, and the browser that it starts with an empty profile for each audit."""

    def __init__(self, program: str, browser: str, repeats: int) -> None:
        self.program, self.repeats = program, repeats
        self.environment = {**os.environ, "CHROME_PATH": browser}

    def audit(self, address: str, *options: str) -> Audit:
        """Audit a page until its median is perfect, or as often as may be. Raises NotAudited."""
        audits = [self._audit(address, *options)]
        while len(audits) < self.repeats and not (len(audits) % 2 and combined(audits).is_perfect):
            audits.append(self._audit(address, *options))
        return combined(audits)

    def _audit(self, address: str, *options: str) -> Audit:
        for _ in range(PATIENCE - 1):
            try:
                return read(self._report(address, *options))
            except NotAudited:
                continue
        return read(self._report(address, *options))

    def _report(self, address: str, *options: str) -> dict[str, Any]:
        flags = [*CHROMIUM_FLAGS, "--ignore-certificate-errors"]
        command = [
            self.program,
            address,
            "--quiet",
            "--output=json",
            "--disable-full-page-screenshot",
            f"--chrome-flags={' '.join(flags)}",
            f"--only-categories={','.join(CATEGORIES)}",
            *options,
        ]
        process = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        try:
            return dict(json.loads(process.stdout))
        except ValueError:
            raise NotAudited(process.stderr.strip()[-500:]) from None


def ask(url: str, path: str, method: str = "GET") -> tuple[Message, str]:
    """Return the headers of an answer and its content."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        # A certificate of one's own will do: only this machine is asked.
        context = ssl._create_unverified_context()  # noqa: S323, SLF001
        connection: HTTPConnection = HTTPSConnection(parts.netloc, context=context)
    else:
        connection = HTTPConnection(parts.netloc)
    connection.request(method, path)
    response = connection.getresponse()
    return response.headers, response.read().decode()


def placed(url: str) -> dict[str, str]:
    """Return the paths of what has its address by chance: a snapshot, which is made, and a changeset."""
    made, _ = ask(url, FREEZE, "POST")
    _, changes = ask(url, "/changes/")
    (changeset,) = re.findall(r'href="(/changes/[0-9a-f-]{36}/)', changes)[:1]
    return {"snapshot": urlsplit(made["Location"]).path, "changeset": changeset}


def is_unlisted(headers: Mapping[str, str] | Message, body: str) -> bool:
    """Return whether a page asks search engines not to list it, for which Lighthouse would take points off.

    Among them are frames, which also forbid the fetching by which Lighthouse reads the site's robots.txt.
    """
    return "noindex" in headers.get("X-Robots-Tag", "") or NOINDEX in body


def row(name: str, audits: Sequence[Audit]) -> str:
    """Return a row of the table."""
    cells = [cell for audit in audits for cell in (*map(str, audit.scores), f"{audit.shift:g}")]
    return f"| {name:23} | {' | '.join(f'{cell:>4}' for cell in cells)} |"


def heading() -> Iterator[str]:
    columns = [f"{device}: {what}" for device in DEVICES for what in (*CATEGORIES.values(), "CLS")]
    yield f"| {'Page':23} | {' | '.join(columns)} |"
    yield f"| {'-' * 23} | {' | '.join('---:' for _ in columns)} |"


def audit_pages(lighthouse: Lighthouse, url: str, names: Sequence[str]) -> bool:
    """Print the table of these pages and what failed; return whether all of them are perfect."""
    print("\n".join(heading()), flush=True)
    paths, failed = placed(url), []
    for name in names:
        path = PAGES[name].format(**paths)
        skipped = ["--skip-audits=is-crawlable,robots-txt"] if is_unlisted(*ask(url, path)) else []
        audits = {
            device: lighthouse.audit(url + path, *options, *skipped) for device, options in DEVICES.items()
        }
        print(row(f"{name}{' *' if skipped else ''}", [*audits.values()]), flush=True)
        failed += [
            f"{name}, {device}: {'; '.join(audit.failed)}"
            for device, audit in audits.items()
            if not audit.is_perfect
        ]
    print("\n".join(["", "* asks search engines not to list it, which is not counted", *failed]))
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(PAGES)}; all by default")
    parser.add_argument("--lighthouse", default=shutil.which("lighthouse"), help="the program")
    parser.add_argument("--chromium", default=chromium(), help="the browser")
    parser.add_argument("--repeats", type=int, default=5, help="audits of a page that is not perfect (5)")
    parser.add_argument("--url", help="of a portal with the seed's content that is already running")
    options = parser.parse_args()
    if unknown := set(options.pages) - set(PAGES):
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    if not options.lighthouse or not options.chromium:
        parser.error("install lighthouse and chromium, or name them by --lighthouse and --chromium")
    lighthouse = Lighthouse(options.lighthouse, options.chromium, options.repeats)
    with nullcontext(options.url) if options.url else portal() as url:
        return 0 if audit_pages(lighthouse, url.rstrip("/"), options.pages or [*PAGES]) else 1


if __name__ == "__main__":
    sys.exit(main())
