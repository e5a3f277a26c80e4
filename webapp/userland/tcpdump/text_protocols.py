"""Protocols of lines of text, of which tcpdump shows the first line (print.c, txtproto_print)."""

from __future__ import annotations

_HTTP = frozenset((
    "get", "put", "copy", "head", "lock", "move", "poll", "post", "bcopy", "bmove", "mkcol", "trace", "label", "merge",
    "delete", "search", "unlock", "report", "update", "notify", "bdelete", "connect", "options", "checkin", "propfind",
    "checkout", "ccm_post", "subscribe", "proppatch", "bpropfind", "bproppatch", "uncheckout", "mkactivity",
    "mkworkspace", "unsubscribe", "rpc_connect", "version-control", "baseline-control",
))  # fmt: skip
_FTP = frozenset((
    "acct", "allo", "appe", "cwd", "dele", "eprt", "epsv", "help", "list", "mdtm", "mkd", "mode", "nlst", "pass",
    "pasv", "port", "pwd", "quit", "rein", "rest", "retr", "rmd", "rnfr", "rnto", "size", "stat", "stor", "stou",
    "syst", "type", "user",
))  # fmt: skip
_SMTP = frozenset((
    "bdat", "data", "ehlo", "expn", "helo", "help", "mail", "noop", "quit", "rcpt", "rset", "vrfy",
))  # fmt: skip

_PROTOCOLS = {21: ("FTP", _FTP, False), 25: ("SMTP", _SMTP, False), 22: ("SSH", None, False),
              **dict.fromkeys((80, 8080, 3128), ("HTTP", _HTTP, True))}  # fmt: skip


def text_protocol(ports: tuple[int, int], payload: bytes, *, verbose: bool) -> str:
    """What is added to a TCP segment's line for one of these protocols; empty for other ports."""
    found = next((_PROTOCOLS[port] for port in ports if port in _PROTOCOLS), None)
    if found is None:
        return ""
    name, commands, second = found
    shown = f": {name}"
    if not _is_request_or_response(payload, commands, second):
        return shown
    if not verbose:
        line = _printable(payload.split(b"\n", 1)[0].removesuffix(b"\r"))
        return shown if line is None else f"{shown}: {line}"
    shown += f", length: {len(payload)}"
    rest = payload
    while rest:
        line_bytes, _, rest = rest.partition(b"\n")
        line = _printable(line_bytes.removesuffix(b"\r"))
        if line is None:
            break
        shown += f"\n\t{line}"
    return shown


def _is_request_or_response(payload: bytes, commands: frozenset[str] | None, second: bool) -> bool:
    if commands is None:
        return True
    words = payload.split(maxsplit=2)
    if not words:
        return False
    first = words[0].decode("latin-1").lower()
    if first in commands:
        return True
    code = words[1] if second and len(words) > 1 else words[0]
    return len(code) == 3 and code.isdigit()


def _printable(line: bytes) -> str | None:
    """A line of printable ASCII, None where it is none."""
    return line.decode() if all(0x20 <= byte < 0x7F or byte == 0x09 for byte in line) else None
