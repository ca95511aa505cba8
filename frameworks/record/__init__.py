"""The record of changes: every write of a fact, and what is rebuilt from its revisions."""
