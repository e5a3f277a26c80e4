import { describe, expect, it } from "vitest";

import { fwdWalk, redirectWalk } from "../fixtures/redirect.ts";
import { stopsOf } from "./cursor.ts";
import { labelsOf, melody, type ScoreNote, scoreOf } from "./score.ts";
import { partsOf, plain, sentenceAt, sentenceOf } from "./sentence.ts";
import { align, sideAt } from "./twin.ts";
import type { Walk } from "./walk.ts";

const redirect = redirectWalk();
const side = (walk: Walk) => ({ walk, stops: stopsOf(walk, "hooks") });
const score = scoreOf(redirect, side(redirect).stops);

describe("the score", () => {
  it("has a bar for each device on the way", () => {
    expect(score.bars.map((bar) => `${bar.netns} ${bar.dev} ${bar.column}+${bar.columns}`)).toEqual([
      "outside wire 0+4",
      "host eth0 4+3",
      "host vethh 7+3",
      "container vethc 10+4",
    ]);
  });

  it("keeps the melody on tc's line while the packet is redirected", () => {
    const rows = score.voices[0]!.notes.map((note) => note.row);
    expect(rows).toEqual([0, 1, 2, 3, 3, 2, 2, 2, 3, 3, 2, 1, 0]);
    const flat = melody(score.voices[0]!.notes.slice(5, 8), (column) => column * 30, (row) => row * 22);
    expect(flat).toBe("M150 44H180H240");
  });

  it("rests where a hook was passed by, off the melody", () => {
    expect(score.notes[7]).toMatchObject({ form: "rest", row: 1, word: { key: "passedBy" } });
    expect(score.voices[0]!.notes).not.toContain(score.notes[7]);
  });

  it("writes how many rules ran, and what hit", () => {
    expect(score.notes.map((note) => note.form).join(" ")).toBe(
      "dot dot dot dot dot rules handover rest rules dot dot rules rules delivered",
    );
    expect(score.notes[5]!.word).toEqual({ key: "hit", value: "u32" });
  });
});

describe("words beside notes", () => {
  const note = (column: number, row: number, word?: string, skb = 1): ScoreNote => ({
    column, step: column, row, band: "l3", form: word === "mirred" ? "handover" : "dot", count: 0, skb,
    word: word === undefined ? undefined : { key: "plain", value: word },
  }); // prettier-ignore
  const sides = (notes: ScoreNote[], headings: { from: number; to: number }[] = []) =>
    labelsOf(notes, ({ value }) => value, (text) => text.length * 6, (column) => column * 30, headings)
      .map(({ text, below }) => `${text} ${below ? "below" : "above"}`); // prettier-ignore

  it("stand above, and those of a handover below", () => {
    expect(sides([note(0, 2, "u32 hit"), note(3, 2, "mirred")])).toEqual(["u32 hit above", "mirred below"]);
  });

  it("give way to other packets, and to each other", () => {
    expect(sides([note(1, 2, "u32 hit"), note(2, 1, undefined, 2)])).toEqual(["u32 hit below"]);
    expect(sides([note(1, 2, "one word"), note(2, 2, "and more")])).toEqual(["one word above", "and more below"]);
  });

  it("stand on the side of a note where the melody is not", () => {
    const at = (notes: ScoreNote[]) =>
      labelsOf(notes, ({ value }) => value, (text) => text.length * 6, (column) => column * 60, []).map(({ x, below }) => [x, below]); // prettier-ignore
    expect(at([note(0, 0), note(1, 2, "u32 hit"), note(2, 3)])).toEqual([[60 + 16, false]]);
    expect(at([note(0, 3), note(1, 2, "u32 hit"), note(2, 0)])).toEqual([[60 - 16, false]]);
    expect(at([note(0, 2), note(1, 2, "u32 hit"), note(2, 2)])).toEqual([[60, false]]);
  });

  it("of the top row do not stand on the names of devices", () => {
    expect(sides([note(1, 0, "dropped")], [{ from: 20, to: 50 }])).toEqual(["dropped below"]);
    expect(sides([note(1, 0, "dropped")], [{ from: 60, to: 90 }])).toEqual(["dropped above"]);
    expect(sides([note(1, 1, "dropped")], [{ from: 20, to: 50 }])).toEqual(["dropped above"]);
  });

  it("are not written across a melody that goes by", () => {
    const rest = { ...note(2, 1, "passed by"), form: "rest" as const };
    const taken = { ...note(3, 1, "passed by"), form: "rest" as const };
    expect(sides([note(0, 2), rest, taken, note(5, 2)])).toEqual(["passed by above"]);
    expect(sides([note(0, 3), rest, note(5, 3)])).toEqual(["passed by above"]);
  });

  it("are left out where there is room on neither side", () => {
    expect(sides([note(1, 0, "dropped"), note(2, 1, undefined, 2)], [{ from: 20, to: 50 }])).toEqual([]);
  });
});

describe("twins", () => {
  const a = side(redirect);
  const b = side(fwdWalk());
  const twin = align(a, b);
  const name = (walk: Walk, stop: number | undefined): string => {
    const step = walk.steps[stop ?? -1];
    return step ? `${step.station} ${step.dev}` : "";
  };

  it("part where tc takes the packet in one and not in the other", () => {
    const column = twin.columns[twin.divergence]!;
    expect(name(a.walk, a.stops[column.a]?.step)).toBe("tc ingress eth0");
    expect(name(b.walk, b.stops[column.b]?.step)).toBe("tc ingress eth0");
  });

  it("differ in one span and agree after it", () => {
    expect(twin.spans).toHaveLength(1);
    const [{ from, to }] = twin.spans as [{ from: number; to: number }];
    expect(from).toBe(twin.divergence);
    expect(name(a.walk, a.stops[twin.columns[to]!.a]?.step)).toBe("nft egress vethh");
    expect(twin.columns.slice(to + 1).every((column) => column.a >= 0 && column.b >= 0)).toBe(true);
  });

  it("keep every stop of both, in order", () => {
    for (const key of ["a", "b"] as const) {
      const own = twin.columns.map((column) => column[key]).filter((at) => at >= 0);
      expect(own).toEqual(Array.from({ length: (key === "a" ? a : b).stops.length }, (_, at) => at));
    }
  });

  it("of one walk do not differ", () => {
    expect(align(a, a)).toMatchObject({ divergence: -1, spans: [] });
  });

  it("wait in a gap while the other goes on", () => {
    const gap = twin.columns.findIndex((column) => column.a < 0);
    expect(sideAt(twin, "a", gap)).toBe(sideAt(twin, "a", gap - 1));
    expect(sideAt(twin, "b", gap)).toBe(twin.columns[gap]!.b);
    expect(sideAt(twin, "b", twin.columns.length - 1)).toBe(b.stops.length - 1);
    expect(sideAt(twin, "a", 1.5)).toBe(1.5);
  });
});

describe("the sentence", () => {
  const at = (walk: Walk, station: string, dev: string): string =>
    plain(sentenceOf(walk, walk.steps.find((step) => step.station === station && step.dev === dev)!));

  it.each([
    ["tc ingress", "eth0", "A u32 filter on tc ingress of eth0 matched and took the packet (TC_ACT_CONSUMED): netfilter above does not see it."],
    ["mirred", "eth0", "mirred redirects the packet to vethh, inside the tc layer: netfilter on vethh will not see it go out."],
    ["nft egress", "vethh", "nf_hook_egress returned at once: tc gave the packet to vethh, and nf_skip_egress is still 1, so the nft egress chain of vethh was passed by."],
    ["tc egress", "vethh", "tc handed the packet to vethh below netfilter, so only its tc filters run: bpf matched, TC_ACT_OK."],
    ["nft egress", "wire", "Nothing is attached to nft egress on wire: the packet goes on."],
    ["nft ingress", "vethc", "One rule ran on nft ingress of vethc; the packet was accepted."],
    ["socket send", "", "ping in outside sends: raw_sendmsg makes the packet."],
    ["deliver", "vethc", "The packet has reached its end: icmp echo request in container."],
  ])("at %s on %s says: %s", (station, dev, sentence) => {
    expect(at(redirect, station, dev)).toBe(sentence);
  });

  it("tells nft fwd from mirred", () => {
    expect(at(fwdWalk(), "fwd", "eth0")).toBe("nft fwd hands the packet to vethh from the netfilter layer, so the egress chain of vethh will see it.");
  });

  it("leaves no blank unfilled, at any stop", () => {
    for (const walk of [redirect, fwdWalk()]) {
      for (const stop of stopsOf(walk, "expressions")) expect(sentenceAt(walk, stop)).not.toMatch(/[{}]|undefined/);
    }
  });

  it("goes into a rule's expressions and a hook's filters", () => {
    const said = stopsOf(redirect, "expressions").filter((stop) => stop.note >= 0).map((stop) => plain(sentenceAt(redirect, stop)));
    expect(said).toContain("counter pkts 0 bytes 0: the rule goes on.");
    expect(said).toContain("The u32 filter of pref 10 matches: TC_ACT_STOLEN.");
    expect(said).toContain("Action mirred: Egress Redirect to device vethh (TC_ACT_STOLEN).");
  });

  it("comes apart into words and code", () => {
    expect(partsOf("`a` and `b`.")).toEqual([
      { text: "a", code: true },
      { text: " and ", code: false },
      { text: "b", code: true },
      { text: ".", code: false },
    ]);
  });
});
