// Where one can stand in a walk. A level of detail makes a list of stops; a position is a number on that list, with a
// fraction while something moves. Nothing here changes: stepping is arithmetic on indexes.

import { NETDEV_HOOKS, outcomeOf } from "./stations.ts";
import { notesOf, type Note, type Step, type Walk } from "./walk.ts";

export type Level = "hooks" | "functions" | "expressions" | "registers";
export const LEVELS: readonly Level[] = ["hooks", "functions", "expressions", "registers"];

/** `note` and `expression` index into the step's notes and a RuleRun's expressions; -1: the step as a whole. */
export interface Stop {
  readonly step: number;
  readonly note: number;
  readonly expression: number;
}

const netdev = new Set<string>(NETDEV_HOOKS);

/** A hook with nothing attached is a stop only on the device, where its ring is drawn. */
function isHookStop(step: Step): boolean {
  if (step.station === "" || step.kind === "off") return false;
  return step.kind !== "empty" || netdev.has(step.station);
}

function within(step: Step): Stop[] {
  const stops: Stop[] = [];
  step.notes.forEach((note: Note, at) => {
    if (note.type === "RuleRun") {
      note.expressions.forEach((_, expression) => stops.push({ step: step.number, note: at, expression }));
    } else if (note.type === "FilterRun" || note.type === "ActionRun") {
      stops.push({ step: step.number, note: at, expression: -1 });
    }
  });
  return stops;
}

/** The stops of a walk at a level of detail, in the order of time. */
export function stopsOf(walk: Walk, level: Level): readonly Stop[] {
  const stops: Stop[] = [];
  for (const step of walk.steps) {
    if (level === "hooks" ? !isHookStop(step) : step.kind === "off" || step.kind === "empty") continue;
    stops.push({ step: step.number, note: -1, expression: -1 });
    if (level === "expressions" || level === "registers") stops.push(...within(step));
  }
  return stops;
}

/** The last stop at or before a step, so that a link or a change of level keeps the place. 0 if there is none. */
export function stopAtStep(stops: readonly Stop[], step: number): number {
  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops[middle]!.step <= step) low = middle + 1;
    else high = middle;
  }
  const last = Math.max(0, low - 1);
  let first = last;
  while (first > 0 && stops[first - 1]!.step === stops[last]!.step) first--;
  return first;
}

/** The path-deciding fields that a step changed: name, value before, value after. */
export function changesOf(walk: Walk, step: Step): [field: string, before: string, after: string][] {
  const before = walk.states[step.before];
  const after = walk.states[step.after];
  if (!before || !after || before === after) return [];
  const fields = Object.keys(before) as (keyof typeof before)[];
  return fields
    .filter((field) => before[field] !== after[field])
    .map((field) => [field, String(before[field]), String(after[field])]);
}

const TELLING = new Set(["RuleRun", "ActionRun", "Dropped", "Cloned", "Delivered"]);

/** Something was decided here: a hook was passed by, rules ran, a filter hit, a copy was made, the packet ended. */
export function isInteresting(step: Step): boolean {
  if (step.kind === "passed_by") return true;
  if (step.kind !== "run") return false;
  if (step.notes.some((note) => TELLING.has(note.type))) return true;
  return notesOf(step, "FilterRun").some((filter) => filter.matched) || outcomeOf(step) !== "accepted";
}

export function nextInteresting(walk: Walk, stops: readonly Stop[], from: number, direction: 1 | -1 = 1): number {
  for (let at = from + direction; at >= 0 && at < stops.length; at += direction) {
    const stop = stops[at]!;
    if (stop.note === -1 && isInteresting(walk.steps[stop.step]!)) return at;
  }
  return direction === 1 ? stops.length - 1 : 0;
}

/** The next stop of one packet (a clone's own steps, say), or -1. */
export function nextOfPacket(walk: Walk, stops: readonly Stop[], from: number, skb: number, direction: 1 | -1 = 1): number {
  for (let at = from + direction; at >= 0 && at < stops.length; at += direction) {
    if (walk.steps[stops[at]!.step]!.skb === skb) return at;
  }
  return -1;
}

export function clampStop(stops: readonly Stop[], at: number): number {
  return Math.min(Math.max(0, Math.round(at)), Math.max(0, stops.length - 1));
}

/** The innermost station of the same packet on the same device around each step: its number, or -1. */
export function enclosingStations(walk: Walk): readonly number[] {
  const found: number[] = [];
  const open: Step[] = [];
  for (const step of walk.steps) {
    while (open.length && open.at(-1)!.last < step.number) open.pop();
    if (step.station !== "") found.push(step.number);
    else {
      const around = open.findLast(
        (outer) => outer.station !== "" && outer.skb === step.skb && outer.dev === step.dev && outer.netns === step.netns,
      );
      found.push(around?.number ?? -1);
    }
    open.push(step);
  }
  return found;
}
