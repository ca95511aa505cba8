"""Understand text that people type and programs pass on: folded to be compared, repaired where it was mangled."""
