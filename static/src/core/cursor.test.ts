import { describe, expect, it } from "vitest";

import { redirectWalk } from "../fixtures/redirect.ts";
import { changesOf, enclosingStations, nextInteresting, nextOfPacket, stopAtStep, stopsOf } from "./cursor.ts";

const walk = redirectWalk();
const hooks = stopsOf(walk, "hooks");
const stations = hooks.map((stop) => `${walk.steps[stop.step]!.station} ${walk.steps[stop.step]!.dev}`.trim());

describe("stops", () => {
  it("at hooks are the stations in the order of time, without empty hooks of L3", () => {
    expect(stations).toEqual([
      "socket send",
      "nft egress wire",
      "tc egress wire",
      "xmit wire",
      "receive eth0",
      "tc ingress eth0",
      "mirred eth0",
      "nft egress vethh",
      "tc egress vethh",
      "xmit vethh",
      "receive vethc",
      "tc ingress vethc",
      "nft ingress vethc",
      "deliver vethc",
    ]);
  });

  it("get more with each level of detail", () => {
    const functions = stopsOf(walk, "functions");
    const expressions = stopsOf(walk, "expressions");
    expect(functions.length).toBeGreaterThan(hooks.length);
    expect(expressions.length).toBeGreaterThan(functions.length);
    expect(expressions.filter((stop) => stop.expression >= 0)).toHaveLength(1);
  });

  it("keep the place when the level changes", () => {
    for (const level of ["hooks", "functions", "expressions"] as const) {
      const stops = stopsOf(walk, level);
      hooks.forEach((stop) => {
        const at = stopAtStep(stops, stop.step);
        expect(stops[at]!.step).toBeLessThanOrEqual(stop.step);
        expect(stops[at]!.note).toBe(-1);
      });
    }
    expect(stopAtStep([], 7)).toBe(0);
  });

  it("that are interesting are hits, hand-overs, hooks passed by and endings", () => {
    const found: string[] = [];
    for (let at = 0; at < hooks.length - 1; ) found.push(stations[(at = nextInteresting(walk, hooks, at))]!);
    expect(found).toEqual([
      "tc ingress eth0",
      "mirred eth0",
      "nft egress vethh",
      "tc egress vethh",
      "tc ingress vethc",
      "nft ingress vethc",
      "deliver vethc",
    ]);
    expect(stations[nextInteresting(walk, hooks, 6, -1)]).toBe("tc ingress eth0");
    expect(nextInteresting(walk, hooks, 3, -1)).toBe(0);
  });

  it("of one packet can be followed", () => {
    expect(nextOfPacket(walk, hooks, 4, 1)).toBe(5);
    expect(nextOfPacket(walk, hooks, 4, 2)).toBe(-1);
  });
});

it("a function belongs to the station around it on its own device", () => {
  const around = enclosingStations(walk);
  const name = (symbol: string, dev: string): string => {
    const step = walk.steps.find((one) => one.symbol === symbol && one.dev === dev)!;
    return walk.steps[around[step.number]!]?.station ?? "";
  };
  expect(name("u32_classify", "eth0")).toBe("tc ingress");
  expect(name("__dev_queue_xmit", "vethh")).toBe("");
});

it("what a step changed is told by field", () => {
  const mirred = walk.steps.find((step) => step.symbol === "tcf_mirred_act")!;
  const fields = changesOf(walk, mirred).map(([field]) => field);
  expect(fields).toContain("dev");
  expect(fields).not.toContain("mark");
});
