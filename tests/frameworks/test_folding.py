"""One folding for every filter, search and suggestion, on both databases."""

import unicodedata
from urllib.parse import urlencode

import pytest
from django.test import Client

from frameworks.models import Framework
from frameworks.serving.memory import current_facts
from frameworks.text.folding import folded
from tests import factories
from tests.desk.signing_in import sign_in
from tests.html import order, read
from tests.pages import get

#: A name, and what readers type for it.
NAMES = {
    "Жар-Птица": ["жар", "ЖАР-ПТИЦА", "жар\u2011птица", "птица"],
    "Çırağan İletişim": ["ciragan", "CIRAĞAN", "ÇIRAĞAN", "iletisim", "İLETİŞİM", "iletişim"],
    "Straßenkit": ["STRASSEN", "straße", "strassenkit"],
    "Naïveté": ["naivete", "NAÏVETÉ", unicodedata.normalize("NFD", "naïveté"), "nai\u200bvete", "ｎａｉｖｅ"],
    "Ærø Łódź": ["aero", "lodz", "ÆRØ"],
    "Σίσυφος": ["ΣΊΣΥΦΟΣ", "σισυφος"],
    "Ｗｉｄｅ": ["wide", "WIDE"],
}


@pytest.mark.parametrize("name, typed", [(name, text) for name, texts in NAMES.items() for text in texts])
def test_what_is_typed_is_in_the_folded_name(name: str, typed: str) -> None:
    assert folded(typed) in folded(name)
    assert folded(folded(name)) == folded(name)


@pytest.mark.both
@pytest.mark.django_db
def test_every_filter_search_and_suggestion_folds_alike(remembering: Client) -> None:
    client = remembering
    for number, name in enumerate(NAMES):
        factories.make_framework(name=name, slug=f"named-{number}", tagline="A kit.")
    factories.make_criterion()
    desk = sign_in(factories.make_editor())
    for number, (name, texts) in enumerate(NAMES.items()):
        for text in texts:
            query = urlencode({"q": text})
            assert order(get(client, f"/?{query}")) == [name], text
            found = client.get(f"/api/v1/matrix?{query}").json()["frameworks"]
            assert [framework["slug"] for framework in found] == [f"named-{number}"], text
            assert get(client, f"/names/?{query}").all("option")[0]["value"] == name, text
            if text == texts[-1]:
                assert name in get(client, f"/search/?{query}").one("main").text, text
            if text.isascii():
                continue
            listed = read(desk.get(f"/admin/frameworks/framework/?{query}").content)
            assert [name in row.text for row in listed.all("#result_list tbody tr")] == [True], text


#: What is typed without the blanks and marks of a name, or with others.
CLOSED = {
    "Жар-Птица": ["жар птица", "жарптица", "ар-пт"],
    "O’Neil": ["oneil", "o neil", "O'Neil", "o-nei"],
    "Fast Kit 2.0": ["fastkit", "fast-kit", "kit 20"],
}


@pytest.mark.django_db
def test_filters_and_suggestions_find_names_whatever_their_blanks_and_marks(client: Client) -> None:
    for number, name in enumerate(CLOSED):
        factories.make_framework(name=name, slug=f"named-{number}", tagline="A kit.")
    factories.make_criterion()
    for name, texts in CLOSED.items():
        for text in texts:
            query = urlencode({"q": text})
            assert order(get(client, f"/?{query}")) == [name], text
            assert [option["value"] for option in get(client, f"/names/?{query}").all("option")] == [name], (
                text
            )
    assert order(get(client, "/?q=-")) == ["Жар-Птица"]
    assert current_facts().catalogue.named("o neil") == Framework.objects.get(name="O’Neil")
