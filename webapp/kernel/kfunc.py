"""@kfunc ties a function to the kernel function that it plays, and makes it traceable at no cost while nobody traces.

As ftrace patches the nop at the head of every kernel function only while somebody traces, ``recording()`` exchanges
the code of every kfunc for a trampoline while at least one recorder is at work in the process, and puts it back
after. A function that is not traced is exactly the function as written.
"""

from __future__ import annotations

import gc
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Token
from types import CodeType, FunctionType
from typing import Any, TypeVar, cast

from webapp.kernel.trace import RECORDER, Band, Lane, Recorder

F = TypeVar("F", bound=Callable[..., Any])

_BANDS = (
    ("drivers/", Band.DRIVER),
    ("net/core/dev.c", Band.DRIVER),
    ("net/core/skbuff.c", Band.DRIVER),
    ("net/sched/", Band.TC),
    ("net/netfilter/", Band.NETFILTER),
    ("include/linux/netfilter_netdev.h", Band.NETFILTER),
    ("net/", Band.L3),
    ("include/", Band.L3),
)


def _unbound() -> None:
    raise RuntimeError("a site that plays no function is not called")


class Site:
    """One kernel function: file, symbol, where it stands in the picture, and how its result is worded."""

    __slots__ = ("band", "dev_at", "file", "lane", "net_at", "original", "pkt_at", "sk_at", "skb_at", "station",
                 "symbol", "verdict")  # fmt: skip

    def __init__(
        self,
        file: str,
        symbol: str,
        band: Band | None = None,
        lane: Lane = Lane.NONE,
        station: str = "",
        verdict: Callable[[Any], str] | None = None,
    ) -> None:
        self.file = file
        self.symbol = symbol
        self.band = band or next(band for prefix, band in _BANDS if file.startswith(prefix))
        self.lane = lane
        self.station = station
        self.verdict = verdict
        self.original: Callable[..., Any] = _unbound
        self.skb_at = self.dev_at = self.net_at = self.sk_at = self.pkt_at = -1

    def bind(self, function: FunctionType) -> None:
        """Learns at which positions the function takes its packet, device, namespace and socket."""
        names = list(inspect.signature(function).parameters)
        for kind in ("skb", "dev", "net", "sk", "pkt"):
            setattr(self, f"{kind}_at", names.index(kind) if kind in names else -1)
        self.original = FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )


SITES: list[Site] = []
"""Every kfunc, in the order of definition: the source of docs/kernel-map.md."""

_functions: list[FunctionType] = []
_codes: list[CodeType] = []
_trampolines: list[CodeType] = []
_lock = threading.Lock()
_users = 0


def kfunc(
    file: str,
    symbol: str,
    *,
    band: Band | None = None,
    lane: Lane = Lane.NONE,
    station: str = "",
    verdict: Callable[[Any], str] | None = None,
) -> Callable[[F], F]:
    """Marks a function as playing ``symbol`` of the kernel's ``file``; it is called with all arguments, by position.

    ``station`` makes each run a stop of the picture; ``verdict`` words the result. The parameters named skb, dev,
    net, sk and pkt tell the recorder what the step is about.
    """

    def decorate(function: F) -> F:
        site = Site(file, symbol, band, lane, station, verdict)
        plain = cast("FunctionType", function)
        site.bind(plain)
        with _lock:
            SITES.append(site)
            _functions.append(plain)
            _codes.append(plain.__code__)
            _trampolines.append(_trampoline(plain, len(SITES) - 1))
            if _users:
                plain.__code__ = _trampolines[-1]
        return function

    return decorate


def _template(*args):  # type: ignore[no-untyped-def]
    return __ftrace_call__("__site__", args)  # type: ignore[name-defined]  # noqa: F821


def _trampoline(function: FunctionType, index: int) -> CodeType:
    """The template's code with the function's number and names in it; it must share the function's globals."""
    if function.__closure__:
        raise TypeError(f"{function.__qualname__} has a closure and cannot be traced")
    function.__globals__["__ftrace_call__"] = _ftrace_call
    code: CodeType = _template.__code__
    return code.replace(
        co_consts=tuple(index if const == "__site__" else const for const in code.co_consts),
        co_name=function.__code__.co_name,
        co_qualname=function.__code__.co_qualname,
        co_filename=function.__code__.co_filename,
        co_firstlineno=function.__code__.co_firstlineno,
    )


def _ftrace_call(index: int, args: tuple[Any, ...]) -> Any:
    site = SITES[index]
    original: Callable[..., Any] = site.original
    recorder = RECORDER.get()
    if recorder is None:
        return original(*args)
    skb = dev = None
    netns = ""
    if site.skb_at >= 0:
        skb = args[site.skb_at]
    elif site.pkt_at >= 0:
        skb = args[site.pkt_at].skb
    if site.dev_at >= 0:
        dev = args[site.dev_at]
    elif skb is None:
        if site.net_at >= 0:
            netns = args[site.net_at].name
        elif site.sk_at >= 0 and args[site.sk_at] is not None:
            netns = args[site.sk_at].net.name
    frame = recorder.enter(site, skb, dev, netns)
    result = None
    try:
        result = original(*args)
    finally:
        recorder.leave(frame, result)
    return result


def _patch(codes: list[CodeType]) -> None:
    for function, code in zip(_functions, codes, strict=True):
        function.__code__ = code


_away: list[Token[Recorder | None]] = []


def _collecting(phase: str, _: dict[str, int]) -> None:
    """Programs of machines that nobody has any more end now: what they close is no part of this thread's walk."""
    if phase == "start":
        _away[:] = [RECORDER.set(None)]
    elif _away:
        RECORDER.reset(_away.pop())


@contextmanager
def recording(recorder: Recorder) -> Iterator[Recorder]:
    """Runs the body with ``recorder`` at work in this thread."""
    global _users  # noqa: PLW0603 - the one static key of the process, as in the kernel
    with _lock:
        _users += 1
        if _users == 1:
            _patch(_trampolines)
            gc.callbacks.append(_collecting)
    token = RECORDER.set(recorder)
    try:
        yield recorder
    finally:
        RECORDER.reset(token)
        with _lock:
            _users -= 1
            if _users == 0:
                _patch(_codes)
                gc.callbacks.remove(_collecting)
