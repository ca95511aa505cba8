"""A published score rests on a reading or says what else it rests on: by each way in, and when the reading goes."""

from typing import Any

import pytest
from django.test import Client

from frameworks.models import Claim, Criterion, Framework, Proposal, Rating, Revision, Source, Wording
from frameworks.record.replaying import divergences
from tests import factories
from tests.desk.acting import (
    changed_cell,
    choose,
    confirm,
    decide,
    edit,
    new_claim_row,
    save,
    send,
)
from tests.desk.reading import add_url, change_url, form_on, list_url, text_of
from tests.desk.signing_in import sign_in
from tests.frameworks.tables.importing import confirm as imported
from tests.frameworks.tables.importing import counts, exported, file, preview, upload
from tests.html import read

pytestmark = pytest.mark.django_db

UNREAD = (
    "No claim about Django under Ease has a reading, so no score follows. Give a claim a reading, or say {} why the"
    " score is given anyway."
)
HERE, ELSEWHERE = (
    UNREAD.format("under “Departure”"),
    UNREAD.format("on the rating’s own page, under “Departure”,"),
)
DIFFERS = "The median of the sources is 2, and the rating does not say why it is 4."
LAST = "This is the last claim with a reading for the published rating “Django, Ease”. Give another claim a reading,"
TRIED = "The editors have tried it."


@pytest.fixture
def cell() -> tuple[Framework, Criterion]:
    """Almanac says of Django under Ease what reads as nothing; “steep” reads as 2."""
    cell = (
        factories.make_framework(slug="django", name="Django"),
        factories.make_criterion(slug="ease", name="Ease"),
    )
    factories.make_wording(criterion=cell[1], slug="steep", words="steep", reading=2)
    almanac = factories.make_source(short_name="Almanac")
    factories.make_claim(framework=cell[0], criterion=cell[1], source=almanac)
    return cell


@pytest.fixture
def draft(cell: tuple[Framework, Criterion]) -> Rating:
    return factories.make_rating(framework=cell[0], criterion=cell[1], score=4, is_published=False)


@pytest.fixture
def steep(cell: tuple[Framework, Criterion]) -> Claim:
    """Herald calls Django steep, and the score follows."""
    read = {"term": "Steep", "wording": Wording.objects.get(), "reading": 2}
    claim = factories.make_claim(framework=cell[0], criterion=cell[1], **read)
    factories.make_rating(framework=cell[0], criterion=cell[1], score=2)
    return claim


def errors(response: Any, field: str) -> list[str]:
    return [error.text for error in read(response.content).all(f".field-{field} .errorlist li")]


def imports_as(client: Client, kind: str, **fields: str) -> str:
    """What the preview of an import says of the first rows of an export with these fields."""
    return preview(client, upload(client, kind, file([{**row, **fields} for row in exported(kind)]))).text


@pytest.mark.parametrize("is_read", [False, True], ids=["without a reading", "apart from the median"])
def test_draft_is_not_published_by_any_way_until_it_says_why(
    ada: Client, draft: Rating, is_read: bool
) -> None:
    if is_read:
        read_as = {"term": "Steep", "wording": Wording.objects.get(), "reading": 2}
        factories.make_claim(framework=draft.framework, criterion=draft.criterion, **read_as)
    url = change_url(draft)
    # As a draft it may stand.
    assert save(ada, url, verdict="Fine", reason="Said better.").status_code == 302
    form = save(ada, url, is_published="on", reason="Now.")
    assert errors(form, "score" if is_read else "departure") == [
        f"{DIFFERS} Enter 2, or give the reason under “Departure”." if is_read else HERE
    ]
    said = DIFFERS if is_read else HERE
    assert f"{draft}: {said}" in text_of(confirm(ada, choose(ada, "publish", draft)))
    assert said in imports_as(ada, "rating", is_published="yes")
    [outcome] = send(ada, changed_cell(Rating.objects.get(), is_published=True)).json()["outcomes"]
    assert outcome["outcome"] == "refused"
    assert outcome["sentence"].startswith(DIFFERS if is_read else ELSEWHERE)
    eve = sign_in(factories.make_proposer())
    assert said in text_of(save(eve, url, is_published="on", reason="Now."))
    assert not Proposal.objects.exists()
    assert not Rating.objects.get().is_published
    assert save(ada, url, is_published="on", departure=TRIED, reason="Now.").status_code == 302
    assert Rating.objects.get().is_published
    # Nor can it stay published without saying why.
    assert said in text_of(save(ada, url, departure="", reason="No need."))
    assert said in imports_as(ada, "rating", departure="")


def test_new_rating_is_not_published_without_a_reading(
    ada: Client, cell: tuple[Framework, Criterion]
) -> None:
    url = f"{add_url(Rating)}?framework={cell[0].pk}&criterion={cell[1].pk}"
    own = {"score": "4", "verdict": "Fine", "rationale": "Said so.", "is_published": "on", "reason": "New."}
    herald = factories.make_source()
    row = new_claim_row(1, herald, line="3", paraphrase="It is fine.")
    assert errors(save(ada, url, **own, **row), "departure") == [HERE]
    [outcome] = send(
        ada, changed_cell(cell, score=4, verdict="Fine", rationale="So.", is_published=True)
    ).json()["outcomes"]
    assert outcome["sentence"] == ELSEWHERE
    assert not Rating.objects.exists()
    assert save(ada, url, **{**own, "score": "2"}, **{**row, "claims-1-term": ["Steep"]}).status_code == 302
    rating = Rating.objects.get()
    assert (rating.score, rating.is_published, rating.departure) == (2, True, "")


def test_reading_that_a_published_score_rests_on_stays(ada: Client, steep: Claim) -> None:
    elsewhere = factories.make_framework()
    url = change_url(steep)
    for fields in ({"term": ""}, {"framework": elsewhere.pk}):
        assert LAST in text_of(save(ada, url, **fields, reason="Misread."))
    assert LAST in text_of(ada.get(url.replace("/change/", "/delete/")))
    assert LAST in text_of(choose(ada, "delete_selected", steep))
    assert "This is the last claim with a reading for a published rating." in imports_as(
        ada, "claim", term=""
    )
    rating = Rating.objects.get()
    shown = form_on(ada.get(change_url(rating)))
    [row] = [f"claims-{at}" for at in (0, 1) if shown[f"claims-{at}-term"] == ["Steep"]]
    assert errors(save(ada, change_url(rating), **{f"{row}-term": ""}, reason="Misread."), "departure") == [
        HERE
    ]
    assert errors(
        save(ada, change_url(rating), **{f"{row}-DELETE": "on"}, reason="Misread."), "departure"
    ) == [HERE]
    steep.refresh_from_db()
    assert (steep.version, steep.reading) == (1, 2)
    # In one go with the departure, the reading may go.
    changes = {f"{row}-term": "", "departure": TRIED, "reason": "Misread."}
    assert save(ada, change_url(rating), **changes).status_code == 302
    steep.refresh_from_db()
    rating.refresh_from_db()
    assert (steep.reading, rating.is_published, rating.departure) == (None, True, TRIED)
    changeset = Revision.objects.latest("pk").changeset
    undo = f"/admin/frameworks/revision/changeset/{changeset}/undo/"
    assert ada.post(undo, form_on(ada.get(undo), reason="It was right.")).status_code == 302
    steep.refresh_from_db()
    rating.refresh_from_db()
    assert (steep.reading, rating.is_published, rating.departure) == (2, True, "")
    assert list(divergences()) == []


@pytest.mark.both
def test_import_may_give_the_last_reading_to_another_claim(ada: Client, eve: Client, steep: Claim) -> None:
    """Whichever row comes first, published at once or proposed; but not away from the cell."""
    almanac = Claim.objects.exclude(pk=steep.pk).get()
    terms = {steep.key: "", almanac.key: "Steep"}
    for client, step in ((ada, 1), (eve, -1)):
        rows = [{**row, "term": terms[row["key"]]} for row in exported("claim")[::step]]
        url = upload(client, "claim", file(rows))
        assert counts(preview(client, url)) == "All 2 New 0 Changed 2 Same 0 Refused 0"
        assert imported(client, url).redirect_chain
        if client is eve:
            decide(ada, Proposal.objects.get(), "publish")
        readings = dict(Claim.objects.values_list("pk", "reading"))
        assert readings == {steep.pk: None, almanac.pk: 2}
        changeset = Revision.objects.latest("pk").changeset
        undo = f"/admin/frameworks/revision/changeset/{changeset}/undo/"
        assert ada.post(undo, form_on(ada.get(undo), reason="It was right.")).status_code == 302
    assert Rating.objects.get().is_published
    moved = {steep.key: "", almanac.key: "Plain"}
    rows = [{**row, "term": moved[row["key"]]} for row in exported("claim")]
    assert counts(preview(ada, upload(ada, "claim", file(rows)))) == "All 2 New 0 Changed 1 Same 0 Refused 1"


@pytest.mark.parametrize("fields", [{"reading": ""}, {"words": "abrupt"}], ids=["reading", "words"])
def test_row_that_takes_the_last_reading_away_unpublishes_the_score(
    ada: Client, steep: Claim, fields: dict[str, str]
) -> None:
    row, rating = Wording.objects.get(), Rating.objects.get()
    assert "A published rating that is left without a reading is unpublished" in text_of(
        ada.get(change_url(row))
    )
    form = form_on(ada.get(change_url(row)), **fields, reason="Not a step.")
    said = text_of(ada.post(change_url(row), form, follow=True))
    assert "1 claim and 0 scores have changed with the row." in said
    assert "Unpublished, because no claim with a reading is left for them: django/ease." in said
    rating.refresh_from_db()
    assert (rating.score, rating.is_published) == (2, False)
    changeset = Revision.objects.latest("pk").changeset
    undo = f"/admin/frameworks/revision/changeset/{changeset}/undo/"
    assert ada.post(undo, form_on(ada.get(undo), reason="It was right.")).status_code == 302
    rating.refresh_from_db()
    steep.refresh_from_db()
    assert (rating.is_published, steep.reading) == (True, 2)
    assert list(divergences()) == []


def test_retired_source_with_the_last_reading_unpublishes_the_score(ada: Client, steep: Claim) -> None:
    fields = {"retired_on": "2026-05-01", "retired_because": "it is an advertisement", "reason": "So it is."}
    assert save(ada, change_url(steep.source), **fields).status_code == 302
    assert "is left for them: django/ease." in text_of(ada.get(list_url(Source)))
    assert not Rating.objects.get().is_published


def test_past_or_proposed_publication_is_refused_once_the_reading_is_gone(ada: Client, steep: Claim) -> None:
    rating, eve = Rating.objects.get(), sign_in(factories.make_proposer())
    first = Revision.objects.of(rating).get()
    save(ada, change_url(rating), is_published=None, reason="Later.")
    unpublishing = Revision.objects.latest("pk").changeset
    assert save(eve, change_url(rating), is_published="on", reason="Now.").status_code == 302
    assert save(ada, change_url(steep), term="", reason="Misread.").status_code == 302
    proposal = Proposal.objects.get()
    assert HERE in text_of(decide(ada, proposal, "publish"))
    undo = f"/admin/frameworks/revision/changeset/{unpublishing}/undo/"
    assert f"This cannot be undone now. {rating}: {HERE}" in text_of(ada.get(undo))
    restore = f"/admin/frameworks/revision/{first.pk}/restore/"
    for refused in (
        ada.post(restore, form_on(ada.get(restore), reason="As before.")),
        ada.post(undo, {"count": 1, "reason": "As before."}),
    ):
        assert refused.status_code == 200
        assert HERE in text_of(refused)
    assert not Rating.objects.get().is_published


def test_list_refuses_score_without_a_reading_only_where_it_is_published(ada: Client, draft: Rating) -> None:
    page = ada.get(list_url(Rating))
    assert ada.post(list_url(Rating), edit(page, {draft: {"score": 5}})).status_code == 302
    assert Rating.objects.get().score == 5
