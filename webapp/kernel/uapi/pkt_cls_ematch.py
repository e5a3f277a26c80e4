"""Extended matches: trees of conditions (include/uapi/linux/pkt_cls.h, linux/tc_ematch/tc_em_{cmp,meta,nbyte}.h).

A tree is flat: a run of ematches that AND or OR link, ended by one without a relation. A container names by its index
the run that stands for it. None of the values are in the order of the packet but those of ``EmU32``.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec


class EmRelation(IntEnum):
    """TCF_EM_REL_*: how an ematch is linked to the next one."""

    END = 0
    AND = 1
    OR = 2


class EmOperand(IntEnum):
    """TCF_EM_OPND_*."""

    EQ = 0
    GT = 1
    LT = 2


class EmLayer(IntEnum):
    """TCF_LAYER_*: what an offset counts from."""

    LINK = 0
    NETWORK = 1
    TRANSPORT = 2


class EmCmp(msgspec.Struct, frozen=True):
    """struct tcf_em_cmp: a number of 1, 2 or 4 bytes (``align``) in the packet; ``mask`` 0 is all bits."""

    align: int
    off: int
    val: int
    operand: EmOperand
    layer: EmLayer = EmLayer.NETWORK
    mask: int = 0
    trans: bool = False


class EmU32(msgspec.Struct, frozen=True):
    """struct tc_u32_key: a word of the network header under a mask."""

    val: int
    mask: int
    off: int
    offmask: int = 0


class EmNbyte(msgspec.Struct, frozen=True):
    """struct tcf_em_nbyte with its bytes."""

    needle: bytes
    off: int
    layer: EmLayer = EmLayer.NETWORK


class MetaObject(msgspec.Struct, frozen=True):
    """struct tcf_meta_val with its value: a fact about the packet by name, or a constant (``name`` empty).

    ``value`` is the constant, or the mask of a fact (0: all bits). ``shift`` shortens a number or a string.
    """

    name: str
    value: int | bytes = 0
    shift: int = 0
    is_var: bool = False


class EmMeta(msgspec.Struct, frozen=True):
    """struct tcf_meta_hdr: compares two objects of one type."""

    left: MetaObject
    operand: EmOperand
    right: MetaObject


class EmContainer(msgspec.Struct, frozen=True):
    """TCF_EM_CONTAINER: ``ref`` is the index of the run's first ematch."""

    ref: int


class Ematch(msgspec.Struct, frozen=True):
    """struct tcf_ematch_hdr with its data."""

    data: EmCmp | EmU32 | EmNbyte | EmMeta | EmContainer
    relation: EmRelation = EmRelation.END
    inverted: bool = False
