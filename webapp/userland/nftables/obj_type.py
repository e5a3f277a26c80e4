"""The kinds of stateful objects, as commands name them (nftables src/rule.c, cmd_obj_to_type and obj_type_name)."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables.rule import CmdObj

OBJECT_TYPES = {
    CmdObj.COUNTER: uapi.NFT_OBJECT_COUNTER,
    CmdObj.QUOTA: uapi.NFT_OBJECT_QUOTA,
    CmdObj.LIMIT: uapi.NFT_OBJECT_LIMIT,
    CmdObj.SECMARK: uapi.NFT_OBJECT_SECMARK,
    CmdObj.SYNPROXY: uapi.NFT_OBJECT_SYNPROXY,
    CmdObj.CT_HELPER: uapi.NFT_OBJECT_CT_HELPER,
    CmdObj.CT_TIMEOUT: uapi.NFT_OBJECT_CT_TIMEOUT,
    CmdObj.CT_EXPECT: uapi.NFT_OBJECT_CT_EXPECT,
}
OBJECT_NAMES = {number: obj.value for obj, number in OBJECT_TYPES.items()}
