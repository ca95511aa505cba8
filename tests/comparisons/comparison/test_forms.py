"""Forms read what the query string names; what it does not name costs nothing."""

import pytest
from django.http import QueryDict

from comparisons.comparison.filters import FrameworkFilter
from comparisons.comparison.forms import FrameForm, OembedForm, PageForm, ReadForm, WeighingForm


def weighing(query: str) -> WeighingForm:
    return WeighingForm(QueryDict(query), criteria=[], frameworks={})


@pytest.mark.parametrize(
    "form, fields",
    [
        (FrameForm(QueryDict("theme=dark&height=300")), ["theme", "height"]),
        (FrameForm(QueryDict("")), []),
        (weighing("open=flask:speed&sort=fit"), ["open", "sort"]),
        (weighing(""), []),
        (PageForm(QueryDict("page=2"), pages=3, of="abc"), ["page"]),
        (OembedForm(QueryDict("")), ["url"]),
    ],
)
def test_form_has_required_fields_and_those_that_the_query_names(form: ReadForm, fields: list[str]) -> None:
    assert list(form.fields) == fields


def test_forms_of_a_kind_do_not_share_what_is_left_out() -> None:
    assert not FrameForm(QueryDict("")).fields
    assert FrameForm(QueryDict("theme=dark")).clean_data == {"theme": "dark"}


def test_filter_without_filters_has_a_form_without_fields() -> None:
    filters = FrameworkFilter(QueryDict("w-speed=3"), facets=[], criteria=[])
    assert not filters.form.fields
    assert not filters.applied
    assert FrameworkFilter(QueryDict("q=fl"), facets=[], criteria=[]).applied == {"q": "fl"}
