import { describe, expect, it } from "vitest";

import { lab } from "../fixtures/topology.ts";
import type { Topology } from "../protocol.ts";
import { type Carried, dropOn, peerOf, type Spot, type Tile, TILES } from "./drops.ts";

const tile = (name: Tile): Carried => ({ kind: "tile", tile: name });
const on = (netns: string, dev = "", station = ""): Spot =>
  station ? { kind: "hook", netns, dev, station } : dev ? { kind: "device", netns, dev } : { kind: "namespace", netns };
const canvas: Spot = { kind: "canvas" };

const three = lab("h: eth0, eth1; c1: eth0; c2: lo", "h/eth0-c1/eth0");
const two = lab("a: lo; b: lo", "");

function withDevices(topology: Topology, changes: Record<string, Partial<Topology["namespaces"][number]["devices"][number]>>): Topology {
  const namespaces = topology.namespaces.map((space) => ({
    ...space,
    devices: space.devices.map((device) => ({ ...device, ...changes[`${space.name}/${device.name}`] })),
  }));
  return { ...topology, namespaces };
}
const bridged = withDevices(lab("h: p1, p2, br0; c: eth0", "h/p1-c/eth0"), { "h/br0": { kind: "bridge" }, "h/p1": { master: "br0" } });

const operation = (topology: Topology, carried: Carried, spot: Spot): unknown => {
  const drop = dropOn(topology, carried, spot);
  return drop.does === "edit" ? drop.operation : drop.does === "nothing" ? drop.why : drop.does;
};

describe("a tile", () => {
  it("host makes a namespace wherever it falls", () => {
    for (const spot of [canvas, on("h"), on("h", "eth0")]) {
      expect(operation(three, tile("host"), spot)).toEqual({ type: "AddNamespace", kind: "host", name: "", host: null });
    }
  });

  it("container stands behind the host on which it falls", () => {
    expect(operation(three, tile("container"), on("h"))).toMatchObject({ kind: "container", host: "h" });
    expect(operation(three, tile("container"), canvas)).toMatchObject({ kind: "container", host: null });
  });

  it("veth pair connects the only two namespaces at once, and asks for the other end where there are more", () => {
    expect(operation(two, tile("veth"), on("b"))).toEqual({ type: "AddVeth", a: "b", b: "a", a_bridge: "", b_bridge: "" });
    expect(operation(two, tile("veth"), canvas)).toMatchObject({ a: "a", b: "b" });
    expect(dropOn(three, tile("veth"), on("c2"))).toEqual({
      does: "continue",
      carried: { kind: "cable", from: { netns: "c2", bridge: "", dev: "" } },
    });
    expect(operation(three, tile("veth"), canvas)).toBe("onNamespace");
  });

  it("veth pair begins at a bridge where it falls on one", () => {
    expect(operation(bridged, tile("veth"), { kind: "bridge", netns: "h", dev: "br0" })).toMatchObject({ a: "h", a_bridge: "br0", b: "c" });
  });

  it("nft chain hangs at netfilter hooks, not at tc's, and asks for the hook elsewhere", () => {
    expect(operation(three, tile("chain"), on("h", "eth0", "nft egress"))).toEqual({ type: "AddChain", netns: "h", dev: "eth0", station: "nft egress", rule: "" });
    expect(operation(three, tile("chain"), on("h", "eth0", "forward"))).toMatchObject({ dev: "", station: "forward" });
    expect(operation(three, tile("chain"), on("h", "eth0", "tc egress"))).toBe("onNetfilter");
    expect(operation(three, tile("chain"), on("h", "eth0"))).toBe("choose");
    expect(operation(three, tile("chain"), canvas)).toBe("onNetfilter");
  });

  it("nft chain on a bridge is one of the bridge family", () => {
    const drop = dropOn(bridged, tile("chain"), { kind: "bridge", netns: "h", dev: "br0" });
    expect(drop.does === "choose" && drop.choices.map(({ label }) => label)).toContain("bridge forward");
  });

  it("tc filter hangs at tc hooks, not at netfilter's", () => {
    expect(operation(three, tile("filter"), on("h", "eth0", "tc egress"))).toMatchObject({ type: "AddFilter", dev: ["h", "eth0"], side: "egress" });
    expect(operation(three, tile("filter"), on("h", "eth0", "nft egress"))).toBe("onTc");
    expect(operation(three, tile("filter"), on("h"))).toBe("onTc");
  });

  it("vlan needs a device, which a namespace with one device is enough for", () => {
    expect(operation(three, tile("vlan"), on("c1"))).toMatchObject({ kind: "vlan", netns: "c1", lower: "eth0" });
    expect(operation(three, tile("vlan"), on("h"))).toBe("onDevice");
    expect(operation(three, tile("vlan"), on("h", "eth1"))).toMatchObject({ lower: "eth1" });
  });

  it("vxlan goes over a cable at once where both ends have addresses", () => {
    const addressed = withDevices(three, { "h/eth0": { addresses: ["10.0.0.1/24"] }, "c1/eth0": { addresses: ["10.0.0.2/24"] } });
    expect(operation(addressed, tile("vxlan"), on("h", "eth0"))).toEqual({ type: "AddVxlan", a: ["h", "eth0"], b: ["c1", "eth0"] });
    expect(operation(addressed, tile("vxlan"), on("h", "eth1"))).toBe("continue");
  });

  it("of any kind does something on a device or says where it belongs", () => {
    for (const name of TILES) {
      const drop = dropOn(three, tile(name), on("h", "eth0"));
      expect(drop.does, name).not.toBe("nothing");
      expect(["edit", "nothing", "continue"], name).toContain(dropOn(three, tile(name), canvas).does);
    }
  });
});

describe("a cable that is drawn", () => {
  const from: Carried = { kind: "cable", from: { netns: "h", bridge: "", dev: "eth0" } };

  it("ends in another namespace or at a bridge, not where it began", () => {
    expect(operation(three, from, on("c2"))).toEqual({ type: "AddVeth", a: "h", b: "c2", a_bridge: "", b_bridge: "" });
    expect(operation(three, from, on("h"))).toBe("onOther");
    expect(operation(three, from, canvas)).toBe("onNamespace");
    expect(operation(bridged, from, { kind: "bridge", netns: "h", dev: "br0" })).toMatchObject({ a: "h", b: "h", b_bridge: "br0" });
  });

  it("from a bridge to the namespace of the bridge plugs a device of it in", () => {
    const port: Carried = { kind: "cable", from: { netns: "h", bridge: "br0", dev: "br0" } };
    expect(operation(bridged, port, on("h"))).toMatchObject({ a_bridge: "br0", b_bridge: "" });
    expect(operation(bridged, port, { kind: "bridge", netns: "h", dev: "br0" })).toBe("onOther");
  });
});

describe("a device", () => {
  const p2: Carried = { kind: "device", netns: "h", dev: "p2" };

  it("moves into another namespace, and is plugged into a bridge of its own", () => {
    expect(operation(bridged, p2, on("c"))).toEqual({ type: "MoveDevice", dev: ["h", "p2"], netns: "c" });
    expect(operation(bridged, p2, { kind: "bridge", netns: "h", dev: "br0" })).toEqual({ type: "Enslave", dev: ["h", "p2"], master: "br0" });
  });

  it("stays where it is plugged in already, and where it stands", () => {
    expect(operation(bridged, { kind: "device", netns: "h", dev: "p1" }, { kind: "bridge", netns: "h", dev: "br0" })).toBe("alreadyThere");
    expect(operation(bridged, p2, on("h"))).toBe("notMoved");
    expect(operation(bridged, p2, canvas)).toBe("onNamespace");
  });

  it("takes another place among its neighbours", () => {
    const spot: Spot = { kind: "order", netns: "h", devices: ["p2", "p1", "br0"] };
    expect(operation(bridged, p2, spot)).toEqual({ type: "ArrangeDevices", netns: "h", devices: ["p2", "p1", "br0"] });
  });
});

describe("a hook that hands over", () => {
  const choices = (station: string, spot: Spot): { label: string; operation: unknown }[] => {
    const drop = dropOn(three, { kind: "hook", netns: "h", dev: "eth0", station }, spot);
    return drop.does === "choose" ? [...drop.choices] : [];
  };

  it("offers its own layer first", () => {
    expect(choices("tc ingress", on("h", "eth1")).map(({ label }) => label)).toEqual(["tc redirect", "tc mirror", "nft fwd", "nft dup"]);
    expect(choices("nft ingress", on("h", "eth1")).map(({ label }) => label)[0]).toBe("nft fwd");
  });

  it("goes into the side on which it is dropped, and by netfilter always out", () => {
    const [redirect, , fwd] = choices("tc ingress", on("h", "eth1", "tc ingress"));
    expect(redirect?.operation).toMatchObject({ side: "ingress", to: "eth1", layer: "tc", into: "ingress", mirror: false });
    expect(fwd?.operation).toMatchObject({ layer: "nft", into: "egress" });
  });

  it("stays within its namespace and leaves its own device", () => {
    const hook: Carried = { kind: "hook", netns: "h", dev: "eth0", station: "tc ingress" };
    expect(operation(three, hook, on("c1", "eth0"))).toBe("sameNamespace");
    expect(operation(three, hook, on("h", "eth0"))).toBe("otherDevice");
    expect(operation(three, hook, canvas)).toBe("otherDevice");
  });
});

it("the peer of a device is at the other end of its cable", () => {
  expect(peerOf(three, "c1", "eth0")).toEqual(["h", "eth0"]);
  expect(peerOf(three, "h", "eth1")).toBeUndefined();
});
