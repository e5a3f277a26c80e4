// Journeys, routes, dots and badges over walks of every kind of movement.

import { describe, expect, it } from "vitest";

import { stations as record } from "../fixtures/recording.ts";
import { fwdWalk, FWD, redirectWalk, REDIRECT } from "../fixtures/redirect.ts";
import { lab } from "../fixtures/topology.ts";
import { chipsAt, unlabelled } from "./chips.ts";
import { type Level, stopsOf } from "./cursor.ts";
import { distanceAt, dotsAt, familyAt, litAt, paceFrom, tracesAt } from "./frame.ts";
import { journeysOf } from "./journey.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { hookName } from "./spoken.ts";
import { stateAt } from "./states.ts";
import type { Topology } from "./topology.ts";
import type { Walk } from "./walk.ts";

const ROOM = { width: 1124, height: 400 };
const draw = (topology: Topology, walk: Walk, level: Level = "hooks"): Picture =>
  pictureOf(topology, walk, stopsOf(walk, level), "regular", ROOM);

const redirect = draw(REDIRECT, redirectWalk());
const fwd = draw(FWD, fwdWalk());

function forms(picture: Picture, at: number): Record<string, string> {
  const step = picture.stops[at]!.step;
  const hooks = [...picture.layout.hooks.values()].filter((hook) => hook.attached);
  return Object.fromEntries(hooks.map((hook) => [`${hook.dev} ${hook.station}`, stateAt(hook, picture.history, step).form]));
}
const moves = (walk: Walk): string[] =>
  journeysOf(walk).map(({ legs }) => legs.map(({ move }) => (move.kind === "arc" ? `${move.band} arc` : move.kind)).join(" "));

const stations = (...lines: string[]): Walk => record(redirect.walk.states[0]!, ...lines);

describe("journeys", () => {
  it("of a redirect cross a cable, an arc inside tc, and a cable", () => {
    expect(moves(redirectWalk())).toEqual(["start lane lane lane lane lane cable lane lane tc arc lane cable lane lane lane lane"]);
  });

  it("of nft fwd arc inside netfilter and meet both hooks of the target", () => {
    expect(moves(fwdWalk())[0]).toContain("netfilter arc lane lane cable");
  });

  it("of a forwarded packet arc inside L3", () => {
    const walk = stations("1 a x in receive", "1 a x in forwarding", "1 a y out forward", "1 a y out xmit");
    expect(moves(walk)).toEqual(["start lane l3 arc lane"]);
  });

  it("over the loopback turn round at its jack", () => {
    expect(moves(stations("1 a lo out xmit", "1 a lo in receive"))).toEqual(["start loop"]);
  });

  it("through a tunnel take its conduits, and wear a sleeve on the underlay", () => {
    const walk = stations("1 a vx out xmit", "1 a v0 out output", "1 a v0 out xmit", "1 b v1 in receive", "1 b v1 in deliver", "1 b vx in receive");
    expect(moves(walk)).toEqual(["start conduit lane cable lane conduit"]);
    const picture = draw(lab("a: vx, v0; b: v1, vx", "a/v0-b/v1"), walk);
    const { stretches, sleeves, curve } = picture.tracks[0]!.route;
    expect(stretches.map((stretch) => stretch.conduit ?? stretch.kind)).toEqual(["encap", "cable", "decap"]);
    expect(sleeves).toEqual([{ start: stretches[0]!.end, end: stretches[2]!.start }]);
    expect(curve.between(sleeves[0]!.start, sleeves[0]!.end).length).toBeCloseTo(sleeves[0]!.end - sleeves[0]!.start);
  });

  it("into another's ingress skip what lies below the arc", () => {
    const walk = stations("1 a x in tc ingress TC_ACT_CONSUMED", "1 a x in mirred", "1 a y in receive", "1 a y in tc ingress", "1 a y in nft ingress");
    expect(moves(walk)).toEqual(["start lane tc arc lane"]);
  });

  it("of a copy begin where it was made", () => {
    const walk = stations("1 a x in tc ingress", "1 a x in mirred", "2<1 a y out tc egress", "2<1 a y out xmit", "1 a x in nft ingress");
    const [packet, copy] = journeysOf(walk);
    expect(packet!.copy).toBe(false);
    expect(copy!.copy).toBe(true);
    expect(moves(walk)[1]).toBe("start tc arc lane");
  });

  it("of the clone that an egress redirect sends are not those of a copy", () => {
    const walk = stations("1 a x out tc egress TC_ACT_STOLEN", "1 a x out mirred", "2<1 a y out tc egress");
    expect(journeysOf(walk)[1]!.copy).toBe(false);
  });
});

describe.each([
  ["redirect", REDIRECT, redirectWalk()],
  ["fwd", FWD, fwdWalk()],
] as const)("the %s walk", (_name, topology, walk) => {
  it.each<Level>(["hooks", "functions", "expressions"])("moves forward only, at %s", (level) => {
    const picture = draw(topology, walk, level);
    const [track] = picture.tracks;
    let last = 0;
    for (let position = 0; position <= picture.stops.length - 1; position += 0.25) {
      const distance = distanceAt(track!, position)!;
      expect(distance).toBeGreaterThanOrEqual(last - 1e-6);
      last = distance;
    }
    expect(last).toBeCloseTo(track!.route.curve.length);
  });

  it("has its packet and the end of its trace in one place", () => {
    const picture = draw(topology, walk);
    for (let position = 0; position < picture.stops.length; position += 0.5) {
      const family = familyAt(picture.tracks, walk, picture.stops, Math.floor(position));
      const [dot] = dotsAt(picture.tracks, position, family);
      const [x, y] = tracesAt(picture.tracks, position, family)[0]!.d.match(/-?[\d.]+/g)!.slice(-2).map(Number) as [number, number];
      expect(Math.hypot(dot!.x - x, dot!.y - y)).toBeLessThan(0.5);
    }
  });

  it("never leaves the picture", () => {
    const picture = draw(topology, walk);
    for (const { x, y } of picture.tracks[0]!.route.curve.points(4)) {
      expect(x > 0 && x < picture.layout.width && y > 0 && y < picture.layout.height).toBe(true);
    }
  });
});

describe("the redirect", () => {
  it("stays under the ceiling of tc from eth0 to vethh", () => {
    const arc = redirect.tracks[0]!.route.stretches.find((stretch) => stretch.kind === "arc")!;
    const { y, height } = redirect.layout.rows[0]!.strips.tc;
    for (let at = arc.start; at <= arc.end; at += 2) {
      const point = redirect.tracks[0]!.route.curve.at(at);
      expect(point.y > y && point.y < y + height).toBe(true);
    }
  });

  it("shows nft egress passed by, nft ingress never reached, tc visited", () => {
    expect(forms(redirect, 5)).toMatchObject({ "eth0 tc ingress": "here", "eth0 nft ingress": "attached", "vethh nft egress": "attached" });
    expect(forms(redirect, 8)).toEqual({
      "eth0 nft ingress": "passed",
      "eth0 tc ingress": "stolen",
      "vethh nft egress": "passed",
      "vethh tc egress": "here",
      "vethc nft ingress": "attached",
      "vethc tc ingress": "attached",
    });
    expect(forms(redirect, 13)).toMatchObject({ "vethh tc egress": "visited", "vethc nft ingress": "visited" });
  });

  it("says so to a screen reader", () => {
    const hook = redirect.layout.hooks.get("host/vethh/nft egress")!;
    const state = stateAt(hook, redirect.history, redirect.stops[8]!.step);
    expect(hookName(hook, state)).toBe("nft egress on vethh, 1 rule, passed by, nf_skip_egress is 1");
    const empty = redirect.layout.hooks.get("outside/wire/nft egress")!;
    expect(hookName(empty, stateAt(empty, redirect.history, 0))).toBe("nft egress on wire, nothing attached");
  });

  it("lights the band where the packet is, also while a hook is passed by", () => {
    const band = (at: number): string => {
      const lit = litAt(redirect.tracks, redirect.walk, redirect.stops[at]!.step)!;
      return `${lit.netns} ${lit.band}`;
    };
    expect(band(0)).toBe("outside l3");
    expect(band(7)).toBe("host tc");
    expect(band(13)).toBe("container l3");
  });

  it("writes its reasons and its arc's name clear of each other", () => {
    const states = new Map([...redirect.layout.hooks].map(([key, hook]) => [key, stateAt(hook, redirect.history, redirect.stops[8]!.step)]));
    const texts = chipsAt(redirect, states, 8, 1).map((chip) => chip.text);
    expect(texts).toEqual(["mirred redirect: stays inside tc", "passed by: nf_skip_egress = 1", "never reached"]);
    expect(unlabelled(redirect)).toEqual([]);
  });

  it("takes its time by what is crossed", () => {
    expect([paceFrom(redirect.tracks, 1), paceFrom(redirect.tracks, 3), paceFrom(redirect.tracks, 7)]).toEqual([320, 420, 480]);
  });

  it("ends delivered", () => {
    expect(dotsAt(redirect.tracks, 12, 1)[0]!.form).toBe("packet");
    expect(dotsAt(redirect.tracks, 13, 1)[0]!.form).toBe("delivered");
  });
});

it("nft fwd meets the egress chain that the redirect is led past", () => {
  expect(forms(fwd, fwd.stops.length - 1)).toMatchObject({ "eth0 nft ingress": "stolen", "vethh nft egress": "visited" });
});

describe("other endings", () => {
  const topology = lab("a: x, y", "", { "a/x": ["nft ingress", "tc ingress"], a: ["prerouting"] });

  it("a drop ends the path at its badge, with the kernel's reason", () => {
    const walk = stations("1 a x in receive", "1 a x in tc ingress TC_ACT_OK", "1 a x in nft ingress NF_DROP");
    const picture = draw(topology, walk);
    expect(forms(picture, 2)).toMatchObject({ "x tc ingress": "visited", "x nft ingress": "dropped", "x prerouting": "passed" });
    expect(dotsAt(picture.tracks, 2, 1)[0]!.form).toBe("dropped");
    const hook = picture.layout.hooks.get("a/x/nft ingress")!;
    expect(stateAt(hook, picture.history, 2).reason).toBe("NETFILTER_DROP");
  });

  it("a mirror has two dots, and the copy is dotted and named", () => {
    const walk = stations("1 a x in tc ingress", "1 a x in mirred", "2<1 a y out tc egress", "2<1 a y out xmit", "1 a x in nft ingress");
    const picture = draw(topology, walk);
    expect(dotsAt(picture.tracks, 1, 1).map((dot) => dot.form)).toEqual(["packet"]);
    expect(dotsAt(picture.tracks, 3, 1).map((dot) => [dot.form, dot.name])).toEqual([
      ["packet", ""],
      ["clone", "c1"],
    ]);
    expect(tracesAt(picture.tracks, 3, 1).map((trace) => trace.copy)).toEqual([false, true]);
  });

  it("another packet makes the first one's path a thing of the past", () => {
    const walk = stations("1 a x in receive", "1 a x in deliver", "2 a x out socket send", "2 a x out xmit");
    const picture = draw(topology, walk);
    expect(tracesAt(picture.tracks, 3, familyAt(picture.tracks, walk, picture.stops, 3)).map((trace) => trace.past)).toEqual([true, false]);
  });
});
