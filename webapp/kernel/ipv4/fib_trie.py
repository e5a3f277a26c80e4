"""How routing tables change (the other half of net/ipv4/fib_trie.c; fib_table.py searches them)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.fib_semantics import fib_create_info, fib_metrics_match, fib_nh_match, fib_release_info
from webapp.kernel.ipv4.fib_table import FibAlias, FibTable, fib_merge
from webapp.kernel.ipv4.ip_fib import FibConfig
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Rtn, Rtnh, RtScope

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_DEAD = int(Rtnh.DEAD)


def rt_cache_flush(net: Net) -> None:
    """rt_cache_flush (net/ipv4/route.c): routes that packets and next hops hold are looked up again."""
    net.ipv4.rt_genid += 1
    fib_merge(net)


def fib_find_alias(aliases: list[FibAlias], tos: int, priority: int) -> int:
    """fib_find_alias: the place of the first alias of this TOS and at least this priority, or where it would go."""
    for place, alias in enumerate(aliases):
        if alias.tos > tos:
            continue
        if alias.info.priority >= priority or alias.tos < tos:
            return place
    return len(aliases)


@kfunc("net/ipv4/fib_trie.c", "fib_table_insert")
def fib_table_insert(net: Net, table: FibTable, cfg: FibConfig) -> None:
    """Adds, replaces or appends a route as cfg.nlflags say: EEXIST, ENOENT, and all that fib_create_info refuses."""
    info = fib_create_info(net, cfg)
    aliases = table.find(cfg.dst, cfg.dst_len)
    first = place = fib_find_alias(aliases, cfg.tos, info.priority)
    new = FibAlias(table, cfg.dst, cfg.dst_len, cfg.tos, cfg.type, info)
    if place < len(aliases) and aliases[place].tos == cfg.tos and aliases[place].info.priority == info.priority:
        if cfg.nlflags & NlmFlags.EXCL:
            fib_release_info(net, info)
            raise KernelError(Errno.EEXIST)
        match = None
        while place < len(aliases) and aliases[place].tos == cfg.tos and aliases[place].info.priority == info.priority:
            if aliases[place].type == cfg.type and aliases[place].info is info:
                match = place
                break
            place += 1
        if cfg.nlflags & NlmFlags.REPLACE:
            if match is not None:
                fib_release_info(net, info)
                if match != first:
                    raise KernelError(Errno.EEXIST)
                return
            fib_release_info(net, table.replace(first, new).info)
            rt_cache_flush(net)
            return
        if match is not None:
            fib_release_info(net, info)
            raise KernelError(Errno.EEXIST)
        if not cfg.nlflags & NlmFlags.APPEND:
            place = first
    if not cfg.nlflags & NlmFlags.CREATE:
        fib_release_info(net, info)
        raise KernelError(Errno.ENOENT)
    table.insert(place, new)
    rt_cache_flush(net)


@kfunc("net/ipv4/fib_trie.c", "fib_table_delete")
def fib_table_delete(net: Net, table: FibTable, cfg: FibConfig) -> None:
    """Deletes the first route that fits; ESRCH where none does."""
    for alias in table.find(cfg.dst, cfg.dst_len):
        info = alias.info
        if (
            alias.tos == cfg.tos
            and cfg.type in (Rtn.UNSPEC, alias.type)
            and cfg.scope in (RtScope.NOWHERE, info.scope)
            and cfg.prefsrc in (None, info.prefsrc)
            and cfg.protocol in (0, info.protocol)
            and fib_nh_match(cfg, info)
            and fib_metrics_match(cfg, info)
        ):
            table.remove(alias)
            fib_release_info(net, info)
            rt_cache_flush(net)
            return
    raise KernelError(Errno.ESRCH)


def fib_table_flush(net: Net, table: FibTable) -> int:
    """fib_table_flush: routes whose next hops are all dead go; how many went."""
    dead = [alias for alias in table if alias.info.flags & _DEAD]
    for alias in dead:
        table.remove(alias)
        fib_release_info(net, alias.info)
    return len(dead)
