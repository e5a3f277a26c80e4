// A walk as a table, a row a stop: what the picture and the score show, in words.

import { done } from "../text/done.ts";
import { scene } from "../text/scene.ts";
import type { Stop } from "./cursor.ts";
import { fieldsOf } from "./fields.ts";
import { placesOf } from "./journey.ts";
import { notesOf, type Band, type Walk } from "./walk.ts";

export interface WalkRow {
  /** Index in the list of stops. */
  readonly at: number;
  readonly netns: string;
  readonly dev: string;
  readonly band: Band;
  /** The hook or stop of the picture, or empty; and the kernel's function. */
  readonly station: string;
  readonly symbol: string;
  /** The verdict, or why there is none. */
  readonly verdict: string;
  readonly passed: boolean;
  readonly dropped: boolean;
  /** 0 where there is but one packet so far; else the number of this one. */
  readonly packet: number;
  /** What changed since the packet's stop before this one: "mark 0x0 → 0x2a". */
  readonly changes: readonly string[];
}

function verdictOf(walk: Walk, stop: Stop): string {
  const step = walk.steps[stop.step]!;
  const note = step.notes[stop.note];
  if (note?.type === "RuleRun") {
    const run = note.expressions[stop.expression];
    return run ? (run.goes_on ? done.goesOn : note.verdict || done.endsHere) : note.verdict;
  }
  if (note?.type === "FilterRun") return note.matched ? note.verdict || done.match : done.noMatch;
  if (note?.type === "ActionRun") return note.verdict;
  if (step.kind === "passed_by") return done.passedBy(scene.reasons[step.reason] ?? step.reason);
  const dropped = notesOf(step, "Dropped")[0];
  if (dropped) return done.dropped(dropped.reason);
  if (notesOf(step, "Delivered").length) return done.delivered;
  return step.kind === "empty" ? done.nothing : step.verdict;
}

/** A part of a step, or the function itself. */
function symbolOf(walk: Walk, stop: Stop): string {
  const step = walk.steps[stop.step]!;
  const note = step.notes[stop.note];
  const run = note?.type === "RuleRun" ? note.expressions[stop.expression] : undefined;
  if (run) return `${run.name} ${run.operands}`.trim();
  if (note?.type === "FilterRun" || note?.type === "ActionRun") return note.kind;
  return step.symbol;
}

/** The rows of the stops from `first` to before `end`; a long walk is shown in parts. */
export function rowsOf(walk: Walk, stops: readonly Stop[], first = 0, end = stops.length): WalkRow[] {
  const places = placesOf(walk);
  const packets = [...new Set(walk.steps.map(({ skb }) => skb).filter((skb) => skb !== 0))];
  return stops.slice(first, end).map((stop, offset) => {
    const step = walk.steps[stop.step]!;
    const part = stop.note >= 0;
    const changes = part ? [] : fieldsOf(walk, stops, first + offset).filter((row) => row.before !== undefined);
    const packet = packets.indexOf(step.skb);
    return {
      at: first + offset,
      netns: step.netns,
      dev: places[step.number]!.dev,
      band: step.band,
      station: part ? "" : step.station,
      symbol: symbolOf(walk, stop),
      verdict: verdictOf(walk, stop),
      passed: step.kind === "passed_by",
      dropped: notesOf(step, "Dropped").length > 0,
      packet: packet > 0 ? packet + 1 : 0,
      changes: changes.map(({ name, before, value }) => `${name} ${before} → ${value}`),
    };
  });
}
