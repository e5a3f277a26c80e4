// The pure parts of the panels that ask the model.

import { describe, expect, test } from "vitest";

import { redirectWalk, REDIRECT } from "../fixtures/redirect.ts";
import { lab } from "../fixtures/topology.ts";
import type { Entry, Outcome } from "../protocol.ts";
import { dissectFrame } from "./bytes.ts";
import { stopsOf } from "./cursor.ts";
import { checksum, frameOf, fromHex, presetOf, PRESETS, toHex, wrongFields } from "./frames.ts";
import { matrixOf } from "./matrix.ts";
import { perspectiveOf } from "./perspective.ts";
import { addressesFrom, chosenDevice, probeOperation } from "./probing.ts";
import { hookText, notReached } from "./reached.ts";
import { registersAt, writtenBy } from "./registers.ts";
import { again, resultsOf, sorted } from "./results.ts";
import { rowsOf } from "./walktable.ts";
import type { ExprRun } from "./walk.ts";

const SENDER = { mac: "02:00:00:00:00:02", address: "10.0.0.2" };

describe("a frame by hand", () => {
  test("has its fields in the order of the wire", () => {
    const frame = frameOf({ dst: "ff:ff:ff:ff:ff:ff", src: SENDER.mac, vlan: "5", ethertype: "0x0800", payload: "45 00" });
    expect(toHex(frame)).toBe("ffffffffffff020000000002810000050800" + "4500");
    expect(dissectFrame(frame).map(({ layer }) => layer)).toEqual(["eth", "vlan", "ip"]);
  });

  test("says which of its fields cannot be read", () => {
    const frame = presetOf("empty", SENDER);
    expect(wrongFields(frame)).toEqual([]);
    expect(wrongFields({ ...frame, dst: "1:2", vlan: "4095", ethertype: "8", payload: "abc" })).toEqual(["dst", "vlan", "ethertype", "payload"]);
  });

  test.each(PRESETS)("%s can be sent as it is, from the sender's address", (preset) => {
    const frame = presetOf(preset, SENDER);
    expect(wrongFields(frame)).toEqual([]);
    expect(frame.src).toBe(SENDER.mac);
  });

  test("DHCP's discover has sums that add up, and 300 bytes at least would fit a BOOTP relay", () => {
    const bytes = [...frameOf(presetOf("dhcp", SENDER))];
    const [ip, udp] = [bytes.slice(14, 34), bytes.slice(34)];
    expect(checksum(ip)).toBe(0);
    expect(checksum([...ip.slice(12), 0, 17, udp.length >> 8, udp.length & 255, ...udp])).toBe(0);
    expect(bytes.length - 14).toBe((ip[2]! << 8) + ip[3]!);
    expect(dissectFrame(Uint8Array.from(bytes)).map(({ layer }) => layer)).toEqual(["eth", "ip", "udp", "payload"]);
  });

  test("gPTP's sync is as long as its header says", () => {
    const payload = fromHex(presetOf("gptp", SENDER).payload);
    expect(payload.length).toBe((payload[2]! << 8) + payload[3]!);
  });

  test("AVTP's audio carries as many bytes as its header says", () => {
    const payload = fromHex(presetOf("avtp", SENDER).payload);
    expect(payload.length - 24).toBe((payload[20]! << 8) + payload[21]!);
  });

  test("an announcement asks for the sender's own address", () => {
    const [, arp] = dissectFrame(frameOf(presetOf("arp-announce", SENDER)));
    const values = Object.fromEntries(arp!.fields.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({ operation: "request", "sender address": "10.0.0.2", "target address": "10.0.0.2" });
  });

  test("checksum is RFC 1071's example", () => {
    expect(checksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])).toBe(~0xddf2 & 0xffff);
  });
});

describe("a probe that is filled in", () => {
  const fields = { kind: "ping", netns: "a", to: " 10.0.0.2 ", dev: "eth0", port: "", frame: presetOf("empty", SENDER) } as const;

  test("is an operation with what its kind has", () => {
    expect(probeOperation(fields)).toEqual({ type: "AddProbe", netns: "a", kind: "ping", to: "10.0.0.2", dev: "", port: 0, raw: "" });
    expect(probeOperation({ ...fields, kind: "udp", port: "5353" })).toMatchObject({ port: 5353, dev: "" });
    expect(probeOperation({ ...fields, kind: "arp" })).toMatchObject({ dev: "eth0", to: "10.0.0.2" });
    expect(probeOperation({ ...fields, kind: "raw" })).toMatchObject({ dev: "eth0", to: "", raw: "ffffffffffff02000000000288b5" });
  });

  test("is none while a port or a frame cannot be read", () => {
    expect(probeOperation({ ...fields, kind: "tcp", port: "http" })).toBeUndefined();
    expect(probeOperation({ ...fields, kind: "tcp", port: "65536" })).toBeUndefined();
    expect(probeOperation({ ...fields, kind: "raw", frame: { ...fields.frame, dst: "" } })).toBeUndefined();
    expect(probeOperation({ ...fields, kind: "raw", dev: "" })).toBeUndefined();
  });

  test("offers the devices of its namespace and the addresses of the others", () => {
    expect(chosenDevice(REDIRECT, "host", "vethh")).toBe("vethh");
    expect(chosenDevice(REDIRECT, "host", "elsewhere")).toBe("eth0");
    expect(addressesFrom(REDIRECT, "host").every(({ netns }) => netns !== "host")).toBe(true);
  });
});

describe("the registers of a rule", () => {
  const run = (name: string, operands: string, value = ""): ExprRun => ({ type: "ExprRun", name, operands, value, goes_on: true });
  const RULE = [
    run("payload", "load 4b @ network header + 16 => reg 1", "0a000003"),
    run("cmp", "eq reg 1 0x0300000a", "0a000003"),
    run("bitwise", "reg 9 = ( reg 1 & 0x00ffffff ) ^ 0x00000000", "0a000000"),
    run("immediate", "reg 1 0x0000002a"),
    run("immediate", "reg 0 accept"),
  ];

  test("hold what the expressions up to here have loaded", () => {
    expect(registersAt(RULE, 1)).toEqual([{ name: "reg 1", value: "0a000003", written: false }]);
    expect(registersAt(RULE, 2).map(({ name, value }) => `${name} ${value}`)).toEqual(["reg 1 0a000003", "reg 9 0a000000"]);
    expect(registersAt(RULE, 3)).toContainEqual({ name: "reg 1", value: "2a000000", written: true });
    expect(registersAt(RULE, 4)[0]).toEqual({ name: "verdict", value: "accept", written: true });
  });

  test("are written by a map's look-up, and not by a set's or by what only reads", () => {
    expect(writtenBy(run("lookup", "reg 1 set map0 dreg 2", "0a000002"))).toEqual({ register: 2, value: "0a000002" });
    expect(writtenBy(run("lookup", "reg 1 set __set0", "88f7"))).toBeUndefined();
    expect(writtenBy(run("lookup", "reg 1 set vmap dreg 0", "88f7"))).toBeUndefined();
    expect(writtenBy(run("meta", "set mark with reg 1", "2a000000"))).toBeUndefined();
  });
});

describe("the walk as a table", () => {
  const walk = redirectWalk();

  test("has a row for every stop, and parts are cut from the same rows", () => {
    const stops = stopsOf(walk, "functions");
    const rows = rowsOf(walk, stops);
    expect(rows.map(({ at }) => at)).toEqual(stops.map((_, at) => at));
    expect(rowsOf(walk, stops, 3, 6)).toEqual(rows.slice(3, 6));
  });

  test("says what was passed by, and what changed", () => {
    const rows = rowsOf(walk, stopsOf(walk, "hooks"));
    const passed = rows.filter((row) => row.passed);
    expect(passed.map(({ dev, station, verdict }) => [dev, station, verdict])).toEqual([["vethh", "nft egress", "passed by: nf_skip_egress = 1"]]);
    expect(rows.some(({ changes }) => changes.includes("nf_skip_egress 0 → 1"))).toBe(true);
  });
});

describe("hooks that were not reached", () => {
  test("are those with something attached that no packet ran", () => {
    expect(notReached(redirectWalk(), REDIRECT).map(hookText)).toContain("nft egress on vethh");
    expect(notReached(redirectWalk(), REDIRECT).map(hookText)).not.toContain("tc egress on vethh");
  });
});

describe("a cable from either end", () => {
  test("is egress here and ingress there, and the other way round", () => {
    const { leaving, coming } = perspectiveOf(REDIRECT, "container", "vethc")!;
    const names = ({ crossings }: typeof leaving): string[] => crossings.map(({ dev, station }) => `${station} ${dev}`);
    expect(names(leaving)).toEqual(["nft egress vethc", "tc egress vethc", "tc ingress vethh", "nft ingress vethh"]);
    expect(names(coming)).toEqual(["nft egress vethh", "tc egress vethh", "tc ingress vethc", "nft ingress vethc"]);
    expect(coming.crossings[0]!.count).toBe(1);
  });

  test("is none of a device without a cable", () => {
    expect(perspectiveOf(lab("a: lo", ""), "a", "lo")).toBeUndefined();
  });
});

describe("the table of results", () => {
  const outcome = (probe: number, fate: Outcome["fate"], hooks: number): Outcome => ({ probe, fate, where: "", reason: "", steps: 1, hooks, code: 0, summary: "" });
  const probe = (index: number, command: string): { index: number; line: number; netns: string; command: string; steps: number } => ({ index, line: index, netns: "a", command, steps: 1 });
  const results = resultsOf([probe(0, "ping 10.0.0.10"), probe(1, "ping 10.0.0.9"), probe(2, "arping")], [outcome(0, "delivered", 3), outcome(1, "dropped", 3), outcome(2, "lost", 1)]);
  const order = (column: Parameters<typeof sorted>[1], falling = false): number[] => sorted(results, column, falling).map((row) => row.probe.index);

  test("is sorted by a column, and by the script where rows are alike", () => {
    expect(order("number", true)).toEqual([2, 1, 0]);
    expect(order("command")).toEqual([2, 1, 0]);
    expect(order("fate")).toEqual([1, 2, 0]);
    expect(order("hooks", true)).toEqual([0, 1, 2]);
  });

  test("sends a TCP client again with its listener", () => {
    const entry = (command: string, at: number): Entry => ({ line: 1, netns: "", command, output: "", code: 0, probe: at });
    const entries = [
      entry("ip netns exec b nc -l 80", -1),
      entry("sleep 0.2", -1),
      entry("ip netns exec a nc -N -w 1 10.0.0.2 80 <<'X'\nhello\nX", 0),
      entry("ip netns exec a ping -c 1 10.0.0.2", 1),
    ];
    expect(again(entries)).toEqual(["ip netns exec b nc -l 80 &", "sleep 0.2", entries[2]!.command, entries[3]!.command]);
  });
});

describe("the table of reachability", () => {
  test("has rows and columns in the topology's order, and a hole where nothing was asked", () => {
    const pair = (source: string, target: string, reached: boolean): Parameters<typeof matrixOf>[0][number] => ({ source, target, address: "", reached, where: "", reason: "" });
    const matrix = matrixOf([pair("b", "a", true), pair("a", "b", false)], lab("a: x; b: y", ""));
    expect([matrix.sources, matrix.targets]).toEqual([["a", "b"], ["a", "b"]]);
    expect([matrix.at("a", "b")?.reached, matrix.at("a", "a"), matrix.reached, matrix.failed]).toEqual([false, undefined, 1, 1]);
  });
});
