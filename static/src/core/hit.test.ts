import { describe, expect, it } from "vitest";

import { lab } from "../fixtures/topology.ts";
import { type Carried } from "./drops.ts";
import { ghostsOf } from "./ghosts.ts";
import { areaOf, drawnOrder, drawnRows, gripAt, itemAt, itemsIn, orderWith, rowsWith, spotAt } from "./hit.ts";
import { deviceItem, hookItem, namespaceItem } from "./items.ts";
import { layoutOf } from "./layout.ts";
import { hookKey, portKey } from "./topology.ts";

const topology = lab("h: eth0, eth1; c1: eth0", "h/eth0-c1/eth0", { "h/eth0": ["tc ingress"] });
const layout = layoutOf(topology, "regular", { width: 1200, height: 500 });
const box = (name: string) => layout.namespaces.find(({ view }) => view.name === name)!;
const device = (netns: string, dev: string) => layout.devices.get(portKey(netns, dev))!;
const hook = (netns: string, dev: string, station: string) => layout.hooks.get(hookKey(netns, dev, station))!;
const title = (name: string) => ({ x: box(name).x + 20, y: box(name).y + 10 });
const plate = (netns: string, dev: string) => ({ x: device(netns, dev).axis, y: box(netns).strips.driver.y + 20 });
const cable: Carried = { kind: "cable", from: { netns: "h", dev: "eth1", bridge: "" } };

describe("what is taken hold of", () => {
  it("is a badge, a jack, a device's name or a namespace's title, in this order", () => {
    expect(gripAt(layout, hook("h", "eth0", "tc ingress"))?.item).toEqual(hookItem("h", "eth0", "tc ingress"));
    expect(gripAt(layout, device("h", "eth1").jack)?.carried).toEqual(cable);
    expect(gripAt(layout, plate("h", "eth0"))?.carried).toEqual({ kind: "device", netns: "h", dev: "eth0" });
    expect(gripAt(layout, title("c1"))?.carried).toEqual({ kind: "namespace", netns: "c1" });
  });

  it("is nothing between namespaces and on plain bands", () => {
    expect(gripAt(layout, { x: 1, y: 1 })).toBeUndefined();
    expect(gripAt(layout, { x: box("h").x + 6, y: box("h").strips.tc.y + 8 })).toBeUndefined();
  });

  it("by a click on a lane is the device, on the rest of the box the namespace", () => {
    expect(itemAt(layout, { x: device("h", "eth0").in, y: box("h").strips.tc.y + 2 })).toEqual(deviceItem("h", "eth0"));
    expect(itemAt(layout, { x: box("h").x + 6, y: box("h").strips.tc.y + 8 })).toEqual(namespaceItem("h"));
    expect(itemAt(layout, { x: 1, y: 1 })).toBeUndefined();
  });
});

describe("the spot below what is carried", () => {
  it("is a jack within 24 px for a cable, and not for a chain", () => {
    const near = { x: device("c1", "eth0").jack.x + 16, y: device("c1", "eth0").jack.y + 16 };
    expect(spotAt(layout, near, cable)).toEqual({ kind: "jack", netns: "c1", dev: "eth0" });
    expect(spotAt(layout, near, { kind: "tile", tile: "chain" }).kind).not.toBe("jack");
  });

  it("is a badge for a chain, also where nothing is attached, and the device for other things", () => {
    const empty = hook("c1", "eth0", "nft ingress");
    expect(spotAt(layout, { x: empty.x + 30, y: empty.y }, { kind: "tile", tile: "chain" })).toEqual({ kind: "hook", netns: "c1", dev: "eth0", station: "nft ingress" });
    expect(spotAt(layout, empty, { kind: "tile", tile: "route" })).toEqual({ kind: "device", netns: "c1", dev: "eth0" });
  });

  it("is the canvas outside, the namespace inside", () => {
    expect(spotAt(layout, { x: 2, y: 2 }, { kind: "tile", tile: "bridge" })).toEqual({ kind: "canvas" });
    expect(spotAt(layout, { x: box("h").x + 6, y: box("h").y + 60 }, { kind: "tile", tile: "bridge" })).toEqual({ kind: "namespace", netns: "h" });
  });

  it("is a gap among neighbours for a device in its own namespace, unless it stands there", () => {
    const [first, second] = drawnOrder(box("h"));
    const carried: Carried = { kind: "device", netns: "h", dev: first! };
    const y = box("h").strips.tc.y;
    expect(spotAt(layout, { x: device("h", second!).axis + 60, y }, carried)).toEqual({ kind: "order", netns: "h", devices: [second, first] });
    expect(spotAt(layout, { x: device("h", first!).axis + 20, y }, carried)).toEqual({ kind: "device", netns: "h", dev: first });
  });
});

describe("a rubber band", () => {
  it("takes whole namespaces, else the devices whose names it touches, else badges", () => {
    const whole = box("c1");
    expect(itemsIn(layout, { x: whole.x - 2, y: whole.y - 2, width: whole.width + 4, height: whole.height + 4 })).toEqual([namespaceItem("c1")]);
    expect(itemsIn(layout, areaOf(plate("h", "eth0"), plate("h", "eth1"))).length).toBe(2);
    const badge = hook("h", "eth0", "tc ingress");
    expect(itemsIn(layout, { x: badge.x - 4, y: badge.y - 4, width: 8, height: 8 })).toEqual([hookItem("h", "eth0", "tc ingress")]);
    expect(itemsIn(layout, { x: 0, y: 0, width: 3, height: 3 })).toEqual([]);
  });
});

describe("rearranging", () => {
  it("puts a namespace among its neighbours, and shows where", () => {
    const [[first, last]] = drawnRows(layout) as [[string, string]];
    const after = rowsWith(layout, first, { x: box(last).x + box(last).width, y: box(last).y + 40 });
    expect(after.rows).toEqual([[last, first]]);
    expect(after.guide.from.x).toBeGreaterThan(box(last).x + box(last).width);
    expect(rowsWith(layout, first, { x: box(first).x, y: box(first).y + 40 }).rows).toEqual([[first, last]]);
  });

  it("below the last row begins another", () => {
    const [[first, last]] = drawnRows(layout) as [[string, string]];
    expect(rowsWith(layout, first, { x: 300, y: layout.height + 40 }).rows).toEqual([[last], [first]]);
  });

  it("keeps every device of a namespace", () => {
    const { devices } = orderWith(box("h"), "eth0", 9999);
    expect([...devices].sort()).toEqual(["eth0", "eth1"]);
    expect(devices.at(-1)).toBe("eth0");
  });
});

describe("ghosts", () => {
  it("of a cable: a fork in each namespace and the cable between them, inside the boxes", () => {
    const ghosts = ghostsOf(layout, {
      carried: cable,
      spot: { kind: "namespace", netns: "c1" },
      drop: { does: "edit", operation: { type: "AddVeth", a: "h", b: "c1", a_bridge: "", b_bridge: "" } },
      point: { x: box("c1").x + 10, y: box("c1").y + 50 },
      made: [deviceItem("h", "veth0"), deviceItem("c1", "veth1")],
    });
    expect(ghosts.forks.map(({ label }) => label)).toEqual(["veth0", "veth1"]);
    expect(ghosts.cables).toHaveLength(1);
    ghosts.forks.forEach(({ jack }, at) => {
      const home = box(["h", "c1"][at]!);
      expect(jack.x).toBeGreaterThan(home.devices.at(-1)!.out);
      expect(jack.x).toBeLessThan(home.x + home.width);
    });
  });

  it("of a cable without an end yet go to the pointer", () => {
    const point = { x: 5, y: 5 };
    const ghosts = ghostsOf(layout, { carried: cable, spot: { kind: "canvas" }, drop: undefined, point, made: [] });
    expect(ghosts.cables[0]).toMatch(/ 5 5$/);
  });
});
