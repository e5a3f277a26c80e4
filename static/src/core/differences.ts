// What two walks do differently, stop by stop, and which commands make the difference.

import { done } from "../text/done.ts";
import { scene } from "../text/scene.ts";
import type { Stop } from "./cursor.ts";
import { stateOf, valuesOf } from "./fields.ts";
import { placesOf } from "./journey.ts";
import type { Topology } from "./topology.ts";
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
  if (step.kind === "passed_by") return done.passedBy(scene.reasons[step.reason] ?? step.reason);
  if (step.kind !== "run") return done.nothing;
  const action = notesOf(step, "ActionRun").at(-1);
  const dropped = notesOf(step, "Dropped")[0];
  const rules = notesOf(step, "RuleRun").length;
  const words = [action && `${action.kind} ${action.detail}`, rules > 0 && done.rules(rules)];
  return [...words, dropped ? done.dropped(dropped.reason) : step.verdict].filter(Boolean).join(", ") || step.symbol;
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

/** A field of the packet that differs at a stop that both walks have: where it begins to, and where it differs anew. */
export function fieldDifferences(a: Side, b: Side, twin: Twin): Row[] {
  const places = placesOf(a.walk);
  const told = new Map<string, string>();
  return twin.columns.flatMap((pair, column) => {
    const [stepA, stepB] = [a.walk.steps[a.stops[pair.a]?.step ?? -1], b.walk.steps[b.stops[pair.b]?.step ?? -1]];
    if (!stepA || !stepB || a.stops[pair.a]!.note >= 0) return [];
    const [stateA, stateB] = [stateOf(a.walk, stepA), stateOf(b.walk, stepB)];
    if (!stateA || !stateB) return [];
    const other = new Map(valuesOf(stateB));
    return valuesOf(stateA).flatMap(([name, value]) => {
      const both = `${value} ${other.get(name)}`;
      const known = told.get(name);
      told.set(name, both);
      if (value === other.get(name) || known === both) return [];
      const where = `${stepA.station || stepA.symbol} ${places[stepA.number]!.dev}`;
      return [{ column, place: `${name} at ${where}`, a: value, b: other.get(name) ?? "" }];
    });
  });
}

const COUNTER = /\bpackets (\d+) bytes (\d+)/;

/** What each rule's counters say, by where it hangs; rules that are the same words at one place are told by their order. */
function countersOf(topology: Topology): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, devices, hooks } of topology.namespaces) {
    const all = [...hooks.map((hook) => ["", hook] as const), ...devices.flatMap((device) => device.hooks.map((hook) => [device.name, hook] as const))];
    for (const [dev, { station, lines }] of all) {
      for (const line of lines) {
        const counted = COUNTER.exec(line);
        if (!counted) continue;
        const rule = `${[name, dev].filter(Boolean).join("/")} ${station}: ${line.replace(/^chain /, "").replace(new RegExp(COUNTER, "g"), "").replace(/ +/g, " ")}`;
        let unique = rule;
        for (let nth = 2; found.has(unique); nth++) unique = `${rule} (${nth})`;
        found.set(unique, `${counted[1]} packets, ${counted[2]} bytes`);
      }
    }
  }
  return found;
}

/** Counters that ended at different figures; "" where one lab does not have the rule. */
export function counterDifferences(a: Topology, b: Topology): Omit<Row, "column">[] {
  const [one, other] = [countersOf(a), countersOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((rule) => one.get(rule) !== other.get(rule))
    .map((place) => ({ place, a: one.get(place) ?? "", b: other.get(place) ?? "" }));
}

/** Frames that only one of two captures has, by tcpdump's lines without their times. */
export function captureDifferences(place: string, a: readonly string[], b: readonly string[]): Omit<Row, "column">[] {
  const bare = (line: string): string => line.replace(/^\S+ /, "");
  const rest = b.map(bare);
  const only: string[] = [];
  for (const line of a.map(bare)) {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    else only.push(line);
  }
  return [...only.map((line) => ({ place, a: line, b: "" })), ...rest.map((line) => ({ place, a: "", b: line }))];
}

/** Lines of a script that the other one does not have; comments and blank lines do not count. */
export function linesOnlyIn(script: string, other: string): string[] {
  const there = new Set(other.split("\n").map((line) => line.trim()));
  return script
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#") && !there.has(line));
}
