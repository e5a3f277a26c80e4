// A cable seen from either end. "Egress" and "ingress" are said of a device, never of a container: what leaves a
// container is egress on its own end of the pair, and in the same movement ingress on the host's end.
// webapp/workshop/perspective.py says it of a whole topology; a page that plays without a server says it of one cable.

import { deviceOf, peerOf } from "./drops.ts";
import type { Topology } from "./topology.ts";
import type { Band } from "./walk.ts";

/** A hook on the way along the cable; `count` rules or filters are there, -1 if nothing is attached. */
export interface Crossing {
  readonly netns: string;
  readonly dev: string;
  readonly station: string;
  readonly side: "egress" | "ingress";
  readonly band: Band;
  readonly count: number;
}

export interface Way {
  readonly from: readonly [netns: string, dev: string];
  readonly to: readonly [netns: string, dev: string];
  readonly crossings: readonly Crossing[];
}

/** In the order in which a packet meets them. */
const OUT = ["nft egress", "tc egress"] as const;
const IN = ["tc ingress", "nft ingress"] as const;

function wayOf(topology: Topology, from: readonly [string, string], to: readonly [string, string]): Way {
  const crossing = ([netns, dev]: readonly [string, string], station: string): Crossing => ({
    netns,
    dev,
    station,
    side: station.endsWith("egress") ? "egress" : "ingress",
    band: station.startsWith("nft") ? "netfilter" : "tc",
    count: deviceOf(topology, netns, dev)?.hooks.find((hook) => hook.station === station)?.count ?? -1,
  });
  return { from, to, crossings: [...OUT.map((station) => crossing(from, station)), ...IN.map((station) => crossing(to, station))] };
}

/** What leaves a device by its cable, and what comes back; undefined where it has no cable. */
export function perspectiveOf(topology: Topology, netns: string, dev: string): { readonly leaving: Way; readonly coming: Way } | undefined {
  const far = peerOf(topology, netns, dev);
  const near = [netns, dev] as const;
  return far && { leaving: wayOf(topology, near, far), coming: wayOf(topology, far, near) };
}
