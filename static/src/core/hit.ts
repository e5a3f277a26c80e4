// What lies under a point of the picture, and in a rectangle of it. Coordinates are the layout's.

import type { Point } from "./curve.ts";
import { type Carried, seeks, type Spot } from "./drops.ts";
import type { HookBox } from "./hooks.ts";
import { deviceItem, hookItem, type Item, namespaceItem } from "./items.ts";
import { BAR, type BridgeBar, type DeviceBox, type Layout, type NamespaceBox } from "./layout.ts";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Jacks pull from this distance; visual.md 9. */
export const SNAP = 24;
const REACH = 16; // half a hit area

export const areaOf = (a: Point, b: Point): Area => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

const inside = ({ x, y }: Point, area: Area): boolean => x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;
const meet = (a: Area, b: Area): boolean => a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
const holds = (outer: Area, inner: Area): boolean =>
  outer.x <= inner.x && outer.y <= inner.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;

/** Where a badge can be pressed; `grown`: it is drawn at full size though nothing is attached. */
export function badgeArea(hook: HookBox, grown = false): Area {
  const width = hook.attached || grown ? Math.max(2 * REACH, hook.width) : 2 * REACH;
  const height = Math.max(2 * REACH, hook.height);
  return { x: hook.x - width / 2, y: hook.y - height / 2, width, height };
}

export const barArea = (bar: BridgeBar): Area => ({ x: bar.left, y: bar.y - BAR.height / 2, width: bar.right - bar.left, height: BAR.height });

/** A device's name and what is around it, between its prongs in the driver band. */
export const plateArea = (box: DeviceBox, namespace: NamespaceBox): Area => ({
  x: box.in + 4,
  y: namespace.strips.driver.y,
  width: box.out - box.in - 8,
  height: namespace.strips.driver.height - 8,
});

/** A device's name and jack, for a mark around it. */
export const columnArea = (box: DeviceBox, namespace: NamespaceBox): Area => ({
  x: box.in - 6,
  y: namespace.strips.driver.y + 3,
  width: box.out - box.in + 12,
  height: namespace.strips.driver.height + 6,
});

const titleArea = (box: NamespaceBox, layout: Layout): Area => ({ x: box.x, y: box.y, width: box.width, height: layout.measures.title });

const barDevice = (bar: BridgeBar): { netns: string; dev: string } => {
  const at = bar.key.indexOf("/");
  return { netns: bar.key.slice(0, at), dev: bar.key.slice(at + 1) };
};

function nearest<T>(list: Iterable<T>, distance: (one: T) => number, most: number): T | undefined {
  let best: T | undefined;
  let least = most;
  for (const one of list) {
    const value = distance(one);
    if (value <= least) [best, least] = [one, value];
  }
  return best;
}

const jackAt = (layout: Layout, point: Point, reach: number): DeviceBox | undefined =>
  nearest(layout.devices.values(), ({ jack }) => Math.hypot(jack.x - point.x, jack.y - point.y), reach);

const hookAt = (layout: Layout, point: Point, grown: boolean): HookBox | undefined =>
  nearest(
    [...layout.hooks.values()].filter((hook) => inside(point, badgeArea(hook, grown))),
    (hook) => Math.hypot(hook.x - point.x, hook.y - point.y),
    Infinity,
  );

const namespaceAt = (layout: Layout, point: Point): NamespaceBox | undefined => layout.namespaces.find((box) => inside(point, box));

const barAt = (layout: Layout, point: Point): BridgeBar | undefined =>
  layout.bridges.find((bar) => inside(point, { ...barArea(bar), y: bar.y - BAR.height, height: 2 * BAR.height }));

const columnAt = (box: NamespaceBox, point: Point): DeviceBox | undefined =>
  box.devices.find((device) => point.x >= device.in - 14 && point.x <= device.out + 14 && point.y >= device.top - 14);

const hookSpot = ({ netns, dev, station }: HookBox): Spot => ({ kind: "hook", netns, dev, station });

/** The spot that something carried is over. */
export function spotAt(layout: Layout, point: Point, carried: Carried): Spot {
  if (carried.kind === "namespace") {
    const { rows } = rowsWith(layout, carried.netns, point);
    return alike(rows, drawnRows(layout)) ? { kind: "namespace", netns: carried.netns } : { kind: "rows", rows };
  }
  const { jacks, hooks } = seeks(carried);
  const jack = jacks ? jackAt(layout, point, SNAP) : undefined;
  if (jack) return { kind: "jack", netns: jack.netns, dev: jack.view.name };
  const hook = hooks ? hookAt(layout, point, true) : undefined;
  if (hook) return hookSpot(hook);
  const bar = barAt(layout, point);
  if (bar) return { kind: "bridge", ...barDevice(bar) };
  const box = namespaceAt(layout, point);
  if (!box) return { kind: "canvas" };
  const netns = box.view.name;
  const column = columnAt(box, point);
  if (carried.kind === "device" && carried.netns === netns && column?.view.kind !== "bridge") {
    const { devices } = orderWith(box, carried.dev, point.x);
    return alike([devices], [drawnOrder(box)]) ? { kind: "device", netns, dev: carried.dev } : { kind: "order", netns, devices };
  }
  const meant = column && (seeks(carried).devices || column.view.kind === "bridge");
  return meant ? { kind: "device", netns, dev: column.view.name } : { kind: "namespace", netns };
}

/** What can be taken hold of at a point: a badge, a jack, a bridge, a device's name, a namespace's title. */
export function gripAt(layout: Layout, point: Point): { readonly item: Item; readonly carried: Carried } | undefined {
  const hook = hookAt(layout, point, false);
  if (hook) {
    const { netns, dev, station } = hook;
    return { item: hookItem(netns, dev, station), carried: { kind: "hook", netns, dev, station } };
  }
  const jack = jackAt(layout, point, 13);
  if (jack) {
    const [netns, dev] = [jack.netns, jack.view.name];
    return { item: deviceItem(netns, dev), carried: { kind: "cable", from: { netns, dev, bridge: jack.view.kind === "bridge" ? dev : "" } } };
  }
  const bar = layout.bridges.find((one) => inside(point, barArea(one)));
  if (bar) {
    const { netns, dev } = barDevice(bar);
    return { item: deviceItem(netns, dev), carried: { kind: "cable", from: { netns, dev, bridge: dev } } };
  }
  const box = namespaceAt(layout, point);
  if (!box) return undefined;
  const netns = box.view.name;
  const plate = box.devices.find((device) => inside(point, plateArea(device, box)));
  if (plate) return { item: deviceItem(netns, plate.view.name), carried: { kind: "device", netns, dev: plate.view.name } };
  if (inside(point, titleArea(box, layout))) return { item: namespaceItem(netns), carried: { kind: "namespace", netns } };
  return undefined;
}

/** What a click chooses: also a device's lane, or the body of a namespace. */
export function itemAt(layout: Layout, point: Point): Item | undefined {
  const grip = gripAt(layout, point);
  if (grip) return grip.item;
  const box = namespaceAt(layout, point);
  const device = box && columnAt(box, point);
  if (device) return deviceItem(device.netns, device.view.name);
  return box && namespaceItem(box.view.name);
}

/** What a rubber band chooses: whole namespaces; without one, the devices whose name it touches; without one, badges. */
export function itemsIn(layout: Layout, area: Area): Item[] {
  const namespaces = layout.namespaces.filter((box) => holds(area, box));
  if (namespaces.length) return namespaces.map((box) => namespaceItem(box.view.name));
  const devices = layout.namespaces.flatMap((box) => box.devices.filter((device) => meet(area, plateArea(device, box))));
  if (devices.length) return devices.map((device) => deviceItem(device.netns, device.view.name));
  const hooks = [...layout.hooks.values()].filter((hook) => hook.attached && meet(area, badgeArea(hook)));
  return hooks.map(({ netns, dev, station }) => hookItem(netns, dev, station));
}

const alike = (a: readonly (readonly string[])[], b: readonly (readonly string[])[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** How the namespaces stand: rows from the top, each from the left. */
export const drawnRows = (layout: Layout): string[][] =>
  layout.rows.map((_, row) => layout.namespaces.filter((box) => box.row === row).map((box) => box.view.name)).filter((row) => row.length);

/** How a namespace's devices stand, from the left. */
export const drawnOrder = (box: NamespaceBox): string[] => box.devices.map(({ view }) => view.name).filter((name) => name !== "lo");

export interface Guide {
  readonly from: Point;
  readonly to: Point;
}

/** Where a namespace would stand if it were let go at a point, and the line that shows it. */
export function rowsWith(layout: Layout, netns: string, point: Point): { readonly rows: string[][]; readonly guide: Guide } {
  const rows = layout.rows.map((_, row) => layout.namespaces.filter((box) => box.row === row && box.view.name !== netns));
  const names = (): string[][] => rows.map((row) => row.map((box) => box.view.name));
  const left = layout.measures.rail;
  const between = layout.rows.findIndex((row) => point.y < row.y + 6);
  const [own] = layout.namespaces.filter((box) => box.view.name === netns);
  const onNew = (at: number, y: number): { rows: string[][]; guide: Guide } => {
    const all = names();
    all.splice(at, 0, [netns]);
    return { rows: all.filter((row) => row.length), guide: { from: { x: left, y }, to: { x: Math.max(left + 160, layout.width - 12), y } } };
  };
  const last = layout.rows.at(-1);
  if (!last) return { rows: [[netns]], guide: { from: point, to: point } };
  const alone = own !== undefined && rows[own.row]!.length === 0;
  if (!alone && point.y > last.y + last.height + 30) return onNew(rows.length, last.y + last.height + 20);
  if (!alone && between === 0) return onNew(0, layout.rows[0]!.y - 4);
  const at = Math.max(0, layout.rows.findLastIndex((row) => point.y >= row.y - 12));
  const row = layout.rows[at]!;
  const index = rows[at]!.filter((box) => box.x + box.width / 2 < point.x).length;
  const all = names();
  all[at]!.splice(index, 0, netns);
  const [before, after] = [rows[at]![index - 1], rows[at]![index]];
  const half = layout.measures.gutter / 2;
  const x = before ? before.x + before.width + half : after ? after.x - half : left - half;
  return { rows: all.filter((list) => list.length), guide: { from: { x, y: row.y }, to: { x, y: row.y + row.height } } };
}

/** The order of a namespace's devices if one of them were let go at x. The loopback stands where it stands. */
export function orderWith(box: NamespaceBox, dev: string, x: number): { readonly devices: string[]; readonly guide: Guide } {
  const others = box.devices.filter(({ view }) => view.name !== dev && view.name !== "lo");
  const index = others.filter((device) => device.axis < x).length;
  const devices = others.map(({ view }) => view.name);
  devices.splice(index, 0, dev);
  const [before, after] = [others[index - 1], others[index]];
  const at = before && after ? (before.axis + after.axis) / 2 : before ? before.out + 24 : after ? after.in - 24 : x;
  return { devices, guide: { from: { x: at, y: box.strips.l3.y }, to: { x: at, y: box.y + box.height } } };
}
