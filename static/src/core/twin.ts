// Two walks on one axis: stops that are the same stop share a column, what only one of them has keeps its own; where
// they part, and which spans of columns differ.

import type { Stop } from "./cursor.ts";
import { placesOf } from "./journey.ts";
import type { Step, Walk } from "./walk.ts";

export interface Column {
  /** Index of the stop in each walk; -1: a gap. */
  readonly a: number;
  readonly b: number;
  readonly differs: boolean;
}

export interface Span {
  readonly from: number;
  /** The last column of the span. */
  readonly to: number;
}

export interface Twin {
  readonly columns: readonly Column[];
  /** The first column that differs, or -1. */
  readonly divergence: number;
  readonly spans: readonly Span[];
}

interface Side {
  readonly walk: Walk;
  readonly stops: readonly Stop[];
}

/** Where a stop is, apart from what happens there; packets by the order of their appearance. */
function keysOf({ walk, stops }: Side): string[] {
  const places = placesOf(walk);
  const packets = new Map<number, number>();
  return stops.map(({ step: number, note, expression }) => {
    const step = walk.steps[number]!;
    if (!packets.has(step.skb)) packets.set(step.skb, packets.size);
    const { netns, dev } = places[number]!;
    const stop = step.station || `${step.file}:${step.symbol}`;
    return [netns, dev, step.lane, stop, packets.get(step.skb), note, expression].join(" ");
  });
}

/** What happened at a stop, as far as two runs of one lab could be said to differ in it. */
function doing(step: Step): string {
  const notes = step.notes.map((note) => {
    if (note.type === "FilterRun") return [note.type, note.kind, note.matched, note.verdict];
    if (note.type === "RuleRun") return [note.type, note.chain, note.verdict, note.expressions.map((run) => [run.name, run.operands, run.goes_on])];
    // a line of nft's trace names the packet and counts; what it says beside that, the rule's own note says, too
    if (note.type === "Cloned" || note.type === "Traced") return [note.type];
    return Object.values(note);
  });
  return JSON.stringify([step.kind, step.reason, step.verdict, notes]);
}

/** Longest common subsequence of keys: lengths of the tails, row by row. */
function tails(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      rows[i]![j] = a[i] === b[j] ? rows[i + 1]![j + 1]! + 1 : Math.max(rows[i + 1]![j]!, rows[i]![j + 1]!);
    }
  }
  return rows;
}

const MOST = 4_000_000; // cells of the table; longer walks are aligned by their common beginning only

function pairs(a: readonly string[], b: readonly string[]): [number, number][] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  const result: [number, number][] = Array.from({ length: head }, (_, at) => [at, at]);
  const [restA, restB] = [a.slice(head), b.slice(head)];
  const small = restA.length * restB.length <= MOST;
  const table = small ? tails(restA, restB) : [];
  let [i, j] = [0, 0];
  while (i < restA.length || j < restB.length) {
    if (small && i < restA.length && j < restB.length && restA[i] === restB[j]) result.push([head + i++, head + j++]);
    else if (j >= restB.length || (i < restA.length && (!small || table[i + 1]![j]! >= table[i]![j + 1]!))) result.push([head + i++, -1]);
    else result.push([-1, head + j++]);
  }
  return result;
}

/** Spans of columns that differ, those with a single equal column between them joined. */
function spansOf(columns: readonly Column[]): Span[] {
  const spans: Span[] = [];
  columns.forEach(({ differs }, at) => {
    if (!differs) return;
    const last = spans.at(-1);
    if (last && at - last.to <= 2) spans[spans.length - 1] = { from: last.from, to: at };
    else spans.push({ from: at, to: at });
  });
  return spans;
}

export function align(a: Side, b: Side): Twin {
  const columns = pairs(keysOf(a), keysOf(b)).map(([atA, atB]): Column => {
    const [stepA, stepB] = [a.walk.steps[a.stops[atA]?.step ?? -1], b.walk.steps[b.stops[atB]?.step ?? -1]];
    return { a: atA, b: atB, differs: !stepA || !stepB || doing(stepA) !== doing(stepB) };
  });
  return { columns, divergence: columns.findIndex((column) => column.differs), spans: spansOf(columns) };
}

/** The position of one walk while the shared playhead stands at `position` (columns, with a fraction). */
export function sideAt(twin: Twin, side: "a" | "b", position: number): number {
  const whole = Math.min(Math.floor(position + 1e-9), twin.columns.length - 1);
  const at = twin.columns.slice(0, whole + 1).findLast((column) => column[side] >= 0)?.[side] ?? 0;
  const next = twin.columns[whole + 1]?.[side] ?? -1;
  return next >= 0 ? at + (next - at) * (position - whole) : at;
}
