// The skb fields of a step as the inspector lists them, with what changed on the way to it or in it.

import type { Stop } from "./cursor.ts";
import type { SkbState, Step, Walk } from "./walk.ts";

export interface FieldRow {
  readonly name: string;
  readonly value: string;
  /** The value before, where it changed. */
  readonly before?: string;
}

const PKT_TYPES = ["HOST", "BROADCAST", "MULTICAST", "OTHERHOST", "OUTGOING", "LOOPBACK"];
const hex = (value: number): string => `0x${value.toString(16)}`;

/** The fields in the order of the list; those of USUAL are listed also while they are what they always are. */
const FIELDS: readonly (readonly [name: string, show: (state: SkbState) => string])[] = [
  ["dev", (state) => state.dev || "none"],
  ["len", (state) => String(lengthOf(state))],
  ["protocol", (state) => `0x${state.protocol.toString(16).padStart(4, "0")}`],
  ["mark", (state) => hex(state.mark)],
  ["nf_skip_egress", (state) => String(state.nf_skip_egress)],
  ["redirected", (state) => String(state.redirected)],
  ["tc_at_ingress", (state) => String(state.tc_at_ingress)],
  ["pkt_type", (state) => PKT_TYPES[state.pkt_type] ?? String(state.pkt_type)],
  ["priority", (state) => hex(state.priority)],
  ["from_ingress", (state) => String(state.from_ingress)],
  ["tc_skip_classify", (state) => String(state.tc_skip_classify)],
  ["skb_iif", (state) => String(state.skb_iif)],
  ["tc_index", (state) => hex(state.tc_index)],
  ["nf_trace", (state) => String(state.nf_trace)],
  ["vlan_tci", (state) => (state.vlan_tci ? String(state.vlan_tci & 0xfff) : "none")],
  ["ct", (state) => state.ct || "none"],
];
const USUAL = new Set(["dev", "len", "mark", "nf_skip_egress", "redirected", "tc_at_ingress", "pkt_type"]);

/** All fields of the list by name, in its order. */
export function valuesOf(state: SkbState): [name: string, value: string][] {
  return FIELDS.map(([name, show]) => [name, show(state)]);
}

/** Bytes that the layer sees: from skb->data on. */
function lengthOf(state: SkbState): number {
  const padding = state.head.endsWith("==") ? 2 : state.head.endsWith("=") ? 1 : 0;
  return (state.head.length / 4) * 3 - padding - state.data;
}

/** The stop before this one at which the same packet, or the one that it was copied from, was seen. */
export function previousStop(walk: Walk, stops: readonly Stop[], at: number): Step | undefined {
  const step = walk.steps[stops[at]?.step ?? -1];
  if (!step) return undefined;
  for (let before = at - 1; before >= 0; before--) {
    const other = walk.steps[stops[before]!.step]!;
    if (other.number !== step.number && (other.skb === step.skb || other.skb === step.parent)) return other;
  }
  return undefined;
}

/** The packet as the step left it, or as it found it where the packet went on to other stops inside it. */
export function stateOf(walk: Walk, step: Step): SkbState | undefined {
  const inside = walk.steps.slice(step.number + 1, step.last + 1);
  const leaf = !inside.some((other) => other.station !== "" && other.skb === step.skb);
  return walk.states[leaf && step.after >= 0 ? step.after : step.before];
}

export function fieldsOf(walk: Walk, stops: readonly Stop[], at: number): FieldRow[] {
  const step = walk.steps[stops[at]?.step ?? -1];
  const now = step && stateOf(walk, step);
  if (!now) return [];
  const earlier = previousStop(walk, stops, at);
  const then = (earlier && stateOf(walk, earlier)) ?? walk.states[step.before];
  const rows = FIELDS.map(([name, show]): FieldRow => {
    const [value, before] = [show(now), then ? show(then) : show(now)];
    return before === value ? { name, value } : { name, value, before };
  });
  const listed = rows.filter((row) => row.before !== undefined || USUAL.has(row.name));
  return [...listed.filter((row) => row.before !== undefined), ...listed.filter((row) => row.before === undefined)];
}
