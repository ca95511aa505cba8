"""Facts for tests, each with what it needs around it and with its revision."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError, transaction

from comparisons.comparison.comparing import Comparison
from comparisons.models import (
    Condition,
    Need,
    Option,
    Prompt,
    Recommendation,
    Rule,
    Snapshot,
    UseCase,
    UseCaseWeight,
)
from comparisons.sharing.snapshots import canonical
from frameworks.models import (
    CAPABILITY,
    Addition,
    Answer,
    Benchmark,
    Claim,
    Component,
    Criterion,
    CriterionGroup,
    Disagreement,
    Facet,
    FacetValue,
    Figure,
    Framework,
    Question,
    Rating,
    Relation,
    Revision,
    Source,
    Tie,
    Trait,
    Versioned,
    Wording,
)
from frameworks.models.schema import state_of
from frameworks.record import revisions
from frameworks.record.following import EveryCell
from frameworks.record.revisions import Author
from frameworks.roles import ROLES, create_roles

Fact = TypeVar("Fact", bound=Versioned)

#: With a changeset that every process knows: its page has an address for tests to name.
REASON = "Made for a test."
MAKER = Author("Maker", Revision.Origin.SEED, changeset=UUID("11111111-2222-4333-8444-555555555555"))
KEPT = "kept" + "a" * 22
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


def make_wording(**fields: Any) -> Wording:
    """A row of the table of readings."""
    if "criterion" not in fields:
        fields["criterion"] = make_criterion()
    number = next(_number)
    fields.setdefault("words", f"word {number}")
    fields.setdefault("slug", f"{fields['criterion'].slug}-{number}")
    fields.setdefault("explanation", "The rubric says so.")
    return _made(Wording(**fields))


def make_rating(**fields: Any) -> Rating:
    """A published one gets a claim first, because it needs one; `is_published=False` comes without.

    With `read` the claim reads as the score, which so follows from it. Otherwise, where no claim of the cell has a
    reading, it states a departure, so that any score may be given.
    """
    read = {"reading": fields.get("score", 3)} if fields.pop("read", False) else {}
    if "framework" not in fields:
        fields["framework"] = make_framework()
    if "criterion" not in fields:
        fields["criterion"] = make_criterion()
    fields.setdefault("score", 3)
    fields.setdefault("verdict", "Middling")
    fields.setdefault("rationale", "By the rubric.")
    fields.setdefault("is_published", True)
    if fields["is_published"]:
        cell = Claim.objects.behind(fields["framework"], fields["criterion"])
        readings = list(cell.values_list("reading", flat=True))
        if not readings:
            make_claim(framework=fields["framework"], criterion=fields["criterion"], **read)
        if not (read or any(readings)):
            fields.setdefault("departure", "The editors have tried it.")
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
    fields.setdefault("kind", "alternative-to")
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


def make_component(**fields: Any) -> Component:
    number = next(_number)
    fields.setdefault("name", f"Component {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    fields.setdefault("kind", "api")
    fields.setdefault("label", "API toolkit")
    fields.setdefault("summary", f"{fields['name']} helps to build APIs.")
    return _made(Component(**fields))


def make_tie(claims: list[Claim] | None = None, **fields: Any) -> Tie:
    if "component" not in fields:
        fields["component"] = make_component()
    if "framework" not in fields:
        fields["framework"] = make_framework()
    fields.setdefault("kind", "extends")
    if claims is None:
        claims = [make_claim(framework=fields["framework"])]
    return _made(Tie(**fields), claims=claims)


def make_capability(**fields: Any) -> FacetValue:
    """One value of the facet of what is built in or added."""
    facet = Facet.objects.filter(slug=CAPABILITY).first() or make_facet(slug=CAPABILITY, name="Built in")
    return make_facet_value(facet=facet, **fields)


def make_addition(claims: list[Claim] | None = None, **fields: Any) -> Addition:
    if "framework" not in fields:
        fields["framework"] = make_framework()
    if "capability" not in fields:
        fields["capability"] = make_capability()
    if "component" not in fields:
        fields["component"] = make_component()
    if claims is None:
        claims = [make_claim(framework=fields["framework"])]
    return _made(Addition(**fields), claims=claims)


def make_benchmark(counter_claims: list[Claim] | None = None, **fields: Any) -> Benchmark:
    number = next(_number)
    fields.setdefault("title", f"Benchmark {number}")
    fields.setdefault("slug", _slug(fields["title"]))
    fields.setdefault("question", "How many requests a second does each answer?")
    fields.setdefault("method", "Endpoint: one that answers in JSON")
    fields.setdefault("unit", "requests a second")
    return _made(Benchmark(**fields), counter_claims=counter_claims or [])


def make_figure(claims: list[Claim] | None = None, **fields: Any) -> Figure:
    if "benchmark" not in fields:
        fields["benchmark"] = make_benchmark()
    if "framework" not in fields:
        fields["framework"] = make_framework()
    fields.setdefault("setup", "uvicorn")
    fields.setdefault("server", "Uvicorn")
    fields.setdefault("value", 1000)
    return _made(Figure(**fields), claims=claims or [])


def make_question(claims: list[Claim] | None = None, **fields: Any) -> Question:
    number = next(_number)
    fields.setdefault("text", f"Is it number {number}?")
    fields.setdefault("slug", f"question-{number}")
    return _made(Question(**fields), claims=claims or [])


def make_answer(claims: list[Claim] | None = None, **fields: Any) -> Answer:
    if "question" not in fields:
        fields["question"] = make_question()
    if "source" not in fields:
        fields["source"] = make_source()
    fields.setdefault("line", next(_number))
    fields.setdefault("stance", "Yes")
    fields.setdefault("text", "It is, on most days.")
    return _made(Answer(**fields), claims=claims or [])


def make_use_case(weights: dict[Criterion, int] | None = None, **fields: Any) -> UseCase:
    """Make a use case with a weight for each criterion that is given."""
    number = next(_number)
    fields.setdefault("name", f"Use case {number}")
    fields.setdefault("slug", _slug(fields["name"]))
    fields.setdefault("summary", "A project of some kind.")
    made = _made(UseCase(**fields))
    for criterion, weight in (weights or {}).items():
        make_use_case_weight(use_case=made, criterion=criterion, weight=weight)
    return made


def make_use_case_weight(**fields: Any) -> UseCaseWeight:
    if "use_case" not in fields:
        fields["use_case"] = make_use_case()
    if "criterion" not in fields:
        fields["criterion"] = make_criterion()
    fields.setdefault("weight", 5)
    return _made(UseCaseWeight(**fields))


def make_need(claims: list[Claim] | None = None, **fields: Any) -> Need:
    """A facet value, unless a criterion and a minimum are given."""
    if "use_case" not in fields:
        fields["use_case"] = make_use_case()
    if "criterion" not in fields and "value" not in fields:
        fields["value"] = make_facet_value()
    fields.setdefault("number", next(_number))
    return _made(Need(**fields), claims=[make_claim()] if claims is None else claims)


def make_recommendation(
    *frameworks: Framework, claims: list[Claim] | None = None, **fields: Any
) -> Recommendation:
    frameworks = frameworks or (make_framework(),)
    if "use_case" not in fields:
        fields["use_case"] = make_use_case()
    fields.setdefault("slug", "-and-".join(framework.slug for framework in frameworks))
    if claims is None:
        claims = [make_claim(framework=framework) for framework in frameworks]
    return _made(Recommendation(**fields), frameworks=frameworks, claims=claims)


def make_prompt(**fields: Any) -> Prompt:
    number = next(_number)
    fields.setdefault("text", f"What of number {number}?")
    fields.setdefault("slug", f"prompt-{number}")
    return _made(Prompt(**fields))


def make_option(**fields: Any) -> Option:
    number = next(_number)
    if "prompt" not in fields:
        fields["prompt"] = make_prompt()
    fields.setdefault("text", f"Option {number}")
    fields.setdefault("slug", _slug(fields["text"]))
    return _made(Option(**fields))


def make_rule(
    *when: list[Option],
    favours: list[Framework] | None = None,
    against: list[Framework] | None = None,
    claims: list[Claim] | None = None,
    **fields: Any,
) -> Rule:
    """Make a rule with one condition for each list of options."""
    if "source" not in fields:
        fields["source"] = make_source()
    fields.setdefault("line", next(_number))
    fields.setdefault("key", f"{fields['source'].key}-{fields['line']}")
    fields.setdefault("paraphrase", "Take this one.")
    made = _made(
        Rule(**fields),
        favours=[make_framework()] if favours is None else favours,
        against=against or [],
        claims=claims or [],
    )
    for options in when:
        make_condition(rule=made, options=options)
    return made


def make_condition(options: list[Option] | None = None, **fields: Any) -> Condition:
    if "rule" not in fields:
        fields["rule"] = make_rule()
    fields.setdefault("number", next(_number))
    return _made(Condition(**fields), options=[make_option()] if options is None else options)


def make_snapshot(asked: Comparison | None = None, **fields: Any) -> Snapshot:
    """Written as it is: no fact, so without a revision. With an id that tests can name instead of the hash."""
    if asked:
        fields["content"] = canonical(asked.content)
    fields.setdefault("id", KEPT)
    fields.setdefault("content", "{}")
    fields.setdefault("size", len(fields["content"].encode()))
    fields.setdefault("created_at", datetime(2026, 11, 20, 12, tzinfo=UTC))
    fields.setdefault("stood_at", fields["created_at"])
    return Snapshot.objects.create(**fields)


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
    if Group.objects.filter(name__in=ROLES).count() < len(ROLES):
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


def _made(fact: Fact, **related: Iterable[Versioned]) -> Fact:
    """Write a new fact and its revision.

    What `save` asks the database first would take three times as long. A row of the table of readings may read claims
    anew, and what once had its name or key is in the way of a fact: those are saved.
    """
    if not isinstance(fact, Wording) and _is_written(fact, related):
        return fact
    revisions.save(fact, by=MAKER, reason=REASON, related=related, besides=EveryCell())
    return fact


def _is_written(fact: Versioned, related: Mapping[str, Iterable[Versioned]]) -> bool:
    """Write a new fact and its revision as they are, and return True unless the database refuses them."""
    fact.tidy()
    fact.settle()
    fact.version = 1
    try:
        with transaction.atomic():
            fact.save(force_insert=True)
            for name, others in related.items():
                getattr(fact, name).add(*others)
            revisions._record(fact, None, state_of(fact), MAKER, REASON, None)
    except IntegrityError:
        fact.pk, fact._state.adding = None, True
        return False
    return True


def one_of_each() -> list[Versioned]:
    rating = make_rating()
    trait = make_trait()
    tie, figure, answer = make_tie(), make_figure(), make_answer()
    need, condition = make_need(), make_condition()
    option = condition.options.get()
    return [
        tie,
        tie.component,
        make_addition(),
        figure,
        figure.benchmark,
        answer,
        answer.question,
        need,
        need.use_case,
        make_use_case_weight(),
        make_recommendation(),
        condition,
        condition.rule,
        option,
        option.prompt,
        rating,
        trait,
        make_relation(),
        make_disagreement(),
        rating.framework,
        rating.criterion,
        rating.criterion.group,
        trait.value,
        trait.value.facet,
        trait.claims.all()[0],
        trait.claims.all()[0].source,
        make_wording(),
    ]
