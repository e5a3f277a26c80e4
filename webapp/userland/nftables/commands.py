"""Commands to batch messages (nftables src/evaluate.c, cmd_evaluate; mnl.c; cmd.c, nft_cmd_expand).

``Compiler.command`` evaluates one command and appends what the kernel is to do, each message with the places that its
fields were typed at, so that the kernel's refusals can be shown where they belong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field, structs
from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables import userdata
from webapp.userland.nftables.cache import RuleRef, RulesetCache
from webapp.userland.nftables.datatype import Byteorder, Names, Output
from webapp.userland.nftables.elements import placed_elements, room
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate_stmt import RuleEvaluator
from webapp.userland.nftables.expression import expr_name, field_lengths
from webapp.userland.nftables.intervals import IntervalError, bounds, key_of, merged, sorted_ranges
from webapp.userland.nftables.linearize import Linearizer, stateful
from webapp.userland.nftables.location import NOWHERE, Location
from webapp.userland.nftables.print import expr_print
from webapp.userland.nftables.rule import (
    CT_TIMEOUT_STATES,
    FAMILY_NAMES,
    ChainDecl,
    Cmd,
    CmdObj,
    CmdOp,
    FlowtableDecl,
    Handle,
    ObjDecl,
    Priority,
    RuleDecl,
    SetDecl,
    TableDecl,
)

_CREATE = uapi.NLM_F_CREATE
_EXCL = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL
NFT_CHAIN_BASE_HOOKS: dict[int, dict[str, int]] = {
    NFPROTO_INET: {"prerouting": 0, "input": 1, "forward": 2, "output": 3, "postrouting": 4, "ingress": 5},
    NFPROTO_ARP: {"input": 0, "output": 1, "forward": 2},
    NFPROTO_NETDEV: {"ingress": 0, "egress": 1},
}
for _family in (NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_BRIDGE):
    NFT_CHAIN_BASE_HOOKS[_family] = {
        name: number for name, number in NFT_CHAIN_BASE_HOOKS[NFPROTO_INET].items() if name != "ingress"
    }

_IP_FAMILIES = frozenset((NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6))
_PRIORITIES: dict[str, tuple[int, frozenset[int], str | None]] = {
    "raw": (-300, _IP_FAMILIES, None),
    "mangle": (-150, _IP_FAMILIES, None),
    "dstnat": (-100, _IP_FAMILIES, "prerouting"),
    "filter": (0, _IP_FAMILIES | {NFPROTO_ARP, NFPROTO_NETDEV}, None),
    "security": (50, _IP_FAMILIES, None),
    "srcnat": (100, _IP_FAMILIES, "postrouting"),
}
_BRIDGE_PRIORITIES: dict[str, tuple[int, frozenset[int], str | None]] = {
    "dstnat": (-300, frozenset((NFPROTO_BRIDGE,)), "prerouting"),
    "filter": (-200, frozenset((NFPROTO_BRIDGE,)), None),
    "out": (100, frozenset((NFPROTO_BRIDGE,)), "output"),
    "srcnat": (300, frozenset((NFPROTO_BRIDGE,)), "postrouting"),
}
"""Names of priorities: the number, the families, and the hooks (None: all) that know them (std_prios)."""

_OBJECT_TYPES = {
    CmdObj.COUNTER: uapi.NFT_OBJECT_COUNTER,
    CmdObj.QUOTA: uapi.NFT_OBJECT_QUOTA,
    CmdObj.LIMIT: uapi.NFT_OBJECT_LIMIT,
    CmdObj.SECMARK: uapi.NFT_OBJECT_SECMARK,
    CmdObj.SYNPROXY: uapi.NFT_OBJECT_SYNPROXY,
    CmdObj.CT_HELPER: uapi.NFT_OBJECT_CT_HELPER,
    CmdObj.CT_TIMEOUT: uapi.NFT_OBJECT_CT_TIMEOUT,
    CmdObj.CT_EXPECT: uapi.NFT_OBJECT_CT_EXPECT,
}


class Placed(Struct, frozen=True):
    """A message, and where its fields were typed; ``expressions`` and ``elements`` one by one."""

    message: uapi.Message
    where: Location
    fields: dict[str, Location] = field(default_factory=dict)
    expressions: tuple[Location, ...] = ()
    elements: tuple[Location, ...] = ()
    host_order: tuple[bool, ...] = ()

    def locate(self, attribute: str, index: int) -> Location:
        """The place of a field that the kernel complains of."""
        several = {"expressions": self.expressions, "elements": self.elements}.get(attribute, ())
        if 0 <= index < len(several) and several[index].start >= 0:
            return several[index]
        return self.fields.get(attribute, self.where)


def _places(handle: Handle) -> dict[str, Location]:
    """Where the parts of a handle stand; the name of a message is its most special part."""
    found = {"table": handle.table.location}
    for attribute, spec in (
        ("chain", handle.chain),
        ("set", handle.set),
        ("name", handle.chain),
        ("name", handle.set),
        ("name", handle.obj),
        ("name", handle.flowtable),
    ):
        if spec:
            found[attribute] = spec.location
    if handle.handle:
        found["handle"] = handle.handle.location
    if handle.position:
        found["position"] = handle.position.location
    found.setdefault("name", handle.table.location)
    return found


class Compiler(RuleEvaluator):
    """Evaluates commands one after the other into one batch."""

    def __init__(self, cache: RulesetCache, names: Names) -> None:
        super().__init__(cache, names)
        self.ruleset = cache
        self.batch: list[Placed] = []
        self.where = NOWHERE
        self.rule_id = 0
        self.fresh_sets: set[tuple[int, str, str]] = set()

    def command(self, cmd: Cmd) -> None:
        """One command that changes the ruleset. Raises NftError; the batch is then of no use."""
        self.cmd = cmd
        self.where = cmd.location
        handler = _COMMANDS.get(cmd.op)
        if handler is None:
            raise NftError(f"{cmd.op.value} is not supported here", cmd.location)
        handler(self, cmd)

    def finished(self) -> list[Placed]:
        """The batch, its sets with all that later commands found out about them."""
        return [self._completed(placed) for placed in self.batch]

    def _completed(self, placed: Placed) -> Placed:
        message = placed.message
        if not isinstance(message, uapi.NewSet):
            return placed
        known = self.ruleset.find_set(message.family, message.table, message.name)
        if known is None or known.anonymous:
            return placed
        return replace(
            placed, message=structs.replace(message, flags=message.flags | (known.flags & uapi.NFT_SET_EVAL))
        )

    def _emit(self, message: uapi.Message, handle: Handle, **more: tuple[Location, ...] | tuple[bool, ...]) -> None:
        self.batch.append(Placed(message, self.where, _places(handle), **more))  # type: ignore[arg-type]

    def _require_table(self) -> None:
        handle = self.cmd.handle
        if not self.ruleset.table(handle.family, handle.table.name):
            raise self.table_not_found()

    # --- add and create ---------------------------------------------------------------------------------------------

    def add(self, cmd: Cmd) -> None:
        flags = _EXCL if cmd.op is CmdOp.CREATE else _CREATE
        data = cmd.data
        if isinstance(data, TableDecl):
            self.add_table(data, flags)
        elif isinstance(data, ChainDecl):
            self.add_chain(data, flags)
            for rule in data.rules:
                self.add_rule(rule, CmdOp.ADD)
        elif isinstance(data, SetDecl):
            self.add_set(data, flags)
            self.add_set_elements(data)
        elif isinstance(data, FlowtableDecl):
            self.add_flowtable(data, flags)
        elif isinstance(data, ObjDecl):
            self.add_object(data, flags)
        elif isinstance(data, RuleDecl):
            self.add_rule(data, cmd.op)
        else:
            assert isinstance(data, ex.Expr)
            self.add_elements(cmd, data, flags)

    def add_table(self, data: TableDecl, flags: int) -> None:
        """A table; then its chains, objects, sets and flowtables, at last elements and rules."""
        handle = data.handle
        self.ruleset.tables.add((handle.family, handle.table.name))
        comment = b"" if data.comment is None else userdata.put_text(userdata.COMMENT, data.comment)
        self._emit(uapi.NewTable(handle.family, handle.table.name, data.flags, comment, flags), handle)
        errors: list[NftError] = []
        ordered = [
            cmd
            for kind in (ChainDecl, ObjDecl, SetDecl, FlowtableDecl)
            for cmd in data.commands
            if isinstance(cmd.data, kind)
        ]
        outer = self.cmd
        for cmd in ordered:
            self.cmd = cmd
            self.where = _places(cmd.handle)["name"]
            self._collect(errors, self._add_declaration, cmd)
        for cmd in ordered:
            self.cmd = cmd
            if isinstance(cmd.data, SetDecl):
                self._collect(errors, self.add_set_elements_of, cmd)
        for cmd in ordered:
            self.cmd = cmd
            if isinstance(cmd.data, ChainDecl):
                for rule in cmd.data.rules:
                    self._collect(errors, self._add_block_rule, rule)
        self.cmd = outer
        if errors:
            raise SeveralError(errors)

    def _collect(self, errors: list[NftError], function: Callable[[Any], None], argument: object) -> None:
        try:
            function(argument)
        except NftError as error:
            errors.append(error)

    def _add_declaration(self, cmd: Cmd) -> None:
        data = cmd.data
        if isinstance(data, ChainDecl):
            self.add_chain(data, _CREATE)
        elif isinstance(data, SetDecl):
            self.add_set(data, _CREATE)
        elif isinstance(data, FlowtableDecl):
            self.add_flowtable(data, _CREATE)
        elif isinstance(data, ObjDecl):
            self.add_object(data, _CREATE)

    def add_set_elements_of(self, cmd: Cmd) -> None:
        """The elements that a set of a table's block is declared with."""
        assert isinstance(cmd.data, SetDecl)
        self.add_set_elements(cmd.data)

    def _add_block_rule(self, rule: RuleDecl) -> None:
        self.add_rule(rule, CmdOp.ADD)

    # --- chains -----------------------------------------------------------------------------------------------------

    def add_chain(self, data: ChainDecl, flags: int) -> None:
        """A chain; base chains with hook, priority and devices."""
        self._require_table()
        handle = data.handle
        self.ruleset.chains.add((handle.family, handle.table.name, handle.chain.name))
        hook = self._hook(data)
        policy = data.policy
        number = None
        if policy is not None:
            number = self._policy(policy)
        comment = b"" if data.comment is None else userdata.put_text(userdata.COMMENT, data.comment)
        message = uapi.NewChain(
            handle.family,
            handle.table.name,
            handle.chain.name,
            hook,
            number,
            data.type.name or None,
            data.flags,
            userdata=comment,
            nlmsg_flags=flags,
        )
        places = _places(handle) | {"hook": data.hook.location, "type": data.type.location}
        self.batch.append(Placed(message, self.where, places, elements=_device_places(data.devices)))

    def _policy(self, expr: ex.Expr) -> int:
        if isinstance(expr, ex.Symbol):
            words = {"accept": 1, "drop": 0}
            if expr.identifier not in words:
                raise NftError("wrong policy", expr.location)
            return words[expr.identifier]
        assert isinstance(expr, ex.Value)
        return expr.value

    def _hook(self, data: ChainDecl) -> uapi.Hook | None:
        if not data.hook:
            if data.devices is None:
                return None
            # Devices for a chain that exists already.
            return uapi.Hook(0, 0, _device_names(data.devices))
        family = data.handle.family
        number = NFT_CHAIN_BASE_HOOKS[family].get(data.hook.name)
        if number is None:
            raise NftError(f"The {FAMILY_NAMES[family]} family does not support this hook", data.hook.location)
        assert data.priority is not None
        priority = self.priority(data.priority, family, data.hook.name)
        needs_device = family == NFPROTO_NETDEV or (family == NFPROTO_INET and data.hook.name == "ingress")
        if not needs_device and data.devices is not None:
            raise NftError("This chain type cannot be bound to device", data.devices.location)
        if needs_device and data.devices is None:
            raise NftError("Missing `device' in this chain definition", data.location)
        return uapi.Hook(number, priority, _device_names(data.devices))

    def priority(self, priority: Priority, family: int, hook: str) -> int:
        """The number of a priority."""
        if not priority.name:
            return priority.offset
        table = _BRIDGE_PRIORITIES if family == NFPROTO_BRIDGE else _PRIORITIES
        number, families, hooks = table.get(priority.name, (0, frozenset(), None))
        if family not in families or (hooks is not None and hook not in hooks.split()):
            raise NftError("invalid priority expression value in this context.", priority.location)
        return number + priority.offset

    def add_flowtable(self, data: FlowtableDecl, flags: int) -> None:
        """A flowtable."""
        self._require_table()
        handle = data.handle
        if not data.hook or data.priority is None:
            raise NftError("missing hook and priority in flowtable declaration", data.location)
        number = NFT_CHAIN_BASE_HOOKS[NFPROTO_NETDEV].get(data.hook.name)
        if number is None:
            raise NftError(f"invalid hook {data.hook.name}", data.hook.location)
        hook = uapi.Hook(
            number, self.priority(data.priority, NFPROTO_NETDEV, data.hook.name), _device_names(data.devices)
        )
        message = uapi.NewFlowtable(handle.family, handle.table.name, handle.flowtable.name, hook, data.flags, flags)
        self._emit(message, handle)

    def add_object(self, data: ObjDecl, flags: int) -> None:
        """A stateful object."""
        self._require_table()
        handle = data.handle
        made = data.data
        if made is None:
            raise NftError("missing options", data.location)
        if isinstance(made, uapi.CtExpect) and not (made.l4proto and made.dport and made.timeout and made.size):
            raise NftError("missing options", data.location)
        if isinstance(made, uapi.CtTimeout):
            given = dict(made.data)
            states = CT_TIMEOUT_STATES.get(made.l4proto, {}).values()
            made = structs.replace(made, data=tuple((number, given.get(number, default)) for number, default in states))
        comment = b"" if data.comment is None else userdata.put_text(userdata.COMMENT, data.comment)
        self._emit(uapi.NewObj(handle.family, handle.table.name, handle.obj.name, made, comment, flags), handle)

    # --- rules ------------------------------------------------------------------------------------------------------

    def add_rule(self, rule: RuleDecl, op: CmdOp) -> None:
        """A rule with the anonymous sets and chains that it needs."""
        if self.cmd.obj is not CmdObj.RULE:
            self.where = rule.location
        self.implicit_sets = []
        evaluated = self.rule(rule)
        handle = rule.handle
        for declared in self.implicit_sets:
            self._emit_set(declared, _CREATE)
            if isinstance(declared.init, ex.Set) and declared.init.expressions:
                self._emit_elements(declared, declared.init, first_segment=True, flags=_CREATE)
        stmts = self._bound_chains(evaluated.stmts, handle)
        linear = Linearizer()
        expressions = linear.rule(stmts)
        comment = b"" if rule.comment is None else userdata.put_text(userdata.COMMENT, rule.comment)
        self.rule_id += 1
        message = uapi.NewRule(
            handle.family,
            handle.table.name,
            handle.chain.name,
            expressions,
            comment,
            handle.handle.id or None,
            handle.position.id or None,
            self.rule_id,
            nlmsg_flags=_RULE_FLAGS[op],
        )
        message = self._placed_rule(message, handle, op)
        self._emit(message, handle, expressions=tuple(linear.locations), host_order=tuple(linear.host_order))

    def _placed_rule(self, message: uapi.NewRule, handle: Handle, op: CmdOp) -> uapi.NewRule:
        """Keeps the order of the chain's rules known, and turns an index into the rule that it means."""
        refs = self.ruleset.chain_rules(handle.family, handle.table.name, handle.chain.name)
        own: RuleRef = ("id", message.id)
        at = len(refs) if op is CmdOp.ADD else 0
        if handle.index:
            if handle.index.id >= len(refs):
                raise NftError("Could not process rule: No such file or directory", handle.index.location)
            kind, number = refs[handle.index.id]
            at = handle.index.id + (op is CmdOp.ADD)
            message = (
                structs.replace(message, position=number)
                if kind == "handle"
                else structs.replace(message, position_id=number)
            )
        elif handle.position and ("handle", handle.position.id) in refs:
            at = refs.index(("handle", handle.position.id)) + (op is CmdOp.ADD)
        if op is CmdOp.REPLACE:
            known = ("handle", handle.handle.id)
            if known in refs:
                refs[refs.index(known)] = own
        else:
            refs.insert(at, own)
        return message

    def _bound_chains(self, stmts: Sequence[st.Stmt], handle: Handle) -> tuple[st.Stmt, ...]:
        """jump { … }: makes the chain without name, and the verdict that goes to it."""
        made: list[st.Stmt] = []
        for stmt in stmts:
            if not isinstance(stmt, st.ChainStmt):
                made.append(stmt)
                continue
            self.chain_id += 1
            name = f"__chain{self.chain_id}"
            self._emit(
                uapi.NewChain(
                    handle.family, handle.table.name, name, flags=uapi.NFT_CHAIN_BINDING, chain_id=self.chain_id
                ),
                handle,
            )
            for rule in stmt.rules:
                linear = Linearizer()
                inner = self._bound_chains(rule, handle)
                message = uapi.NewRule(handle.family, handle.table.name, name, linear.rule(inner))
                self._emit(message, handle, expressions=tuple(linear.locations))
            made.append(st.VerdictStmt(ex.verdict(stmt.verdict, name, stmt.location), location=stmt.location))
        return tuple(made)

    # --- sets -------------------------------------------------------------------------------------------------------

    def add_set(self, data: SetDecl, flags: int) -> None:
        """A named set or map, without elements."""
        made = self.declared_set(data)
        handle = data.handle
        key = (handle.family, handle.table.name, handle.set.name)
        existing = self.ruleset.find_set(*key)
        if existing is not None:
            self._check_existing(made, existing)
            made = replace(made, flags=made.flags | (existing.flags & uapi.NFT_SET_EVAL), init=existing.init)
        else:
            self.fresh_sets.add(key)
        self.set_id += 1
        made = replace(made, id=self.set_id)
        self.ruleset.set_changed(replace(made, init=made.init if existing is not None else None))
        self._emit_set(made, flags)

    def declared_set(self, data: SetDecl) -> SetDecl:
        """A declaration with all its types known (set_evaluate)."""
        kind = "map" if data.is_map else "set"
        self._require_table()
        if data.key is None:
            raise NftError(f"{kind} definition does not specify key", data.location)
        if data.automerge and not data.flags & uapi.NFT_SET_INTERVAL:
            raise NftError("auto-merge only works with interval sets", data.location)
        key = self._set_type(data.key, data, kind)
        flags = data.flags | (uapi.NFT_SET_TIMEOUT if data.timeout else 0)
        field_len: tuple[int, ...] = ()
        if isinstance(key, ex.Concat) and flags & uapi.NFT_SET_INTERVAL:
            field_len = field_lengths(key)
            flags |= uapi.NFT_SET_CONCAT
        value = data.data
        if flags & uapi.NFT_SET_MAP:
            if value is None:
                raise NftError("map definition does not specify mapping data type", data.location)
            value = self._data_type(value, data, kind)
        elif flags & uapi.NFT_SET_OBJECT:
            value = ex.value(0, dt.STRING, Byteorder.HOST, 256 * 8)
        for stmt in data.stmts:
            if not isinstance(stmt, st.STATEFUL):
                raise NftError(f"{kind} statement must be stateful", stmt.location)
        if len(data.stmts) > 1:
            flags |= uapi.NFT_SET_EXPR
        automerge = data.automerge and not field_len
        return replace(data, key=key, data=value, flags=flags, field_len=field_len, automerge=automerge)

    def _data_type(self, value: ex.Expr, data: SetDecl, kind: str) -> ex.Expr:
        if isinstance(value, ex.Range):
            inner = self._set_type(value.left, data, kind)
            return ex.Range(
                inner, inner, dtype=inner.dtype, byteorder=inner.byteorder, len=inner.len, location=value.location
            )
        if value.dtype is dt.VERDICT:
            return value
        return self._set_type(value, data, kind)

    def _set_type(self, key: ex.Expr, data: SetDecl, kind: str) -> ex.Expr:
        if isinstance(key, ex.Concat):
            fields = tuple(self._typeof(part) for part in key.expressions)
            for part in fields:
                if part.len == 0:
                    raise NftError(
                        f"can not use variable sized data types ({part.dtype.name}) in concat expressions",
                        part.location,
                        key.location,
                    )
            return ex.concat(fields, key.location)
        made = self._typeof(key)
        if made.len == 0:
            raise NftError(
                f'unqualified type {made.dtype.name} specified in {kind} definition. Try "typeof expression" instead '
                f'of "type datatype".',
                data.location,
            )
        return made

    def _typeof(self, expr: ex.Expr) -> ex.Expr:
        """A selector that only lends its type: what depends on the rule is taken from the table."""
        if isinstance(expr, ex.Rt) and expr.dtype is dt.INVALID:
            return replace(expr, dtype=dt.IPADDR, len=32)
        return expr

    def _check_existing(self, made: SetDecl, existing: SetDecl) -> None:
        if made.flags & uapi.NFT_SET_INTERVAL and not existing.flags & uapi.NFT_SET_INTERVAL:
            kind = "map" if made.is_map else "set"
            raise NftError(f"existing {kind} lacks interval flag", made.location)

    def _emit_set(self, declared: SetDecl, flags: int) -> None:
        handle = declared.handle
        key, value = declared.key, declared.data
        assert key is not None
        data_type = data_len = 0
        if declared.flags & uapi.NFT_SET_MAP and value is not None:
            data_type = uapi.NFT_DATA_VERDICT if value.dtype is dt.VERDICT else value.dtype.type
            data_len = _bytes(value)
        message = uapi.NewSet(
            handle.family,
            handle.table.name,
            handle.set.name,
            declared.id,
            declared.flags & ~uapi.NFT_SET_EXPR if not declared.stmts else declared.flags,
            key.dtype.type,
            _bytes(key),
            data_type,
            data_len,
            declared.objtype,
            declared.policy or 0,
            self._set_size(declared),
            declared.field_len,
            declared.timeout,
            declared.gc_interval,
            tuple(stateful(stmt) for stmt in declared.stmts),
            set_userdata(declared),
            flags,
        )
        self._emit(message, handle)

    def _set_size(self, declared: SetDecl) -> int:
        """The most elements: of an anonymous set those that it has, with an end for each interval."""
        if not declared.anonymous or not isinstance(declared.init, ex.Set):
            return declared.size
        return room(declared, declared.init)

    def add_set_elements(self, data: SetDecl) -> None:
        """The elements of a declaration."""
        if data.init is None:
            return
        handle = data.handle
        known = self.ruleset.find_set(handle.family, handle.table.name, handle.set.name)
        if known is None:
            return
        self._add_to(known, data.init, _CREATE)

    def add_elements(self, cmd: Cmd, init: ex.Expr, flags: int) -> None:
        """add element."""
        self._add_to(self._known_set(cmd), init, flags)

    def _known_set(self, cmd: Cmd) -> SetDecl:
        self._require_table()
        handle = cmd.handle
        known = self.ruleset.find_set(handle.family, handle.table.name, handle.set.name)
        if known is None:
            raise self.set_not_found(handle.set.name, handle.set.location)
        return known

    def evaluated_elements(self, known: SetDecl, init: ex.Expr) -> ex.Set:
        """Elements for a known set (setelem_evaluate)."""
        key = known.key
        assert key is not None
        self.set = known
        self.stmt = None
        self.stmt_len = 0
        self.context(key.dtype, key.len, key.byteorder)
        try:
            made = self.expr(init)
        finally:
            self.set = None
        if not isinstance(made, ex.Set):
            raise NftError(
                f"Set {known.handle.set.name}: Unexpected initial type {expr_name(made)}, missing {{ }}?", init.location
            )
        return made

    def _add_to(self, known: SetDecl, init: ex.Expr, flags: int) -> None:
        made = self.evaluated_elements(known, init)
        present = known.init.expressions if isinstance(known.init, ex.Set) else ()
        if known.flags & uapi.NFT_SET_INTERVAL and not known.flags & uapi.NFT_SET_CONCAT:
            made = self._intervals(known, made, present)
        together = (*present, *made.expressions)
        self.ruleset.set_changed(replace(known, init=ex.Set(together, location=made.location)))
        if made.expressions:
            self._emit_elements(known, made, first_segment=not present, flags=flags)

    def _intervals(self, known: SetDecl, made: ex.Set, present: Sequence[ex.Expr]) -> ex.Set:
        """New intervals in order. With auto-merge those of the kernel that they join with are replaced."""
        if not known.automerge:
            ordered = self.intervals(made, automerge=False)
            try:
                sorted_ranges((*present, *ordered.expressions))
            except IntervalError as error:
                new = error.element if error.element in ordered.expressions else error.other
                raise NftError("interval overlaps with an existing one", new.location) from None
            return ordered
        joined = merged((*present, *made.expressions))
        before = {bounds(key_of(elem)) for elem in present if not isinstance(key_of(elem), ex.SetElemCatchall)}
        after = {bounds(key_of(elem)) for elem in joined if not isinstance(key_of(elem), ex.SetElemCatchall)}
        gone = [elem for elem in present if _bounds(elem) in before - after]
        if gone:
            self._emit_deletion(known, replace(made, expressions=tuple(gone)))
        return replace(made, expressions=tuple(elem for elem in joined if _bounds(elem) not in before))

    def _emit_elements(self, known: SetDecl, init: ex.Set, *, first_segment: bool, flags: int) -> None:
        handle = known.handle
        pairs = list(placed_elements(known, init, first_segment=first_segment))
        message = uapi.NewSetElem(
            handle.family,
            handle.table.name,
            handle.set.name,
            tuple(elem for _, elem in pairs),
            known.id,
            flags,
        )
        self._emit(message, self._element_handle(handle), elements=tuple(expr.location for expr, _ in pairs))

    def _element_handle(self, handle: Handle) -> Handle:
        return replace(handle, table=self.cmd.handle.table or handle.table)

    # --- delete, destroy, flush, rename -----------------------------------------------------------------------------

    def delete(self, cmd: Cmd) -> None:
        destroy = cmd.op is CmdOp.DESTROY
        handle = cmd.handle
        family, table, number = handle.family, handle.table.name, handle.handle.id or None
        if cmd.obj is CmdObj.TABLE:
            self.ruleset.forget_table(family, table or None)
            self._emit(uapi.DelTable(family, table or None, number, destroy), handle)
        elif cmd.obj is CmdObj.CHAIN:
            self._delete_chain(cmd, number, destroy=destroy)
        elif cmd.obj is CmdObj.RULE:
            self._emit(uapi.DelRule(family, table, handle.chain.name, number, destroy=destroy), handle)
            refs = self.ruleset.chain_rules(family, table, handle.chain.name)
            if number is not None and ("handle", number) in refs:
                refs.remove(("handle", number))
        elif cmd.obj is CmdObj.SET:
            self.ruleset.sets.pop((family, table, handle.set.name), None)
            self._emit(uapi.DelSet(family, table, handle.set.name or None, number, destroy), handle)
        elif cmd.obj is CmdObj.ELEMENTS:
            assert isinstance(cmd.data, ex.Expr)
            self._delete_elements(cmd, cmd.data, destroy=destroy)
        elif cmd.obj is CmdObj.FLOWTABLE:
            hook = None
            if isinstance(cmd.data, FlowtableDecl):
                hook = uapi.Hook(0, 0, _device_names(cmd.data.devices))
            self._emit(uapi.DelFlowtable(family, table, handle.flowtable.name or None, number, hook, destroy), handle)
        else:
            kind = _OBJECT_TYPES[cmd.obj]
            self._emit(uapi.DelObj(family, table, kind, handle.obj.name or None, number, destroy), handle)

    def _delete_chain(self, cmd: Cmd, number: int | None, *, destroy: bool) -> None:
        handle = cmd.handle
        hook = None
        if isinstance(cmd.data, ChainDecl):
            hook = self._hook(cmd.data)
        else:
            self.ruleset.chains.discard((handle.family, handle.table.name, handle.chain.name))
        message = uapi.DelChain(handle.family, handle.table.name, handle.chain.name or None, number, hook, destroy)
        self._emit(message, handle)

    def _delete_elements(self, cmd: Cmd, init: ex.Expr, *, destroy: bool) -> None:
        known = self._known_set(cmd)
        made = self.evaluated_elements(known, init)
        present = known.init.expressions if isinstance(known.init, ex.Set) else ()
        if known.flags & uapi.NFT_SET_INTERVAL and not known.flags & uapi.NFT_SET_CONCAT:
            there = {_bounds(elem) for elem in present}
            for elem in made.expressions:
                if _bounds(elem) not in there and not destroy:
                    raise NftError("element does not exist", elem.location)
        gone = {_bounds(elem) for elem in made.expressions}
        kept = tuple(elem for elem in present if _bounds(elem) not in gone)
        self.ruleset.set_changed(replace(known, init=ex.Set(kept)))
        self._emit_deletion(known, made, destroy=destroy)

    def _emit_deletion(self, known: SetDecl, made: ex.Set, *, destroy: bool = False) -> None:
        handle = known.handle
        pairs = list(placed_elements(known, made, first_segment=False))
        message = uapi.DelSetElem(
            handle.family,
            handle.table.name,
            handle.set.name,
            tuple(elem for _, elem in pairs),
            known.id,
            destroy,
        )
        self._emit(message, self._element_handle(handle), elements=tuple(expr.location for expr, _ in pairs))

    def flush(self, cmd: Cmd) -> None:
        handle = cmd.handle
        family, table = handle.family, handle.table.name
        if cmd.obj is CmdObj.RULESET:
            self.ruleset.forget_table(family, None)
            self._emit(uapi.DelTable(family), handle)
        elif cmd.obj is CmdObj.TABLE:
            self.ruleset.rules = {key: refs for key, refs in self.ruleset.rules.items() if key[:2] != (family, table)}
            self._emit(uapi.DelRule(family, table), handle)
        elif cmd.obj is CmdObj.CHAIN:
            self.ruleset.rules[family, table, handle.chain.name] = []
            self._emit(uapi.DelRule(family, table, handle.chain.name), handle)
        else:
            known = self._known_set(cmd)
            if known.is_map != (cmd.obj is CmdObj.MAP):
                raise self.set_not_found(handle.set.name, handle.set.location)
            self.ruleset.set_changed(replace(known, init=ex.Set(())))
            self._emit(uapi.DelSetElem(family, table, handle.set.name), handle)

    def rename(self, cmd: Cmd) -> None:
        handle = cmd.handle
        self._require_table()
        key = (handle.family, handle.table.name, handle.chain.name)
        if key not in self.ruleset.chains:
            near = self.ruleset.near_chain(handle.chain.name)
            hint = ""
            if near is not None:
                hint = f"; did you mean chain ‘{near[2]}’ in table {FAMILY_NAMES[near[0]]} ‘{near[1]}’?"
            raise NftError(f"No such file or directory{hint}", handle.chain.location)
        number = self.ruleset.chain_handle(*key)
        self.ruleset.chains.discard(key)
        self.ruleset.chains.add((*key[:2], cmd.new_name))
        self._emit(uapi.NewChain(handle.family, handle.table.name, cmd.new_name, handle=number), handle)


class SeveralError(NftError):
    """Several errors of one command."""

    errors: tuple[NftError, ...]

    def __init__(self, errors: Sequence[NftError]) -> None:
        first = errors[0]
        super().__init__(first.message, first.location, first.second)
        self.errors = tuple(
            error for group in errors for error in (group.errors if isinstance(group, SeveralError) else (group,))
        )


_BLOCK_ORDER = (ChainDecl, ObjDecl, SetDecl, FlowtableDecl)
"""What a table's block declares, in the order in which it is sent."""

_RULE_FLAGS = {
    CmdOp.ADD: uapi.NLM_F_CREATE | uapi.NLM_F_APPEND,
    CmdOp.INSERT: uapi.NLM_F_CREATE,
    CmdOp.REPLACE: uapi.NLM_F_REPLACE,
}

_COMMANDS: dict[CmdOp, Callable[[Compiler, Cmd], None]] = {
    CmdOp.ADD: Compiler.add,
    CmdOp.CREATE: Compiler.add,
    CmdOp.INSERT: Compiler.add,
    CmdOp.REPLACE: Compiler.add,
    CmdOp.DELETE: Compiler.delete,
    CmdOp.DESTROY: Compiler.delete,
    CmdOp.FLUSH: Compiler.flush,
    CmdOp.RENAME: Compiler.rename,
}


def _bounds(elem: ex.Expr) -> object:
    key = key_of(elem)
    return bounds(key) if isinstance(key, ex.Value | ex.Range | ex.Prefix) else key


def _bytes(expr: ex.Expr) -> int:
    """Bytes of a key or of data: fields and ends of ranges in whole registers."""
    if isinstance(expr, ex.Range):
        return 2 * dt.padded(expr.left.len) // 8
    return -(-expr.len // 8)


def _device_names(devices: ex.Expr | None) -> tuple[str, ...]:
    if not isinstance(devices, ex.List):
        return ()
    return tuple(dt.string_text(name.value) for name in devices.expressions if isinstance(name, ex.Value))


def _device_places(devices: ex.Expr | None) -> tuple[Location, ...]:
    return tuple(name.location for name in devices.expressions) if isinstance(devices, ex.List) else ()


_ORDERS = {Byteorder.INVALID: 0, Byteorder.HOST: 1, Byteorder.BIG: 2}


def set_userdata(declared: SetDecl) -> bytes:
    """What nft wants to know of a set when it lists it."""
    key, value = declared.key, declared.data
    assert key is not None
    made = userdata.put_number(userdata.SET_KEYBYTEORDER, _ORDERS[key.byteorder])
    if value is not None:
        made += userdata.put_number(userdata.SET_DATABYTEORDER, _ORDERS[value.byteorder])
    if declared.automerge:
        made += userdata.put_number(userdata.SET_MERGE_ELEMENTS, 1)
    if declared.typeof:
        made += userdata.put_text(userdata.SET_KEY_TYPEOF, expr_print(key, Output()))
        if value is not None and value.dtype is not dt.VERDICT and not declared.flags & uapi.NFT_SET_OBJECT:
            plain = value.left if isinstance(value, ex.Range) else value
            made += userdata.put_text(userdata.SET_DATA_TYPEOF, expr_print(plain, Output()))
    if isinstance(value, ex.Range):
        made += userdata.put_number(userdata.SET_DATA_INTERVAL, 1)
    if declared.comment is not None:
        made += userdata.put_text(userdata.SET_COMMENT, declared.comment)
    return made
