"""The editors' desk as a whole: who may do what, every page, any address. Also the tools that its tests share."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from desk.editing.guarded import desk_url
from frameworks.models import Recorded, Revision, recorded_models
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both]

Data = dict[str, list[str]]


# Tools


class FormReader(HTMLParser):
    """What a browser would post if the editor pressed a button of this page at once."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: Data = {}
        self.buttons: list[str] = []
        self._is_inside = False
        self._textarea: str | None = None
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._is_inside = given.get("method") == "post" and "logout" not in given.get("id", "")
        if not self._is_inside or "__prefix__" in name:
            return
        if tag == "input":
            self._read_input(name, given)
        elif tag == "button" and name:
            self.buttons.append(name)
        elif tag == "textarea":
            self._textarea = name
            self.data[name] = [""]
        elif tag == "select":
            self._select, self._options = (name, "multiple" in given), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))

    def _read_input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "submit":
            self.buttons.append(name)
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                self.data.setdefault(name, []).append(given.get("value", "on"))
        elif name:
            self.data.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            # As a browser does it: the first line break after the tag does not count, the others are CRLF.
            self.data[self._textarea][0] += data.removeprefix("\r\n").removeprefix("\n").replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select" and self._select:
            name, is_multiple = self._select
            chosen = [value for value, selected in self._options if selected]
            if not chosen and not is_multiple and self._options:
                chosen = [self._options[0][0]]
            if chosen:
                self.data[name] = chosen
            self._select = None


def form_on(response: Any, **changes: Any) -> Data:
    """The form of a page as it would be posted, with these changes. `None` leaves a field out."""
    data = FormReader(response.content.decode()).data
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return data


def change_url(fact: Recorded) -> str:
    return desk_url(type(fact), "change", fact.pk)


def list_url(model: type[Recorded]) -> str:
    return desk_url(model, "changelist")


def add_url(model: type[Recorded]) -> str:
    return desk_url(model, "add")


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response: Any) -> str:
    """The words on the page, without tags and with single spaces."""
    reader = WordReader()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.words).split())


class WordReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def last_revision(fact: Recorded) -> Revision:
    revision = Revision.objects.of(fact).first()
    assert revision is not None
    return revision


@pytest.fixture
def ada() -> Client:
    return sign_in(factories.make_editor(username="ada", first_name="Ada", last_name="Lovelace"))


@pytest.fixture
def bob() -> Client:
    return sign_in(factories.make_editor(username="bob", first_name="Bob", last_name="Hopper"))


# Every page


def one_of_each() -> list[Recorded]:
    rating = factories.make_rating()
    trait = factories.make_trait()
    tie, figure, answer = factories.make_tie(), factories.make_figure(), factories.make_answer()
    need, condition = factories.make_need(), factories.make_condition()
    option = condition.options.get()
    return [
        tie,
        tie.component,
        factories.make_addition(),
        figure,
        figure.benchmark,
        answer,
        answer.question,
        need,
        need.use_case,
        factories.make_use_case_weight(),
        factories.make_recommendation(),
        condition,
        condition.rule,
        option,
        option.prompt,
        rating,
        trait,
        factories.make_relation(),
        factories.make_disagreement(),
        rating.framework,
        rating.criterion,
        rating.criterion.group,
        trait.value,
        trait.value.facet,
        trait.claims.all()[0],
        trait.claims.all()[0].source,
    ]


def test_every_page_of_every_fact_opens(ada: Client) -> None:
    facts = one_of_each()
    assert {type(fact) for fact in facts} == set(recorded_models().values())
    for fact in facts:
        name = str(fact)
        assert name.split(",", maxsplit=1)[0].split(" is ", maxsplit=1)[0] in text_of(
            ada.get(change_url(fact))
        )
        for page in ("changelist", "add"):
            assert ada.get(desk_url(type(fact), page)).status_code == 200
        history = ada.get(desk_url(type(fact), "history", fact.pk))
        assert "Maker created it on" in text_of(history)
        assert "Made for a test." in text_of(history)
        deletion = ada.get(desk_url(type(fact), "delete", fact.pk))
        assert deletion.status_code == 200


def test_pages_hold_no_inline_code(ada: Client) -> None:
    for fact in one_of_each():
        for url in (change_url(fact), list_url(type(fact)), add_url(type(fact))):
            page = ada.get(url).content.decode()
            assert "<style" not in page
            assert " style=" not in page
            assert " onclick=" not in page
            assert "<script>" not in page


def test_desk_is_branded(ada: Client) -> None:
    page = ada.get(reverse("admin:index")).content.decode()
    assert "Touchstone" in page
    assert "admin-touchstone.css" in page
    assert "The editors’ desk" in page


# Rights


def test_editors_see_the_facts_and_nothing_else(ada: Client) -> None:
    page = ada.get(reverse("admin:index")).content.decode()
    assert "/admin/frameworks/rating/" in page
    assert "/admin/frameworks/revision/" in page
    assert "/admin/auth/" not in page
    for url in ("/admin/auth/user/", "/admin/auth/group/", "/admin/auth/user/add/"):
        assert ada.get(url).status_code == 403


def test_editors_group_has_exactly_its_rights() -> None:
    editor = factories.make_proposer()
    facts = ("addition answer benchmark claim component criterion criteriongroup disagreement facet facetvalue "
             "figure framework question rating relation source tie trait").split()  # fmt: skip
    judgements = "condition need option prompt recommendation rule usecase usecaseweight".split()
    named = [("frameworks", fact) for fact in facts] + [("comparisons", one) for one in judgements]
    verbs = ("add", "change", "delete", "view")
    expected = {f"{app}.{verb}_{model}" for verb in verbs for app, model in named}
    desk = "view_revision view_proposal view_objection change_objection view_linkcheck".split()
    assert editor.get_all_permissions() == expected | {f"frameworks.{right}" for right in desk}
    reviewing = expected & {f"{app}.view_{model}" for app, model in named}
    assert factories.make_reviewer().get_all_permissions() == reviewing | {
        "frameworks.publish_proposal",
        *(f"frameworks.{right}" for right in desk),
    }


def test_strangers_are_sent_to_the_login() -> None:
    rating = factories.make_rating()
    for url in (change_url(rating), list_url(type(rating))):
        assert Client().get(url).headers["Location"].startswith("/admin/login/")


def test_staff_outside_the_group_see_nothing() -> None:
    rating = factories.make_rating()
    clerk = sign_in(User.objects.create_user("clerk", is_staff=True))
    assert clerk.get(change_url(rating)).status_code == 403
    assert clerk.post(change_url(rating), {}).status_code == 403
    assert clerk.get(list_url(type(rating))).status_code == 403


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_writes_in_the_history(is_superuser: bool) -> None:
    rating = factories.make_rating()
    user = User.objects.create_superuser("root") if is_superuser else factories.make_editor()
    client = sign_in(user)
    revision = last_revision(rating)
    pages = "admin:frameworks_revision_"
    assert client.get(reverse(f"{pages}add")).status_code == 403
    assert client.post(reverse(f"{pages}change", args=[revision.pk]), {"reason": "x"}).status_code == 403
    assert client.post(reverse(f"{pages}delete", args=[revision.pk]), {"post": "yes"}).status_code == 403
    shown = client.get(reverse(f"{pages}change", args=[revision.pk]))
    assert "Made for a test." in text_of(shown)
    assert FormReader(shown.content.decode()).buttons == []
    listed = client.get(reverse(f"{pages}changelist"), {"q": "Made for a test", "model": "rating"})
    assert "1 revision" in text_of(listed)
    assert 'name="action"' not in listed.content.decode()


# Any address gets an answer

HOSTILE = ["\0", "9" * 30, "abc", "x" * 3000, "'\"<", "-1", "1e400", "1,2,\0"]
#: Those that one database or the other stumbles over, for where there is much to try them on.
STUMBLING = ["9" * 30, "abc", "1,2,\0"]
PARAMETERS = (
    "q p o e all claims dispute review cell reading part__exact framework__id__exact framework__id__in "
    "criterion__group__id__exact is_published__exact source__id__exact reviewed_on__gte at__gte at__year model "
    "author_name _facets _popup _to_field nonsense"
).split()


@pytest.mark.parametrize("value", STUMBLING)
@pytest.mark.parametrize("model", ["rating", "claim", "revision"])
def test_lists_take_any_parameter(ada: Client, model: str, value: str) -> None:
    factories.make_rating()
    for name in PARAMETERS:
        response = ada.get(f"/admin/frameworks/{model}/", {name: value}, follow=True)
        assert response.status_code in (200, 400), name
        assert b"<h1" in response.content


def test_lists_say_what_they_did_not_understand(ada: Client) -> None:
    refused = ada.get("/admin/frameworks/claim/?part__exact=%00")
    assert refused.status_code == 400
    assert "That address was not understood" in text_of(refused)
    assert "Show all claims" in text_of(refused)
    searched = ada.get("/admin/frameworks/claim/?q=%00")
    assert searched.status_code == 200
    assert "Null characters are not allowed." in text_of(searched)
    assert "at most 200 characters" in text_of(ada.get("/admin/frameworks/claim/", {"q": "x" * 60_000}))
    filtered = ada.get("/admin/frameworks/rating/?is_published__exact=abc", follow=True)
    assert "That filter was not understood. This is the whole list." in text_of(filtered)


def test_autocomplete_takes_any_term(ada: Client) -> None:
    asked = {"app_label": "frameworks", "model_name": "claim", "field_name": "source"}
    for value in [*HOSTILE, "x" * 60_000]:
        response = ada.get("/admin/autocomplete/", {**asked, "term": value})
        assert response.status_code == 200
        assert response.json()["results"] == []


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_pages_of_facts_that_cannot_be(ada: Client, page: str) -> None:
    for pk in ("%00", "9" * 30, "abc", "_5F"):
        url = f"/admin/frameworks/rating/{pk}/{page}/"
        assert ada.get(url, follow=True).status_code == 200
        assert ada.post(url, {}, follow=True).status_code == 200


def test_add_form_takes_any_prefilling(ada: Client) -> None:
    for value in HOSTILE:
        for model, fields in {
            "rating": "framework criterion score verdict",
            "claim": "source framework line term",
            "trait": "claims value note",
        }.items():
            given = dict.fromkeys([*fields.split(), "seen", "reason"], value)
            assert ada.get(f"/admin/frameworks/{model}/add/", given).status_code == 200


@pytest.mark.parametrize("value", ["\0", "x" * 3000, *STUMBLING])
def test_forms_take_anything(ada: Client, value: str) -> None:
    for fact in one_of_each():
        clean = form_on(ada.get(change_url(fact)), reason="Because.")
        # All at once but for what frames the form, so that no field hides behind another's error.
        framing = ("csrfmiddlewaretoken", "-TOTAL_FORMS", "-INITIAL_FORMS", "seen")
        hostile = {name: given if name.endswith(framing) else [value] for name, given in clean.items()}
        response = ada.post(change_url(fact), hostile)
        assert response.status_code in (200, 302), fact


@pytest.mark.parametrize("value", STUMBLING)
def test_any_field_of_a_rating_takes_anything(ada: Client, value: str) -> None:
    rating = factories.make_rating()
    clean = form_on(ada.get(change_url(rating)), reason="Because.")
    for name in clean:
        if name != "csrfmiddlewaretoken":
            response = ada.post(change_url(rating), {**clean, name: [value]})
            assert response.status_code in (200, 302, 409), name


def test_lists_take_any_selection(ada: Client) -> None:
    factories.make_rating()
    for pk in ("\0", "9" * 30, "abc"):
        response = ada.post(
            "/admin/frameworks/rating/", {"_selected_action": [pk], "action": "publish", "index": "0"}
        )
        assert response.status_code == 400
        posted = {"row": [pk, f"{pk}:1:django", "1:1:\0"], "action": "publish", "reason": "x"}
        assert ada.post("/admin/frameworks/rating/", posted, follow=True).status_code == 200
