// What may be dropped where, and what a drop does: each is an operation of the workshop (webapp/workshop/operations.py).
// The same rules hold for the pointer, for a tap and for the keyboard.

import type { Operation } from "../protocol.ts";
import { STATIONS } from "./stations.ts";
import type { DeviceView, NamespaceView, Topology } from "./topology.ts";

export const TILES = ["host", "container", "veth", "bridge", "vxlan", "vlan", "dummy", "chain", "filter", "route", "neighbour", "probe"] as const;
export type Tile = (typeof TILES)[number];

/** A place of the picture. A `gap` is one between namespaces, or between the devices of one. */
export type Spot =
  | { readonly kind: "canvas" }
  | { readonly kind: "namespace"; readonly netns: string }
  | { readonly kind: "bridge" | "device" | "jack"; readonly netns: string; readonly dev: string }
  | { readonly kind: "hook"; readonly netns: string; readonly dev: string; readonly station: string }
  | { readonly kind: "rows"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "order"; readonly netns: string; readonly devices: readonly string[] };

/** One end of a cable that is being drawn: a namespace, or a bridge of it. */
export interface End {
  readonly netns: string;
  readonly bridge: string;
  /** The device from whose jack it was drawn, for the eye only. */
  readonly dev: string;
}

export type Carried =
  | { readonly kind: "tile"; readonly tile: Tile }
  | { readonly kind: "cable"; readonly from: End }
  | { readonly kind: "vxlan"; readonly from: readonly [string, string] }
  | { readonly kind: "device"; readonly netns: string; readonly dev: string }
  | { readonly kind: "hook"; readonly netns: string; readonly dev: string; readonly station: string }
  | { readonly kind: "namespace"; readonly netns: string };

export interface Choice {
  readonly label: string;
  readonly operation: Operation;
}

export type Refusal =
  | "onNamespace"
  | "onDevice"
  | "onOther"
  | "onNetfilter"
  | "onTc"
  | "onPeer"
  | "sameNamespace"
  | "otherDevice"
  | "alreadyThere"
  | "notMoved";

export type Drop =
  | { readonly does: "edit"; readonly operation: Operation }
  | { readonly does: "choose"; readonly choices: readonly Choice[] }
  /** The other end is still wanted. */
  | { readonly does: "continue"; readonly carried: Carried }
  | { readonly does: "nothing"; readonly why: Refusal };

const edit = (operation: Operation): Drop => ({ does: "edit", operation });
const nothing = (why: Refusal): Drop => ({ does: "nothing", why });
const choose = (choices: readonly Choice[]): Drop => ({ does: "choose", choices });

const namespaceOf = (topology: Topology, netns: string): NamespaceView | undefined =>
  topology.namespaces.find(({ name }) => name === netns);

export const deviceOf = (topology: Topology, netns: string, dev: string): DeviceView | undefined =>
  namespaceOf(topology, netns)?.devices.find(({ name }) => name === dev);

/** The device at the other end of a cable. */
export function peerOf(topology: Topology, netns: string, dev: string): readonly [string, string] | undefined {
  const is = ([space, name]: readonly [string, string]): boolean => space === netns && name === dev;
  const cable = topology.cables.find(({ a, b }) => is(a) || is(b));
  return cable && (is(cable.a) ? cable.b : cable.a);
}

const real = (namespace: NamespaceView | undefined): readonly DeviceView[] =>
  namespace?.devices.filter(({ kind }) => kind !== "loopback") ?? [];

const isBridge = (topology: Topology, netns: string, dev: string): boolean => deviceOf(topology, netns, dev)?.kind === "bridge";

const netnsOf = (spot: Spot): string | undefined => ("netns" in spot ? spot.netns : undefined);
const devOf = (spot: Spot): string | undefined => ("dev" in spot && spot.dev !== "" ? spot.dev : undefined);

// tiles

const L3_STATIONS = ["prerouting", "input", "forward", "output", "postrouting"] as const;

const chain = (netns: string, dev: string, station: string): Operation => ({ type: "AddChain", netns, dev, station, rule: "" });
const filter = (netns: string, dev: string, side: "ingress" | "egress"): Operation => ({ type: "AddFilter", dev: [netns, dev], side, filter: "" });
const sides = ["ingress", "egress"] as const;

function chainAt(topology: Topology, spot: Spot): Drop {
  if (spot.kind === "hook") {
    if (STATIONS[spot.station]?.band === "tc") return nothing("onNetfilter");
    return edit(chain(spot.netns, spot.station.startsWith("nft ") ? spot.dev : "", spot.station));
  }
  const [netns, dev] = [netnsOf(spot), devOf(spot)];
  if (netns === undefined) return nothing("onNetfilter");
  if (dev !== undefined && !isBridge(topology, netns, dev)) {
    return choose(sides.map((side) => ({ label: `nft ${side}`, operation: chain(netns, dev, `nft ${side}`) })));
  }
  const family = dev === undefined ? "" : "bridge ";
  return choose(L3_STATIONS.map((station) => ({ label: family + station, operation: chain(netns, "", family + station) })));
}

function filterAt(_: Topology, spot: Spot): Drop {
  if (spot.kind === "hook") {
    if (STATIONS[spot.station]?.band !== "tc") return nothing("onTc");
    return edit(filter(spot.netns, spot.dev, spot.station === "tc ingress" ? "ingress" : "egress"));
  }
  const [netns, dev] = [netnsOf(spot), devOf(spot)];
  if (netns === undefined || dev === undefined) return nothing("onTc");
  return choose(sides.map((side) => ({ label: `tc ${side}`, operation: filter(netns, dev, side) })));
}

function endAt(topology: Topology, spot: Spot): End | undefined {
  const [netns, dev] = [netnsOf(spot), devOf(spot) ?? ""];
  return netns === undefined ? undefined : { netns, bridge: isBridge(topology, netns, dev) ? dev : "", dev };
}

export const cableBetween = (a: End, b: End): Operation => ({
  type: "AddVeth",
  a: a.netns,
  b: b.netns,
  a_bridge: a.bridge,
  b_bridge: b.bridge,
});

/** With two namespaces there is no question which to connect, wherever the tile falls. */
function vethAt(topology: Topology, spot: Spot): Drop {
  const from = endAt(topology, spot);
  const [one, other, ...more] = topology.namespaces;
  if (one && other && more.length === 0) {
    const a = from ?? { netns: one.name, bridge: "", dev: "" };
    return edit(cableBetween(a, { netns: a.netns === one.name ? other.name : one.name, bridge: "", dev: "" }));
  }
  return from ? { does: "continue", carried: { kind: "cable", from } } : nothing("onNamespace");
}

/** The device that a drop on a namespace can only mean. */
function only(topology: Topology, spot: Spot, fits: (device: DeviceView) => boolean = () => true): readonly [string, string] | undefined {
  const [netns, dev] = [netnsOf(spot), devOf(spot)];
  if (netns === undefined || dev !== undefined) return netns === undefined || dev === undefined ? undefined : [netns, dev];
  const [one, ...more] = real(namespaceOf(topology, netns)).filter(fits);
  return one && more.length === 0 ? [netns, one.name] : undefined;
}

const hasAddress = (device: DeviceView): boolean => device.addresses.some((address) => address.includes("."));

/** Over a cable it is plain where the other end is. */
function vxlanAt(topology: Topology, spot: Spot): Drop {
  const from = only(topology, spot, hasAddress);
  if (!from) return nothing("onDevice");
  const peer = peerOf(topology, ...from);
  if (peer && peer[0] !== from[0] && hasAddress(deviceOf(topology, ...peer)!)) {
    return edit({ type: "AddVxlan", a: [...from], b: [...peer] });
  }
  return { does: "continue", carried: { kind: "vxlan", from } };
}

function deviceAt(kind: "bridge" | "dummy") {
  return (_: Topology, spot: Spot): Drop => {
    const netns = netnsOf(spot);
    return netns === undefined ? nothing("onNamespace") : edit({ type: "AddDevice", netns, kind, name: "", lower: "" });
  };
}

function vlanAt(topology: Topology, spot: Spot): Drop {
  const lower = only(topology, spot);
  return lower ? edit({ type: "AddDevice", netns: lower[0], kind: "vlan", name: "", lower: lower[1] }) : nothing("onDevice");
}

function neighbourAt(topology: Topology, spot: Spot): Drop {
  const dev = only(topology, spot, ({ name }) => peerOf(topology, netnsOf(spot) ?? "", name) !== undefined);
  return dev ? edit({ type: "AddNeighbour", dev: [...dev], to: "", lladdr: "" }) : nothing("onDevice");
}

function routeAt(_: Topology, spot: Spot): Drop {
  const netns = netnsOf(spot);
  if (netns === undefined) return nothing("onNamespace");
  return edit({ type: "AddRoute", netns, to: "", via: "", dev: spot.kind === "namespace" ? "" : (devOf(spot) ?? "") });
}

function probeAt(_: Topology, spot: Spot): Drop {
  const netns = netnsOf(spot);
  return netns === undefined ? nothing("onNamespace") : edit({ type: "AddProbe", netns, kind: "ping", to: "", dev: "", port: 0, raw: "" });
}

const TILE_RULES: Readonly<Record<Tile, (topology: Topology, spot: Spot) => Drop>> = {
  host: () => edit({ type: "AddNamespace", kind: "host", name: "", host: null }),
  container: (_, spot) => edit({ type: "AddNamespace", kind: "container", name: "", host: netnsOf(spot) ?? null }),
  veth: vethAt,
  bridge: deviceAt("bridge"),
  dummy: deviceAt("dummy"),
  vlan: vlanAt,
  vxlan: vxlanAt,
  chain: chainAt,
  filter: filterAt,
  route: routeAt,
  neighbour: neighbourAt,
  probe: probeAt,
};

// things of the picture

function cableTo(topology: Topology, from: End, spot: Spot): Drop {
  const to = endAt(topology, spot);
  if (!to) return nothing("onNamespace");
  if (to.netns === from.netns && to.bridge === from.bridge) return nothing("onOther");
  if (to.netns === from.netns && to.bridge === "" && from.bridge === "") return nothing("onOther");
  return edit(cableBetween(from, to));
}

function vxlanTo(topology: Topology, from: readonly [string, string], spot: Spot): Drop {
  const to = only(topology, spot, hasAddress);
  return to && to[0] !== from[0] ? edit({ type: "AddVxlan", a: [...from], b: [...to] }) : nothing("onPeer");
}

function moveDevice(topology: Topology, { netns, dev }: { netns: string; dev: string }, spot: Spot): Drop {
  if (spot.kind === "order") return edit({ type: "ArrangeDevices", netns, devices: [...spot.devices] });
  const target = netnsOf(spot);
  if (target === undefined) return nothing("onNamespace");
  if (target !== netns) return edit({ type: "MoveDevice", dev: [netns, dev], netns: target });
  const onto = devOf(spot);
  if (onto === undefined || onto === dev || !isBridge(topology, netns, onto)) return nothing("notMoved");
  if (deviceOf(topology, netns, dev)?.master === onto) return nothing("alreadyThere");
  return edit({ type: "Enslave", dev: [netns, dev], master: onto });
}

const sideOf = (station: string): "ingress" | "egress" => (STATIONS[station]?.lane === "in" ? "ingress" : "egress");

/** From a hook to another device: in the layer of the hook first. */
function handOver(_: Topology, from: { netns: string; dev: string; station: string }, spot: Spot): Drop {
  const to = devOf(spot);
  if (to === undefined) return nothing("otherDevice");
  if (netnsOf(spot) !== from.netns) return nothing("sameNamespace");
  if (to === from.dev) return nothing("otherDevice");
  const into = spot.kind === "hook" ? sideOf(spot.station) : "egress";
  const make = (label: string, layer: "tc" | "nft", mirror: boolean): Choice => ({
    label,
    operation: { type: "Redirect", dev: [from.netns, from.dev], side: sideOf(from.station), to, layer, into: layer === "tc" ? into : "egress", mirror, match: "" },
  });
  const tc = [make("tc redirect", "tc", false), make("tc mirror", "tc", true)];
  const nft = [make("nft fwd", "nft", false), make("nft dup", "nft", true)];
  return choose(STATIONS[from.station]?.band === "netfilter" ? [...nft, ...tc] : [...tc, ...nft]);
}

/** What a drop of something on a spot does. */
export function dropOn(topology: Topology, carried: Carried, spot: Spot): Drop {
  switch (carried.kind) {
    case "tile":
      return TILE_RULES[carried.tile](topology, spot);
    case "cable":
      return cableTo(topology, carried.from, spot);
    case "vxlan":
      return vxlanTo(topology, carried.from, spot);
    case "device":
      return moveDevice(topology, carried, spot);
    case "hook":
      return handOver(topology, carried, spot);
    case "namespace":
      return spot.kind === "rows" ? edit({ type: "Arrange", rows: spot.rows.map((row) => [...row]) }) : nothing("notMoved");
  }
}

const ON_DEVICES: ReadonlySet<Tile> = new Set(["vlan", "vxlan", "chain", "filter", "route", "neighbour"]);

/** Which kinds of spot something looks for first, where they lie upon each other. */
export function seeks(carried: Carried): { readonly jacks: boolean; readonly hooks: boolean; readonly devices: boolean } {
  const tile = carried.kind === "tile" ? carried.tile : undefined;
  return {
    jacks: carried.kind === "cable" || carried.kind === "vxlan" || tile === "veth" || tile === "vxlan",
    hooks: carried.kind === "hook" || tile === "chain" || tile === "filter",
    devices: carried.kind === "hook" || carried.kind === "vxlan" || (tile !== undefined && ON_DEVICES.has(tile)),
  };
}
