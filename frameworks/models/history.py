"""Record every change to a fact: who, when, why, before, after."""

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

#: The paths in a revision's JSON where a fact of any kind may name a framework by its slug.
NAMES_FRAMEWORK = tuple(
    f"{state}__{field}__0" for state in ("before", "after") for field in ("framework", "other")
)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, fact: Versioned) -> "RevisionQuerySet":
        """Keep the history of one fact, newest first, across deletion and re-creation."""
        return self.filter(model=fact._meta.model_name, key=fact.key_text).order_by("-version")

    def newest(self) -> "RevisionQuerySet":
        """Keep the newest revision of each fact."""
        later = Revision.objects.filter(
            model=OuterRef("model"), key=OuterRef("key"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))

    def until(self, moment: datetime) -> "Revision | None":
        """Return the newest revision up to this moment; None where there is none."""
        return self.filter(at__lte=moment).order_by("-pk").first()

    def with_last_version(self) -> "RevisionQuerySet":
        """Annotate `last_version`, the version of the last revision of the same fact."""
        steps = Revision.objects.filter(model=OuterRef("model"), key=OuterRef("key")).order_by("-version")
        return self.annotate(last_version=Subquery(steps.values("version")[:1]))

    def public(self) -> "RevisionQuerySet":
        """Keep what readers may see.

        Hidden are revisions about a framework that is unpublished, or was when it was deleted, and those of a rating
        from before it was published.
        """
        public = _public_frameworks()
        multiple = _names_frameworks()
        revisions = self._with_values(*NAMES_FRAMEWORK, *multiple)
        for place in NAMES_FRAMEWORK:
            revisions = revisions.filter(Q(**{f"at_{place}": None}) | Q(**{f"at_{place}__in": public}))
        for place, kinds in multiple.items():
            for hidden, slug in _hidden_frameworks():
                quoted = Concat(Value('["'), slug, Value('"]'), output_field=models.TextField())
                named = ExpressionWrapper(OuterRef(f"at_{place}"), output_field=models.TextField())
                naming = hidden.alias(named=named).filter(named__contains=quoted)
                # The kind first: most revisions are of other kinds, and their JSON need not be searched.
                revisions = revisions.filter(~Q(model__in=kinds) | ~Exists(naming))
        return revisions.filter(~Q(model="framework") | Q(key__in=public)).filter(
            ~Q(model="rating") | Q(before__is_published=True) | Q(after__is_published=True)
        )

    def about(self, *frameworks: str) -> "RevisionQuerySet":
        """Keep revisions of the frameworks with these slugs and of facts about them."""
        named = Q(model="framework", key__in=frameworks)
        multiple = _names_frameworks()
        for place in NAMES_FRAMEWORK:
            named |= Q(**{f"at_{place}__in": frameworks})
        for place, framework in product(multiple, frameworks):
            named |= Q(**{f"at_{place}__contains": f'["{framework}"]'})
        return self._with_values(*NAMES_FRAMEWORK, *multiple).filter(named)

    def of_cell(self, framework: str, criterion: str) -> "RevisionQuerySet":
        """Keep revisions of the rating of one cell and of the claims that are or were filed in it."""
        claims, places = Q(), []
        for state in ("before", "after"):
            names = [f"{state}__{name}__0" for name in ("framework", "criterion", "joint_criterion")]
            about, under, joint = (f"at_{place}" for place in names)
            claims |= Q(Q(**{under: criterion}) | Q(**{joint: criterion}), **{about: framework})
            places += names
        rating = Q(model="rating", key=f"{framework}/{criterion}")
        return self._with_values(*places).filter(rating | Q(claims, model="claim"))

    def _with_values(self, *places: str) -> "RevisionQuerySet":
        """Add aliases of recorded values to filter by, as `at_before__framework__0`."""
        # As text: without the cast, lookups would take the other side for JSON.
        values = {f"at_{place}": Cast(KT(place), models.TextField()) for place in places}
        revisions: RevisionQuerySet = self.alias(**values)
        return revisions

    def with_names(self) -> "RevisionQuerySet":
        """Fetch the author and reviewer of each revision with their public names."""
        return self.select_related("author__editor_profile", "published_by__editor_profile")


def _names_frameworks() -> dict[str, list[str]]:
    """Return the paths where a revision may name several frameworks (many-to-many), each with its kinds of facts."""
    kinds: dict[str, list[str]] = {}
    for kind, model in versioned_models().items():
        schema = schema_of(model)
        for name in schema.many:
            if schema.relations[name] is Framework:
                for state in ("before", "after"):
                    kinds.setdefault(f"{state}__{name}", []).append(kind)
    return kinds


def _hidden_frameworks() -> list[tuple[models.QuerySet[Any], str]]:
    """Return the frameworks that are unpublished and those deleted while they were, each with its slug's column."""
    gone = Revision.objects.filter(model="framework", action="deleted", before__is_published=False)
    return [
        (Framework.objects.filter(is_published=False).order_by(), "slug"),
        (gone.newest().order_by(), "key"),
    ]


def _public_frameworks() -> models.QuerySet[Any, Any]:
    """Return the slugs of frameworks that are published and of those deleted while they were."""
    gone = (
        Revision.objects.filter(model="framework", action="deleted", before__is_published=True)
        .newest()
        .order_by()
        .values_list("key")
    )
    return Framework.objects.published().order_by().values_list("slug").union(gone)


class Revision(models.Model):
    """One recorded change of one fact. Written by `frameworks.record.revisions`, never changed afterwards."""

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

    # The default is for rows written by hand; `revisions` passes the time in.
    at = models.DateTimeField(default=timezone.now, db_index=True)
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="The natural key, as `django/learning-curve`.")
    version = models.PositiveIntegerField(help_text="The version that this step led to.")
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=10, choices=Origin)
    changeset = models.UUIDField(
        default=uuid.uuid4, db_index=True, help_text="The same for all that was written in one go."
    )
    # Protected: an account that has written is deactivated, never deleted, so that no row here ever changes.
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
        """Return the author's public name, as the editor chose it; never the account's name."""
        if self.origin == self.Origin.SEED:
            return settings.SITE_NAME
        return _public_name(self.author)

    @property
    def public_reviewer(self) -> str:
        """Return the public name of the reviewer who published it; empty where it was no proposal."""
        return _public_name(self.published_by) if self.published_by else ""

    @property
    def changed_fields(self) -> list[tuple[str, object, object]]:
        """Return field name, value before and value after, for each field that differs."""
        before, after = self.before or {}, self.after or {}
        return [
            (name, before.get(name), after.get(name))
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        ]


class RecordStateManager(models.Manager["RecordState"]):
    def mark(self) -> str:
        """Return a string that differs after every change of the record. One query of a few rows."""
        return " ".join(self.order_by("id").values_list("mark", flat=True))


class RecordState(models.Model):
    """The state of the record: random marks left by the transactions that last wrote to it.

    Triggers write them in the transaction that adds a revision, files one under another name, or changes an editor's
    public name. On SQLite, with one writer at a time, one row is overwritten. On PostgreSQL each transaction inserts a
    row of its own and deletes those that it sees: with one shared row, each writer would have to wait for those before,
    and two who write the same facts could deadlock. So there are as many rows as there were concurrent writers; and
    whichever commits last, its mark is new.
    """

    id = models.BigIntegerField(primary_key=True, help_text="The transaction's number; 1 on SQLite.")
    mark = models.CharField(max_length=32, help_text="Random.")

    objects = RecordStateManager()

    def __str__(self) -> str:
        return self.mark


def _public_name(user: Any) -> str:
    return str(getattr(user, "editor_profile", None) or EditorProfile())
