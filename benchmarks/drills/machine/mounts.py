"""Mount file systems that only this process and those that it starts see."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NEW_MOUNTS = 0x0002_0000  # CLONE_NEWNS of unshare(2)
#: Runs a command that can write to nothing but file systems that are mounted elsewhere than at these places.
READ_ONLY = """
for place in / /tmp /var/tmp /dev/shm "$HOME"; do
    if mountpoint --quiet "$place"; then mount -o remount,bind,ro "$place"; fi
done
exec "$@"
"""
READ_ONLY_BUT_MOUNTED = ["unshare", "--mount", "sh", "-e", "-c", READ_ONLY, "sh"]


def own_mounts() -> None:
    """Have what is mounted from now on seen by nobody else. Raises PermissionError for all but root."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _run("mount --make-rprivate", Path("/"))


@contextmanager
def disk(path: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of this size at a new folder until the block ends."""
    path.mkdir()
    _run(f"mount -t tmpfs -o size={megabytes}m tmpfs", path)
    try:
        yield path
    finally:
        _run("umount --lazy", path)


@contextmanager
def full(path: Path) -> Iterator[None]:
    """Fill a disk until the block ends."""
    ballast = path / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        yield
    finally:
        ballast.unlink()


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Let nobody write to a folder until the block ends."""
    _run(f"mount --bind {path}", path)
    try:
        _run("mount -o remount,bind,ro", path)
        yield
    finally:
        _run("umount --lazy", path)


def _run(command: str, path: Path) -> None:
    subprocess.run([*command.split(), str(path)], check=True)
