// Generated from webapp/server/protocol.py by `make docs`. Do not edit.

export const PROTOCOL_VERSION = 1;

/**
 * What did real kernels print for this lab? Built-in labs only: nothing that a user types reaches a kernel.
 */
export interface Verify {
  type: "Verify";
  lab: string;
}

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
 * What would this operation of the picture do to the script? Nothing is run and nothing is changed by asking.
 */
export interface EditScript {
  type: "EditScript";
  script: string;
  operation: AddNamespace | AddVeth | AddDevice | AddVxlan | Enslave | MoveDevice | AddChain | AddRule | AddFilter | Redirect | AddAddress | AddRoute | AddNeighbour | SetForwarding | SetLink | AddProbe | AddCommand | Delete | Rename | Copy | Paste | Arrange | ArrangeDevices | Colour;
}

/**
 * A namespace. A container gets a veth pair to ``host``, with addresses and a route, where one is named.
 */
export interface AddNamespace {
  type: "AddNamespace";
  kind: "container" | "host";
  name: string;
  host: string | null;
}

/**
 * A veth pair between two namespaces, up, with addresses in a free subnet.
 *
 * An end that is plugged into a bridge (``a_bridge``, ``b_bridge``: its name) gets no address of its own; the other
 * end then gets one of the bridge's subnet, where the bridge or another of its ports' peers has one.
 */
export interface AddVeth {
  type: "AddVeth";
  a: string;
  b: string;
  a_bridge: string;
  b_bridge: string;
}

/**
 * A bridge, a dummy, or a vlan or macvlan device on top of ``lower``, up.
 */
export interface AddDevice {
  type: "AddDevice";
  netns: string;
  kind: "bridge" | "dummy" | "ifb" | "macvlan" | "vlan";
  name: string;
  lower: string;
}

/**
 * A vxlan device in each of two namespaces, over the devices ``a`` and ``b``, which must reach each other by IP.
 */
export interface AddVxlan {
  type: "AddVxlan";
  a: [string, string];
  b: [string, string];
}

/**
 * Plugs a device into a bridge of its namespace, or unplugs it (``master`` empty).
 */
export interface Enslave {
  type: "Enslave";
  dev: [string, string];
  master: string;
}

/**
 * Puts a device into another namespace; it keeps its addresses and its cable.
 */
export interface MoveDevice {
  type: "MoveDevice";
  dev: [string, string];
  netns: string;
}

/**
 * An nft base chain at a hook of the picture (HookView.station); ``rule`` is its first, none for a counter.
 *
 * ``dev`` is the device of "nft ingress" and "nft egress", and empty for the others.
 */
export interface AddChain {
  type: "AddChain";
  netns: string;
  dev: string;
  station: string;
  rule: string;
}

/**
 * A rule at the end of an nft chain that is there, as ``nft add rule`` takes it.
 */
export interface AddRule {
  type: "AddRule";
  netns: string;
  family: string;
  table: string;
  chain: string;
  rule: string;
}

/**
 * A tc filter at a side of a device, under a clsact qdisc that is added where there is none.
 *
 * ``filter`` is what follows the priority on tc's command line; none for ``matchall action ok``.
 */
export interface AddFilter {
  type: "AddFilter";
  dev: [string, string];
  side: "egress" | "ingress";
  filter: string;
}

/**
 * Hands what comes in (or goes out) at ``dev`` over to ``to``, a device of the same namespace.
 *
 * In tc by ``mirred``, to the side ``into`` of the device; in netfilter by ``fwd``, always to its egress.
 * ``match`` is an IPv4 prefix of destinations, none for all.
 */
export interface Redirect {
  type: "Redirect";
  dev: [string, string];
  side: "egress" | "ingress";
  to: string;
  layer: "nft" | "tc";
  into: "egress" | "ingress";
  mirror: boolean;
  match: string;
}

/**
 * An address of a device, "10.0.0.1/24"; none for a free one of its neighbours' subnet.
 */
export interface AddAddress {
  type: "AddAddress";
  dev: [string, string];
  address: string;
}

/**
 * A route; ``to`` empty is the default route, ``via`` empty the address at the other end of the first cable.
 */
export interface AddRoute {
  type: "AddRoute";
  netns: string;
  to: string;
  via: string;
  dev: string;
}

/**
 * A permanent neighbour of a device; with both left empty, the one at the other end of its cable.
 */
export interface AddNeighbour {
  type: "AddNeighbour";
  dev: [string, string];
  to: string;
  lladdr: string;
}

/**
 * Turns IP forwarding of a namespace on or off.
 */
export interface SetForwarding {
  type: "SetForwarding";
  netns: string;
  on: boolean;
}

/**
 * Sets a device up or down.
 */
export interface SetLink {
  type: "SetLink";
  dev: [string, string];
  up: boolean;
}

/**
 * A command that sends packets, at the end of the script.
 *
 * ``to`` is an address, or empty for one that the namespace has a route to. ``dev`` is the device of what is sent from
 * a packet socket. ``port`` is of udp and tcp; ``raw`` is the frame in hex, from the Ethernet header on.
 */
export interface AddProbe {
  type: "AddProbe";
  netns: string;
  kind: "arp" | "arp-announce" | "avtp" | "dhcp" | "gptp" | "ping" | "raw" | "tcp" | "udp";
  to: string;
  dev: string;
  port: number;
  raw: string;
}

/**
 * A command as it would be typed in a namespace's terminal.
 */
export interface AddCommand {
  type: "AddCommand";
  netns: string;
  line: string;
}

/**
 * Takes things away, and what cannot be without them.
 */
export interface Delete {
  type: "Delete";
  items: Item[];
}

/**
 * One thing of the picture: a namespace (``netns``), a device of it, a hook (``dev`` may be empty), or a probe.
 *
 * ``probe`` is a probe's index (LabState.probes), -1 otherwise.
 */
export interface Item {
  kind: "device" | "hook" | "namespace" | "probe";
  netns: string;
  dev: string;
  station: string;
  probe: number;
}

/**
 * Another name for a namespace or a device, in every command that says it.
 */
export interface Rename {
  type: "Rename";
  item: Item;
  name: string;
}

/**
 * The commands that stand for some namespaces and devices: Edited.commands; nothing is changed.
 */
export interface Copy {
  type: "Copy";
  items: Item[];
}

/**
 * Commands that were copied, under names and addresses that are free here.
 */
export interface Paste {
  type: "Paste";
  commands: string;
}

/**
 * Where namespaces stand: rows from the top, each from the left. No rows: as it comes.
 */
export interface Arrange {
  type: "Arrange";
  rows: string[][];
}

/**
 * The order of a namespace's devices, from the left.
 */
export interface ArrangeDevices {
  type: "ArrangeDevices";
  netns: string;
  devices: string[];
}

/**
 * A mark of colour on a namespace: 0 for none, 1 to 6.
 */
export interface Colour {
  type: "Colour";
  netns: string;
  colour: number;
}

/**
 * What could stand at ``offset`` (Unicode characters) of the script, as it is being typed?
 *
 * Names come from the lab as it last ran.
 */
export interface CompleteScript {
  type: "CompleteScript";
  lab: string;
  script: string;
  offset: number;
}

/**
 * What does the nft rule at ``offset`` (Unicode characters) of the script compile to?
 */
export interface CompileRule {
  type: "CompileRule";
  lab: string;
  script: string;
  offset: number;
}

/**
 * Why did a probe's packets not meet a hook, and what smallest edits would change that?
 *
 * ``question`` is a number of the browser's by which Cancel names it; 0: it is not cancelled.
 */
export interface AskWhyNot {
  type: "AskWhyNot";
  lab: string;
  probe: number;
  netns: string;
  dev: string;
  station: string;
  question: number;
}

/**
 * Which namespace reaches which, by ping, at the end of the script? ``question``: see AskWhyNot.
 */
export interface AskReachability {
  type: "AskReachability";
  lab: string;
  question: number;
}

/**
 * The answer to a question is no longer wanted: what is found until then is answered, and the model stops.
 */
export interface Cancel {
  type: "Cancel";
  question: number;
}

/**
 * What does tcpdump see on a device while a probe runs? With ``dev`` empty: on every device of the namespace.
 */
export interface AskCapture {
  type: "AskCapture";
  lab: string;
  probe: number;
  netns: string;
  dev: string;
}

/**
 * Makes a lab around a ruleset as `nft list ruleset` prints it: the devices that it names, and the ruleset.
 */
export interface OpenRuleset {
  type: "OpenRuleset";
  ruleset: string;
}

/**
 * The lab as a file: a page that plays all its walks without a server, or one walk's frames with comments.
 *
 * ``probe`` is the walk of a pcapng, and with ``step`` where the page begins; ``link`` is what the page leads back to.
 */
export interface ExportLab {
  type: "ExportLab";
  lab: string;
  format: "html" | "pcapng";
  probe: number;
  step: number;
  link: string;
}

/**
 * Which lessons are there? A language that the lessons do not have is answered in English.
 */
export interface OpenCourse {
  type: "OpenCourse";
  language: string;
}

/**
 * One lesson, by its slug.
 */
export interface OpenLesson {
  type: "OpenLesson";
  lesson: string;
  language: string;
}

/**
 * The lab that a task begins with. Of a question, its walk without the answer, unless ``revealed``.
 */
export interface OpenTask {
  type: "OpenTask";
  lesson: string;
  task: string;
  revealed: boolean;
}

/**
 * An answer to a question: the ids of the chosen options, in order where an order is asked; none: I don't know.
 */
export interface AnswerTask {
  type: "AnswerTask";
  lesson: string;
  language: string;
  task: string;
  chosen: string[];
}

/**
 * Does this script do what a graded task wants?
 */
export interface GradeScript {
  type: "GradeScript";
  lesson: string;
  language: string;
  task: string;
  script: string;
}

/**
 * Hint ``number`` (from 0, gentle to plain) of a task, for the learner's script ("" for a question).
 */
export interface AskHint {
  type: "AskHint";
  lesson: string;
  language: string;
  task: string;
  number: number;
  script: string;
}

/**
 * The solution of a graded task.
 */
export interface AskSolution {
  type: "AskSolution";
  lesson: string;
  task: string;
}

/**
 * Is a lesson's ``revision`` still that of its files? For who writes it, and looks at it meanwhile.
 */
export interface WatchLesson {
  type: "WatchLesson";
  lesson: string;
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
 * A lab as it stands: the answer to OpenBuiltin, OpenScript, ReplaceScript and RunCommand.
 *
 * ``slug`` is that of the built-in lab while the script is still its own, else empty. ``twin`` is the slug of the
 * lab that is worth a comparison, or empty. ``topology`` is that at the end of the script. ``confirmed`` are the
 * kernels that printed the same for this very script. ``diagnostics`` are the commands that failed, in order;
 * ``outcomes`` say how each probe went; ``arrangement`` is what the script's comments say about the picture.
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
  diagnostics: Diagnostic[];
  outcomes: Outcome[];
  arrangement: Arrangement;
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
 * Something wrong in the script, from ``start`` to ``end`` (characters): the real tool's words, first its ``line``.
 *
 * ``line`` and ``column`` count from 1. ``explanation`` says in a plain sentence what is meant and what to do, or is
 * empty; ``fixes`` do it, where that can be known.
 */
export interface Diagnostic {
  start: number;
  end: number;
  line: number;
  column: number;
  message: string;
  explanation: string;
  fixes: Fix[];
}

/**
 * What to do about a diagnostic, as a button: ``title``, and the changes of the script that it makes.
 */
export interface Fix {
  title: string;
  changes: Change[];
}

/**
 * Replaces the script's text from ``start`` to ``end`` by ``insert``. Offsets count Unicode characters.
 */
export interface Change {
  start: number;
  end: number;
  insert: string;
}

/**
 * How one probe went: what the table of results shows.
 *
 * ``fate`` is that of the packet that the probe sent first; copies and fragments of it count as itself. "lost" is what
 * ended without a word (it waits for a neighbour, say), "none": nothing was sent. ``where`` is "netns/device" or a
 * namespace, ``reason`` the kernel's drop reason, the queue in which a lost packet waits, or empty. ``hooks`` counts
 * hooks that ran something; ``summary`` is the program's own last word ("1 packets transmitted, 1 received").
 */
export interface Outcome {
  probe: number;
  fate: "delivered" | "dropped" | "lost" | "none" | "stolen";
  where: string;
  reason: string;
  steps: number;
  hooks: number;
  code: number;
  summary: string;
}

/**
 * What comment lines of a script say about the picture, and a shell ignores (edit.py has their form).
 *
 * ``rows`` as in Arrange; ``devices`` per namespace as in ArrangeDevices; ``colours`` per namespace as in Colour.
 */
export interface Arrangement {
  rows: string[][];
  devices: [string, string[]][];
  colours: [string, number][];
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
 * The answer to EditScript.
 */
export interface Edited {
  type: "Edited";
  edit: Edit;
}

/**
 * What an operation does to a script.
 *
 * ``changes`` are in order and do not overlap; all offsets are those of the script before. ``commands`` are those that
 * are added, for the chip under the pointer and the terminal. ``made`` is what is to be selected afterwards.
 */
export interface Edit {
  changes: Change[];
  commands: string[];
  made: Item[];
}

/**
 * The answer to CompleteScript: ``options`` replace the characters from ``start`` to the offset.
 */
export interface ScriptCompletions {
  type: "ScriptCompletions";
  start: number;
  options: CompletionOption[];
}

/**
 * One word that may stand there; ``kind`` is for its mark, ``detail`` a few words about it, or empty.
 */
export interface CompletionOption {
  label: string;
  kind: "address" | "chain" | "device" | "keyword" | "namespace" | "option" | "program" | "set" | "table" | "word";
  detail: string;
}

/**
 * The answer to CompileRule: the ``rule``, and what `nft --debug=netlink` prints of it; empty where none is.
 */
export interface Compiled {
  type: "Compiled";
  rule: string;
  lines: string[];
}

/**
 * The answer to AskWhyNot: the ``reasons`` in the order of the walk, and the smallest edits first.
 *
 * ``reached`` is true where the hook was met after all; ``tried`` says how many edits the model was run with, and
 * ``complete``, whether those are all that there are: a search ends when its time is over.
 */
export interface WhyNot {
  type: "WhyNot";
  reached: boolean;
  reasons: Reason[];
  remedies: Remedy[];
  tried: number;
  complete: boolean;
}

/**
 * One step of the answer to "why not?": what happened to the packet, the step's number in the walk, or -1.
 *
 * ``title`` is a hook or a kernel function, ``text`` the sentence that follows it; what stands between backquotes is
 * the machine's. ``decided`` is true for the decision that turned the packet away.
 */
export interface Reason {
  step: number;
  title: string;
  text: string;
  decided: boolean;
}

/**
 * A smallest edit after which the hook is reached, found by running the model.
 *
 * ``hook`` is namespace, device or "", and station: the one that was asked about, or where its chain has been moved.
 * ``commands`` are what people would type for it; ``changes`` edit the script to the same effect; ``script`` is the
 * script after them.
 */
export interface Remedy {
  title: string;
  hook: [string, string, string];
  commands: string[];
  changes: Change[];
  script: string;
}

/**
 * The answer to AskReachability: every ordered pair of namespaces whose target has an address.
 *
 * Of a large lab only some are asked, and ``left_out`` says how many are not in ``pairs``.
 */
export interface Reachability {
  type: "Reachability";
  pairs: Reach[];
  left_out: number;
}

/**
 * Whether one namespace reaches another's address by ping, and where the packet or its answer ended if not.
 */
export interface Reach {
  source: string;
  target: string;
  address: string;
  reached: boolean;
  where: string;
  reason: string;
}

/**
 * The answer to AskCapture; ``pcapng`` is the file, with a comment per frame.
 */
export interface Capture {
  type: "Capture";
  frames: Captured[];
  pcapng: string;
}

/**
 * One frame as a packet socket sees it: its step in the walk, tcpdump's line, and its direction.
 */
export interface Captured {
  step: number;
  text: string;
  outgoing: boolean;
}

/**
 * The answer to OpenRuleset: a lab's script, and what was left out of it.
 */
export interface RulesetLab {
  type: "RulesetLab";
  script: string;
  notes: string[];
}

/**
 * The answer to ExportLab: the file.
 */
export interface Exported {
  type: "Exported";
  content: string;
}

/**
 * The answer to Cancel.
 */
export interface Cancelled {
  type: "Cancelled";
  question: number;
}

/**
 * The answer to OpenCourse: the lessons in order. ``languages`` are those that all texts exist in.
 */
export interface Course {
  type: "Course";
  language: string;
  languages: string[];
  lessons: LessonEntry[];
}

/**
 * A lesson in the list of lessons. ``summary`` is HTML, ``minutes`` what it takes; ``tasks`` are their ids.
 *
 * ``confirmed``, kernels that printed the same as the model, is told on the page of the course only: it takes time.
 * ``ahead``: it shows what is not in Linux, too, of which no kernel can confirm anything.
 */
export interface LessonEntry {
  slug: string;
  number: number;
  title: string;
  summary: string;
  minutes: number;
  tasks: string[];
  confirmed: string[];
  ahead: boolean;
}

/**
 * The answer to OpenLesson: ``blocks`` of prose and tasks in order, all texts as HTML that is safe to insert.
 *
 * ``script`` is the lab that the lesson begins with. ``confirmed`` are the kernels that printed the same as the model
 * for each of its labs and solutions; ``ahead``: what is not in Linux left out. ``previous``
 * and ``next`` are slugs, or empty. ``revision``: see WatchLesson.
 * ``prices``: what a lesson about cost reckons a walk's way out of devices at.
 */
export interface Lesson {
  type: "Lesson";
  slug: string;
  number: number;
  language: string;
  languages: string[];
  title: string;
  summary: string;
  minutes: number;
  script: string;
  blocks: (ShownProse | ShownTask)[];
  links: Link[];
  confirmed: string[];
  ahead: boolean;
  previous: string;
  next: string;
  revision: string;
  prices: Prices | null;
}

/**
 * Prose, as HTML. Code spans that name a hook carry data-hook, those that name a kernel function data-function.
 */
export interface ShownProse {
  type: "ShownProse";
  html: string;
}

/**
 * A task. ``many``: several options may be chosen; of an order, the chosen ones are put in order.
 *
 * ``expect`` are the expectations that are not hidden, ``hidden`` is how many others there are; ``par`` counts
 * commands (0: not a graded task), ``points`` is what all expectations are worth. ``hints`` counts them.
 */
export interface ShownTask {
  type: "ShownTask";
  id: string;
  kind: "build" | "capture" | "choice" | "fields" | "order" | "predict" | "script" | "verdict";
  prompt: string;
  many: boolean;
  options: ShownOption[];
  expect: ShownExpectation[];
  hidden: number;
  points: number;
  par: number;
  hints: number;
}

/**
 * An answer to choose; ``hook`` where it can be clicked in the picture. ``label`` is HTML.
 */
export interface ShownOption {
  id: string;
  label: string;
  hook: HookPlace | null;
}

/**
 * A hook of the picture. ``dev`` is empty where it is that of any device.
 */
export interface HookPlace {
  netns: string;
  dev: string;
  station: string;
}

/**
 * What a graded task expects, as HTML, and the command that tries it ("" where none is needed).
 */
export interface ShownExpectation {
  id: string;
  text: string;
  probe: string;
}

/**
 * A manual page, or a kernel function with its file.
 */
export interface Link {
  kind: "function" | "man";
  title: string;
  url: string;
}

/**
 * Instructions that a packet takes at its way out of a device. ``plain`` is what it takes with nothing attached.
 *
 * ``check``: netfilter egress is used, but not at this device; ``chain``: a base chain without rules; ``clsact``: tc
 * is there, without filters; ``filter``: a filter that accepts, its clsact included. ``ns_low`` and ``ns_high`` are
 * nanoseconds per instruction, as two measurements of the same thing give them. ``source`` says where from.
 */
export interface Prices {
  plain: number;
  check: number;
  chain: number;
  clsact: number;
  filter: number;
  ns_low: number;
  ns_high: number;
  source: string;
  time_source: string;
}

/**
 * The answer to OpenTask. ``lab`` has no key: no session holds it; a graded task's goes on from its ``script``.
 *
 * Of a question that is not revealed, ``lab`` ends before the probe, ``walk`` after ``shown`` steps, and outcomes are
 * left out. ``probe`` is the number of the probe that is asked about, -1 for a graded task, whose ``walk`` is None.
 */
export interface TaskLab {
  type: "TaskLab";
  lesson: string;
  task: string;
  lab: LabState;
  probe: number;
  walk: Steps | null;
  shown: number;
  hidden: boolean;
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
  notes: (RuleRun | ChainRun | FilterRun | ActionRun | Cloned | Dropped | Consumed | Queued | Routed | Neighbour | Tracked | Translated | Traced | Tapped | Delivered)[];
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
 * The packet's nf_trace is set: a line of what ``nft monitor trace`` prints of this hook.
 */
export interface Traced {
  type: "Traced";
  line: string;
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
 * The answer to AnswerTask: ``right`` says whether all of it is; ``answer`` are the right options' ids (in order).
 *
 * ``step`` is where the walk of the task, revealed, shows it (-1: nowhere). ``explanation`` is HTML. Of ``credit``,
 * 1 is all.
 */
export interface Judged {
  type: "Judged";
  lesson: string;
  task: string;
  right: boolean;
  credit: number;
  answer: string[];
  feedback: Feedback[];
  explanation: string;
  step: number;
}

/**
 * What there is to say of one part of an answer, as HTML. ``option`` is an option's or mistake's id.
 *
 * ``misconception`` is the belief that leads there, in a sentence, or empty.
 */
export interface Feedback {
  option: string;
  right: boolean;
  text: string;
  misconception: string;
}

/**
 * The answer to GradeScript. ``commands`` counts those over the lab that the task begins with; ``par`` is the aim.
 *
 * ``resembles`` is the name of a known wrong answer that fails in the same way, or empty, and ``feedback`` what there
 * is to say to it, or to a right answer, as HTML. ``problem`` says why a script could not be run at all.
 */
export interface Graded {
  type: "Graded";
  lesson: string;
  task: string;
  solved: boolean;
  points: number;
  of: number;
  commands: number;
  par: number;
  expect: Met[];
  resembles: string;
  feedback: string;
  problem: string;
}

/**
 * An expectation after grading. ``seen`` says in a sentence what the model saw, ``feedback`` what to think of.
 */
export interface Met {
  id: string;
  hidden: boolean;
  met: boolean;
  points: number;
  text: string;
  probe: string;
  seen: string;
  feedback: string;
}

/**
 * The answer to AskHint: HTML, and what the model adds to it. ``more`` says how many hints follow.
 */
export interface Hinted {
  type: "Hinted";
  lesson: string;
  task: string;
  number: number;
  text: string;
  computed: ComputedHint;
  more: number;
}

/**
 * What the model adds to a hint: reasons as "why not?" gives them, where two walks part, or what failed.
 */
export interface ComputedHint {
  reasons: Reason[];
  divergence: Divergence | null;
  failing: Met | null;
}

/**
 * Where the learner's walk parts from the solution's: the last stop of both, and the next of each ("" for none).
 */
export interface Divergence {
  common: string;
  yours: string;
  solution: string;
  step: number;
}

/**
 * The answer to AskSolution: commands for the terminal, one an entry, and the script that they make.
 */
export interface Solution {
  type: "Solution";
  lesson: string;
  task: string;
  commands: string[];
  script: string;
}

/**
 * The answer to WatchLesson. ``faults`` are what `hookwalk lessons check` says about its files as they are.
 *
 * A check takes seconds; until it is done there are none.
 */
export interface Revision {
  type: "Revision";
  lesson: string;
  revision: string;
  faults: string[];
}

/**
 * What was wrong, in words for people; ``line`` and ``column`` count from 1 in the script, 0 where none applies.
 * ``explanation`` says what the words mean and what to do, or is empty.
 *
 * malformed: not a message of this protocol. script: the lab's text cannot be read. limit: the lab asks for more
 * than this server gives. operation: the picture cannot be changed so.
 * busy: too many requests, try again. refused: the room does not allow it. internal: a fault of ours.
 */
export interface Failed {
  type: "Failed";
  code: "busy" | "internal" | "limit" | "malformed" | "operation" | "refused" | "script" | "unknown_lab" | "unknown_name";
  message: string;
  line: number;
  column: number;
  explanation: string;
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

/**
 * What a page carries that plays without a server: a lab with all its walks, and where it begins.
 *
 * ``link`` is the address of the lab in the Hookwalk that wrote the page, or empty.
 */
export interface PlayerData {
  protocol: number;
  lab: LabState;
  recordings: Recording[];
  probe: number;
  step: number;
  link: string;
}

/**
 * A probe's walk, and the lab as it was before it.
 */
export interface Recording {
  walk: Steps;
  topology: Topology;
}

/**
 * What the home page and the list of lessons carry. ``watched``: the lessons are being written.
 */
export interface CourseData {
  protocol: number;
  labs: BuiltinLab[];
  course: Course;
  faults: LessonFault[];
  question: HomeQuestion | null;
  watched: boolean;
}

/**
 * A lesson whose files cannot be read, and why.
 */
export interface LessonFault {
  lesson: string;
  message: string;
}

/**
 * The question that the home page asks, with its walk up to there; ``own``: it is that of Hookwalk's own course.
 */
export interface HomeQuestion {
  lesson: string;
  task: ShownTask;
  stage: TaskLab;
  own: boolean;
}

/**
 * What a lesson's page carries: the ``lesson``, None where its files cannot be read, and its first task's lab.
 */
export interface LessonData {
  protocol: number;
  labs: BuiltinLab[];
  slug: string;
  course: Course;
  lesson: Lesson | null;
  stage: TaskLab | null;
  faults: LessonFault[];
  watched: boolean;
}

/**
 * All that is kept of one learner. ``version`` is 1; ``language`` is empty where the browser's is followed.
 */
export interface Progress {
  version: number;
  language: string;
  lessons: LessonProgress[];
}

/**
 * One lesson: its tasks, and ``at``, the block that was last looked at.
 */
export interface LessonProgress {
  lesson: string;
  at: number;
  tasks: TaskProgress[];
}

/**
 * One task: how far, the answer or script last given, and of a graded task points and the fewest commands.
 *
 * ``state``: "open" (tried, not solved), "right" (at the first try), "solved", or "shown" (the solution was seen).
 */
export interface TaskProgress {
  task: string;
  state: "open" | "right" | "shown" | "solved";
  tries: number;
  hints: number;
  points: number;
  commands: number;
  chosen: string[];
  script: string;
}

/**
 * The link of a lab by value that is to become a short one (POST /s), and what a short link's page goes on to.
 */
export interface KeepLink {
  address: string;
}

/**
 * The answer: the short link's path. The same lab always has the same.
 */
export interface ShortLink {
  path: string;
}

/**
 * Keeps a learner's progress under a new code word (POST /progress).
 */
export interface KeepProgress {
  type: "KeepProgress";
  progress: Progress;
}

/**
 * What is kept under a code word? Capitals, hyphens and the words' endings do not matter.
 */
export interface LoadProgress {
  type: "LoadProgress";
  word: string;
}

/**
 * Puts the progress in the place of what is kept under a code word.
 */
export interface SaveProgress {
  type: "SaveProgress";
  word: string;
  progress: Progress;
}

/**
 * Deletes what is kept under a code word; the answer holds no progress, and the word is none any more.
 */
export interface ForgetProgress {
  type: "ForgetProgress";
  word: string;
}

/**
 * The answer: the code word as it was given, and the progress. Nobody who has lost the word can find it again.
 */
export interface KeptProgress {
  type: "KeptProgress";
  word: string;
  progress: Progress;
}

/**
 * What the page of a worksheet draws: the lab of its lesson, as it is before anything is asked.
 */
export interface SheetData {
  title: string;
  topology: Topology;
}

/**
 * Opens a room. Whoever opens it is its teacher, by a token, and has yet to join.
 */
export interface OpenRoom {
  type: "OpenRoom";
  title: string;
}

/**
 * Comes into a room, also after a lost connection.
 *
 * With ``token`` as a teacher. With the ``key`` of an earlier answer as the same student as then, else as a new one,
 * called ``name`` or, where that is empty, by an animal's. A ``projector`` is nobody, and sees what everyone sees.
 */
export interface JoinRoom {
  type: "JoinRoom";
  code: string;
  token: string;
  key: string;
  name: string;
  projector: boolean;
}

/**
 * Goes out of the room.
 */
export interface LeaveRoom {
  type: "LeaveRoom";
}

/**
 * Teachers': where the room is to look. The last one of each 50 ms goes out; the last one of all is kept.
 */
export interface MoveCursor {
  type: "MoveCursor";
  cursor: RoomCursor;
}

/**
 * Where the teacher is. ``lab`` counts the room's labs from 1 (0: none is shown yet); ``number`` grows.
 *
 * ``blank`` is the blacked-out projector. Cursors are no events: the last one wins, and is kept.
 */
export interface RoomCursor {
  type: "RoomCursor";
  number: number;
  lab: number;
  probe: number;
  step: number;
  twin: boolean;
  level: "expressions" | "functions" | "hooks" | "registers";
  viewport: Viewport | null;
  hook: RoomHook | null;
  laser: Spot | null;
  blank: boolean;
}

/**
 * What part of the picture is shown: its centre in the picture's own units, and the scale.
 */
export interface Viewport {
  x: number;
  y: number;
  scale: number;
}

/**
 * A hook of the picture; ``dev`` is empty for one of the namespace.
 */
export interface RoomHook {
  netns: string;
  dev: string;
  station: string;
}

/**
 * Where the laser pointer is, in the picture's own units.
 */
export interface Spot {
  x: number;
  y: number;
}

/**
 * Students': whether one follows, and the step that one is at.
 */
export interface SayWhere {
  type: "SayWhere";
  following: boolean;
  step: number;
}

/**
 * A lab that the room sees or saw, by its number (from 1).
 */
export interface GetRoomLab {
  type: "GetRoomLab";
  number: number;
}

/**
 * A walk of such a lab; ``other``: of the second of a twin.
 */
export interface GetRoomWalk {
  type: "GetRoomWalk";
  number: number;
  other: boolean;
  probe: number;
}

/**
 * Teachers': everybody's answers and work.
 */
export interface GetResults {
  type: "GetResults";
}

/**
 * Teachers': asks a question of a lesson, at its step of its lab, which the room sees then.
 */
export interface AskLesson {
  type: "AskLesson";
  lesson: string;
  task: string;
}

/**
 * Students': does this script do what the task of a lesson wants? The room's board gets the grade.
 */
export interface GradeWork {
  type: "GradeWork";
  task: number;
  language: string;
  script: string;
}

/**
 * Students': the next hint of the lesson's task for this script; the board counts it.
 */
export interface AskRoomHint {
  type: "AskRoomHint";
  task: number;
  language: string;
  script: string;
}

/**
 * The teacher's: a link for co-teachers, in the place of an earlier one.
 */
export interface InviteCoTeacher {
  type: "InviteCoTeacher";
}

/**
 * Shows a lab to the room.
 */
export interface ShowLab {
  type: "ShowLab";
  lab: RoomLab;
}

/**
 * A lab that the room sees; with ``other``, two of them side by side.
 */
export interface RoomLab {
  title: string;
  script: string;
  other_title: string;
  other: string;
}

/**
 * Shows the lab that a student has offered.
 */
export interface ShowOffered {
  type: "ShowOffered";
  member: number;
}

/**
 * Holds everyone at the teacher's step, or lets them go.
 */
export interface Freeze {
  type: "Freeze";
  on: boolean;
}

/**
 * Asks a question; the room is frozen. An open one is over then, unanswered.
 */
export interface AskRoom {
  type: "AskRoom";
  question: RoomQuestion;
}

/**
 * A question at a step of a walk. ``right`` are the right options' ids, empty where the teacher decides later.
 *
 * Whoever is not a teacher gets it without ``right`` and ``explanation`` until it is revealed. ``lesson`` and ``task``
 * say where it was prepared, and ``words`` are then its texts by language; all texts are plain.
 */
export interface RoomQuestion {
  kind: "capture" | "choice" | "field" | "hook" | "verdict";
  prompt: string;
  options: RoomOption[];
  several: boolean;
  right: string[];
  explanation: string;
  lab: number;
  probe: number;
  step: number;
  lesson: string;
  task: string;
  words: QuestionWords[];
}

/**
 * One possible answer: a letter, what it says, and the hook of the picture that it stands for.
 */
export interface RoomOption {
  id: string;
  text: string;
  detail: string;
  hook: RoomHook | null;
}

/**
 * A question in one language: ``options`` and ``feedback`` in the order of the question's options.
 */
export interface QuestionWords {
  language: string;
  prompt: string;
  options: string[];
  feedback: string[];
  explanation: string;
}

/**
 * Shows the room how many chose what.
 */
export interface CountAnswers {
  type: "CountAnswers";
  question: number;
}

/**
 * Shows the right answer; with ``right`` and ``explanation`` empty, those that came with the question.
 */
export interface RevealAnswer {
  type: "RevealAnswer";
  question: number;
  right: string[];
  explanation: string;
}

/**
 * Hands out a task; the room is let go. The one before it is over.
 */
export interface HandOut {
  type: "HandOut";
  task: RoomTask;
}

/**
 * An exercise: a lab to start from, or a task of a lesson, which then grades it and has ``words`` by language.
 *
 * ``expect`` is how much the lesson looks at, ``hints`` how many it gives.
 */
export interface RoomTask {
  title: string;
  text: string;
  script: string;
  lesson: string;
  task: string;
  words: TaskWords[];
  expect: number;
  hints: number;
}

/**
 * A task in one language.
 */
export interface TaskWords {
  language: string;
  title: string;
  text: string;
}

/**
 * Ends a task.
 */
export interface CollectTask {
  type: "CollectTask";
  task: number;
}

/**
 * Asks a student whether the room may see her lab.
 */
export interface RequestLab {
  type: "RequestLab";
  member: number;
}

/**
 * Sends a student out.
 */
export interface RemoveMember {
  type: "RemoveMember";
  member: number;
}

/**
 * Takes the co-teachers' link back; who came by it is out.
 */
export interface DismissCoTeachers {
  type: "DismissCoTeachers";
}

/**
 * Ends the lesson.
 */
export interface CloseRoom {
  type: "CloseRoom";
}

/**
 * Answers the open question, or answers it otherwise; empty: "I don't know".
 */
export interface GiveAnswer {
  type: "GiveAnswer";
  question: number;
  chosen: string[];
}

/**
 * Says how far one is with the task.
 */
export interface ReportWork {
  type: "ReportWork";
  task: number;
  work: Work;
}

/**
 * How far a student has come with a task. Of what a lesson expects, ``met`` holds; ``hints`` were taken.
 */
export interface Work {
  state: "begun" | "solved" | "tried";
  points: number;
  of: number;
  commands: number;
  met: number;
  hints: number;
}

/**
 * Lets the room see this lab, if a teacher shows it.
 */
export interface OfferLab {
  type: "OfferLab";
  lab: RoomLab;
}

/**
 * Does not let the room see it, or takes an offer back.
 */
export interface DeclineLab {
  type: "DeclineLab";
}

/**
 * Calls oneself otherwise; only teachers see names.
 */
export interface TakeName {
  type: "TakeName";
  name: string;
}

/**
 * The answer to OpenRoom: the code for students, and the token that makes a teacher.
 *
 * A token stands after the # of a link, which browsers send to no server.
 */
export interface RoomOpened {
  type: "RoomOpened";
  code: string;
  teacher: string;
}

/**
 * The answer to JoinRoom: all that there is to know. ``key`` and ``own`` are a student's, ``board`` teachers'.
 */
export interface RoomJoined {
  type: "RoomJoined";
  role: "co-teacher" | "projector" | "student" | "teacher";
  member: number;
  key: string;
  view: RoomView;
  cursor: RoomCursor;
  own: OwnView | null;
  board: Board | null;
}

/**
 * The room as everyone may see it, projector included. ``joined`` students have come so far.
 *
 * A view replaces every earlier one: the higher ``revision`` is the later.
 */
export interface RoomView {
  type: "RoomView";
  code: string;
  revision: number;
  title: string;
  lab: SeenLab | null;
  frozen: boolean;
  question: SeenQuestion | null;
  task: SeenTask | null;
  joined: number;
  closed: boolean;
}

/**
 * The lab that the room sees; ``number`` asks for it. ``student``: it is a student's, who is not named.
 */
export interface SeenLab {
  number: number;
  title: string;
  twin: boolean;
  student: boolean;
}

/**
 * A question as the room sees it.
 *
 * ``counts`` is empty until the teacher shows them, ``right``, ``explanation`` and the feedback in ``words`` until the
 * reveal. ``answered`` includes those who say that they do not know.
 */
export interface SeenQuestion {
  number: number;
  kind: string;
  prompt: string;
  options: RoomOption[];
  several: boolean;
  lab: number;
  probe: number;
  step: number;
  answered: number;
  counts: AnswerCount[];
  revealed: boolean;
  right: string[];
  explanation: string;
  lesson: string;
  task: string;
  words: QuestionWords[];
}

/**
 * How many chose an option.
 */
export interface AnswerCount {
  option: string;
  count: number;
}

/**
 * The task that is on.
 */
export interface SeenTask {
  number: number;
  task: RoomTask;
}

/**
 * What a student sees of herself: her answer to the last question, which is ``question``, her work on the task
 * that is on, whether her lab was asked for, and whether she was sent out.
 */
export interface OwnView {
  type: "OwnView";
  revision: number;
  name: string;
  question: number;
  answered: boolean;
  chosen: string[];
  work: Work | null;
  requested: boolean;
  offered: boolean;
  removed: boolean;
}

/**
 * The room as its teachers see it: who is where, every question with its answers, and whether there is a link for
 * co-teachers (``invited``).
 */
export interface Board {
  type: "Board";
  revision: number;
  members: BoardMember[];
  questions: SeenQuestion[];
  tasks: BoardTask[];
  labs: BoardLab[];
  invited: boolean;
}

/**
 * A student on the teacher's board.
 */
export interface BoardMember {
  member: number;
  name: string;
  answered: boolean;
  chosen: string[];
  work: Work | null;
  requested: boolean;
  offered: boolean;
}

/**
 * How many are where with a task. ``lesson`` grades it, if any; of those who tried, ``some`` have met a part of
 * what it expects. ``hints`` were taken in all.
 */
export interface BoardTask {
  number: number;
  title: string;
  begun: number;
  tried: number;
  solved: number;
  collected: boolean;
  lesson: string;
  some: number;
  hints: number;
}

/**
 * A lab of the room; ``member``: whose, 0 for the teacher's.
 */
export interface BoardLab {
  number: number;
  title: string;
  twin: boolean;
  member: number;
}

/**
 * The answer to a deed: it is kept. ``revision`` is that of the room after it; ``own`` a student's view.
 *
 * ``lab`` is the number of the lab that the room sees after it (0: none); ``cursor`` is where the deed has led it.
 */
export interface RoomDone {
  type: "RoomDone";
  revision: number;
  own: OwnView | null;
  lab: number;
  cursor: RoomCursor | null;
}

/**
 * The answer to GradeWork.
 */
export interface RoomGraded {
  type: "RoomGraded";
  graded: Graded;
  own: OwnView;
}

/**
 * The answer to AskRoomHint.
 */
export interface RoomHinted {
  type: "RoomHinted";
  hinted: Hinted;
  own: OwnView;
}

/**
 * The answer to MoveCursor (``number``: that of the cursor), SayWhere and LeaveRoom.
 */
export interface RoomNoted {
  type: "RoomNoted";
  number: number;
}

/**
 * The answer to GetRoomLab: the lab, run. Its key is empty: no session holds it. ``other``: of a twin.
 */
export interface RoomLabRun {
  type: "RoomLabRun";
  number: number;
  lab: LabState;
  other: LabState | null;
}

/**
 * The answer to GetRoomWalk: all of the walk, and the topology when the probe ran.
 */
export interface RoomWalk {
  type: "RoomWalk";
  number: number;
  other: boolean;
  walk: Steps;
  done: WalkDone;
}

/**
 * The answer to GetResults: a table for spreadsheets (RFC 4180).
 */
export interface RoomResults {
  type: "RoomResults";
  csv: string;
}

/**
 * The answer to InviteCoTeacher: the token that makes a co-teacher. It is told this once.
 */
export interface CoTeacherInvited {
  type: "CoTeacherInvited";
  token: string;
}

/**
 * The students who are connected to one process of the server (``worker``).
 */
export interface Presence {
  type: "Presence";
  worker: string;
  members: Whereabouts[];
}

/**
 * Where a student is who is connected.
 */
export interface Whereabouts {
  member: number;
  following: boolean;
  step: number;
}

/**
 * Told to somebody who was sent out, as ``left``. Nothing of the room is told any more.
 */
export interface RoomLeft {
  type: "RoomLeft";
}

/**
 * What a page of a room carries: the room's code (empty: none yet), and for teachers the labs and the lessons.
 */
export interface RoomData {
  protocol: number;
  code: string;
  labs: TeachingLab[];
  lessons: TeachingLesson[];
}

/**
 * A lab that a teacher can show.
 */
export interface TeachingLab {
  title: string;
  script: string;
}

/**
 * A lesson as a deck that is ready: its tasks in order.
 */
export interface TeachingLesson {
  lesson: string;
  title: string;
  tasks: TeachingTask[];
}

/**
 * A question or a graded task of a lesson, in the words of its prompt. ``askable``: a room can be asked it.
 */
export interface TeachingTask {
  task: string;
  prompt: string;
  graded: boolean;
  askable: boolean;
}

export type Request = Verify | OpenBuiltin | OpenScript | RunCommand | ReplaceScript | GetWalk | Complete | CloseLab | EditScript | CompleteScript | CompileRule | AskWhyNot | AskReachability | Cancel | AskCapture | OpenRuleset | ExportLab | OpenCourse | OpenLesson | OpenTask | AnswerTask | GradeScript | AskHint | AskSolution | WatchLesson;
export type Answer = Verified | LabState | WalkDone | Completions | Closed | Edited | ScriptCompletions | Compiled | WhyNot | Reachability | Capture | RulesetLab | Exported | Cancelled | Course | Lesson | TaskLab | Judged | Graded | Hinted | Solution | Revision | Failed;
export type Operation = AddNamespace | AddVeth | AddDevice | AddVxlan | Enslave | MoveDevice | AddChain | AddRule | AddFilter | Redirect | AddAddress | AddRoute | AddNeighbour | SetForwarding | SetLink | AddProbe | AddCommand | Delete | Rename | Copy | Paste | Arrange | ArrangeDevices | Colour;
export type ProgressRequest = KeepProgress | LoadProgress | SaveProgress | ForgetProgress;
export type RoomRequest = OpenRoom | JoinRoom | LeaveRoom | MoveCursor | SayWhere | GetRoomLab | GetRoomWalk | GetResults | AskLesson | GradeWork | AskRoomHint | InviteCoTeacher | ShowLab | ShowOffered | Freeze | AskRoom | CountAnswers | RevealAnswer | HandOut | CollectTask | RequestLab | RemoveMember | DismissCoTeachers | CloseRoom | GiveAnswer | ReportWork | OfferLab | DeclineLab | TakeName;
export type RoomAnswer = RoomOpened | RoomJoined | RoomDone | RoomGraded | RoomHinted | RoomNoted | RoomLabRun | RoomWalk | RoomResults | CoTeacherInvited | Failed;
