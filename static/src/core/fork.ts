// A script cut off after one of its commands: what the lab was when that command had run. What the script says of its
// picture, at its very end, stays.

import { commandsOf } from "./commands.ts";

const ARRANGEMENT = "#:";

export interface Fork {
  readonly script: string;
  /** The last line of the command, from 1. */
  readonly line: number;
  /** The command's first line. */
  readonly command: string;
}

/** Where the arrangement begins, as an index of lines; their number where there is none. */
function arrangementIn(lines: readonly string[]): number {
  let first = lines.length;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]!;
    if (line.startsWith(ARRANGEMENT)) first = at;
    else if (line.trim() !== "") break;
  }
  return first;
}

/** The script up to and including the command at `line` (from 1), or the one before it; none where nothing stands above. */
export function forkAt(script: string, line: number): Fork | undefined {
  const found = commandsOf(script).findLast((command) => command.line <= line);
  if (!found) return undefined;
  const lines = script.split("\n");
  const picture = lines.slice(arrangementIn(lines)).filter((one) => one !== "");
  const kept = lines.slice(0, found.last);
  return { script: [...kept, ...picture, ""].join("\n"), line: found.last, command: lines[found.line - 1]!.trim() };
}
