// The topology as the rows of a tree: namespaces, their devices, and what hangs at their hooks. It has equal rank with
// the picture: each row is a thing that can be chosen, and a spot on which something can be dropped.

import { peerOf, type Spot } from "./drops.ts";
import { isAttached } from "./hooks.ts";
import { deviceItem, hookItem, type Item, itemKey, namespaceItem } from "./items.ts";
import { NETDEV_HOOKS, STATIONS } from "./stations.ts";
import type { DeviceView, HookView, NamespaceView, Topology } from "./topology.ts";
import type { Band } from "./walk.ts";

export interface Row {
  readonly key: string;
  readonly item: Item;
  readonly spot: Spot;
  readonly level: 1 | 2 | 3;
  readonly label: string;
  readonly detail: Detail;
  readonly band: Band | undefined;
  /** undefined: there is nothing below. */
  readonly expanded: boolean | undefined;
  readonly position: number;
  readonly size: number;
}

/** What stands at the right of a row. */
export type Detail =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "peer"; readonly dev: string }
  | { readonly kind: "filters" | "rules"; readonly count: number }
  | { readonly kind: "router" | "empty" | "none" };

const NONE: Detail = { kind: "none" };

function ofNamespace(namespace: NamespaceView): Detail {
  if (namespace.forwarding) return { kind: "router" };
  return namespace.devices.some(({ kind }) => kind !== "loopback") ? NONE : { kind: "empty" };
}

function ofDevice(topology: Topology, netns: string, device: DeviceView): Detail {
  const [first] = device.addresses;
  if (first) return { kind: "text", text: first.split("/")[0]! };
  if (device.master) return { kind: "text", text: device.master };
  const peer = peerOf(topology, netns, device.name);
  return peer ? { kind: "peer", dev: peer[1] } : { kind: "text", text: device.kind };
}

const chainsOf = (view: HookView): string[] => [...new Set(view.lines.map((line) => /^chain \S+ \S+ (\S+):/.exec(line)?.[1] ?? ""))].filter(Boolean);

function ofHook(view: HookView | undefined): Detail {
  if (!view || !isAttached(view)) return { kind: "empty" };
  if (view.band === "tc") return { kind: "filters", count: view.count };
  const chains = chainsOf(view);
  return chains.length ? { kind: "text", text: `chain ${chains.join(", ")}` } : { kind: "rules", count: view.count };
}

interface Shown {
  /** Rows whose rows below are hidden, by key. */
  readonly closed: ReadonlySet<string>;
  /** Hooks to which nothing is attached are rows too. */
  readonly empties: boolean;
}

type Draft = Omit<Row, "position" | "size">;

const placed = (rows: readonly Draft[]): Row[] =>
  rows.map((row, at) => ({ ...row, position: at + 1, size: rows.length }));

/** The rows from top to bottom, without those below a closed one. */
export function outline(topology: Topology, { closed, empties }: Shown): Row[] {
  const isOpen = (key: string, below: number): boolean | undefined => (below ? !closed.has(key) : undefined);

  const hookRow = (netns: string, dev: string, station: string, view: HookView | undefined): Draft => {
    const item = hookItem(netns, dev, station);
    const band = STATIONS[station]?.band;
    return { key: itemKey(item), item, spot: { kind: "hook", netns, dev, station }, level: dev ? 3 : 2, label: station, detail: ofHook(view), band, expanded: undefined };
  };

  const hooksBelow = (netns: string, device: DeviceView): Row[] => {
    const views = new Map(device.hooks.map((hook) => [hook.station, hook]));
    const shown = NETDEV_HOOKS.filter((station) => empties || isAttached(views.get(station)));
    return placed(shown.map((station) => hookRow(netns, device.name, station, views.get(station))));
  };

  const devicesBelow = (namespace: NamespaceView): Row[] => {
    const netns = namespace.name;
    const devices = namespace.devices.filter(({ kind, hooks }) => kind !== "loopback" || hooks.some(isAttached));
    const drafts: { row: Draft; below: Row[] }[] = devices.map((device) => {
      const item = deviceItem(netns, device.name);
      const key = itemKey(item);
      const below = hooksBelow(netns, device);
      const kind = device.kind === "bridge" ? "bridge" : "device";
      const spot: Spot = { kind, netns, dev: device.name };
      const expanded = isOpen(key, below.length);
      return { row: { key, item, spot, level: 2, label: device.name, detail: ofDevice(topology, netns, device), band: undefined, expanded }, below };
    });
    const own = namespace.hooks.filter(isAttached).map((hook) => ({ row: hookRow(netns, "", hook.station, hook), below: [] as Row[] }));
    const all = [...drafts, ...own];
    const rows = placed(all.map(({ row }) => row));
    return rows.flatMap((row, at) => (row.expanded ? [row, ...all[at]!.below] : [row]));
  };

  const spaces = topology.namespaces.map((namespace) => {
    const item = namespaceItem(namespace.name);
    const key = itemKey(item);
    const below = devicesBelow(namespace);
    const row: Draft = {
      key,
      item,
      spot: { kind: "namespace", netns: namespace.name },
      level: 1,
      label: namespace.name,
      detail: ofNamespace(namespace),
      band: undefined,
      expanded: isOpen(key, below.length),
    };
    return { row, below };
  });
  return placed(spaces.map(({ row }) => row)).flatMap((row, at) => (row.expanded ? [row, ...spaces[at]!.below] : [row]));
}

/** The row that Left goes to from one that is closed or has nothing below. */
export function parentOf(rows: readonly Row[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let up = at - 1; up >= 0; up--) if (rows[up]!.level < level) return up;
  return at;
}
