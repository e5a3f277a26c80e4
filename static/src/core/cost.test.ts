import { describe, expect, it } from "vitest";

import type { Prices, Step } from "../protocol.ts";
import { costOf } from "./cost.ts";
import type { Note, Walk } from "./walk.ts";

const prices: Prices = { plain: 2000, check: 50, chain: 300, clsact: 90, filter: 290, ns_low: 0.1, ns_high: 0.16, source: "", time_source: "" };

const chain: Note = { type: "ChainRun", family: "netdev", table: "t", chain: "c", priority: 0, policy: "accept", verdict: "accept" };
const rule: Note = { type: "RuleRun", family: "netdev", table: "t", chain: "c", handle: 2, expressions: [], verdict: "" };
const filter: Note = { type: "FilterRun", kind: "bpf", chain: 0, pref: 1, protocol: "all", handle: 1, matched: true, detail: [], verdict: "" };

/** Steps without callees. */
function walkOf(...steps: readonly (readonly [station: string, kind: Step["kind"], ...notes: Step["notes"]])[]): Walk {
  return {
    command: "", line: 1, netns: "a", states: [], truncated: false,
    steps: steps.map(([station, kind, ...notes], number) => ({
      number, time: 0, depth: 0, last: number, netns: "a", dev: "v", band: "netfilter", lane: "out", station, symbol: "", file: "", kind, reason: "", verdict: "", skb: 1, parent: 0, before: 0, after: 0, notes,
    })),
  };
}
const found = (walk: Walk): Record<string, number> => Object.fromEntries(costOf(walk, prices).lines.map(({ what, count }) => [what, count]));

describe("the cost of a walk", () => {
  it("is nothing where the hook is patched out", () => {
    const cost = costOf(walkOf(["nft egress", "off"], ["tc egress", "off"]), prices);
    expect(cost).toEqual({ departures: 1, lines: [{ what: "off", count: 1, each: 0 }], instructions: 0, ns: [0, 0], share: 0 });
  });

  it("is a check where the chain is somebody else's, and where the hook is passed by", () => {
    const cost = costOf(walkOf(["nft egress", "empty"], ["nft egress", "passed_by"]), prices);
    expect(cost.lines).toEqual([{ what: "check", count: 2, each: 50 }]);
    expect(cost.share).toBeCloseTo(100 / 4000);
  });

  it("adds chains and filters up, and turns them into a range of time", () => {
    const cost = costOf(walkOf(["nft egress", "run", rule, chain, chain], ["tc egress", "run", filter]), prices);
    expect(cost.instructions).toBe(2 * 300 + 290);
    expect(cost.ns[0]).toBeCloseTo(89);
    expect(cost.ns[1]).toBeCloseTo(142.4);
  });

  it("counts the chains that ran further inside of the hook", () => {
    const walk = walkOf(["nft egress", "run"], ["", "run", chain], ["", "run", chain]);
    const steps = walk.steps.map((step) => (step.number === 0 ? { ...step, last: 1 } : step));
    expect(found({ ...walk, steps })).toEqual({ chain: 1 });
  });

  it("prices a clsact without filters for itself", () => {
    expect(found(walkOf(["tc egress", "run"], ["tc egress", "empty"]))).toEqual({ clsact: 1 });
  });

  it("counts rules and hooks elsewhere, and has no price for them", () => {
    const cost = costOf(walkOf(["nft egress", "run", rule, rule, chain], ["nft ingress", "run", chain], ["input", "run"], ["forward", "off"], ["xmit", "run"]), prices);
    expect(cost.lines.map(({ what, count, each }) => [what, count, each])).toEqual([["chain", 1, 300], ["rule", 2, undefined], ["other", 2, undefined]]);
    expect(cost.instructions).toBe(300);
  });
});
