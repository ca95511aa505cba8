"""Drills on what keeps the data: backups, restoring, moving."""
