// What can be done with a thing of the picture: its menu, and the keys that stand for its entries.

import { deviceOf } from "./drops.ts";
import type { Item } from "./items.ts";
import { isBridgeStation, STATIONS } from "./stations.ts";
import type { Topology } from "./topology.ts";

export type Action =
  | "edit"
  | "rule"
  | "chain"
  | "filter"
  | "why"
  | "capture"
  | "break"
  | "detach"
  | "rename"
  | "connect"
  | "move"
  | "redirect"
  | "unplug"
  | "up"
  | "down"
  | "address"
  | "route"
  | "ping"
  | "container"
  | "forward"
  | "unforward"
  | "colour"
  | "delete";

export const ACTION_KEYS: Readonly<Record<Action, string>> = {
  edit: "e",
  rule: "r",
  chain: "c",
  filter: "c",
  why: "w",
  capture: "u",
  break: "b",
  detach: "x",
  rename: "F2",
  connect: "c",
  move: "g",
  redirect: "g",
  unplug: "x",
  up: "i",
  down: "i",
  address: "s",
  route: "r",
  ping: "y",
  container: "o",
  forward: "i",
  unforward: "i",
  colour: "k",
  delete: "Delete",
};

/** Taking something away: at the end of the menu, in the colour of what is destructive. */
export const DESTRUCTIVE: ReadonlySet<Action> = new Set(["detach", "delete"]);

function ofHook({ netns, dev, station }: Item, topology: Topology): Action[] {
  const views = dev ? deviceOf(topology, netns, dev)?.hooks : topology.namespaces.find(({ name }) => name === netns)?.hooks;
  const view = views?.find((hook) => hook.station === station);
  const tc = STATIONS[station]?.band === "tc";
  const attached = view !== undefined && (!tc || view.count > 0);
  const make: Action[] = tc ? ["filter"] : attached ? ["rule", "chain"] : ["chain"];
  const over: Action[] = dev && !isBridgeStation(station) ? ["redirect"] : [];
  return [...(attached ? (["edit"] as const) : []), ...make, ...over, "why", ...(dev ? (["capture"] as const) : []), "break", ...(attached ? (["detach"] as const) : [])];
}

function ofDevice({ netns, dev }: Item, topology: Topology): Action[] {
  const device = deviceOf(topology, netns, dev);
  if (!device || device.kind === "loopback") return ["capture"];
  const plugged: Action[] = device.master ? ["unplug"] : [];
  return ["rename", "connect", "move", "address", ...plugged, device.up ? "down" : "up", "capture", "delete"];
}

function ofNamespace({ netns }: Item, topology: Topology): Action[] {
  const namespace = topology.namespaces.find(({ name }) => name === netns);
  const own: Action[] = ["connect", "container", "route", "ping", namespace?.forwarding ? "unforward" : "forward", "colour"];
  return netns === "" ? own : ["rename", ...own, "delete"];
}

/** The entries of a thing's menu, in their order. */
export function actionsOf(item: Item, topology: Topology): Action[] {
  switch (item.kind) {
    case "hook":
      return ofHook(item, topology);
    case "device":
      return ofDevice(item, topology);
    case "namespace":
      return ofNamespace(item, topology);
    case "probe":
      return ["delete"];
  }
}

/** The entry that a key stands for. */
export const actionOfKey = (key: string, actions: readonly Action[]): Action | undefined => actions.find((action) => ACTION_KEYS[action] === key);
