"""Why nothing was written, in words: the same for forms, lists, bulk actions, imports and reverts."""

from typing import cast

from django.db import IntegrityError, OperationalError, models

from frameworks.record.revisions import Refused

AT_ONCE = "Somebody else saved at the same moment, so this was not saved. Check it and save again."
#: What a write may raise when it has written nothing. A conflict is not among them: it has a page of its own.
REFUSALS = (Refused, models.ProtectedError, IntegrityError, OperationalError)


def in_words(error: Exception, fact: object = None) -> str:
    """Return the sentence that tells an editor why one of the REFUSALS was raised, naming the `fact` if it is given."""
    if isinstance(error, Refused):
        return cast(str, error.args[0])  # with its links
    if isinstance(error, models.ProtectedError):
        return f"{len(error.protected_objects)} other facts still need it."
    return AT_ONCE if fact is None else f"{fact}: {AT_ONCE}"
