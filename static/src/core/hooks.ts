// The hook badges: which there are, and where they sit on their lanes.

import type { NamespaceBox, DeviceBox } from "./layout.ts";
import { type Measures, textWidth } from "./measures.ts";
import { isBridgeStation, NETDEV_HOOKS, STATIONS, stationsOf } from "./stations.ts";
import { type DeviceView, type HookKey, hookKey, type HookView, type NamespaceView } from "./topology.ts";
import type { Band, Lane } from "./walk.ts";

export interface HookBox {
  readonly key: HookKey;
  readonly netns: string;
  readonly dev: string;
  readonly station: string;
  readonly band: Band;
  readonly lane: Lane;
  readonly label: string;
  /** Something that can act hangs here; `count` rules or filters, which a chain may have none of. */
  readonly attached: boolean;
  readonly count: number;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  /** Of the badge at full size. */
  readonly width: number;
  readonly height: number;
  /** Width of the cell at the badge's right; 0: none fits. */
  readonly cell: number;
  /** Of the label's type; long labels are set smaller, so that two badges of a device do not meet. */
  readonly type: number;
}

/** A base chain acts by its policy alone; a clsact qdisc without filters does not. */
export const isAttached = (view: HookView | undefined): boolean =>
  view !== undefined && (view.count > 0 || view.band !== "tc");

/** A device under a bridge: what it takes in goes to the bridge, not to L3. */
export const isPort = (device: DeviceView, namespace: NamespaceView): boolean =>
  namespace.devices.some((other) => other.kind === "bridge" && other.name === device.master);

/** What a bridge's bar takes of L3 above the badges of its ports. */
export const BAR_ROOM = 8;

const attached = (namespace: NamespaceView, lane: Lane, port: boolean): string[] =>
  stationsOf(lane).filter(
    (name) =>
      isBridgeStation(name) === port && namespace.hooks.some((hook) => hook.station === name && isAttached(hook)),
  );

/** How many rows of badges a namespace needs in its L3 band. */
export function slotsOf(namespace: NamespaceView): number {
  const kinds = [...new Set(namespace.devices.map((device) => isPort(device, namespace)))];
  const counts = kinds.flatMap((port) => (["in", "out"] as const).map((lane) => attached(namespace, lane, port).length));
  return Math.max(0, ...counts);
}

/** Where a candidate's letter stands: at the upper left of a badge. */
export function tileOf({ x, y, width, height }: HookBox): { x: number; y: number; width: number; height: number } {
  return { x: x - width / 2 - 9, y: y - height / 2 - 10, width: 18, height: 18 };
}

function box(device: DeviceBox, station: string, view: HookView | undefined, y: number, m: Measures): HookBox {
  const { band, lane, label } = STATIONS[station]!;
  const most = Math.max(m.badge.width, 2 * m.prong - 4);
  const wanted = textWidth(label, m.text.label, false) + 16;
  const cell = wanted + m.badge.cell - 6 <= m.badge.width + 4 ? m.badge.cell : 0;
  const width = Math.max(m.badge.width, cell ? 0 : Math.min(most, wanted));
  return {
    key: hookKey(device.netns, device.view.name, station),
    netns: device.netns,
    dev: device.view.name,
    station,
    band,
    lane,
    label,
    attached: isAttached(view),
    count: view?.count ?? 0,
    lines: view?.lines ?? [],
    x: lane === "in" ? device.in : device.out,
    y,
    width,
    height: m.badge.height,
    cell,
    type: cell ? m.text.label : Math.min(m.text.label, (m.text.label * (width - 10)) / (wanted - 16)),
  };
}

function onDevice(namespace: NamespaceBox, device: DeviceBox, m: Measures): HookBox[] {
  const hooks = NETDEV_HOOKS.map((station) => {
    const strip = namespace.strips[STATIONS[station]!.band];
    const base = m.bands[STATIONS[station]!.band];
    const view = device.view.hooks.find((hook) => hook.station === station);
    return box(device, station, view, strip.y + strip.height - base * 0.4, m);
  });
  const port = isPort(device.view, namespace.view);
  const below = port ? BAR_ROOM : 0;
  for (const lane of ["in", "out"] as const) {
    attached(namespace.view, lane, port).forEach((station, at) => {
      const view = namespace.view.hooks.find((hook) => hook.station === station);
      hooks.push(box(device, station, view, device.top + m.slot * (at + 1) - 4 + below, m));
    });
  }
  return hooks;
}

/** Every hook of every device; the hooks of a namespace's L3 stand on each of its devices' lanes. */
export function hooksOf(namespaces: readonly NamespaceBox[], m: Measures): Map<HookKey, HookBox> {
  const all = namespaces.flatMap((namespace) => namespace.devices.flatMap((device) => onDevice(namespace, device, m)));
  return new Map(all.map((hook) => [hook.key, hook]));
}
