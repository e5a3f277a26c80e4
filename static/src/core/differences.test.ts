import { expect, test } from "vitest";

import { FWD, fwdWalk, REDIRECT, redirectWalk } from "../fixtures/redirect.ts";
import { stopsOf } from "./cursor.ts";
import { captureDifferences, counterDifferences, fieldDifferences, linesOnlyIn } from "./differences.ts";
import type { Topology } from "./topology.ts";
import { align } from "./twin.ts";

test("two scripts are told apart by their commands, not by comments, blank lines or indentation", () => {
  const one = "# first\nip netns add a\n\n  nft add rule t c counter\n";
  const two = "# second\nip netns add a\nnft add rule t c drop\n";
  expect(linesOnlyIn(one, two)).toEqual(["nft add rule t c counter"]);
  expect(linesOnlyIn(one, one)).toEqual([]);
});

test("a field is told where it begins to differ, and not again while nothing changes", () => {
  const sides = [redirectWalk(), fwdWalk()].map((walk) => ({ walk, stops: stopsOf(walk, "hooks") }));
  const [a, b] = [sides[0]!, sides[1]!];
  expect(fieldDifferences(a, a, align(a, a))).toEqual([]);
  const rows = fieldDifferences(a, b, align(a, b));
  for (const row of rows) expect(row.a).not.toBe(row.b);
  expect(new Set(rows.map(({ place, a: one, b: other }) => place.split(" at ")[0] + one + other)).size).toBeGreaterThan(0);
});

test("counters are compared by their rules; those that are only in one lab are told too", () => {
  const counted = (topology: Topology, ...lines: string[]): Topology => ({
    ...topology,
    namespaces: [{ name: "host", devices: [], forwarding: false, hooks: [{ station: "input", band: "l3", lane: "in", count: lines.length, lines }] }],
  });
  const one = counted(REDIRECT, "chain ip t c: counter packets 3 bytes 9 accept", "chain ip t c: counter packets 1 bytes 3");
  const other = counted(FWD, "chain ip t c: counter packets 4 bytes 12 accept", "chain ip t c: counter packets 1 bytes 3", "chain ip t c: drop");
  expect(counterDifferences(one, one)).toEqual([]);
  expect(counterDifferences(one, other)).toEqual([{ place: "host input: ip t c: counter accept", a: "3 packets, 9 bytes", b: "4 packets, 12 bytes" }]);
  expect(counterDifferences(one, counted(FWD))).toHaveLength(2);
});

test("frames are compared by what tcpdump says of them, whenever they came", () => {
  const [one, other] = [["00:00:01.0 IP a > b", "00:00:01.1 IP a > b", "00:00:02.0 ARP x"], ["00:00:09.0 IP a > b", "00:00:09.5 IP c > d"]];
  expect(captureDifferences("host", one, other)).toEqual([
    { place: "host", a: "IP a > b", b: "" },
    { place: "host", a: "ARP x", b: "" },
    { place: "host", a: "", b: "IP c > d" },
  ]);
});
