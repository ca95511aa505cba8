"""The decision helper: from questions and rules as they are kept to what the page shows. The inference is `rules`."""

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

from .rules import Conclusion, Statement, advise

#: Beside each other in the link that the answer ends in.
ABREAST = 3


def prompts() -> list[Prompt]:
    """All questions with their options, in two queries."""
    options = Prefetch("options", Option.objects.order_by("position"))
    return list(Prompt.objects.prefetch_related(options))


def rules() -> list[Rule]:
    """All rules with what they say, when, and on whose word, in a fixed number of queries."""
    conditions = Prefetch("conditions", Condition.objects.prefetch_related("options__prompt"))
    claims = Prefetch("claims", Claim.objects.select_related("criterion"))
    found = Rule.objects.select_related("source", "component").prefetch_related("favours", "against")
    return list(found.prefetch_related(conditions).prefetch_related(claims))


class AnswersForm(forms.Form):
    """What a visitor ticked. An open question is left out; what is no option is told and left out."""

    def __init__(self, data: QueryDict, asked: Sequence[Prompt]) -> None:
        super().__init__(data)
        self.offered = {prompt.slug: [option.slug for option in prompt.options.all()] for prompt in asked}
        for prompt in asked:
            kind = forms.MultipleChoiceField if prompt.takes_several else forms.ChoiceField
            self.fields[prompt.slug] = kind(
                label=prompt.text,
                required=False,
                choices=[(option.slug, option.text) for option in prompt.options.all()],
                error_messages={"invalid_choice": "That is none of the answers."},
            )

    @property
    def answers(self) -> dict[str, list[str]]:
        """By question, in the order in which they are asked and offered."""
        _ = self.errors
        given = {}
        for name, offered in self.offered.items():
            value = self.cleaned_data.get(name) or []
            chosen = [value] if isinstance(value, str) else value
            if chosen:
                given[name] = [slug for slug in offered if slug in chosen]
        return given

    @property
    def notices(self) -> Iterator[str]:
        for name, errors in self.errors.items():
            yield f"{self.fields[name].label} {' '.join(map(str, errors))} It was left out."


@dataclass(frozen=True)
class PromptOptions:
    """One question as the page shows it."""

    prompt: Prompt
    options: list[tuple[Option, bool]]

    @property
    def is_open(self) -> bool:
        return not any(chosen for _, chosen in self.options)


@dataclass(frozen=True)
class Candidate:
    """One framework with the rules that fired for and against it."""

    framework: Framework
    pro: list[Rule]
    contra: list[Rule]


@dataclass(frozen=True)
class Outcome:
    """The answer: the frameworks of the advice, and the rules behind them as they are kept."""

    advice: Conclusion
    frameworks: Mapping[str, Framework]
    rules: Mapping[str, Rule]
    criteria: Sequence[Criterion]

    @classmethod
    def of(
        cls,
        kept: Sequence[Rule],
        answers: Mapping[str, Sequence[str]],
        facts: Facts,
    ) -> Self:
        """Of frameworks that are not published nothing is said."""
        statements = [statement for rule in kept if (statement := _statement(rule, facts.by_slug))]
        rules = {rule.key: rule for rule in kept}
        return cls(advise(statements, answers), facts.by_slug, rules, facts.criteria)

    @property
    def leaders(self) -> list[Framework]:
        return [self.frameworks[slug] for slug in self.advice.leaders]

    @property
    def is_combination(self) -> bool:
        return bool(self.advice.combinations)

    @property
    def combining(self) -> list[Rule]:
        """The rules that recommend the combination."""
        return [self.rules[one.key] for one in self.advice.fired if one.together]

    @property
    def runner_up(self) -> Framework | None:
        return self.frameworks.get(self.advice.runner_up)

    @property
    def component(self) -> Component | None:
        """What of the first choice to take, with the rule that says so in `component_rule`."""
        rule = self.component_rule
        return rule.component if rule else None

    @property
    def component_rule(self) -> Rule | None:
        return next((self.rules[one.key] for one in self.advice.fired if one.component), None)

    @property
    def candidates(self) -> list[Candidate]:
        return [
            Candidate(
                self.frameworks[one.framework],
                [self.rules[rule.key] for rule in one.pro],
                [self.rules[rule.key] for rule in one.contra],
            )
            for one in self.advice.standings
        ]

    @property
    def may_still_gain(self) -> list[tuple[Framework, int]]:
        """Who could have further rules for them, were the open questions answered, most first."""
        return [(self.frameworks[slug], count) for slug, count in self.advice.may_still_gain.most_common()]

    @property
    def weights(self) -> dict[str, int]:
        """Each criterion's own weight, and one more for each fired rule that rests on a claim under it, up to the
        most that a weight can be."""
        spoken = Counter(
            slug
            for one in self.advice.fired
            for slug in {claim.criterion.slug for claim in self.rules[one.key].claims.all()}
        )
        return {
            criterion.slug: min(criterion.default_weight + spoken[criterion.slug], WEIGHT_MAX)
            for criterion in self.criteria
        }

    @property
    def view(self) -> View:
        """The comparison that the answer ends in: weighed by what the fired rules speak of."""
        return View(weights=self.weights) if self.advice.fired else View()

    @property
    def party(self) -> list[str]:
        """Who stands side by side there: the leaders and those next to them; nobody where there are fewer than two."""
        backed = [one.framework for one in self.advice.standings if one.pro]
        together = list(dict.fromkeys([*self.advice.leaders, *backed]))[:ABREAST]
        return together if len(together) > 1 else []


def asked(found: Sequence[Prompt], answers: Mapping[str, Sequence[str]]) -> list[PromptOptions]:
    return [
        PromptOptions(
            prompt,
            [(option, option.slug in answers.get(prompt.slug, ())) for option in prompt.options.all()],
        )
        for prompt in found
    ]


def _statement(rule: Rule, known: Mapping[str, Any]) -> Statement | None:
    """The rule as the inference takes it; None where all that it speaks of is unpublished."""
    favours = tuple(framework.slug for framework in rule.favours.all() if framework.slug in known)
    against = tuple(framework.slug for framework in rule.against.all() if framework.slug in known)
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
