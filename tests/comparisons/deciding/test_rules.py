"""The decision helper's inference, held against what a reader of the sources would say to people who ask."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from comparisons.deciding.rules import Conclusion, Pair, Statement, advise

API, APP = ("building", "api"), ("building", "app")


def seeded() -> list[Statement]:
    """The portal's own rules, straight from their file."""
    entries = json.loads((Path(settings.BASE_DIR) / "fixtures" / "rules.json").read_text())
    cases: dict[str, list[frozenset[Pair]]] = defaultdict(list)
    for entry in entries:
        if entry["model"] == "comparisons.condition":
            fields = entry["fields"]
            cases[fields["rule"][0]].append(frozenset((prompt, slug) for prompt, slug in fields["options"]))
    return [
        Statement(
            key=fields["key"],
            when=tuple(cases[fields["key"]]),
            favours=tuple(slug for [slug] in fields["favours"]),
            together=fields["is_combination"],
            component=fields["component"][0] if fields["component"] else "",
            against=tuple(slug for [slug] in fields["against"]),
        )
        for entry in entries
        if entry["model"] == "comparisons.rule"
        for fields in [entry["fields"]]
    ]


RULES = seeded()


def given(answers: str) -> Conclusion:
    """`building=api,ai load=async`: one word a question, its answers joined by commas."""
    pairs = [word.partition("=") for word in answers.split()]
    return advise(RULES, {question: given.split(",") for question, _, given in pairs})


def in_words(advice: Conclusion) -> str:
    joint = " + " if advice.combinations else " or "
    component = f" ({advice.component})" if advice.component else ""
    return f"{joint.join(advice.leaders)}{component}"


#: Who asks, what they answer, what they are told: first choice (`a or b` where it is level, `a + b` a combination, with
#: the component to take), runner-up, and whether the sources clash.
PROFILES = [
    ("Nothing answered", "", "", "", False),
    ("Public API under load", "building=api load=concurrent existing=none", "fastapi", "django", False),
    ("API, nothing else known", "building=api", "fastapi", "", False),
    ("Authentication, nothing else known", "structure=authentication", "django", "", False),
    (
        "REST API inside an existing Django application",
        "building=api existing=django",
        "django (django-rest-framework)",
        "fastapi",
        True,
    ),
    (
        "API that needs ORM, sign-in and admin",
        "building=api structure=ready-parts",
        "django (django-rest-framework)",
        "fastapi",
        True,
    ),
    (
        "AI endpoint beside an existing Django product",
        "building=ai existing=django",
        "django + fastapi",
        "",
        False,
    ),
    ("SaaS with AI inside", "building=saas,ai data=relational", "django + fastapi", "", False),
    ("Shop with a busy public API", "building=shop,api load=concurrent", "django + fastapi", "", False),
    (
        "Busy API inside an existing Django application",
        "building=api load=concurrent existing=django",
        "django + fastapi (django-rest-framework)",
        "",
        True,
    ),
    (
        "Enterprise system with sensitive data",
        "building=enterprise size=large first=security,upkeep",
        "django",
        "fastapi",
        False,
    ),
    ("Magazine with a CMS", "building=content", "django", "", False),
    ("SaaS start-up", "building=saas team=startup", "flask", "django", False),
    (
        "Internal tool with admin",
        "building=internal structure=ready-parts data=relational",
        "django",
        "",
        False,
    ),
    ("Microservices, nothing else known", "building=microservices", "fastapi or flask", "", True),
    ("Microservices with much async work", "building=microservices load=async", "fastapi", "flask", False),
    (
        "Small microservice in one's own shape",
        "building=microservices size=small structure=own-choice",
        "flask",
        "fastapi",
        False,
    ),
    ("Prototype of a founder", "building=prototype team=startup first=time", "flask", "django", False),
    ("Small application with few needs", "size=small", "flask", "", False),
    ("Small content site", "building=content size=small", "flask", "django", True),
    ("Small service, own stack", "building=service structure=own-choice", "flask", "fastapi", False),
    ("Real-time board with open connections", "building=realtime load=async", "fastapi", "litestar", False),
    ("Backend for a phone app", "building=frontend first=typed-docs", "fastapi", "", False),
    ("Language-model service", "building=ai load=async first=typed-docs", "fastapi", "litestar", False),
    ("Data pipeline", "data=intensive load=concurrent", "fastapi", "django", False),
    (
        "API with more order than FastAPI",
        "building=api structure=more-than-fastapi",
        "litestar",
        "fastapi",
        True,
    ),
    (
        "Large application, everything of one's own",
        "building=enterprise size=large structure=own-choice",
        "flask",
        "django",
        True,
    ),
    ("Conventions and own choice at once", "structure=conventions,own-choice", "flask", "django", False),
    ("Growing firm that hires", "building=saas team=hiring first=upkeep size=large", "django", "", False),
    ("Beginner", "team=beginner", "flask", "", False),
    ("Only an existing Django application", "existing=django", "", "", False),
]


@pytest.mark.parametrize(
    "answers, first, runner_up, clashes",
    [profile[1:] for profile in PROFILES],
    ids=[profile[0] for profile in PROFILES],
)
def test_advise_gives_the_expected_recommendation_for_each_profile(
    answers: str, first: str, runner_up: str, clashes: bool
) -> None:
    advice = given(answers)
    assert (in_words(advice), advice.runner_up, advice.clashes) == (first, runner_up, clashes)


def test_seeded_rules_can_all_fire_and_use_every_option() -> None:
    entries = json.loads((Path(settings.BASE_DIR) / "fixtures" / "rules.json").read_text())
    options = {
        (entry["fields"]["prompt"][0], entry["fields"]["slug"])
        for entry in entries
        if entry["model"] == "comparisons.option"
    }
    asked = {pair for rule in RULES for case in rule.when for pair in case}
    assert asked == options
    assert all(rule.when and all(rule.when) for rule in RULES)
    assert len(RULES) >= 37


def test_seeded_conditions_need_no_more_answers_than_their_question_allows() -> None:
    entries = json.loads((Path(settings.BASE_DIR) / "fixtures" / "rules.json").read_text())
    prompts = [entry["fields"] for entry in entries if entry["model"] == "comparisons.prompt"]
    allowed = {
        prompt["slug"]: 2 if "up to two" in prompt["help"] else 1
        for prompt in prompts
        if not prompt["takes_several"] or "up to two" in prompt["help"]
    }
    assert allowed == {"size": 1, "first": 2, "existing": 1}
    assert [
        rule.key
        for rule in RULES
        for case in rule.when
        if any(sum(pair[0] == slug for pair in case) > most for slug, most in allowed.items())
    ] == []


# One rule at a time


def test_statement_fires_when_all_answers_of_any_case_are_given() -> None:
    rule = Statement("r", (frozenset({API, APP}), frozenset({("size", "small")})), ("flask",))
    assert not rule.fires({"building": ["api"]})
    assert rule.fires({"building": ["app", "api"]})
    assert rule.fires({"size": ["small"]})


def test_advise_leaves_rules_open_while_a_question_is_unanswered() -> None:
    rule = Statement("r", (frozenset({API, ("size", "small")}),), ("flask",))
    assert advise([rule], {"building": ["api"]}).still_open == (rule,)
    assert advise([rule], {"building": ["api"], "size": []}).may_still_gain == {"flask": 1}
    assert advise([rule], {"building": ["api"], "size": ["large"]}).still_open == ()
    assert advise([rule], {"building": ["api"], "size": ["small"]}).still_open == ()


def test_advise_lists_a_caution_without_displacing_the_first_choice() -> None:
    rules = [
        Statement("pro", (frozenset({API}),), ("django",)),
        Statement("caution", (frozenset({API}),), against=("django",)),
    ]
    advice = advise(rules, {"building": ["api"]})
    assert (advice.first, advice.clashes) == ("django", False)
    assert [rule.key for rule in advice.standings[0].contra] == ["caution"]


def test_advise_puts_the_preferred_alternative_first_regardless_of_rule_count() -> None:
    rules = [
        *(Statement(f"many-{number}", (frozenset({API}),), ("fastapi",)) for number in range(3)),
        Statement("one", (frozenset({API}),), ("litestar",), against=("fastapi",)),
    ]
    advice = advise(rules, {"building": ["api"]})
    assert (advice.first, advice.runner_up, advice.clashes) == ("litestar", "fastapi", True)


def test_advise_counts_a_combination_for_none_of_its_members() -> None:
    rules = [Statement("both", (frozenset({API}),), ("django", "fastapi"), together=True)]
    advice = advise(rules, {"building": ["api"]})
    assert (advice.leaders, advice.standings, advice.clashes) == (("django", "fastapi"), (), False)
