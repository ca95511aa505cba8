"""Values that no form expects."""

import pytest

HOSTILE = ["\0", "9" * 30, "abc", "x" * 3000, "'\"<", "-1", "1e400", "1,2,\0"]


#: For pages that are tried with each of many names: what both databases stumble over, each in its own way, and one of
#: what one of them does.
IN_TURN = [
    pytest.param(["9" * 30], marks=pytest.mark.both, id="large"),
    pytest.param(["abc", "1,2,\0"], id="others"),
]
#: Several at a time: those that one database alone may stumble over, and the rest.
HOSTILE_ON_EACH = [
    pytest.param(["9" * 30], marks=pytest.mark.both, id="large"),
    pytest.param(["x" * 3000, "abc", "1,2,\0"], id="others"),
]
