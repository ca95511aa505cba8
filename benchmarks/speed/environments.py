"""Install a virtual environment for each framework, with the versions pinned in `requirements/`."""

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

from .plan import Application

#: Seconds that one installation may take.
TIMEOUT = 600


class NotInstalled(Exception):
    """The framework could not be installed. The text ends with the last line that pip wrote."""


def install(application: Application, folder: Path) -> Path:
    """Return the environment of a framework below `folder`, made anew if it is missing or its pins have changed.

    pip checks the hash of every file. Raises NotInstalled.
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
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"it could not be installed: pip took longer than {TIMEOUT} seconds") from error
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if line.strip()]
        raise NotInstalled(
            f"it could not be installed: {lines[-1] if lines else 'pip gave no reason'}"
        ) from error
    stamp.write_text(pins)
    return home


def versions(home: Path) -> dict[str, str]:
    """Return the version of every package in an environment, names in lower case."""
    listed = subprocess.run(
        [home / "bin" / "python", "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {package["name"].lower(): package["version"] for package in json.loads(listed.stdout)}
