"""Every form of the desk says what is wrong in the portal's words, none in Django's."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from desk.editing.refusals import PlainErrors
from frameworks.models import Benchmark, Claim, Criterion, Facet, Rating, Source, Versioned, versioned_models
from frameworks.models.constraints import SLUG_SENTENCE
from tests import factories
from tests.desk.acting import changed_cell, edit, save, send
from tests.desk.reading import add_url, change_url, form_on, list_url
from tests.desk.signing_in import sign_in
from tests.html import read

pytestmark = pytest.mark.django_db

STOCK = re.compile(
    r"^(This field |This value |Enter a valid |Enter a (whole )?number\.|Enter a list|Ensure |Select a |“.*” value |"
    r"“.*” is not a valid |Value .* is not |No file was |The submitted |Please |Constraint |The two password fields|"
    r"Your old password)|with this .* already exists|already exists\.$"
)
#: Too little, more than either database holds, too long and no single line.
BAD = ["-1", "9" * 30, "x y\n" * 1500]
ACCOUNTS = ["/admin/auth/user/add/", "/admin/auth/group/add/", "/admin/password_change/"]


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def sentences(page: Any) -> list[str]:
    return read(page.content).texts(".errorlist li")


def spoilt(page: Any, values: Sequence[str]) -> dict[str, Any]:
    """Return the form with one of the values in every field of it, and in a new row of every kind below it."""
    data: dict[str, Any] = dict(form_on(page))
    for index, field in enumerate(read(page.content).all("#content-main [name]")):
        name, kind = field["name"], field.attributes.get("type", "")
        if name.endswith("TOTAL_FORMS"):
            data[name] = ["1"]
        elif kind not in {"hidden", "submit", "checkbox", "file"} and "INITIAL" not in name:
            data[name.replace("__prefix__", "0")] = [values[index % len(values)]]
    return data | {"_save": "Save"}


def test_every_form_of_the_desk_has_plain_errors() -> None:
    own = [form for form in subclasses(forms.BaseForm) if form.__module__.startswith("desk.")]
    assert len(own) > 20
    assert [form for form in own if not issubclass(form, PlainErrors)] == []
    for model, each in admin.site._registry.items():
        assert issubclass(each.form, PlainErrors) or not hasattr(each, "bulk_actions"), model


@pytest.mark.slow
def test_no_field_of_any_form_speaks_as_django_does() -> None:
    root = sign_in(User.objects.create_superuser("root"))
    factories.one_of_each()
    pages = [*map(add_url, versioned_models().values()), *ACCOUNTS]
    said: set[str] = set()
    for url in [*pages, change_url(Rating.objects.get())]:
        form = root.get(url)
        for values in ([""], BAD):
            said |= {*sentences(root.post(url, spoilt(form, values)))}
    assert [sentence for sentence in said if STOCK.search(sentence)] == []
    assert len(said) > 30


def test_errors_name_the_value_and_what_would_do(ada: Client) -> None:
    page = save(ada, add_url(Criterion), position="9" * 12, default_weight="11", group="9" * 10, slug="A B")
    for sentence in (
        "This number is too large. The highest is 32,767. You entered “999999999999”.",
        "The default weight must be between 0 and 10. You entered “11”.",
        "Choose one of the values in the list.",
        "This must not be empty.",
        f"{SLUG_SENTENCE} You entered “A B”.",
    ):
        assert sentence in sentences(page)
    typed = {"url": "here", "read_on": "31.31.2026", "line_count": "many"}
    page = ada.post(add_url(Source), form_on(ada.get(add_url(Source)), **typed))
    for sentence in (
        "This is not a web address, such as https://example.org. You entered “here”.",
        "“31.31.2026” is not a date. Write dates as 2026-11-20.",
        "“many” is not a whole number. Write it in figures, such as 28.",
    ):
        assert sentence in sentences(page)
    for model, field in ((Source, "read_on"), (Rating, "reviewed_on"), (Benchmark, "measured_on")):
        for day, sentence in (
            ("9999-12-31", "This day is in the future. Today is"),
            ("1815-12-10", "The year must not be before 1990."),
        ):
            said = sentences(ada.post(add_url(model), form_on(ada.get(add_url(model)), **{field: day})))
            assert any(each.startswith(sentence) for each in said)
    rating = factories.make_rating()
    answer = ada.post(list_url(Rating), edit(ada.get(list_url(Rating)), {rating: {"score": 9}}))
    assert "The score must be between 1 and 5. You entered “9”." in sentences(answer)
    [outcome] = send(ada, changed_cell(rating, score=9)).json()["outcomes"]
    assert outcome["sentence"] == "Score: The score must be between 1 and 5."


@pytest.mark.both
@pytest.mark.parametrize("value", ["2147483648", "9" * 19, "9" * 5000], ids=["2³¹", "19", "5000"])
def test_numbers_that_no_database_holds_are_refused_beside_the_field(ada: Client, value: str) -> None:
    """Positions, weights, days, lines and counts; by form, row, list and grid."""
    rating = factories.make_rating()
    models: list[type[Versioned]] = [Criterion, Facet, Claim, Source]
    for model in models:
        form = ada.get(add_url(model))
        numbers = [field["name"] for field in read(form.content).all("#content-main input[type=number]")]
        numbers = [name for name in numbers if "__prefix__" not in name]
        assert numbers
        page = ada.post(add_url(model), form_on(form, reason="New.", **dict.fromkeys(numbers, value)))
        shown = read(page.content)
        for name in numbers:
            assert shown.texts(f"#id_{name}_error li"), (model, name)
    row = {"values-TOTAL_FORMS": "1", "values-0-name": "x", "values-0-slug": "x", "values-0-position": value}
    page = save(ada, add_url(Facet), name="New", slug="new", help="Which?", reason="New.", **row)
    assert read(page.content).texts("#id_values-0-position_error li")
    page = ada.post(list_url(Rating), edit(ada.get(list_url(Rating)), {rating: {"score": value}}))
    assert sentences(page)
    order = list_url(Criterion)
    page = ada.post(
        order, form_on(ada.get(order), reason="Moved.", _save="Save", **{"form-0-position": value})
    )
    assert read(page.content).texts("#id_form-0-position_error li")
    claim = changed_cell((rating.framework, rating.criterion), source=Source.objects.first().key, line=value)  # type: ignore[union-attr]
    [outcome] = send(ada, claims=[{**claim, "part": "prose", "paraphrase": "It is."}]).json()["outcomes"]
    assert outcome["sentence"].startswith("Line: ")
