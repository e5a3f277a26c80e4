// Break points: hooks at which a walk that is played stops.

import type { Stop } from "./cursor.ts";
import { placesOf } from "./journey.ts";
import { STATIONS } from "./stations.ts";
import { type HookKey, hookKey, portKey, type Topology } from "./topology.ts";
import type { Walk } from "./walk.ts";

/** Break points as they were kept: a list of keys. What is none is left out. */
export function breaksOf(json: string | null): HookKey[] {
  let value: unknown;
  try {
    value = JSON.parse(json ?? "[]");
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter((one): one is HookKey => typeof one === "string") : [];
}

/** Those of hooks that are there: in a namespace, or at a device. */
export function standing(breaks: readonly HookKey[], topology: Topology): HookKey[] {
  const places = new Set(topology.namespaces.flatMap(({ name, devices }) => [portKey(name, ""), ...devices.map((device) => portKey(name, device.name))]));
  return breaks.filter((key) => key.split("/").length === 3 && places.has(key.slice(0, key.lastIndexOf("/"))));
}

/** The stops at which the packet is at one of the hooks, or is led past it. */
export function breakStops(walk: Walk, stops: readonly Stop[], breaks: ReadonlySet<HookKey>): Set<number> {
  const places = placesOf(walk);
  const found = new Set<number>();
  stops.forEach(({ step, note }, at) => {
    const { station, netns } = walk.steps[step]!;
    if (note === -1 && station in STATIONS && breaks.has(hookKey(netns, places[step]!.dev, station))) found.add(at);
  });
  return found;
}
