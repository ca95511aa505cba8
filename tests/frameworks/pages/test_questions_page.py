"""Questions with the answers of several sources beside each other, for readers and for search engines."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings

from frameworks.models import Question, Source
from frameworks.pages.structured import data_block, faq_page
from tests import factories
from tests.html import read
from tests.pages import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def told(client: Client) -> Any:
    """The questions that a search engine takes from the page."""
    (found,) = [data for data in blocks(client) if data["@type"] == "FAQPage"]
    return found


def blocks(client: Client) -> list[Any]:
    scripts = get(client, "/questions/").all("script[type=application/ld+json]")
    return [json.loads("".join(map(str, script.children))) for script in scripts]


# The page


def test_questions_page_shows_answers_with_their_sources(client: Client) -> None:
    section = get(client, "/questions/").one("section#fastest")
    assert section.one("h2").text == "Which is the fastest?"
    assert section.one(".aside p").text == "2 answers · ≠ disputed"
    assert section.texts(".voice h3") == ["FastAPI", "None in particular"]
    assert [voice.texts("p")[:2] for voice in section.all(".voice")] == [
        ["FastAPI, by far.", "The almanac, line 10 · asks this question"],
        [
            "Speed <b>&</b> more is the programmer's.",
            "The shop, line 28 · sells developers",
        ],
    ]


def test_questions_page_shows_the_dispute_before_the_answers(client: Client) -> None:
    factories.make_question(slug="silent", text="Has it no answer?")
    factories.make_answer(question=factories.make_question(slug="calm", text="Is it calm?"))
    page = get(client, "/questions/")
    assert page.one("section#fastest p.contested").text == "They part over FastAPI."
    assert page.all("section#calm p.contested") == []
    assert page.texts("nav.contents li") == ["Is it calm?", "Which is the fastest? ≠ the sources disagree"]


def test_questions_page_links_each_answer_to_its_claim_or_source(client: Client) -> None:
    first, second = get(client, "/questions/").all("section#fastest p.told")
    assert first.all("a")[1].text == "line 10"
    (claim,) = Question.objects.get(slug="fastest").claims.all()
    assert first.all("a")[1]["href"] == claim.get_absolute_url()
    assert get(client, "/sources/001/").all(f"li#{claim.key}")
    assert second.all("a")[1]["href"] == "/sources/002/"


def test_questions_page_lists_claims_in_details_elements(client: Client) -> None:
    section = get(client, "/questions/").one("section#fastest")
    assert section.texts("details summary") == [
        "Claims from this answer: 1 claim",
        "What sources say about this elsewhere: 1 claim",
    ]
    taken, elsewhere = section.texts("details li")
    assert taken.startswith("FastAPI, Performance Says something")
    assert "The almanac, line 10, prose" in elsewhere


def test_questions_page_hides_claims_on_unpublished_frameworks(client: Client) -> None:
    hidden = factories.make_claim(framework=factories.make_framework(name="Secret", is_published=False))
    asked = factories.make_question(slug="secrets", claims=[hidden])
    factories.make_answer(question=asked, claims=[hidden])
    assert get(client, "/questions/").one("section#secrets").all("details") == []
    assert "Secret" not in client.get("/questions/").content.decode()


def test_source_lists_the_questions_it_answers(client: Client) -> None:
    section = get(client, "/sources/002/").one("section#answers")
    assert section.texts("dl div") == ["Which is the fastest? None in particular line 28"]
    assert section.one("dt a")["href"] == "/questions/#fastest"


@pytest.mark.parametrize("path", ["/", "/nowhere/"])
def test_pages_link_to_questions_and_benchmarks(client: Client, path: str) -> None:
    page = read(client.get(path).content)
    links = {link["href"] for link in page.all("header a")}
    assert {"/questions/", "/benchmarks/"} <= links


# What search engines read


def test_faq_data_names_every_source_in_a_single_answer(client: Client) -> None:
    assert told(client) == {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": "Which is the fastest?",
                "url": "http://127.0.0.1:8000/questions/#fastest",
                "acceptedAnswer": {
                    "@type": "Answer",
                    "text": "The almanac: FastAPI. FastAPI, by far. The shop: None in particular. Speed <b>&</b> more "
                    "is the programmer's. They part over FastAPI.",
                },
            }
        ],
    }


def test_faq_data_uses_the_site_url(client: Client) -> None:
    with override_settings(SITE_URL="https://touchstone.example"):
        (asked,) = told(client)["mainEntity"]
    assert asked["url"] == "https://touchstone.example/questions/#fastest"


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>",
        "<!-- <script>",
        "]]>",
        "&lt; & \u2028 \U0001f984 \\ \" '",
        "{{ x }}",
    ],
)
def test_faq_data_escapes_text(client: Client, text: str) -> None:
    data = {"said": text}
    (script,) = read(data_block(data)).children
    assert not isinstance(script, str)
    assert json.loads("".join(map(str, script.children))) == {"@context": "https://schema.org", **data}
    factories.make_answer(
        question=Question.objects.get(slug="fastest"),
        source=Source.objects.get(key="001"),
        line=11,
        stance=text,
        text=text,
    )
    (asked,) = told(client)["mainEntity"]
    assert f"The almanac: {text}. {text}" in asked["acceptedAnswer"]["text"]


def test_faq_data_is_omitted_without_questions(client: Client) -> None:
    assert faq_page([])["mainEntity"] == []
    Question.objects.get(slug="fastest").answers.all().delete()
    assert [data["@type"] for data in blocks(client)] == ["BreadcrumbList"]
