"""Terms of art: each is defined once, in the glossary, and explains itself where it stands."""

import pytest
from django.test import Client

from comparisons.pages.glossary import TERMS
from tests.pages import PAGES, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def test_terms_lead_to_their_definition_and_are_explained_once_a_page(client: Client) -> None:
    page = get(client, "/glossary/")
    defined = {part["id"]: part.one("dd").text for part in page.all(".glossary div")}
    assert list(defined) == [term.slug for term in TERMS]
    method = {part["id"] for part in get(client, "/method/").all("section")}
    assert {term.section for term in TERMS if term.section} <= method
    used = set()
    for path in PAGES.values():
        terms = [term["href"] for term in get(client, path).all("a.term")]
        assert len(terms) == len(set(terms)), path
        used |= set(terms)
    assert used <= {f"/glossary/#{slug}" for slug in defined}
    assert {"fit", "coverage", "band", "rank", "reading", "claim", "spread", "dispute"} <= {
        address.partition("#")[2] for address in used
    }


def test_glossary_has_the_words_of_each_title(client: Client) -> None:
    meanings = {term.get_absolute_url(): term.meaning for term in TERMS}
    for path in ("/", "/frameworks/flask/", "/disagreements/"):
        for term in get(client, path).all("a.term"):
            assert term["title"] == meanings[term["href"]]
