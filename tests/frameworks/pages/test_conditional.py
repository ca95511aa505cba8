"""Whoever has a page as it stands is told so, from one query, and nobody is told so who has it otherwise."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Claim, EditorProfile, Framework
from frameworks.pages import conditional
from frameworks.record import revisions
from tests import factories
from tests.pages import ERRORS, PAGES, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FEEDS = ["/changes.atom", "/frameworks/flask.atom", "/compare/flask-vs-fastapi.atom"]
#: Each costs more than one query when it has to be made. A snapshot does not, and never changes.
EVERYWHERE = [path for name, path in PAGES.items() if name not in {"objection sent", "snapshot"}] + FEEDS


def tag(client: Client, path: str = "/", **headers: str) -> str:
    return str(client.get(path, headers=headers)["ETag"])


@pytest.mark.parametrize("path", EVERYWHERE)
def test_pages_answer_304_with_a_single_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    whole = client.get(path)
    conditional.release()
    for method in (client.get, client.head):
        with django_assert_num_queries(1):
            response = method(path, headers={"If-None-Match": f'"other", {whole["ETag"]}'})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == whole["ETag"]
        kept = {name.strip() for name in whole.get("Vary", "").split(",")} - {"Accept-Encoding"}
        assert kept <= {name.strip() for name in response.get("Vary", "").split(",")}


@pytest.mark.parametrize("path", EVERYWHERE)
def test_pages_get_new_etag_after_a_change(client: Client, path: str) -> None:
    before = tag(client, path)
    change(Framework.objects.get(slug="flask"), tagline="Changed")
    response = client.get(path, headers={"If-None-Match": before})
    assert response.status_code == 200
    assert response["ETag"] != before


def test_etag_differs_by_address_and_fragment(client: Client) -> None:
    fragment = tag(client, "/", **{"HX-Request": "true"})
    restored = tag(client, "/", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    tags = [tag(client, path) for path in EVERYWHERE]
    assert len({fragment, *tags}) == len(EVERYWHERE) + 1
    assert restored == tag(client, "/")  # to restore its history, htmx is given the page


def test_etag_changes_with_deletions_and_editor_names(client: Client) -> None:
    tags = {tag(client)}
    claim = Claim.objects.get(key="002-28")
    claim_of_nothing = factories.make_claim(framework=claim.framework, criterion=claim.criterion)
    tags.add(tag(client))
    revisions.delete(claim_of_nothing, by=factories.MAKER, reason="Gone.", seen=1)
    tags.add(tag(client))
    profile = EditorProfile.objects.create(user=factories.make_editor(), public_name="Ada")
    tags.add(tag(client))
    profile.public_name = "Ada L."
    profile.save()
    tags.add(tag(client))
    assert len(tags) == 5


@pytest.mark.parametrize("path", [path for path, _ in ERRORS.values()] + ["/frameworks/nobody.atom", "/?q="])
def test_error_pages_and_redirects_have_no_etag(client: Client, path: str) -> None:
    response = client.get(path, headers={"If-None-Match": "*"})
    assert response.status_code not in {200, 304}
    assert "ETag" not in response


@pytest.mark.parametrize(
    "header",
    ["*", "", "nonsense", '"', 'W/"', "\x00", "W/" + '"x", ' * 5_000],
    ids=["any", "empty", "nonsense", "open", "weak and open", "NUL", "long"],
)
def test_pages_ignore_unusual_conditional_headers(client: Client, header: str) -> None:
    assert client.get("/", headers={"If-None-Match": header}).status_code == 200
    assert client.get("/", headers={"If-Modified-Since": header}).status_code == 200
