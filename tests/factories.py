"""Facts for tests, each with what it needs around it. Every one is written through `revisions`, as in real life."""

from datetime import date
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import Group, Permission, User

from frameworks import revisions
from frameworks.models import (
    Claim,
    Criterion,
    CriterionGroup,
    Disagreement,
    Facet,
    FacetValue,
    Framework,
    Rating,
    Recorded,
    Relation,
    Revision,
    Source,
    Trait,
)
from frameworks.revisions import Author
from frameworks.roles import create_roles

Fact = TypeVar("Fact", bound=Recorded)

#: With a changeset that every process knows: its page has an address for tests to name.
MAKER = Author("Maker", Revision.Origin.SEED, changeset=UUID("11111111-2222-4333-8444-555555555555"))
_number = count(1)


def make_framework(**fields: Any) -> Framework:
    number = next(_number)
    fields.setdefault("name", f"Framework {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    return _made(Framework(**fields))


def make_group(**fields: Any) -> CriterionGroup:
    number = next(_number)
    fields.setdefault("name", f"Group {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    return _made(CriterionGroup(**fields))


def make_criterion(**fields: Any) -> Criterion:
    number = next(_number)
    fields.setdefault("name", f"Criterion {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    fields.setdefault("short_name", fields["name"][:24])
    fields.setdefault("question", f"How good is it at {fields['name']}?")
    if "group" not in fields:
        fields["group"] = make_group()
    if fields.get("is_scored", True):
        for step in range(1, 6):
            fields.setdefault(f"rubric_{step}", f"Step {step} of {fields['name']}.")
    else:
        fields.setdefault("default_weight", 0)
    return _made(Criterion(**fields))


def make_source(**fields: Any) -> Source:
    number = next(_number)
    fields.setdefault("key", f"s{number}")
    fields.setdefault("short_name", f"Source {fields['key']}")
    fields.setdefault("title", f"An article called {fields['key']}")
    fields.setdefault("read_on", date(2026, 11, 20))
    return _made(Source(**fields))


def make_claim(**fields: Any) -> Claim:
    """About a framework under a criterion; name `framework=None` for a claim on frameworks in general."""
    number = next(_number)
    if "source" not in fields:
        fields["source"] = make_source()
    if "framework" not in fields:
        fields["framework"] = make_framework()
    if "criterion" not in fields:
        fields["criterion"] = make_criterion()
    fields.setdefault("line", number)
    fields.setdefault("paraphrase", f"Says something, number {number}.")
    fields.setdefault("key", f"{fields['source'].key}-{fields['line']}-{number}")
    return _made(Claim(**fields))


def make_rating(**fields: Any) -> Rating:
    """A published one gets a claim first, because it needs one; `is_published=False` comes without."""
    if "framework" not in fields:
        fields["framework"] = make_framework()
    if "criterion" not in fields:
        fields["criterion"] = make_criterion()
    fields.setdefault("score", 3)
    fields.setdefault("verdict", "Middling")
    fields.setdefault("rationale", "By the rubric.")
    fields.setdefault("is_published", True)
    cell = Claim.objects.behind(fields["framework"], fields["criterion"])
    if fields["is_published"] and not cell.exists():
        make_claim(framework=fields["framework"], criterion=fields["criterion"], reading=fields["score"])
    return _made(Rating(**fields))


def make_facet(**fields: Any) -> Facet:
    number = next(_number)
    fields.setdefault("name", f"Facet {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    return _made(Facet(**fields))


def make_facet_value(**fields: Any) -> FacetValue:
    number = next(_number)
    if "facet" not in fields:
        fields["facet"] = make_facet()
    fields.setdefault("name", f"Value {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    return _made(FacetValue(**fields))


def make_trait(claims: list[Claim] | None = None, **fields: Any) -> Trait:
    if "framework" not in fields:
        fields["framework"] = make_framework()
    if "value" not in fields:
        fields["value"] = make_facet_value()
    if claims is None:
        claims = [make_claim(framework=fields["framework"])]
    return _made(Trait(**fields), claims=claims)


def make_relation(claims: list[Claim] | None = None, **fields: Any) -> Relation:
    if "framework" not in fields:
        fields["framework"] = make_framework()
    if "other" not in fields:
        fields["other"] = make_framework()
    fields.setdefault("kind", Relation.Kind.ALTERNATIVE_TO)
    if claims is None:
        claims = [make_claim(framework=fields["framework"])]
    return _made(Relation(**fields), claims=claims)


def make_disagreement(claims: list[Claim] | None = None, **fields: Any) -> Disagreement:
    number = next(_number)
    fields.setdefault("title", f"Disagreement {number}")
    fields.setdefault("slug", _slug(fields["title"]))
    fields.setdefault("question", "Which of them is right?")
    fields.setdefault("kind", Disagreement.Kind.BETWEEN)
    fields.setdefault("explanation", "One says so, the other says no.")
    if claims is None:
        claims = [make_claim(), make_claim()]
    return _made(Disagreement(**fields), claims=claims)


def make_editor(**fields: Any) -> User:
    """A member of staff who holds both roles, as in a small team: what they save stands at once."""
    return _make_staff("Editors", "Reviewers", **fields)


def make_proposer(**fields: Any) -> User:
    """A member of staff in the Editors group alone: what they save is a proposal."""
    return _make_staff("Editors", **fields)


def make_reviewer(**fields: Any) -> User:
    """A member of staff in the Reviewers group alone."""
    return _make_staff("Reviewers", **fields)


def _make_staff(*roles: str, **fields: Any) -> User:
    create_roles()
    fields.setdefault("username", f"editor{next(_number)}")
    fields.setdefault("is_staff", True)
    user = User.objects.create_user(**fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="frameworks", codename=codename)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace(".", "-")


def _made(fact: Fact, **related: list[Claim]) -> Fact:
    revisions.save(fact, by=MAKER, reason="Made for a test.", related=related)
    return fact
