"""The decision helper's inference: answers in, the rules that fire and what they amount to out. Pure.

A rule is what a source states: when this holds, choose that. Nothing is weighed here but their number, and nothing is
guessed: a question left open fires no rule, and what it might still change is told.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Pair = tuple[str, str]
"""A question and one answer to it, by their slugs: `("building", "api")`."""
Answers = Mapping[str, Collection[str]]
"""What was ticked under each question. An open question is missing or empty."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule as the inference needs it. All names are slugs.

    It holds when all pairs of any one case of `when` are among the answers. `favours` are alternatives to each other
    unless they are to be used `together`; without any, it is a mere caution.
    """

    key: str
    when: tuple[frozenset[Pair], ...]
    favours: tuple[str, ...] = ()
    together: bool = False
    component: str = ""
    against: tuple[str, ...] = ()

    def fires(self, answers: Answers) -> bool:
        return any(all(_is_given(pair, answers) for pair in case) for case in self.when)

    def may_fire(self, answers: Answers) -> bool:
        """Whether it does not hold yet and would if questions that are open were answered so."""
        return not self.fires(answers) and any(
            all(_is_given(pair, answers) or not answers.get(pair[0]) for pair in case) for case in self.when
        )


def _is_given(pair: Pair, answers: Answers) -> bool:
    return pair[1] in answers.get(pair[0], ())


@dataclass(frozen=True, slots=True)
class Standing:
    """One framework and the fired rules that speak for and against it."""

    framework: str
    pro: tuple[Statement, ...]
    contra: tuple[Statement, ...]

    @property
    def is_displaced(self) -> bool:
        """Whether a rule that recommends something else speaks against it. A mere caution displaces nothing."""
        return any(rule.favours for rule in self.contra)


@dataclass(frozen=True)
class Conclusion:
    """What the fired rules amount to: `standings` best first, `combinations` that a source recommends, and the rules
    that could still fire."""

    fired: tuple[Statement, ...]
    still_open: tuple[Statement, ...]
    standings: tuple[Standing, ...]
    combinations: tuple[tuple[str, ...], ...]

    @cached_property
    def leaders(self) -> tuple[str, ...]:
        """The first choice; several where as many rules speak for each. Where two are to be combined, those."""
        if self.combinations:
            return self.combinations[0]
        backed = [one for one in self.standings if one.pro]
        return tuple(one.framework for one in backed if _strength(one) == _strength(backed[0]))

    @property
    def first(self) -> str:
        """The one first choice, or nothing where there is none or more than one."""
        return self.leaders[0] if len(self.leaders) == 1 else ""

    @property
    def runner_up(self) -> str:
        """The next best of a single first choice."""
        others = [one.framework for one in self.standings if one.pro and one.framework != self.first]
        return others[0] if self.first and others else ""

    @property
    def component(self) -> str:
        """What of the framework to take, where a rule names it."""
        return next((rule.component for rule in self.fired if rule.component), "")

    @property
    def clashes(self) -> bool:
        """Whether sources disagree on these answers: level at the top, a framework that one rule recommends and another
        displaces, or a second with at least half as many rules as the first."""
        backed = [one for one in self.standings if one.pro]
        if any(one.is_displaced for one in backed):
            return True
        if len(backed) < 2 or {one.framework for one in backed[:2]} <= set(*self.combinations[:1]):
            return False
        return 2 * len(backed[1].pro) >= len(backed[0].pro)

    @property
    def may_still_gain(self) -> Counter[str]:
        """How many rules could still speak for each framework, were the open questions answered so."""
        return Counter(framework for rule in self.still_open for framework in rule.favours)


def advise(rules: Sequence[Statement], answers: Answers) -> Conclusion:
    """What the sources say to somebody who answers so.

    Frameworks that no rule displaces come first, then those with more rules for them; equal ones by name. A rule for
    a combination counts for none of its members alone.
    """
    fired = tuple(rule for rule in rules if rule.fires(answers))
    alone = [rule for rule in fired if not rule.together]
    named = {framework for rule in alone for framework in (*rule.favours, *rule.against)}
    standings = [
        Standing(
            framework,
            tuple(rule for rule in alone if framework in rule.favours),
            tuple(rule for rule in alone if framework in rule.against),
        )
        for framework in sorted(named)
    ]
    return Conclusion(
        fired=fired,
        still_open=tuple(rule for rule in rules if rule.may_fire(answers)),
        standings=tuple(sorted(standings, key=_strength, reverse=True)),
        combinations=tuple(dict.fromkeys(rule.favours for rule in fired if rule.together)),
    )


def _strength(standing: Standing) -> tuple[bool, int]:
    return bool(standing.pro) and not standing.is_displaced, len(standing.pro)
