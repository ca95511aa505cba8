"""Values that no form expects."""

import pytest

HOSTILE = ["\0", "9" * 30, "abc", "x" * 3000, "'\"<", "-1", "1e400", "1,2,\0"]


#: Those that one database or the other stumbles over, for where there is much to try them on.
STUMBLING = ["9" * 30, "abc", "1,2,\0"]
#: The same as parameters of a test. Only a number that is too large is another matter on SQLite than on PostgreSQL.
STUMBLING_ON_EACH = [pytest.param("9" * 30, marks=pytest.mark.both), *STUMBLING[1:]]
#: Several at a time: those that one database alone may stumble over, and the rest.
HOSTILE_ON_EACH = [
    pytest.param(["9" * 30], marks=pytest.mark.both, id="large"),
    pytest.param(["\0", "x" * 3000, "abc", "1,2,\0"], id="others"),
]
