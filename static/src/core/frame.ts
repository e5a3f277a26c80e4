// What of the walk is seen at a position: a pure function, so that playing, dragging, stepping back, still pictures and
// reduced motion all show the same.

import { enclosingStations, type Stop } from "./cursor.ts";
import type { Ending } from "./journey.ts";
import type { Mark, Route } from "./route.ts";
import type { Band, Walk } from "./walk.ts";

/** One packet's stops, by index in the list of stops, with the distances along its route. */
interface Moment {
  readonly stop: number;
  readonly at: number;
}

export interface Track {
  readonly route: Route;
  readonly moments: readonly Moment[];
  /** The first packet of its line of parents. */
  readonly family: number;
  readonly name: string;
}

export interface Dot {
  readonly skb: number;
  readonly x: number;
  readonly y: number;
  readonly form: "packet" | "clone" | Exclude<Ending, "travelling" | "consumed">;
  readonly name: string;
  /** The side on which a name is out of the way: away from the device's own. */
  readonly side: -1 | 1;
}

export interface Trace {
  readonly skb: number;
  readonly d: string;
  readonly copy: boolean;
  /** Of a packet that another one has followed. */
  readonly past: boolean;
  /** The parts that were travelled inside another packet. */
  readonly sleeves: readonly string[];
}

function familyOf(routes: ReadonlyMap<number, Route>, skb: number): number {
  const parent = routes.get(skb)?.journey.parent ?? 0;
  return parent !== 0 && parent !== skb && routes.has(parent) ? familyOf(routes, parent) : skb;
}

type Dock = Pick<Mark, "enter" | "leave">;

/** Distances for the stops that lie between two marks: held at the first one's badge, then spread over the way. */
function spread(held: number, free: number, from: Dock, to: Dock | undefined): number[] {
  const between = (at: number): number => (to ? from.leave + ((to.enter - from.leave) * (at + 1)) / (free + 1) : from.leave);
  return [
    ...Array.from({ length: held }, (_, at) => (at === held - 1 && free === 0 && to ? from.leave : from.enter)),
    ...Array.from({ length: free }, (_, at) => between(at)),
  ];
}

function momentsOf(route: Route, walk: Walk, stops: readonly Stop[], around: readonly number[]): Moment[] {
  const marks = new Map(route.marks.map((mark, at) => [mark.step, at]));
  const own = stops
    .map((stop, index) => ({ index, step: walk.steps[stop.step]! }))
    .filter(({ step }) => step.skb === route.journey.skb);
  const moments: Moment[] = [];
  let current = -1;
  let waiting: { index: number; held: boolean }[] = [];
  const flush = (next: Dock | undefined): void => {
    const from = route.marks[current] ?? { enter: 0, leave: 0 };
    const held = waiting.filter((one) => one.held).length;
    const distances = spread(held, waiting.length - held, from, next);
    const inOrder = [...waiting].sort((a, b) => Number(b.held) - Number(a.held) || a.index - b.index);
    inOrder.forEach((one, at) => moments.push({ stop: one.index, at: distances[at]! }));
    waiting = [];
  };
  for (const { index, step } of own) {
    const mark = marks.get(step.number);
    if (mark === undefined || mark === current) {
      waiting.push({ index, held: mark === current || around[step.number] === route.marks[current]?.step });
      continue;
    }
    flush(route.marks[mark]);
    current = mark;
    moments.push({ stop: index, at: route.marks[mark]!.enter });
  }
  flush(undefined);
  return moments.sort((a, b) => a.stop - b.stop);
}

/** The routes of a walk against a list of stops. */
export function tracksOf(routes: readonly Route[], walk: Walk, stops: readonly Stop[]): Track[] {
  const bySkb = new Map(routes.map((route) => [route.journey.skb, route]));
  const around = enclosingStations(walk);
  let clones = 0;
  return routes.map((route) => ({
    route,
    moments: momentsOf(route, walk, stops, around),
    family: familyOf(bySkb, route.journey.skb),
    name: route.journey.copy ? `c${++clones}` : "",
  }));
}

/** How far along its route a packet is; undefined while it is not there yet. */
export function distanceAt(track: Track, position: number): number | undefined {
  const { moments } = track;
  const whole = Math.floor(position + 1e-9);
  const part = position - whole;
  const at = moments.findLastIndex((moment) => moment.stop <= whole);
  const next = moments[at + 1];
  const moving = next !== undefined && next.stop === whole + 1 && part > 1e-9;
  if (at < 0) return moving && track.route.journey.parent !== 0 ? next.at * part : undefined;
  const here = moments[at]!.at;
  return moving ? here + (next.at - here) * part : here;
}

function formOf(track: Track, position: number): Dot["form"] | undefined {
  const { ending, copy } = track.route.journey;
  const last = track.moments.at(-1)?.stop ?? 0;
  const live = copy ? "clone" : "packet";
  if (ending === "travelling" || position < last) return live;
  if (ending === "consumed") return position > last ? undefined : live;
  if (ending === "freed") return position > last ? "freed" : live;
  return ending;
}

/** The band that is lit: where the packet of a step is, and in which namespace. */
export function litAt(tracks: readonly Track[], walk: Walk, step: number): { netns: string; band: Band } | undefined {
  for (let at = step; at >= 0; at--) {
    const track = tracks.find((one) => one.route.journey.skb === walk.steps[at]!.skb);
    const mark = track?.route.marks.findLast((one) => one.step <= step);
    if (mark) return mark.visit;
  }
  return undefined;
}

/** The family of packets that is followed at a position. */
export function familyAt(tracks: readonly Track[], walk: Walk, stops: readonly Stop[], index: number): number {
  for (let at = Math.min(index, stops.length - 1); at >= 0; at--) {
    const skb = walk.steps[stops[at]!.step]!.skb;
    const track = tracks.find((one) => one.route.journey.skb === skb);
    if (track) return track.family;
  }
  return 0;
}

export function dotsAt(tracks: readonly Track[], position: number, family: number): Dot[] {
  return tracks.flatMap((track) => {
    const distance = distanceAt(track, position);
    const form = formOf(track, position);
    if (distance === undefined || form === undefined || track.family !== family) return [];
    const lane = track.route.marks.findLast((mark) => mark.enter <= distance)?.visit.lane;
    const side = lane === "in" ? -1 : 1;
    return [{ skb: track.route.journey.skb, ...track.route.curve.at(distance), form, name: track.name, side }];
  });
}

export function tracesAt(tracks: readonly Track[], position: number, family: number): Trace[] {
  return tracks.flatMap((track) => {
    const distance = distanceAt(track, position);
    if (distance === undefined) return [];
    const { journey, curve, sleeves } = track.route;
    const worn = sleeves
      .filter((sleeve) => sleeve.start < distance)
      .map(({ start, end }) => curve.between(start, end).d(distance - start));
    return [{ skb: journey.skb, d: curve.d(distance), copy: journey.copy, past: track.family !== family, sleeves: worn }];
  });
}

const PACE = { lane: 320, arc: 480, cable: 420, conduit: 480 } as const; // ms at 1x; visual.md 8

/** How long the way from a stop to the next one takes at normal speed, in ms. */
export function paceFrom(tracks: readonly Track[], stop: number): number {
  let kind: keyof typeof PACE = "lane";
  for (const track of tracks) {
    const [from, to] = [distanceAt(track, stop), distanceAt(track, stop + 1)];
    if (from === undefined || to === undefined || from === to) continue;
    const crossed = track.route.stretches.find((stretch) => stretch.start < to && from < stretch.end);
    if (crossed) kind = crossed.kind;
  }
  return PACE[kind];
}
