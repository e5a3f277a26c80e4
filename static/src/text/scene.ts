// The words in and about the picture, in English. `{name}` is filled in.

import type { ArcKind } from "../core/arcs.ts";
import type { BadgeForm } from "../core/states.ts";
import type { Band } from "../core/walk.ts";
import { words } from "./language.ts";

export const BAND_NAMES = words<Record<Band, string>>("bands", { l3: "L3 · sockets", netfilter: "netfilter", tc: "tc", driver: "driver" });
export const SHORT_BAND_NAMES: Readonly<Record<Band, string>> = { ...BAND_NAMES, l3: "L3" };

/** Each arc's label: the full one, and what it says where that has no room. */
export const ARC_LABELS = words<Record<ArcKind, readonly string[]>>("arcs", {
  redirect: ["mirred redirect: stays inside tc", "mirred redirect"],
  mirror: ["mirred mirror: a copy, inside tc", "mirred mirror"],
  fwd: ["nft fwd to {dev}", "nft fwd"],
  dup: ["nft dup to {dev}", "nft dup"],
  routed: ["routed to {dev}", "routed"],
  bridged: ["bridged to {dev}", "bridged"],
  upper: ["up to {dev}"],
});

export const FORMS = words<Record<BadgeForm, string>>("forms", {
  empty: "",
  attached: "",
  visited: "visited",
  here: "the packet is here",
  passed: "passed by",
  stolen: "handed over",
  dropped: "dropped here",
});

const en = {
  numberedPath: "the packet’s path, steps numbered",
  picture: "Packet path",
  root: "root namespace",
  namespace: "namespace {name}",
  forwards: "forwards",
  device: "{kind} {name}, {address}",
  in: "in",
  out: "out",
  hook: "{station} on {dev}",
  nothing: "nothing attached",
  chain: "{count} rule",
  chains: "{count} rules",
  filter: "{count} filter",
  filters: "{count} filters",
  passed: "passed by: {reason}",
  is: "is",
  /** Why the kernel led a packet past a hook; what is not listed is said as it is. */
  reasons: { "tc ingress took the packet": "tc ingress took the packet" } as Readonly<Record<string, string>>,
  unreached: "never reached",
  candidate: "answer {letter}",
  breakpoint: "break point",
  encap: "encap",
  decap: "decap",
  lower: "",
  down: "down",
  fit: "Fit the picture",
  score: "Steps of the walk",
  passedBy: "passed by",
  divergence: "≠ first divergence: {step}",
  identical: "no difference",
  hit: "{kind} hit",
  dropped: "dropped",
} as const;

export const scene = words("scene", en);

/** Fills `{name}` in a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
