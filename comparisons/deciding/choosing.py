"""Prepare the decision helper's page from stored questions and rules. The inference itself is in `rules`."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Prefetch
from django.http import QueryDict
from django.template.defaultfilters import pluralize

from comparisons.comparison.forms import clip
from comparisons.comparison.permalinks import View
from comparisons.models import Condition, Option, Prompt, Rule
from frameworks.facts import Facts
from frameworks.models import Claim, Component, Criterion, Framework
from frameworks.models.constraints import WEIGHT_MAX
from frameworks.serving import memory
from frameworks.text.mangled import unknown
from frameworks.text.several import SeveralField, separated

from .rules import Conclusion, Statement, advise

#: How many frameworks the link to a comparison sets side by side.
SIDE_BY_SIDE = 3


@dataclass(frozen=True)
class Rulebook:
    """The questions and the rules that are stored, and what the inference needs of each rule."""

    prompts: Sequence[Prompt]
    rules: Mapping[str, Rule]
    statements: Sequence[Statement]

    def about(self, published: Container[str]) -> Self:
        """Return it for an inference that names published frameworks alone. A rule of which none is left, or of a
        combination not all, is left out."""
        statements = [kept for statement in self.statements if (kept := _about(statement, published))]
        return replace(self, statements=statements)


@memory.for_each_version
def rulebook() -> Rulebook:
    """Return the questions with their options, and the rules of sources that are not retired with their frameworks,
    conditions and claims. They are read in a fixed number of queries, once for each version."""
    options = Prefetch("options", Option.objects.order_by("position"))
    conditions = Prefetch("conditions", Condition.objects.prefetch_related("options__prompt"))
    claims = Prefetch("claims", Claim.objects.select_related("criterion"))
    rows = (
        Rule.objects.filter(source__retired_on=None)
        .select_related("source", "component")
        .prefetch_related("favours", "against")
    )
    prompts = list(Prompt.objects.prefetch_related(options))
    rules = {rule.key: rule for rule in rows.prefetch_related(conditions).prefetch_related(claims)}
    return Rulebook(prompts, rules, [_statement(rule) for rule in rules.values()])


class AnswersForm(forms.Form):
    """A visitor's answers. An open question is left out; an unknown option is left out with a notice."""

    def __init__(self, data: QueryDict, questions: Sequence[Prompt]) -> None:
        several = {prompt.slug for prompt in questions if prompt.takes_several}
        super().__init__(separated(data, several))
        self.offered = {prompt.slug: [option.slug for option in prompt.options.all()] for prompt in questions}
        for prompt in questions:
            kind = SeveralField if prompt.takes_several else forms.ChoiceField
            self.fields[prompt.slug] = kind(
                label=prompt.text,
                required=False,
                choices=[(option.slug, option.text) for option in prompt.options.all()],
                error_messages={"invalid_choice": "“%(value)s” is not one of the answers."},
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
            yield f"{self.fields[name].label} {clip(' '.join(map(str, errors)))} It was ignored."
        for name, field in self.fields.items():
            if isinstance(field, SeveralField) and (notice := field.notice(self[name].data)):
                yield f"{field.label} {notice}"
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
class FiredRule:
    """A rule that fired, with the ticked options that made it apply."""

    rule: Rule
    options: list[Option]


@dataclass(frozen=True)
class Candidate:
    """A framework with the rules that fired for and against it, those that more answers made apply first."""

    framework: Framework
    pro: list[FiredRule]
    contra: list[FiredRule]


@dataclass(frozen=True)
class ExampleAnswer:
    """An answer that somebody may give first, with the frameworks that the rules then put first."""

    option: Option
    leaders: list[Framework]
    is_combination: bool

    @property
    def query(self) -> str:
        return urlencode({self.option.prompt.slug: self.option.slug})


@dataclass(frozen=True)
class Outcome:
    """The result: the conclusion of the inference, with the stored frameworks and rules that it names by slug."""

    advice: Conclusion
    frameworks: Mapping[str, Framework]
    rules: Mapping[str, Rule]
    criteria: Sequence[Criterion]
    answers: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, book: Rulebook, answers: Mapping[str, Sequence[str]], facts: Facts) -> Self:
        """Draw the conclusion from the answers. All frameworks that the rules name are among the facts."""
        advice = advise(book.statements, answers)
        return cls(advice, facts.by_slug, book.rules, facts.criteria, answers)

    @property
    def query(self) -> str:
        """Return the answers as the query string of the page, with its question mark; empty without answers."""
        query = urlencode(self.answers, doseq=True)
        return f"?{query}" if query else ""

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
                self._fired(standing.pro),
                self._fired(standing.contra),
            )
            for standing in self.advice.standings
        ]

    def _fired(self, statements: Sequence[Statement]) -> list[FiredRule]:
        fired = [
            FiredRule(rule, _ticked(rule, self.answers))
            for rule in (self.rules[statement.key] for statement in statements)
        ]
        return sorted(fired, key=lambda one: -len(one.options))

    @property
    def is_answered_twice(self) -> bool:
        """Return whether it is worth saying which of several answers made a rule apply."""
        return sum(map(len, self.answers.values())) > 1

    @property
    def reason(self) -> str:
        """Return in one sentence which rules put the single first choice first; empty if there is none."""
        recommended = [standing for standing in self.advice.standings if standing.pro]
        if not self.advice.first or self.is_combination:
            return ""
        first, *others = recommended
        sources = len({self.rules[statement.key].source_id for statement in first.pro})
        text = (
            f"{self.frameworks[first.framework]} comes first because {_counted(len(first.pro), 'rule')} of "
            f"{_counted(sources, 'source')} favour{'s' if len(first.pro) == 1 else ''} it"
        )
        for other in others[:1]:
            name, count = self.frameworks[other.framework], len(other.pro)
            if other.is_displaced and not first.is_displaced:
                contrary = sum(1 for statement in other.contra if statement.favours)
                advise = "advises" if contrary == 1 else "advise"
                text += (
                    f". {name} has {count}, but {_counted(contrary, 'rule')} that favour"
                    f"{'s' if contrary == 1 else ''} something else {advise} against it"
                )
            else:
                text += f"; {name} has {count}"
        return f"{text}{'' if others else f', and none favours another {settings.TOPIC.item}'}."

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


def examples(book: Rulebook, facts: Facts) -> list[ExampleAnswer]:
    """Return the answers to the first question to which, given alone, the rules have a first choice."""
    found = []
    for prompt in book.prompts[:1]:
        for option in prompt.options.all():
            outcome = Outcome.of(book, {prompt.slug: [option.slug]}, facts)
            if outcome.leaders:
                found.append(ExampleAnswer(option, outcome.leaders, outcome.is_combination))
    return found


def _ticked(rule: Rule, answers: Mapping[str, Sequence[str]]) -> list[Option]:
    """Return the options of the conditions that these answers meet, each once, in the order of the page."""
    met: dict[int, Option] = {}
    for condition in rule.conditions.all():
        options = list(condition.options.all())
        if all(option.slug in answers.get(option.prompt.slug, ()) for option in options):
            met |= {option.pk: option for option in options}
    return sorted(met.values(), key=lambda option: (option.prompt.position, option.position))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{pluralize(number)}"


def _statement(rule: Rule) -> Statement:
    return Statement(
        key=rule.key,
        when=tuple(
            frozenset((option.prompt.slug, option.slug) for option in condition.options.all())
            for condition in rule.conditions.all()
        ),
        favours=tuple(framework.slug for framework in rule.favours.all()),
        together=rule.is_combination,
        component=rule.component.slug if rule.component and not rule.component.is_retired else "",
        against=tuple(framework.slug for framework in rule.against.all()),
    )


def _about(statement: Statement, published: Container[str]) -> Statement | None:
    favours = tuple(slug for slug in statement.favours if slug in published)
    against = tuple(slug for slug in statement.against if slug in published)
    is_whole = not statement.together or len(favours) == len(statement.favours)
    if not (favours or against) or not is_whole:
        return None
    return replace(statement, favours=favours, against=against)
