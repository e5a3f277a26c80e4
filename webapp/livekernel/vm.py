"""Boots an installed kernel in qemu, without hardware help, and runs labs there: one boot for all of them.

Nothing of the machine's file system is shown to the guest. It gets an initramfs made of this machine's programs and
that kernel's modules, with the labs behind it, and writes what they print to its second serial port.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from webapp.livekernel.config import Config, read_config
from webapp.livekernel.real import ENVIRONMENT, NAMESPACE_SETUP

_PROGRAMS = (
    "bash", "ip", "tc", "nft", "bridge", "conntrack", "ping", "arping", "mausezahn", "trafgen", "sysctl", "mount",
    "umount", "mkdir", "cat", "cp", "ln", "sleep", "timeout", "unshare", "awk", "kmod", "true", "false", "sh", "echo",
    "ls", "rm", "setsid", "nc", "tcpdump", "env", "kill", "stty",
)  # fmt: skip
_NEEDED = ("bash", "ip", "tc", "nft", "ping", "sysctl", "unshare", "mount", "kmod", "awk", "timeout")
_MODULES = (
    "kernel/net", "kernel/drivers/net/veth", "kernel/drivers/net/vxlan", "kernel/drivers/net/dummy",
    "kernel/drivers/net/ifb", "kernel/drivers/net/macvlan", "kernel/lib", "kernel/crypto", "kernel/arch/x86/crypto",
)  # fmt: skip
_NO_MODULES = (
    "kernel/net/bluetooth", "kernel/net/mac80211", "kernel/net/wireless", "kernel/net/sunrpc", "kernel/net/can",
    "kernel/net/ceph", "kernel/net/tipc", "kernel/net/rxrpc", "kernel/net/sctp",
)  # fmt: skip
_LOADED = "veth vxlan bridge br_netfilter act_mirred cls_u32 cls_bpf sch_ingress nft_fwd_netdev nft_dup_netdev"
_FILES = ("/etc/iproute2", "/etc/protocols", "/etc/services", "/etc/ethertypes", "/etc/netsniff-ng", "/usr/lib/tc")

# Everything that a lab prints goes between two lines that no lab prints.
_INIT = """#!/bin/bash
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root LC_ALL=C
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
ln -s /proc/self/fd /dev/fd; mount -t tmpfs tmp /tmp; mount -t tmpfs run /run
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
stty -F /dev/ttyS1 raw -echo 2>/dev/null
echo /sbin/modprobe > /proc/sys/kernel/modprobe
modprobe -a {modules} 2>/dev/null
ip link set lo up
{prepare}
exec > /dev/ttyS1 2> /dev/ttyS0
for lab in /labs/*.sh; do
  echo "@@@ begin ${{lab##*/}}"
  timeout -k 1 {timeout:g} unshare -m -n -p -f --kill-child --propagation private \
    bash -c "$(cat /etc/setup)" bash /etc/lab_env.bash "$lab" < /dev/null > /tmp/out
  [ $? = 124 ] && echo TIMEOUT >> /tmp/out
  cat /tmp/out
  {after}
  echo "@@@ end ${{lab##*/}}"
done
echo o > /proc/sysrq-trigger
sleep 10
"""
_BLOCK = re.compile(r"^@@@ begin (\d+)\.sh\n(.*?)^@@@ end \1\.sh\n", re.MULTILINE | re.DOTALL)

_APPEND = (
    "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off nokaslr audit=0 apparmor=0 rcupdate.rcu_expedited=1 "
    "net.ifnames=0"
)


class NoVmError(RuntimeError):
    """No such kernel can be booted here; the text says why."""


@dataclass(frozen=True, slots=True)
class VmKernel:
    """An installed kernel: ``release`` as uname -r says it."""

    release: str
    config: Config | None

    @property
    def image(self) -> Path:
        """Where it lies."""
        return Path("/boot") / f"vmlinuz-{self.release}"

    @property
    def modules(self) -> Path:
        """Where its modules lie."""
        return Path("/lib/modules") / self.release


def find(version: str) -> VmKernel:
    """The newest installed kernel of that version ("6.12", or a whole release). NoVmError: none, or no qemu."""
    missing = [name for name in ("qemu-system-x86_64", "depmod", *_NEEDED) if _which(name) is None]
    if missing:
        raise NoVmError(f"not installed: {', '.join(missing)}")
    pattern = re.compile(rf"{re.escape(version)}([.-]|$)")
    releases = [path.name.removeprefix("vmlinuz-") for path in Path("/boot").glob("vmlinuz-*")]
    found = sorted((one for one in releases if pattern.match(one)), key=_numbers)
    fitting = [one for one in found if (Path("/lib/modules") / one).is_dir()]
    if not fitting:
        raise NoVmError(f"no Linux {version} in /boot/vmlinuz-* with its /lib/modules")
    return VmKernel(fitting[-1], read_config(fitting[-1]))


@dataclass(frozen=True, slots=True)
class Additions:
    """More for the guest to do.

    ``prepare`` runs before the labs, ``after`` after each; ``environment`` is added to what bash sources before a lab;
    ``files`` are texts in /etc.
    """

    prepare: str = ""
    after: str = ""
    environment: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


def run(kernel: VmKernel, labs: Sequence[Path], timeout: float, more: Additions | None = None) -> Mapping[Path, str]:
    """What each lab prints there, after one boot.

    NoVmError: the machine did not come up, or did not get to the end.
    """
    more = more or Additions()
    init = _INIT.format(modules=_LOADED, timeout=timeout, prepare=more.prepare, after=more.after)
    with TemporaryDirectory(prefix="hookwalk-vm-") as name:
        directory = Path(name)
        initramfs = directory / "initramfs"
        with initramfs.open("wb") as archive:
            archive.write(_base(kernel, directory / "root").read_bytes())
            archive.write(_cpio(_lab_files(labs, init, more)))
        printed = directory / "printed"
        limit = 120 + len(labs) * (timeout + 5)
        _qemu(kernel, initramfs, printed, directory / "console", limit)
        text = printed.read_text(errors="replace").replace("\r", "")
        console = (directory / "console").read_text(errors="replace")
    outputs = {labs[int(number)]: output for number, output in _BLOCK.findall(text)}
    if len(outputs) < len(labs):
        raise NoVmError(f"Linux {kernel.release} ended after {len(outputs)} of {len(labs)} labs:\n{console[-1000:]}")
    return outputs


def _qemu(kernel: VmKernel, initramfs: Path, printed: Path, console: Path, limit: float) -> None:
    arguments = [
        "qemu-system-x86_64", "-nodefaults", "-nographic", "-machine", "q35", "-accel", "tcg,tb-size=512",
        "-cpu", "max,la57=off", "-smp", "1", "-m", "1536M", "-no-reboot", "-monitor", "none",
        "-kernel", str(kernel.image), "-initrd", str(initramfs), "-append", _APPEND,
        "-serial", f"file:{console}", "-serial", f"file:{printed}",
    ]  # fmt: skip
    try:
        subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=True)
    except subprocess.TimeoutExpired:
        pass  # what was printed until then tells
    except subprocess.CalledProcessError as failed:
        raise NoVmError(f"qemu: {failed.stderr.decode(errors='replace').strip()}") from failed


# --- the initramfs ------------------------------------------------------------------------------------------------

_File = tuple[str, int, bytes]  # path, mode, content


def _lab_files(labs: Sequence[Path], init: str, more: Additions) -> Iterator[_File]:
    yield "init", stat.S_IFREG | 0o755, init.encode()
    yield "etc/setup", stat.S_IFREG | 0o644, NAMESPACE_SETUP.encode()
    yield "etc/lab_env.bash", stat.S_IFREG | 0o644, ENVIRONMENT.read_bytes() + more.environment.encode()
    for name, text in more.files.items():
        yield f"etc/{name}", stat.S_IFREG | 0o644, text.encode()
    yield "labs", stat.S_IFDIR | 0o755, b""
    for number, lab in enumerate(labs):
        yield f"labs/{number:05}.sh", stat.S_IFREG | 0o644, lab.read_bytes()


def _base(kernel: VmKernel, root: Path) -> Path:
    """The archive of programs and modules; kept for the next time, as long as kernel and programs are the same."""
    programs = [path for name in _PROGRAMS if (path := _which(name)) is not None]
    newest = max(int(path.stat().st_mtime) for path in (*programs, kernel.image, Path(__file__)))
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hookwalk"
    kept = cache / f"initramfs-{kernel.release}-{newest}.cpio"
    if not kept.exists():
        _copy_programs(programs, root)
        _copy_modules(kernel, root)
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(_cpio(_tree(root)))
        unfinished.rename(kept)
    return kept


def _copy_programs(programs: Sequence[Path], root: Path) -> None:
    for directory in ("bin", "sbin", "usr/bin", "usr/sbin", "proc", "sys", "dev", "tmp", "run", "root", "var"):
        (root / directory).mkdir(parents=True, exist_ok=True)
    for program in programs:
        _copy(program, root)
        link = root / "bin" / program.name
        if not link.exists():
            link.symlink_to(program)
        for library in _libraries(program):
            _copy(library, root)
    for name in ("modprobe", "depmod", "insmod"):
        (root / "sbin" / name).unlink(missing_ok=True)
        (root / "sbin" / name).symlink_to("/bin/kmod")
    for source in map(Path, _FILES):
        if source.is_dir():
            shutil.copytree(source, root / str(source).lstrip("/"), dirs_exist_ok=True)
        elif source.exists():
            _copy(source, root)
    for name, text in (("passwd", "root:x:0:0:root:/root:/bin/bash\n"), ("group", "root:x:0:\n"),
                       ("hosts", "127.0.0.1 localhost\n"), ("nsswitch.conf", "hosts: files\n")):  # fmt: skip
        (root / "etc").mkdir(exist_ok=True)
        (root / "etc" / name).write_text(text)


def _copy(source: Path, root: Path) -> None:
    """Copies the file that a path leads to."""
    target = root / str(source).lstrip("/")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source.resolve(), target)


def _libraries(program: Path) -> list[Path]:
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    return [Path(word) for word in re.findall(r"(/\S+)", listed)]


def _copy_modules(kernel: VmKernel, root: Path) -> None:
    target = root / "lib/modules" / kernel.release
    target.mkdir(parents=True)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        if (kernel.modules / name).exists():
            shutil.copy(kernel.modules / name, target)
    for module in sorted(kernel.modules.glob("kernel/**/*.ko*")):
        name = str(module.relative_to(kernel.modules))
        if not name.startswith(_MODULES) or name.startswith(_NO_MODULES):
            continue
        plain = target / name.removesuffix(".xz")
        plain.parent.mkdir(parents=True, exist_ok=True)
        content = module.read_bytes()
        plain.write_bytes(lzma.decompress(content) if name.endswith(".xz") else content)
    subprocess.run(["depmod", "-b", str(root), kernel.release], check=True, env={**os.environ, "PATH": _path()})


def _tree(root: Path) -> Iterator[_File]:
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            yield name, stat.S_IFLNK | 0o777, str(path.readlink()).encode()
        elif path.is_dir():
            yield name, stat.S_IFDIR | 0o755, b""
        else:
            yield name, stat.S_IFREG | (path.stat().st_mode & 0o777), path.read_bytes()


def _cpio(files: Iterator[_File]) -> bytes:
    """An archive in the "newc" format of cpio(5), which the kernel unpacks; several may follow one another."""
    parts = []
    for number, (name, mode, content) in enumerate((*files, ("TRAILER!!!", 0, b"")), start=1):
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        parts.append(_padded(b"070701" + b"".join(b"%08X" % one for one in fields) + name.encode() + b"\0"))
        parts.append(_padded(content))
    archive = b"".join(parts)
    return archive + bytes(-len(archive) % 512)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _numbers(release: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", release)]


def _which(name: str) -> Path | None:
    found = shutil.which(name, path=_path())
    return None if found is None else Path(found)


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
