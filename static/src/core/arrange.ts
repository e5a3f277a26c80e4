// The order of namespaces and of the devices in them, so that cables are short and do not cross where avoidable.
// Deterministic: the same topology always gives the same picture.

import type { Arrangement } from "../protocol.ts";
import { isAttached } from "./hooks.ts";
import { type DeviceView, type NamespaceView, portKey, type Topology } from "./topology.ts";

export interface Column {
  readonly namespace: NamespaceView;
  readonly devices: readonly DeviceView[];
}

/** The loopback is drawn only where something happens on it, and a namespace only if it has a device to draw. */
export function drawnColumns(topology: Topology, used: ReadonlySet<string>): Column[] {
  return topology.namespaces
    .map((namespace) => ({
      namespace,
      devices: namespace.devices.filter(
        (device) =>
          device.kind !== "loopback" ||
          used.has(portKey(namespace.name, device.name)) ||
          device.hooks.some(isAttached),
      ),
    }));
}

interface Layout {
  readonly order: number[];
  readonly devices: number[][];
}

/** Neighbours first: from a namespace at the edge along the cables, one connected part after the other. */
function alongCables(columns: readonly Column[], topology: Topology): number[] {
  const index = new Map(columns.map((column, at) => [column.namespace.name, at]));
  const neighbours = columns.map((): number[] => []);
  for (const { a, b } of topology.cables) {
    const [from, to] = [index.get(a[0]), index.get(b[0])];
    if (from === undefined || to === undefined || from === to) continue;
    neighbours[from]!.push(to);
    neighbours[to]!.push(from);
  }
  const degree = (at: number): number => new Set(neighbours[at]).size;
  const left = new Set(columns.map((_, at) => at));
  const order: number[] = [];
  while (left.size) {
    const [start] = [...left].sort((a, b) => degree(a) - degree(b) || a - b).filter((at) => degree(at) > 0 || left.size === 1);
    const first = start ?? [...left][0]!;
    const stack = [first];
    while (stack.length) {
      const at = stack.pop()!;
      if (!left.delete(at)) continue;
      order.push(at);
      const onward = [...new Set(neighbours[at])].filter((next) => left.has(next));
      stack.push(...onward.sort((a, b) => degree(b) - degree(a) || b - a));
    }
  }
  return order;
}

/** Crossings of cables that hang below a line of jacks weigh most, then the cables' length. */
function cost(layout: Layout, columns: readonly Column[], topology: Topology): number {
  const at = new Map<string, number>();
  let x = 0;
  for (const column of layout.order) {
    const { namespace, devices } = columns[column]!;
    for (const device of layout.devices[column]!) at.set(portKey(namespace.name, devices[device]!.name), x++);
    x += 0.5;
  }
  const spans: [number, number][] = [];
  for (const { a, b } of topology.cables) {
    const [from, to] = [at.get(portKey(...a)), at.get(portKey(...b))];
    if (from !== undefined && to !== undefined) spans.push(from < to ? [from, to] : [to, from]);
  }
  let total = 0;
  spans.forEach(([a, b], one) => {
    total += b - a;
    for (const [c, d] of spans.slice(one + 1)) if ((a < c && c < b && b < d) || (c < a && a < d && d < b)) total += 1000;
  });
  return total;
}

/** Each namespace's devices by where their cables lead: to the left, nowhere, to the right. */
function devicesByPeer(order: readonly number[], columns: readonly Column[], topology: Topology): number[][] {
  const rank = new Map(order.map((column, at) => [columns[column]!.namespace.name, at]));
  const peers = new Map<string, string>();
  for (const { a, b } of topology.cables) {
    peers.set(portKey(...a), b[0]);
    peers.set(portKey(...b), a[0]);
  }
  return columns.map(({ namespace, devices }) => {
    const here = rank.get(namespace.name)!;
    const target = devices.map(({ name }) => rank.get(peers.get(portKey(namespace.name, name)) ?? "") ?? here);
    return devices.map((_, at) => at).sort((a, b) => target[a]! - target[b]! || a - b);
  });
}

const SMALL = 24;

function swapped<T>(list: readonly T[], at: number): T[] {
  const copy = [...list];
  [copy[at], copy[at + 1]] = [copy[at + 1]!, copy[at]!];
  return copy;
}

/** Swaps neighbours as long as that makes the cables better. */
function improve(start: Layout, columns: readonly Column[], topology: Topology): Layout {
  let best = start;
  let least = cost(best, columns, topology);
  const attempt = (layout: Layout): boolean => {
    const value = cost(layout, columns, topology);
    if (value >= least) return false;
    [best, least] = [layout, value];
    return true;
  };
  for (let better = true, rounds = 0; better && rounds < SMALL; rounds++) {
    better = false;
    for (let at = 0; at + 1 < best.order.length; at++) {
      const order = swapped(best.order, at);
      if (attempt({ order, devices: devicesByPeer(order, columns, topology) })) better = true;
    }
    for (const column of best.order) {
      for (let at = 0; at + 1 < best.devices[column]!.length; at++) {
        const devices = best.devices.map((list, own) => (own === column ? swapped(list, at) : list));
        if (attempt({ order: best.order, devices })) better = true;
      }
    }
  }
  return best;
}

/** A bridge stands behind its ports, so that its bar has no other device in it. */
const bridgesLast = (devices: readonly DeviceView[]): DeviceView[] => [
  ...devices.filter(({ kind }) => kind !== "bridge"),
  ...devices.filter(({ kind }) => kind === "bridge"),
];

export const FREE: Arrangement = { rows: [], devices: [], colours: [] };

/** What the user put first, in that order, and the rest after it as it comes. */
function inOrder<T>(items: readonly T[], nameOf: (item: T) => string, names: readonly string[]): T[] {
  const rank = new Map(names.map((name, at) => [name, at]));
  const of = (item: T): number => rank.get(nameOf(item)) ?? names.length;
  return [...items].sort((a, b) => of(a) - of(b));
}

/** The columns from left to right, each with its devices from left to right; the user's own order goes before ours. */
export function arrange(topology: Topology, used: ReadonlySet<string>, { rows, devices }: Arrangement = FREE): Column[] {
  const columns = drawnColumns(topology, used);
  const order = alongCables(columns, topology);
  const start = { order, devices: devicesByPeer(order, columns, topology) };
  const layout = columns.length <= SMALL ? improve(start, columns, topology) : start;
  const own = new Map(devices);
  const arranged = layout.order.map((at) => {
    const { namespace } = columns[at]!;
    const ours = bridgesLast(layout.devices[at]!.map((device) => columns[at]!.devices[device]!));
    return { namespace, devices: inOrder(ours, (device) => device.name, own.get(namespace.name) ?? []) };
  });
  return inOrder(arranged, (column) => column.namespace.name, rows.flat());
}

/** The rows that the user made, or none; what stands in no row of theirs goes into the last one. */
export function ownRows(columns: readonly Column[], { rows }: Arrangement): Column[][] | undefined {
  const row = new Map(rows.flatMap((names, at) => names.map((name) => [name, at] as const)));
  if (!columns.some(({ namespace }) => row.has(namespace.name))) return undefined;
  const made = rows.map((): Column[] => []);
  for (const column of columns) made[row.get(column.namespace.name) ?? rows.length - 1]!.push(column);
  return made.filter((columnsOfRow) => columnsOfRow.length > 0);
}

/** Splits the columns into rows of about equal width, keeping their order. */
export function rowsOf<T>(items: readonly T[], width: (item: T) => number, rows: number): T[][] {
  const total = items.reduce((sum, item) => sum + width(item), 0);
  const result: T[][] = Array.from({ length: rows }, () => []);
  let done = 0;
  for (const item of items) {
    const middle = done + width(item) / 2;
    result[Math.min(rows - 1, Math.floor((middle / total) * rows))]!.push(item);
    done += width(item);
  }
  return result.filter((row) => row.length > 0);
}
