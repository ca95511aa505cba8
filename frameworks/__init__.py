"""Hold the facts: what was rated, how, and on whose word."""
