"""Record every change to a fact: who, when, why, before, after."""

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from frameworks.columns import CompiledQuery

from .catalogue import Framework
from .desk import EditorProfile
from .subjects import CELL, is_draft, subjects_of
from .versioned import Versioned

Tables = Callable[[], models.QuerySet[Any]]
"""Returns the rows of a table that count."""


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
        # Excluded, so that SQLite walks back from the newest and does not sort all that the index on `at` has before.
        return self.exclude(at__gt=moment).order_by("-pk").first()

    def with_last_version(self) -> "RevisionQuerySet":
        """Annotate `last_version`, the version of the last revision of the same fact."""
        steps = Revision.objects.filter(model=OuterRef("model"), key=OuterRef("key")).order_by("-version")
        return self.annotate(last_version=Subquery(steps.values("version")[:1]))

    def public(self) -> "RevisionQuerySet":
        """Keep what readers may see.

        Hidden are revisions about a framework that is unpublished, or was when it was deleted, and those of a rating
        from before it was published.
        """
        revisions = self.filter(~Q(model="rating") | Q(is_draft=False))
        for hidden in _hidden_frameworks():
            about = RevisionSubject.objects.filter(revision=OuterRef("pk"), kind="framework", key__in=hidden)
            revisions = revisions.filter(~Exists(about))
        return revisions

    def about(self, *frameworks: str) -> "RevisionQuerySet":
        """Keep revisions of the frameworks with these slugs and of facts about them."""
        return self._on("framework", *frameworks)

    def of_cell(self, framework: str, criterion: str) -> "RevisionQuerySet":
        """Keep revisions of the rating of one cell and of the claims that are or were filed in it."""
        return self._on(CELL, f"{framework}/{criterion}")

    def _on(self, kind: str, *keys: str) -> "RevisionQuerySet":
        about = RevisionSubject.objects.filter(kind=kind, key__in=keys)
        return self.filter(pk__in=about.values("revision"))

    def last_of_changesets(self) -> "RevisionQuerySet":
        """Keep the last of these revisions in each changeset, newest first."""
        later = self.filter(changeset=OuterRef("changeset"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later)).order_by("-pk")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """Insert revisions with what they are about."""
        revisions = list(objs)
        for revision in revisions:
            revision.is_draft = is_draft(revision.before, revision.after)
        with transaction.atomic(self.db, savepoint=False):
            created = super().bulk_create(revisions, *args, **options)
            RevisionSubject.objects.file(created)
        return created

    def with_names(self) -> "RevisionQuerySet":
        """Fetch author and reviewer of each revision with their public names, in at most four further queries.

        Joined instead, they would be more tables than PostgreSQL plans together, and it would read the whole history.
        """
        return self.prefetch_related("author__editor_profile", "published_by__editor_profile")


def _hidden_frameworks() -> list[models.QuerySet[Any, Any]]:
    """Return the slugs of the frameworks that are unpublished, and of those deleted while they were."""
    gone = Revision.objects.filter(model="framework", action="deleted", is_draft=True).newest()
    return [
        Framework.objects.filter(is_published=False).order_by().values("slug"),
        gone.order_by().values("key"),
    ]


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
    at = models.DateTimeField("when", default=timezone.now, db_index=True)
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="The natural key.")
    version = models.PositiveIntegerField(help_text="The version after this change.")
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=10, choices=Origin)
    changeset = models.UUIDField(
        default=uuid.uuid4, db_index=True, help_text="The same for everything that was saved together."
    )
    # Protected: an account that has written is deactivated, never deleted, so that no row here ever changes.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    author_name = models.CharField("author", max_length=150, help_text="The name at the time.")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="published_revisions",
        help_text="The reviewer, if it was a proposal.",
    )
    reason = models.CharField(max_length=300)
    before = models.JSONField(null=True, help_text="The fields before; null for a creation.")
    after = models.JSONField(null=True, help_text="The fields after; null for a deletion.")
    is_draft = models.BooleanField(
        null=True,
        editable=False,
        help_text="The fact was published neither before nor after; null for kinds that are always public.",
    )

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
        indexes = [
            # Serves the changes of one kind of fact, page by page.
            models.Index("model", "id", name="revision_by_kind"),
            # Serves every public list of revisions: which frameworks were deleted.
            models.Index("action", "model", "key", name="revision_by_action"),
        ]

    def __str__(self) -> str:
        return f"{settings.TOPIC.worded(self.model)} {self.key}, version {self.version}"

    def save(self, *args: Any, **options: Any) -> None:
        """Write the revision, and when it is new also what it is about."""
        is_new = self._state.adding or options.get("force_insert", False)
        self.is_draft = is_draft(self.before, self.after)
        with transaction.atomic(options.get("using"), savepoint=False):
            super().save(*args, **options)
            if is_new:
                RevisionSubject.objects.file([self])

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

    @property
    def unpublishes(self) -> bool:
        """Return whether what was public before is not public after it."""
        return ("is_published", True, False) in self.changed_fields


#: How many revisions a rename reads and files anew at once.
REFILED_TOGETHER = 1_000


class RevisionSubjectQuerySet(models.QuerySet["RevisionSubject"]):
    def file(self, revisions: Iterable[Revision]) -> None:
        """Insert what these revisions are about."""
        RevisionSubject.objects.bulk_create(
            RevisionSubject(revision=revision, kind=subject.kind, key=subject.key)
            for revision in revisions
            for subject in sorted(subjects_of(revision.model, revision.key, revision.before, revision.after))
        )

    def refile(self, kind: str, key: str) -> None:
        """File the revisions about this subject anew, after what they name was rewritten."""
        # By their numbers: nested in one statement, PostgreSQL without statistics took minutes.
        about = list(self.filter(kind=kind, key=key).values_list("revision", flat=True))
        for start in range(0, len(about), REFILED_TOGETHER):
            revisions = list(Revision.objects.filter(pk__in=about[start : start + REFILED_TOGETHER]))
            self.filter(revision__in=[revision.pk for revision in revisions]).delete()
            self.file(revisions)


class RevisionSubject(models.Model):
    """A fact with an address of its own, or a cell, that a revision is about, by kind and key as revisions name it.

    It follows from the revision alone and is stored beside it, so that nothing need look into the recorded states to
    find it. Written with the revision, and again when a rename has rewritten it.
    """

    # Without an index of its own: the constraint's begins with it.
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="subjects", db_index=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)

    objects = RevisionSubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            # Its index serves every public list of revisions: whether one names a hidden framework.
            models.UniqueConstraint("revision", "kind", "key", name="revision_subject_once"),
        ]
        indexes = [
            # Serves the history of one framework or cell, its feed, and the dates in the sitemap.
            models.Index("kind", "key", "revision", name="revision_subject_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.kind} {self.key}"


class Recorded(NamedTuple):
    """How far the record has come: its mark, when the newest revision was made, and the number of that revision; and
    whether each of some tables has rows. Nothing is known of the tables before the first revision."""

    mark: str
    at: datetime | None = None
    step: int = 0
    filled: tuple[bool, ...] = ()


State = TypeVar("State", bound="StateMark")


class StateManager(models.Manager[State]):
    def mark(self) -> str:
        """Return a string that differs after every change, and is never empty. One query of a few rows."""
        return " ".join(mark for (mark,) in self._marks.rows()) or "blank"

    @cached_property
    def _marks(self) -> CompiledQuery:
        return CompiledQuery(lambda: self.order_by("id").values_list("mark"))


class StateMark(models.Model):
    """Random marks left by the transactions that last wrote.

    Triggers write them in the same transaction. On SQLite, with one writer at a time, one row is overwritten. On
    PostgreSQL each transaction inserts a row of its own and deletes those that it sees: with one shared row, each
    writer would have to wait for those before, and two who write the same facts could deadlock. So there are as many
    rows as there were concurrent writers; and whichever commits last, its mark is new.
    """

    id = models.BigIntegerField(primary_key=True, help_text="The transaction’s number; 1 on SQLite.")
    mark = models.CharField(max_length=32, help_text="Random.")

    objects: ClassVar[StateManager[Any]] = StateManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.mark


class RecordStateManager(StateManager["RecordState"]):
    def recorded(self, tables: tuple[Tables, ...] = (), *, using: str = "") -> Recorded:
        """Return how far the record has come, in this database, and whether each of the tables has rows. One query."""
        if not (rows := _marks_and_newest(tables).rows(using)):
            return Recorded("blank")
        _, at, step, *filled = rows[0]
        return Recorded(" ".join(row[0] for row in rows), _moment(at), step or 0, tuple(map(bool, filled)))


class RecordState(StateMark):
    """The state of the record: it changes when a revision is added or filed under another name, and when an editor's
    public name changes."""

    objects: ClassVar[RecordStateManager] = RecordStateManager()


class CatalogueState(StateMark):
    """The state of all facts but ratings and claims: it changes when a revision of another model is added, and when any
    is filed under another name."""


@cache
def _marks_and_newest(tables: tuple[Tables, ...]) -> CompiledQuery:
    """Return the query of the marks, the time and number of the newest revision, and which tables have rows."""
    newest = Revision.objects.order_by("-pk")
    return CompiledQuery(
        lambda: RecordState.objects.order_by("id").values_list(
            "mark",
            Subquery(newest.values("at")[:1]),
            Subquery(newest.values("pk")[:1]),
            *(Exists(rows()) for rows in tables),
        )
    )


def _moment(value: datetime | None) -> datetime | None:
    """Return a moment as the driver has it with its time zone, which SQLite's is without."""
    return timezone.make_aware(value, UTC) if value and timezone.is_naive(value) else value


def _public_name(user: Any) -> str:
    return str(getattr(user, "editor_profile", None) or EditorProfile())
