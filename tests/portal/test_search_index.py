"""The index is kept in the process, and made anew as soon as a fact has changed: nothing is found that is gone."""

import pytest
from django.db import transaction
from django.test import Client

from frameworks.record import revisions
from portal.search import documents
from portal.search.index import words
from tests import factories
from tests.html import read


def found(client: Client, query: str) -> list[str]:
    return read(client.get("/search/", {"q": query}).content).texts("form h3")


@pytest.mark.django_db(transaction=True)
def test_search_index_is_rebuilt_only_when_a_fact_changes(client: Client) -> None:
    numbat = factories.make_framework(name="Numbat")
    first = documents.index()
    assert documents.index() is first
    assert found(client, "numbat") == ["Numbat"]
    numbat.tagline = "Wombats welcome."
    revisions.save(numbat, by=factories.MAKER, reason="Said so.", seen=1)
    assert documents.index() is not first
    assert found(client, "wombats") == ["Numbat"]
    numbat.is_published = False
    revisions.save(numbat, by=factories.MAKER, reason="Not yet.", seen=2)
    assert found(client, "numbat") == found(client, "wombats") == []
    revisions.delete(numbat, by=factories.MAKER, reason="A mistake.", seen=3)
    factories.make_framework(name="Bilby")
    assert found(client, "bilby") == ["Bilby"]


@pytest.mark.django_db(transaction=True)
def test_search_index_discards_rolled_back_facts(client: Client) -> None:
    """As in the preview of a proposal: it sees what is written there, and nobody else does."""
    factories.make_framework(name="Bilby")
    kept = documents.index()
    with transaction.atomic():
        factories.make_framework(name="Numbat")
        assert found(client, "numbat") == ["Numbat"]
        transaction.set_rollback(True)
    assert documents.index() is kept
    # The next step may bear the number of the one that was taken back.
    factories.make_framework(name="Potoroo")
    assert found(client, "potoroo") == ["Potoroo"]
    assert found(client, "numbat") == []


def test_words_with_marks_of_any_script_are_whole() -> None:
    for text, folded in (
        ("עִבְרִית", ["עברית"]),
        ("مُحَمَّد flask", ["محمد", "flask"]),
        ("Nai\u0308ve", ["naive"]),
        ("3,000 django’s", ["3000", "django"]),
    ):
        assert words(text) == folded
