"""Keep in memory what the same facts would give again. Nothing here is ever invalidated, only replaced."""
