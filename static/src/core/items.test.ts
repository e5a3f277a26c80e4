import { describe, expect, it } from "vitest";

import { lab } from "../fixtures/topology.ts";
import { actionOfKey, actionsOf } from "./actions.ts";
import { ADDITIONS, defaultsOf, operationOf } from "./adding.ts";
import { deviceItem, hookItem, namespaceItem, outermost, present, probeItem, toggled, united } from "./items.ts";
import { outline, parentOf } from "./outline.ts";

const topology = lab("h: eth0, eth1; c: eth0", "h/eth0-c/eth0", { "h/eth0": ["tc ingress"], h: ["forward"] });
const [h, eth0, hook] = [namespaceItem("h"), deviceItem("h", "eth0"), hookItem("h", "eth0", "tc ingress")];

describe("a selection", () => {
  it("toggled twice is what it was, and united with itself too", () => {
    expect(toggled(toggled([h], eth0), eth0)).toEqual([h]);
    expect(united([h, eth0], [eth0, hook])).toEqual([h, eth0, hook]);
  });

  it("forgets what is gone, and no more", () => {
    const gone = [namespaceItem("x"), deviceItem("h", "x"), hookItem("x", "eth0", "tc ingress"), probeItem("h", 3)];
    expect(present([h, eth0, hook, ...gone, hookItem("h", "", "forward")], topology, [])).toEqual([h, eth0, hook, hookItem("h", "", "forward")]);
  });

  it("is deleted from the outside: what goes with something else is not said", () => {
    expect(outermost([hook, eth0, h])).toEqual([h]);
    expect(outermost([hook, eth0])).toEqual([eth0]);
    expect(outermost([hook])).toEqual([hook]);
  });
});

describe("the tree", () => {
  it("has namespaces, devices and what is attached, each with its level and place", () => {
    const rows = outline(topology, { closed: new Set(), empties: false });
    expect(rows.map(({ level, label }) => `${level} ${label}`)).toEqual(["1 h", "2 eth0", "3 tc ingress", "2 eth1", "2 forward", "1 c", "2 eth0"]);
    expect(rows.map(({ position, size }) => `${position}/${size}`)).toEqual(["1/2", "1/3", "1/1", "2/3", "3/3", "2/2", "1/1"]);
  });

  it("hides what is below a closed row, and shows empty hooks where something can be dropped on them", () => {
    const rows = outline(topology, { closed: new Set(["namespace h///-1"]), empties: true });
    expect(rows.map(({ label }) => label)).toEqual(["h", "c", "eth0", "nft ingress", "tc ingress", "nft egress", "tc egress"]);
    expect(rows[0]?.expanded).toBe(false);
  });

  it("leads up to the row above", () => {
    const rows = outline(topology, { closed: new Set(), empties: false });
    expect(parentOf(rows, 2)).toBe(1);
    expect(parentOf(rows, 4)).toBe(0);
    expect(parentOf(rows, 0)).toBe(0);
  });
});

describe("a menu", () => {
  it("offers at a hook what its layer has, and to detach only what is attached", () => {
    expect(actionsOf(hook, topology)).toEqual(["edit", "filter", "redirect", "why", "capture", "break", "detach"]);
    expect(actionsOf(hookItem("h", "eth1", "nft egress"), topology)).toEqual(["chain", "redirect", "why", "capture", "break"]);
  });

  it("has one key for each entry", () => {
    for (const item of [h, eth0, hook, hookItem("h", "", "forward")]) {
      const actions = actionsOf(item, topology);
      const keys = actions.map((action) => [..."abcdefghijklmnopqrstuvwxyz", "F2", "Delete"].find((key) => actionOfKey(key, actions) === action));
      expect(new Set(keys).size, item.kind).toBe(actions.length);
      expect(keys).not.toContain(undefined);
    }
  });
});

describe("Add…", () => {
  it("has defaults that are an operation, for whatever is added and selected", () => {
    for (const what of ADDITIONS) {
      for (const selected of [undefined, h, eth0, hook, namespaceItem("gone")]) {
        expect(operationOf(what, defaultsOf(what, topology, selected)), what).toBeDefined();
      }
    }
  });

  it("goes by what is selected", () => {
    expect(operationOf("chain", defaultsOf("chain", topology, hookItem("c", "eth0", "nft egress")))).toMatchObject({ netns: "c", dev: "eth0", station: "nft egress" });
    expect(operationOf("veth", defaultsOf("veth", topology, namespaceItem("c")))).toMatchObject({ a: "c", b: "h" });
    expect(operationOf("vxlan", defaultsOf("vxlan", topology, eth0))).toMatchObject({ a: ["h", "eth0"], b: ["c", "eth0"] });
    expect(operationOf("container", defaultsOf("container", topology, eth0))).toMatchObject({ host: "h" });
  });

  it("in an empty lab is only what needs nothing", () => {
    const empty = { namespaces: [], cables: [], tunnels: [] };
    const possible = ADDITIONS.filter((what) => operationOf(what, defaultsOf(what, empty, undefined)) !== undefined);
    expect(possible).toContain("host");
    expect(possible).not.toContain("vlan");
    expect(operationOf("container", defaultsOf("container", empty, undefined))).toMatchObject({ host: null });
  });
});
