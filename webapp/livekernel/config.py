"""What a kernel was built with, as far as labs care, and what that means for a lab.

The configuration is read from /proc/config.gz or /boot/config-RELEASE; where a kernel shows neither, nothing is said.
"""

from __future__ import annotations

import gzip
import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

Config = Mapping[str, str]
"""CONFIG_X: "y", "m", a number or a string; an option that is not set is missing."""

SHOWN = (
    "NETFILTER_EGRESS", "NETFILTER_INGRESS", "NET_CLS_ACT", "NET_CLS_U32", "CLS_U32_MARK", "NET_CLS_BPF",
    "NET_ACT_MIRRED", "NFT_FWD_NETDEV", "NFT_DUP_NETDEV", "NFT_REJECT_NETDEV", "VXLAN", "BRIDGE_NETFILTER",
)  # fmt: skip
"""The options that stand beside a verdict."""

# What in a lab needs an option, and what becomes of it without.
_NEEDS = (
    (r"hook egress", "NETFILTER_EGRESS", "nft refuses egress chains"),
    (r"hook ingress", "NETFILTER_INGRESS", "nft refuses ingress chains"),
    (r"\bclsact\b", "NET_CLS_ACT", "tc runs no actions"),
    (r"\bu32\b", "NET_CLS_U32", "tc refuses u32"),
    (r"\bu32\b.*match mark", "CLS_U32_MARK", "`u32 match mark` is accepted and matches every mark"),
    (r"\bbpf\b", "NET_CLS_BPF", "tc refuses bpf"),
    (r"\bmatchall\b", "NET_CLS_MATCHALL", "tc refuses matchall"),
    (r"\bflower\b", "NET_CLS_FLOWER", "tc refuses flower"),
    (r"\bmirred\b", "NET_ACT_MIRRED", "tc refuses mirred"),
    (r"action (gact|drop|ok|pass|continue|pipe)\b", "NET_ACT_GACT", "tc refuses gact"),
    (r"\bskbedit\b", "NET_ACT_SKBEDIT", "tc refuses skbedit"),
    (r"\bpedit\b", "NET_ACT_PEDIT", "tc refuses pedit"),
    (r"action vlan\b", "NET_ACT_VLAN", "tc refuses vlan"),
    (r"\bfwd\b.* to\b", "NFT_FWD_NETDEV", "nft refuses fwd"),
    (r"\bdup to\b", "NFT_DUP_NETDEV", "nft refuses dup"),
    (r"type vxlan\b", "VXLAN", "ip refuses vxlan devices"),
    (r"type bridge\b", "BRIDGE", "ip refuses bridges"),
    (r"type vlan\b", "VLAN_8021Q", "ip refuses vlan devices"),
    (r"type dummy\b", "DUMMY", "ip refuses dummy devices"),
    (r"type ifb\b", "IFB", "ip refuses ifb devices"),
    (r"\bflowtable\b", "NF_FLOW_TABLE", "nft refuses flowtables"),
)  # fmt: skip


def read_config(release: str | None = None, root: Path = Path("/")) -> Config | None:
    """The configuration of the running kernel, or of an installed one; None where it cannot be read."""
    try:
        if release is None:
            proc = root / "proc/config.gz"
            if proc.exists():
                return parse_config(gzip.decompress(proc.read_bytes()).decode())
            release = platform.release()
        return parse_config((root / "boot" / f"config-{release}").read_text())
    except OSError:
        return None


def parse_config(text: str) -> Config:
    """The lines CONFIG_X=VALUE of a configuration."""
    return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", text, re.MULTILINE))


def described(config: Config | None) -> str:
    """One line: the options of SHOWN."""
    if config is None:
        return "its configuration cannot be read"
    return " ".join(f"{name}={config.get(name, 'n')}" for name in SHOWN)


def lacks(config: Config | None, lab: str) -> Iterator[str]:
    """What the lab asks for that this kernel was built without."""
    if config is None:
        return
    for pattern, option, consequence in _NEEDS:
        if option not in config and re.search(pattern, lab):
            yield f"this kernel has no CONFIG_{option}: {consequence}"
