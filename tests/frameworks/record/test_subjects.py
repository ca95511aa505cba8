"""What is stored beside each revision says the same of it as its recorded states do, whatever became of the facts."""

from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from frameworks.models import (
    Claim,
    Criterion,
    Framework,
    Rating,
    Relation,
    Revision,
    RevisionSubject,
    Versioned,
)
from frameworks.models.schema import schema_of
from frameworks.models.subjects import subjects_of
from frameworks.models.versioned import versioned_models
from frameworks.record import revisions
from tests import factories
from tests.frameworks.changing import change, rename

pytestmark = pytest.mark.django_db

#: Other edits each; the triggers of either database file them.
DRAWS = [*(pytest.param(seed, marks=pytest.mark.both) for seed in range(2)), *range(2, 6)]

# The definitions by recorded states, step by step and slow


def states(step: Revision) -> list[Any]:
    return [state for state in (step.before, step.after) if state]


def singly_named(step: Revision) -> set[str]:
    return {state[name][0] for state in states(step) for name in ("framework", "other") if state.get(name)}


def named_among_others(step: Revision) -> set[str]:
    schema = schema_of(versioned_models()[step.model])
    fields = [name for name in schema.many if schema.relations[name] is Framework]
    return {key[0] for state in states(step) for name in fields for key in state.get(name) or ()}


def deleted_frameworks(*, published: bool) -> set[str]:
    newest: dict[str, Revision] = {}
    for step in Revision.objects.filter(model="framework").order_by("version"):
        newest[step.key] = step
    return {
        key
        for key, step in newest.items()
        if step.action == "deleted" and step.before and step.before["is_published"] is published
    }


def public_by_states() -> set[int]:
    shown = set(Framework.objects.published().values_list("slug", flat=True))
    shown |= deleted_frameworks(published=True)
    hidden = set(Framework.objects.filter(is_published=False).values_list("slug", flat=True))
    hidden |= deleted_frameworks(published=False)
    return {
        step.pk
        for step in Revision.objects.all()
        if singly_named(step) <= shown
        and not named_among_others(step) & hidden
        and (step.model != "framework" or step.key in shown)
        and (step.model != "rating" or any(state["is_published"] for state in states(step)))
    }


def about_by_states(slug: str) -> set[int]:
    return {
        step.pk
        for step in Revision.objects.all()
        if (step.model, step.key) == ("framework", slug)
        or slug in singly_named(step) | named_among_others(step)
    }


def of_cell_by_states(framework: str, criterion: str) -> set[int]:
    def filed_in(state: Any) -> bool:
        criteria = [state["criterion"], state["joint_criterion"]]
        return bool(state["framework"] == [framework] and [criterion] in criteria)

    return {
        step.pk
        for step in Revision.objects.all()
        if (step.model, step.key) == ("rating", f"{framework}/{criterion}")
        or (step.model == "claim" and any(map(filed_in, states(step))))
    }


def pks(steps: Any) -> set[int]:
    return set(steps.values_list("pk", flat=True))


def expect_same(frameworks: set[str], criteria: set[str]) -> None:
    assert pks(Revision.objects.public()) == public_by_states()
    for slug in frameworks:
        assert pks(Revision.objects.about(slug)) == about_by_states(slug), slug
        for criterion in criteria:
            cell = pks(Revision.objects.of_cell(slug, criterion))
            assert cell == of_cell_by_states(slug, criterion), (slug, criterion)
    stored = set(RevisionSubject.objects.values_list("revision", "kind", "key"))
    assert stored == {
        (step.pk, *subject)
        for step in Revision.objects.all()
        for subject in subjects_of(step.model, step.key, step.before, step.after)
    }


# Editing at random


class Editing:
    """Makes, changes, hides, renames and deletes facts at random, and remembers every name that was used."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.criteria = {factories.make_criterion(name=f"C {n}").slug for n in range(3)}
        self.frameworks = {"f-0", "f-1"}
        for slug in sorted(self.frameworks):
            factories.make_framework(slug=slug, name=slug)

    def run(self, steps: int) -> Iterator[int]:
        actions = [getattr(self, name) for name in sorted(vars(Editing)) if name.startswith("do_")]
        for step in range(steps):
            # What the record refuses, it refuses here as well.
            with (
                suppress(IndexError, IntegrityError, ProtectedError, revisions.Refused),
                transaction.atomic(),
            ):
                self.chance.choice(actions)()
            yield step

    def any_of(self, model: type[Versioned]) -> Any:
        return self.chance.choice(list(model._default_manager.order_by("pk")))

    def two_frameworks(self) -> list[Framework]:
        found = list(Framework.objects.order_by("pk"))
        return self.chance.sample(found, 2) if len(found) > 1 else []

    def do_add_framework(self) -> None:
        slug = f"f-{self.chance.randint(0, 5)}"
        if not Framework.objects.filter(slug=slug).exists():
            factories.make_framework(slug=slug, name=slug, is_published=self.chance.random() < 0.6)
            self.frameworks.add(slug)

    def do_publish_or_hide_framework(self) -> None:
        framework = self.any_of(Framework)
        change(framework, by=factories.MAKER, is_published=not framework.is_published)

    def do_rename_framework(self) -> None:
        self.rename(self.any_of(Framework), self.frameworks, f"f-{self.chance.randint(3, 12)}")

    def do_rename_criterion(self) -> None:
        self.rename(self.any_of(Criterion), self.criteria, f"c-{self.chance.randint(0, 9)}")

    def rename(self, fact: Any, names: set[str], new: str) -> None:
        if fact.slug != new:
            rename(fact, new)
            names.add(new)

    def do_add_claim(self) -> None:
        criterion, joint = self.any_of(Criterion), self.any_of(Criterion)
        factories.make_claim(
            framework=self.chance.choice([None, *Framework.objects.order_by("pk")]),
            criterion=criterion,
            joint_criterion=None if joint == criterion else joint,
        )

    def do_move_claim(self) -> None:
        to = {"framework": self.any_of(Framework), "criterion": self.any_of(Criterion)}
        change(self.any_of(Claim), by=factories.MAKER, joint_criterion=None, **to)

    def do_add_rating(self) -> None:
        framework, criterion = self.any_of(Framework), self.any_of(Criterion)
        if not Rating.objects.filter(framework=framework, criterion=criterion).exists():
            factories.make_rating(
                framework=framework, criterion=criterion, is_published=self.chance.random() < 0.5
            )

    def do_publish_or_hide_rating(self) -> None:
        rating = self.any_of(Rating)
        change(rating, by=factories.MAKER, is_published=not rating.is_published)

    def do_relate(self) -> None:
        if pair := self.two_frameworks():
            factories.make_relation(framework=pair[0], other=pair[1], claims=[])

    def do_recommend(self) -> None:
        slug = f"r-{self.chance.randint(0, 99)}"
        factories.make_recommendation(*self.two_frameworks(), slug=slug, claims=[])

    def do_delete(self) -> None:
        kinds: list[Any] = [Relation, Rating, Claim, Framework]
        fact = self.any_of(self.chance.choice(kinds))
        revisions.delete(fact, by=factories.MAKER, reason="Away.", seen=fact.version)


@pytest.mark.parametrize("seed", DRAWS)
def test_stored_subjects_agree_with_recorded_states_after_any_edits(seed: int) -> None:
    editing = Editing(Random(seed))  # noqa: S311 - the same edits at every run
    for step in editing.run(60):
        if step % 20 == 19:
            expect_same(editing.frameworks, editing.criteria)
    assert Revision.objects.count() > 40
    assert pks(Revision.objects.public()) < pks(Revision.objects.all())


@pytest.mark.both
def test_stored_subjects_agree_with_recorded_states_for_every_kind_of_fact() -> None:
    factories.one_of_each()
    expect_same(set(Framework.objects.values_list("slug", flat=True)), set())


@pytest.mark.both
def test_framework_deleted_while_hidden_hides_what_was_about_it() -> None:
    shown, hidden = (factories.make_framework(slug=slug) for slug in ("shown", "hidden"))
    change(hidden, by=factories.MAKER, is_published=False)
    for framework in (shown, hidden):
        revisions.delete(framework, by=factories.MAKER, reason="Away.", seen=framework.version)
    about = Revision.objects.filter(model="framework")
    assert set(about.public().values_list("key", flat=True)) == {"shown"}
    factories.make_framework(slug="hidden")
    assert set(about.public().values_list("key", flat=True)) == {"shown", "hidden"}


@pytest.mark.both
def test_revision_written_by_hand_is_filed() -> None:
    factories.make_framework(slug="django")
    common: dict[str, Any] = {"model": "trait", "action": "created", "origin": "admin", "reason": "x"}
    after = {"framework": ["django"], "value": ["kind", "micro"]}
    one = Revision.objects.create(**common, key="a", version=1, after=after)
    two, three = Revision.objects.bulk_create(
        Revision(**common, key=key, version=1, after=after) for key in ("b", "c")
    )
    assert pks(Revision.objects.about("django").filter(model="trait")) == {one.pk, two.pk, three.pk}


@pytest.mark.both
def test_lists_of_revisions_do_not_look_into_recorded_states() -> None:
    public = Revision.objects.public()
    for steps in (
        public,
        public.about("django", "flask"),
        public.of_cell("django", "speed"),
        public.last_of_changesets(),
        public.filter(at__lte=timezone.now()),
    ):
        condition = str(steps.values("pk").query)
        assert "before" not in condition
        assert "after" not in condition
