"""Runs a lab on this machine's kernel, in namespaces of its own: as root, or in a user namespace that says one is.

Only for the command line, the tests and the bench: the server never runs anything of a user's on the machine.
"""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("unshare", "bash", "ip", "tc", "nft", "sysctl", "ping")

ENVIRONMENT = Path(__file__).with_name("lab_env.bash")

_UNSHARE = ("unshare", "-m", "-n", "-p", "-f", "--kill-child", "--propagation", "private")
_USER_NAMESPACE = ("-U", "-r")

# The lab's own /proc, /sys and /run/netns; IPv6 only where a lab turns it on; then the lab, $2, in a shell of its own.
NAMESPACE_SETUP = """
mount -t proc proc /proc
mkdir -p /run/netns 2>/dev/null || { mount -t tmpfs none /run && mkdir /run/netns; }
mount -t tmpfs none /run/netns
mount -t sysfs sysfs /sys
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link set lo up
cd /
BASH_ENV=$1 exec bash "$2" 2>&1
"""


class NoKernelError(RuntimeError):
    """This machine can run no labs; the text says why."""


def kernel_version() -> str:
    """Version of the running kernel as the recordings are named: "6.18"."""
    return ".".join(platform.release().split(".")[:2])


def obstacle(commands: Sequence[str] = COMMANDS) -> str | None:
    """Why this machine runs no labs that use these commands, or None if it does."""
    missing = [command for command in commands if shutil.which(command, path=_path()) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    made = subprocess.run([*_unshare(), "true"], capture_output=True, text=True, check=False)
    problem = made.stderr.strip()
    if problem and not _root():
        return f"only root may make network namespaces here, and user namespaces are closed ({problem})"
    return problem or None


def run(lab: Path, timeout: float = 30.0) -> str:
    """What the lab prints: stdout and stderr in one, ``rc=N line=L`` after each command that fails.

    A lab that takes longer than ``timeout`` seconds is ended, with all its processes; its output then ends with a line
    TIMEOUT. Raises NoKernelError, and FileNotFoundError if there is no such lab.
    """
    return _run(lab, str(ENVIRONMENT), timeout)


def run_plainly(lab: Path, timeout: float = 30.0) -> str:
    """As ``run``, but bash reads the lab as any script: nothing is added to what it prints, and nothing waits."""
    return _run(lab, "", timeout)


def _run(lab: Path, environment: str, timeout: float) -> str:
    if reason := obstacle():
        raise NoKernelError(reason)
    process = subprocess.Popen(
        [*_unshare(), "bash", "-c", NAMESPACE_SETUP, "bash", environment, str(lab.resolve(strict=True))],
        env={**os.environ, "LC_ALL": "C", "PATH": _path(), "BASH_ENV": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()  # takes the pid namespace with it (--kill-child)
        output, _ = process.communicate()
        return output.decode(errors="replace") + "TIMEOUT\n"
    return output.decode(errors="replace")


def _root() -> bool:
    return os.geteuid() == 0


def _unshare() -> tuple[str, ...]:
    return _UNSHARE if _root() else (*_UNSHARE, *_USER_NAMESPACE)


def _path() -> str:
    """Root's PATH; a service's or a virtual environment's may lack the sbin directories."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
