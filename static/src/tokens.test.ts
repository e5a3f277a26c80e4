import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { contrast, distance, type Sight } from "./colour.ts";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const themes = ["light", "dark"] as const;
type Theme = (typeof themes)[number];

const tokens: Record<Theme, Map<string, string>> = { light: new Map(), dark: new Map() };
for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)) {
  tokens.light.set(name!, light!);
  tokens.dark.set(name!, dark!);
}

function colour(theme: Theme, name: string): string {
  const value = tokens[theme].get(name);
  if (!value) throw new Error(`no token ${name}`);
  return value;
}

const tints = ["l3t", "nft", "tct", "drvt"];
const lit = ["l3l", "nfl", "tcl", "drvl"];
const hues = ["l3", "nf", "tc", "drv"];

const on = (texts: string[], grounds: string[]): [string, string][] =>
  texts.flatMap((text) => grounds.map((ground): [string, string] => [text, ground]));
const each = (texts: string[], suffix: string): [string, string][] => texts.map((text) => [text, text + suffix]);

// visual.md section 2: what stands on what, the lowest ratio measured there (light, dark), and the bar.
const rows: [name: string, pairs: [string, string][], light: number, dark: number, bar: number][] = [
  ["ink", on(["ink"], ["canvas", "surface", "sunken", ...tints, ...lit]), 12.3, 10.1, 4.5],
  ["ink2", on(["ink2"], ["canvas", "surface", "sunken", ...tints, ...lit]), 6.3, 7.0, 4.5],
  ["ink3", on(["ink3"], ["canvas", "surface", "sunken", ...tints, ...lit]), 4.6, 4.6, 4.5],
  ["hue on its tint", each(hues, "t"), 5.8, 6.9, 4.5],
  ["hue on its lit band", each(hues, "l"), 4.8, 5.1, 4.5],
  ["on on a hue", on(["on"], [...hues]), 6.4, 7.8, 4.5],
  ["pkt as text", on(["pkt"], ["surface", "canvas", "pktt"]), 4.7, 5.7, 4.5],
  ["pkt as a line on lit bands", on(["pkt"], lit), 4.0, 4.2, 3],
  ["edge", on(["edge"], ["surface", "canvas", ...tints, ...lit]), 3.3, 3.6, 3],
  ["ok", on(["ok"], ["surface", "canvas", "okt"]), 5.3, 7.8, 4.5],
  ["bad", on(["bad"], ["surface", "canvas", "badt"]), 6.3, 7.7, 4.5],
  ["focus", on(["focus"], ["surface", "canvas", "focust"]), 5.0, 7.0, 4.5],
  ["marks on a namespace", on(["mark-1", "mark-2", "mark-3", "mark-4", "mark-5", "mark-6"], ["surface"]), 4.5, 7.0, 3],
  ["termink", [["termink", "term"]], 13.3, 14.5, 4.5],
  ["termdim", [["termdim", "term"]], 6.9, 6.8, 4.5],
];

describe.each(themes)("in the %s theme", (theme) => {
  it.each(rows)("%s can be read wherever it may stand", (_name, pairs, light, dark, bar) => {
    const lowest = Math.min(...pairs.map(([text, ground]) => contrast(colour(theme, text), colour(theme, ground))));
    expect(lowest).toBeGreaterThanOrEqual(bar);
    expect(lowest).toBeCloseTo(theme === "light" ? light : dark, 1);
  });

  // The smallest distance among the five hues that carry meaning.
  const distances: [Sight, number, number][] = [
    ["normal", 0.165, 0.186],
    ["protan", 0.069, 0.114],
    ["deutan", 0.089, 0.076],
    ["tritan", 0.076, 0.124],
  ];
  it.each(distances)("the five hues stay apart in %s sight", (sight, light, dark) => {
    const five = ["l3", "nf", "tc", "drv", "pkt"].map((name) => colour(theme, name));
    const pairs = five.flatMap((one, at) => five.slice(at + 1).map((other) => distance(one, other, sight)));
    expect(Math.min(...pairs)).toBeCloseTo(theme === "light" ? light : dark, 3);
  });

  it("the packet against an idle lane is the known weak spot, and no weaker", () => {
    const sights: Sight[] = ["normal", "protan", "deutan", "tritan"];
    const worst = Math.min(...sights.map((sight) => distance(colour(theme, "pkt"), colour(theme, "edge"), sight)));
    expect(worst).toBeCloseTo(theme === "light" ? 0.031 : 0.037, 3);
  });
});

it("forced colours name every colour token", () => {
  const forced = css.slice(css.indexOf("forced-colors"));
  for (const name of tokens.light.keys()) expect(forced).toMatch(new RegExp(`--${name}: [A-Z]\\w+;`));
});
