// The stops of the picture: what each is called, and in which order a packet meets them on a lane.

import type { Band, Lane, Step } from "./walk.ts";

export const BANDS: readonly Band[] = ["l3", "netfilter", "tc", "driver"];

export const depthOf = (band: Band): number => BANDS.indexOf(band);

export interface Station {
  readonly band: Band;
  readonly lane: Lane;
  /** What its badge says; empty where a stop never has a badge. */
  readonly label: string;
}

export const STATIONS: Readonly<Record<string, Station>> = {
  deliver: { band: "l3", lane: "in", label: "" },
  forwarding: { band: "l3", lane: "in", label: "" },
  input: { band: "l3", lane: "in", label: "input" },
  "arp in": { band: "l3", lane: "in", label: "arp in" },
  prerouting: { band: "l3", lane: "in", label: "prerouting" },
  "bridge input": { band: "l3", lane: "in", label: "input" },
  "bridge prerouting": { band: "l3", lane: "in", label: "prerouting" },
  "nft ingress": { band: "netfilter", lane: "in", label: "ingress" },
  "tc ingress": { band: "tc", lane: "in", label: "ingress" },
  receive: { band: "driver", lane: "in", label: "" },
  "socket send": { band: "l3", lane: "out", label: "" },
  output: { band: "l3", lane: "out", label: "output" },
  "arp out": { band: "l3", lane: "out", label: "arp out" },
  forward: { band: "l3", lane: "out", label: "forward" },
  postrouting: { band: "l3", lane: "out", label: "postrouting" },
  "bridge output": { band: "l3", lane: "out", label: "output" },
  "bridge forward": { band: "l3", lane: "out", label: "forward" },
  "bridge postrouting": { band: "l3", lane: "out", label: "postrouting" },
  "nft egress": { band: "netfilter", lane: "out", label: "egress" },
  "tc egress": { band: "tc", lane: "out", label: "egress" },
  xmit: { band: "driver", lane: "out", label: "" },
};

/** The stops of a lane from the top of the picture to its foot. */
export function stationsOf(lane: Lane): readonly string[] {
  return lane === "in" ? IN : OUT;
}
const named = Object.entries(STATIONS);
const IN = named.filter(([, station]) => station.lane === "in").map(([name]) => name);
const OUT = named.filter(([, station]) => station.lane === "out").map(([name]) => name);

/** The bridge family's hooks: they stand on ports, and the ip families' on all other devices. */
export const isBridgeStation = (station: string): boolean => station.startsWith("bridge ");

/** The hooks that every device has, attached or not. */
export const NETDEV_HOOKS = ["nft ingress", "tc ingress", "nft egress", "tc egress"] as const;

/** Functions within a hook that hand the packet over to another device: drawn as arcs, never as badges. */
export const HAND_OVERS: Readonly<Record<string, Band>> = { mirred: "tc", fwd: "netfilter", dup: "netfilter" };

const STEALING = new Set([
  "NF_STOLEN",
  "NF_QUEUE",
  "STOLEN",
  "TC_ACT_STOLEN",
  "TC_ACT_QUEUED",
  "TC_ACT_TRAP",
  "TC_ACT_REDIRECT",
  "TC_ACT_CONSUMED",
]);
const DROPPING = new Set(["NF_DROP", "DROP", "TC_ACT_SHOT"]);

export type Outcome = "accepted" | "stolen" | "dropped";

/** What a hook's verdict means for the packet in front of it. */
export function outcomeOf(step: Step): Outcome {
  if (DROPPING.has(step.verdict) || step.notes.some((note) => note.type === "Dropped")) return "dropped";
  return STEALING.has(step.verdict) ? "stolen" : "accepted";
}
