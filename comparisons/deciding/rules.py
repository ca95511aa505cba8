"""Infer advice from answers: which rules fire, and what they amount to. Pure.

A rule is what a source states: under this condition choose that. Rules are counted, not weighted, and nothing is
guessed: a question left open fires no rule, and the result says what it might still change.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Pair = tuple[str, str]
"""A question and one answer to it, by their slugs: `("building", "api")`."""
Answers = Mapping[str, Collection[str]]
"""The ticked options of each question. An open question is missing or empty."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule as the inference needs it. All names are slugs.

    It fires when all pairs of any one condition in `when` are among the answers. `favours` are alternatives to each
    other unless they are to be used `together`; a rule without any is a mere caution.
    """

    key: str
    when: tuple[frozenset[Pair], ...]
    favours: tuple[str, ...] = ()
    together: bool = False
    component: str = ""
    against: tuple[str, ...] = ()

    def fires(self, answers: Answers) -> bool:
        """Return whether the answers meet one of the conditions."""
        return any(all(_is_ticked(pair, answers) for pair in condition) for condition in self.when)

    def may_fire(self, answers: Answers) -> bool:
        """Return whether it does not fire yet, but could once open questions are answered."""
        return not self.fires(answers) and any(
            all(_is_ticked(pair, answers) or not answers.get(pair[0]) for pair in condition)
            for condition in self.when
        )


def _is_ticked(pair: Pair, answers: Answers) -> bool:
    return pair[1] in answers.get(pair[0], ())


@dataclass(frozen=True, slots=True)
class Standing:
    """One framework and the fired rules that speak for and against it."""

    framework: str
    pro: tuple[Statement, ...]
    contra: tuple[Statement, ...]

    @property
    def is_displaced(self) -> bool:
        """Return whether a rule that recommends something else speaks against it. A mere caution displaces nothing."""
        return any(rule.favours for rule in self.contra)


@dataclass(frozen=True)
class Conclusion:
    """What the fired rules amount to: `standings` best first, `combinations` that a source recommends, and in
    `still_open` the rules that could still fire."""

    fired: tuple[Statement, ...]
    still_open: tuple[Statement, ...]
    standings: tuple[Standing, ...]
    combinations: tuple[tuple[str, ...], ...]

    @cached_property
    def leaders(self) -> tuple[str, ...]:
        """Return the first choice; several if equally many rules recommend each, or if they are to be combined."""
        if self.combinations:
            return self.combinations[0]
        recommended = [standing for standing in self.standings if standing.pro]
        return tuple(
            standing.framework for standing in recommended if _strength(standing) == _strength(recommended[0])
        )

    @property
    def first(self) -> str:
        """Return the first choice; empty if there is none or more than one."""
        return self.leaders[0] if len(self.leaders) == 1 else ""

    @property
    def runner_up(self) -> str:
        """Return the next best after a single first choice; empty if there is none."""
        others = [
            standing.framework
            for standing in self.standings
            if standing.pro and standing.framework != self.first
        ]
        return others[0] if self.first and others else ""

    @property
    def component(self) -> str:
        """Return the component that a fired rule names; empty if none does."""
        return next((rule.component for rule in self.fired if rule.component), "")

    @property
    def clashes(self) -> bool:
        """Return whether sources disagree on these answers.

        They do if several lead, if one rule recommends a framework that another displaces, or if the second has at
        least half as many rules as the first.
        """
        recommended = [standing for standing in self.standings if standing.pro]
        if any(standing.is_displaced for standing in recommended):
            return True
        if len(recommended) < 2:
            return False
        if {standing.framework for standing in recommended[:2]} <= set(*self.combinations[:1]):
            return False
        return 2 * len(recommended[1].pro) >= len(recommended[0].pro)

    @property
    def may_still_gain(self) -> Counter[str]:
        """Return how many rules could still recommend each framework once open questions are answered."""
        return Counter(framework for rule in self.still_open for framework in rule.favours)


def advise(rules: Sequence[Statement], answers: Answers) -> Conclusion:
    """Return what the sources advise somebody who gives these answers.

    Frameworks that are recommended and not displaced come first, then those that more rules recommend; equal ones by
    name. A rule for a combination counts for none of its members alone.
    """
    fired = tuple(rule for rule in rules if rule.fires(answers))
    alone = [rule for rule in fired if not rule.together]
    mentioned = {framework for rule in alone for framework in (*rule.favours, *rule.against)}
    standings = [
        Standing(
            framework,
            tuple(rule for rule in alone if framework in rule.favours),
            tuple(rule for rule in alone if framework in rule.against),
        )
        for framework in sorted(mentioned)
    ]
    return Conclusion(
        fired=fired,
        still_open=tuple(rule for rule in rules if rule.may_fire(answers)),
        standings=tuple(sorted(standings, key=_strength, reverse=True)),
        combinations=tuple(dict.fromkeys(rule.favours for rule in fired if rule.together)),
    )


def _strength(standing: Standing) -> tuple[bool, int]:
    return bool(standing.pro) and not standing.is_displaced, len(standing.pro)
