"""Sets and maps (set_evaluate, mnl_nft_set_add)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables import userdata
from webapp.userland.nftables.batch.batch import BatchEvaluator
from webapp.userland.nftables.datatype import Byteorder, Output
from webapp.userland.nftables.elements import room
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import field_lengths
from webapp.userland.nftables.linearize import stateful
from webapp.userland.nftables.print import expr_print
from webapp.userland.nftables.proto import TH, ProtoBase
from webapp.userland.nftables.rule import SetDecl

_ORDERS = {Byteorder.INVALID: 0, Byteorder.HOST: 1, Byteorder.BIG: 2}


class SetCommands(BatchEvaluator):
    """Sets, without their elements."""

    def add_set(self, data: SetDecl, flags: int) -> None:
        """A named set or map, without elements."""
        made = self.declared_set(data)
        handle = data.handle
        existing = self.ruleset.find_set(handle.family, handle.table.name, handle.set.name)
        if existing is not None:
            self._check_existing(made, existing)
            made = replace(made, flags=made.flags | (existing.flags & uapi.NFT_SET_EVAL), init=existing.init)
        self.set_id += 1
        made = replace(made, id=self.set_id)
        self.ruleset.set_changed(replace(made, init=made.init if existing is not None else None))
        self.emit_set(made, flags)

    def declared_set(self, data: SetDecl) -> SetDecl:
        """A declaration with all its types known (set_evaluate)."""
        kind = "map" if data.is_map else "set"
        self.require_table()
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
            return ex.value_range(inner, inner, value.location)
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

    def emit_set(self, declared: SetDecl, flags: int) -> None:
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
        self.emit(message, handle)

    def _set_size(self, declared: SetDecl) -> int:
        """The most elements: of an anonymous set those that it has, with an end for each interval."""
        if not declared.anonymous or not isinstance(declared.init, ex.Set):
            return declared.size
        return room(declared, declared.init)


def _bytes(expr: ex.Expr) -> int:
    """Bytes of a key or of data: fields and ends of ranges in whole registers."""
    if isinstance(expr, ex.Range):
        return 2 * dt.padded(expr.left.len) // 8
    return -(-expr.len // 8)


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
        made += _typeof(userdata.SET_KEY_TYPEOF, key)
        if value is not None and value.dtype is not dt.VERDICT and not declared.flags & uapi.NFT_SET_OBJECT:
            plain = value.left if isinstance(value, ex.Range) else value
            made += _typeof(userdata.SET_DATA_TYPEOF, plain)
    if isinstance(value, ex.Range):
        made += userdata.put_number(userdata.SET_DATA_INTERVAL, 1)
    if declared.comment is not None:
        made += userdata.put_text(userdata.SET_COMMENT, declared.comment)
    return made


def _typeof(type_: int, expr: ex.Expr) -> bytes:
    """A key or data as the expression that it was given as (expr_ops.build_udata); ports have their names."""
    parts = expr.expressions if isinstance(expr, ex.Concat) else (expr,)
    named = tuple(_port(part) if isinstance(part, ex.Payload) else part for part in parts)
    fields = [
        userdata.Field(
            part.dtype.type,
            dt.INTEGERS.index(part.dtype) if part.dtype in dt.INTEGERS else 0,
            _ORDERS[part.byteorder],
            part.len,
        )
        for part in named
    ]
    text = " . ".join(expr_print(part, Output()) for part in named)
    return userdata.put_typeof(type_, text, fields)


def _port(field: ex.Payload) -> ex.Payload:
    """payload_init_raw: two bytes where ports are, are ports."""
    if field.is_raw and field.base is ProtoBase.TRANSPORT and field.len == 16 and field.offset in (0, 16):
        return ex.payload_of(TH, TH.templates["dport" if field.offset else "sport"])
    return field
