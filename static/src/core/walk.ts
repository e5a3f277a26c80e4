// The values of webapp/kernel/trace.py as they arrive: what happened to packets, step by step.

export type Band = "l3" | "netfilter" | "tc" | "driver";
export type Lane = "in" | "out" | "";
export type StepKind = "run" | "passed_by" | "off" | "empty";

export interface ExprRun {
  readonly type: "ExprRun";
  readonly name: string;
  readonly operands: string;
  readonly value: string;
  readonly goes_on: boolean;
}

export interface RuleRun {
  readonly type: "RuleRun";
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
  readonly expressions: readonly ExprRun[];
  readonly verdict: string;
}

export interface ChainRun {
  readonly type: "ChainRun";
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly priority: number;
  readonly policy: string;
  readonly verdict: string;
}

export interface FilterRun {
  readonly type: "FilterRun";
  readonly kind: string;
  readonly chain: number;
  readonly pref: number;
  readonly protocol: string;
  readonly handle: number;
  readonly matched: boolean;
  readonly detail: readonly string[];
  readonly verdict: string;
}

export interface ActionRun {
  readonly type: "ActionRun";
  readonly kind: string;
  readonly index: number;
  readonly detail: string;
  readonly verdict: string;
}

export type Note =
  | RuleRun
  | ChainRun
  | FilterRun
  | ActionRun
  | { readonly type: "Cloned"; readonly child: number }
  | { readonly type: "Dropped"; readonly reason: string }
  | { readonly type: "Consumed" }
  | { readonly type: "Queued"; readonly queue: string }
  | { readonly type: "Routed"; readonly destination: string; readonly result: string }
  | { readonly type: "Neighbour"; readonly address: string; readonly lladdr: string; readonly state: string }
  | { readonly type: "Tapped"; readonly dev: string; readonly lane: Lane }
  | { readonly type: "Delivered"; readonly socket: string };

export type NoteType = Note["type"];

/** The fields of an sk_buff that decide its path; `head` is the frame in base64, the offsets point into it (-1: unset). */
export interface SkbState {
  readonly dev: string;
  readonly protocol: number;
  readonly pkt_type: number;
  readonly mark: number;
  readonly priority: number;
  readonly skb_iif: number;
  readonly tc_index: number;
  readonly nf_skip_egress: number;
  readonly tc_at_ingress: number;
  readonly tc_skip_classify: number;
  readonly redirected: number;
  readonly from_ingress: number;
  readonly nf_trace: number;
  readonly vlan_tci: number;
  readonly ct: string;
  readonly data: number;
  readonly mac_header: number;
  readonly network_header: number;
  readonly transport_header: number;
  readonly head: string;
}

/** `last` is the number of the last step inside this one; `before` and `after` index Walk.states, -1 without a packet. */
export interface Step {
  readonly number: number;
  readonly time: number;
  readonly depth: number;
  readonly last: number;
  readonly netns: string;
  readonly dev: string;
  readonly band: Band;
  readonly lane: Lane;
  readonly station: string;
  readonly symbol: string;
  readonly file: string;
  readonly kind: StepKind;
  readonly reason: string;
  readonly verdict: string;
  readonly skb: number;
  readonly parent: number;
  readonly before: number;
  readonly after: number;
  readonly notes: readonly Note[];
}

export interface Walk {
  readonly command: string;
  readonly line: number;
  readonly netns: string;
  readonly steps: readonly Step[];
  readonly states: readonly SkbState[];
  readonly truncated: boolean;
}

/** The notes of one type. */
export function notesOf<T extends NoteType>(step: Step, type: T): Extract<Note, { type: T }>[] {
  return step.notes.filter((note): note is Extract<Note, { type: T }> => note.type === type);
}
