// Break points: hooks at which a walk that is played stops.

import type { Stop } from "./cursor.ts";
import { placesOf } from "./journey.ts";
import { STATIONS } from "./stations.ts";
import { type HookKey, hookKey } from "./topology.ts";
import type { Walk } from "./walk.ts";

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
