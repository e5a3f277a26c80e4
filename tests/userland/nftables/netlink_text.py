"""Reads what ``nft --debug=netlink`` prints (libnftnl 1.2) back into the kernel's records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.nftnl import META_KEYS

_META = {word: key for key, word in META_KEYS.items()}
_BASES = {"link": 0, "network": 1, "transport": 2, "inner": 3}
_OPS = ("eq", "neq", "lt", "lte", "gt", "gte")
_EXTHDR = ("ipv6", "tcpopt", "ipv4", "sctp", "dccp")
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_VERDICTS = {"drop": 0, "accept": 1, "continue": -1, "jump": -3, "goto": -4, "return": -5}
_FIB_FLAGS = {"saddr": 1, "daddr": 2, "mark": 4, "iif": 8, "oif": 16}
_FIB_RESULTS = {"oif": 1, "oifname": 2, "type": 3}


class Reader:
    """One rule; the lengths of registers are followed, since values are printed in whole words."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lengths: dict[int, int] = {}
        # what is written into a packet is as long as the place it is written to
        self.constants = [int(found) for found in re.findall(r"write (?:\w+ )?reg 1 => (\d+)b", "".join(lines))]
        self.keys: dict[str, int] = {}

    def data(self, words: str, length: int) -> bytes:
        return b"".join(int(word, 16).to_bytes(4, "little") for word in words.split())[:length]

    def length(self, register: int, words: str) -> int:
        return self.lengths.get(register, 4 * len(words.split()))

    def expr(self, line: str) -> nft.Expr:
        name, _, rest = line.strip().removeprefix("[ ").removesuffix("]").strip().partition(" ")
        return getattr(self, f"read_{name}")(rest.strip())

    def read_meta(self, text: str) -> nft.Expr:
        if match := re.fullmatch(r"load (\w+) => reg (\d+)", text):
            key = _META[match[1]]
            lengths = {"protocol": 2, "iiftype": 2, "oiftype": 2, "l4proto": 1, "nfproto": 1, "pkttype": 1}
            self.lengths[int(match[2])] = 16 if match[1].endswith("name") else lengths.get(match[1], 4)
            return nft.Meta(key, int(match[2]))
        match = re.fullmatch(r"set (\w+) with reg (\d+)", text)
        return nft.MetaSet(_META[match[1]], int(match[2]))

    def read_payload(self, text: str) -> nft.Expr:
        if match := re.fullmatch(r"load (\d+)b @ (\w+) header \+ (\d+) => reg (\d+)", text):
            length, offset, register = int(match[1]), int(match[3]), int(match[4])
            self.lengths[register] = length
            return nft.Payload(register, _BASES[match[2]], offset, length)
        pattern = r"write reg (\d+) => (\d+)b @ (\w+) header \+ (\d+) csum_type (\d+) csum_off (\d+) csum_flags 0x(\d+)"
        match = re.fullmatch(pattern, text)
        sreg, length, offset, type_, at, flags = (int(match[n]) for n in (1, 2, 4, 5, 6, 7))
        return nft.PayloadSet(sreg, _BASES[match[3]], offset, length, type_, at, flags)

    def read_cmp(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"(\w+) reg (\d+) (.*)", text)
        register = int(match[2])
        length = self.length(register, match[3])
        if len(match[3].split()) * 4 > (length + 3) // 4 * 4:
            length = 4 * len(match[3].split())
        data = self.data(match[3], length)
        if length == 16 and len(data) < 16:
            data = data.rstrip(b"\0")
        return nft.Cmp(register, _OPS.index(match[1]), data)

    def read_range(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"(\w+) reg (\d+) (\S+) (\S+)", text)
        length = self.length(int(match[2]), match[3])
        return nft.Range(int(match[2]), _OPS.index(match[1]), self.data(match[3], length), self.data(match[4], length))

    def read_bitwise(self, text: str) -> nft.Expr:
        if match := re.fullmatch(r"reg (\d+) = \( reg (\d+) & (.*) \) \^ (.*)", text):
            dreg, sreg = int(match[1]), int(match[2])
            length = self.length(sreg, match[3])
            self.lengths[dreg] = length
            return nft.Bitwise(sreg, dreg, length, mask=self.data(match[3], length), xor=self.data(match[4], length))
        match = re.fullmatch(r"reg (\d+) = \( reg (\d+) (<<|>>) (\S+) \)", text)
        op = nft.NFT_BITWISE_LSHIFT if match[3] == "<<" else nft.NFT_BITWISE_RSHIFT
        sreg, dreg = int(match[2]), int(match[1])
        self.lengths[dreg] = self.lengths[sreg]
        return nft.Bitwise(sreg, dreg, self.lengths[sreg], op, data=self.data(match[4], 4))

    def read_byteorder(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"reg (\d+) = (\w+)\(reg (\d+), (\d+), (\d+)\)", text)
        op = nft.NFT_BYTEORDER_HTON if match[2] == "hton" else nft.NFT_BYTEORDER_NTOH
        return nft.Byteorder(int(match[3]), int(match[1]), op, int(match[5]), int(match[4]))

    def read_immediate(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"reg (\d+) (.*)", text)
        register = int(match[1])
        if register:
            self.lengths[register] = self.constants.pop(0) if self.constants else 4 * len(match[2].split())
            return nft.Immediate(register, self.data(match[2], self.lengths[register]))
        word, _, chain = match[2].partition(" -> ")
        return nft.Immediate(0, nft.Verdict(_VERDICTS[word], chain.strip()))

    def read_lookup(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"reg (\d+) set (\S+)(?: dreg (\d+))?(?: 0x(\w+))?", text)
        self.keys.setdefault(match[2], self.lengths[int(match[1])])
        dreg = int(match[3]) if match[3] else None
        if dreg:
            self.lengths[dreg] = 4
        return nft.Lookup(match[2], int(match[1]), dreg, int(match[4] or "0", 16))

    def read_counter(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"pkts (\d+) bytes (\d+)", text)
        return nft.Counter(int(match[2]), int(match[1]))

    def read_limit(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"rate (\d+)/(\w+) burst (\d+) type (\w+) flags 0x(\w+)", text)
        kind = nft.NFT_LIMIT_PKTS if match[4] == "packets" else nft.NFT_LIMIT_PKT_BYTES
        return nft.Limit(int(match[1]), _UNITS[match[2]], int(match[3]), kind, int(match[5], 16))

    def read_quota(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"bytes (\d+) consumed (\d+) flags (\d+)", text)
        return nft.Quota(int(match[1]), int(match[3]), int(match[2]))

    def read_objref(self, text: str) -> nft.Expr:
        if match := re.fullmatch(r"type (\d+) name (\S+)", text):
            return nft.Objref(int(match[1]), match[2])
        match = re.fullmatch(r"sreg (\d+) set (\S+)", text)
        self.keys.setdefault(match[2], self.lengths[int(match[1])])
        return nft.ObjrefMap(int(match[1]), match[2])

    def read_dynset(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"(\w+) reg_key (\d+) set (\S+)(?: timeout (\d+)ms)?(.*)", text)
        exprs = tuple(self.expr(inner) for inner in re.findall(r"expr (\[ .*? \])", match[5]))
        op = ("add", "update", "delete").index(match[1])
        flags = nft.NFT_DYNSET_F_EXPR if len(exprs) > 1 else 0
        return nft.Dynset(match[3], op, int(match[2]), timeout=int(match[4] or 0), expressions=exprs, flags=flags)

    def read_numgen(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"reg (\d+) = (\w+) mod (\d+)(?: offset (\d+))?", text)
        return nft.Numgen(int(match[1]), int(match[3]), int(match[2] != "inc"), int(match[4] or 0))

    def read_hash(self, text: str) -> nft.Expr:
        if match := re.fullmatch(r"reg (\d+) = jhash\(reg (\d+), (\d+), 0x(\w+)\) % mod (\d+)(?: offset (\d+))?", text):
            dreg, sreg, length, modulus = (int(match[n]) for n in (1, 2, 3, 5))
            return nft.Hash(dreg, modulus, 0, sreg, length, int(match[4], 16), int(match[6] or 0))
        match = re.fullmatch(r"reg (\d+) = symhash\(\) % mod (\d+)", text)
        return nft.Hash(int(match[1]), int(match[2]), nft.NFT_HASH_SYM)

    def read_log(self, text: str) -> nft.Expr:
        match = re.fullmatch(
            r"(?:prefix (.*?) )?(?:group (\d+) snaplen (\d+) qthreshold (\d+)|level (\d+))((?: \w+)*)", text
        )
        flags = {"tcpseq": 1, "tcpopt": 2, "ipopt": 4, "uid": 8, "macdecode": 32}
        total = sum(flags[word] for word in match[6].split())
        group, level = (None if match[n] is None else int(match[n]) for n in (2, 5))
        return nft.Log(match[1], group, int(match[3] or 0), int(match[4] or 0), level, total)

    def read_exthdr(self, text: str) -> nft.Expr:
        if match := re.fullmatch(r"load (\w+) (\d+)b @ (\d+) \+ (\d+)( present)? => reg (\d+)", text):
            length, type_, offset, register = (int(match[n]) for n in (2, 3, 4, 6))
            self.lengths[register] = length
            return nft.Exthdr(register, type_, offset, length, _EXTHDR.index(match[1]), int(bool(match[5])))
        if match := re.fullmatch(r"reset (\w+) (\d+)", text):
            return nft.ExthdrSet(int(match[2]), _EXTHDR.index(match[1]))
        match = re.fullmatch(r"write (\w+) reg (\d+) => (\d+)b @ (\d+) \+ (\d+)", text)
        sreg, length, type_, offset = (int(match[n]) for n in (2, 3, 4, 5))
        return nft.ExthdrSet(type_, _EXTHDR.index(match[1]), sreg, offset, length)

    def read_fwd(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"sreg_dev (\d+)(?: sreg_addr (\d+) nfproto (\d+))?", text)
        return nft.Fwd(*(None if number is None else int(number) for number in match.groups()))

    def read_dup(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"sreg_dev (\d+)", text)
        return nft.Dup(sreg_dev=int(match[1]))

    def read_reject(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"type (\d+) code (\d+)", text)
        return nft.Reject(int(match[1]), int(match[2]))

    def read_fib(self, text: str) -> nft.Expr:
        match = re.fullmatch(r"(.*) (\w+)( present)? => reg (\d+)", text)
        flags = sum(_FIB_FLAGS[word] for word in match[1].split(" . "))
        self.lengths[int(match[4])] = 4
        return nft.Fib(int(match[4]), _FIB_RESULTS[match[2]], flags | (nft.NFTA_FIB_F_PRESENT if match[3] else 0))

    def read_notrack(self, _: str) -> nft.Expr:
        return nft.Notrack()


def elements(line: str, length: int) -> tuple[nft.SetElem, ...]:
    """The elements of a set as they are printed, of keys of ``length`` bytes."""
    found = []
    for text in re.findall(r"element (.*?) (\d) \[end\]", line):
        key_text, _, data_text = text[0].partition(":")
        first, _, last = key_text.partition("-")
        key = _words(first, length)
        key_end = _words(last, length) if last else None
        flags = int(text[1])
        found.append(nft.SetElem(key, key_end, _data(data_text.strip()), flags & 1 if key else 2))
    return tuple(found)


def _words(text: str, length: int) -> bytes | None:
    return b"".join(int(word, 16).to_bytes(4, "little") for word in text.split())[:length] or None


def _data(text: str) -> nft.Data | None:
    if not text:
        return None
    word, _, chain = text.partition(" -> ")
    if word in _VERDICTS:
        return nft.Verdict(_VERDICTS[word], chain)
    return b"".join(int(part, 16).to_bytes(4, "little") for part in text.split())
