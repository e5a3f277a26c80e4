// What two walks do differently, stop by stop, and which commands make the difference.

import type { Stop } from "./cursor.ts";
import { placesOf } from "./journey.ts";
import type { Twin } from "./twin.ts";
import { notesOf, type Step, type Walk } from "./walk.ts";

interface Side {
  readonly walk: Walk;
  readonly stops: readonly Stop[];
}

export interface Row {
  /** Column of the twin's axis. */
  readonly column: number;
  readonly place: string;
  readonly a: string;
  readonly b: string;
}

/** What happened at a step in the kernel's words; "" where the walk has no such step. */
export function doneAt(step: Step | undefined): string {
  if (!step) return "";
  if (step.kind === "passed_by") return `passed by: ${step.reason}`;
  if (step.kind !== "run") return "nothing attached";
  const action = notesOf(step, "ActionRun").at(-1);
  const dropped = notesOf(step, "Dropped")[0];
  const rules = notesOf(step, "RuleRun").length;
  const words = [action && `${action.kind} ${action.detail}`, rules > 0 && `${rules} ${rules === 1 ? "rule" : "rules"}`];
  return [...words, dropped ? `dropped ${dropped.reason}` : step.verdict].filter(Boolean).join(", ") || step.symbol;
}

export function differencesOf(a: Side, b: Side, twin: Twin): Row[] {
  const places = { a: placesOf(a.walk), b: placesOf(b.walk) };
  return twin.columns.flatMap((pair, column) => {
    if (!pair.differs) return [];
    const [stepA, stepB] = [a.walk.steps[a.stops[pair.a]?.step ?? -1], b.walk.steps[b.stops[pair.b]?.step ?? -1]];
    const step = stepA ?? stepB;
    if (!step) return [];
    const { dev } = (stepA ? places.a : places.b)[step.number]!;
    return [{ column, place: `${step.station || step.symbol} ${dev}`, a: doneAt(stepA), b: doneAt(stepB) }];
  });
}

/** Lines of a script that the other one does not have; comments and blank lines do not count. */
export function linesOnlyIn(script: string, other: string): string[] {
  const there = new Set(other.split("\n").map((line) => line.trim()));
  return script
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#") && !there.has(line));
}
