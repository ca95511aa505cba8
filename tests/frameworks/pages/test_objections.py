"""Readers object: what a reader sees and sends, what guards it, and what editors make of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from frameworks import limits
from frameworks.models import Framework, Objection, Rating, Revision
from frameworks.pages import objections
from frameworks.pages.objections import ObjectionForm
from tests import factories
from tests.desk.reading import change_url, form_on, text_of
from tests.desk.signing_in import sign_in
from tests.hostile import HOSTILE
from tests.html import read, submission

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST = "/admin/frameworks/objection/"
TEXT = "The second source says the opposite."
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def rating() -> Rating:
    return factories.make_rating(
        framework=factories.make_framework(name="Flask"),
        criterion=factories.make_criterion(name="Performance"),
        verdict="Fast enough",
        rationale="Two of three say so.",
        score=4,
        read=True,
    )


def url(rating: Rating) -> str:
    return f"/frameworks/{rating.framework.slug}/{rating.criterion.slug}/objection/"


def a_page_of(rating: Rating, *, ago: timedelta = MINUTE) -> str:
    """The token of a page that was made so long ago."""
    return objections.token(rating.framework, rating.criterion, at=timezone.now() - ago)


def send(client: Client, rating: Rating, text: str = TEXT, *, token: str | None = None, **more: str) -> Any:
    given = a_page_of(rating) if token is None else token
    address = more.pop("REMOTE_ADDR", "127.0.0.1")
    return client.post(
        url(rating), {"text": text, "url": "", "homepage": "", "token": given, **more}, REMOTE_ADDR=address
    )


def typed(response: Any) -> dict[str, str]:
    """What stands in the fields of a page that came back."""
    page = read(response.content)
    return {**dict(submission(page.one("main form"))), "text": page.one("textarea").text}


def make_objection(rating: Rating, **fields: Any) -> Objection:
    fields.setdefault("text", TEXT)
    return Objection.objects.create(framework=rating.framework, criterion=rating.criterion, **fields)


def is_thanked(response: Any, rating: Rating) -> bool:
    return (response.status_code, response.headers.get("Location")) == (302, f"{url(rating)}sent/")


# What a reader sees


def test_objection_page_shows_the_cell_and_the_form(client: Client, rating: Rating) -> None:
    factories.make_claim(
        framework=rating.framework, criterion=rating.criterion, paraphrase="Calls it middling.", reading=1
    )
    page = read(client.get(url(rating)).content)
    assert page.one("h1").text == "Report a problem with this score"
    assert page.one(".crumb").text == "Flask · Performance"
    assert page.one(".scored").text == "4 Fast enough"
    assert "Two of three say so." in page.texts(".objection p")
    assert "Calls it middling." in page.texts(".claims p")
    assert page.one(".claims .against .cite").text.endswith("read as 1, disagrees with the score")
    assert page.texts("main label") == ["What is wrong?", "Where can it be checked?", "Leave this empty"]
    assert "It is not published" in page.one(".lede").text
    assert page.one("meta[name=robots]")["content"] == "noindex"


def test_objection_page_works_for_cell_without_evidence(client: Client) -> None:
    factories.make_framework(name="Sanic")
    factories.make_criterion(name="Security")
    page = read(client.get("/frameworks/sanic/security/objection/").content)
    assert "No source rates this. If you know one that does, say which one and where." in page.texts("p")


def test_objection_is_stored_as_open_and_confirmed_to_the_reader(client: Client, rating: Rating) -> None:
    response = send(client, rating, "Line one.\r\n\r\nLine two.", url="https://example.org/bench")
    assert is_thanked(response, rating)
    stored = Objection.objects.get()
    assert (stored.framework, stored.criterion) == (rating.framework, rating.criterion)
    assert (stored.text, stored.url) == ("Line one.\n\nLine two.", "https://example.org/bench")
    assert (stored.status, stored.handled_at, stored.note) == ("open", None, "")
    thanks = read(client.get(response["Location"]).content)
    assert thanks.one("h1").text == "Thank you"
    assert "one of them will read it. It is not published." in thanks.one(".lede").text
    assert thanks.one("main ul a[href=/frameworks/flask/#performance]").text == "Back to the score"
    assert thanks.one("meta[name=robots]")["content"] == "noindex"


def test_objection_form_is_valid_with_its_rendered_fields(client: Client, rating: Rating) -> None:
    form = read(client.get(url(rating)).content).one("main form")
    assert (form["method"], form["action"]) == ("post", url(rating))
    assert [name for name, _ in submission(form)] == ["url", "homepage", "token"]
    sent = {**dict(submission(form)), "text": TEXT}
    assert ObjectionForm(
        sent, framework=rating.framework, criterion=rating.criterion, now=timezone.now()
    ).is_valid()


def test_objection_is_neither_public_nor_a_revision(client: Client, rating: Rating) -> None:
    revisions = Revision.objects.count()
    pages = ["/", "/frameworks/flask/", "/?open=flask:performance", url(rating)]
    send(client, rating)
    assert Objection.objects.count() == 1
    assert all(TEXT not in client.get(path).content.decode() for path in pages)
    assert Revision.objects.count() == revisions


@pytest.mark.parametrize(
    "path",
    [
        "/frameworks/flask/?rows=performance",
        "/?open=flask:performance",
        "/compare/flask-vs-sanic/?rows=performance",
    ],
)
def test_cell_links_to_objection_page_unless_turned_off(
    client: Client, rating: Rating, settings: Settings, path: str
) -> None:
    factories.make_framework(name="Sanic")
    links = read(client.get(path).content).all(f"a[href={url(rating)}]")
    assert [(link.text, link["rel"]) for link in links] == [
        ("Report a problem with this score: Flask, Performance", "nofollow")
    ]
    settings.OBJECTIONS = False
    assert "objection" not in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/frameworks/sanic/", "/compare/flask-vs-sanic/"])
def test_silent_cell_links_to_objection_page(client: Client, rating: Rating, path: str) -> None:
    factories.make_framework(name="Sanic")
    factories.make_claim(
        framework=Framework.objects.get(slug="sanic"), criterion=factories.make_criterion(name="Security")
    )
    page = read(client.get(path).content)
    link = page.one("a[href=/frameworks/sanic/performance/objection/]")
    assert link.text == "Suggest a source: Sanic, Performance"


def test_objection_page_returns_404_when_turned_off(
    client: Client, rating: Rating, settings: Settings
) -> None:
    settings.OBJECTIONS = False
    assert client.get(url(rating)).status_code == 404
    assert client.get(f"{url(rating)}sent/").status_code == 404
    assert send(client, rating).status_code == 404
    assert not Objection.objects.exists()


def test_objection_page_returns_404_for_unpublished_cells(client: Client, rating: Rating) -> None:
    factories.make_framework(name="Hidden", is_published=False)
    factories.make_criterion(name="Strengths", is_scored=False)
    for cell in ("hidden/performance", "flask/strengths", "nobody/performance", "flask/nothing"):
        for path in (f"/frameworks/{cell}/objection/", f"/frameworks/{cell}/objection/sent/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/frameworks/{cell}/objection/", {"text": TEXT}).status_code == 404
    assert not Objection.objects.exists()


# Headers


def test_objection_page_sets_no_cookie_and_forbids_caching(client: Client, rating: Rating) -> None:
    strict = Client(enforce_csrf_checks=True)
    for response in (strict.get(url(rating)), send(strict, rating), send(strict, rating, "short")):
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        assert "Set-Cookie" not in response
        assert "Cookie" not in response.get("Vary", "")
        assert "form-action 'self'" in response["Content-Security-Policy"]
    assert Objection.objects.count() == 1
    assert "Set-Cookie" not in client.get(f"{url(rating)}sent/")


def test_objection_page_rejects_other_methods(client: Client, rating: Rating) -> None:
    for method in ("put", "patch", "delete"):
        response = getattr(client, method)(url(rating))
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
    assert client.post(f"{url(rating)}sent/").status_code == 405
    assert client.head(url(rating)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_objection_page_query_count_is_constant(
    client: Client, rating: Rating, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count - 1):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    with django_assert_num_queries(4):
        client.get(url(rating))
    with django_assert_num_queries(3):
        client.get(f"{url(rating)}sent/")


# What guards it


def test_objection_that_is_pasted_and_sent_at_once_is_accepted(client: Client, rating: Rating) -> None:
    assert send(client, rating, token=a_page_of(rating, ago=timedelta(0))).status_code == 302
    assert Objection.objects.get().text == TEXT


def test_objection_form_renews_expired_or_foreign_token(client: Client, rating: Rating) -> None:
    other = factories.make_rating(framework=rating.framework)
    good = a_page_of(rating)
    stale = [a_page_of(rating, ago=DAY + MINUTE), a_page_of(other), "", "x", f"{good}x", good.upper(), "\0",
             "flask/performance@9:x", "9" * 60_000]  # fmt: skip
    for token in stale:
        response = send(client, rating, token=token)
        assert response.status_code == 422
        assert read(response.content).one(".notices").text == objections.TOO_LATE
        assert typed(response)["text"] == TEXT
        fresh = typed(response)["token"]
        age = objections.age(fresh, rating.framework, rating.criterion, now=timezone.now())
        assert age is not None
        assert age < HOUR
    assert not Objection.objects.exists()


def test_objection_token_is_at_most_a_day_old() -> None:
    flask, sanic = factories.make_framework(name="Flask"), factories.make_framework(name="Sanic")
    speed = factories.make_criterion(name="Speed")
    token = objections.token(flask, speed, at=NOON)
    assert objections.age(token, flask, speed, now=NOON + HOUR) == HOUR
    assert objections.age(token, sanic, speed, now=NOON + HOUR) is None
    form = {"text": TEXT, "token": token}
    for ago, passes in ((0, True), (86_400, True), (86_401, False)):
        now = NOON + timedelta(seconds=ago)
        assert ObjectionForm(form, framework=flask, criterion=speed, now=now).is_valid() is passes


def test_objection_with_filled_honeypot_is_discarded(client: Client, rating: Rating) -> None:
    assert is_thanked(send(client, rating, homepage="https://spam.example"), rating)
    assert not Objection.objects.exists()
    page = read(client.get(url(rating)).content)
    trap = page.one("input[name=homepage]")
    assert (trap["autocomplete"], trap["tabindex"]) == ("off", "-1")
    assert page.one("p.vh label").text == "Leave this empty"


def test_objection_sent_twice_is_stored_once(client: Client, rating: Rating, settings: Settings) -> None:
    settings.OBJECTIONS_AN_HOUR = 1
    for text in (TEXT, f"  {TEXT}\r\n", TEXT):
        assert is_thanked(send(client, rating, text), rating)
    assert Objection.objects.count() == 1
    # Of another cell it is another one, and of an answered one, too.
    settings.OBJECTIONS_AN_HOUR = 5
    assert is_thanked(
        send(client, factories.make_rating(framework=rating.framework)), Rating.objects.latest("pk")
    )
    Objection.objects.update(status="dismissed", handled_at=NOON, note="Not so.")
    send(client, rating)
    assert Objection.objects.waiting().about(rating.framework, rating.criterion).count() == 1
    assert Objection.objects.count() == 3


# How many


def test_objection_limit_allows_five_an_hour_per_address(client: Client, rating: Rating) -> None:
    for number in range(5):
        assert is_thanked(send(client, rating, f"{TEXT} {number}"), rating)
    response = send(client, rating, f"{TEXT} 5", url="https://example.org/")
    assert response.status_code == 429
    assert response["Cache-Control"] == "no-store"
    assert 3500 < int(response["Retry-After"]) <= 3601
    notice = read(response.content).one(".notices").text
    assert "the limit for reports: 5 an hour. Your report has not been sent." in notice
    assert typed(response)["text"] == f"{TEXT} 5"
    assert typed(response)["url"] == "https://example.org/"
    assert Objection.objects.count() == 5
    # From elsewhere it may come.
    assert is_thanked(send(client, rating, f"{TEXT} 5", REMOTE_ADDR="192.0.2.7"), rating)


def received(rating: Rating, now: datetime, address: str = "192.0.2.1") -> Objection:
    """One more, at a time of our choosing."""
    number = Objection.objects.count()
    given = {
        "text": f"{TEXT} {number}",
        "token": objections.token(rating.framework, rating.criterion, at=now - MINUTE),
    }
    form = ObjectionForm(given, framework=rating.framework, criterion=rating.criterion, now=now)
    assert form.is_valid()
    objections.receive(form, address=address)
    return Objection.objects.latest("pk")


def refused(rating: Rating, now: datetime, address: str = "192.0.2.1") -> objections.TooMany:
    with pytest.raises(objections.TooMany) as full:
        received(rating, now, address)
    return full.value


def test_objection_limit_forgets_what_was_sent_while_the_clock_was_far_ahead(rating: Rating) -> None:
    for number in range(5):
        received(rating, NOON + 30 * MINUTE + number * MINUTE)
    assert refused(rating, NOON).again == NOON + 90 * MINUTE
    received(rating, NOON - HOUR)


def test_objection_limit_uses_a_rolling_hour_across_midnight(rating: Rating) -> None:
    late = NOON.replace(hour=23, minute=30)
    for number in range(5):
        received(rating, late + number * MINUTE)
    full = refused(rating, late + 45 * MINUTE)
    assert full.again == late + HOUR
    assert "send it again after 00:30 UTC on 22 November 2026." in str(full)
    received(rating, late + HOUR)
    assert refused(rating, late + HOUR).again == late + HOUR + MINUTE


def test_objection_limit_allows_twenty_a_day_per_address(rating: Rating) -> None:
    for number in range(20):
        received(rating, NOON + number * HOUR / 2)
    full = refused(rating, NOON + 12 * HOUR)
    assert full.again == NOON + DAY
    assert "Your address has reached the limit for reports: 20 a day." in str(full)
    received(rating, NOON + DAY)


def test_objection_limit_caps_the_daily_total(rating: Rating, settings: Settings) -> None:
    assert settings.OBJECTIONS_A_DAY_IN_ALL == 200
    settings.OBJECTIONS_A_DAY_IN_ALL = 3
    for number in range(3):
        received(rating, NOON + number * MINUTE, f"192.0.2.{number}")
    full = refused(rating, NOON + HOUR, "192.0.2.99")
    assert full.again == NOON + DAY
    assert "All readers together have reached the limit for reports: 3 a day." in str(full)


def test_objection_sender_is_a_daily_hash_and_is_cleared_later(rating: Rating) -> None:
    first = received(rating, NOON)
    assert len(first.sender) == 64
    assert "192.0.2.1" not in first.sender
    other_day = received(rating, NOON + DAY)
    assert other_day.sender != first.sender
    received(rating, NOON + 2 * DAY + MINUTE)
    first.refresh_from_db()
    other_day.refresh_from_db()
    assert (first.sender, len(other_day.sender)) == ("", 64)


def test_sender_groups_addresses_by_network() -> None:
    day = date(2026, 11, 21)
    same = [("2001:db8::1", "2001:db8::ffff:1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("unknown", "unknown")]
    apart = [
        ("2001:db8::1", "2001:db8:0:1::1"),
        ("192.0.2.1", "192.0.2.2"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
    ]
    assert all(
        limits.sender("objections", one, day) == limits.sender("objections", other, day)
        for one, other in same
    )
    assert all(
        limits.sender("objections", one, day) != limits.sender("objections", other, day)
        for one, other in apart
    )
    assert limits.sender("objections", "", day)


def test_client_address_is_shared_with_login_limits() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.5")
    assert configured.CLIENT_ADDRESS(request) == configured.AXES_CLIENT_IP_CALLABLE(request)
    assert configured.CLIENT_ADDRESS(request) == "192.0.2.5"


# Anything at all


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "Enter 10 to 1,000 characters; the field is empty."),
        (" \r\n\t \0 ", "Enter 10 to 1,000 characters; the field is empty."),
        ("Wrong.", "Enter 10 to 1,000 characters; you entered 6."),
        ("x" * 1001, "Enter 10 to 1,000 characters; you entered 1001."),
        ("é" * 50_000, "Enter 10 to 1,000 characters; you entered 50000."),
    ],
    ids=["empty", "blank", "short", "long", "very long"],
)
def test_objection_form_rejects_text_of_invalid_length_and_returns_it(
    client: Client, rating: Rating, text: str, said: str
) -> None:
    response = send(client, rating, text, url="https://example.org/")
    assert response.status_code == 422
    page = read(response.content)
    assert page.texts(".wrong") == [said]
    field = page.one("textarea")
    assert "aria-invalid" in field
    assert "maxlength" not in field
    assert {page.one(f"#{name}").text for name in field["aria-describedby"].split()} >= {said}
    assert typed(response)["text"] == text.replace("\0", "").strip()
    assert typed(response)["url"] == "https://example.org/"
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    "given, stored",
    [
        ("example.org/a b", None),
        ("javascript:alert(1)", None),
        ("javascript://example.org/%0aalert(1)", None),
        ("ftp://example.org/", None),
        ("data:text/html,x", None),
        ("http://", None),
        ("https://[::1", None),
        ("https://example.org/\u180e", None),
        ("https://example.org/\u2028x", None),
        ("https://example.org/" + "x" * 300, None),
        ("example.org/" + "x" * 285, None),
        ("x" * 50_000, None),
        ("9" * 30, None),
        ("HTTPS://Example.org/Path", "https://Example.org/Path"),
        ("example.org/path?a=http://b", None),
        ("https://example.org/?a=http://b", "https://example.org/?a=http://b"),
        ("example.org/path", "https://example.org/path"),
        ("https://example.org/\0x", "https://example.org/x"),
        ("https://example.org/é", "https://example.org/é"),
        ("", ""),
    ],
)
def test_objection_form_accepts_only_web_addresses(
    client: Client, rating: Rating, given: str, stored: str | None
) -> None:
    response = send(client, rating, url=given)
    if stored is not None:
        assert is_thanked(response, rating)
        assert Objection.objects.get().url == stored
        return
    assert response.status_code == 422
    assert read(response.content).texts(".wrong") == [objections.NO_URL]
    assert (typed(response)["text"], typed(response)["url"]) == (TEXT, given)
    assert not Objection.objects.exists()


def test_objection_text_loses_control_characters_and_is_escaped(
    ada: Client, client: Client, rating: Rating
) -> None:
    hostile = "<script>alert(1)</script>\0\x07\x1b[31m\ud800 {{ 7|add:1 }}\r\rEnd\x85\tof it"
    send(client, rating, hostile.replace("\ud800", ""))
    stored = Objection.objects.get()
    assert stored.text == "<script>alert(1)</script>[31m {{ 7|add:1 }}\n\nEnd of it"
    for address in (LIST, f"{LIST}{stored.pk}/change/", change_url(rating)):
        page = ada.get(address)
        assert "<script>alert" not in page.content.decode()
        assert "<script>alert(1)</script>[31m {{ 7|add:1 }}" in text_of(page)
    assert "<p>End of it</p>" in ada.get(f"{LIST}{stored.pk}/change/").content.decode()


@pytest.mark.parametrize("value", HOSTILE)
def test_objection_form_handles_any_input(client: Client, rating: Rating, value: str) -> None:
    for name in ("text", "url", "homepage", "token", "nonsense"):
        given = {"text": TEXT, "token": a_page_of(rating), name: value}
        assert client.post(url(rating), given).status_code in {302, 422}
    assert client.post(url(rating), {"text": [value, value], "token": [value, value]}).status_code == 422
    assert client.post(url(rating), value, content_type="application/json").status_code == 422
    assert client.get(url(rating), {"text": value}).status_code == 200


def test_objection_form_rejects_oversized_request(client: Client, rating: Rating) -> None:
    response = send(client, rating, "x" * 3_000_000)
    assert response.status_code == 400
    assert "could not be understood" in text_of(response)


# The editors' side


@pytest.fixture
def objection(rating: Rating) -> Objection:
    return make_objection(rating, url="https://example.org/bench")


def answer(client: Client, objection: Objection, status: str = "accepted", note: str = "Read again.") -> Any:
    return client.post(f"{LIST}{objection.pk}/change/", {"status": status, "note": note})


def test_objection_list_shows_open_objections_oldest_first(ada: Client, rating: Rating) -> None:
    make_objection(rating, text="The newer one of two.", created_at=NOON)
    make_objection(rating, text="The older one of two.", created_at=NOON - DAY)
    make_objection(rating, text="An answered one.", status="dismissed", handled_at=NOON, note="Not so.")
    words = text_of(ada.get(LIST))
    assert "2 problem reports" in words
    assert words.index("The older one of two.") < words.index("The newer one of two.")
    assert "20 November 2026, 12:00 Flask Performance The older one of two. waiting" in words
    assert "An answered one." not in words
    assert "An answered one." in text_of(ada.get(f"{LIST}?status=dismissed"))
    assert "3 problem reports" in text_of(ada.get(f"{LIST}?status=any"))
    assert "0 problem reports" in text_of(ada.get(f"{LIST}?status=accepted"))
    assert "1 problem report " in text_of(ada.get(f"{LIST}?q=newer"))


@pytest.mark.parametrize("count", [1, 3])
def test_objection_admin_query_count_is_constant(
    ada: Client, rating: Rating, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion)
        found = make_objection(rating, text=f"{TEXT} {number}")
    with django_assert_num_queries(9):
        ada.get(LIST)
    with django_assert_num_queries(8):
        ada.get(f"{LIST}{found.pk}/change/")


def test_objection_admin_shows_the_cell(ada: Client, rating: Rating, objection: Objection) -> None:
    factories.make_claim(
        framework=rating.framework, criterion=rating.criterion, paraphrase="Calls it middling."
    )
    page = ada.get(f"{LIST}{objection.pk}/change/")
    words, html = text_of(page), page.content.decode()
    for part in (TEXT, "4 Fast enough", "Two of three say so.", "Calls it middling.", "Never reviewed."):
        assert part in words
    assert f'href="{change_url(rating)}"' in html
    assert 'href="https://example.org/bench" rel="noopener noreferrer nofollow"' in html
    assert form_on(page).keys() == {"csrfmiddlewaretoken", "typed_by", "note"}


def test_objection_admin_links_unrated_cell_to_rating_form(ada: Client) -> None:
    found = Objection.objects.create(
        framework=factories.make_framework(), criterion=factories.make_criterion(), text=TEXT
    )
    page = ada.get(f"{LIST}{found.pk}/change/")
    assert "No source rates this." in text_of(page)
    add = f"/admin/frameworks/rating/add/?framework={found.framework_id}&amp;criterion={found.criterion_id}"
    assert add in page.content.decode()


@pytest.mark.parametrize("status, button", [("accepted", "Accept"), ("dismissed", "Dismiss")])
def test_objection_answer_is_stored_with_a_note(
    ada: Client, objection: Objection, status: str, button: str
) -> None:
    revisions = Revision.objects.count()
    assert button in text_of(ada.get(f"{LIST}{objection.pk}/change/"))
    response = answer(ada, objection, status, "Held against the line.")
    assert (response.status_code, response["Location"]) == (302, LIST)
    objection.refresh_from_db()
    assert (objection.status, objection.note) == (status, "Held against the line.")
    assert objection.handled_by == User.objects.get(username="ada")
    assert objection.handled_at is not None
    assert Revision.objects.count() == revisions
    after = ada.get(f"{LIST}{objection.pk}/change/")
    assert f"Ada Lovelace {status} it on" in text_of(after)
    assert "Held against the line." in text_of(after)
    assert "note" not in form_on(after)


def test_objection_answer_requires_note_and_decision(ada: Client, objection: Objection) -> None:
    for status, note, said in (
        ("accepted", "", "Say what was done about it, or why nothing was done."),
        ("accepted", "x" * 301, "at most 300 characters"),
        ("accepted", "a\0b", "Null characters are not allowed."),
        ("open", "Read again.", "Choose whether to accept or dismiss it."),
        ("", "Read again.", "Choose whether to accept or dismiss it."),
    ):
        response = answer(ada, objection, status, note)
        assert said in text_of(response)
        assert form_on(response)["note"] == [note]
    objection.refresh_from_db()
    assert objection.status == "open"


def test_objection_answer_is_refused_when_already_answered(
    ada: Client, bob: Client, objection: Objection
) -> None:
    answer(ada, objection, "accepted", "Score lowered.")
    response = answer(bob, objection, "dismissed", "Seems right to me.")
    assert response.status_code == 409
    words = text_of(response)
    assert "Somebody else has already answered this report, as shown below. Nothing was changed." in words
    assert "Your note was: “Seems right to me.”" in words
    assert "Ada Lovelace accepted it on" in words
    objection.refresh_from_db()
    assert (objection.status, objection.note) == ("accepted", "Score lowered.")


def test_objection_admin_checks_permissions(objection: Objection) -> None:
    page = f"{LIST}{objection.pk}/change/"
    for client in (sign_in(factories.make_proposer()), sign_in(factories.make_reviewer())):
        assert client.get(LIST).status_code == client.get(page).status_code == 200
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(f"{LIST}add/", {"text": TEXT}).status_code == 403
        assert client.post(f"{LIST}{objection.pk}/delete/", {"post": "yes"}).status_code == 403
        assert "delete_selected" not in client.get(LIST).content.decode()
        client.post(LIST, {"action": "delete_selected", "_selected_action": objection.pk, "post": "yes"})
    assert Objection.objects.count() == 1
    onlooker = User.objects.create_user("onlooker", is_staff=True)
    assert sign_in(onlooker).get(page).status_code == sign_in(onlooker).get(LIST).status_code == 403
    onlooker.user_permissions.add(factories.permission("view_objection"))
    shown = sign_in(onlooker).get(page)
    assert TEXT in text_of(shown)
    assert "note" not in form_on(shown)
    assert answer(sign_in(onlooker), objection).status_code == 403
    assert Client().get(page)["Location"].startswith("/admin/login/")
    assert Client().post(page)["Location"].startswith("/admin/login/")
    objection.refresh_from_db()
    assert objection.status == "open"


def test_objection_answer_of_proposer_applies_immediately(objection: Objection) -> None:
    answer(sign_in(factories.make_proposer()), objection, "dismissed", "Not so.")
    objection.refresh_from_db()
    assert objection.status == "dismissed"


def test_rating_form_shows_open_objections(ada: Client, rating: Rating, objection: Objection) -> None:
    other = factories.make_rating(framework=rating.framework)
    page = ada.get(change_url(rating))
    assert f"Problem reports {TEXT}" in text_of(page)
    assert f'href="{LIST}{objection.pk}/change/"' in page.content.decode()
    assert TEXT not in text_of(ada.get(change_url(other)))
    answer(ada, objection)
    assert TEXT not in text_of(ada.get(change_url(rating)))


@pytest.mark.parametrize("value", HOSTILE)
def test_objection_admin_handles_any_parameter_and_input(
    ada: Client, objection: Objection, value: str
) -> None:
    for name in ("q", "p", "o", "status", "framework__id__exact", "criterion__id__exact", "nonsense"):
        response = ada.get(LIST, {name: value}, follow=True)
        assert response.status_code in {200, 400}, name
    assert answer(ada, objection, value, value).status_code == 200


def test_objection_admin_handles_invalid_ids(ada: Client) -> None:
    for pk in ("%00", "9" * 30, "abc", "_5F"):
        assert ada.get(f"{LIST}{pk}/change/").status_code == 404
        assert ada.post(f"{LIST}{pk}/change/", {}).status_code == 404
        assert ada.get(f"{LIST}{pk}/history/", follow=True).status_code == 200
