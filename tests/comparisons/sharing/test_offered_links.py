"""Whatever mix of controls a visitor sets, the link offered for copying opens the same table, byte for byte."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from comparisons.comparison.permalinks import WEIGHT, View, versus
from comparisons.models import UseCase
from frameworks.models import Criterion, Facet, Framework, Rating, Revision
from frameworks.record import revisions
from tests import factories
from tests.database import analyse
from tests.draws import examples
from tests.html import read
from tests.pages import form_of, table

pytestmark = pytest.mark.django_db

PLANTED, CHANGED = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)
#: Today, as it was planted, as it is since, and today by its date.
DAYS = [None, date(2026, 4, 1), date(2026, 6, 1), timezone.localdate()]

#: Pages take their time: what is found is not made smaller.
many = examples(6, phases=set(Phase) - {Phase.shrink, Phase.explain})


@pytest.fixture(scope="module", autouse=True)
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The portal's own content, planted once, with a past that differs from today."""
    with django_db_blocker.unblock():
        call_command("seed", verbosity=0)
        Revision.objects.update(at=PLANTED)
        for rating in Rating.objects.published()[:20]:
            rating.score = 6 - rating.score
            revisions.save(rating, by=factories.MAKER, reason="Since.", seen=rating.version, at=CHANGED)
        analyse()
        yield
        call_command("flush", interactive=False, verbosity=0)


def one_of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


@st.composite
def mixes(draw: st.DrawFn) -> View:
    """Any mix of the controls of a matrix, most of them left alone in most."""
    criteria = list(Criterion.objects.scored().in_order().values_list("slug", flat=True))
    frameworks = list(Framework.objects.published().values_list("slug", flat=True))
    sorts = ["fit", "name", *criteria]
    facets = {facet.slug: [value.slug for value in facet.values.all()] for facet in Facet.objects.all()}

    def some(values: list[str], most: int) -> list[str]:
        return draw(st.lists(st.sampled_from(values), unique=True, max_size=most))

    shown = draw(st.just([]) | st.lists(st.sampled_from(criteria), unique=True, min_size=1))
    ticked = some(frameworks, 5)
    opened = st.sampled_from([f"{one}:{other}" for one in frameworks for other in criteria])
    return View(
        as_of=draw(st.sampled_from(DAYS)),
        q=draw(one_of("", "", "a", "API", "é & +", "zzz")),
        facets={slug: tuple(sorted(found)) for slug, values in facets.items() if (found := some(values, 1))},
        minimums=draw(st.dictionaries(st.sampled_from(criteria), st.integers(2, 4), max_size=2)),
        criteria=tuple(name for name in criteria if name in shown),
        use_case=draw(one_of("", *UseCase.objects.values_list("slug", flat=True))),
        weights=draw(st.dictionaries(st.sampled_from(criteria), st.integers(0, 10))),
        sort=draw(st.sampled_from([*sorts, *(f"-{name}" for name in sorts)])),
        baseline=draw(st.sampled_from(["", *frameworks])),
        only=draw(one_of("", "differences")),
        framework=tuple(ticked),
        open=draw(st.just("") | opened),
    )


def sent(view: View, path: str) -> str:
    """As the form sends it: every control, also those that say nothing, and all columns where none is left out."""
    criteria = list(Criterion.objects.scored().values_list("slug", flat=True))
    said = list(view.parameters())
    names = {name for name, _ in said}
    blank = {"q", "sort", "baseline", "open", "use-case", *(WEIGHT + name for name in criteria)} - names
    columns = [] if view.criteria else [("criteria", name) for name in criteria]
    return f"{path}?{urlencode([*said, *columns, *((name, '') for name in sorted(blank))])}"


def opened(client: Client, address: str) -> bytes:
    """The page as somebody sees it who comes without a past and without scripts."""
    response = client.get(address, follow=True)
    assert response.status_code == 200
    assert b'class="notices"' not in response.content
    return response.content


def offered(html: bytes) -> str:
    return read(html).all("#menu-take a")[0]["href"]


def is_pinned(link: str) -> bool:
    return len(re.findall(rf"[?&]{WEIGHT}", link)) == Criterion.objects.scored().count()


def check(client: Client, address: str) -> str:
    shown = opened(client, address)
    link = offered(shown)
    anew = opened(client, link)
    assert table(anew) == table(shown)
    # Not the table alone: chips, controls, why the order is as it is, and the link itself.
    assert form_of(anew) == form_of(shown)
    assert offered(anew) == link
    return link


@many
@given(view=mixes(), as_form=st.booleans())
def test_matrix_permalink_reopens_the_same_page(view: View, as_form: bool) -> None:
    check(Client(), sent(view, "/") if as_form else view.url("/"))


@many
@given(view=mixes(), data=st.data(), as_form=st.booleans())
def test_side_by_side_permalink_reopens_the_same_page(view: View, data: st.DataObject, as_form: bool) -> None:
    frameworks = list(Framework.objects.published().values_list("slug", flat=True))
    slugs = data.draw(st.lists(st.sampled_from(frameworks), unique=True, min_size=2, max_size=5))
    beside = view.side_by_side().but(baseline=data.draw(st.sampled_from(["", *slugs])))
    path = f"/compare/{versus(slugs)}/"
    check(Client(), sent(beside, path) if as_form else beside.url(path))


@pytest.mark.parametrize(
    "query, is_pinned_then",
    [("", False), ("sort=name&framework=flask&open=flask:performance", False), ("w-performance=0", True)],
)
def test_permalink_pins_all_weights_when_any_differs(
    client: Client, query: str, is_pinned_then: bool
) -> None:
    assert is_pinned(check(client, f"/?{query}")) == is_pinned_then
    assert is_pinned(check(client, f"/compare/django-vs-flask/?{query}")) == is_pinned_then
