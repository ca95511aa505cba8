"""Who may do what: `docs/rights.md` is read, each of its lines is tried out, and no address may be missing from it."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.safestring import SafeString
from pytest_django import DjangoDbBlocker

from comparisons.comparison import comparing
from desk.review import proposals
from frameworks.models import EditorProfile, Framework, LinkCheck, Objection, Upload
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories
from tests.desk.signing_in import sign_in
from tests.factories import one_of_each
from tests.html import read

pytestmark = pytest.mark.django_db

TABLE = Path(settings.BASE_DIR) / "docs" / "rights.md"
ROLES = ("anonymous", "editor", "reviewer", "superuser")
#: Whose desk is closed: they get what anonymous visitors get.
SHUT_OUT = ("inactive", "clerk")
#: Nobody may, anywhere.
NEVER = ("put", "patch", "delete")

#: What stands in an address for its arguments, by the step before and the name, or by the name alone.
EXAMPLES = {
    "frameworks/slug": "alpha",
    "criteria/slug": "speed",
    "sources/key": "s-1",
    "components/slug": "channels",
    "compare/slugs": "alpha-vs-beta",
    "s/snapshot_id": factories.KEPT,
    "embed/path": "nowhere",
    "use-cases/slug": "any-case",
    "claims/key": "c-1",
    "ratings/framework": "alpha",
    "compare/versus": "alpha-vs-beta",
    "snapshots/snapshot_id": factories.KEPT,
    "framework": "alpha",
    "criterion": "speed",
    "app_label": "frameworks",
    "upload_id": "00000000-0000-0000-0000-000000000000",  # nobody's
    "export/file": "csv",
    "ending": "json",
    "page": "matrix",
    "url": "nowhere/",
    "changeset": str(factories.MAKER.changeset),
    "section": "general",
    "number": "1",
}
#: Where a superuser may go who has yet to turn two-factor sign-in on.
OPEN_TO_ALL = {
    f"/admin/{page}/"
    for page in ("two-factor", "login", "logout", "password_change", "password_change/done", "jsi18n")
}
#: What an address asks for besides.
QUERIES = {"/admin/autocomplete/": {"app_label": "frameworks", "model_name": "claim", "field_name": "source"}}


class Row(NamedTuple):
    """One line of the table: what each role gets for looking, and for sending a form."""

    address: str
    read: tuple[str, ...]
    post: tuple[str, ...]

    def __str__(self) -> str:
        return f"| `{self.address}` | {' | '.join((*self.read, *self.post))} |"


# The table


def lines() -> list[list[Row]]:
    """The table's lines, each with the addresses that it stands for."""
    text = TABLE.read_text()
    groups = {
        name: names.split(", ") for name, names in re.findall(r"^- `{(\w+)}`: (.+)$", text, re.MULTILINE)
    }
    return [list(expanded(line, groups)) for line in re.findall(r"^\| `/.*$", text, re.MULTILINE)]


def expanded(line: str, groups: dict[str, list[str]]) -> Iterator[Row]:
    address, *cells = [cell.strip(" `") for cell in line.strip("| ").split(" | ")]
    assert len(cells) == 2 * len(ROLES), f"docs/rights.md: {len(cells)} cells after the address in {line}"
    group = re.search(r"{(\w+)}", address)
    for name in groups[group[1]] if group else [""]:
        yield Row(address.replace(group[0], name) if group else address, tuple(cells[:4]), tuple(cells[4:]))


LINES = lines()
ROWS = [row for line in LINES for row in line]
#: One for each line: enough for what does not depend on the model.
SAMPLES = [line[0] for line in LINES]


def is_desk(row: Row) -> bool:
    return row.address.startswith("/admin/")


# The addresses


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address that there is, written as in `urls.py`; of regular expressions only the arguments' names."""
    for pattern in resolver.url_patterns:
        here = before + re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", str(pattern.pattern)).strip("^$")
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from addresses(pattern, here)


@cache
def filled_in(address: str) -> str:
    """The address with arguments from the small world below, of which all that a request changes is taken back."""

    def value(argument: re.Match[str]) -> str:
        before, name = address[: argument.start()], argument[1]
        if (desk := re.match(r"/admin/(\w+)/(\w+)/", before)) and name in {"object_id", "id", "pk"}:
            model = apps.get_model(desk[1], desk[2])
            return str(model._default_manager.order_by("pk").values_list("pk", flat=True)[0])
        if before.startswith("/admin/r/"):
            type_of = ContentType.objects.get_for_model(Framework)
            return str(type_of.pk if name == "content_type_id" else Framework.objects.get(slug="alpha").pk)
        named = f"{before.rstrip('/').rsplit('/', maxsplit=1)[-1]}/{name}"
        example = EXAMPLES.get(named) or EXAMPLES.get(name)
        assert example, f"{address}: add an example {named!r} to EXAMPLES in tests/desk/test_rights.py."
        return example

    return re.sub(r"<(?:\w+:)?(\w+)>", value, address)


# A small world


class World(NamedTuple):
    sessions: dict[str, str]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        filled_in.cache_clear()
        transaction.set_rollback(True)


def make_world() -> World:
    alpha, speed = factories.make_framework(name="Alpha"), factories.make_criterion(name="Speed")
    factories.make_framework(name="Beta")
    source = factories.make_source(key="s-1")
    factories.make_claim(framework=alpha, criterion=speed, source=source, key="c-1")
    factories.make_rating(framework=alpha, criterion=speed)
    factories.make_tie(framework=alpha, component=factories.make_component(name="Channels"))
    one_of_each()
    factories.make_use_case(name="Any case")
    factories.make_snapshot(comparing.side_by_side(QueryDict(), ["alpha", "beta"]))
    users = {
        "editor": factories.make_proposer(username="editor"),
        "reviewer": factories.make_reviewer(username="reviewer"),
        "superuser": User.objects.create_superuser("superuser"),
        "inactive": factories.make_editor(username="inactive"),
        "clerk": factories.make_editor(username="clerk"),
    }
    make_desk(users["editor"], alpha)
    sessions = {
        name: sign_in(user).cookies[settings.SESSION_COOKIE_NAME].value for name, user in users.items()
    }
    User.objects.filter(username="inactive").update(is_active=False)
    User.objects.filter(username="clerk").update(is_staff=False)
    return World(sessions)


def make_desk(editor: User, alpha: Framework) -> None:
    """What the desk keeps beside the facts, one of each."""
    by = Author.editor(editor)
    with proposals.kept_aside(by) as written:
        alpha.summary = "Proposed."
        revisions.save(alpha, by=by, reason="To be looked at.", seen=1)
    proposals.propose(written, at=timezone.now())
    cell = {"framework": alpha, "criterion": alpha.ratings.get().criterion}
    Objection.objects.create(text="It is not so.", **cell)
    EditorProfile.objects.create(user=editor)
    Upload.objects.create(user=editor, model="rating", file_name="ratings.csv", header=[], rows=[])
    LinkCheck.objects.create(url="https://example.org/", is_alive=True, status=200)
    AccessAttempt.objects.create(username="editor", failures_since_start=1)
    LogEntry.objects.create(user=editor, action_flag=ADDITION, object_repr="Alpha")


# What an answer amounts to


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without words and menus: who gets them is asked here, and drawing them takes most of the time."""
    monkeypatch.setattr(Template, "render", lambda *args, **kwargs: SafeString())
    menu = AdminSite.get_app_list
    monkeypatch.setattr(
        AdminSite, "get_app_list", lambda self, request, app=None: menu(self, request, app) if app else []
    )


def outcome(response: Any) -> str:
    """`open`, `login`, `on` (sent on to another page) or the status of the refusal."""
    if 200 <= response.status_code < 300:
        return "open"
    if 300 <= response.status_code < 400:
        return "login" if response["Location"].startswith("/admin/login/") else "on"
    return str(response.status_code)


def ask(world: World, role: str, method: str, address: str, **options: Any) -> HttpResponse:
    """The answer to this role. Whatever it changed is taken back."""
    client = Client(**options)
    if role in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    query = QUERIES.get(address)
    with transaction.atomic():
        response: Any = getattr(client, method)(filled_in(address), query_params=query)
        transaction.set_rollback(True)
    return response  # type: ignore[no-any-return]


def as_it_is(world: World, address: str) -> Row:
    """The line that the table would need."""
    asked = [[outcome(ask(world, role, method, address)) for role in ROLES] for method in ("get", "post")]
    return Row(address, tuple(asked[0]), tuple(asked[1]))


def differences(world: World, row: Row, roles: Iterable[str]) -> list[str]:
    """What of the line is not so for these roles."""
    expected = [
        (method, role, dict(zip(ROLES, cells, strict=True))[role])
        for method, cells in (("get", row.read), ("post", row.post))
        for role in roles
    ]
    return [
        f"{row.address}: {method} as {role} is {found}, and docs/rights.md says {said}"
        for method, role, said in expected
        if (found := outcome(ask(world, role, method, row.address))) != said
    ]


def telling(row: Row, sample: Row) -> tuple[str, ...]:
    """The roles whose answers say what the others get as well.

    A page for everybody does not look at who asks: whoever has all rights and whoever has none get the same. The second
    and each further model of a line is served by the same views as the first: what may differ are the rights of the
    two groups on it, and that nobody gets past the sign-in page; a superuser has every right on every model.
    """
    if not is_desk(row) and len({*row.read}) == len({*row.post}) == 1:
        return ("anonymous", "superuser")
    return ROLES if row is sample else ROLES[:3]


# The tests


def test_rights_table_lists_every_address(world: World) -> None:
    missing = sorted(set(addresses(get_resolver())) - {row.address for row in ROWS})
    lacking = "\n".join(str(as_it_is(world, address)) for address in missing)
    assert not missing, (
        f"docs/rights.md lacks these lines. If they are as you want them, add them:\n{lacking}"
    )


def test_rights_table_lists_only_existing_addresses_and_each_once() -> None:
    named = [row.address for row in ROWS]
    left_over = sorted(set(named) - set(addresses(get_resolver())))
    assert not left_over, f"docs/rights.md names what is no address. Take out: {', '.join(left_over)}"
    assert sorted(set(named)) == sorted(named)


@pytest.mark.usefixtures("blank")
@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0].address)
def test_rights_table_matches_responses_for_each_role(world: World, line: list[Row]) -> None:
    found = [differences(world, row, telling(row, line[0])) for row in line]
    assert not any(found), "\n".join(chain.from_iterable(found))


@pytest.mark.usefixtures("blank")
def test_desk_treats_inactive_and_non_staff_users_as_anonymous(world: World) -> None:
    for row in filter(is_desk, SAMPLES):
        for role in SHUT_OUT:
            assert outcome(ask(world, role, "get", row.address)) == row.read[0], (role, row.address)
            assert outcome(ask(world, role, "post", row.address)) == row.post[0], (role, row.address)


@pytest.mark.usefixtures("blank")
def test_views_answer_head_like_get_and_reject_other_methods(world: World) -> None:
    """For whoever may do everything and for whoever may do nothing: no view looks at both role and method."""
    for row in SAMPLES:
        # Of the stock sign-in page GET alone sends on who is signed in.
        of_head = ("open",) * 4 if row.address == "/admin/login/" else row.read
        for role, expected in (("anonymous", of_head[0]), ("superuser", of_head[-1])):
            assert outcome(ask(world, role, "head", row.address)) == expected, (role, row.address)
            outcomes = {outcome(ask(world, role, method, row.address)) for method in NEVER}
            assert outcomes == {"405"}, (role, row.address)


@pytest.mark.usefixtures("blank")
def test_desk_rejects_posts_without_csrf_token(world: World) -> None:
    """Without the token of the form, which another site cannot know. Whoever may less gets no further."""
    for row in filter(is_desk, SAMPLES):
        found = outcome(ask(world, "superuser", "post", row.address, enforce_csrf_checks=True))
        assert found in {"403", row.post[-1]} - {"open"}, row.address


#: What no browser runs.
DATA = ("application/json", "application/ld+json")


def test_desk_pages_contain_no_inline_code(world: World) -> None:
    for row in SAMPLES:
        if not is_desk(row) or row.read[-1] != "open":
            continue
        answer: Any = ask(world, "superuser", "get", row.address)
        if answer["Content-Type"].startswith("text/html"):
            page = read(answer.content)
            scripts = [one for one in page.all("script") if one.attributes.get("type") not in DATA]
            assert [one for one in scripts if "src" not in one] == page.all("style") == [], row.address
            for element in page.descendants:
                assert not [
                    name for name in element.attributes if name == "style" or name.startswith("on")
                ], (
                    row.address,
                    element,
                )


def test_desk_requires_second_factor_when_configured(world: World, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    for row in filter(is_desk, SAMPLES):
        for method in ("get", "post") if row.address not in OPEN_TO_ALL else ():
            answer: Any = ask(world, "superuser", method, row.address)
            assert (answer.status_code, answer["Location"]) == (302, "/admin/two-factor/"), (
                method,
                row.address,
            )
