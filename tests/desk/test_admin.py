"""The editors' desk as a whole: who may do what, every page, any address. Also the tools that its tests share."""

from itertools import cycle

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from desk.editing.guarded import desk_url
from frameworks.models import versioned_models
from tests import factories
from tests.desk.reading import FormReader, change_url, form_on, last_revision, list_url, text_of
from tests.desk.signing_in import sign_in
from tests.factories import one_of_each
from tests.hostile import HOSTILE, HOSTILE_ON_EACH, IN_TURN

pytestmark = pytest.mark.django_db


# Tools


# Every page


def test_admin_opens_every_page_of_every_model(ada: Client) -> None:
    facts = one_of_each()
    assert {type(fact) for fact in facts} == set(versioned_models().values())
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


def test_desk_is_branded(ada: Client) -> None:
    page = ada.get(reverse("admin:index")).content.decode()
    assert "Touchstone" in page
    assert "admin-touchstone.css" in page
    assert "The editors’ desk" in page


# Rights


def test_admin_limits_editors_to_the_facts(ada: Client) -> None:
    page = ada.get(reverse("admin:index")).content.decode()
    assert "/admin/frameworks/rating/" in page
    assert "/admin/frameworks/revision/" in page
    assert "/admin/auth/" not in page
    for url in ("/admin/auth/user/", "/admin/auth/group/", "/admin/auth/user/add/"):
        assert ada.get(url).status_code == 403


def test_roles_grant_editors_and_reviewers_exactly_their_permissions() -> None:
    editor = factories.make_proposer()
    facts = ("addition answer benchmark claim component criterion criteriongroup disagreement facet facetvalue "
             "figure framework question rating relation source tie trait wording").split()  # fmt: skip
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


def test_admin_redirects_anonymous_users_to_login() -> None:
    rating = factories.make_rating()
    for url in (change_url(rating), list_url(type(rating))):
        assert Client().get(url).headers["Location"].startswith("/admin/login/")


def test_admin_denies_staff_without_permissions() -> None:
    rating = factories.make_rating()
    clerk = sign_in(User.objects.create_user("clerk", is_staff=True))
    assert clerk.get(change_url(rating)).status_code == 403
    assert clerk.post(change_url(rating), {}).status_code == 403
    assert clerk.get(list_url(type(rating))).status_code == 403


@pytest.mark.parametrize("is_superuser", [False, True])
def test_revision_admin_is_read_only(is_superuser: bool) -> None:
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

PARAMETERS = (
    "q p o e all claims dispute review cell reading part__exact framework__id__exact framework__id__in "
    "criterion__group__id__exact is_published__exact source__id__exact reviewed_on__gte at__gte at__year model "
    "author_name _facets _popup _to_field nonsense"
).split()


@pytest.mark.slow
@pytest.mark.parametrize("values", IN_TURN)
@pytest.mark.parametrize("model", ["rating", "claim", "revision"])
def test_admin_lists_accept_any_parameter(ada: Client, model: str, values: list[str]) -> None:
    factories.make_rating()
    for name, value in zip(PARAMETERS, cycle(values), strict=False):
        response = ada.get(f"/admin/frameworks/{model}/", {name: value}, follow=True)
        assert response.status_code in (200, 400), name
        assert b"<h1" in response.content


@pytest.mark.both
def test_admin_lists_report_invalid_parameters(ada: Client) -> None:
    refused = ada.get("/admin/frameworks/claim/?part__exact=%00")
    assert refused.status_code == 400
    assert "That address was not understood" in text_of(refused)
    assert "Show all claims" in text_of(refused)
    searched = ada.get("/admin/frameworks/claim/?q=%00")
    assert searched.status_code == 200
    assert "Null characters are not allowed." in text_of(searched)
    assert "at most 200 characters" in text_of(ada.get("/admin/frameworks/claim/", {"q": "x" * 60_000}))
    filtered = ada.get("/admin/frameworks/rating/?is_published__exact=abc", follow=True)
    assert "That filter was not understood, so the whole list is shown." in text_of(filtered)


@pytest.mark.both
def test_autocomplete_accepts_any_term(ada: Client) -> None:
    asked = {"app_label": "frameworks", "model_name": "claim", "field_name": "source"}
    for value in [*HOSTILE, "x" * 60_000]:
        response = ada.get("/admin/autocomplete/", {**asked, "term": value})
        assert response.status_code == 200
        assert response.json()["results"] == []


@pytest.mark.both
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_admin_pages_handle_invalid_ids(ada: Client, page: str) -> None:
    for pk in ("%00", "9" * 30, "abc", "_5F"):
        url = f"/admin/frameworks/rating/{pk}/{page}/"
        assert ada.get(url, follow=True).status_code == 200
        assert ada.post(url, {}, follow=True).status_code == 200


@pytest.mark.both
def test_add_form_accepts_any_initial_values(ada: Client) -> None:
    for value in HOSTILE:
        for model, fields in {
            "rating": "framework criterion score verdict",
            "claim": "source framework line term",
            "trait": "claims value note",
        }.items():
            given = dict.fromkeys([*fields.split(), "seen", "reason"], value)
            assert ada.get(f"/admin/frameworks/{model}/add/", given).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("values", HOSTILE_ON_EACH)
def test_admin_forms_handle_any_input(ada: Client, values: list[str]) -> None:
    in_turn = cycle(values)
    for fact in one_of_each():
        clean = form_on(ada.get(change_url(fact)), reason="Because.")
        # All at once but for what frames the form, so that no field hides behind another's error; each value in each
        # kind of field, of which facts have many.
        framing = ("csrfmiddlewaretoken", "-TOTAL_FORMS", "-INITIAL_FORMS", "seen")
        hostile = {
            name: given if name.endswith(framing) else [next(in_turn)] for name, given in clean.items()
        }
        response = ada.post(change_url(fact), hostile)
        assert response.status_code in (200, 302), (fact, hostile)


@pytest.mark.slow
@pytest.mark.parametrize("values", IN_TURN)
def test_rating_form_handles_any_input_in_any_field(ada: Client, values: list[str]) -> None:
    rating = factories.make_rating()
    clean = form_on(ada.get(change_url(rating)), reason="Because.")
    for name, value in zip(clean, cycle(values), strict=False):
        if name != "csrfmiddlewaretoken":
            response = ada.post(change_url(rating), {**clean, name: [value]})
            assert response.status_code in (200, 302, 409), name


@pytest.mark.both
def test_admin_lists_handle_any_selection(ada: Client) -> None:
    factories.make_rating()
    for pk in ("\0", "9" * 30, "abc"):
        response = ada.post(
            "/admin/frameworks/rating/", {"_selected_action": [pk], "action": "publish", "index": "0"}
        )
        assert response.status_code == 400
        posted = {"row": [pk, f"{pk}:1:django", "1:1:\0"], "action": "publish", "reason": "x"}
        assert ada.post("/admin/frameworks/rating/", posted, follow=True).status_code == 200
