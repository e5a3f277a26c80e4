"""From registers' bytes to the fields that a person wrote (the second half of nftables src/netlink_delinearize.c)."""

from webapp.userland.nftables.postprocess.context import is_protocol
from webapp.userland.nftables.postprocess.walk import Postprocessor, delinearize_rule

__all__ = ["Postprocessor", "delinearize_rule", "is_protocol"]
