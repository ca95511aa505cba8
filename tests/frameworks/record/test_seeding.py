"""Seeding: repeatable, all or nothing, and never over what an editor has changed since."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import models

from frameworks.models import (
    Claim,
    Criterion,
    Disagreement,
    Framework,
    Rating,
    Revision,
    Source,
    Trait,
    Versioned,
    versioned_models,
)
from frameworks.models.schema import state_of
from frameworks.record import replaying, revisions
from frameworks.record.revisions import Author
from frameworks.record.seeding import fixture_files, plant
from frameworks.roles import create_roles, right_to
from tests.factories import make_editor, make_framework
from tests.frameworks.changing import rename

pytestmark = pytest.mark.django_db

EDITOR = Author("Alice", Revision.Origin.ADMIN)

Entry = dict[str, Any]


def entry(model: str, **fields: Any) -> Entry:
    return {"model": f"frameworks.{model}", "fields": fields}


def claim(key: str, **fields: Any) -> Entry:
    source, line, *_ = key.split("-")
    return entry(
        "claim",
        **{
            "key": key,
            "source": [source],
            "line": int(line),
            "part": "table",
            "framework": ["django"],
            "criterion": ["speed"],
            "joint_criterion": None,
            "term": "Steep",
            "paraphrase": "Says that it takes long to learn.",
            "reading": 2,
            "note": "",
            **fields,
        },
    )


class Seed:
    """A small seed that a test can change before it plants it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rubric = {f"rubric_{step}": f"Step {step}." for step in range(1, 6)}
        question = {"name": "Speed", "short_name": "Speed", "question": "How fast is it?"}
        self.django = entry("framework", slug="django", name="Django", tagline="Batteries included")
        self.readings = [
            entry(
                "wording",
                slug=f"speed-{words}",
                criterion=["speed"],
                words=words,
                reading=reading,
                explanation="The rubric says so.",
            )
            for words, reading in (("steep", 2), ("quick", 4))
        ]
        self.claims = [
            claim("000-1-django-speed", wording=["speed-steep"]),
            claim("000-2-django-speed", term="Quick", wording=["speed-quick"], reading=4),
        ]
        self.rating = entry(
            "rating",
            framework=["django"],
            criterion=["speed"],
            score=3,
            verdict="Middling",
            rationale="By the rubric.",
            departure="",
            is_published=True,
            reviewed_on="2026-11-20",
        )
        keys = [[one["fields"]["key"]] for one in self.claims]
        self.trait = entry(
            "trait", framework=["django"], value=["kind", "full-stack"], claims=keys[:1], note=""
        )
        self.disagreement = entry(
            "disagreement",
            slug="how-fast",
            title="How fast it is",
            question="Is it fast or not?",
            kind="within",
            explanation="It says both.",
            claims=keys,
        )
        self.files: dict[str, list[Entry]] = {
            "catalogue.json": [
                entry("criteriongroup", slug="running", name="Running it"),
                entry("criterion", slug="speed", group=["running"], **question, **rubric),
                entry("facet", slug="kind", name="Kind"),
                entry("facetvalue", facet=["kind"], slug="full-stack", name="Full-stack"),
                self.django,
            ],
            "sources.json": [
                entry("source", key="000", short_name="Zero", title="An article", read_on="2026-11-20")
            ],
            "readings.json": self.readings,
            "claims/claims_000.json": self.claims,
            "traits.json": [self.trait],
            "ratings/ratings_django.json": [self.rating],
            "disagreements.json": [self.disagreement],
            "components.json": [],
            "questions.json": [],
            "benchmarks/article.json": [],
            "use-cases.json": [],
            "rules.json": [],
        }

    @property
    def total(self) -> int:
        return sum(map(len, self.files.values()))

    def write(self) -> None:
        for name, entries in self.files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(entries))

    def plant(self) -> dict[str, int]:
        """What became of its entries; outcomes that did not come up are left out."""
        self.write()
        return dict(plant(fixture_files(self.folder)))


@pytest.fixture
def seed(tmp_path: Path) -> Seed:
    return Seed(tmp_path)


def everything() -> dict[str, list[Any]]:
    """All that is stored of facts, by model."""
    return {
        model.__name__: [state_of(fact) | {"version": fact.version} for fact in facts(model)]
        for model in versioned_models().values()
    }


def facts(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._default_manager.order_by("pk")


def editor_changes(fact: Versioned, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(fact, name, value)
    assert revisions.save(fact, by=EDITOR, reason="I know better.", seen=fact.version)


def editor_deletes(*chosen: Versioned) -> None:
    for fact in chosen:
        revisions.delete(fact, by=EDITOR, reason="Not so.", seen=fact.version)


# Again and again


@pytest.mark.both
def test_seed_creates_and_records_everything_the_first_time(seed: Seed) -> None:
    assert seed.plant() == {"created": seed.total}
    assert Revision.objects.count() == seed.total
    assert set(Revision.objects.values_list("version", "action", "origin", "author_name", "reason")) == {
        (1, "created", "seed", "Touchstone", "Loaded from the portal’s files.")
    }
    rating = Rating.objects.get()
    assert state_of(rating) == seed.rating["fields"]
    assert rating.version == 1
    assert [claim.key for claim in Disagreement.objects.get().claims.order_by("key")] == [
        "000-1-django-speed",
        "000-2-django-speed",
    ]


@pytest.mark.both
def test_seed_changes_nothing_the_second_time(seed: Seed) -> None:
    seed.plant()
    before = everything()
    assert seed.plant() == {"unchanged": seed.total}
    assert everything() == before
    assert Revision.objects.count() == seed.total


def test_seed_updates_facts_not_changed_by_editors(seed: Seed) -> None:
    seed.plant()
    for version, tagline in [(2, "The one with everything"), (3, "Everything and more")]:
        seed.django["fields"]["tagline"] = tagline
        assert seed.plant() == {"updated": 1, "unchanged": seed.total - 1}
        django = Framework.objects.get()
        assert (django.tagline, django.version) == (tagline, version)
    step = Revision.objects.of(django).first()
    assert step
    assert step.changed_fields == [("tagline", "The one with everything", "Everything and more")]
    assert seed.plant() == {"unchanged": seed.total}


def test_seed_updates_disagreement_when_its_claims_change(seed: Seed) -> None:
    seed.plant()
    seed.disagreement["fields"]["claims"].pop()
    assert seed.plant() == {"updated": 1, "unchanged": seed.total - 1}
    assert [claim.key for claim in Disagreement.objects.get().claims.all()] == ["000-1-django-speed"]


def test_seed_adds_claim_changed_in_same_run_to_disagreement(seed: Seed) -> None:
    seed.files["claims/claims_001.json"] = [claim("000-3-django-speed")]
    seed.plant()
    seed.files["claims/claims_001.json"] = [claim("000-3-django-speed", term="Slow")]
    seed.disagreement["fields"]["claims"].append(["000-3-django-speed"])
    assert seed.plant() == {"updated": 2, "unchanged": seed.total - 2}
    assert Disagreement.objects.get().claims.filter(key="000-3-django-speed", term="Slow").exists()


def test_seed_changes_row_of_the_table_of_readings_with_its_claims(seed: Seed) -> None:
    seed.plant()
    seed.readings[1]["fields"]["reading"] = seed.claims[1]["fields"]["reading"] = 5
    assert seed.plant()["updated"] == 1  # the claim is changed with it
    assert list(Claim.objects.order_by("line").values_list("reading", flat=True)) == [2, 5]
    assert set(seed.plant()) == {"unchanged"}


def test_seed_adds_row_of_the_table_of_readings_with_claims_that_are_there(seed: Seed) -> None:
    seed.claims.append(claim("000-3-django-speed", term="Slow", reading=None))
    seed.plant()
    row = {
        "slug": "speed-slow",
        "criterion": ["speed"],
        "words": "slow",
        "reading": 1,
        "explanation": "It is.",
    }
    seed.readings.append(entry("wording", **row))
    seed.claims[2]["fields"].update(wording=["speed-slow"], reading=1)
    seed.rating["fields"]["score"] = 2
    assert seed.plant()["created"] == 1
    assert Claim.objects.get(line=3).reading == 1
    assert set(seed.plant()) == {"unchanged"}


def test_seed_changes_row_of_the_table_of_readings_with_scores(seed: Seed) -> None:
    seed.plant()
    for entries, reading in ((seed.readings, 5), (seed.claims, 5)):
        for one in entries:
            one["fields"]["reading"] = reading
    seed.rating["fields"]["score"] = 5
    seed.plant()
    assert Rating.objects.get().score == 5
    assert set(seed.plant()) == {"unchanged"}


def test_seed_keeps_claim_of_an_editor_whose_row_it_changes(seed: Seed) -> None:
    seed.plant()
    editor_changes(Claim.objects.get(line=2), note="A doubt.")
    seed.readings[1]["fields"]["reading"] = seed.claims[1]["fields"]["reading"] = 5
    seed.claims[1]["fields"]["paraphrase"] = "Says something else."
    seed.plant()
    seed.plant()
    claim = Claim.objects.get(line=2)
    assert (claim.note, claim.reading, claim.paraphrase) == (
        "A doubt.",
        5,
        "Says that it takes long to learn.",
    )


def test_seed_creates_facts_added_to_fixtures(seed: Seed) -> None:
    seed.plant()
    seed.files["claims/claims_001.json"] = [claim("000-3-django-speed")]
    assert seed.plant() == {"created": 1, "unchanged": seed.total - 1}


@pytest.mark.both
def test_seed_keeps_facts_removed_from_fixtures(seed: Seed) -> None:
    seed.plant()
    seed.files["disagreements.json"] = []
    assert seed.plant() == {"unchanged": seed.total}
    assert Disagreement.objects.count() == 1


# What editors did


def test_seed_prune_deletes_what_the_fixtures_no_longer_contain(seed: Seed) -> None:
    seed.plant()
    seed.files["disagreements.json"] = []
    seed.disagreement["fields"]["claims"] = []
    del seed.claims[1]
    seed.write()
    assert plant(fixture_files(seed.folder), prune=True) == {"unchanged": seed.total, "pruned": 2}
    assert (Claim.objects.count(), Disagreement.objects.count()) == (1, 0)
    assert {step.reason for step in Revision.objects.filter(action="deleted")} == {
        "No longer in the fixtures."
    }
    assert plant(fixture_files(seed.folder), prune=True) == {"unchanged": seed.total, "pruned": 0}


def test_seed_prune_leaves_what_editors_have_changed_or_built_on(seed: Seed) -> None:
    seed.plant()
    editor_changes(Claim.objects.get(line=2), note="A doubt.")
    editor_changes(Disagreement.objects.get(), title="How quick it is")
    seed.files["disagreements.json"] = seed.files["traits.json"] = []
    seed.claims.clear()
    del seed.readings[1]
    seed.write()
    # The first claim is named by the editor's disagreement, the second is the editor's own, and read by the row.
    assert plant(fixture_files(seed.folder), prune=True)["pruned"] == 1
    assert (Claim.objects.count(), Trait.objects.count()) == (2, 0)


def test_seed_prune_leaves_facts_that_no_seed_created(seed: Seed) -> None:
    assert revisions.save(Framework(slug="own", name="Own", tagline="Ours"), by=EDITOR, reason="It is new.")
    seed.write()
    assert plant(fixture_files(seed.folder), prune=True)["pruned"] == 0
    assert Framework.objects.filter(slug="own").exists()


def test_seed_keeps_changes_by_editors(seed: Seed) -> None:
    seed.plant()
    editor_changes(Rating.objects.get(), score=5)
    seed.rating["fields"].update(score=1, verdict="Slow")
    assert seed.plant() == {"kept": 1, "unchanged": seed.total - 1}
    rating = Rating.objects.get()
    assert (rating.score, rating.verdict, rating.version) == (5, "Middling", 2)


def test_seed_loads_what_rests_on_something_retired(seed: Seed) -> None:
    seed.django["fields"].update(retired_on="2026-05-01", retired_because="nobody maintains it")
    assert seed.plant() == {"created": seed.total}
    assert seed.plant() == {"unchanged": seed.total}
    framework = Framework.objects.get(slug="django")
    assert (framework.retired_because, framework.ratings.count()) == ("nobody maintains it", 1)


def test_seed_leaves_out_published_rating_whose_sources_an_editor_has_retired(seed: Seed) -> None:
    seed.files["ratings/ratings_django.json"] = []
    seed.plant()
    for source in Source.objects.all():
        editor_changes(source, retired_on=date(2026, 5, 1), retired_because="it is an advertisement")
    seed.files["ratings/ratings_django.json"] = [seed.rating]
    sources = Source.objects.count()
    assert seed.plant() == {"kept": sources + 1, "unchanged": seed.total - sources - 1}
    assert Rating.objects.count() == 0


def test_seed_takes_readings_from_published_ratings_that_its_own_entries_settle(seed: Seed) -> None:
    """All claims lose their readings. The rating says why it stays, is not in the fixtures any more, or is an
    editor's."""
    seed.plant()
    for claim in seed.claims:
        claim["fields"].update(term="Fair", wording=None, reading=None)
    seed.rating["fields"]["departure"] = "The editors have tried it."
    assert seed.plant() == {"updated": 3, "unchanged": seed.total - 3}
    rating = Rating.objects.get()
    assert (rating.is_published, rating.departure) == (True, "The editors have tried it.")
    seed.claims[0]["fields"].update(term="Steep", wording=["speed-steep"], reading=2)
    seed.rating["fields"].update(departure="", score=2)
    seed.plant()
    seed.claims[0]["fields"].update(term="Fair", wording=None, reading=None)
    seed.files["ratings/ratings_django.json"] = []
    seed.plant()
    assert not Rating.objects.get().is_published
    seed.claims[0]["fields"].update(term="Steep", wording=["speed-steep"], reading=2)
    seed.plant()
    editor_changes(Rating.objects.get(), is_published=True)
    seed.claims[0]["fields"].update(term="Fair", wording=None, reading=None)
    assert seed.plant()["kept"] == 1
    assert (Rating.objects.get().is_published, Claim.objects.filter(reading=2).count()) == (True, 1)
    assert list(replaying.divergences()) == []


def test_seed_keeps_fact_whose_change_the_editor_reverted(seed: Seed) -> None:
    seed.plant()
    editor_changes(Rating.objects.get(), score=5)
    editor_changes(Rating.objects.get(), score=3)
    seed.rating["fields"]["score"] = 1
    assert seed.plant() == {"kept": 1, "unchanged": seed.total - 1}
    assert Rating.objects.get().score == 3


def test_seed_keeps_fact_created_by_editor_before_seeding(seed: Seed) -> None:
    revisions.save(Framework(slug="django", name="Django the First"), by=EDITOR, reason="Missing.")
    assert seed.plant() == {"kept": 1, "created": seed.total - 1}
    assert Framework.objects.get().name == "Django the First"


def test_seed_leaves_facts_without_history_unchanged(seed: Seed) -> None:
    Framework.objects.bulk_create([Framework(slug="django", name="Django by hand")])
    assert seed.plant() == {"kept": 1, "created": seed.total - 1}
    assert Framework.objects.get().name == "Django by hand"


@pytest.mark.parametrize("model", [Rating, Disagreement, Trait])
def test_seed_does_not_recreate_facts_deleted_by_editors(seed: Seed, model: type[Versioned]) -> None:
    seed.plant()
    editor_deletes(facts(model).get())
    assert seed.plant() == {"kept": 1, "unchanged": seed.total - 1}
    assert facts(model).count() == 0


def delete_a_claim_that_the_fixtures_cite_from_then_on(seed: Seed) -> None:
    cited = seed.disagreement["fields"]["claims"]
    seed.disagreement["fields"]["claims"] = cited[:1]
    seed.plant()
    editor_deletes(Claim.objects.get(key="000-2-django-speed"))
    seed.disagreement["fields"]["claims"] = cited


def test_seed_omits_deleted_claim_from_facts_that_cite_it(seed: Seed) -> None:
    delete_a_claim_that_the_fixtures_cite_from_then_on(seed)
    for _ in range(2):
        # The score has followed the deletion, so the rating is the editor's, too.
        assert seed.plant() == {"kept": 2, "unchanged": seed.total - 2}
        assert [claim.key for claim in Claim.objects.all()] == ["000-1-django-speed"]
        assert [claim.key for claim in Disagreement.objects.get().claims.all()] == ["000-1-django-speed"]
    assert Revision.objects.count() == seed.total + 2


def test_seed_updates_fact_that_cites_a_deleted_claim(seed: Seed) -> None:
    delete_a_claim_that_the_fixtures_cite_from_then_on(seed)
    seed.disagreement["fields"]["title"] = "Whether it is fast"
    assert seed.plant() == {"kept": 2, "updated": 1, "unchanged": seed.total - 3}
    assert Disagreement.objects.get().title == "Whether it is fast"
    assert seed.plant() == {"kept": 2, "unchanged": seed.total - 2}


def test_seed_omits_everything_about_a_deleted_framework(seed: Seed) -> None:
    seed.plant()
    editor_deletes(
        Rating.objects.get(), Disagreement.objects.get(), Trait.objects.get(),
        *Claim.objects.all(), Framework.objects.get(),
    )  # fmt: skip
    seed.files["claims/claims_001.json"] = [claim("000-3-django-speed")]
    before = everything()
    # The new claim is about a framework that is no more: it is not planted either.
    assert seed.plant() == {"kept": 7, "unchanged": seed.total - 7}
    assert everything() == before


# All or nothing


def broken_score(seed: Seed) -> None:
    seed.rating["fields"]["score"] = 6


def published_without_claims(seed: Seed) -> None:
    seed.files["claims/claims_000.json"] = []
    seed.trait["fields"]["claims"] = seed.disagreement["fields"]["claims"] = []


def unknown_framework(seed: Seed) -> None:
    seed.rating["fields"]["framework"] = ["rails"]


def unknown_claim(seed: Seed) -> None:
    seed.disagreement["fields"]["claims"] = [["000-9-django-speed"]]


def unknown_field(seed: Seed) -> None:
    seed.disagreement["fields"]["colour"] = "red"


def unknown_model(seed: Seed) -> None:
    seed.disagreement["model"] = "frameworks.opinion"


def no_number(seed: Seed) -> None:
    seed.rating["fields"]["score"] = "high"


def twice_the_same_name(seed: Seed) -> None:
    seed.files["disagreements.json"].append(entry("framework", slug="jango", name="Django"))


def unknown_kind(seed: Seed) -> None:
    seed.files["components.json"] = [
        entry("component", slug="orm", name="ORM", kind="layer", label="A layer", summary="It maps rows.")
    ]


MISTAKES = [
    (broken_score, "Django, Speed: Enter a whole number from 1 to 5."),
    (published_without_claims, "No claim about Django under Speed has a reading"),
    (unknown_framework, r"Rating names framework \['rails'\], which does not exist"),
    (unknown_claim, r"Disagreement names claims \['000-9-django-speed'\], which does not exist"),
    (unknown_field, "colour"),
    (unknown_model, "opinion"),
    (no_number, "“high” value must be an integer"),
    (unknown_kind, "ORM: The kind “layer” is not one of async-layer, data-layer, database"),
    (twice_the_same_name, "Django: There is already a framework called “Django”"),
]


def run(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("seed", "--fixtures", str(folder), *options, stdout=out)
    return out.getvalue()


@pytest.mark.both
@pytest.mark.parametrize("mistake, said", MISTAKES)
def test_seed_rolls_back_and_reports_error(seed: Seed, mistake: Callable[[Seed], None], said: str) -> None:
    mistake(seed)
    seed.write()
    Group.objects.all().delete()
    with pytest.raises(CommandError, match=f"^Nothing was seeded: .*{said}"):
        run(seed.folder)
    assert everything() == {model.__name__: [] for model in versioned_models().values()}
    assert (Revision.objects.count(), Group.objects.count()) == (0, 0)


@pytest.mark.both
def test_seed_error_on_second_run_leaves_data_unchanged(seed: Seed) -> None:
    seed.plant()
    before = everything()
    seed.django["fields"]["tagline"] = "Changed"
    broken_score(seed)
    seed.write()
    with pytest.raises(CommandError, match=r"Enter a whole number from 1 to 5\."):
        run(seed.folder)
    assert everything() == before


def test_seed_reports_invalid_json(seed: Seed) -> None:
    seed.write()
    (seed.folder / "traits.json").write_text("[{")
    with pytest.raises(CommandError, match=r"^Nothing was seeded: .*traits\.json is not valid JSON"):
        run(seed.folder)
    assert Framework.objects.count() == 0


# Which files


def test_fixture_files_are_ordered_by_dependency(seed: Seed) -> None:
    seed.files["claims/claims_001.json"] = seed.files["ratings/ratings_api.json"] = []
    seed.write()
    assert [str(path.relative_to(seed.folder)) for path in fixture_files(seed.folder)] == [
        "catalogue.json",
        "sources.json",
        "readings.json",
        "claims/claims_000.json",
        "claims/claims_001.json",
        "traits.json",
        "ratings/ratings_api.json",
        "ratings/ratings_django.json",
        "disagreements.json",
        "components.json",
        "questions.json",
        "benchmarks/article.json",
        "use-cases.json",
        "rules.json",
    ]


@pytest.mark.parametrize("name", ["catalogue.json", "sources.json"])
def test_seed_names_missing_file_and_writes_nothing(seed: Seed, name: str) -> None:
    del seed.files[name]
    seed.write()
    with pytest.raises(
        CommandError, match=rf"^Nothing was seeded: .*/{name} is missing from the fixtures\.$"
    ):
        run(seed.folder)
    assert Framework.objects.count() == 0


def test_seed_takes_a_topic_with_no_more_than_catalogue_and_sources(seed: Seed) -> None:
    seed.files = {name: seed.files[name] for name in ("catalogue.json", "sources.json")}
    seed.write()
    (seed.folder / "claims").mkdir()
    assert run(seed.folder) == f"Seeded: {seed.total} created, 0 updated, 0 unchanged, 0 kept.\n"


# The command


def test_seed_reports_counts(seed: Seed) -> None:
    seed.write()
    total = seed.total
    assert run(seed.folder) == f"Seeded: {total} created, 0 updated, 0 unchanged, 0 kept.\n"
    editor_changes(Rating.objects.get(), score=5)
    seed.django["fields"]["tagline"] = "Changed"
    seed.write()
    assert run(seed.folder) == f"Seeded: 0 created, 1 updated, {total - 2} unchanged, 1 kept.\n"


def test_seed_if_empty_runs_only_once(seed: Seed) -> None:
    seed.write()
    assert (
        run(seed.folder, "--if-empty") == f"Seeded: {seed.total} created, 0 updated, 0 unchanged, 0 kept.\n"
    )
    seed.django["fields"]["tagline"] = "Changed"
    seed.write()
    assert run(seed.folder, "--if-empty") == ""
    assert Framework.objects.get().tagline == "Batteries included"


def test_seed_if_empty_does_nothing_when_a_framework_exists(seed: Seed) -> None:
    make_framework()
    # The folder is not even looked at.
    assert run(seed.folder / "nowhere", "--if-empty") == ""


# Roles

#: What both roles may do besides.
DESK = {
    f"frameworks.{right}"
    for right in ("view_revision", "view_proposal", "view_objection", "change_objection", "view_linkcheck")
}


def rights(group: Group) -> set[str]:
    return {
        f"{app}.{name}" for app, name in group.permissions.values_list("content_type__app_label", "codename")
    }


def test_roles_let_editors_edit_and_reviewers_only_read_and_publish(seed: Seed) -> None:
    Group.objects.all().delete()
    seed.plant()
    expected = {
        right_to(verb, model)
        for model in versioned_models().values()
        for verb in ("view", "add", "change", "delete")
    }
    assert len(expected) == 4 * 27
    assert rights(Group.objects.get(name="Editors")) == expected | DESK
    assert rights(Group.objects.get(name="Reviewers")) == DESK | {
        "frameworks.publish_proposal",
        *(right for right in expected if ".view_" in right),
    }


def test_create_roles_restores_rights_and_keeps_members() -> None:
    editor = make_editor()
    group = Group.objects.get(name="Editors")
    before = rights(group)
    group.permissions.clear()
    create_roles()
    assert Group.objects.get(name="Editors") == group
    assert rights(group) == before
    assert editor in group.user_set.all()


def test_seed_leaves_renamed_facts_unchanged() -> None:
    call_command("seed", verbosity=0)
    rename(Framework.objects.get(slug="flask"), "flasket")
    rename(Criterion.objects.get(slug="performance"), "speed-of-it")
    rename(Source.objects.order_by("key")[0], "first-source")
    count = Revision.objects.count()
    call_command("seed", verbosity=0)
    assert Revision.objects.count() == count
    assert not Framework.objects.filter(slug="flask")
    assert list(replaying.divergences()) == []
