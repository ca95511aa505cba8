"""What editors do at the desk: tick and confirm, edit lists and the grid, decide on proposals."""

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client

from desk.review import proposals
from frameworks.models import Criterion, Framework, Proposal, Rating, Source, Versioned
from tests.desk.reading import form_on, list_url
from tests.html import Element, read

DESK = "/admin/"
RATINGS = "/admin/frameworks/rating/"
GRID = "/admin/frameworks/rating/matrix/"

#: A change of one cell of the grid, as its script sends it.
Change = dict[str, Any]


def save(client: Client, url: str, **changes: Any) -> Any:
    """Post the form at this address with these changes."""
    return client.post(url, form_on(client.get(url), **changes))


def row_of(page: Any, rating: Rating) -> int:
    """Which row of the editable list holds the rating."""
    data = form_on(page)
    return next(
        n for n in range(int(data["form-TOTAL_FORMS"][0])) if data[f"form-{n}-id"] == [str(rating.pk)]
    )


def edit(
    page: Any, changes: Mapping[Any, dict[str, Any]], reason: str = "Gone through."
) -> dict[str, list[str]]:
    """The list as posted by its Save button, with these changes."""
    data = form_on(page, reason=reason, _save="Save")
    for rating, fields in changes.items():
        for name, value in fields.items():
            data[f"form-{row_of(page, rating)}-{name}"] = [str(value)]
    return data


def choose(client: Client, action: str, *facts: Versioned) -> Any:
    """Ticks the facts in their list and presses Go."""
    url = list_url(type(facts[0]))
    return client.post(url, {"_selected_action": [fact.pk for fact in facts], "action": action, "index": "0"})


def confirm(client: Client, page: Any, url: str = RATINGS, reason: str = "Gone through.") -> Any:
    return client.post(url, form_on(page, reason=reason, confirmed="1"), follow=True)


def page_of(client: Client, url: str = DESK) -> Element:
    response = client.get(url)
    assert response.status_code == 200
    return read(response.content)


def press(client: Client, page: Element, at: int) -> Any:
    """Presses the button of one row, counted from 1."""
    form = page.all(".queue tbody tr")[at - 1].one("form")
    data = {field["name"]: field["value"] for field in form.all("input")}
    return client.post(form["action"], data)


def changed_cell(rating: Rating | tuple[Framework, Criterion], **fields: Any) -> Change:
    if isinstance(rating, Rating):
        named = (rating.framework, rating.criterion)
        fields.setdefault("seen", rating.version)
    else:
        named = rating
    return {"framework": named[0].slug, "criterion": named[1].slug, **fields}


def send(
    client: Client, *ratings: Change, claims: list[Change] | None = None, reason: Any = "Read again."
) -> Any:
    changes = {"reason": reason, "ratings": list(ratings), "claims": claims or []}
    return client.post(GRID, {"changes": json.dumps(changes)})


def proposal_page(client: Client, proposal: Proposal) -> Element:
    return read(client.get(proposals.page_of(proposal)).content)


def decide(client: Client, proposal: Proposal, decision: str, **more: Any) -> Any:
    shown = proposal_page(client, proposal)
    over = [field["value"] for field in shown.all("input[name=over]")]
    return client.post(
        proposals.page_of(proposal), {"decision": decision, "over": over, "note": "", **more}, follow=True
    )


def new_claim_row(index: int, source: Source, **fields: Any) -> dict[str, list[str]]:
    row = {
        "seen": "",
        "id": "",
        "source": source.pk,
        "part": "prose",
        "term": "",
        "condition": "",
        "comparison": "",
        "note": "",
        **fields,
    }
    data = {f"claims-{index}-{name}": [str(value)] for name, value in row.items()}
    return data | {"claims-TOTAL_FORMS": [str(index + 1)]}
