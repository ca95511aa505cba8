"""What one edit carries, from the desk's door to the write path and back to the page that shows it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest

from frameworks.models import Proposal, Revision
from frameworks.record.revisions import Author

if TYPE_CHECKING:
    from django.forms import BaseModelForm, BaseModelFormSet

    Form = BaseModelForm[Any]
    FormSet = BaseModelFormSet[Any, Any]


#: Said where a form was saved as it was.
NOTHING_CHANGED = "Nothing was changed: the content is already as you saved it."

#: The name of the hidden input of a form that holds its changeset.
CHANGESET = "changeset"
SAVED_BEFORE = "This was saved when you sent it the first time. Nothing was saved twice."


class SentBefore(Exception):
    """The same form has been sent and saved before. Nothing was written."""


@dataclass
class Edit:
    """One request of one editor. The desk's site begins it; `edit_of` finds it.

    Django binds forms and formsets in one hook and writes them in another; what those hooks must know of each other
    is here. The reason and the versions that the editor saw arrive in the bound forms.
    """

    user: Any
    #: All that one request writes is one changeset.
    changeset: UUID = field(default_factory=uuid4)
    #: Whether the same form has been sent and saved before: by a second click, or once more after a lost answer.
    is_repeated: bool = False
    #: Whether the editor only wants to see the form again: it is neither valid nor invalid.
    is_held: bool = False
    #: Why the write path did not write it.
    refusal: str = ""
    #: The form, or the rows of a list, as bound to the posted data.
    bound: "Form | FormSet | None" = None
    #: The rows below the form, and the inlines that made them.
    rows: "Sequence[FormSet]" = ()
    inlines: Sequence[Any] = ()
    #: Whether an author was asked for, without whom no fact is written; whether any statement wrote anything; and
    #: whether each row is written for itself.
    is_author: bool = False
    has_written_anything: bool = False
    is_in_parts: bool = False
    #: Where the saved fact is shown in public, for the message that it is saved.
    public_url: str | None = None

    def by(self, origin: Revision.Origin = Revision.Origin.ADMIN) -> Author:
        """Return the author of whatever this edit writes."""
        self.is_author = True
        return replace(Author.editor(self.user), origin=origin, changeset=self.changeset)

    def take_turn(self) -> None:
        """Raise SentBefore where the same form has been saved. Of two clicks at once the second waits for the first."""
        list(User.objects.select_for_update().filter(pk=self.user.pk).values_list("pk"))
        if self.is_repeated or _is_used(self.changeset):
            raise SentBefore

    @property
    def is_recorded(self) -> bool:
        """Return whether anything of this edit is in the history, or proposed."""
        return _is_used(self.changeset)

    @property
    def has_written(self) -> bool:
        return Revision.objects.filter(changeset=self.changeset).exists()

    def hold(self, request: HttpRequest) -> None:
        """Show the posted values again, unsaved."""
        self.is_held = True
        messages.warning(request, "Not saved yet. These are your values, applied to the current content.")
        data = request.POST.copy()
        data["_save"] = "held"  # so that Django shows the posted rows of a list
        request.POST = data  # type: ignore[assignment]

    def refuse(self, sentence: str) -> None:
        """Put the refusal on the form, which is shown once more as it was bound, or as it will be."""
        self.refusal = sentence
        if self.bound is not None:
            self.bound.add_error(None, sentence)  # type: ignore[union-attr]


class EditRequest(HttpRequest):
    """A request that has passed the desk's door."""

    edit: Edit


@contextmanager
def saying_what_holds(request: HttpRequest) -> Iterator[None]:
    """Take back what was said in this block if it fails, and with it what it has written."""
    storage: Any = messages.get_messages(request)
    said = len(storage._queued_messages)  # noqa: SLF001 - there is no other way to take a message back
    try:
        yield
    except BaseException:
        del storage._queued_messages[said:]  # noqa: SLF001
        raise


def begin(request: HttpRequest) -> None:
    """Give the request its edit. Called once, at the door.

    A form names the changeset that it would be, so that it is one however often it is sent.
    """
    edit = Edit(request.user)
    try:
        posted = UUID(request.POST.get(CHANGESET, ""))
    except ValueError:
        pass
    else:
        edit.is_repeated = _is_used(posted)
        if not edit.is_repeated:
            edit.changeset = posted
    cast(EditRequest, request).edit = edit


def _is_used(changeset: UUID) -> bool:
    return any(kind.objects.filter(changeset=changeset).exists() for kind in (Revision, Proposal))


def edit_of(request: HttpRequest) -> Edit:
    """Return the edit that this request carries."""
    return cast(EditRequest, request).edit


@dataclass(frozen=True)
class Bound:
    """Stands in where Django expects the class of a form, and returns the form that is bound already.

    What the editor posted is bound and validated once; a refusal of the write path is put on that very form.
    """

    form: Any

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.form

    def get_default_prefix(self) -> str:
        return str(self.form.prefix)
