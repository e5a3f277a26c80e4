// The things of the picture that can be chosen, copied, renamed and deleted, and lists of them.

import type { Item, Probe } from "../protocol.ts";
import { type HookKey, hookKey, type Topology } from "./topology.ts";

export type { Item } from "../protocol.ts";

const item = (kind: Item["kind"], netns: string, dev = "", station = "", probe = -1): Item => ({ kind, netns, dev, station, probe });

export const namespaceItem = (netns: string): Item => item("namespace", netns);
export const deviceItem = (netns: string, dev: string): Item => item("device", netns, dev);
export const hookItem = (netns: string, dev: string, station: string): Item => item("hook", netns, dev, station);
export const probeItem = (netns: string, probe: number): Item => item("probe", netns, "", "", probe);

export const itemKey = ({ kind, netns, dev, station, probe }: Item): string => `${kind} ${netns}/${dev}/${station}/${probe}`;
export const same = (a: Item, b: Item): boolean => itemKey(a) === itemKey(b);
export const includes = (items: readonly Item[], one: Item): boolean => items.some((other) => same(one, other));

export const hookOf = (one: Item | undefined): HookKey | undefined =>
  one?.kind === "hook" ? hookKey(one.netns, one.dev, one.station) : undefined;

/** One more, or one less: what a click with Shift does. */
export const toggled = (items: readonly Item[], one: Item): Item[] =>
  includes(items, one) ? items.filter((other) => !same(one, other)) : [...items, one];

export const united = (items: readonly Item[], more: readonly Item[]): Item[] => [
  ...items,
  ...more.filter((one) => !includes(items, one)),
];

/** What is still there after an edit. */
export function present(items: readonly Item[], topology: Topology, probes: readonly Probe[]): Item[] {
  return items.filter(({ kind, netns, dev, probe }) => {
    if (kind === "probe") return probes.some(({ index }) => index === probe);
    const namespace = topology.namespaces.find(({ name }) => name === netns);
    if (kind === "namespace" || !namespace) return namespace !== undefined;
    return (kind === "hook" && dev === "") || namespace.devices.some(({ name }) => name === dev);
  });
}

/** What a deletion or a copy is about: a device goes with its namespace, and a hook with its device. */
export function outermost(items: readonly Item[]): Item[] {
  return items.filter(({ kind, netns, dev }) => {
    if (kind === "namespace" || kind === "probe") return true;
    if (includes(items, namespaceItem(netns))) return false;
    return kind === "device" || !includes(items, deviceItem(netns, dev));
  });
}
