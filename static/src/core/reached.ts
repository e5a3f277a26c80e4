// Which of the hooks that something is attached to a walk met: of the others one asks "why not?".

import { placesOf } from "./journey.ts";
import { STATIONS } from "./stations.ts";
import { hookKey, type Topology } from "./topology.ts";
import type { Band, Walk } from "./walk.ts";

/** A hook by its namespace, its device ("" where it is one of the namespace) and its stop of the picture. */
export interface Hook {
  readonly netns: string;
  readonly dev: string;
  readonly station: string;
}

export const bandOf = (station: string): Band => STATIONS[station]?.band ?? "driver";

/** "nft egress on vethh", "forward in host" */
export const hookText = ({ netns, dev, station }: Hook): string => (dev ? `${station} on ${dev}` : `${station} in ${netns || "the lab"}`);

/** The hooks with rules or filters, in the topology's order. */
export function attachedHooks(topology: Topology): Hook[] {
  return topology.namespaces.flatMap(({ name: netns, hooks, devices }) => [
    ...hooks.filter(({ count }) => count > 0).map(({ station }) => ({ netns, dev: "", station })),
    ...devices.flatMap(({ name: dev, hooks: own }) => own.filter(({ count }) => count > 0).map(({ station }) => ({ netns, dev, station }))),
  ]);
}

/** The attached hooks that no packet of the walk ran. */
export function notReached(walk: Walk, topology: Topology): Hook[] {
  const places = placesOf(walk);
  const met = new Set<string>();
  for (const step of walk.steps) {
    if (step.station === "" || step.kind !== "run") continue;
    met.add(hookKey(step.netns, places[step.number]!.dev, step.station));
    met.add(hookKey(step.netns, "", step.station));
  }
  return attachedHooks(topology).filter(({ netns, dev, station }) => !met.has(hookKey(netns, dev, station)));
}
