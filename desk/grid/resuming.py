"""A proposal from the grid, taken up again in the grid."""

from typing import Any

from frameworks.models import Claim, Proposal, Rating

from .parsing import CLAIM_FIELDS, FIELDS


def taken_up(proposal: Proposal) -> dict[str, Any]:
    """Return what a proposal wanted, as the page of the grid takes it in: unsaved, on top of what is there now."""
    ratings, claims = [], []
    for change in proposal.changes.all():
        after = change.after or {}
        own = {"reason": change.reason} if change.reason != proposal.reason else {}
        if change.model == Rating._meta.model_name:
            framework, _, criterion = change.key.partition("/")
            fields = {name: value for name, _, value in change.changed_fields if name in FIELDS}
            ratings.append({"framework": framework, "criterion": criterion, "change": {**fields, **own}})
        elif change.model == Claim._meta.model_name and after.get("framework"):
            values = {**after, "source": "/".join(after["source"])}
            claims.append(
                {
                    "framework": after["framework"][0],
                    "criterion": after["criterion"][0],
                    "values": {name: str(values.get(name) or "") for name in CLAIM_FIELDS} | own,
                }
            )
    return {"reason": proposal.reason, "ratings": ratings, "claims": claims}
