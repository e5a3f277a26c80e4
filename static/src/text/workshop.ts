// The words of the workshop in English.

import type { Refusal, Tile } from "../core/drops.ts";
import type { Item, Operation } from "../protocol.ts";
import { words } from "./language.ts";

const where = (netns: string): string => netns || "root namespace";
const both = (names: readonly string[]): string => (names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

/** One thing, as it is spoken of. */
function name({ kind, netns, dev, station, probe }: Item): string {
  switch (kind) {
    case "namespace":
      return where(netns);
    case "device":
      return dev;
    case "hook":
      return dev ? `${station} on ${dev}` : `${station} in ${where(netns)}`;
    case "probe":
      return `probe ${probe + 1}`;
  }
}

const namesOf = (items: readonly Item[]): string => both(items.map(name));
const port = ([netns, dev]: readonly [string, string]): string => `${dev} in ${where(netns)}`;

/** What an operation is called where it can be undone. */
function title(operation: Operation): string {
  switch (operation.type) {
    case "AddNamespace":
      return `add ${operation.kind}`;
    case "AddVeth":
      return `connect ${where(operation.a)} and ${where(operation.b)}`;
    case "AddDevice":
      return `add ${operation.kind} to ${where(operation.netns)}`;
    case "AddVxlan":
      return `vxlan between ${where(operation.a[0])} and ${where(operation.b[0])}`;
    case "Enslave":
      return operation.master ? `plug ${operation.dev[1]} into ${operation.master}` : `unplug ${operation.dev[1]}`;
    case "MoveDevice":
      return `move ${operation.dev[1]} to ${where(operation.netns)}`;
    case "AddChain":
      return `chain at ${operation.station}`;
    case "AddRule":
      return `rule in ${operation.chain}`;
    case "AddFilter":
      return `filter at tc ${operation.side} on ${operation.dev[1]}`;
    case "Redirect":
      return `${operation.mirror ? "mirror" : "redirect"} ${operation.dev[1]} to ${operation.to}`;
    case "AddAddress":
      return `address of ${operation.dev[1]}`;
    case "AddRoute":
      return `route in ${where(operation.netns)}`;
    case "AddNeighbour":
      return `neighbour of ${operation.dev[1]}`;
    case "SetForwarding":
      return `forwarding ${operation.on ? "on" : "off"} in ${where(operation.netns)}`;
    case "SetLink":
      return `set ${operation.dev[1]} ${operation.up ? "up" : "down"}`;
    case "AddProbe":
      return `add ${operation.kind} from ${where(operation.netns)}`;
    case "AddCommand":
      return operation.line;
    case "Delete":
      return `delete ${namesOf(operation.items)}`;
    case "Rename":
      return `rename ${name(operation.item)} to ${operation.name}`;
    case "Copy":
      return `copy ${namesOf(operation.items)}`;
    case "Paste":
      return "paste";
    case "Arrange":
    case "ArrangeDevices":
      return "rearrange";
    case "Colour":
      return `colour of ${where(operation.netns)}`;
  }
}

/** What was done, for those who do not see it. `made` is what the edit made. */
function said(operation: Operation, made: readonly Item[]): string {
  const names = namesOf(made);
  switch (operation.type) {
    case "AddNamespace":
      return operation.host ? `${names} added behind ${where(operation.host)}` : `${names} added`;
    case "AddVeth":
      return `${names} added between ${where(operation.a)} and ${where(operation.b)}`;
    case "AddDevice":
      return `${names} added to ${where(operation.netns)}`;
    case "AddVxlan":
      return `${names} added between ${where(operation.a[0])} and ${where(operation.b[0])}`;
    case "Enslave":
      return operation.master ? `${operation.dev[1]} plugged into ${operation.master}` : `${operation.dev[1]} unplugged`;
    case "MoveDevice":
      return `${operation.dev[1]} moved to ${where(operation.netns)}`;
    case "AddChain":
      return `chain added at ${operation.station}${operation.dev ? ` on ${operation.dev}` : ""} in ${where(operation.netns)}`;
    case "AddRule":
      return `rule added to ${operation.family} ${operation.table} ${operation.chain} in ${where(operation.netns)}`;
    case "AddFilter":
      return `filter added at tc ${operation.side} on ${port(operation.dev)}`;
    case "Redirect":
      return `${operation.mirror ? "copies go" : "packets go"} from ${operation.dev[1]} ${operation.side} to ${operation.to} ${operation.into}, by ${operation.layer}`;
    case "AddAddress":
      return `address added to ${port(operation.dev)}`;
    case "AddRoute":
      return `route added in ${where(operation.netns)}`;
    case "AddNeighbour":
      return `neighbour added to ${port(operation.dev)}`;
    case "SetForwarding":
      return `${where(operation.netns)} ${operation.on ? "forwards" : "no longer forwards"}`;
    case "SetLink":
      return `${port(operation.dev)} is ${operation.up ? "up" : "down"}`;
    case "AddProbe":
      return `${operation.kind} sent from ${where(operation.netns)}`;
    case "AddCommand":
      return `ran ${operation.line}`;
    case "Delete":
      return `${namesOf(operation.items)} deleted`;
    case "Rename":
      return `${name(operation.item)} renamed to ${operation.name}`;
    case "Copy":
      return `${namesOf(operation.items)} copied`;
    case "Paste":
      return names ? `${names} pasted` : "pasted";
    case "Arrange":
    case "ArrangeDevices":
      return "rearranged";
    case "Colour":
      return `colour of ${where(operation.netns)} changed`;
  }
}

export const { nameOf, titleOf, saidOf } = words("operations", { nameOf: name, titleOf: title, saidOf: said });

export const TILE_NAMES = words<Record<Tile, string>>("tiles", {
  host: "host",
  container: "container",
  veth: "veth pair",
  bridge: "bridge",
  vxlan: "vxlan",
  vlan: "vlan",
  dummy: "dummy",
  chain: "nft chain",
  filter: "tc filter",
  route: "route",
  neighbour: "neighbour",
  probe: "probe",
});

/** Where each tile belongs. */
export const TILE_HINTS = words<Record<Tile, string>>("tileHints", {
  host: "A namespace of its own. Drop it anywhere.",
  container: "A namespace behind a host, with a cable to it. Drop it on the host.",
  veth: "A cable with a device at each end. Drop it on one namespace, then on the other.",
  bridge: "Drop it on a namespace; then drag devices onto its bar.",
  vxlan: "A tunnel between two namespaces that reach each other. Drop it on a device.",
  vlan: "A device on top of another. Drop it on that device.",
  dummy: "A device without a cable. Drop it on a namespace.",
  chain: "A base chain of nftables. Drop it on a netfilter hook.",
  filter: "A filter of tc. Drop it on a tc hook.",
  route: "Drop it on a namespace or on a device.",
  neighbour: "A permanent ARP entry. Drop it on a device.",
  probe: "A ping. Drop it on the namespace that sends it.",
});

export const REFUSALS = words<Record<Refusal, string>>("refusals", {
  onNamespace: "Drop it on a namespace.",
  onDevice: "Drop it on a device.",
  onOther: "Drop it on another namespace or on a bridge.",
  onNetfilter: "A chain hangs at a netfilter hook.",
  onTc: "A filter hangs at a tc hook.",
  onPeer: "Drop it on a device with an address in another namespace.",
  sameNamespace: "Only to a device of the same namespace.",
  otherDevice: "Drop it on another device.",
  alreadyThere: "It is plugged in there already.",
  notMoved: "Drop it somewhere else.",
});

const en = {
  name: "Workshop",
  saved: "saved in this browser",
  untitled: "my lab",
  edit: "Edit in the workshop",
  add: "Add",
  addDialog: "Add…",
  addHint: "Drag a tile, or press",
  addHintEnd: "and choose. Drop it on a port, a band or a hook.",
  topology: "Topology",
  canvas: "Canvas",
  canvasHelp: "Arrow keys move among hooks. Press g to take hold of what is selected, a to add.",
  emptyTitle: "Drag a host here, or press",
  emptyAction: "Make two hosts that ping",
  emptyAlternative: "or open a lab from the list above, a file or a link",
  panels: "Panels",
  tabs: { walk: "Walk", table: "Table", step: "Step", script: "Script", results: "Results", reach: "Reach", capture: "Capture", why: "Why not?" },
  views: { canvas: "Picture", tree: "Tree", editor: "Script", walk: "Walk", terminal: "Terminal" },
  script: "Lab script",
  lines: (count: number) => (count === 1 ? "1 line" : `${count} lines`),
  selected: "Selected",
  undo: (label: string) => (label ? `Undo: ${label}` : "Nothing to undo"),
  redo: (label: string) => (label ? `Redo: ${label}` : "Nothing to redo"),
  verify: "Verify on kernel",
  sendProbe: "Send probe",
  undone: (label: string) => `undone: ${label}`,
  redone: (label: string) => `done again: ${label}`,
  carrying: (what: string) => `Where does ${what} go?`,
  carryingEnd: (what: string) => `${what}: where is the other end?`,
  carryKeys: "Click, or choose in the tree and press Enter. Esc cancels.",
  carryTap: "Tap a place. ",
  cancelled: "cancelled",
  cancel: "Cancel",
  picked: (what: string) => `${what} taken. Choose where it goes with the arrow keys in the tree, Enter drops it, Escape cancels.`,
  selectedSaid: (what: string) => `${what} selected`,
  chooseTitle: "What should it do?",
  chooseChain: "At which hook?",
  copied: (what: string) => `${what} copied`,
  nothingCopied: "Nothing has been copied yet.",
  rename: (what: string) => `New name of ${what}`,
  more: (count: number) => `+ ${count} more`,
  already: "it is so already",
  dismiss: "Dismiss",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Fit",
  empty: "empty",
  gateway: "router",
  filters: (count: number) => (count === 1 ? "1 filter" : `${count} filters`),
  rules: (count: number) => (count === 1 ? "1 rule" : `${count} rules`),
  breakOn: (what: string) => `break point on ${what}`,
  breakOff: (what: string) => `break point on ${what} removed`,
  actions: {
    edit: "Edit",
    rule: "Rule",
    chain: "Chain",
    filter: "Filter",
    why: "Why not?",
    capture: "Capture",
    break: "Break",
    detach: "Detach",
    rename: "Rename",
    connect: "Connect",
    move: "Move",
    redirect: "Redirect",
    unplug: "Unplug",
    up: "Up",
    down: "Down",
    address: "Address",
    route: "Route",
    ping: "Ping",
    container: "Container",
    forward: "Forward",
    unforward: "Stop forwarding",
    colour: "Colour",
    delete: "Delete",
  },
  colourOf: (netns: string) => `Colour of ${where(netns)}`,
  marks: ["none", "blue", "amber", "green", "red", "violet", "grey"],
  markedAs: (name: string) => `, marked ${name}`,
  opened: "open another lab",
  keys: [
    ["a", "add something"],
    ["g", "take hold of what is selected, then choose where it goes"],
    ["F2", "rename"],
    ["Delete", "delete"],
    ["Ctrl C / X / V", "copy, cut, paste"],
    ["Ctrl Z / Ctrl Shift Z", "undo, redo"],
    ["Alt ← / →", "move the namespace or device to the left, to the right"],
    ["e r c w u b x", "on a hook: edit, rule, chain, why not, capture, break, detach"],
    ["Shift F", "fork: keep the lab, go on from the command that is shown (in the script Ctrl Shift F)"],
    ["Esc", "cancel, select nothing"],
  ],
  fields: {
    what: "What",
    name: "Name",
    host: "Behind host",
    none: "none",
    from: "From",
    to: "To",
    namespace: "Namespace",
    device: "Device",
    lower: "On top of",
    hook: "Hook",
    rule: "Rule",
    rulePlaceholder: "counter",
    filter: "Filter",
    filterPlaceholder: "matchall action ok",
    destination: "Destination",
    defaultRoute: "default",
    via: "Via",
    chosen: "chosen for you",
    address: "Address",
    lladdr: "Link-layer address",
    kind: "Kind",
    port: "Port",
    frame: "Frame in hex",
    commands: "Commands",
    submit: "Add",
    send: "Send",
  },
} as const;

export const workshop = words("workshop", en);
