"""What programs read: the same as the pages say, in parts, with addresses, and refused where it is not understood."""

from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from comparisons.comparison import comparing
from frameworks.facts import Detail
from frameworks.models import Claim, Criterion, Facet, Framework, Rating, Revision
from frameworks.pages import conditional
from frameworks.record import revisions
from tests import factories
from tests.html import order, read
from tests.pages import change

API = "/api/v1"
#: Every address that answers with data, by what it is.
ADDRESSES = {
    "start": f"{API}/",
    "frameworks": f"{API}/frameworks",
    "framework": f"{API}/frameworks/flask",
    "criteria": f"{API}/criteria",
    "criterion": f"{API}/criteria/performance",
    "sources": f"{API}/sources",
    "source": f"{API}/sources/002",
    "claims": f"{API}/claims",
    "claim": f"{API}/claims/002-28",
    "ratings": f"{API}/ratings",
    "rating": f"{API}/ratings/fastapi/performance",
    "matrix": f"{API}/matrix",
    "compare": f"{API}/compare/flask-vs-fastapi",
    "snapshot": f"{API}/snapshots/{factories.KEPT}",
    "changes": f"{API}/changes",
    "openapi": f"{API}/openapi.json",
}
LISTS = ["frameworks", "criteria", "sources", "claims", "ratings"]

each = pytest.mark.parametrize("path", ADDRESSES.values(), ids=list(ADDRESSES))
pytestmark = pytest.mark.django_db
small = pytest.mark.usefixtures("world")
reads = pytest.mark.usefixtures("kept_world")


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content[:400]
    return response.json()


def everything(client: Client, path: str) -> list[Any]:
    """All items, part by part, as the addresses lead on."""
    found: list[Any] = []
    following: str | None = path
    while following:
        part = get(client, following.removeprefix(settings.SITE_URL))
        found += part["items"]
        following = part["next"]
    assert len(found) == part["total"]
    return found


# Facts


@reads
def test_api_framework_includes_traits(client: Client) -> None:
    found = get(client, ADDRESSES["framework"])
    assert found["name"] == "Flask"
    assert found["page"] == "http://127.0.0.1:8000/frameworks/flask/"
    assert [(trait["facet"], trait["value"], trait["name"]) for trait in found["traits"]] == [
        ("kind", "micro", "Micro"),
        ("interface", "wsgi", "WSGI"),
    ]
    assert all(trait["claims"] for trait in found["traits"])
    listed = get(client, ADDRESSES["frameworks"])
    assert [one["slug"] for one in listed["items"]] == ["django", "fastapi", "flask", "quart", "sanic"]
    assert found in listed["items"]


@reads
def test_api_criterion_includes_rubric_and_weight(client: Client) -> None:
    found = get(client, ADDRESSES["criterion"])
    assert (found["name"], found["default_weight"], found["group"]["name"]) == (
        "Performance",
        3,
        "Under load",
    )
    assert [step["score"] for step in found["rubric"]] == [1, 2, 3, 4, 5]
    describing = get(client, f"{API}/criteria/strengths")
    assert (describing["scored"], describing["rubric"]) == (False, [])


@reads
def test_api_source_includes_commercial_interest(client: Client) -> None:
    found = get(client, ADDRESSES["source"])
    assert found["interest"] == "It lets developers by the hour."
    assert (found["date"], found["read_on"]) == ("Updated in May", "2026-11-20")
    assert found["claim_count"] == Claim.objects.published().filter(source__key="002").count()


@reads
def test_api_rating_includes_full_claims(client: Client) -> None:
    found = get(client, ADDRESSES["rating"])
    assert (found["score"], found["verdict"], found["spread"], found["disputed"]) == (
        5,
        "5 in a few words",
        3,
        True,
    )
    assert found["version"] == 1
    assert found["rationale"]
    claim = next(claim for claim in found["claims"] if claim["key"] == "002-28")
    assert claim == {
        "key": "002-28",
        "source": "002",
        "line": 28,
        "locator": "002:28",
        "part": "table",
        "term": "Moderate",
        "paraphrase": "Puts it in the middle of its table.",
        "condition": "",
        "comparison": "",
        "reading": 2,
        "note": "",
        "framework": "fastapi",
        "criterion": "performance",
        "joint_criterion": None,
        "wording": None,
        "factor": False,
        "page": "http://127.0.0.1:8000/sources/002/#002-28",
        "version": 1,
    }
    assert get(client, ADDRESSES["claim"]) == claim
    assert found in get(client, ADDRESSES["ratings"])["items"]


@pytest.mark.both
@small
def test_api_lists_filter_by_framework_criterion_and_source(client: Client) -> None:
    ratings = get(client, f"{API}/ratings?framework=fastapi&source=002")["items"]
    assert [(one["framework"], one["criterion"]) for one in ratings] == [("fastapi", "performance")]
    assert {one["framework"] for one in get(client, f"{API}/claims?framework=quart")["items"]} == {"quart"}
    joint = factories.make_claim(
        framework=Framework.objects.get(slug="quart"),
        criterion=Claim.objects.get(key="002-28").criterion,
        joint_criterion=Rating.objects.get(framework__slug="quart").criterion,
    )
    for criterion in (joint.criterion, joint.joint_criterion):
        assert criterion
        keys = [
            one["key"] for one in get(client, f"{API}/claims?criterion={criterion.slug}&limit=200")["items"]
        ]
        assert joint.key in keys
    rated = get(client, f"{API}/ratings?framework=quart&source={joint.source.key}")["items"]
    assert [one["criterion"] for one in rated] == ["learning-curve"]


@small
def test_api_excludes_unpublished_facts(client: Client) -> None:
    hidden = Framework.objects.get(slug="hidden")
    claim = factories.make_claim(framework=hidden, key="secret", paraphrase="A secret.")
    factories.make_rating(framework=hidden, criterion=claim.criterion, rationale="A secret.")
    draft = factories.make_claim(framework=Framework.objects.get(slug="flask"), criterion=claim.criterion)
    factories.make_rating(
        framework=draft.framework, criterion=draft.criterion, is_published=False, rationale="A secret."
    )
    trait = Framework.objects.get(slug="flask").traits.all()[0]
    trait.claims.add(claim)
    for path in ADDRESSES.values():
        text = client.get(f"{path}?limit=200" if path.rsplit("/", 1)[-1] in LISTS else path).content.decode()
        assert "secret" not in text.lower(), path
        assert '"hidden"' not in text, path
    for path in (
        "frameworks/hidden",
        "claims/secret",
        "compare/flask-vs-hidden",
        f"ratings/hidden/{claim.criterion.slug}",
    ):
        get(client, f"{API}/{path}", 404)


# Comparisons say what the pages say


@reads
@pytest.mark.parametrize(
    "query",
    [
        "",
        "w-performance=9&w-documentation=0&sort=-name",
        "kind=micro&min-performance=3",
        "criteria=performance&criteria=documentation&only=differences",
        "use-case=live-updates",
        "q=a&interface=asgi&baseline=flask&framework=flask&open=fastapi:performance",
    ],
)
def test_api_matrix_agrees_with_its_page(client: Client, query: str) -> None:
    found = get(client, f"{API}/matrix?{query}")
    asked = comparing.matrix(QueryDict(query), detail=Detail.CLAIMS)
    content = asked.content
    assert {name: found[name] for name in content} == _as_json(content)
    page = read(client.get(found["page"].removeprefix(settings.SITE_URL)).content)
    assert [one["name"] for one in found["frameworks"]] == order(page)


@reads
def test_api_compare_applies_weights_and_only_differences(client: Client) -> None:
    found = get(client, f"{ADDRESSES['compare']}?w-performance=9&baseline=fastapi")
    assert {one["slug"] for one in found["frameworks"]} == {"flask", "fastapi"}
    assert found["weights"]["performance"] == 9
    assert len(found["cells"]) == 8
    assert found["page"] == f"{settings.SITE_URL}/compare/flask-vs-fastapi/?w-performance=9&baseline=fastapi"
    only = get(client, f"{ADDRESSES['compare']}?only=differences")
    assert [one["slug"] for one in only["criteria"]] == ["learning-curve", "performance", "async-support"]
    assert only["weights"].keys() == found["weights"].keys()


@small
def test_api_matrix_names_its_revision_and_day(client: Client) -> None:
    now = get(client, ADDRESSES["matrix"])
    assert (now["as_of"], now["revision"]) == (None, Revision.objects.order_by("-pk")[0].pk)
    today = Revision.objects.order_by("-pk")[0].at.date().isoformat()
    assert get(client, f"{ADDRESSES['matrix']}?as-of={today}") == now | {
        "as_of": today,
        "page": f"{settings.SITE_URL}/?as-of={today}",
    }
    before = get(client, f"{ADDRESSES['matrix']}?as-of=2020-01-01")
    assert (before["revision"], before["frameworks"]) == (None, [])


@small
def test_api_snapshot_never_changes_and_is_cacheable(client: Client) -> None:
    response = client.get(ADDRESSES["snapshot"])
    change(Framework.objects.get(slug="flask"), name="Renamed")
    again = client.get(ADDRESSES["snapshot"])
    assert again.content == response.content
    assert again["ETag"] == response["ETag"]
    assert not again["ETag"].startswith("W/")
    assert "immutable" in again["Cache-Control"]
    assert "Renamed" not in again.content.decode()
    assert again.json()["content"]["format"] == 1
    unchanged = client.get(ADDRESSES["snapshot"], headers={"If-None-Match": again["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


# Changes


@pytest.mark.both
@small
def test_api_changes_lists_steps_in_order_since_a_revision(client: Client) -> None:
    everyone = get(client, f"{ADDRESSES['changes']}?limit=200")
    assert all(a["revision"] < b["revision"] for a, b in pairwise(everyone["items"]))
    assert everyone["latest"] == everyone["items"][-1]["revision"]
    assert get(client, f"{ADDRESSES['changes']}?since={everyone['latest']}") == {
        "total": 0,
        "latest": everyone["latest"],
        "next": None,
        "items": [],
    }
    change(Framework.objects.get(slug="flask"), tagline="Small on purpose")
    told = get(client, f"{ADDRESSES['changes']}?since={everyone['latest']}")
    [step] = told["items"]
    assert (step["kind"], step["key"], step["name"], step["action"]) == (
        "framework",
        "flask",
        "Flask",
        "changed",
    )
    assert step["changes"] == [{"field": "Tagline", "before": "", "after": "Small on purpose"}]
    assert step["page"] == "http://127.0.0.1:8000/frameworks/flask/"
    assert step["reason"]
    assert told["latest"] == step["revision"]


@reads
def test_api_changes_paginates_through_all_public_revisions(client: Client) -> None:
    found = everything(client, f"{ADDRESSES['frameworks']}?limit=2")
    assert len(found) == 5
    path, seen = f"{ADDRESSES['changes']}?limit=40", []
    while path:
        part = get(client, path.removeprefix(settings.SITE_URL))
        seen += [step["revision"] for step in part["items"]]
        path = part["next"]
    assert seen == list(Revision.objects.public().order_by("pk").values_list("pk", flat=True))


@small
def test_api_changes_hides_unpublished_frameworks(client: Client) -> None:
    since = get(client, f"{ADDRESSES['changes']}?limit=200")["latest"]
    hidden = Framework.objects.get(slug="hidden")
    claim = factories.make_claim(framework=hidden)
    rating = factories.make_rating(framework=hidden, criterion=claim.criterion)
    revisions.delete(rating, by=factories.MAKER, reason="Gone.", seen=1)
    change(hidden, tagline="Secret")
    told = get(client, f"{ADDRESSES['changes']}?since={since}")
    assert "hidden" not in str(told).lower()
    assert "secret" not in str(told).lower()


# Lists


@pytest.mark.both
@small
@pytest.mark.parametrize("name", LISTS)
def test_api_list_pages_add_up_to_the_whole(client: Client, name: str) -> None:
    whole = get(client, f"{ADDRESSES[name]}?limit=200")
    assert whole["total"] == len(whole["items"])
    assert (whole["next"], whole["previous"]) == (None, None)
    assert everything(client, f"{ADDRESSES[name]}?limit=2") == whole["items"]


@reads
def test_api_list_links_to_next_and_previous_page(client: Client) -> None:
    response = client.get(f"{API}/claims?source=001&limit=2&offset=3")
    part, whole = response.json(), get(client, f"{API}/claims?source=001")["items"]
    assert part["items"] == whole[3:5]
    first, last = (f"001/{claim['line']}/{claim['key']}" for claim in part["items"])
    assert part["next"] == f"{settings.SITE_URL}{API}/claims?source=001&limit=2&after={last}"
    assert part["previous"] == f"{settings.SITE_URL}{API}/claims?source=001&limit=2&before={first}"
    assert response["Link"] == f'<{part["next"]}>; rel="next", <{part["previous"]}>; rel="prev"'
    beyond = get(client, f"{API}/claims?offset=100000")
    assert (beyond["items"], beyond["next"]) == ([], None)


@pytest.mark.both
@small
def test_api_lists_read_backwards_are_the_same(client: Client) -> None:
    for name in LISTS:
        whole = get(client, f"{ADDRESSES[name]}?limit=200")["items"]
        part = get(client, f"{ADDRESSES[name]}?limit=2&offset={len(whole) - 2}")
        found = part["items"]
        while part["previous"]:
            part = get(client, part["previous"].removeprefix(settings.SITE_URL))
            found = part["items"] + found
        assert found == whole, name


@pytest.mark.both
@small
def test_api_lists_repeat_and_miss_nothing_while_entries_are_added(client: Client) -> None:
    first, seen = get(client, f"{API}/frameworks?limit=2"), []
    factories.make_framework(slug="aardvark", name="Aardvark")
    factories.make_framework(slug="zebra", name="Zebra")
    part = first
    while True:
        seen += [framework["slug"] for framework in part["items"]]
        if not part["next"]:
            break
        part = get(client, part["next"].removeprefix(settings.SITE_URL))
    assert seen == ["django", "fastapi", "flask", "quart", "sanic", "zebra"]
    back = get(client, f"{API}/frameworks?limit=5&before=django")
    assert [framework["slug"] for framework in back["items"]] == ["aardvark"]
    # The entry after which a page lies may be gone.
    gone = get(client, f"{API}/frameworks?limit=1&after=fastapi-two")
    assert [framework["slug"] for framework in gone["items"]] == ["flask"]


@reads
def test_api_refuses_places_that_are_none(client: Client) -> None:
    for path in (
        "claims?after=001",
        "criteria?after=x/1/Name",
        "ratings?before=flask",
        "frameworks?after=a%00",
    ):
        problem(client.get(f"{API}/{path}"), 422)


# Conditional requests, methods, other sites


@small
@each
def test_api_returns_304_with_a_single_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    whole = client.get(path)
    conditional.release()
    for method in (client.get, client.head):
        with django_assert_num_queries(1):
            response = method(path, headers={"If-None-Match": whole["ETag"]})
        assert (response.status_code, response.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Access-Control-Allow-Origin"):
            assert response[name] == whole[name]
    assert whole["Cache-Control"].startswith("public")


@reads
@each
def test_api_head_matches_get_without_body(client: Client, path: str) -> None:
    same = {"X-Request-ID": "the-same-for-both"}
    looked, asked = client.get(path, headers=same), client.head(path, headers=same)
    assert (asked.status_code, asked.content) == (200, b"")
    assert dict(asked.headers) == dict(looked.headers)


@reads
@each
def test_api_allows_cross_origin_requests_without_cookies(client: Client, path: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    for response in (client.get(path, headers=asked), client.options(path, headers=asked)):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert {"ETag", "Link"} <= set(response["Access-Control-Expose-Headers"].split(", "))
        assert not response.cookies
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Methods"] == response["Allow"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "*"


def test_cors_is_limited_to_the_api(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/method/")
    assert client.options("/method/").status_code == 405


# What is refused


def problem(response: Any, status: int) -> Any:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    told = response.json()
    assert told["status"] == status
    assert {"type", "title", "detail", "instance"} <= told.keys()
    return told


@reads
@each
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_api_rejects_write_methods(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert problem(response, 405)["title"] == "Method Not Allowed"
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.both
@reads
@pytest.mark.parametrize(
    "path",
    [
        "/api/nowhere",
        "/api/v2/matrix",
        f"{API}/nowhere",
        f"{API}/frameworks/nobody",
        f"{API}/frameworks/fl%00ask",
        f"{API}/frameworks/%ff%fe",
        f"{API}/frameworks/{'a' * 50_000}",
        f"{API}/criteria/nothing",
        f"{API}/sources/999",
        f"{API}/claims/nothing",
        f"{API}/ratings/flask/async-support",
        f"{API}/ratings/flask/nothing",
        f"{API}/snapshots/{'b' * 26}",
        f"{API}/snapshots/x",
        f"{API}/compare/flask-vs-nobody",
        f"{API}/compare/flask%00-vs-django",
    ],
    ids=lambda path: path[:50],
)
def test_api_returns_problem_for_unknown_address(client: Client, path: str) -> None:
    response = client.get(path)
    told = problem(response, 404)
    assert (told["type"], told["title"]) == ("about:blank", "Not Found")
    assert len(told["detail"]) < 250
    assert response["Content-Length"] == str(len(response.content))


@pytest.mark.both
@small
@pytest.mark.parametrize(
    "query, parameter, detail",
    [
        ("frameworks?limit=0", "limit", "This must be a whole number from 1 to 200."),
        ("frameworks?limit=201", "limit", "This must be a whole number from 1 to 200."),
        (f"frameworks?offset={10**20}", "offset", "This must be a whole number from 0 to 100,000."),
        ("frameworks?offset=-1", "offset", "This must be a whole number from 0 to 100,000."),
        (f"frameworks?offset={'9' * 50_000}", "offset", "This must be a whole number from 0 to 100,000."),
        ("frameworks?offset=%00", "offset", "This must be a whole number from 0 to 100,000."),
        ("frameworks?limit=1&limit=2", "limit", "It is given more than once."),
        ("frameworks?limit=", "limit", "It is empty. Leave it out instead."),
        ("matrix?q=+&sort=fit", "q", "It is empty. Leave it out instead."),
        ("matrix?kind=micro&kind=", "kind", "It is empty. Leave it out instead."),
        ("frameworks?kind=micro", "kind", "There is no such parameter."),
        ("frameworks/flask?limit=1", "limit", "There is no such parameter."),
        ("ratings?framework=nobody", "framework", "There is no such framework."),
        ("ratings?framework=hidden", "framework", "There is no such framework."),
        ("claims?source=%00", "source", "There is no such source."),
        (f"claims?criterion={'a' * 50_000}", "criterion", "There is no such criterion."),
        (f"changes?since={2**63}", "since", f"This must be a whole number from 0 to {2**63 - 1:,}."),
        ("changes?offset=1", "offset", "There is no such parameter."),
        ("matrix?w-performance=11", "w-performance", "This must be a whole number from 0 to 10."),
        ("matrix?w-nothing=1", "w-nothing", "There is no such criterion."),
        ("matrix?as-of=2999-01-01", "as-of", "This date is in the future."),
        ("matrix?use-case=none", "use-case", "There is no such use case."),
        ("matrix?q=%00", "q", "Null characters are not allowed."),
        ("matrix?%00=1", "\x00", "There is no such parameter."),
        ("matrix?%ff=1", "\ufffd", "There is no such parameter."),
        (f"matrix?{'a' * 50_000}=1", "a" * 159 + "…", "There is no such parameter."),
        ("compare/flask-vs-django?sort=name", "sort", "There is no such parameter."),
        ("compare/flask-vs-django?min-performance=3", "min-performance", "There is no such criterion."),
        ("compare/flask", "versus",
         "Name 2 to 5 different frameworks, with -vs- between them. The matrix takes more: among=…&among=…"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_api_rejects_invalid_parameter_by_name(
    client: Client, query: str, parameter: str, detail: str
) -> None:
    told = problem(client.get(f"{API}/{query}"), 422)
    assert told["errors"] == [{"parameter": parameter, "detail": detail}]
    assert told["type"] == f"{settings.SITE_URL}/api/#parameters"


@reads
def test_api_returns_problem_for_too_many_parameters(client: Client) -> None:
    problem(client.get(f"{API}/matrix", query_params={f"p{n}": "1" for n in range(2_000)}), 400)


@small
def test_api_returns_problem_for_server_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(comparing, "matrix", break_down)
    told = problem(Client(raise_request_exception=False).get(f"{API}/matrix"), 500)
    assert "secret" not in str(told)


def test_api_returns_problem_for_foreign_host() -> None:
    problem(Client().get(f"{API}/matrix", headers={"Host": "elsewhere.example"}), 400)


def _as_json(content: Any) -> Any:
    """Tuples come back as lists."""
    if isinstance(content, dict):
        return {name: _as_json(value) for name, value in content.items()}
    return [_as_json(value) for value in content] if isinstance(content, list | tuple) else content


@reads
def test_api_description_names_each_schema_once_and_the_places_in_lists(client: Client) -> None:
    description = get(client, f"{API}/openapi.json")
    titles = [schema["title"] for schema in description["components"]["schemas"].values()]
    assert len(titles) == len(set(titles))
    for name in LISTS:
        operation = description["paths"][ADDRESSES[name]]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        page = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        assert page["properties"]["items"]["items"]["$ref"]
        described = {parameter["name"] for parameter in operation["parameters"]}
        assert described >= {"limit", "offset", "after", "before"}


@reads
def test_api_describes_every_parameter_of_a_comparison(client: Client) -> None:
    paths = get(client, f"{API}/openapi.json")["paths"]
    criteria = list(Criterion.objects.filter(is_scored=True).values_list("slug", flat=True))
    weights = {f"w-{slug}" for slug in criteria}
    chosen = {f"min-{slug}" for slug in criteria} | set(Facet.objects.values_list("slug", flat=True))
    for path, names in {
        "/api/v1/matrix": weights
        | chosen
        | {"as-of", "use-case", "q", "among", "criteria", "sort", "only", "page", "after"},
        "/api/v1/compare/{versus}": weights | {"versus", "as-of", "use-case", "only"},
    }.items():
        assert {parameter["name"] for parameter in paths[path]["get"]["parameters"]} == names
