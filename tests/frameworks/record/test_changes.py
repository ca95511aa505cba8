"""What readers are told of the history: who changed what, when and why, and nothing that is not public."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from desk.review import proposals
from frameworks.models import EditorProfile, Framework, Revision
from frameworks.record import changelog, revisions, score_history
from frameworks.record.revisions import Author
from tests import factories
from tests.desk.signing_in import sign_in
from tests.frameworks.changing import NOON, change, editor, rated
from tests.html import Element, read

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = "/changes/") -> Element:
    response = client.get(address)
    assert response.status_code == 200
    return read(response.content)


def words(client: Client, address: str = "/changes/") -> str:
    return page(client, address).one("main").text


# One entry for each go


def test_changes_shows_author_date_reason_and_values(client: Client) -> None:
    rating, by = rated(), Author.editor(editor("Ada L."))
    change(rating, by=by, reason="A benchmark says so.", score=4, verdict="Quick")
    change(rating.framework, by=by, reason="As its site says.", tagline="For <deadlines>")
    entry = next(found for found in page(client).all("section.changeset") if "Ada L." in found.text)
    assert entry.one("time")["datetime"] == "2026-11-20T12:00:00+00:00"
    assert entry.one(".aside").text == "20 November 2026, 12:00 UTC by Ada L."
    assert entry.one("h2").text == "A benchmark says so."
    assert "1 framework, 1 rating" in entry.text
    first, second = entry.all("ul.changed-facts li")
    assert first.one("a")["href"] == "/frameworks/django/#performance"
    assert first.one(".fact-line").text == "Rating Django, Performance changed"
    assert first.texts("dl.changed div") == [
        "Score before: 3 → after: 4",
        "Verdict before: Middling → after: Quick",
    ]
    # Another reason than the one above is said beside the fact.
    assert second.one("q").text == "As its site says."
    assert second.one("dl.changed").text == "Tagline before: empty → after: For <deadlines>"


def test_changes_names_and_links_each_kind_of_fact(client: Client) -> None:
    flask, fastapi = (factories.make_framework(name=name) for name in ("Flask", "FastAPI"))
    component = factories.make_component(name="Flask-Login")
    factories.make_tie(component=component, framework=flask, kind="extends")
    factories.make_addition(
        component=component, framework=flask, capability=factories.make_capability(slug="auth")
    )
    use_case = factories.make_use_case(name="REST API")
    factories.make_recommendation(flask, fastapi, use_case=use_case)
    factories.make_figure(benchmark=factories.make_benchmark(title="One endpoint"), framework=fastapi)
    factories.make_answer(question=factories.make_question(text="Is it quick?", slug="quick"), line=7)
    found = {
        step.text: step.one("a")["href"]
        for step in page(client, f"/changes/{factories.MAKER.changeset}/").all(".fact-line")
        if step.all("a")
    }
    for said, url in {
        "Component Flask-Login new": "/components/flask-login/",
        "Tie Flask-Login extends Flask new": "/components/flask-login/",
        "Addition Flask-Login, Flask, capability, auth new": "/components/flask-login/",
        "Use case REST API new": "/use-cases/rest-api/",
        "Recommendation REST API, flask-and-fastapi new": "/use-cases/rest-api/",
        "Benchmark One endpoint new": "/benchmarks/#one-endpoint",
        "Figure One endpoint, FastAPI, uvicorn new": "/benchmarks/#one-endpoint",
        "Question Is it quick? new": "/questions/#quick",
    }.items():
        assert found.get(said) == url, (said, found)
    assert any(said.startswith("Answer Is it quick?, ") for said in found)


def test_changes_filtered_by_framework_includes_recommendations_naming_it(client: Client) -> None:
    flask, fastapi = (factories.make_framework(name=name) for name in ("Flask", "FastAPI"))
    factories.make_recommendation(flask, fastapi, use_case=factories.make_use_case(name="REST API"))
    factories.make_recommendation(fastapi, use_case=factories.make_use_case(name="Shop"))
    shown = page(client, "/changes/?framework=flask").texts(".fact-line")
    assert [said for said in shown if said.startswith("Recommendation")] == [
        "Recommendation REST API, flask-and-fastapi new"
    ]


def test_changes_sorts_newest_first(client: Client) -> None:
    rating, user = rated(), editor()
    for day, reason in enumerate(["Third.", "Second.", "First."]):
        at = NOON + timedelta(days=3000 + day)
        change(rating, by=Author.editor(user), reason=reason, at=at, score=5 - 2 * day)
    assert page(client).texts("section.changeset h2")[:3] == ["First.", "Second.", "Third."]


def test_changes_marks_only_changed_words_of_long_text(client: Client) -> None:
    rating = rated(rationale="The sources say that it is quick enough for most of what sites need today.")
    later = rating.rationale.replace("quick enough", "fast")
    change(rating, by=Author.editor(editor()), rationale=later)
    shown = next(found for found in page(client).all("dl.changed dd") if found.all("del"))
    assert (shown.texts("del"), shown.texts("ins")) == (["removed: quick enough"], ["added: fast"])
    assert shown.text.startswith("The sources say that it is ")


def test_changes_folds_long_changeset_and_links_to_its_own_page(client: Client) -> None:
    by = Author.editor(editor("Ada L."))
    for number in range(52):
        framework = Framework(slug=f"new-{number}", name=f"New {number}")
        revisions.save(framework, by=by, reason="All of them.", at=NOON)
    entry = page(client).one("section.changeset")
    assert len(entry.all("ul.changed-facts li")) == 10
    link = entry.one("p.rest a")
    assert (link.text, link["href"]) == ("Show all 52 entries of this change", f"/changes/{by.changeset}/")
    whole = page(client, link["href"])
    assert whole.one("h1").text == "All of them."
    assert len(whole.all("ul.changed-facts li")) == 50
    assert whole.one("nav.pages").text == "Page 1 of 2 Next page"
    assert len(page(client, whole.one("nav.pages a")["href"]).all("ul.changed-facts li")) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_changes_query_count_does_not_grow_with_rows_of_the_table_of_readings(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        factories.make_wording()
    with django_assert_num_queries(13):
        client.get("/changes/")


def test_changes_shows_thirty_changesets_per_page(client: Client) -> None:
    framework, user = factories.make_framework(), editor()
    for number in range(31):
        change(framework, by=Author.editor(user), tagline=f"Tagline {number}")
    first = page(client, "/changes/?kind=framework")
    assert len(first.all("section.changeset")) == 30
    rest = page(client, first.one("nav.pages a[rel=next]")["href"])
    assert len(rest.all("section.changeset")) == 2
    assert rest.all("nav.pages a[rel=next]") == []
    back = page(client, rest.one("nav.pages a[rel=prev]")["href"])
    assert back.texts("section.changeset") == first.texts("section.changeset")


def test_changes_page_is_canonical_by_where_it_begins(client: Client) -> None:
    framework, user = factories.make_framework(), editor()
    for number in range(62):
        change(framework, by=Author.editor(user), tagline=f"Tagline {number}")
    first = page(client)
    second = page(client, first.one("nav.pages a[rel=next]")["href"])
    third = page(client, second.one("nav.pages a[rel=next]")["href"])
    canonical = second.one("link[rel=canonical]")["href"]
    assert canonical.endswith(
        f"/changes/{first.one('nav.pages a[rel=next]')['href'].partition('/changes/')[2]}"
    )
    # The same page, come upon from the other side.
    back = page(client, third.one("nav.pages a[rel=prev]")["href"])
    assert back.one("link[rel=canonical]")["href"] == canonical
    assert back.texts("section.changeset") == second.texts("section.changeset")


# Narrowed


@pytest.mark.parametrize(
    "query, kinds",
    [
        ("kind=rating", {"Rating"}),
        ("kind=claim", {"Claim"}),
        ("kind=criterion", {"Criterion"}),
        ("kind=source", {"Source"}),
        ("kind=framework", {"Framework"}),
        ("kind=other", {"Criterion group"}),
        ("framework=django", {"Framework", "Claim", "Rating"}),
        ("framework=django&kind=rating", {"Rating"}),
        ("framework=&kind=", {"Framework", "Claim", "Rating", "Criterion", "Criterion group", "Source"}),
    ],
)
def test_changes_filters_by_kind_and_framework(client: Client, query: str, kinds: set[str]) -> None:
    rated()
    assert set(page(client, f"/changes/?{query}").texts("span.kind")) == kinds


def test_changes_filtered_by_framework_excludes_other_frameworks(client: Client) -> None:
    rated()
    factories.make_rating(framework=factories.make_framework(name="Flask"))
    assert "Flask" not in page(client, "/changes/?framework=django").one("section.changeset").text


@pytest.mark.parametrize(
    "query, said",
    [
        ("kind=x", "There is no such kind of fact, so all kinds are shown."),
        ("kind=%00", "There is no such kind of fact, so all kinds are shown."),
        ("framework=nobody", "There is no such framework, so all frameworks are shown."),
        ("framework=hidden", "There is no such framework, so all frameworks are shown."),
        (f"framework={'x' * 7000}", "There is no such framework, so all frameworks are shown."),
        ("before=0", "There is no such page, so the newest is shown."),
        ("after=-1", "There is no such page, so the newest is shown."),
        pytest.param(f"before={'9' * 5000}", "There is no such page, so the newest is shown.", id="long"),
        ("before=%00&after=x", "There is no such page, so the newest is shown."),
    ],
)
def test_changes_reports_and_ignores_invalid_parameters(client: Client, query: str, said: str) -> None:
    rated()
    factories.make_framework(name="Hidden", is_published=False)
    found = page(client, f"/changes/?{query}")
    assert found.texts("ul.notices li") == [said]
    assert found.all("section.changeset")


# What is not public


def hide(framework: Framework) -> None:
    change(framework, by=factories.MAKER, is_published=False)


def _its_claim(framework: Framework) -> None:
    factories.make_claim(framework=framework, paraphrase="SECRET")


def _its_rating(framework: Framework) -> None:
    factories.make_rating(framework=framework, verdict="SECRET")


def _its_trait(framework: Framework) -> None:
    factories.make_trait(framework=framework, note="SECRET", claims=[])


def _its_relation(framework: Framework) -> None:
    factories.make_relation(framework=framework, text="SECRET", claims=[])


def _its_relation_from_another(framework: Framework) -> None:
    factories.make_relation(other=framework, text="SECRET", claims=[])


def _a_claim_that_was_moved_from_it(framework: Framework) -> None:
    claim = factories.make_claim(framework=framework, paraphrase="SECRET")
    change(claim, by=factories.MAKER, framework=factories.make_framework(), paraphrase="Fine.")


def _a_claim_that_was_deleted(framework: Framework) -> None:
    claim = factories.make_claim(framework=framework, paraphrase="SECRET")
    revisions.delete(claim, by=factories.MAKER, reason="SECRET", seen=claim.version)


def _a_disagreement_that_names_its_claim(framework: Framework) -> None:
    claim = factories.make_claim(framework=framework, key="secret-claim")
    factories.make_disagreement(claims=[claim])


def _a_tie_to_it(framework: Framework) -> None:
    factories.make_tie(framework=framework, text="SECRET")


def _an_addition_to_it(framework: Framework) -> None:
    factories.make_addition(framework=framework, note="SECRET")


def _a_recommendation_of_it(framework: Framework) -> None:
    factories.make_recommendation(factories.make_framework(), framework, slug="secret-and-other")


def _a_recommendation_that_was_of_it(framework: Framework) -> None:
    advice = factories.make_recommendation(framework, slug="x", claims=[])
    related = {"frameworks": [factories.make_framework()]}
    revisions.save(advice, by=factories.MAKER, reason="SECRET", seen=advice.version, related=related)


def _a_rule_against_it(framework: Framework) -> None:
    factories.make_rule(key="x", paraphrase="SECRET", against=[framework])


@pytest.mark.parametrize(
    "make",
    [
        _a_tie_to_it,
        _an_addition_to_it,
        _a_recommendation_of_it,
        _a_recommendation_that_was_of_it,
        _a_rule_against_it,
        _its_claim,
        _its_rating,
        _its_trait,
        _its_relation,
        _its_relation_from_another,
        _a_claim_that_was_moved_from_it,
        _a_claim_that_was_deleted,
        _a_disagreement_that_names_its_claim,
    ],
)
def test_changes_hides_facts_of_unpublished_framework(
    client: Client, make: Callable[[Framework], None]
) -> None:
    framework = factories.make_framework(name="SECRET", slug="secret")
    make(framework)
    hide(framework)
    expect_no_secret(client)


def test_changes_hides_framework_deleted_while_unpublished(client: Client) -> None:
    framework = factories.make_framework(name="SECRET", slug="secret")
    _a_claim_that_was_deleted(framework)
    hide(framework)
    revisions.delete(framework, by=factories.MAKER, reason="SECRET", seen=framework.version)
    expect_no_secret(client)


def expect_no_secret(client: Client) -> None:
    for address in ("/changes/", f"/changes/{factories.MAKER.changeset}/", "/changes/?kind=other"):
        assert "secret" not in words(client, address).lower(), address
    criterion = Revision.objects.filter(model="criterion").values_list("key", flat=True).first()
    assert client.get(f"/frameworks/secret/{criterion}/history/").status_code == 404


def test_changeset_page_returns_404_without_public_steps(client: Client) -> None:
    by = Author.editor(editor())
    revisions.save(Framework(slug="x", name="X", is_published=False), by=by, reason="Draft.")
    assert client.get(f"/changes/{by.changeset}/").status_code == 404


def test_changes_keeps_history_of_framework_deleted_while_published(client: Client) -> None:
    framework = factories.make_framework(name="Gone")
    revisions.delete(framework, by=Author.editor(editor()), reason="Abandoned.", seen=1)
    said = page(client).text
    assert "Framework Gone deleted" in said
    assert "Abandoned." in said
    assert [link["href"] for link in page(client).all("a") if "gone" in link["href"]] == []


def test_changes_hides_framework_recreated_unpublished(client: Client) -> None:
    framework = factories.make_framework(name="Again")
    revisions.delete(framework, by=factories.MAKER, reason="Abandoned.", seen=1)
    factories.make_framework(name="Again", is_published=False)
    assert "Again" not in words(client)


def test_changes_shows_rating_from_the_step_that_publishes_it(client: Client) -> None:
    rating, by = rated(is_published=False, verdict="Draft one"), Author.editor(editor())
    factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=rating.score)
    change(rating, by=by, reason="Not yet.", verdict="Draft two")
    assert "Draft" not in words(client)
    assert "Not yet." not in words(client)
    change(rating, by=by, reason="Now.", is_published=True)
    assert page(client, "/changes/?kind=rating").texts("dl.changed div") == [
        "Published before: no → after: yes"
    ]
    change(rating, by=by, reason="Withdrawn.", is_published=False)
    change(rating, by=by, reason="Quiet.", score=1)
    said = words(client, "/changes/?kind=rating")
    assert "published" in said.lower()
    assert "Quiet." not in said


def test_changes_excludes_pending_proposals(client: Client) -> None:
    rating = rated()
    by = Author.editor(factories.make_proposer())
    with proposals.kept_aside(by) as written:
        change(rating, by=by, reason="I would say five.", score=5)
    proposals.propose(written, at=NOON)
    assert "I would say five." not in words(client)


# Names


@pytest.mark.parametrize("name, said", [("Ada L.", "by Ada L."), ("", "by an editor"), ("<b>", "by <b>")])
def test_changes_shows_only_the_public_name_of_an_editor(client: Client, name: str, said: str) -> None:
    rating = rated()
    change(rating, by=Author.editor(editor(name)), score=4)
    for address in ("/changes/", "/frameworks/django/performance/history/"):
        found = page(client, address)
        assert said in found.texts(".aside p"), address
        assert "Lovelace" not in found.text
        assert "ada.l" not in found.text
    assert "by Touchstone" in page(client).texts(".aside p")


def test_changes_names_publisher_of_proposal_by_public_name(client: Client) -> None:
    rating, author = rated(), factories.make_proposer()
    reviewer = factories.make_reviewer(first_name="Grace", last_name="Hopper")
    by = Author.editor(author)
    with proposals.kept_aside(by) as written:
        change(rating, by=by, score=5)
    proposal = proposals.propose(written, at=NOON)
    proposals.publish(proposal, by=reviewer, at=NOON)
    assert "by an editor, published by an editor" in page(client).texts(".aside p")
    EditorProfile.objects.create(user=reviewer, public_name="G. H.")
    assert "by an editor, published by G. H." in page(client).texts(".aside p")


def test_public_name_applies_to_past_changes(client: Client) -> None:
    user = editor("Old name")
    change(rated(), by=Author.editor(user), score=4)
    desk = sign_in(user)
    form = read(desk.get("/admin/profile/").content).one("input[name=public_name]")
    assert form["value"] == "Old name"
    answer = desk.post("/admin/profile/", {"public_name": " New name "}, follow=True)
    assert "Readers now see your changes under this name: New name." in read(answer.content).text
    assert "by New name" in page(client).texts(".aside p")
    desk.post("/admin/profile/", {"public_name": ""})
    assert "by an editor" in page(client).texts(".aside p")


@pytest.mark.parametrize("make", [factories.make_proposer, factories.make_reviewer])
def test_public_name_can_be_set_by_proposers_and_reviewers(make: Callable[..., User]) -> None:
    user = make()
    assert sign_in(user).post("/admin/profile/", {"public_name": "Me"}).status_code == 302
    assert EditorProfile.objects.get().public_name == "Me"
    assert '<a href="/admin/profile/">' in sign_in(user).get("/admin/").content.decode()


@pytest.mark.parametrize("name", ["x" * 81, "x" * 50_000, "a\0b"])
def test_public_name_rejects_invalid_value_with_message(name: str) -> None:
    answer = sign_in(editor()).post("/admin/profile/", {"public_name": name})
    assert answer.status_code == 200
    assert read(answer.content).all("ul.errorlist li")
    assert not EditorProfile.objects.exists()


def test_public_name_page_requires_login(client: Client) -> None:
    assert client.get("/admin/profile/")["Location"] == "/admin/login/?next=/admin/profile/"


# How often the database is asked


@pytest.mark.parametrize("count", [1, 3])
def test_changes_and_history_have_constant_query_count(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    rating, user = rated(), editor("Ada L.")
    for number in range(count):
        by = Author.editor(user)
        change(rating, by=by, score=1 + number % 5, verdict=f"Verdict {number}")
        change(rating.framework, by=by, tagline=f"Tagline {number}")
    # Two for the names of the authors, on either page.
    with django_assert_num_queries(19):
        client.get("/changes/")
    with django_assert_num_queries(15):
        client.get("/frameworks/django/performance/history/")


# One cell


def test_history_shows_rating_and_all_claims_ever_in_the_cell(client: Client) -> None:
    rating, by = rated(reviewed_on=NOON.date()), Author.editor(editor("Ada L."))
    claim = factories.make_claim(
        framework=rating.framework, criterion=rating.criterion, paraphrase="Misfiled."
    )
    joint = factories.make_claim(
        framework=rating.framework, joint_criterion=rating.criterion, paraphrase="Of both."
    )
    factories.make_claim(framework=rating.framework, paraphrase="Elsewhere.")
    factories.make_rating(criterion=rating.criterion, verdict="Another framework")
    change(claim, by=by, reason="It is about something else.", criterion=joint.criterion)
    change(rating, by=by, reason="Less evidence.", score=2)
    found = page(client, "/frameworks/django/performance/history/")
    assert found.one("h1").text == "Change history: Django, Performance"
    said = found.one("main").text
    assert "The current score is 2 of 5: Middling. Last reviewed on 20 November 2026." in said
    for expected in ("Misfiled.", "Of both.", "It is about something else.", "Less evidence."):
        assert expected in said
    assert "Elsewhere." not in said
    assert "Another framework" not in said


def test_history_draws_and_describes_score_over_time(client: Client) -> None:
    rating, by = rated(score=3), Author.editor(editor())
    address = "/frameworks/django/performance/history/"
    assert page(client, address).all("svg.step-line") == []
    change(rating, by=by, reason="Up.", score=5, at=datetime(2027, 3, 1, tzinfo=UTC))
    drawn = page(client, address).one("figure.over-time")
    assert drawn.one("svg")["aria-hidden"] == "true"
    assert drawn.one("figcaption").text.endswith("5 from 1 March 2027.")
    assert drawn.one("figcaption").text.startswith("3 from ")
    change(rating, by=by, reason="Down.", score=2, at=datetime(2027, 3, 1, 14, 30, tzinfo=UTC))
    caption = page(client, address).one("figure.over-time figcaption").text
    assert caption.endswith("; 5 from 1 March 2027, 00:00 UTC; 2 from 1 March 2027, 14:30 UTC.")


def test_stretches_follow_the_score() -> None:
    days = [NOON + timedelta(days=day) for day in (0, 10, 20, 30, 40)]
    steps = [(days[0], 3), (days[1], 3), (days[2], None), (days[3], 5)]
    found = score_history.stretches(steps, days[4])
    assert [(one.score, one.x, one.end, one.y, one.from_y) for one in found] == [
        (3, 5, 53, 50, None),
        (None, 53, 76, None, 50),
        (5, 76, 100, 10, None),
    ]
    assert score_history.stretches([(days[0], 3), (days[1], 3)], days[4]) == []
    assert score_history.stretches([(days[0], None), (days[1], 3)], days[4]) == []
    later = days[1] + timedelta(hours=2)
    found = score_history.stretches([(days[0], 3), (days[1], 4), (later, 5)], days[4])
    assert [one.shares_day for one in found] == [False, True, True]


def test_cells_link_to_history_and_show_review_date(client: Client) -> None:
    rated(reviewed_on=NOON.date())
    factories.make_rating(framework=factories.make_framework(name="Flask"))
    for address in (
        "/?open=django:performance",
        "/frameworks/django/?rows=performance",
        "/compare/django-vs-flask/?rows=performance",
    ):
        found = page(client, address)
        links = [link for link in found.all("a") if link["href"] == "/frameworks/django/performance/history/"]
        assert [link.text for link in links] == ["Change history of Django, Performance"], address
        assert "Last reviewed on 20 November 2026 · Change history" in found.text


def test_changes_name_a_claim_by_its_source_and_count_many_kinds_as_one(client: Client) -> None:
    by_model = {"claim": 957, "rating": 68, "source": 4, "tie": 42, "trait": 41, "option": 1_035, "prompt": 8}
    assert changelog.counted(by_model) == ["957 claims", "68 ratings", "4 sources", "1,126 of other kinds"]
    few = {"wording": 3, "tie": 2, "trait": 1}
    assert changelog.counted(few) == ["3 reading rows", "2 ties", "1 trait"]
    source = factories.make_source(key="003", short_name="MicroPyramid")
    claim = factories.make_claim(source=source, line=106, criterion=factories.make_criterion(name="Speed"))
    change(claim, by=factories.MAKER, paraphrase="Read anew.")
    shown = page(client, "/changes/?kind=claim")
    assert f"MicroPyramid, line 106: {claim.framework}, Speed" in shown.texts(".fact-line a")
