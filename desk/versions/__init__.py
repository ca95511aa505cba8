"""The record as editors see it: history, restoring, undoing."""
