// What a walk's packets pay at their ways out of devices, by what was measured of such things (webapp/lessons/figures.py).
// An estimate: instructions add up, time does so only roughly, and what was not measured has no price.

import type { Prices, Step } from "../protocol.ts";
import { notesOf, type Walk } from "./walk.ts";

/** off: patched out. rule, other (hooks elsewhere): counted, and not priced, as nobody has measured them. */
export type Paid = "off" | "check" | "chain" | "clsact" | "filter" | "rule" | "other";

export interface CostLine {
  readonly what: Paid;
  readonly count: number;
  /** Instructions for one; undefined where it was not measured. */
  readonly each: number | undefined;
}

export interface Cost {
  /** How often a packet left by a device. */
  readonly departures: number;
  readonly lines: readonly CostLine[];
  readonly instructions: number;
  /** From and to, by two measurements. */
  readonly ns: readonly [low: number, high: number];
  /** Of what the same departures take with nothing attached. */
  readonly share: number;
}

const NETFILTER = "nft egress";
const TC = "tc egress";
const ELSEWHERE = /^(?:(?:nft|tc) ingress|(?:bridge |arp )?(?:prerouting|input|forward|output|postrouting))$/;
const ORDER: readonly Paid[] = ["off", "check", "chain", "clsact", "filter", "rule", "other"];

const inside = (walk: Walk, step: Step): readonly Step[] => walk.steps.slice(step.number, step.last + 1);

const count = (steps: readonly Step[], type: "ChainRun" | "RuleRun" | "FilterRun"): number =>
  steps.reduce((sum, step) => sum + notesOf(step, type).length, 0);

function paidAt(walk: Walk, step: Step): Partial<Record<Paid, number>> {
  const ran = step.kind === "run";
  if (step.station === NETFILTER) {
    if (!ran) return step.kind === "off" ? { off: 1 } : { check: 1 };
    const steps = inside(walk, step);
    return { chain: count(steps, "ChainRun"), rule: count(steps, "RuleRun") };
  }
  if (step.station === TC) {
    if (!ran) return {};
    const filters = count(inside(walk, step), "FilterRun");
    return filters ? { filter: filters } : { clsact: 1 };
  }
  return ran && ELSEWHERE.test(step.station) ? { other: 1 } : {};
}

/** What all packets of a walk pay together. */
export function costOf(walk: Walk, prices: Prices): Cost {
  const counts = new Map<Paid, number>();
  for (const step of walk.steps) {
    for (const [what, more] of Object.entries(paidAt(walk, step)) as [Paid, number][]) counts.set(what, (counts.get(what) ?? 0) + more);
  }
  const each: Partial<Record<Paid, number>> = { off: 0, check: prices.check, chain: prices.chain, clsact: prices.clsact, filter: prices.filter };
  const lines = ORDER.filter((what) => counts.get(what)).map((what) => ({ what, count: counts.get(what) ?? 0, each: each[what] }));
  const instructions = lines.reduce((sum, line) => sum + line.count * (line.each ?? 0), 0);
  const departures = walk.steps.filter(({ station }) => station === NETFILTER).length;
  return {
    departures,
    lines,
    instructions,
    ns: [instructions * prices.ns_low, instructions * prices.ns_high],
    share: departures ? instructions / (departures * prices.plain) : 0,
  };
}
