"""A virtual environment for each framework, with the versions pinned in `requirements/`."""

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

from .plan import Application

#: Seconds that one installation may take.
PATIENCE = 600


class NotInstalled(Exception):
    """The framework could not be installed. The text ends with the last line that pip wrote."""


def install(application: Application, folder: Path) -> Path:
    """The environment of a framework below `folder`, made when it is not there or its pins have changed.

    Every file that pip takes is held against its hash. Raises NotInstalled.
    """
    home = folder / application.slug
    stamp = home / "requirements.sha256"
    pins = hashlib.sha256(application.requirements.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == pins:
        return home
    venv.create(home, with_pip=True, clear=True)
    command = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    try:
        subprocess.run(
            [*command, "--requirement", str(application.requirements)],
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"it could not be installed: pip took longer than {PATIENCE} seconds") from error
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.strip()]
        raise NotInstalled(
            f"it could not be installed: {said[-1] if said else 'pip gave no reason'}"
        ) from error
    stamp.write_text(pins)
    return home


def versions(home: Path) -> dict[str, str]:
    """Every package of an environment with its version, names in lower case."""
    listed = subprocess.run(
        [home / "bin" / "python", "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {package["name"].lower(): package["version"] for package in json.loads(listed.stdout)}
