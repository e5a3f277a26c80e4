import { describe, expect, it } from "vitest";

import { REDIRECT } from "../fixtures/redirect.ts";
import { lab } from "../fixtures/topology.ts";
import type { Arrangement } from "../protocol.ts";
import { arrange } from "./arrange.ts";
import type { CableBox } from "./cables.ts";
import { overlaps } from "./labels.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Density } from "./measures.ts";
import { neighbour } from "./neighbour.ts";

const WIDE = { width: 1124, height: 400 };
const none = new Set<string>();
const names = (topology: Parameters<typeof arrange>[0]): string[] =>
  arrange(topology, none).map((column) => `${column.namespace.name}: ${column.devices.map((device) => device.name).join(" ")}`);

describe("the arrangement", () => {
  it("puts namespaces in the order of their cables", () => {
    expect(names(REDIRECT)).toEqual(["outside: wire", "host: eth0 vethh", "container: vethc"]);
  });

  it("turns devices to where their cables lead", () => {
    const topology = lab("r: right, left; b: x; a: y", "r/right-b/x, r/left-a/y");
    const [first, , last] = names(topology);
    expect(names(topology)[1]).toBe(first === "b: x" ? "r: right left" : "r: left right");
    expect([first, last].sort()).toEqual(["a: y", "b: x"]);
  });

  it("follows the user's order, and puts what they did not name after it", () => {
    const own = { rows: [["container"], ["host"]], devices: [["host", ["vethh", "eth0"]]], colours: [] } as Arrangement;
    const columns = arrange(REDIRECT, none, own);
    expect(columns.map(({ namespace }) => namespace.name)).toEqual(["container", "host", "outside"]);
    expect(columns[1]!.devices.map(({ name }) => name)).toEqual(["vethh", "eth0"]);
    const rows = layoutOf(REDIRECT, "regular", WIDE, undefined, own).namespaces.map(({ view, row }) => `${view.name} ${row}`);
    expect(rows).toEqual(["container 0", "host 1", "outside 1"]);
  });

  it("avoids crossings where it can", () => {
    const topology = lab("a: a1, a2; b: b1, b2; c: c1, c2", "a/a2-c/c1, a/a1-b/b2, b/b1-c/c2");
    const order = arrange(topology, none).flatMap((column) => column.devices.map((device) => `${column.namespace.name}/${device.name}`));
    const spans = topology.cables.map(({ a, b }) => [order.indexOf(a.join("/")), order.indexOf(b.join("/"))].sort((x, y) => x - y)) as [number, number][];
    const crossings = spans.flatMap(([a, b], at) => spans.slice(at + 1).filter(([c, d]) => (a < c && c < b && b < d) || (c < a && a < d && d < b)));
    expect(crossings).toEqual([]);
  });

  it("is the same every time, whatever the order of the cables", () => {
    expect(names({ ...REDIRECT, cables: [...REDIRECT.cables].reverse() })).toEqual(names(REDIRECT));
  });

  it("leaves the loopback out until it is used", () => {
    const topology = lab("a: lo, eth0", "");
    expect(names(topology)).toEqual(["a: eth0"]);
    expect(arrange(topology, new Set(["a/lo"]))[0]!.devices).toHaveLength(2);
    expect(names(lab("a: lo, eth0", "", { "a/lo": ["nft egress"] }))).toEqual(["a: lo eth0"]);
  });
});

const big = lab(
  Array.from({ length: 10 }, (_, at) => `n${at}: a${at}, b${at}`).join(";"),
  Array.from({ length: 9 }, (_, at) => `n${at}/b${at}-n${at + 1}/a${at + 1}`).join(","),
);

function inside(layout: Layout): void {
  for (const box of layout.namespaces) {
    expect(box.x + box.width).toBeLessThanOrEqual(layout.width);
    expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
    for (const other of layout.namespaces) {
      if (other !== box) expect(overlaps(box, other, 20)).toBe(false);
    }
    for (const device of box.devices) {
      expect(device.in - layout.measures.badge.width / 2).toBeGreaterThan(box.x);
      expect(device.out + layout.measures.badge.width / 2).toBeLessThan(box.x + box.width);
      expect(device.jack.y).toBe(box.y + box.height);
    }
  }
}

describe.each<Density>(["regular", "compact", "projector"])("the %s layout", (density) => {
  it("keeps everything inside and apart", () => {
    inside(layoutOf(REDIRECT, density, WIDE));
    inside(layoutOf(big, density, WIDE));
  });

  it("lines bands up across a row", () => {
    const layout = layoutOf(big, density, WIDE);
    for (const box of layout.namespaces) expect(box.strips).toEqual(layout.rows[box.row]!.strips);
  });

  it("keeps badges clear of each other", () => {
    const hooks = { a: ["prerouting", "input", "output", "postrouting"], "a/x": ["nft egress"], "a/y": ["nft ingress"] };
    const boxes = [...layoutOf(lab("a: x, y", "", hooks), density, WIDE).hooks.values()]
      .filter((hook) => hook.attached)
      .map(({ x, y, width, height }) => ({ x: x - width / 2, y: y - height / 2, width, height }));
    expect(boxes).toHaveLength(10);
    boxes.forEach((box, at) => boxes.slice(at + 1).forEach((other) => expect(overlaps(box, other, 2)).toBe(false)));
  });
});

describe("the layout", () => {
  it("takes more rows where there are too many namespaces for one", () => {
    expect(layoutOf(REDIRECT, "regular", WIDE).rows).toHaveLength(1);
    expect(layoutOf(big, "regular", { width: 1124, height: 800 }).rows.length).toBeGreaterThan(1);
  });

  it("draws 20 devices in far less than a frame", () => {
    layoutOf(big, "regular", WIDE);
    const before = performance.now();
    layoutOf(big, "regular", WIDE);
    expect(performance.now() - before).toBeLessThan(100);
  });

  it("lets wider cables hang deeper, and the nested ones inside", () => {
    const layout = layoutOf(lab("a: a1, a2; b: b1, b2", "a/a1-b/b2, a/a2-b/b1"), "regular", WIDE);
    const depth = ({ there }: CableBox): number => Math.max(...there.points(2).map((point) => point.y));
    const spans = layout.cables.map((cable) => Math.abs(cable.there.at(0).x - cable.there.at(Infinity).x));
    const [wide, narrow] = spans[0]! > spans[1]! ? layout.cables : [...layout.cables].reverse();
    expect(depth(wide!)).toBeGreaterThan(depth(narrow!) + 10);
    expect(depth(wide!)).toBeLessThan(layout.height);
  });

  it("leads cables between rows around the namespaces", () => {
    const layout = layoutOf(big, "regular", { width: 700, height: 900 });
    for (const cable of layout.cables) {
      for (const { x, y } of cable.there.points(5)) {
        const hit = layout.namespaces.some((box) => x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1);
        expect(hit).toBe(false);
      }
      expect(cable.back.at(0).x).toBeCloseTo(cable.there.at(Infinity).x);
      expect(cable.back.at(0).y).toBeCloseTo(cable.there.at(Infinity).y);
    }
  });
});

describe("arrow keys", () => {
  const layout = layoutOf(REDIRECT, "regular", WIDE);
  it.each([
    ["host/eth0/tc ingress", "up", "host/eth0/nft ingress"],
    ["host/eth0/nft ingress", "up", undefined],
    ["host/vethh/nft egress", "down", "host/vethh/tc egress"],
    ["host/vethh/tc egress", "down", "container/vethc/tc ingress"],
    ["host/eth0/tc ingress", "right", "host/eth0/tc egress"],
    ["outside/wire/nft ingress", "left", undefined],
  ] as const)("lead from %s %s to %s", (from, direction, to) => {
    expect(neighbour(layout, from, direction)).toBe(to);
  });
});
