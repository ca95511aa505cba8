"""The record of every change to a fact: who, when, why, before, after."""

import uuid
from datetime import datetime
from itertools import product
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from .catalogue import Framework
from .desk import EditorProfile
from .schema import schema_of
from .versioned import Versioned, versioned_models

#: Where a step may name a framework, by its slug. Every fact about one is covered, whatever its kind.
NAMES_FRAMEWORK = tuple(
    f"{state}__{field}__0" for state in ("before", "after") for field in ("framework", "other")
)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, fact: Versioned) -> "RevisionQuerySet":
        """The history of one fact, newest first, also after it was deleted and made again."""
        return self.filter(model=fact._meta.model_name, key=fact.key_text).order_by("-version")

    def newest(self) -> "RevisionQuerySet":
        """The newest step of each fact."""
        later = Revision.objects.filter(
            model=OuterRef("model"), key=OuterRef("key"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))

    def until(self, moment: datetime) -> "Revision | None":
        """The newest step that was taken by then."""
        return self.filter(at__lte=moment).order_by("-pk").first()

    def with_last_version(self) -> "RevisionQuerySet":
        """Annotates `last_version`, the version of the last step of the same fact."""
        steps = Revision.objects.filter(model=OuterRef("model"), key=OuterRef("key")).order_by("-version")
        return self.annotate(last_version=Subquery(steps.values("version")[:1]))

    def public(self) -> "RevisionQuerySet":
        """What readers may see: nothing of a framework that is unpublished or was when it was deleted, and nothing of
        a rating from before it was published."""
        open_to_all = _public_frameworks()
        several = _names_frameworks()
        found = self._telling(*NAMES_FRAMEWORK, *several)
        for place in NAMES_FRAMEWORK:
            found = found.filter(Q(**{f"at_{place}": None}) | Q(**{f"at_{place}__in": open_to_all}))
        for place, kinds in several.items():
            for hidden, slug in _hidden_frameworks():
                quoted = Concat(Value('["'), slug, Value('"]'), output_field=models.TextField())
                named = ExpressionWrapper(OuterRef(f"at_{place}"), output_field=models.TextField())
                naming = hidden.alias(named=named).filter(named__contains=quoted)
                # The kind first: most steps are of others, and need not be looked into.
                found = found.filter(~Q(model__in=kinds) | ~Exists(naming))
        return found.filter(~Q(model="framework") | Q(key__in=open_to_all)).filter(
            ~Q(model="rating") | Q(before__is_published=True) | Q(after__is_published=True)
        )

    def about(self, *frameworks: str) -> "RevisionQuerySet":
        """The frameworks of these slugs and what is said of them."""
        named = Q(model="framework", key__in=frameworks)
        several = _names_frameworks()
        for place in NAMES_FRAMEWORK:
            named |= Q(**{f"at_{place}__in": frameworks})
        for place, framework in product(several, frameworks):
            named |= Q(**{f"at_{place}__contains": f'["{framework}"]'})
        return self._telling(*NAMES_FRAMEWORK, *several).filter(named)

    def of_cell(self, framework: str, criterion: str) -> "RevisionQuerySet":
        """The rating of one cell and the claims that are or were filed in it."""
        filed, places = Q(), []
        for state in ("before", "after"):
            own = [f"{state}__{name}__0" for name in ("framework", "criterion", "joint_criterion")]
            about, under, joint = (f"at_{place}" for place in own)
            filed |= Q(Q(**{under: criterion}) | Q(**{joint: criterion}), **{about: framework})
            places += own
        rating = Q(model="rating", key=f"{framework}/{criterion}")
        return self._telling(*places).filter(rating | Q(filed, model="claim"))

    def _telling(self, *places: str) -> "RevisionQuerySet":
        """With recorded values to filter by, as `at_before__framework__0`."""
        # As text: without the cast, lookups would take the other side for JSON.
        values = {f"at_{place}": Cast(KT(place), models.TextField()) for place in places}
        told: RevisionQuerySet = self.alias(**values)
        return told

    def with_names(self) -> "RevisionQuerySet":
        """With the accounts behind each step and what they wish to be called."""
        return self.select_related("author__editor_profile", "published_by__editor_profile")


def _names_frameworks() -> dict[str, list[str]]:
    """Where a step may name several frameworks, in a many-to-many relation, and of which kinds of facts."""
    found: dict[str, list[str]] = {}
    for kind, model in versioned_models().items():
        schema = schema_of(model)
        for name in schema.many:
            if schema.relations[name] is Framework:
                for state in ("before", "after"):
                    found.setdefault(f"{state}__{name}", []).append(kind)
    return found


def _hidden_frameworks() -> list[tuple[models.QuerySet[Any], str]]:
    """Those that are unpublished, and those deleted while they were, each with where its slug stands."""
    gone = Revision.objects.filter(model="framework", action="deleted", before__is_published=False)
    return [
        (Framework.objects.filter(is_published=False).order_by(), "slug"),
        (gone.newest().order_by(), "key"),
    ]


def _public_frameworks() -> models.QuerySet[Any, Any]:
    """The slugs of those that are published, and of those deleted while they were."""
    gone = (
        Revision.objects.filter(model="framework", action="deleted", before__is_published=True)
        .newest()
        .order_by()
        .values_list("key")
    )
    return Framework.objects.published().order_by().values_list("slug").union(gone)


class Revision(models.Model):
    """One recorded editing step on one fact. Written by `frameworks.record.revisions`, never changed afterwards."""

    class Action(models.TextChoices):
        CREATED = "created", "created"
        CHANGED = "changed", "changed"
        DELETED = "deleted", "deleted"

    class Origin(models.TextChoices):
        SEED = "seed", "seed"
        ADMIN = "admin", "admin"
        GRID = "grid", "grid"
        IMPORT = "import", "import"
        REVERT = "revert", "revert"

    # The default serves rows written by hand; `revisions` passes the time in.
    at = models.DateTimeField(default=timezone.now, db_index=True)
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="The natural key, as `django/learning-curve`.")
    version = models.PositiveIntegerField(help_text="The version that this step led to.")
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=10, choices=Origin)
    changeset = models.UUIDField(
        default=uuid.uuid4, db_index=True, help_text="The same for all that was written in one go."
    )
    # Protected: an account that has written is switched off, never deleted, so that no row here ever changes.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    author_name = models.CharField(max_length=150, help_text="As it was at the time.")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="published_revisions",
        help_text="The reviewer, where it was a proposal.",
    )
    reason = models.CharField(max_length=300)
    before = models.JSONField(null=True, help_text="The fields before; null for a creation.")
    after = models.JSONField(null=True, help_text="The fields after; null for a deletion.")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint("model", "key", "version", name="revision_once_per_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="revision_has_reason"),
            models.CheckConstraint(
                condition=Q(action__in=["created", "changed", "deleted"]), name="revision_action_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key}, version {self.version}"

    @property
    def public_author(self) -> str:
        """Who did it, as readers are told: what the editor wishes to be called, never the account's name."""
        if self.origin == self.Origin.SEED:
            return settings.SITE_NAME
        return _public_name(self.author)

    @property
    def public_reviewer(self) -> str:
        """Who published it, where it was a proposal."""
        return _public_name(self.published_by) if self.published_by else ""

    @property
    def changed_fields(self) -> list[tuple[str, object, object]]:
        """Field name, value before, value after, for each field that differs."""
        before, after = self.before or {}, self.after or {}
        return [
            (name, before.get(name), after.get(name))
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        ]


class RecordStateManager(models.Manager["RecordState"]):
    def mark(self) -> str:
        """Return a word that is another one after every change of what is recorded. One query of a few rows."""
        return " ".join(self.order_by("id").values_list("mark", flat=True))


class RecordState(models.Model):
    """How far the record is: marks left by the transactions that last wrote to it.

    Triggers leave them, in the transaction that adds a revision, files one under another name, or changes what an
    editor wishes to be called. On SQLite, with one writer at a time, one row is overwritten. On PostgreSQL each
    transaction has a row of its own and clears away those that it sees: had all the same row, each writer would have
    to wait for those before, and two who write the same facts could wait for each other. So there are as many rows as
    there were writers at once; and whoever commits last, its mark was never there before.
    """

    id = models.BigIntegerField(primary_key=True, help_text="The transaction's number; 1 on SQLite.")
    mark = models.CharField(max_length=32, help_text="Random.")

    objects = RecordStateManager()

    def __str__(self) -> str:
        return self.mark


def _public_name(user: Any) -> str:
    return str(getattr(user, "editor_profile", None) or EditorProfile())
