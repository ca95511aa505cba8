"""Values that no form expects."""

HOSTILE = ["\0", "9" * 30, "abc", "x" * 3000, "'\"<", "-1", "1e400", "1,2,\0"]


#: Those that one database or the other stumbles over, for where there is much to try them on.
STUMBLING = ["9" * 30, "abc", "1,2,\0"]
