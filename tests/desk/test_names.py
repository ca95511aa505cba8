"""Names on every way in: trimmed and composed, and no two that readers cannot tell apart."""

from typing import Any

import pytest
from django.test import Client

from comparisons.models import Option, Prompt, UseCase
from frameworks.models import (
    Component,
    Criterion,
    CriterionGroup,
    Facet,
    FacetValue,
    Framework,
    Question,
    Source,
    Versioned,
)
from frameworks.models.names import folded, tidy, tidy_name, with_article
from frameworks.record import revisions
from frameworks.record.pending import PendingWrite
from frameworks.record.revisions import Refused
from tests import factories
from tests.desk.acting import save
from tests.desk.reading import add_url, change_url, text_of
from tests.factories import MAKER

NO_BREAK, NO_WIDTH, JOINER = "\u00a0", "\u200b", "\u200d"


def test_text_is_trimmed_and_composed() -> None:
    assert tidy(f"{NO_BREAK}{NO_WIDTH} Two  words \ufeff\n") == "Two  words"
    assert tidy("Cafe\u0301") == "Caf\u00e9"
    assert tidy_name(f"Two{NO_BREAK} \t{NO_WIDTH}words") == "Two words"
    assert tidy("\x1b[31mRed\x07") == "[31mRed"
    family = f"👩{JOINER}👧"
    assert tidy_name(f" {family} ") == family


def test_names_fold_alike_that_readers_cannot_tell_apart() -> None:
    for name in ("DJANGO", "Ｄjango", f"Dj{NO_WIDTH}ango", f" Django{NO_BREAK}", f"{JOINER}django"):
        assert folded(name) == "django"
    assert folded("Жар-Птица") == folded("ЖАР-ПТИЦА")
    assert folded("Straße") == folded("STRASSE")
    assert folded("ﬁne") == folded("Fine")
    assert folded("Django\ufe0f") == folded("Djan\u034fgo") == "django"
    assert folded("İstanbul") == folded("istanbul") == folded("ıstanbul")
    assert folded("\ufe0f\u034f") == ""
    assert folded("Flask") != folded("Flasks")


NAMED: dict[type[Versioned], Any] = {
    Framework: factories.make_framework,
    CriterionGroup: factories.make_group,
    Criterion: factories.make_criterion,
    Facet: factories.make_facet,
    FacetValue: factories.make_facet_value,
    Source: factories.make_source,
    Component: factories.make_component,
    Question: factories.make_question,
    UseCase: factories.make_use_case,
    Prompt: factories.make_prompt,
    Option: factories.make_option,
}


@pytest.mark.both
@pytest.mark.django_db
def test_names_are_told_apart_on_every_way_in(ada: Client) -> None:
    """In one world for all kinds: by form, by the write path, alone and with others."""
    twins = ("ÉTÉ", "E\u0301te\u0301", f"É{NO_WIDTH}té{NO_BREAK}", "Été")
    for number, (model, make) in enumerate(NAMED.items()):
        name = model.name_field
        slug = {} if model is Source else {"slug": "first"}
        first = make(**{name: "Été"}, **slug)
        second = make(**{name: "Other"} | _beside(first))
        sentence = f"There is already {with_article(str(model._meta.verbose_name))} called “Été”."
        # All on the first kind, one after the other on the rest, which are written by the same code.
        for twin in twins[number % len(twins) :][:1] if number else twins:
            page = save(ada, change_url(second), **{name: twin}, reason="Named again.")
            assert page.status_code == 200, (model, twin)
            assert sentence in text_of(page)
        response = save(
            ada, change_url(second), **{name: f"{NO_BREAK}New \u00a0 name{NO_WIDTH}"}, reason="New."
        )
        assert response.status_code == 302, text_of(response)
        second.refresh_from_db()
        assert getattr(second, name) == "New name"
        setattr(second, name, "été")
        with pytest.raises(Refused, match=sentence):
            revisions.save(second, by=MAKER, reason="Named again.", seen=second.version)
        with pytest.raises(Refused, match=sentence):
            revisions.save_all([PendingWrite(second, {}, second.version, {name: "New name"})], by=MAKER)


def _beside(fact: Versioned) -> dict[str, Any]:
    return {fact.named_within: getattr(fact, fact.named_within)} if fact.named_within else {}


@pytest.mark.django_db
def test_values_of_two_facets_may_have_one_name() -> None:
    factories.make_facet_value(name="Both")
    factories.make_facet_value(name="both")


@pytest.mark.both
@pytest.mark.django_db
def test_add_form_refuses_twin_beside_the_field(ada: Client) -> None:
    factories.make_framework(name="Django")
    page = save(ada, add_url(Framework), name="DJANGO ", slug="django-2", reason="It is new.")
    assert "There is already a framework called “Django”. “DJANGO” differs from it only in case" in text_of(
        page
    )
    page = save(ada, add_url(Framework), name=NO_WIDTH, slug="blank", reason="It is new.")
    assert "This must not be empty." in text_of(page)
    assert Framework.objects.count() == 1


@pytest.mark.django_db
def test_twins_from_before_can_be_saved_and_told_apart(ada: Client) -> None:
    first, second = factories.make_framework(name="Django"), factories.make_framework(name="Other")
    Framework.objects.filter(pk=second.pk).update(name="django")
    assert save(ada, change_url(second), tagline="Changed.", reason="Told.").status_code == 302
    assert save(ada, change_url(first), name="Django 2", reason="Told apart.").status_code == 302
