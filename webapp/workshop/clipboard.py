"""Copy: the commands that stand for things. Paste: the same commands under names and addresses that are free."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network

from webapp.kernel.core.net_device import NetDevice
from webapp.workshop.document import Document, apply
from webapp.workshop.draft import Draft
from webapp.workshop.names import IPV4, MAC, literals, networks, peer
from webapp.workshop.nft_text import structure
from webapp.workshop.operations import Change, Copy, Item, OperationError, Paste
from webapp.workshop.references import Reference, references
from webapp.workshop.ruleset import doomed, without_parts
from webapp.workshop.run import Run, Thing, run

_ROUNDS = 6
_STEM = re.compile(r"(.*?)\d*\Z")


def copy(draft: Draft, operation: Copy) -> None:
    """The commands about the things alone; a namespace brings both ends of its cables."""
    things = _chosen(draft.run, operation.items)
    while True:
        found = [index for index in range(len(draft.document.commands)) if _stands_for(draft.run, index, things)]
        orphans = {thing for thing in things if isinstance(thing, NetDevice) and not _is_made(draft.run, thing, found)}
        if not orphans:
            break
        things -= orphans
    draft.show(*(_text(draft.run, index, things) for index in found))


def _chosen(found: Run, items: Collection[Item]) -> set[Thing]:
    things: set[Thing] = set()
    for item in items:
        if item.kind == "namespace" and item.netns:
            net = found.need_net(item.netns)
            things.add(net)
            for dev in net.devices.values():
                other = peer(dev)
                things |= {dev, other} if other is not None else {dev}
        elif item.kind == "device":
            things.add(found.need(item.netns, item.dev))
    if not things:
        raise OperationError("Choose namespaces or devices to copy.")
    return things - {net.loopback for net in found.nets if net not in things}


def _stands_for(found: Run, index: int, things: Collection[Thing]) -> bool:
    """Whether a command is about the things: it names one, and no device but theirs."""
    if found.document.listening[index] or found.codes[index] != 0:
        return False
    call = found.document.calls[index]
    here = found.net(call.netns)
    if call.program == "nft":
        return here in things
    means = [(each, found.means.get((index, each))) for each in found.references[index]]
    devices = [thing for each, thing in means if each.device]
    if any(thing is not None and thing not in things for thing in devices):
        return False
    return any(thing in things for _, thing in means)


def _is_made(found: Run, dev: NetDevice, indices: Collection[int]) -> bool:
    """Whether one of the commands makes a device; lo makes itself."""
    return dev is dev.net.loopback or any(index in indices and each.made for index, each in found.uses(dev))


def _text(found: Run, index: int, things: Collection[Thing]) -> str:
    """A command as it stands in the script, without the chains of devices that do not come along."""
    document = found.document
    command = document.commands[index]
    source = document.text[command.start : command.end]
    if not command.heredocs:
        return source
    strange = {each.name for each in found.references[index] if each.device
               and found.means.get((index, each)) not in (None, *things)}  # fmt: skip
    bodies = ""
    for heredoc in command.heredocs:
        body = document.text[heredoc.start : heredoc.end]
        parts = [gone for part in structure(body) for gone in doomed(body, part, strange)]
        cuts = without_parts(body, parts) if parts else []
        body = apply(body, [Change(start, end, "") for start, end in cuts or ()])
        bodies += body + document.text[heredoc.end : heredoc.after]
    return f"{source}\n{bodies}".removesuffix("\n")


# Paste


def paste(draft: Draft, operation: Paste) -> None:
    """What was copied, under names that are free; what makes no sense here (its bridge is not there) is left out."""
    document = Document(operation.commands)
    changes = sorted({*_renamed(draft, document), *_readdressed(draft, document.text)}, key=lambda each: each.start)
    text = apply(document.text, changes)
    commands = _commands(Document(text))
    for _ in range(_ROUNDS):
        trial = Draft(draft.document.text)
        trial.add(*commands)
        after = run(apply(draft.document.text, trial.edit().changes))
        failing = {after.document.commands[index].source for index in after.failed} - set(draft.run.failures)
        kept = [command for command in commands if command.partition("\n")[0] not in failing]
        if len(kept) == len(commands):
            break
        commands = kept
    if not commands:
        raise OperationError("What was copied has no place here: nothing that it is tied to is there.")
    draft.add(*commands)


def _commands(document: Document) -> list[str]:
    return [document.text[block.start : block.end].removesuffix("\n") for block in document.blocks]


def _renamed(draft: Draft, document: Document) -> Iterable[Change]:
    """Free names for what the commands make."""
    found: list[Reference] = []
    for command, call in zip(document.commands, document.calls, strict=True):
        found += references(document.text, command, call)
    namespaces: dict[str, str] = {}
    devices: dict[tuple[str, str], str] = {}
    for each in found:
        if each.made and not each.device and each.name not in namespaces:
            namespaces[each.name] = _free(draft, each.name)
            draft.made.append(Item("namespace", namespaces[each.name]))
    for each in found:
        key = each.netns, each.name
        if each.device and each.made and key not in devices:
            devices[key] = _free_device(draft, each, namespaces)
    for each in found:
        new = devices.get((each.netns, each.name)) if each.device else namespaces.get(each.name)
        if new is not None and new != each.name:
            yield Change(each.start, each.end, new)


def _free(draft: Draft, name: str) -> str:
    if not draft.names.taken_netns(name):
        return draft.names.claim_netns(name)
    match = _STEM.match(name)
    return draft.names.netns("", match[1] if match else name, 2)


def _free_device(draft: Draft, each: Reference, namespaces: dict[str, str]) -> str:
    """The same name in a namespace that is new; else one that is free, after the new namespace where it was so."""
    netns = namespaces.get(each.netns)
    if netns is not None:
        return draft.names.device(netns, "eth", each.name)
    wish = each.name
    for old, new in namespaces.items():
        if old and wish.endswith(old):
            wish = wish.removesuffix(old) + new
    match = _STEM.match(each.name)
    stem = match[1] if match else each.name
    name = draft.names.device(each.netns, stem, wish, 2 if stem == each.name else 0)
    draft.made.append(Item("device", each.netns, name))
    return name


def _readdressed(draft: Draft, text: str) -> Iterable[Change]:
    """Free subnets in the place of those that the script has, and link-layer addresses that nothing has."""
    here = list(networks(draft.document.text))
    moved: dict[IPv4Network, IPv4Network] = {}
    for address, length in literals(text):
        network = IPv4Network((address, length), strict=False)
        is_interface = 8 <= length < 32 and address != network.network_address
        if is_interface and network not in moved and any(network.overlaps(other) for other in here):
            moved[network] = draft.names.subnet(length)
    for match in IPV4.finditer(text):
        for address, _ in literals(match[1]):
            for old, new in moved.items():
                if address in old:
                    number = int(new.network_address) + int(address) - int(old.network_address)
                    yield Change(match.start(1), match.end(1), str(IPv4Address(number)))
    known = {match[0].lower() for match in MAC.finditer(draft.document.text)}
    given: dict[str, str] = {}
    for match in MAC.finditer(text):
        mac = match[0].lower()
        if mac in known and not int(mac[1], 16) & 1:
            given.setdefault(mac, draft.names.mac())
            yield Change(match.start(), match.end(), given[mac])
