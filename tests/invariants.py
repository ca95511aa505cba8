"""What holds for every page: asserted of the answer that a visitor got, whatever the topic."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from frameworks.serving.version import empty_sections
from tests.html import Element, read

SITE = "http://127.0.0.1:8000/"


@dataclass(frozen=True)
class Visit:
    """A page as a visitor got it, and as htmx got it."""

    path: str
    response: Any
    fragment: Any

    @cached_property
    def page(self) -> Element:
        return read(self.response.content)


# The invariants. Each asserts one thing of one page; `public` ones are not asked of the desk.

Invariant = Callable[[Visit], None]
PUBLIC: list[Invariant] = []
EVERYWHERE_AND_DESK: list[Invariant] = []


def public(invariant: Invariant) -> Invariant:
    PUBLIC.append(invariant)
    return invariant


def everywhere(invariant: Invariant) -> Invariant:
    EVERYWHERE_AND_DESK.append(invariant)
    return invariant


@public
def sets_no_cookie_and_depends_on_none(visit: Visit) -> None:
    for response in (visit.response, visit.fragment):
        assert not response.cookies
        assert "Set-Cookie" not in response
        assert "Cookie" not in response.get("Vary", "")


@public
def has_the_security_headers(visit: Visit) -> None:
    expected = {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Content-Type": "text/html; charset=utf-8",
    }
    assert {name: visit.response.get(name) for name in expected} == expected


@everywhere
def may_not_be_framed(visit: Visit) -> None:
    assert "frame-ancestors 'none'" in visit.response["Content-Security-Policy"]
    assert visit.response["X-Frame-Options"] == "DENY"


@everywhere
def needs_nothing_that_the_policy_forbids(visit: Visit) -> None:
    assert visit.page.all("style") == []
    scripts = [script for script in visit.page.all("script") if script.attributes.get("type") != LINKED_DATA]
    assert [script for script in scripts if "src" not in script or script.text] == []
    for element in visit.page.descendants:
        assert "style" not in element, element
        assert not [name for name in element.attributes if name.startswith(("on", "hx-on"))], element
        for name in ("href", "src", "action", "formaction"):
            assert not element.attributes.get(name, "").lower().startswith(("javascript:", "data:")), element
        # Trigger filters, js: and hx-vals need eval, which the policy forbids.
        trigger = element.attributes.get("hx-trigger", "").replace("<[name]/>", "")
        assert not re.search(r"\[[^\]]*[=(]", trigger), element
        assert "js:" not in "".join(element.attributes.values()), element


#: Links that no browser follows by itself.
MERELY_NAMED = {"canonical", "alternate"}
LINKED_DATA = "application/ld+json"


@everywhere
def loads_nothing_from_elsewhere(visit: Visit) -> None:
    loaded = [element["src"] for element in visit.page.descendants if "src" in element]
    loaded += [link["href"] for link in visit.page.all("link") if link["rel"] not in MERELY_NAMED]
    own = ("/static/", "/accent.css", "/favicon.svg")  # the last two: of a topic with a colour of its own
    assert [address for address in loaded if not address.startswith(own)] == []


@public
def has_one_heading_a_title_a_description_and_an_address(visit: Visit) -> None:
    page = visit.page
    assert page.one("h1").text
    assert page.one("head title").text.endswith(f" · {settings.SITE_NAME}")
    assert len(page.one("meta[name=description]")["content"]) > 30
    assert page.one("link[rel=canonical]")["href"].startswith(SITE)
    assert page.one("html")["lang"] == "en-GB"
    assert len(page.all("main")) == 1


@public
def leaves_out_no_level_of_headings(visit: Visit) -> None:
    headings = [element for element in visit.page.descendants if re.fullmatch("h[1-6]", element.tag)]
    levels = [int(element.tag[1]) for element in headings]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


@public
def has_links_that_lead_somewhere(visit: Visit) -> None:
    ids = {element["id"] for element in visit.page.descendants if "id" in element}
    for link in visit.page.all("a"):
        assert link.text, link
        assert link["href"].startswith(("/", "#")), link["href"]
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids, link["href"]


@public
def has_buttons_that_belong_to_a_form(visit: Visit) -> None:
    within = [button for form in visit.page.all("form") for button in form.all("button")]
    # Without scripts a link stands in for the button that copies or shares it or its file, or prints the page; the
    # switch of the theme is hidden until its script shows it.
    copying = {
        "data-copy-link",
        "data-copy-file",
        "data-copy-text",
        "data-copy-from",
        "data-share",
        "data-print",
    }
    alone = [button for button in visit.page.all("button") if not copying & button.attributes.keys()]
    outside = [button for button in alone if button not in within]
    assert [("data-theme-switch" in button, "hidden" in button) for button in outside] == [(True, True)]


@public
def has_buttons_whose_words_are_one_piece(visit: Visit) -> None:
    """A button is a flex box, which drops the blanks between its pieces."""
    for button in visit.page.all(".button"):
        assert len(button.parts) <= 1, button.parts


@public
def calls_links_by_what_they_show(visit: Visit) -> None:
    """Whoever speaks to the screen says what stands there."""
    for link in visit.page.all("a[aria-label]"):
        shown, said = (set(re.findall(r"\w+", text)) for text in (link.text, link["aria-label"]))
        assert shown <= said, link["aria-label"]


@public
def leads_to_no_section_with_nothing_in_it(visit: Visit) -> None:
    empty = {reverse(name) for name in empty_sections()} - {urlsplit(visit.path).path}
    assert not empty & {urlsplit(link["href"]).path for link in visit.page.all("main a[href]")}


@public
def has_forms_that_only_ask(visit: Visit) -> None:
    """Only freezing writes something."""
    forms = [form for form in visit.page.all("form") if form.attributes.get("id") != "freeze"]
    assert {form["method"] for form in forms} <= {"get"}


@public
def tells_machines_nothing_that_is_empty(visit: Visit) -> None:
    for script in visit.page.all(f"script[type={LINKED_DATA}]"):
        data = json.loads("".join(map(str, script.children)))
        assert data["@context"] == "https://schema.org"
        for thing in things(data):
            assert all(value not in ("", [], {}, None) for value in thing.values()), thing
            assert thing.get("url", SITE).startswith(("http://", "https://")), thing


def things(data: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects within."""
    if isinstance(data, list):
        for item in data:
            yield from things(item)
    elif isinstance(data, dict):
        yield data
        for value in data.values():
            yield from things(value)


def broken(invariant: Invariant, visits: list[Visit]) -> list[str]:
    """Return a line for each page that breaks it."""
    lines = []
    for visit in visits:
        try:
            invariant(visit)
        except (AssertionError, KeyError) as reason:
            lines.append(f"{visit.path}: {invariant.__name__}: {reason!r}")
    return lines
