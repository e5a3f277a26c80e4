"""nft describe: an expression's type, and the words that stand for its values (expr_describe)."""

from __future__ import annotations

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import DataType, Output
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import expr_name
from webapp.userland.nftables.rule import Cmd

_DECIMAL = frozenset((
    dt.NF_PROTO, dt.ICMP_TYPE, dt.ICMP6_TYPE, dt.IGMP_TYPE, dt.PKTTYPE, dt.CT_DIR, dt.MH_TYPE, dt.DAY, dt.FIB_ADDR,
    dt.BOOLEAN, dt.MPTCP_SUBTYPE, dt.MARK, dt.REALM, dt.DEVGROUP,
))  # fmt: skip
"""Types whose symbols are listed in decimal."""


def describe(cmd: Cmd, output: Output) -> str:
    """The text of nft describe."""
    expr = cmd.data
    assert isinstance(expr, ex.Expr)
    if isinstance(expr, ex.Symbol):
        dtype = dt.DATATYPES_BY_NAME.get(expr.identifier)
        if dtype is None or dtype is dt.INVALID:
            raise NftError(f"No such datatype {expr.identifier}", expr.location)
        head, length = f"datatype {_type(dtype)}", dtype.size
    else:
        dtype = expr.dtype
        head, length = f"{expr_name(expr)} expression, datatype {_type(dtype)}", expr.len
    bases = _bases(dtype)
    basetype = f" (basetype {', '.join(bases)})" if bases else ""
    size = f"{length} bits" if length < 8 or length % 8 or length // 8 <= 8 * 8 else f"{length // 8} characters"
    if dtype.root is dt.STRING and length:
        size = f"{length // 8} characters"
    return f"{head}{basetype}, {size}\n{_symbols(dtype)}"


def _type(dtype: DataType) -> str:
    return f"{dtype.name} ({dtype.desc})"


def _bases(dtype: DataType) -> list[str]:
    found: list[str] = []
    at = dtype.basetype
    while at is not None:
        found.append(at.name)
        at = at.basetype
    return found


def _symbols(dtype: DataType) -> str:
    if not dtype.symbols or dtype.quoted:
        return ""
    digits = max(2 * -(-dtype.size // 8), 2)
    decimal = dtype in _DECIMAL
    lines = [
        f"\t{name:<30}\t{number:>20}\n" if decimal else f"\t{name:<30}\t0x{number:0{digits}x}\n"
        for name, number in dtype.symbols.items()
    ]
    return f"\npre-defined symbolic constants (in {'decimal' if decimal else 'hexadecimal'}):\n{''.join(lines)}"
