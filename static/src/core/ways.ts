// How cables run: what depends on where things stand from left to right, before the rows' heights are known. Within a row
// a cable sags, wider ones deeper; between rows it runs along the gaps, on tracks, and through the gutters.

import type { Measures } from "./measures.ts";
import { portKey, type Topology } from "./topology.ts";

const TRACK_PITCH = 10;
const FIRST_TRACK = 14;

interface Span {
  readonly left: number;
  readonly right: number;
}

const within = (inner: Span, outer: Span): boolean =>
  inner !== outer && outer.left <= inner.left && inner.right <= outer.right;

function depthOf(span: Span, others: readonly Span[]): number {
  const nested = others.filter((other) => within(other, span)).length;
  return Math.min(84, 28 + 0.04 * (span.right - span.left)) + 10 * nested;
}

/** One row of namespaces, before its height is known. */
export interface Shelf {
  readonly boxes: readonly { readonly name: string; readonly x: number; readonly width: number }[];
}

/** One stretch along the gap below a row, on a track of its own. */
export interface Turn {
  readonly gap: number;
  readonly from: number;
  readonly to: number;
  track: number;
}

/** How a cable runs: it sags in its row, or turns from gap to gap, through gutters, up to its lower end. */
interface Way {
  readonly a: string;
  readonly b: string;
  readonly kind: string;
  readonly row: number;
  readonly depth: number;
  readonly turns: readonly Turn[];
}

export interface Ways {
  readonly ways: readonly Way[];
  /** Per row, how deep its own cables hang, and the room that all cables need below it. */
  readonly sags: readonly number[];
  readonly gaps: readonly number[];
}

/** The ways of all cables, which depend on where things stand from left to right, and on nothing else. */
export function waysOf(topology: Topology, axes: ReadonlyMap<string, number>, shelves: readonly Shelf[], m: Measures): Ways {
  const rowOf = new Map(shelves.flatMap(({ boxes }, row) => boxes.map(({ name }) => [name, row] as const)));
  const gutters = guttersOf(shelves, m);
  const drawn = topology.cables
    .map((cable) => ({ ...cable, x: axes.get(portKey(...cable.a)), y: axes.get(portKey(...cable.b)) }))
    .flatMap(({ a, b, kind, x, y }) => (x === undefined || y === undefined ? [] : [{ a, b, kind, x, y }]));
  const hanging = drawn
    .filter(({ a, b }) => rowOf.get(a[0]) === rowOf.get(b[0]))
    .map((cable) => ({ cable, row: rowOf.get(cable.a[0])!, left: Math.min(cable.x, cable.y), right: Math.max(cable.x, cable.y) }));
  const rows = Map.groupBy(hanging, (span) => span.row);
  const depths = new Map(hanging.map((span) => [span.cable, depthOf(span, rows.get(span.row)!)]));
  const ways = drawn.map((cable): Way => {
    const named = { a: portKey(...cable.a), b: portKey(...cable.b), kind: cable.kind };
    const depth = depths.get(cable);
    if (depth !== undefined) return { ...named, row: rowOf.get(cable.a[0])!, depth, turns: [] };
    const down = rowOf.get(cable.a[0])! < rowOf.get(cable.b[0])!;
    const [upper, lower] = down ? [cable.a, cable.b] : [cable.b, cable.a];
    const [from, to] = down ? [cable.x, cable.y] : [cable.y, cable.x];
    return { ...named, row: -1, depth: 0, turns: turnsOf(from, rowOf.get(upper[0])!, to, lower[0], rowOf.get(lower[0])!, gutters) };
  });
  const tracks = onTracks(ways.flatMap(({ turns }) => turns), shelves.length);
  const sags = shelves.map((_, row) => Math.max(0, ...(rows.get(row) ?? []).map(({ cable }) => depths.get(cable)!)));
  return { ways, sags, gaps: sags.map((sag, row) => sag + (tracks[row]! > 0 ? FIRST_TRACK + tracks[row]! * TRACK_PITCH : 0) + 24) };
}

/** The free columns of a row: left of each namespace, and right of the last one. */
interface Gutter {
  readonly home: string;
  readonly x: number;
  taken: number;
}

const guttersOf = (shelves: readonly Shelf[], m: Measures): Gutter[][] =>
  shelves.map(({ boxes }) => {
    const last = boxes.at(-1);
    const right = { home: "", x: last ? last.x + last.width + m.gutter - 6 : 0, taken: 0 };
    return [...boxes.map(({ name, x }) => ({ home: name, x: x - 6, taken: 0 })), right];
  });

const LANES = 4;
const LANE = 5;

function turnsOf(from: number, upper: number, to: number, home: string, lower: number, gutters: readonly Gutter[][]): Turn[] {
  const turns: Turn[] = [];
  let x = from;
  for (let row = upper + 1; row <= lower; row++) {
    const near = (gutter: Gutter): number => (row === lower ? Number(gutter.home !== home) : Math.abs(gutter.x - x));
    const gutter = gutters[row]!.reduce((best, one) => (near(one) < near(best) ? one : best));
    const through = gutter.x - (gutter.taken++ % LANES) * LANE;
    turns.push({ gap: row - 1, from: x, to: through, track: 0 });
    x = through;
  }
  return [...turns, { gap: lower, from: x, to, track: 0 }];
}

const APART = 12;

/** Gives each turn the first track of its gap that is free there; says how many tracks each gap has. */
function onTracks(turns: readonly Turn[], rows: number): number[] {
  const gaps = Array.from({ length: rows }, (): Turn[][] => []);
  const clear = (one: Turn, other: Turn): boolean =>
    Math.max(one.from, one.to) + APART < Math.min(other.from, other.to) || Math.max(other.from, other.to) + APART < Math.min(one.from, one.to);
  for (const turn of turns) {
    const tracks = gaps[turn.gap]!;
    const free = tracks.findIndex((track) => track.every((other) => clear(turn, other)));
    turn.track = free < 0 ? tracks.length : free;
    (tracks[turn.track] ??= []).push(turn);
  }
  return gaps.map((tracks) => tracks.length);
}

/** How far below the deepest cable of its row a turn runs. */
export const trackDepth = ({ track }: Turn): number => FIRST_TRACK + track * TRACK_PITCH;
