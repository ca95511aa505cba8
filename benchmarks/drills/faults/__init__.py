"""Drills on databases and processes that fail."""
