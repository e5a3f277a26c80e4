"""Matches fields of headers by name (net/sched/cls_flower.c).

Filters of one preference are grouped by their mask: a packet is asked under one mask after the other, in the order in
which masks came, and within a mask a hash look-up finds the one filter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from webapp.kernel.core.flow_dissector import AddrType, FlowField, skb_flow_dissect
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_ESTABLISHED,
    IP_CT_ESTABLISHED_REPLY,
    IP_CT_NEW,
    IP_CT_RELATED,
    IP_CT_RELATED_REPLY,
)
from webapp.kernel.sched.act_api import (
    TcAction,
    tcf_action_exec,
    tcf_exts_destroy,
    tcf_exts_dump,
    tcf_exts_hw_stats_update,
    tcf_exts_validate,
)
from webapp.kernel.sched.cls_api import (
    TcfChange,
    TcfProto,
    TcfProtoOps,
    TcfResult,
    check_cls_flags,
    note_filter,
    tcf_change_indev,
    verdict_name,
)
from webapp.kernel.sched.flower_text import field_text
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, ETH_P_RARP
from webapp.kernel.uapi.pkt_cls_flower import FlowerKey, FlowerVlan, Masked, MaskedBytes
from webapp.kernel.uapi.pkt_sched import ClsFlags, FilterRequest, FlowerOptions

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

F = FlowField
FlowKey = dict[FlowField, int]
"""struct fl_flow_key or its mask: what is not in it is 0."""

_U8, _U16, _U32, _U48 = 0xFF, 0xFFFF, 0xFFFFFFFF, (1 << 48) - 1
_VLANS = frozenset((ETH_P_8021Q, ETH_P_8021AD))
_IP = frozenset((ETH_P_IP, ETH_P_IPV6))
_ARP = frozenset((ETH_P_ARP, ETH_P_RARP))
_TCP, _UDP, _SCTP = 6, 17, 132
_PORTS = frozenset((_TCP, _UDP, _SCTP))
_ICMP_OF = {ETH_P_IP: 1, ETH_P_IPV6: 58}

# TCA_FLOWER_KEY_CT_FLAGS_*
CT_NEW, CT_ESTABLISHED, CT_RELATED, CT_TRACKED, CT_INVALID, CT_REPLY = 1, 2, 4, 8, 16, 32
_CT_STATES = {
    IP_CT_ESTABLISHED: CT_TRACKED | CT_ESTABLISHED,
    IP_CT_RELATED: CT_TRACKED | CT_RELATED,
    IP_CT_NEW: CT_TRACKED | CT_NEW,
    IP_CT_ESTABLISHED_REPLY: CT_TRACKED | CT_ESTABLISHED | CT_REPLY,
    IP_CT_RELATED_REPLY: CT_TRACKED | CT_RELATED | CT_REPLY,
}
"""fl_ct_info_to_flower_map."""

_RANGE_DST = (int(F.TP_DST), int(F.TP_MIN_DST), int(F.TP_MAX_DST))
_RANGE_SRC = (int(F.TP_SRC), int(F.TP_MIN_SRC), int(F.TP_MAX_SRC))
_CT_STATE, _IIF = int(F.CT_STATE), int(F.INGRESS_IFINDEX)


class ClsFlFilter:
    """struct cls_fl_filter. ``mkey`` are its numbers under its mask, in the order of the mask's fields."""

    __slots__ = ("actions", "classid", "flags", "handle", "key", "mask", "mkey", "skip_sw")

    mask: FlFlowMask

    def __init__(self, handle: int, key: FlowKey, mask_key: FlowKey, options: FlowerOptions) -> None:
        self.handle = handle
        self.key = key
        self.mkey = tuple(key.get(field, 0) & mask_key[field] for field in sorted(mask_key))
        self.flags = options.flags | ClsFlags.NOT_IN_HW
        self.skip_sw = bool(options.flags & ClsFlags.SKIP_SW)
        self.classid = options.classid or 0
        self.actions: tuple[TcAction, ...] = ()


class FlFlowMask:
    """struct fl_flow_mask: filters with one mask, by their masked numbers (``ht``) and in order (``filters``).

    ``ranges`` are the ports that are compared with a lowest and a highest one: indexes of the packet's number and of
    the places of both in ``mkey``.
    """

    __slots__ = ("fields", "filters", "ht", "key", "ranges")

    def __init__(self, key: FlowKey) -> None:
        self.key = key
        self.fields = tuple((int(field), key[field]) for field in sorted(key))
        self.ht: dict[tuple[int, ...], ClsFlFilter] = {}
        self.filters: list[ClsFlFilter] = []
        place = {field: at for at, (field, _) in enumerate(self.fields)}
        self.ranges = tuple(
            (port, place[low], place[high]) for port, low, high in (_RANGE_DST, _RANGE_SRC) if low in place
        )


class ClsFlHead:
    """struct cls_fl_head: masks in the order in which they came, filters by handle."""

    __slots__ = ("handle_idr", "masks")

    def __init__(self) -> None:
        self.masks: list[FlFlowMask] = []
        self.handle_idr: dict[int, ClsFlFilter] = {}


# --- the packet's way ---------------------------------------------------------------------------------------------


@kfunc("net/sched/cls_flower.c", "fl_classify", verdict=verdict_name)
def fl_classify(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """The first mask under which a filter has the packet's numbers decides, whatever its actions say."""
    head: ClsFlHead = tp.root
    key = skb_flow_dissect(skb)
    key[_IIF] = skb.skb_iif
    if skb.nfct is not None:
        key[_CT_STATE] = _CT_STATES.get(skb.nfctinfo, 0)
    recorder = RECORDER.get()
    for mask in head.masks:
        f = fl_mask_lookup(mask, key)
        if recorder is not None:
            _note_others(tp, mask, f, key)
        if f is not None and not f.skip_sw:
            res.classid = f.classid
            verdict = tcf_action_exec(skb, f.actions, res)
            if recorder is not None:
                note_filter(tp, f.handle, True, _detail(f, key), verdict)
            return verdict
    return -1


def fl_mask_lookup(mask: FlFlowMask, key: list[int]) -> ClsFlFilter | None:
    """The filter of a mask that has the packet's numbers. Ranges of ports are tried filter by filter."""
    if mask.ranges:
        return _fl_lookup_range(mask, key)
    return mask.ht.get(tuple([key[field] & bits for field, bits in mask.fields]))


def _fl_lookup_range(mask: FlFlowMask, key: list[int]) -> ClsFlFilter | None:
    mkey = [key[field] & bits for field, bits in mask.fields]
    for f in mask.filters:
        for port, low, high in mask.ranges:
            if not f.mkey[low] <= key[port] <= f.mkey[high]:
                break
            mkey[low], mkey[high] = f.mkey[low], f.mkey[high]
        else:
            found = mask.ht.get(tuple(mkey))
            if found is not None:
                return found
    return None


def _note_others(tp: TcfProto, mask: FlFlowMask, found: ClsFlFilter | None, key: list[int]) -> None:
    for f in mask.filters:
        if f is not found:
            note_filter(tp, f.handle, False, _detail(f, key), -1)


def _detail(f: ClsFlFilter, key: list[int]) -> tuple[str, ...]:
    return tuple(field_text(field, f.key.get(field, 0), bits, key) for field, bits in f.mask.key.items())


# --- requests -----------------------------------------------------------------------------------------------------


def _init(tp: TcfProto) -> None:
    tp.root = ClsFlHead()


def _destroy(tp: TcfProto) -> None:
    head: ClsFlHead = tp.root
    for f in list(head.handle_idr.values()):
        _fl_delete(head, f)


def _get(tp: TcfProto, handle: int) -> ClsFlFilter | None:
    head: ClsFlHead = tp.root
    return head.handle_idr.get(handle)


def _change(net: Net, tp: TcfProto, request: FilterRequest, found: Any, how: TcfChange) -> None:
    """fl_change. A filter that replaces another must have its mask."""
    options = request.options
    if options is None:
        raise KernelError(Errno.EINVAL)
    assert isinstance(options, FlowerOptions)
    check_cls_flags(options.flags)
    head: ClsFlHead = tp.root
    old: ClsFlFilter | None = found
    handle = old.handle if old is not None else request.handle or _free_handle(head)
    actions = tcf_exts_validate(net, tp, options.actions, how, options.flags)
    try:
        key, mask_key = fl_set_key(net, options.key)
        f = ClsFlFilter(handle, key, mask_key, options)
        _check_template(tp, mask_key)
        f.mask = _assign_mask(head, f, mask_key, old)
    except KernelError:
        tcf_exts_destroy(actions)
        raise
    f.actions = actions
    _insert(head, f, old)


def _assign_mask(head: ClsFlHead, f: ClsFlFilter, mask_key: FlowKey, old: ClsFlFilter | None) -> FlFlowMask:
    """fl_check_assign_mask and fl_ht_insert_unique: the mask of a filter, which must be alone with its key there."""
    mask = next((mask for mask in head.masks if mask.key == mask_key), None)
    if old is not None and mask is not old.mask:
        raise KernelError(Errno.EINVAL)
    if mask is not None and mask.ht.get(f.mkey) not in (None, old):
        raise KernelError(Errno.EEXIST)
    if f.skip_sw:
        raise KernelError(Errno.EOPNOTSUPP)
    return mask or FlFlowMask(mask_key)


def _insert(head: ClsFlHead, f: ClsFlFilter, old: ClsFlFilter | None) -> None:
    """The filter takes the place of the old one, or the last of its mask."""
    mask = f.mask
    if old is None:
        if not mask.filters:
            head.masks.append(mask)
        mask.filters.append(f)
    else:
        mask.filters[mask.filters.index(old)] = f
        del mask.ht[old.mkey]
        tcf_exts_destroy(old.actions)
    mask.ht[f.mkey] = f
    head.handle_idr[f.handle] = f


def _check_template(tp: TcfProto, mask_key: FlowKey) -> None:
    """fl_mask_fits_tmplt."""
    template = tp.chain.tmplt_priv
    if template is None:
        return
    bound: FlowKey = template[1]
    if any(bits & ~bound.get(field, 0) for field, bits in mask_key.items()):
        raise KernelError(Errno.EINVAL, "cls_flower: Mask does not fit the template")


def _free_handle(head: ClsFlHead) -> int:
    handle = 1
    while handle in head.handle_idr:
        handle += 1
    return handle


def _fl_delete(head: ClsFlHead, f: ClsFlFilter) -> None:
    del head.handle_idr[f.handle]
    mask = f.mask
    mask.filters.remove(f)
    del mask.ht[f.mkey]
    if not mask.filters:
        head.masks.remove(mask)
    tcf_exts_destroy(f.actions)


def _delete(tp: TcfProto, found: Any) -> bool:
    head: ClsFlHead = tp.root
    _fl_delete(head, found)
    return not head.masks


def _walk(tp: TcfProto) -> Iterator[ClsFlFilter]:
    head: ClsFlHead = tp.root
    for _, f in sorted(head.handle_idr.items()):
        yield f


def _dump(tp: TcfProto, found: Any) -> tuple[int, FlowerOptions]:
    f: ClsFlFilter = found
    if not f.flags & ClsFlags.SKIP_HW:
        tcf_exts_hw_stats_update(f.actions)
    key = fl_dump_key(tp.chain.block.q.dev.net, f.key, f.mask.key)
    return f.handle, FlowerOptions(key, tcf_exts_dump(f.actions), f.classid or None, f.flags)


def _tmplt_create(net: Net, request: FilterRequest) -> tuple[FlowKey, FlowKey]:
    options = request.options
    if options is None:
        raise KernelError(Errno.EINVAL)
    assert isinstance(options, FlowerOptions)
    return fl_set_key(net, options.key)


def _tmplt_dump(net: Net, template: Any) -> FlowerOptions:
    return FlowerOptions(fl_dump_key(net, *template))


# --- keys ---------------------------------------------------------------------------------------------------------


class _Keys:
    """A flow key and its mask while they are set."""

    __slots__ = ("key", "mask")

    def __init__(self) -> None:
        self.key: FlowKey = {}
        self.mask: FlowKey = {}

    def put(self, field: FlowField, value: int, bits: int) -> None:
        """Sets a field; a mask of nothing is none."""
        self.key[field] = value
        if bits:
            self.mask[field] = bits

    def number(self, field: FlowField, value: int | None, bits: int) -> None:
        """fl_set_key_val without a mask, where the attribute is there."""
        if value is not None:
            self.put(field, value, bits)

    def masked(self, field: FlowField, pair: Masked | MaskedBytes | None) -> None:
        """fl_set_key_val with a mask, where the attribute is there."""
        if pair is None:
            return
        value, bits = pair
        self.put(
            field,
            value if isinstance(value, int) else int.from_bytes(value),
            bits if isinstance(bits, int) else int.from_bytes(bits),
        )


def fl_set_key(net: Net, asked: FlowerKey) -> tuple[FlowKey, FlowKey]:
    """fl_set_key: the numbers that a request asks for, and under which mask."""
    keys = _Keys()
    if asked.indev is not None:
        keys.put(F.INGRESS_IFINDEX, tcf_change_indev(net, asked.indev), _U32)
    keys.masked(F.ETH_DST, asked.eth_dst)
    keys.masked(F.ETH_SRC, asked.eth_src)
    keys.number(F.NUM_OF_VLANS, asked.num_of_vlans, _U8)
    _set_vlan_keys(keys, asked)
    n_proto = keys.key.get(F.N_PROTO, 0)
    if n_proto in _IP:
        keys.number(F.IP_PROTO, asked.ip_proto, _U8)
        keys.masked(F.IP_TOS, asked.ip_tos)
        keys.masked(F.IP_TTL, asked.ip_ttl)
    _set_addresses(keys, asked)
    ip_proto = keys.key.get(F.IP_PROTO, 0)
    if ip_proto in _PORTS:
        _set_ports(keys, asked, ip_proto)
    elif n_proto in _ICMP_OF and ip_proto == _ICMP_OF[n_proto]:
        keys.masked(F.ICMP_TYPE, asked.icmp_type)
        keys.masked(F.ICMP_CODE, asked.icmp_code)
    elif n_proto in _ARP:
        keys.masked(F.ARP_SIP, asked.arp_sip)
        keys.masked(F.ARP_TIP, asked.arp_tip)
        keys.masked(F.ARP_OP, asked.arp_op)
        keys.masked(F.ARP_SHA, asked.arp_sha)
        keys.masked(F.ARP_THA, asked.arp_tha)
    if asked.ct_state is not None:
        _check_ct_state(asked.ct_state[0] & asked.ct_state[1])
        keys.masked(F.CT_STATE, asked.ct_state)
    keys.masked(F.FLAGS, asked.ip_flags)
    return keys.key, keys.mask


def _set_vlan_keys(keys: _Keys, asked: FlowerKey) -> None:
    """is_vlan_key and fl_set_key_vlan, for the outer and the inner tag."""
    vlans = asked.num_of_vlans or 0
    if not _is_vlan_key(keys, asked.eth_type, vlans > 0):
        return
    _set_vlan(keys, asked.eth_type, asked.vlan, (F.VLAN_ID, F.VLAN_PRIORITY, F.VLAN_TPID, F.VLAN_ETH_TYPE))
    if not _is_vlan_key(keys, asked.vlan.ethtype, vlans > 1):
        return
    inner = (F.CVLAN_ID, F.CVLAN_PRIORITY, F.CVLAN_TPID, F.CVLAN_ETH_TYPE)
    _set_vlan(keys, asked.vlan.ethtype, asked.cvlan, inner)
    keys.number(F.N_PROTO, asked.cvlan.ethtype, _U16)


def _is_vlan_key(keys: _Keys, ethertype: int | None, good_num_of_vlans: bool) -> bool:
    if ethertype is None:
        return good_num_of_vlans
    if good_num_of_vlans or ethertype in _VLANS:
        return True
    keys.put(F.N_PROTO, ethertype, _U16)
    return False


def _set_vlan(keys: _Keys, tpid: int | None, vlan: FlowerVlan, fields: tuple[FlowField, ...]) -> None:
    vid, priority, own, inner = fields
    keys.number(vid, vlan.vid, 0xFFF)
    keys.number(priority, vlan.prio, 7)
    keys.number(own, tpid, _U16)
    keys.number(inner, vlan.ethtype, _U16)


def _set_addresses(keys: _Keys, asked: FlowerKey) -> None:
    pairs = asked.ip_src, asked.ip_dst
    lengths = {len(pair[0]) for pair in pairs if pair is not None}
    if 4 in lengths:
        keys.put(F.ADDR_TYPE, AddrType.IPV4, _U16)
        fields = (F.IPV4_SRC, F.IPV4_DST)
    elif lengths:
        keys.put(F.ADDR_TYPE, AddrType.IPV6, _U16)
        fields = (F.IPV6_SRC, F.IPV6_DST)
    else:
        return
    for field, pair in zip(fields, pairs, strict=True):
        keys.masked(field, pair)


def _set_ports(keys: _Keys, asked: FlowerKey, ip_proto: int) -> None:
    keys.masked(F.TP_SRC, asked.src_port)
    keys.masked(F.TP_DST, asked.dst_port)
    if ip_proto == _TCP:
        keys.masked(F.TCP_FLAGS, asked.tcp_flags)
    ranges = (
        (asked.dst_port_range, F.TP_MIN_DST, F.TP_MAX_DST, "destination"),
        (asked.src_port_range, F.TP_MIN_SRC, F.TP_MAX_SRC, "source"),
    )
    for ports, low, high, name in ranges:
        if ports is None:
            continue
        if ports[1] <= ports[0]:
            complaint = f"Invalid {name} port range (min must be strictly smaller than max)"
            raise KernelError(Errno.EINVAL, complaint)
        keys.put(low, ports[0], _U16)
        keys.put(high, ports[1], _U16)


def _check_ct_state(state: int) -> None:
    """fl_validate_ct_state."""
    if state and not state & CT_TRACKED:
        raise KernelError(Errno.EINVAL, "no trk, so no other flag can be set")
    if state & CT_NEW and state & CT_ESTABLISHED:
        raise KernelError(Errno.EINVAL, "new and est are mutually exclusive")
    if state & CT_INVALID and state & ~(CT_TRACKED | CT_INVALID):
        raise KernelError(Errno.EINVAL, "when inv is set, only trk may be set")
    if state & CT_NEW and state & CT_REPLY:
        raise KernelError(Errno.EINVAL, "new and rpl are mutually exclusive")


class _Dump:
    """A flow key and its mask while they are told."""

    __slots__ = ("key", "mask")

    def __init__(self, key: FlowKey, mask: FlowKey) -> None:
        self.key = key
        self.mask = mask

    def number(self, field: FlowField) -> int | None:
        """fl_dump_key_val without a mask."""
        return self.key.get(field, 0) if field in self.mask else None

    def masked(self, field: FlowField) -> Masked | None:
        """fl_dump_key_val with a mask."""
        bits = self.mask.get(field)
        return None if bits is None else (self.key.get(field, 0), bits)

    def address(self, field: FlowField, length: int) -> MaskedBytes | None:
        """The same, as bytes."""
        pair = self.masked(field)
        return None if pair is None else (pair[0].to_bytes(length), pair[1].to_bytes(length))

    def range(self, low: FlowField, high: FlowField) -> tuple[int, int] | None:
        """fl_dump_key_port_range, of one end."""
        return (self.key[low], self.key[high]) if low in self.mask else None


def fl_dump_key(net: Net, key: FlowKey, mask: FlowKey) -> FlowerKey:
    """fl_dump_key: what a dump says of a key."""
    dump = _Dump(key, mask)
    indev = net.dev_get_by_index(key[F.INGRESS_IFINDEX]) if F.INGRESS_IFINDEX in mask else None
    v4, v6 = key.get(F.ADDR_TYPE) == AddrType.IPV4, key.get(F.ADDR_TYPE) == AddrType.IPV6
    vlan_ethtype = dump.number(F.CVLAN_TPID)
    cvlan_ethtype = None
    if F.N_PROTO in mask:
        if F.CVLAN_ETH_TYPE in mask:
            cvlan_ethtype = key[F.N_PROTO]
        elif F.VLAN_ETH_TYPE in mask:
            vlan_ethtype = key[F.VLAN_ETH_TYPE]
    return FlowerKey(
        indev=None if indev is None else indev.name,
        eth_dst=dump.address(F.ETH_DST, 6),
        eth_src=dump.address(F.ETH_SRC, 6),
        eth_type=dump.number(F.N_PROTO),
        num_of_vlans=dump.number(F.NUM_OF_VLANS),
        vlan=FlowerVlan(dump.number(F.VLAN_ID), dump.number(F.VLAN_PRIORITY), vlan_ethtype),
        cvlan=FlowerVlan(dump.number(F.CVLAN_ID), dump.number(F.CVLAN_PRIORITY), cvlan_ethtype),
        ip_proto=dump.number(F.IP_PROTO),
        ip_tos=dump.masked(F.IP_TOS),
        ip_ttl=dump.masked(F.IP_TTL),
        ip_dst=dump.address(F.IPV4_DST, 4) if v4 else dump.address(F.IPV6_DST, 16) if v6 else None,
        ip_src=dump.address(F.IPV4_SRC, 4) if v4 else dump.address(F.IPV6_SRC, 16) if v6 else None,
        dst_port=dump.masked(F.TP_DST),
        src_port=dump.masked(F.TP_SRC),
        dst_port_range=dump.range(F.TP_MIN_DST, F.TP_MAX_DST),
        src_port_range=dump.range(F.TP_MIN_SRC, F.TP_MAX_SRC),
        tcp_flags=dump.masked(F.TCP_FLAGS),
        icmp_type=dump.masked(F.ICMP_TYPE),
        icmp_code=dump.masked(F.ICMP_CODE),
        arp_sip=dump.address(F.ARP_SIP, 4),
        arp_tip=dump.address(F.ARP_TIP, 4),
        arp_op=dump.masked(F.ARP_OP),
        arp_sha=dump.address(F.ARP_SHA, 6),
        arp_tha=dump.address(F.ARP_THA, 6),
        ip_flags=dump.masked(F.FLAGS),
        ct_state=dump.masked(F.CT_STATE),
    )


CLS_FL_OPS = TcfProtoOps(
    "flower",
    fl_classify,
    _init,
    _destroy,
    _get,
    _change,
    _delete,
    _walk,
    _dump,
    tmplt_create=_tmplt_create,
    tmplt_dump=_tmplt_dump,
)
