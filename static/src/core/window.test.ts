import { describe, expect, it } from "vitest";

import type { Topology } from "../protocol.ts";
import { layoutOf } from "./layout.ts";
import { seenOf, windowOf, windowText } from "./window.ts";

const device = (name: string, ifindex: number) => ({
  name, ifindex, kind: "veth", address: "02:00:00:00:00:01", up: true, carrier: true, mtu: 1500, addresses: [], master: "", hooks: [], lower: null,
}); // prettier-ignore

const chain = (count: number): Topology => ({
  namespaces: Array.from({ length: count }, (_, at) => ({
    name: `n${at}`, devices: [device("a", 2), device("b", 3)], hooks: [], forwarding: false,
  })),
  cables: Array.from({ length: count - 1 }, (_, at) => ({ a: [`n${at}`, "b"], b: [`n${at + 1}`, "a"], kind: "veth" })),
  tunnels: [],
}); // prettier-ignore

const room = { width: 1000, height: 400 };
const looking = (x: number, y: number, k: number) => windowOf(windowText({ x, y, k }, room));

describe("what is drawn of a picture", () => {
  it("is all of a small one", () => {
    const layout = layoutOf(chain(8), "compact", room);
    expect(seenOf(layout, looking(-1e6, 0, 1)).namespaces).toHaveLength(8);
  });

  it("is of a large one what the window shows, with its devices and every cable that passes through", () => {
    const layout = layoutOf(chain(200), "compact", room);
    const middle = layout.namespaces[100]!;
    const seen = seenOf(layout, looking(-middle.x, -middle.y, 1));
    expect(seen.namespaces.length).toBeLessThan(60);
    const inside = layout.namespaces.filter(
      ({ x, y, width, height }) =>
        x + width > middle.x && x < middle.x + 1000 && y + height > middle.y && y < middle.y + 400,
    );
    expect(inside.length).toBeGreaterThan(1);
    expect(seen.namespaces).toEqual(expect.arrayContaining(inside));
    const ends = new Set(inside.flatMap((box) => box.devices.map(({ key }) => key)));
    const cables = layout.cables.filter(({ a, b }) => ends.has(a) || ends.has(b));
    expect(seen.cables).toEqual(expect.arrayContaining(cables));
  });

  it("stays the same while the view moves a little", () => {
    expect(windowText({ x: -600, y: -600, k: 1 }, room)).toBe(windowText({ x: -610, y: -605, k: 1 }, room));
  });
});
