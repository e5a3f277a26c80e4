import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { contrast } from "../colour.ts";
import { COLOURS } from "./colours.ts";

const css = readFileSync(join(import.meta.dirname, "../tokens.css"), "utf8");
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, ...two]) => [name!, two]));

/** Where text of the editor may stand: plain, a line with an error, that of the probe, selected, and the line of the cursor. */
const grounds = ["surface", "badt", "pktt", "focust", "sunken"];

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  const colour = (name: string): string => tokens.get(name)![theme === "light" ? 0 : 1]!;
  it.each(Object.entries(COLOURS))("%s can be read on every line", (_kind, [token]) => {
    for (const ground of grounds) expect(contrast(colour(token), colour(ground)), `${token} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });
});
