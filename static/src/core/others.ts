// Which labs a lab is worth comparing with: itself before its last steps, as it was opened, and those that were put aside.

import type { Titled } from "./link.ts";

const EARLIER = 4;
const KEPT = 4;

/** What a shell does of a script: without what only arranges the picture, and without blanks at the ends of lines. */
const meaning = (script: string): string =>
  script
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("\n");

interface Lab {
  readonly script: string;
  /** The commands that send packets, by the line of the script that they stand in (from 1). */
  readonly probes: readonly { readonly line: number }[];
}

/**
 * Each does something else than `lab`, and sends one of its probes at least: there are two walks then. `earlier` are
 * the lab's own texts, the latest first; `kept`, those put aside, too.
 */
export function othersOf(lab: Lab, earlier: Iterable<Titled>, opened: Titled, kept: readonly Titled[]): Titled[] {
  const lines = lab.script.split("\n");
  const probes = new Set(lab.probes.map(({ line }) => lines[line - 1]?.trim()));
  const seen = new Set([meaning(lab.script)]);
  const worth = ({ script }: Titled): boolean => {
    const text = meaning(script);
    if (seen.has(text) || !text.split("\n").some((line) => probes.has(line))) return false;
    seen.add(text);
    return true;
  };
  const before: Titled[] = [];
  for (const one of earlier) {
    if (worth(one)) before.push(one);
    if (before.length === EARLIER) break;
  }
  return [...before, ...[opened].filter(worth), ...kept.filter(worth).slice(0, KEPT)];
}
