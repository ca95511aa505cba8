"""The line of a claim, an answer or a rule lies within its source, on every way in."""

from typing import Any

import pytest
from django.test import Client

from frameworks.models import Answer, Claim, Proposal
from frameworks.record import revisions
from frameworks.record.revisions import Refused
from tests import factories
from tests.desk.acting import changed_cell, decide, new_claim_row, save, send
from tests.desk.reading import change_url, form_on, text_of
from tests.desk.signing_in import sign_in
from tests.factories import MAKER
from tests.frameworks.tables.importing import exported, file, preview, shown, upload

pytestmark = pytest.mark.django_db

SENTENCE = "“Blog” has 82 lines."


@pytest.mark.both
def test_lines_lie_within_their_source_on_every_way_in(ada: Client) -> None:
    source = factories.make_source(key="blog", short_name="Blog", line_count=82)
    claim = factories.make_claim(source=source, line=82)
    answer = factories.make_answer(source=source, line=5)
    rule = factories.make_rule(source=source, line=5)
    rating = factories.make_rating()
    for fact in (claim, answer, rule):
        name = str(fact._meta.model_name)
        if name != "answer":  # whose line is part of its name
            assert SENTENCE in text_of(save(ada, change_url(fact), line=900, reason="Elsewhere."))
        [row] = [row for row in exported(name) if row["line"] == str(fact.line)]
        new = {"key": "another", "line": "83", "version": ""}
        [line] = shown(
            preview(ada, upload(ada, name, file([row | {k: v for k, v in new.items() if k in row}])))
        )
        assert f"line: {SENTENCE}" in line[3]
    beyond = {"source": source.pk, "line": 900, "stance": "Yes", "text": "It is."}
    rows: dict[Any, dict[str, Any]] = {
        rating: new_claim_row(1, source, line=900, paraphrase="It is."),
        answer.question: {f"answers-1-{name}": value for name, value in beyond.items()},
    }
    for above, row in rows.items():
        prefix = "claims" if above is rating else "answers"
        data = form_on(ada.get(change_url(above)), reason="Added.", **{f"{prefix}-TOTAL_FORMS": 2})
        assert SENTENCE in text_of(ada.post(change_url(above), data | row))
    values = {"source": "blog", "line": 900, "part": "prose", "term": "", "paraphrase": "It is."}
    new_claim = {key: value for key, value in changed_cell(rating).items() if key != "seen"} | values
    [outcome] = send(ada, claims=[new_claim]).json()["outcomes"]
    assert (outcome["outcome"], outcome["sentence"]) == ("refused", f"Line: {SENTENCE}")
    assert [kind.objects.filter(source=source, line__gt=82).count() for kind in (Claim, Answer)] == [0, 0]


@pytest.mark.both
def test_source_is_not_shortened_below_a_cited_line(ada: Client) -> None:
    source = factories.make_source(line_count=82)
    factories.make_claim(source=source, line=40)
    factories.make_rule(source=source, line=50)
    page = save(ada, change_url(source), line_count=49, reason="Counted again.")
    assert "Line 50 of this source is cited, so it has at least 50 lines." in text_of(page)
    [row] = [row for row in exported("source") if row["key"] == source.key]
    [line] = shown(preview(ada, upload(ada, "source", file([row | {"line_count": "49"}]))))
    assert "line_count: Line 50 of this source is cited" in line[3]
    source.line_count = 49
    with pytest.raises(Refused, match="Line 50"):
        revisions.save(source, by=MAKER, reason="Counted again.", seen=1)
    assert save(ada, change_url(source), line_count=50, reason="Counted again.").status_code == 302


def test_proposal_of_a_line_that_the_source_has_no_more_is_not_published(ada: Client) -> None:
    source = factories.make_source(key="blog", short_name="Blog", line_count=90)
    claim = factories.make_claim(source=source, line=1)
    eve = sign_in(factories.make_proposer(username="eve"))
    save(eve, change_url(claim), line=85, reason="Read again.")
    save(ada, change_url(source), line_count=82, reason="Counted again.")
    assert SENTENCE in text_of(decide(ada, Proposal.objects.get(), "publish"))
    assert Claim.objects.get().line == 1
