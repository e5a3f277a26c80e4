"""Errors of configuration requests, as the kernel answers them over netlink.

Numbers are the generic Linux ones (include/uapi/asm-generic/errno-base.h, errno.h). In the packet path nothing
raises: there a packet ends with a verdict or a drop reason, and functions return negative numbers as the kernel does.
"""

from __future__ import annotations

from enum import IntEnum


class Errno(IntEnum):
    """The errno values that the model answers with."""

    EPERM = 1
    ENOENT = 2
    ESRCH = 3
    EINTR = 4
    ENXIO = 6
    E2BIG = 7
    EAGAIN = 11
    ENOMEM = 12
    EACCES = 13
    EBUSY = 16
    EEXIST = 17
    EXDEV = 18
    ENODEV = 19
    EINVAL = 22
    ENFILE = 23
    EMFILE = 24
    EFBIG = 27
    ENOSPC = 28
    EMLINK = 31
    EPIPE = 32
    EDOM = 33
    ERANGE = 34
    ENOSYS = 38
    ELOOP = 40
    ENODATA = 61
    ENONET = 64
    EPROTO = 71
    EOVERFLOW = 75
    EDESTADDRREQ = 89
    EMSGSIZE = 90
    ENOPROTOOPT = 92
    EPROTONOSUPPORT = 93
    ESOCKTNOSUPPORT = 94
    EOPNOTSUPP = 95
    EPFNOSUPPORT = 96
    EAFNOSUPPORT = 97
    EADDRINUSE = 98
    EADDRNOTAVAIL = 99
    ENETDOWN = 100
    ENETUNREACH = 101
    ECONNRESET = 104
    ENOBUFS = 105
    EISCONN = 106
    ENOTCONN = 107
    ETIMEDOUT = 110
    ECONNREFUSED = 111
    EHOSTDOWN = 112
    EHOSTUNREACH = 113
    EALREADY = 114
    EINPROGRESS = 115

    @property
    def strerror(self) -> str:
        """What strerror(3) of glibc says for it."""
        return _STRERROR[self]


_STRERROR = {
    Errno.EPERM: "Operation not permitted",
    Errno.ENOENT: "No such file or directory",
    Errno.ESRCH: "No such process",
    Errno.EINTR: "Interrupted system call",
    Errno.ENXIO: "No such device or address",
    Errno.E2BIG: "Argument list too long",
    Errno.EAGAIN: "Resource temporarily unavailable",
    Errno.ENOMEM: "Cannot allocate memory",
    Errno.EACCES: "Permission denied",
    Errno.EBUSY: "Device or resource busy",
    Errno.EEXIST: "File exists",
    Errno.EXDEV: "Invalid cross-device link",
    Errno.ENODEV: "No such device",
    Errno.EINVAL: "Invalid argument",
    Errno.ENFILE: "Too many open files in system",
    Errno.EMFILE: "Too many open files",
    Errno.EFBIG: "File too large",
    Errno.ENOSPC: "No space left on device",
    Errno.EMLINK: "Too many links",
    Errno.EPIPE: "Broken pipe",
    Errno.EDOM: "Numerical argument out of domain",
    Errno.ERANGE: "Numerical result out of range",
    Errno.ENOSYS: "Function not implemented",
    Errno.ELOOP: "Too many levels of symbolic links",
    Errno.ENODATA: "No data available",
    Errno.ENONET: "Machine is not on the network",
    Errno.EPROTO: "Protocol error",
    Errno.EOVERFLOW: "Value too large for defined data type",
    Errno.EDESTADDRREQ: "Destination address required",
    Errno.EMSGSIZE: "Message too long",
    Errno.ENOPROTOOPT: "Protocol not available",
    Errno.EPROTONOSUPPORT: "Protocol not supported",
    Errno.ESOCKTNOSUPPORT: "Socket type not supported",
    Errno.EOPNOTSUPP: "Operation not supported",
    Errno.EPFNOSUPPORT: "Protocol family not supported",
    Errno.EAFNOSUPPORT: "Address family not supported by protocol",
    Errno.EADDRINUSE: "Address already in use",
    Errno.EADDRNOTAVAIL: "Cannot assign requested address",
    Errno.ENETDOWN: "Network is down",
    Errno.ENETUNREACH: "Network is unreachable",
    Errno.ECONNRESET: "Connection reset by peer",
    Errno.ENOBUFS: "No buffer space available",
    Errno.EISCONN: "Transport endpoint is already connected",
    Errno.ENOTCONN: "Transport endpoint is not connected",
    Errno.ETIMEDOUT: "Connection timed out",
    Errno.ECONNREFUSED: "Connection refused",
    Errno.EHOSTDOWN: "Host is down",
    Errno.EHOSTUNREACH: "No route to host",
    Errno.EALREADY: "Operation already in progress",
    Errno.EINPROGRESS: "Operation now in progress",
}


class KernelError(Exception):
    """A request that the kernel refuses.

    ``errno`` is positive; ``extack`` is the text that the kernel attaches (NLMSGERR_ATTR_MSG), empty where it has
    none; ``where`` may hold the request's part at fault (for nft, the object that carries the location).
    """

    def __init__(self, errno: Errno, extack: str = "", where: object = None) -> None:
        super().__init__(extack or errno.strerror)
        self.errno = errno
        self.extack = extack
        self.where = where
