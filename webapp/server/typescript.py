"""static/src/protocol.ts from protocol.py: ``python -m webapp.server.typescript > static/src/protocol.ts``.

Reads the types with msgspec.inspect; every struct becomes an interface, every tagged struct carries its ``type``.
"""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any

import msgspec

from webapp.server import protocol

_SCALARS: dict[type, str] = {
    msgspec.inspect.StrType: "string",
    msgspec.inspect.IntType: "number",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.BoolType: "boolean",
    msgspec.inspect.NoneType: "null",
    msgspec.inspect.BytesType: "string",
}


class _Writer:
    """Collects the declarations in the order in which they are met."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}

    def word(self, type_: msgspec.inspect.Type) -> str:
        """The TypeScript of one type; structs and enums are declared on the way."""
        match type_:
            case msgspec.inspect.StructType():
                self.struct(type_)
                return type_.cls.__name__
            case msgspec.inspect.EnumType():
                self.enum(type_.cls)
                return type_.cls.__name__
            case msgspec.inspect.LiteralType():
                return " | ".join(f'"{value}"' for value in type_.values)
            case msgspec.inspect.UnionType():
                return " | ".join(self.word(part) for part in type_.types)
            case msgspec.inspect.VarTupleType() | msgspec.inspect.ListType():
                item = self.word(type_.item_type)
                return f"({item})[]" if "|" in item else f"{item}[]"
            case msgspec.inspect.TupleType():
                return f"[{', '.join(self.word(part) for part in type_.item_types)}]"
        return _SCALARS[type(type_)]

    def struct(self, type_: msgspec.inspect.StructType) -> None:
        """Declares an interface, with the docstring of the class."""
        name = type_.cls.__name__
        if name in self.declared:
            return
        self.declared[name] = ""  # holds the place, and ends recursion
        fields = [f'  type: "{type_.tag}";'] if type_.tag is not None else []
        fields += [f"  {field.encode_name}: {self.word(field.type)};" for field in type_.fields]
        self.declared[name] = f"{_comment(type_.cls)}export interface {name} {{\n" + "\n".join(fields) + "\n}\n"

    def enum(self, cls: type[Enum]) -> None:
        """Declares a union of string literals."""
        values = " | ".join(f'"{member.value}"' for member in cls)
        self.declared.setdefault(cls.__name__, f"{_comment(cls)}export type {cls.__name__} = {values};\n")


def _comment(cls: type[Any]) -> str:
    text = inspect.getdoc(cls) or ""
    lines = [f" * {line}".rstrip() for line in text.splitlines()]
    return "/**\n" + "\n".join(lines) + "\n */\n"


def generate() -> str:
    """The whole file."""
    writer = _Writer()
    infos = msgspec.inspect.multi_type_info(protocol.DOCUMENT)
    for info in infos:
        writer.word(info)
    unions = "".join(
        f"export type {name} = {' | '.join(part.__name__ for part in getattr(protocol, name).__args__)};\n"
        for name in ("Request", "Answer", "Operation", "ProgressRequest", "RoomRequest", "RoomAnswer")
    )
    head = "// Generated from webapp/server/protocol.py by `make docs`. Do not edit.\n\n"
    head += f"export const PROTOCOL_VERSION = {protocol.PROTOCOL_VERSION};\n\n"
    return head + "\n".join(writer.declared.values()) + "\n" + unions


if __name__ == "__main__":
    print(generate(), end="")  # noqa: T201 - a generator of text
