"""Remember when and where the last backup was written, for the desk's page on the installation."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from .backups import Backup

NAME = "last-backup.json"


@dataclass(frozen=True)
class LastBackup:
    """When it was made, the file, and how many rows it has."""

    made_at: datetime
    path: Path
    rows: int


def remember(backup: Backup) -> None:
    """Write down that this backup is there. Raises OSError."""
    place = settings.VAR_DIR / NAME
    noted = {"made_at": backup.made_at.isoformat(), "path": str(backup.path.resolve()), "rows": backup.rows}
    draft = place.with_suffix(".new")
    draft.write_text(json.dumps(noted))
    draft.replace(place)


def last_backup() -> LastBackup | None:
    """Return the backup that was written last from here; None if there was none, or nobody wrote it down."""
    try:
        noted = json.loads((settings.VAR_DIR / NAME).read_text())
        return LastBackup(datetime.fromisoformat(noted["made_at"]), Path(noted["path"]), int(noted["rows"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
