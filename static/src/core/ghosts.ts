// What is seen of a drop before it is one: dashed outlines of the devices, cables and namespaces that it would make, the
// ring at a jack that pulls, and guides. Nothing of the picture moves while something is dragged.

import { Pen, type Point } from "./curve.ts";
import { type Carried, type Drop, type Spot } from "./drops.ts";
import { type Area, barArea, type Guide, orderWith, rowsWith, SNAP } from "./hit.ts";
import type { Layout, NamespaceBox } from "./layout.ts";
import { BAND_GAP, JACK, type Measures } from "./measures.ts";
import { bendInto } from "./route.ts";
import { BANDS } from "./stations.ts";
import { hookKey, portKey } from "./topology.ts";
import type { Item } from "../protocol.ts";

export interface Fork {
  readonly d: string;
  readonly jack: Point;
  /** Of the device, where it is known; it is written at `name`. */
  readonly label: string;
  readonly name: Point;
  readonly small: boolean;
}

export interface Ghosts {
  readonly forks: readonly Fork[];
  readonly cables: readonly string[];
  readonly boxes: readonly (Area & { readonly label: string })[];
  readonly rings: readonly Point[];
  /** A line of what goes from a hook to a device. */
  readonly arrows: readonly string[];
  readonly guides: readonly Guide[];
  /** Where something would be put in between. */
  readonly insertions: readonly Guide[];
}

export const NO_GHOSTS: Ghosts = { forks: [], cables: [], boxes: [], rings: [], arrows: [], guides: [], insertions: [] };

export const GRID = 8;
export const snapped = ({ x, y }: Point): Point => ({ x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID });

/** How large a namespace without devices is drawn. */
export function emptySize(m: Measures): { width: number; height: number } {
  return { width: 2 * m.margin, height: m.title + BANDS.reduce((sum, band) => sum + m.bands[band] + BAND_GAP, 0) };
}

/** A device's fork where there is room for one more: in the middle of an empty namespace, else small at its right side. */
function forkIn(box: NamespaceBox, layout: Layout, label: string, nth = 0): Fork {
  const m = layout.measures;
  const last = box.devices.at(-1);
  const room = last ? box.x + box.width - last.out : box.width;
  const prong = last ? Math.max(7, Math.min(14, room / 4)) : m.prong;
  const axis = last ? box.x + box.width - room / 2 - nth * 6 : box.x + box.width / 2;
  const driver = box.strips.driver;
  const top = last ? driver.y + 6 : box.strips.l3.y + m.bands.l3 / 2; // a small one leaves the badges beside it alone
  const ghost = {
    axis,
    in: axis - prong,
    out: axis + prong,
    top,
    bend: driver.y + m.bands.driver * (last ? 0.6 : 0.56),
    jack: { x: axis, y: driver.y + driver.height },
  };
  const prongOf = (lane: "in" | "out"): string => bendInto(new Pen({ x: ghost[lane], y: top }), ghost, lane).curve().d();
  const name = last ? { x: axis, y: driver.y - 5 } : { x: axis, y: driver.y + m.bands.driver * 0.34 };
  return { d: `${prongOf("in")} ${prongOf("out")}`, jack: ghost.jack, label, name, small: last !== undefined };
}

/** A cable between two jacks of a row, as deep as the picture has room for. */
const sag = (from: Point, to: Point, layout: Layout): string => {
  const room = layout.height - from.y - 10;
  const depth = Math.max(14, Math.min(84, 34 + 0.04 * Math.abs(to.x - from.x), room)) * (4 / 3);
  const y = (point: Point): number => point.y + JACK.height / 2;
  return `M${from.x} ${y(from)}C${from.x} ${y(from) + depth} ${to.x} ${y(to) + depth} ${to.x} ${y(to)}`;
};

const loose = (from: Point, to: Point): string => `M${from.x} ${from.y + JACK.height / 2}C${from.x} ${from.y + 44} ${to.x} ${to.y + 30} ${to.x} ${to.y}`;

const boxOf = (layout: Layout, netns: string): NamespaceBox | undefined => layout.namespaces.find((box) => box.view.name === netns);

const boxAround = (point: Point, layout: Layout, label: string): Area & { label: string } => {
  const { width, height } = emptySize(layout.measures);
  const corner = snapped({ x: point.x - width / 2, y: point.y - layout.measures.title / 2 });
  return { ...corner, width, height, label };
};

interface Asked {
  readonly carried: Carried;
  readonly spot: Spot | undefined;
  readonly drop: Drop | undefined;
  readonly point: Point;
  /** What the workshop said that the drop makes, once it has answered. */
  readonly made: readonly Item[];
}

const ringAt = (layout: Layout, spot: Spot | undefined, point: Point): Point[] => {
  if (spot?.kind !== "jack") return [];
  const jack = layout.devices.get(portKey(spot.netns, spot.dev))?.jack;
  return jack && Math.hypot(jack.x - point.x, jack.y - point.y) <= SNAP ? [jack] : [];
};

/** The end of a cable in a namespace: a bridge's bar, or a device that is still to be made. */
function endOf(layout: Layout, end: { netns: string; bridge: string; dev: string }, made: readonly Item[], nth: number): { fork?: Fork; at: Point } | undefined {
  const box = boxOf(layout, end.netns);
  if (!box) return undefined;
  const devices = made.filter(({ kind, netns }) => kind === "device" && netns === end.netns);
  const label = devices[Math.min(nth, devices.length - 1)]?.dev ?? "";
  const fork = forkIn(box, layout, label, nth);
  return { fork, at: fork.jack };
}

function cable(layout: Layout, { spot, drop, point, made }: Asked, from: { netns: string; bridge: string; dev: string }): Ghosts {
  const start = endOf(layout, from, made, 0);
  if (!start) return NO_GHOSTS;
  const operation = drop?.does === "edit" ? drop.operation : undefined;
  const [target, bridge] =
    operation?.type === "AddVeth" ? (operation.a === from.netns ? [operation.b, operation.b_bridge] : [operation.a, operation.a_bridge]) : [undefined, ""];
  const end = target === undefined ? undefined : endOf(layout, { netns: target, bridge, dev: "" }, made, target === from.netns ? 1 : 0);
  const rings = [...(end ? [end.at] : []), ...ringAt(layout, spot, point)].slice(0, 1);
  const line: Guide[] = end ? [{ from: { x: Math.min(start.at.x, end.at.x) - 40, y: start.at.y }, to: { x: Math.max(start.at.x, end.at.x) + 40, y: start.at.y } }] : [];
  const axis: Guide[] = end ? [{ from: { x: end.at.x, y: end.at.y - 200 }, to: end.at }] : [];
  const sameRow = end !== undefined && Math.abs(end.at.y - start.at.y) < 1;
  const d = end ? (sameRow ? sag(start.at, end.at, layout) : loose(start.at, end.at)) : loose(start.at, point);
  return {
    ...NO_GHOSTS,
    forks: [start.fork, end?.fork].filter((fork): fork is Fork => fork !== undefined),
    cables: [d],
    rings,
    guides: sameRow ? [...line, ...axis] : axis,
  };
}

function device(layout: Layout, netns: string, made: readonly Item[]): Ghosts {
  const end = endOf(layout, { netns, bridge: "", dev: "" }, made, 0);
  return end?.fork ? { ...NO_GHOSTS, forks: [end.fork] } : NO_GHOSTS;
}

function vxlan(layout: Layout, asked: Asked): Ghosts {
  const operation = asked.drop?.does === "edit" && asked.drop.operation.type === "AddVxlan" ? asked.drop.operation : undefined;
  const ends = operation ? [operation.a, operation.b] : asked.carried.kind === "vxlan" ? [asked.carried.from] : [];
  const forks = ends.flatMap(([netns]) => endOf(layout, { netns, bridge: "", dev: "" }, asked.made, 0)?.fork ?? []);
  return { ...NO_GHOSTS, forks, cables: forks.length === 2 ? [sag(forks[0]!.jack, forks[1]!.jack, layout)] : [], rings: ringAt(layout, asked.spot, asked.point) };
}

function tile(layout: Layout, asked: Asked): Ghosts {
  const { carried, spot, drop, point, made } = asked;
  if (carried.kind !== "tile") return NO_GHOSTS;
  const name = made.find(({ kind }) => kind === "namespace")?.netns ?? "";
  if (carried.tile === "host") return { ...NO_GHOSTS, boxes: [boxAround(point, layout, name)] };
  const netns = spot && "netns" in spot ? spot.netns : undefined;
  if (carried.tile === "container") {
    const box = boxAround(point, layout, name);
    if (netns === undefined) return { ...NO_GHOSTS, boxes: [box] };
    const start = endOf(layout, { netns, bridge: "", dev: "" }, made, 0);
    return start?.fork ? { ...NO_GHOSTS, boxes: [box], forks: [start.fork], cables: [loose(start.at, { x: box.x + box.width / 2, y: box.y + box.height })] } : NO_GHOSTS;
  }
  if (carried.tile === "veth") {
    if (drop?.does === "edit" && drop.operation.type === "AddVeth") {
      return cable(layout, asked, { netns: drop.operation.a, bridge: drop.operation.a_bridge, dev: "" });
    }
    return netns === undefined ? NO_GHOSTS : { ...device(layout, netns, made), rings: ringAt(layout, spot, point) };
  }
  if (carried.tile === "vxlan") return vxlan(layout, asked);
  const makesDevice = drop?.does === "edit" && drop.operation.type === "AddDevice";
  return makesDevice && netns !== undefined ? device(layout, netns, made) : NO_GHOSTS;
}

/** From a badge to what the packets are handed to. */
function handOver(layout: Layout, { carried, spot, drop, point }: Asked): Ghosts {
  if (carried.kind !== "hook") return NO_GHOSTS;
  const from = layout.hooks.get(hookKey(carried.netns, carried.dev, carried.station));
  if (!from) return NO_GHOSTS;
  const valid = drop !== undefined && drop.does !== "nothing";
  const station = from.band === "netfilter" ? "nft egress" : "tc egress";
  const aim = spot?.kind === "hook" ? hookKey(spot.netns, spot.dev, spot.station) : valid && spot && "dev" in spot ? hookKey(spot.netns, spot.dev, station) : "";
  const to = valid ? (layout.hooks.get(aim) ?? point) : point;
  const up = from.y - from.height / 2 - 14;
  const top = Math.min(up, to.y - (to === point ? 0 : 30));
  const d = `M${from.x} ${from.y - from.height / 2}V${top}H${to.x}V${to === point ? to.y : to.y - from.height / 2}`;
  return { ...NO_GHOSTS, arrows: [d], rings: [] };
}

function moved(layout: Layout, { carried, spot, point }: Asked): Ghosts {
  if (carried.kind === "namespace") {
    const box = boxOf(layout, carried.netns);
    const { guide } = rowsWith(layout, carried.netns, point);
    if (!box) return NO_GHOSTS;
    const ghost = { ...snapped({ x: point.x - Math.min(box.width / 2, 80), y: point.y - 16 }), width: box.width, height: box.height, label: carried.netns };
    return { ...NO_GHOSTS, boxes: [ghost], insertions: spot?.kind === "rows" ? [guide] : [] };
  }
  if (carried.kind !== "device") return NO_GHOSTS;
  if (spot?.kind === "order") {
    const box = boxOf(layout, carried.netns);
    return box ? { ...NO_GHOSTS, insertions: [orderWith(box, carried.dev, point.x).guide] } : NO_GHOSTS;
  }
  if (spot?.kind === "bridge") {
    const bar = layout.bridges.find(({ key }) => key === portKey(spot.netns, spot.dev));
    return bar ? { ...NO_GHOSTS, boxes: [{ ...barArea(bar), label: "" }] } : NO_GHOSTS;
  }
  const netns = spot && "netns" in spot ? spot.netns : undefined;
  if (netns === undefined || netns === carried.netns) return NO_GHOSTS;
  const box = boxOf(layout, netns);
  return box ? { ...NO_GHOSTS, forks: [forkIn(box, layout, carried.dev)] } : NO_GHOSTS;
}

/** What is drawn while something is carried. */
export function ghostsOf(layout: Layout, asked: Asked): Ghosts {
  switch (asked.carried.kind) {
    case "tile":
      return tile(layout, asked);
    case "cable":
      return cable(layout, asked, asked.carried.from);
    case "vxlan":
      return vxlan(layout, asked);
    case "hook":
      return handOver(layout, asked);
    case "device":
    case "namespace":
      return moved(layout, asked);
  }
}
