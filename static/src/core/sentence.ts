// One sentence of explanation for each step, made from its typed data. Which sentence is said is decided here, how it is
// worded in text/sentences.ts.

import { type SentenceKey, type Sentences, SENTENCES } from "../text/sentences.ts";
import { fill, scene } from "../text/scene.ts";
import { changesOf, type Stop } from "./cursor.ts";
import { programOf } from "./sockets.ts";
import { NETDEV_HOOKS, outcomeOf } from "./stations.ts";
import { copyTaken, notesOf, type Step, type Walk } from "./walk.ts";

type Said = readonly [SentenceKey, Readonly<Record<string, string | number>>];

const netdev = new Set<string>(NETDEV_HOOKS);

/** Device of "Egress Redirect to device vethh". */
const target = (detail: string): string => /to device (\S+)/.exec(detail)?.[1] ?? "";

function nextDevice(walk: Walk, step: Step): string {
  const inner = walk.steps.slice(step.number + 1, step.last + 1);
  return inner.find((other) => other.dev !== "" && other.dev !== step.dev)?.dev ?? "";
}

function missed(step: Step): Said | undefined {
  const { station, dev, netns, reason } = step;
  switch (step.kind) {
    case "passed_by":
      return [reason.startsWith("nf_skip_egress") ? "passedByTc" : "passedBy", { station, reason: scene.reasons[reason] ?? reason }];
    case "empty":
      return [netdev.has(station) ? "empty" : "emptyOnNamespace", { station, dev, netns }];
    case "off":
      return ["off", { station: station.charAt(0).toUpperCase() + station.slice(1) }];
    default:
      return undefined;
  }
}

function handOver(walk: Walk, step: Step): Said | undefined {
  const to = nextDevice(walk, step);
  if (step.station === "mirred") {
    const detail = notesOf(step, "ActionRun").find((action) => action.kind === "mirred")?.detail ?? "";
    const device = target(detail) || to;
    if (!device) return detail ? ["mirred", { detail }] : ["handOver", {}];
    if (/mirror/i.test(detail)) return ["mirredMirror", { to: device }];
    return [/ingress/i.test(detail) ? "mirredIngress" : "mirredRedirect", { to: device }];
  }
  if (step.station === "fwd" || step.station === "dup") return to ? [step.station, { to }] : ["handOver", {}];
  return undefined;
}

/** The packet came to this device by a redirect of tc. */
function cameByTc(walk: Walk, step: Step): boolean {
  for (let at = step.number - 1; at >= 0; at--) {
    const before = walk.steps[at]!;
    if (before.skb !== step.skb && before.skb !== step.parent) continue;
    if (before.dev === step.dev && before.kind === "passed_by") return true;
    if (before.station === "xmit" || before.station === "receive") return false;
  }
  return false;
}

function tcHook(walk: Walk, step: Step): Said {
  const { verdict } = step;
  const filters = notesOf(step, "FilterRun");
  const hit = filters.find((filter) => filter.matched);
  if (!hit) return [filters.length ? "tcNoMatch" : "tcNoFilter", {}];
  const values = { kind: hit.kind, verdict: verdict || hit.verdict };
  const outcome = outcomeOf(step);
  if (outcome === "dropped") return ["tcDropped", values];
  if (outcome === "stolen") return [step.lane === "out" ? "tcStolenOut" : "tcStolen", values];
  return [step.lane === "out" && cameByTc(walk, step) ? "tcAfterRedirect" : "tcAccepted", values];
}

/** What the model can do and Linux cannot is in a folder of its own. */
const isPreview = (step: Step): boolean => step.file.startsWith("(preview");

function nftHook(walk: Walk, step: Step, words: Sentences): Said {
  if (walk.steps.slice(step.number, step.last + 1).some(isPreview)) return ["preview", {}];
  const count = notesOf(step, "RuleRun").length;
  const rules = fill(words[count === 0 ? "noRule" : count === 1 ? "rule" : "rules"], { count });
  const outcome = outcomeOf(step);
  const below = netdev.has(step.station);
  if (outcome === "stolen") return [below ? "nftStolen" : "hookStolen", {}];
  if (outcome === "accepted") return [below ? "nftAccepted" : "hookAccepted", { rules }];
  const decided = notesOf(step, "RuleRun").some((rule) => rule.verdict !== "");
  if (below && !decided && count === 0) return ["policyDropped", {}];
  return [below ? "nftDropped" : "hookDropped", { rules }];
}

function atDevice(step: Step, walk: Walk): Said | undefined {
  if (step.station === "receive") return ["receive", {}];
  if (step.station === "xmit") {
    if (step.dev === "lo") return ["xmitLoopback", {}];
    return [step.symbol === "veth_xmit" ? "xmitVeth" : "xmit", {}];
  }
  if (step.symbol === "__dev_queue_xmit") {
    const skips = walk.states[step.before]?.nf_skip_egress === 1;
    return [skips ? "devQueueXmitBelow" : "devQueueXmit", {}];
  }
  return undefined;
}

function socket(walk: Walk, step: Step): Said | undefined {
  if (step.station === "socket send") {
    const own = step.netns === walk.netns && !/^(icmp|arp)_/.test(step.symbol);
    return own ? ["socketSend", { program: programOf(walk.command) }] : ["socketReply", {}];
  }
  if (step.station === "deliver") {
    const taken = notesOf(step, "Delivered")[0];
    const dropped = notesOf(step, "Dropped")[0];
    if (dropped && copyTaken(walk, step.skb)) return ["copyDelivered", {}];
    if (dropped) return ["undeliverable", { reason: dropped.reason }];
    return taken ? ["delivered", { socket: taken.socket }] : ["deliveredPlain", {}];
  }
  return step.station === "forwarding" ? ["forwarding", {}] : undefined;
}

function fromNotes(step: Step): Said | undefined {
  for (const note of step.notes) {
    switch (note.type) {
      case "Dropped":
        return ["dropped", { reason: note.reason }];
      case "Routed":
        return [/^(unreachable|prohibit|blackhole|RTNETLINK|Network)/i.test(note.result) ? "notRouted" : "routed", { ...note }];
      case "Neighbour":
        return [note.lladdr ? "neighbour" : "neighbourUnknown", { ...note }];
      case "Queued":
        return [note.queue === "neighbour" ? "queuedNeighbour" : "queuedBacklog", {}];
      case "Tracked":
        return [note.state === "INVALID" ? "trackedInvalid" : "tracked", { state: note.state }];
      case "Translated":
        return ["translated", { field: note.field, address: note.address }];
      case "Tapped":
        return ["tapped", { dev: note.dev }];
      case "Delivered":
        return ["delivered", { socket: note.socket }];
      case "Cloned":
        return ["cloned", {}];
      case "Consumed":
        return ["consumed", {}];
      default:
    }
  }
  return undefined;
}

const BYTES = new Set(["head"]);
const PLACE = new Set(["data", "mac_header", "network_header", "transport_header"]);

function changed(walk: Walk, step: Step, words: Sentences): Said | undefined {
  const leaf = step.last === step.number; // what callees changed is said where they change it
  const changes = changesOf(walk, step).filter(([field]) => !PLACE.has(field));
  if (!leaf || changes.length === 0) return undefined;
  const fields = changes.map(([field, before, after]) =>
    BYTES.has(field) ? words.bytes : fill(words.field, { field, before: before || '""', after: after || '""' }),
  );
  const [last, ...others] = fields.reverse();
  return ["changed", { fields: others.length ? `${others.reverse().join(", ")}${words.and}${last}` : last! }];
}

function hook(walk: Walk, step: Step, words: Sentences): Said | undefined {
  if (step.station.startsWith("tc ")) return tcHook(walk, step);
  const ran = step.notes.some((note) => note.type === "RuleRun" || note.type === "ChainRun");
  return ran || step.station.startsWith("nft ") ? nftHook(walk, step, words) : undefined;
}

function said(walk: Walk, step: Step, words: Sentences): Said {
  return (
    missed(step) ??
    handOver(walk, step) ??
    hook(walk, step, words) ??
    socket(walk, step) ??
    atDevice(step, walk) ??
    fromNotes(step) ??
    changed(walk, step, words) ??
    (step.verdict ? ["verdict", { verdict: step.verdict }] : [step.dev ? "plainOn" : "plain", {}])
  );
}

/** The sentence for a step; what stands between backquotes is code. */
export function sentenceOf(walk: Walk, step: Step, words: Sentences = SENTENCES): string {
  const [key, values] = said(walk, step, words);
  const { symbol, dev, netns, station } = step;
  return fill(words[key], { symbol, dev, netns: netns || "root", station, ...values });
}

/** A part of a step: a rule's expression, a filter, an action. */
function inside(step: Step, stop: Stop): Said | undefined {
  const note = step.notes[stop.note];
  if (note?.type === "RuleRun") {
    const run = note.expressions[stop.expression];
    if (!run) return undefined;
    const expression = [run.name, run.operands].join(" ").trim();
    return [run.goes_on ? "expressionGoesOn" : "expressionEnds", { expression }];
  }
  if (note?.type === "FilterRun") return [note.matched ? "filterMatched" : "filterPassed", { kind: note.kind, pref: note.pref, verdict: note.verdict }];
  return note?.type === "ActionRun" ? ["action", { ...note }] : undefined;
}

/** The sentence for a stop: that of its step, or of the part of the step that it stands at. */
export function sentenceAt(walk: Walk, stop: Stop, words: Sentences = SENTENCES): string {
  const step = walk.steps[stop.step]!;
  const part = inside(step, stop);
  return part ? fill(words[part[0]], part[1]) : sentenceOf(walk, step, words);
}

/** A sentence in its parts, for a view that sets code in its own type. */
export function partsOf(sentence: string): { readonly text: string; readonly code: boolean }[] {
  return sentence
    .split("`")
    .map((text, at) => ({ text, code: at % 2 === 1 }))
    .filter((part) => part.text !== "");
}

export const plain = (sentence: string): string => sentence.replaceAll("`", "");
