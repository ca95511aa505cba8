"""Prepare the decision helper's page from stored questions and rules. The inference itself is in `rules`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.db.models import Prefetch
from django.http import QueryDict

from comparisons.comparison.permalinks import View
from comparisons.models import Condition, Option, Prompt, Rule
from frameworks.facts import Facts
from frameworks.models import Claim, Component, Criterion, Framework
from frameworks.models.constraints import WEIGHT_MAX
from frameworks.text.mangled import unknown

from .rules import Conclusion, Statement, advise

#: How many frameworks the link to a comparison sets side by side.
SIDE_BY_SIDE = 3


def prompts() -> list[Prompt]:
    """Return all questions with their options, in two queries."""
    options = Prefetch("options", Option.objects.order_by("position"))
    return list(Prompt.objects.prefetch_related(options))


def rules() -> list[Rule]:
    """Return all rules with their frameworks, conditions and claims, in a fixed number of queries."""
    conditions = Prefetch("conditions", Condition.objects.prefetch_related("options__prompt"))
    claims = Prefetch("claims", Claim.objects.select_related("criterion"))
    rows = Rule.objects.select_related("source", "component").prefetch_related("favours", "against")
    return list(rows.prefetch_related(conditions).prefetch_related(claims))


class AnswersForm(forms.Form):
    """A visitor's answers. An open question is left out; an unknown option is left out with a notice."""

    def __init__(self, data: QueryDict, questions: Sequence[Prompt]) -> None:
        super().__init__(data)
        self.offered = {prompt.slug: [option.slug for option in prompt.options.all()] for prompt in questions}
        for prompt in questions:
            kind = forms.MultipleChoiceField if prompt.takes_several else forms.ChoiceField
            self.fields[prompt.slug] = kind(
                label=prompt.text,
                required=False,
                choices=[(option.slug, option.text) for option in prompt.options.all()],
                error_messages={"invalid_choice": "This is not one of the answers."},
            )

    @property
    def answers(self) -> dict[str, list[str]]:
        """Return the ticked options by question, both in the order of the page."""
        _ = self.errors
        answers = {}
        for name, offered in self.offered.items():
            value = self.cleaned_data.get(name) or []
            chosen = [value] if isinstance(value, str) else value
            if chosen:
                answers[name] = [slug for slug in offered if slug in chosen]
        return answers

    @property
    def notices(self) -> Iterator[str]:
        """Yield a sentence for each question with an unknown option, and for each unknown question."""
        for name, errors in self.errors.items():
            yield f"{self.fields[name].label} {' '.join(map(str, errors))} It was ignored."
        yield from unknown(self.data, self.fields)


@dataclass(frozen=True)
class PromptOptions:
    """A question with its options, each with whether it is ticked."""

    prompt: Prompt
    options: list[tuple[Option, bool]]

    @property
    def is_open(self) -> bool:
        return not any(is_ticked for _, is_ticked in self.options)


@dataclass(frozen=True)
class Candidate:
    """A framework with the rules that fired for and against it."""

    framework: Framework
    pro: list[Rule]
    contra: list[Rule]


@dataclass(frozen=True)
class Outcome:
    """The result: the conclusion of the inference, with the stored frameworks and rules that it names by slug."""

    advice: Conclusion
    frameworks: Mapping[str, Framework]
    rules: Mapping[str, Rule]
    criteria: Sequence[Criterion]

    @classmethod
    def of(
        cls,
        stored: Sequence[Rule],
        answers: Mapping[str, Sequence[str]],
        facts: Facts,
    ) -> Self:
        """Draw the conclusion from the answers. Frameworks that are not published are left out."""
        statements = [statement for rule in stored if (statement := _statement(rule, facts.by_slug))]
        rules = {rule.key: rule for rule in stored}
        return cls(advise(statements, answers), facts.by_slug, rules, facts.criteria)

    @property
    def leaders(self) -> list[Framework]:
        return [self.frameworks[slug] for slug in self.advice.leaders]

    @property
    def is_combination(self) -> bool:
        return bool(self.advice.combinations)

    @property
    def combining(self) -> list[Rule]:
        """Return the rules that recommend the combination."""
        return [self.rules[statement.key] for statement in self.advice.fired if statement.together]

    @property
    def runner_up(self) -> Framework | None:
        return self.frameworks.get(self.advice.runner_up)

    @property
    def component(self) -> Component | None:
        """Return the component of the first choice that `component_rule` recommends, if any."""
        rule = self.component_rule
        return rule.component if rule else None

    @property
    def component_rule(self) -> Rule | None:
        return next(
            (self.rules[statement.key] for statement in self.advice.fired if statement.component), None
        )

    @property
    def candidates(self) -> list[Candidate]:
        return [
            Candidate(
                self.frameworks[standing.framework],
                [self.rules[rule.key] for rule in standing.pro],
                [self.rules[rule.key] for rule in standing.contra],
            )
            for standing in self.advice.standings
        ]

    @property
    def may_still_gain(self) -> list[tuple[Framework, int]]:
        """Return the frameworks that open questions could still bring rules for, with how many, most first."""
        return [(self.frameworks[slug], count) for slug, count in self.advice.may_still_gain.most_common()]

    @property
    def weights(self) -> dict[str, int]:
        """Return each criterion's default weight, plus 1 for each fired rule with a claim under it, at most 10."""
        citing_rules = Counter(
            slug
            for statement in self.advice.fired
            for slug in {claim.criterion.slug for claim in self.rules[statement.key].claims.all()}
        )
        return {
            criterion.slug: min(criterion.default_weight + citing_rules[criterion.slug], WEIGHT_MAX)
            for criterion in self.criteria
        }

    @property
    def view(self) -> View:
        """Return the comparison to link to, with the criteria weighted by the fired rules."""
        return View(weights=self.weights) if self.advice.fired else View()

    @property
    def party(self) -> list[str]:
        """Return who is side by side there: the leaders and the next best; nobody if they are fewer than two."""
        recommended = [standing.framework for standing in self.advice.standings if standing.pro]
        slugs = list(dict.fromkeys([*self.advice.leaders, *recommended]))[:SIDE_BY_SIDE]
        return slugs if len(slugs) > 1 else []


def asked(questions: Sequence[Prompt], answers: Mapping[str, Sequence[str]]) -> list[PromptOptions]:
    """Return the questions with their options, those of the answers ticked."""
    return [
        PromptOptions(
            prompt,
            [(option, option.slug in answers.get(prompt.slug, ())) for option in prompt.options.all()],
        )
        for prompt in questions
    ]


def _statement(rule: Rule, published: Mapping[str, Any]) -> Statement | None:
    """Return the rule for the inference; None if its frameworks, or part of its combination, are not published."""
    favours = tuple(framework.slug for framework in rule.favours.all() if framework.slug in published)
    against = tuple(framework.slug for framework in rule.against.all() if framework.slug in published)
    is_whole = not rule.is_combination or len(favours) == len(rule.favours.all())
    if not (favours or against) or not is_whole:
        return None
    return Statement(
        key=rule.key,
        when=tuple(
            frozenset((option.prompt.slug, option.slug) for option in condition.options.all())
            for condition in rule.conditions.all()
        ),
        favours=favours,
        together=rule.is_combination,
        component=rule.component.slug if rule.component else "",
        against=against,
    )
