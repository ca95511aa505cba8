"""A fresh Debian in a folder, which boots with systemd in namespaces of its own. It also has a network of its own,
from which it reaches the world as this machine does.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from benchmarks.instances.instance import PASSWORD
from benchmarks.processes import NotStarted

#: The programs that this needs, with the packages that bring them.
PROGRAMS = {"debootstrap": "debootstrap", "slirp4netns": "slirp4netns", "nsenter": "util-linux"}
#: Less than any installation has: what Debian cannot be without, and systemd.
INSTALLED = "systemd-sysv,dbus,ca-certificates"
#: Where those authorities are whom this machine trusts besides the usual ones: the other one has the same network.
AUTHORITIES = Path("usr/local/share/ca-certificates")
GROUPS = Path("/sys/fs/cgroup")
#: Makes the folder the root of all mounts, with what the kernel offers, and becomes systemd.
BOOT = """
mount --bind "$1" "$1" && cd "$1"
mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev && mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts && ln -s pts/ptmx dev/ptmx
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 dev/tty c 5 0 && ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777 shm dev/shm && mount -t tmpfs -o mode=755 run run && mount -t tmpfs -o mode=1777 tmp tmp
hostname compare && pivot_root . . && umount -l .
exec env -i container=drill /lib/systemd/systemd --log-target=journal
"""
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
    "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
}


@dataclass(frozen=True)
class Machine:
    """A machine that has booted: the folder with its files, and the number of its first process here."""

    root: Path
    first: int

    def run(self, script: str, *, limit: int = 600) -> subprocess.CompletedProcess[str]:
        """Run a script as root, where the portal lies once it is there; it ends at the first command that fails."""
        place = "/srv/touchstone" if (self.root / "srv" / "touchstone").exists() else "/"
        return subprocess.run(
            [
                "nsenter", f"--target={self.first}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup",
                "bash", "-c", f"cd {place}\nset -e -o pipefail\n{script}",
            ],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=limit,
        )  # fmt: skip


@contextmanager
def machine(root: Path) -> Iterator[Machine]:
    """Boot the Debian in this folder; it ends with the block. Raises NotStarted."""
    with _booted(root) as first:
        here = Machine(root, first)
        with _network(first):
            here.run(
                # A machine that is degraded answers that it is, with a code that is not 0.
                'until [[ "$(systemctl is-system-running --wait)" =~ running|degraded ]]; do sleep 0.1; done',
                limit=300,
            )
            yield here


def install(root: Path, suite: str) -> None:
    """Install what any machine with this suite of Debian has into the folder. Raises NotStarted."""
    if os.geteuid():
        raise NotStarted("only root can install a Debian")
    if missing := [package for program, package in PROGRAMS.items() if not shutil.which(program)]:
        raise NotStarted(f"PROGRAMS ARE MISSING: apt-get install {' '.join(missing)}")
    _do("debootstrap", "--variant=minbase", f"--include={INSTALLED}", suite, root)
    # Nothing here has to outlive a loss of power.
    (root / "etc" / "dpkg" / "dpkg.cfg.d" / "drill").write_text("force-unsafe-io\n")
    (root / "etc" / "resolv.conf").write_text("nameserver 10.0.2.3\n")
    shutil.copytree(Path("/") / AUTHORITIES, root / AUTHORITIES, dirs_exist_ok=True)
    _do("chroot", root, "update-ca-certificates")


def _do(*command: str | Path) -> None:
    """Run a command. Raises NotStarted with the last line of what it says if it fails."""
    done = subprocess.run(
        command,
        env={**os.environ, "TMPDIR": "/tmp"},  # noqa: S108 - the folder of the drill is not in what it installs
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotStarted(f"{command[0]}: {done.stdout.strip().rpartition(chr(10))[2]}")


@contextmanager
def _booted(root: Path) -> Iterator[int]:
    """Boot what is in the folder until the block ends; yield the number of its first process."""
    groups = GROUPS if (GROUPS / "cgroup.procs").exists() else GROUPS / "unified"
    group = groups / f"touchstone-{os.getpid()}"
    group.mkdir()
    namespaces = "--mount --pid --uts --ipc --net --cgroup --fork --kill-child"
    enter = f'echo $$ >{group}/cgroup.procs && exec unshare {namespaces} sh -e -c "$0" boot "$1"'
    try:
        with subprocess.Popen(["sh", "-c", enter, BOOT, str(root)]) as process:
            try:
                yield _child(process.pid)
            finally:
                process.kill()
    finally:
        _remove(group)


def _child(parent: int) -> int:
    """Return the number of the first process that this one starts."""
    deadline = monotonic() + 10
    while monotonic() < deadline:
        if children := Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            return int(children[0])
        sleep(0.05)
    raise NotStarted("it did not boot")


def _remove(group: Path) -> None:
    """Remove a group of processes and those below it, once they have ended."""
    deadline = monotonic() + 10
    while group.exists() and monotonic() < deadline:
        for path in sorted(group.rglob("*/"), reverse=True):
            with suppress(OSError):
                path.rmdir()
        with suppress(OSError):
            group.rmdir()
        sleep(0.05)


@contextmanager
def _network(first: int) -> Iterator[None]:
    """Connect the network of this process to the world until the block ends."""
    command = ["slirp4netns", "--configure", "--disable-host-loopback", str(first), "world"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
