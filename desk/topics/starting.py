"""Begin a topic: a folder with an example of each file, which can be loaded as it is."""

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

BLANK = Path(__file__).with_name("blank")


class NotEmpty(Exception):
    """The folder holds something already. The text says so in a sentence."""


def begin(folder: Path) -> None:
    """Write the examples into a folder, which is made if there is none. Raises NotEmpty, or OSError."""
    with room(folder):
        shutil.copytree(BLANK, folder, dirs_exist_ok=True)


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """Make a folder, unless it is there and empty, for what the block writes; if that fails, it leaves nothing there.

    Raises NotEmpty, or OSError.
    """
    if folder.exists() and not folder.is_dir():
        raise NotEmpty(f"{folder} is a file. Name a folder that does not exist yet.")
    if folder.is_dir() and any(folder.iterdir()):
        raise NotEmpty(f"{folder} is not empty. Name a folder that does not exist yet.")
    was_there = folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not was_there:
            folder.rmdir()
        raise


def in_commands(folder: Path) -> str:
    """Return how a command names a topic from the folder of the project, to which TOPIC is relative."""
    place = folder.resolve()
    is_within = place.is_relative_to(settings.BASE_DIR)
    return shlex.quote(str(place.relative_to(settings.BASE_DIR) if is_within else place))
