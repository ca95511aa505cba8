"""The record of changes: the one write path, and what is rebuilt from revisions."""
