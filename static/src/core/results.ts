// The table of results: a row a probe, in the order of the script or of a column.

import type { Entry, Outcome, Probe } from "../protocol.ts";

export interface Result {
  readonly probe: Probe;
  readonly outcome: Outcome | undefined;
}

export type Column = "number" | "command" | "netns" | "fate" | "where" | "hooks" | "code" | "summary";
export const COLUMNS: readonly Column[] = ["number", "command", "netns", "fate", "where", "hooks", "code", "summary"];

export type Fate = Outcome["fate"];
/** The worst first. */
const FATES: readonly Fate[] = ["dropped", "lost", "none", "stolen", "delivered"];
export const GLYPHS: Readonly<Record<Fate, string>> = { delivered: "✓", dropped: "✕", stolen: "↱", lost: "…", none: "–" };

export function resultsOf(probes: readonly Probe[], outcomes: readonly Outcome[]): Result[] {
  return probes.map((probe) => ({ probe, outcome: outcomes.find((one) => one.probe === probe.index) }));
}

const VALUES: Readonly<Record<Column, (result: Result) => string | number>> = {
  number: ({ probe }) => probe.index,
  command: ({ probe }) => probe.command,
  netns: ({ probe }) => probe.netns,
  fate: ({ outcome }) => (outcome ? FATES.indexOf(outcome.fate) : FATES.length),
  where: ({ outcome }) => outcome?.where ?? "",
  hooks: ({ outcome }) => outcome?.hooks ?? -1,
  code: ({ outcome }) => outcome?.code ?? -1,
  summary: ({ outcome }) => outcome?.summary ?? "",
};

/** Rows that are alike keep the order of the script. */
export function sorted(results: readonly Result[], column: Column, falling: boolean): Result[] {
  const value = VALUES[column];
  const compare = (a: Result, b: Result): number => {
    const [one, other] = [value(a), value(b)];
    return typeof one === "number" ? one - (other as number) : one.localeCompare(other as string, undefined, { numeric: true });
  };
  return [...results].sort((a, b) => (falling ? compare(b, a) : compare(a, b)) || a.probe.index - b.probe.index);
}

const CLIENT = /\bnc\s(?!.*\s-l\b)(?:.*\s)?(\d+)\s*(?:<<|$)/;
const waits = (command: string): boolean => /^sleep\b/.test(command);

/** What sends all probes again: their commands as the script has them, a TCP client's with its listener. */
export function again(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry, at) => {
    if (entry.probe < 0) return [];
    const port = CLIENT.exec(entry.command.split("\n")[0] ?? "")?.[1];
    const [listener, wait] = [entries[at - 2], entries[at - 1]];
    const served = port !== undefined && wait !== undefined && waits(wait.command) && listener !== undefined && new RegExp(`\\bnc\\s.*-l.*\\b${port}\\b`).test(listener.command);
    return served ? [`${listener.command.replace(/\s*&$/, "")} &`, wait.command, entry.command] : [entry.command];
  });
}
