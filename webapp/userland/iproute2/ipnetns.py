"""ip netns (ip/ipnetns.c)."""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.boot import add_namespace, del_namespace
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import INIT_PID
from webapp.kernel.errno import KernelError
from webapp.kernel.uapi.if_link import DumpNsids, GetNsid, NewNsid
from webapp.userland.iproute2.arguments import (
    FAILURE,
    USAGE,
    Arguments,
    Exit,
    duparg,
    get_integer,
    invarg,
    lookup,
    not_modelled,
)
from webapp.userland.iproute2.ip_common import NETNS_RUN_DIR, Ip, namespace_names, netns_switch
from webapp.userland.jobs import Result

USAGE_TEXT = """\
Usage: ip netns { list | list-id | add NAME | set NAME { N | auto } | identify | pids NAME }
       ip [ -all ] netns delete [ NAME ]
       ip [ -all ] netns exec [ NAME ] COMMAND...
"""

_NAME_MAX = 255


def do_netns(ip: Ip, args: Arguments) -> Result:
    """``ip netns …``."""
    if not args:
        return netns_list(ip, args)
    command = args.take()
    if not ip.do_all and args and _invalid_name(args.peek()):
        raise Exit(USAGE, f'Invalid netns name "{args.peek()}"\n')
    run = lookup(COMMANDS, command)
    if run is None:
        raise Exit(USAGE, f'Command "{command}" is unknown, try "ip netns help".\n')
    return run(ip, args)


def _invalid_name(name: str) -> bool:
    return name in ("", ".", "..") or len(name.encode()) > _NAME_MAX or "/" in name


def get_name_from_nsid(ip: Ip, nsid: int) -> str | None:
    """The name under which a numbered namespace stands in /run/netns."""
    for name in namespace_names(ip.process):
        if get_netnsid_from_name(ip, name) == nsid:
            return name
    return None


def get_netnsid_from_name(ip: Ip, name: str) -> int:
    """The number that a named namespace has in the one we are in, negative if it has none."""
    nsid: int = ip.rtnl_talk(GetNsid(ip.process.machine.namespaces[name]))
    return nsid


def netns_list(ip: Ip, args: Arguments) -> int:
    """Names, with the numbers that they have here."""
    for name in namespace_names(ip.process):
        nsid = get_netnsid_from_name(ip, name)
        ip.write(f"{name} (id: {nsid})\n" if nsid >= 0 else f"{name}\n")
    return 0


def netns_list_id(ip: Ip, args: Arguments) -> int:
    """The numbers that are given here."""
    asked = -1
    while args:
        word = args.take()
        if word == "target-nsid":
            not_modelled('"target-nsid"')
        if word != "nsid":
            raise Exit(USAGE, USAGE_TEXT)
        if asked >= 0:
            duparg("nsid", word)
        value = args.value()
        number = get_integer(value)
        if number is None:
            invarg('"nsid" value is invalid', value)
        asked = number
    for nsid in ip.rtnl_talk(DumpNsids()):
        if asked in (-1, nsid):
            name = get_name_from_nsid(ip, nsid)
            ip.write(f"nsid {nsid} " + (f"(iproute2 netns name: {name})\n" if name else "\n"))
    return 0


def netns_add(ip: Ip, args: Arguments) -> int:
    """A new namespace under a name."""
    if not args:
        raise Exit(FAILURE, "No netns name specified\n")
    name = args.take()
    try:
        add_namespace(ip.process.machine, name)
    except KernelError as error:
        path = f"{NETNS_RUN_DIR}/{name}"
        raise Exit(FAILURE, f'Cannot create namespace file "{path}": {error.errno.strerror}\n') from error
    return 0


def netns_set(ip: Ip, args: Arguments) -> int:
    """Gives a namespace a number in the one we are in."""
    if not args:
        raise Exit(FAILURE, "No netns name specified\n")
    name = args.take()
    if not args:
        raise Exit(FAILURE, "No nsid specified\n")
    text = args.take()
    nsid = -1 if text == "auto" else get_integer(text)
    if nsid is None:
        invarg('Invalid "netnsid" value', text)
    if text != "auto" and nsid < 0:
        invarg('"netnsid" value should be >= 0', text)
    net = _open(ip, name)
    ip.rtnl_talk(NewNsid(net, nsid))
    return 0


def _open(ip: Ip, name: str) -> Net:
    net = ip.process.machine.namespaces.get(name)
    if net is None:
        raise Exit(FAILURE, f'Cannot open network namespace "{name}": No such file or directory\n')
    return net


def netns_delete(ip: Ip, args: Arguments) -> int:
    """Takes a name, or with -all every one, and the namespace with it."""
    if ip.do_all:
        names = namespace_names(ip.process)
    elif args:
        names = [args.take()]
    else:
        raise Exit(FAILURE, "No netns name specified\n")
    for name in names:
        try:
            del_namespace(ip.process.machine, name)
        except KernelError as error:
            path = f"{NETNS_RUN_DIR}/{name}"
            raise Exit(FAILURE, f'Cannot remove namespace file "{path}": {error.errno.strerror}\n') from error
    return 0


def netns_identify(ip: Ip, args: Arguments) -> int:
    """The name of the namespace that a process is in; the only processes of the model are ourselves and 1."""
    pid = args.take() if args else "self"
    if args:
        raise Exit(FAILURE, "extra arguments specified\n")
    if pid != "self" and not (pid.isascii() and pid.isdigit()):
        raise Exit(FAILURE, f"Specified string '{pid}' is not a pid\n")
    if pid not in ("self", str(INIT_PID)):
        raise Exit(FAILURE, "Cannot open network namespace: No such file or directory\n")
    ip.write(f"{ip.net.name if pid == 'self' else ''}\n")
    return 0


def netns_pids(ip: Ip, args: Arguments) -> int:
    """The processes of a namespace: none outlives the line that started it."""
    if not args:
        raise Exit(FAILURE, "No netns name specified\n")
    name = args.take()
    if args:
        raise Exit(FAILURE, "extra arguments specified\n")
    if name not in ip.process.machine.namespaces:
        raise Exit(FAILURE, "Cannot open network namespace: No such file or directory\n")
    return 0


def netns_exec(ip: Ip, args: Arguments) -> Result:
    """Runs a program in a namespace, or with -all in each one: its exit code."""
    if not ip.do_all and not args:
        raise Exit(FAILURE, "No netns name specified\n")
    name = "" if ip.do_all else args.take()
    if not args:
        raise Exit(FAILURE, "No command specified\n")
    argv = args.rest()
    if not ip.do_all:
        return _execute(ip, netns_switch(ip.process, name), argv)
    for each in namespace_names(ip.process):
        ip.write(f"\nnetns: {each}\n")
        ip.process.complete(_execute(ip, netns_switch(ip.process, each), argv))
    return 0


def _execute(ip: Ip, net: Net, argv: list[str]) -> Result:
    result = ip.process.start(argv, net)
    if result is None:
        raise Exit(FAILURE, f'exec of "{argv[0]}" failed: No such file or directory\n')
    return result


def usage(ip: Ip, args: Arguments) -> int:
    """``ip netns help``."""
    raise Exit(USAGE, USAGE_TEXT)


def _monitor(ip: Ip, args: Arguments) -> int:
    not_modelled('"ip netns monitor"')


def _attach(ip: Ip, args: Arguments) -> int:
    not_modelled('"ip netns attach"')


COMMANDS: dict[str, Callable[[Ip, Arguments], Result]] = {
    "list*": netns_list,
    "show*": netns_list,
    "lst*": netns_list,
    "list-id*": netns_list_id,
    "help*": usage,
    "add*": netns_add,
    "set*": netns_set,
    "delete*": netns_delete,
    "identify*": netns_identify,
    "pids*": netns_pids,
    "exec*": netns_exec,
    "monitor*": _monitor,
    "attach*": _attach,
}
