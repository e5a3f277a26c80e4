// Generated from webapp/server/protocol.py by `make docs`. Do not edit.

export const PROTOCOL_VERSION = 1;

/**
 * Opens one of the built-in labs by its slug.
 */
export interface OpenBuiltin {
  type: "OpenBuiltin";
  slug: string;
}

/**
 * Opens a lab from its text: a file, a link, or a lab that the server has forgotten.
 */
export interface OpenScript {
  type: "OpenScript";
  script: string;
  title: string;
}

/**
 * One line of the terminal, run in namespace ``netns`` of the lab and added to its script.
 */
export interface RunCommand {
  type: "RunCommand";
  lab: string;
  netns: string;
  line: string;
}

/**
 * The lab's script was edited as a whole (or a line was taken back): runs it anew.
 */
export interface ReplaceScript {
  type: "ReplaceScript";
  lab: string;
  script: string;
}

/**
 * Asks for the steps of a probe by its index in Opened.probes.
 */
export interface GetWalk {
  type: "GetWalk";
  lab: string;
  probe: number;
}

/**
 * What could stand at the end of ``line``: commands, options, and names that exist in the lab.
 */
export interface Complete {
  type: "Complete";
  lab: string;
  netns: string;
  line: string;
}

/**
 * The lab is no longer shown.
 */
export interface CloseLab {
  type: "CloseLab";
  lab: string;
}

/**
 * What did real kernels print for this lab? Built-in labs only: nothing that a user types reaches a kernel.
 */
export interface Verify {
  type: "Verify";
  lab: string;
}

/**
 * A lab as it stands: the answer to OpenBuiltin, OpenScript, ReplaceScript and RunCommand.
 *
 * ``slug`` is that of the built-in lab while the script is still its own, else empty. ``twin`` is the slug of the
 * lab that is worth a comparison, or empty. ``topology`` is that at the end of the script. ``confirmed`` are the
 * kernels that printed the same for this very script.
 */
export interface LabState {
  type: "LabState";
  lab: string;
  slug: string;
  title: string;
  summary: string;
  twin: string;
  script: string;
  entries: Entry[];
  probes: Probe[];
  topology: Topology;
  confirmed: string[];
}

/**
 * One command of a lab and what it printed. ``line`` counts from 1 in the script; ``probe``: index, or -1.
 */
export interface Entry {
  line: number;
  netns: string;
  command: string;
  output: string;
  code: number;
  probe: number;
}

/**
 * One command that sent packets. ``steps`` is the length of its walk.
 */
export interface Probe {
  index: number;
  line: number;
  netns: string;
  command: string;
  steps: number;
}

/**
 * A lab as it stands. The namespace in which a lab starts is there when it has more than its lo.
 *
 * ``tunnels`` are between vxlan devices that have each other as a remote: no wire, but what their wires carry.
 */
export interface Topology {
  namespaces: NamespaceView[];
  cables: Cable[];
  tunnels: Cable[];
}

/**
 * One network namespace. ``hooks`` are those of the families ip, arp and bridge, ``forwarding`` is ip_forward.
 */
export interface NamespaceView {
  name: string;
  devices: DeviceView[];
  hooks: HookView[];
  forwarding: boolean;
}

/**
 * One column of the picture. ``address`` is the link-layer address, ``addresses`` are e.g. "10.0.0.1/24".
 *
 * ``master`` is the bridge whose port it is, empty for none; ``lower`` the device that a vlan, macvlan or vxlan device
 * was made on top of, which may be in another namespace.
 */
export interface DeviceView {
  name: string;
  ifindex: number;
  kind: string;
  address: string;
  up: boolean;
  carrier: boolean;
  mtu: number;
  addresses: string[];
  master: string;
  hooks: HookView[];
  lower: [string, string] | null;
}

/**
 * What is attached at one stop of the picture: ``count`` rules or filters, and how the programs list them.
 */
export interface HookView {
  station: string;
  band: Band;
  lane: Lane;
  count: number;
  lines: string[];
}

/**
 * The four layers of the picture, top to bottom.
 */
export type Band = "l3" | "netfilter" | "tc" | "driver";

/**
 * Ingress climbs a device, egress descends it.
 */
export type Lane = "in" | "out" | "";

/**
 * Two devices that a frame passes between; ``kind`` is that of the devices ("veth"), or "tunnel".
 */
export interface Cable {
  a: [string, string];
  b: [string, string];
  kind: string;
}

/**
 * All steps of a walk have been sent: the answer to GetWalk. ``topology`` is that when the probe ran.
 */
export interface WalkDone {
  type: "WalkDone";
  lab: string;
  probe: number;
  command: string;
  line: number;
  netns: string;
  steps: number;
  truncated: boolean;
  topology: Topology;
}

/**
 * ``words`` that could replace the characters of the line from ``start`` on.
 */
export interface Completions {
  type: "Completions";
  start: number;
  words: string[];
}

/**
 * The answer to CloseLab.
 */
export interface Closed {
  type: "Closed";
  lab: string;
}

/**
 * The answer to Verify; without verdicts for a lab that is not a built-in one.
 */
export interface Verified {
  type: "Verified";
  lab: string;
  verdicts: Verdict[];
}

/**
 * A lab on one kernel: what that printed (``real``), what the model prints as that kernel, where they differ.
 */
export interface Verdict {
  kernel: string;
  agrees: boolean;
  real: string;
  model: string;
  differences: string[];
}

/**
 * What was wrong, in words for people; ``line`` and ``column`` count from 1 in the script, 0 where none applies.
 *
 * malformed: not a message of this protocol. script: the lab's text cannot be read. limit: the lab asks for more
 * than this server gives. busy: too many requests, try again. internal: a fault of ours.
 */
export interface Failed {
  type: "Failed";
  code: "busy" | "internal" | "limit" | "malformed" | "script" | "unknown_lab" | "unknown_name";
  message: string;
  line: number;
  column: number;
}

/**
 * A part of a walk, in order: ``first`` is the number of its first step; ``states`` go on from ``first_state``.
 */
export interface Steps {
  type: "Steps";
  lab: string;
  probe: number;
  first: number;
  steps: Step[];
  first_state: number;
  states: SkbState[];
}

/**
 * One function of the path, or one hook that was passed by.
 *
 * ``station`` names the stop of the picture ("nft egress", "tc ingress", "postrouting", "xmit" …), empty for plain
 * functions. ``before`` and ``after`` index Walk.states, -1 where there is no packet. ``last`` is the number of the
 * last step inside this one (its callees), so the tree of calls can be drawn. ``time`` is virtual, in ns.
 */
export interface Step {
  number: number;
  time: number;
  depth: number;
  last: number;
  netns: string;
  dev: string;
  band: Band;
  lane: Lane;
  station: string;
  symbol: string;
  file: string;
  kind: StepKind;
  reason: string;
  verdict: string;
  skb: number;
  parent: number;
  before: number;
  after: number;
  notes: (RuleRun | ChainRun | FilterRun | ActionRun | Cloned | Dropped | Consumed | Queued | Routed | Neighbour | Tracked | Translated | Tapped | Delivered)[];
}

/**
 * RUN: the function ran. The others are hooks that people expect to run and that did not.
 *
 * PASSED_BY: the packet went past an attached hook, for the reason given (nf_skip_egress). OFF: the hook's static
 * key is off, nothing on the machine uses it. EMPTY: the key is on, but nothing is attached to this device.
 */
export type StepKind = "run" | "passed_by" | "off" | "empty";

/**
 * One nft rule that was evaluated; ``verdict`` is empty where the rule did not match to its end or gave none.
 */
export interface RuleRun {
  type: "RuleRun";
  family: string;
  table: string;
  chain: string;
  handle: number;
  expressions: ExprRun[];
  verdict: string;
}

/**
 * One nft expression: its name, its operands as nft --debug=netlink prints them, and whether the rule goes on.
 */
export interface ExprRun {
  type: "ExprRun";
  name: string;
  operands: string;
  value: string;
  goes_on: boolean;
}

/**
 * A base chain that ended, with its verdict (after its rules of RuleRun).
 */
export interface ChainRun {
  type: "ChainRun";
  family: string;
  table: string;
  chain: string;
  priority: number;
  policy: string;
  verdict: string;
}

/**
 * One tc filter consulted. ``detail``: keys or bytecode steps; ``verdict``: TC_ACT_* or empty (no match).
 */
export interface FilterRun {
  type: "FilterRun";
  kind: string;
  chain: number;
  pref: number;
  protocol: string;
  handle: number;
  matched: boolean;
  detail: string[];
  verdict: string;
}

/**
 * One tc action of the filter that matched; ``detail`` as tc prints it (Egress Redirect to device vethh).
 */
export interface ActionRun {
  type: "ActionRun";
  kind: string;
  index: number;
  detail: string;
  verdict: string;
}

/**
 * A copy of the packet was made: the child's skb id.
 */
export interface Cloned {
  type: "Cloned";
  child: number;
}

/**
 * The packet ended here, with the kernel's drop reason (enum skb_drop_reason, without the prefix).
 */
export interface Dropped {
  type: "Dropped";
  reason: string;
}

/**
 * The packet ended well (consume_skb).
 */
export interface Consumed {
  type: "Consumed";
}

/**
 * The packet waits: "backlog" of a CPU, or "neighbour" until it is resolved.
 */
export interface Queued {
  type: "Queued";
  queue: string;
}

/**
 * A route look-up's result: the route as ``ip route get`` words it, or the error.
 */
export interface Routed {
  type: "Routed";
  destination: string;
  result: string;
}

/**
 * A neighbour entry as it was found or changed: address, link-layer address or empty, NUD state.
 */
export interface Neighbour {
  type: "Neighbour";
  address: string;
  lladdr: string;
  state: string;
}

/**
 * Connection tracking found or began the packet's connection: its state and tuple as SkbState.ct, or INVALID.
 */
export interface Tracked {
  type: "Tracked";
  state: string;
}

/**
 * NAT rewrote the packet's "source" or "destination", which are ``address`` (with its port or id) now.
 */
export interface Translated {
  type: "Translated";
  field: string;
  address: string;
}

/**
 * A packet socket (tcpdump) was given a copy here.
 */
export interface Tapped {
  type: "Tapped";
  dev: string;
  lane: Lane;
}

/**
 * A socket took the packet, e.g. "icmp echo reply", "udp 0.0.0.0:53".
 */
export interface Delivered {
  type: "Delivered";
  socket: string;
}

/**
 * The fields of an sk_buff that decide its path, and its bytes.
 *
 * ``head`` is the frame from the first header that is still there; ``data``, ``mac_header``, ``network_header`` and
 * ``transport_header`` are offsets into it (-1: not set). ``dst`` says where the attached route leads, or is empty.
 */
export interface SkbState {
  dev: string;
  protocol: number;
  pkt_type: number;
  mark: number;
  priority: number;
  skb_iif: number;
  tc_index: number;
  nf_skip_egress: number;
  tc_at_ingress: number;
  tc_skip_classify: number;
  redirected: number;
  from_ingress: number;
  nf_trace: number;
  vlan_tci: number;
  ct: string;
  data: number;
  mac_header: number;
  network_header: number;
  transport_header: number;
  head: string;
}

/**
 * What the server writes into the page, so that the picture stands before the socket does.
 *
 * ``lab`` is the lab to show, already run, with the steps of its first probe in ``walk``; None where the link
 * carries the lab itself (after #). ``other`` is the second lab of a twin.
 */
export interface PageData {
  protocol: number;
  labs: BuiltinLab[];
  lab: LabState | null;
  walk: Steps | null;
  other: LabState | null;
  other_walk: Steps | null;
}

/**
 * A built-in lab as the list of labs shows it; ``statements`` are those of the commit that it shows (S1 …).
 */
export interface BuiltinLab {
  slug: string;
  title: string;
  summary: string;
  statements: string[];
  twin: string;
}

export type Request = Verify | OpenBuiltin | OpenScript | RunCommand | ReplaceScript | GetWalk | Complete | CloseLab;
export type Answer = Verified | LabState | WalkDone | Completions | Closed | Failed;
