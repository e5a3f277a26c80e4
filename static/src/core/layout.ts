// Where everything of a topology stands. Coordinates are px at 100 %; nothing here depends on the step of a walk.

import { type ArcSpan, onFloor, tracksOf } from "./arcs.ts";
import type { Arrangement } from "../protocol.ts";
import { arrange, type Column, FREE, ownRows, rowsOf } from "./arrange.ts";
import { cablesOf, type CableBox } from "./cables.ts";
import type { Point } from "./curve.ts";
import { BAR_ROOM, type HookBox, hooksOf, slotsOf } from "./hooks.ts";
import type { Place } from "./journey.ts";
import { BAND_GAP, JACK, type Density, MEASURES, type Measures, TRACK } from "./measures.ts";
import { BANDS } from "./stations.ts";
import { type DeviceView, type HookKey, type NamespaceView, portKey, type Topology } from "./topology.ts";
import { type Shelf, waysOf } from "./ways.ts";
import type { Band } from "./walk.ts";

export interface Strip {
  readonly y: number;
  readonly height: number;
}

export type Strips = Readonly<Record<Band, Strip>>;

export interface DeviceBox {
  readonly key: string;
  readonly netns: string;
  readonly view: DeviceView;
  readonly row: number;
  readonly axis: number;
  /** x of the two prongs. */
  readonly in: number;
  readonly out: number;
  /** y of the prongs' upper ends, and of where they begin to bend together. */
  readonly top: number;
  readonly bend: number;
  /** Where cables are plugged in: the middle of the jack. */
  readonly jack: Point;
}

export interface NamespaceBox {
  readonly view: NamespaceView;
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly strips: Strips;
  readonly devices: readonly DeviceBox[];
}

/** A bridge: a bar in which its ports' prongs end, and the tie from the bar to the bridge device's own jack. */
export interface BridgeBar {
  readonly key: string;
  readonly name: string;
  readonly left: number;
  readonly right: number;
  /** The middle of the bar. */
  readonly y: number;
  readonly tie: readonly Point[];
}

export interface RowBox {
  readonly y: number;
  readonly height: number;
  readonly strips: Strips;
}

export interface Layout {
  readonly density: Density;
  readonly measures: Measures;
  /** Distance between the axes of neighbouring devices. */
  readonly pitch: number;
  readonly width: number;
  readonly height: number;
  readonly rows: readonly RowBox[];
  readonly namespaces: readonly NamespaceBox[];
  readonly devices: ReadonlyMap<string, DeviceBox>;
  readonly hooks: ReadonlyMap<HookKey, HookBox>;
  readonly cables: readonly CableBox[];
  readonly bridges: readonly BridgeBar[];
  /** Distance of each arc from its band's ceiling, or from its floor. */
  readonly tracks: ReadonlyMap<string, number>;
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

const TOP = 12;

const breadth = (columns: readonly Column[], m: Measures, pitch: number): number =>
  columns.reduce((sum, column) => sum + widthOf(column, m, pitch), m.rail + m.gutter * (columns.length - 1));

const widthOf = (column: Column, m: Measures, pitch: number): number =>
  2 * m.margin + (Math.max(1, column.devices.length) - 1) * pitch;

const splits = (columns: readonly Column[], m: Measures): Column[][][] =>
  Array.from({ length: Math.min(columns.length, 16) }, (_, at) =>
    rowsOf(columns, (column) => widthOf(column, m, m.pitch[0]), at + 1),
  );

/** The rows in which the picture can be shown largest, or those given, and the widest pitch for them. */
function fitted(columns: readonly Column[], m: Measures, room: Room, own?: Column[][]): { rows: Column[][]; pitch: number } {
  const [least, wide] = m.pitch;
  const rowHeight = m.title + BANDS.reduce((sum, band) => sum + m.bands[band] + BAND_GAP, 0) + 72;
  let best = { rows: [columns as Column[]], scale: 0, breadth: 0 };
  const shapes = own ? [own] : splits(columns, m);
  for (const rows of shapes) {
    const width = Math.max(...rows.map((row) => breadth(row, m, least)));
    const scale = Math.min(1, room.width / width, room.height / (rows.length * rowHeight));
    if (scale > best.scale * 1.08) best = { rows, scale, breadth: width };
  }
  const gaps = Math.max(1, ...best.rows.map((row) => row.reduce((sum, column) => sum + column.devices.length - 1, 0)));
  const spare = Math.max(0, room.width / Math.max(best.scale, 0.01) - best.breadth - 2 * TOP) / gaps;
  return { rows: best.rows, pitch: Math.min(wide, least + spare) };
}

function stripsOf(y: number, m: Measures, slots: number, growth: Readonly<Record<Band, number>>): Strips {
  let at = y + m.title;
  const strips = {} as Record<Band, Strip>;
  for (const band of BANDS) {
    const height = m.bands[band] + growth[band] + (band === "l3" && slots > 0 ? slots * m.slot - 12 : 0);
    strips[band] = { y: at, height };
    at += height + BAND_GAP;
  }
  return strips;
}

function deviceBox(view: DeviceView, netns: string, row: number, axis: number, strips: Strips, m: Measures): DeviceBox {
  const floor = strips.driver.y + strips.driver.height;
  return {
    key: portKey(netns, view.name),
    netns,
    view,
    row,
    axis,
    in: axis - m.prong,
    out: axis + m.prong,
    top: strips.l3.y + m.bands.l3 / 2,
    bend: strips.driver.y + m.bands.driver * 0.56,
    jack: { x: axis, y: floor },
  };
}

/** How much each band of a row must grow for the arcs in it. */
function growthOf(arcs: readonly ArcSpan[], tracks: ReadonlyMap<string, number>, m: Measures): Record<Band, number> {
  const growth: Record<Band, number> = { l3: 0, netfilter: 0, tc: 0, driver: 0 };
  for (const arc of arcs) {
    if (onFloor(arc) || arc.band === "l3") continue;
    const free = m.bands[arc.band] * 0.6 - m.badge.height / 2 - TRACK.pitch;
    growth[arc.band] = Math.max(growth[arc.band], Math.ceil((tracks.get(arc.key) ?? 0) - free));
  }
  return growth;
}

/** What a walk asks of the layout: the ports it visits, the arcs it takes, the namespaces in which it needs a conduit. */
export interface Needs {
  readonly used: ReadonlySet<string>;
  readonly arcs: readonly ArcSpan[];
  readonly conduits: ReadonlySet<string>;
}

const NOTHING: Needs = { used: new Set(), arcs: [], conduits: new Set() };
const CONDUIT_GROWTH = 20;

/** Lays a topology out for a room of the given size. */
export function layoutOf(
  topology: Topology,
  density: Density,
  room: Room,
  needs: Needs = NOTHING,
  arrangement: Arrangement = FREE,
): Layout {
  const { used, arcs, conduits } = needs;
  const measures = MEASURES[density];
  const all = arrange(topology, used, arrangement);
  const { rows: columns, pitch } = fitted(all, measures, room, ownRows(all, arrangement));
  const shelves = columns.map((row) => shelfOf(row, measures, pitch));
  const axes = axesOf(columns, shelves, measures, pitch);
  const ways = waysOf(topology, axes, shelves, measures);
  const at = ({ netns, dev, lane }: Place): number =>
    (axes.get(portKey(netns, dev)) ?? 0) + (lane === "in" ? -measures.prong : measures.prong);
  const tracks = tracksOf(arcs, at, () => true);

  const rows: RowBox[] = [];
  const namespaces: NamespaceBox[] = [];
  let y = TOP;
  columns.forEach((row, number) => {
    const names = new Set(row.map(({ namespace }) => namespace.name));
    const slots = Math.max(0, ...row.map(({ namespace }) => slotsOf(namespace)));
    const growth = growthOf(arcs.filter((arc) => names.has(arc.from.netns)), tracks, measures);
    if ([...names].some((name) => conduits.has(name))) growth.l3 += CONDUIT_GROWTH;
    if (slots > 0 && row.some(({ devices }) => devices.some(({ kind }) => kind === "bridge"))) growth.l3 += BAR_ROOM;
    const strips = stripsOf(y, measures, slots, growth);
    const height = strips.driver.y + strips.driver.height - y;
    row.forEach((column, place) => {
      const { namespace } = column;
      const { x, width } = shelves[number]!.boxes[place]!;
      const devices = column.devices.map((view) => {
        const axis = axes.get(portKey(namespace.name, view.name))!;
        return deviceBox(view, namespace.name, number, axis, strips, measures);
      });
      namespaces.push({ view: namespace, row: number, x, y, width, height, strips, devices });
    });
    rows.push({ y, height, strips });
    y += height + ways.gaps[number]!;
  });
  const devices = new Map(namespaces.flatMap((box) => box.devices.map((device) => [device.key, device])));
  return {
    density,
    measures,
    pitch,
    width: Math.max(measures.rail, ...namespaces.map((box) => box.x + box.width)) + TOP,
    height: y,
    rows,
    namespaces,
    devices,
    hooks: hooksOf(namespaces, measures),
    cables: cablesOf(ways, devices, rows),
    bridges: namespaces.flatMap((box) => bridgesOf(box, pitch)),
    tracks,
  };
}

export const BAR = { height: 24, overhang: 16 } as const;
const TIE_RISE = 17;

function bridgesOf(box: NamespaceBox, pitch: number): BridgeBar[] {
  return box.devices.flatMap((bridge) => {
    const ports = box.devices.filter((device) => device.view.master === bridge.view.name);
    if (bridge.view.kind !== "bridge" || ports.length === 0) return [];
    const left = Math.min(...ports.map((port) => port.in)) - BAR.overhang;
    const right = Math.max(...ports.map((port) => port.out)) + BAR.overhang;
    const side = bridge.axis > right ? -1 : 1;
    const gutter = bridge.axis + (side * pitch) / 2;
    const foot = bridge.jack.y - TIE_RISE;
    const tie = [
      { x: side < 0 ? right : Math.max(left, Math.min(right, gutter)), y: bridge.top },
      { x: gutter, y: bridge.top },
      { x: gutter, y: foot },
      { x: bridge.axis, y: foot },
      { x: bridge.axis, y: bridge.jack.y },
    ];
    return [{ key: bridge.key, name: bridge.view.name, left, right, y: bridge.top, tie }];
  });
}

function shelfOf(row: readonly Column[], m: Measures, pitch: number): Shelf {
  let x = m.rail;
  return {
    boxes: row.map((column) => {
      const box = { name: column.namespace.name, x, width: widthOf(column, m, pitch) };
      x += box.width + m.gutter;
      return box;
    }),
  };
}

const axesOf = (rows: readonly Column[][], shelves: readonly Shelf[], m: Measures, pitch: number): Map<string, number> =>
  new Map(
    rows.flatMap((row, number) =>
      row.flatMap(({ namespace, devices }, column) =>
        devices.map(({ name }, at) => [
          portKey(namespace.name, name),
          shelves[number]!.boxes[column]!.x + m.margin + at * pitch,
        ]),
      ),
    ),
  );

/** Half the height of a jack: what a path needs to come out below the namespace. */
export const JACK_HALF = JACK.height / 2;
