// The lines of a script that speak of a thing of the picture: what is chosen there is marked here.

import type { Item, Probe } from "../protocol.ts";
import { commandsOf, type ScriptCommand } from "./commands.ts";

type Says = (words: readonly string[]) => boolean;

const wordsOf = (text: string): string[] => text.match(/[\w.@:/-]+/g) ?? [];

/** A command that makes a device in another namespace says so. */
const isAbout = (command: ScriptCommand, netns: string): boolean => command.netns === netns || command.words.includes(netns);

/** What the words of a command, and of a line of its here-document, must be to speak of `item`. */
function saying({ kind, dev, station }: Item, command: ScriptCommand): Says {
  if (kind === "device") return (words) => words.includes(dev);
  const [family, side = ""] = station.split(" ");
  if (family === "tc") return (words) => command.program === "tc" && words.includes(dev) && words.includes(side);
  const hook = side === "in" ? "input" : side === "out" ? "output" : side || family || "";
  return (words) => command.program === "nft" && words.includes("hook") && words.includes(hook) && (dev === "" || words.includes(dev));
}

function inBody(command: ScriptCommand, lines: readonly string[], says: Says): number[] {
  const found: number[] = [];
  for (let line = command.body; line <= command.last; line++) if (says(wordsOf(lines[line - 1] ?? ""))) found.push(line);
  return found;
}

/** Lines (from 1) of the commands that say `item`; of a here-document only those that do. */
export function mentions(script: string, item: Item, probes: readonly Probe[]): number[] {
  if (item.kind === "probe") return probes.filter(({ index }) => index === item.probe).map(({ line }) => line);
  const lines = script.split("\n");
  const found = new Set<number>();
  for (const command of commandsOf(script)) {
    if (!isAbout(command, item.netns)) continue;
    const says: Says = item.kind === "namespace" ? () => item.netns !== "" : saying(item, command);
    const body = item.kind === "namespace" ? [] : inBody(command, lines, says);
    if (body.length > 0 || says(command.words.flatMap(wordsOf))) found.add(command.line);
    for (const line of body) found.add(line);
  }
  return [...found].sort((one, other) => one - other);
}
