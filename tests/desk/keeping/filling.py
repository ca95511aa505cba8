"""A row in every table that a backup is of, and more in those that are told apart."""

from datetime import UTC, date, datetime

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from comparisons.models import Freezing, Snapshot
from comparisons.sharing.snapshots import id_of
from frameworks.models import (
    Digest,
    EditorProfile,
    Framework,
    LinkCheck,
    Objection,
    Proposal,
    Rating,
    Revision,
    Upload,
)
from frameworks.record import revisions
from tests.factories import MAKER, make_editor, make_rating, one_of_each

NOW = datetime(2026, 11, 30, 12, 30, 15, 123456, tzinfo=UTC)
#: Text that files and databases may each take for something else.
AWKWARD = "Žižek \\ \"quoted\" \n\t\u2028 'single' % %s {x} 🦄"


def fill() -> User:
    """Make one of everything, and return the editor whose it is."""
    one_of_each()
    make_rating(read=True)
    framework = Framework.objects.order_by("pk")[0]
    framework.slug = "renamed"
    revisions.save(framework, by=MAKER, reason=AWKWARD, seen=framework.version)
    editor = make_editor()
    editor.user_permissions.add(Permission.objects.order_by("pk")[0])
    EditorProfile.objects.create(user=editor, public_name=AWKWARD.replace("\n", ""))
    Digest.objects.create(user=editor, day=date(2026, 11, 30), told_until=NOW)
    rating = Rating.objects.order_by("pk")[0]
    Objection.objects.create(
        framework=rating.framework, criterion=rating.criterion, text=AWKWARD, created_at=NOW
    )
    proposal = Proposal.objects.create(
        author=editor,
        author_name="Editor",
        origin=Revision.Origin.ADMIN,
        reason="Because.",
        form_data={"zeta": ["1", AWKWARD], "a": [], "🦄": None},
    )
    proposal.changes.create(
        position=1,
        model="framework",
        key="x",
        action="created",
        reason="So.",
        after={"b": 1, "a": [2.5, None]},
    )
    Upload.objects.create(
        user=editor, model="rating", file_name="ratings.csv", header=["b", "a"], rows=[[AWKWARD, "1"]]
    )
    LinkCheck.objects.create(url="https://example.org/", is_alive=False, detail="It is gone.", checked_at=NOW)
    content = '{"a":"ž"}'
    Snapshot.objects.create(
        pk=id_of(content), size=len(content.encode()), stood_at=NOW, created_at=NOW, content=content
    )
    Freezing.objects.create(at=NOW, sender="0" * 64)
    TOTPDevice.objects.create(user=editor, name="phone")
    StaticDevice.objects.create(user=editor, name="recovery").token_set.create(token="abcdefgh")
    LogEntry.objects.create(
        user=editor,
        content_type=ContentType.objects.get_for_model(Framework),
        object_id=str(framework.pk),
        object_repr=str(framework),
        action_flag=ADDITION,
        change_message="",
    )
    return editor
