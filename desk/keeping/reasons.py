"""Say why a command could not do what it is for."""

from django.db import OperationalError, ProgrammingError


def in_words(error: Exception) -> str:
    """Return the reason in a line, with what to see to where the database or the disk is at fault."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    reason = (" ".join(str(error).split()) or type(error).__name__).rstrip(".")
    if isinstance(error, OperationalError):
        return f"{reason}. See that the database runs, that it has room, and that DATABASE_URL names it."
    if isinstance(error, ProgrammingError):
        return (
            f"{reason}. `manage.py migrate` must have made the tables, and the user that DATABASE_URL names must own"
            " them."
        )
    return f"{reason}."
