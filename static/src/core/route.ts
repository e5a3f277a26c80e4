// The way of each packet through the picture: one curve, and for each of its stops the distance along it.

import { arcOf, type ArcSpan, onFloor } from "./arcs.ts";
import { cableKey, type CableBox } from "./cables.ts";
import { type Curve, Pen, type Point } from "./curve.ts";
import type { Journey, Leg, Visit } from "./journey.ts";
import { type DeviceBox, JACK_HALF, type Layout, type Strip } from "./layout.ts";
import { CORNER } from "./measures.ts";
import { stationsOf } from "./stations.ts";
import { hookKey, portKey } from "./topology.ts";
import type { Lane } from "./walk.ts";

/** A part of the curve that is not a plain lane; `at` its distances. */
export interface Stretch {
  readonly kind: "arc" | "cable" | "conduit";
  readonly start: number;
  readonly end: number;
  readonly arc?: ArcSpan;
  /** The long straight run of an arc or a conduit, where its label sits. */
  readonly run?: readonly [Point, Point];
  /** The ends of a cable. */
  readonly cable?: string;
  /** What a conduit does to the packet. */
  readonly conduit?: "encap" | "decap" | "lower" | "bridge";
}

export interface Mark {
  readonly step: number;
  readonly visit: Visit;
  /** Where the packet docks when it comes, and where it is when it leaves. */
  readonly enter: number;
  readonly leave: number;
}

export interface Route {
  readonly journey: Journey;
  readonly curve: Curve;
  readonly marks: readonly Mark[];
  readonly stretches: readonly Stretch[];
  /** Parts of the way that a packet makes inside another: from its encapsulation on, by distance. */
  readonly sleeves: readonly { readonly start: number; readonly end: number }[];
  /** What the path covers: lanes by device, so that idle marks on them can go. */
  readonly lanes: ReadonlySet<string>;
}

export const laneKey = (device: string, lane: Lane): string => `${device}.${lane}`;

/** A packet docks so far outside a badge's edge that its label can be read. */
const DOCK = 4;

/** The curve of a prong's lower end into its jack, from top to bottom; also drawn as the idle lane. */
export function bendInto(pen: Pen, device: Pick<DeviceBox, "in" | "out" | "axis" | "bend" | "jack">, lane: Lane): Pen {
  const x = lane === "in" ? device.in : device.out;
  const foot = device.jack.y - JACK_HALF;
  const rise = foot - device.bend;
  return pen
    .line({ x, y: device.bend })
    .cubic({ x, y: device.bend + rise * 0.78 }, { x: device.axis, y: device.bend + rise * 0.2 }, { x: device.axis, y: foot })
    .line({ x: device.axis, y: device.jack.y + JACK_HALF });
}

/** The same from the jack up. */
function bendOut(pen: Pen, device: DeviceBox, lane: Lane): Pen {
  const x = lane === "in" ? device.in : device.out;
  const foot = device.jack.y - JACK_HALF;
  const rise = foot - device.bend;
  return pen
    .line({ x: device.axis, y: foot })
    .cubic({ x: device.axis, y: device.bend + rise * 0.2 }, { x, y: device.bend + rise * 0.78 }, { x, y: device.bend });
}

interface Anchor {
  readonly device: DeviceBox;
  readonly lane: Lane;
  readonly x: number;
  /** The middle of the stop, and half of what it takes of the lane. */
  readonly y: number;
  readonly half: number;
}

/** Where on its lane a stop lies. */
function anchorOf(layout: Layout, visit: Visit): Anchor | undefined {
  const device = layout.devices.get(portKey(visit.netns, visit.dev));
  if (!device) return undefined;
  const x = visit.lane === "in" ? device.in : device.out;
  const hook = layout.hooks.get(hookKey(visit.netns, visit.dev, stationAt(visit)));
  if (hook) return { device, lane: visit.lane, x, y: hook.y, half: hook.attached ? hook.height / 2 + DOCK : 0 };
  const strip = layout.rows[device.row]!.strips[visit.band];
  return { device, lane: visit.lane, x, y: plainHeight(visit, device, strip), half: 0 };
}

/** A hand-over happens in the hook around it. */
function stationAt(visit: Visit): string {
  if (visit.station === "mirred") return visit.lane === "in" ? "tc ingress" : "tc egress";
  if (visit.station === "fwd" || visit.station === "dup") return visit.lane === "in" ? "nft ingress" : "nft egress";
  return visit.station;
}

/** Stops without a badge are spread over their band in the order of the lane. */
function plainHeight(visit: Visit, device: DeviceBox, strip: Strip): number {
  if (visit.band === "driver") return strip.y + strip.height * 0.22;
  if (visit.band !== "l3") return strip.y + strip.height * 0.6;
  const order = stationsOf(visit.lane);
  const at = order.indexOf(visit.station);
  if (at <= 1) return device.top;
  return device.top + ((strip.y + strip.height - device.top) * at) / (order.length + 1);
}

class Drawing {
  readonly marks: Mark[] = [];
  readonly stretches: Stretch[] = [];
  readonly lanes = new Set<string>();
  readonly pen: Pen;

  constructor(
    readonly layout: Layout,
    readonly cables: ReadonlyMap<string, CableBox>,
    start: Anchor,
  ) {
    this.pen = new Pen({ x: start.x, y: start.y + (start.lane === "in" ? 1 : -1) * start.half });
  }

  /** Comes to a stop along its lane: docks on the near edge and has passed it at the far one. */
  stop(visit: Visit, anchor: Anchor): void {
    const up = anchor.lane === "in" ? 1 : -1;
    const edge = { x: anchor.x, y: anchor.y + up * anchor.half };
    this.pen.line(edge);
    const enter = this.pen.length;
    this.marks.push({ step: visit.step, visit, enter, leave: enter });
    this.lanes.add(laneKey(anchor.device.key, anchor.lane));
  }

  down(anchor: Anchor): void {
    bendInto(this.pen, anchor.device, anchor.lane);
  }

  up(anchor: Anchor): void {
    bendOut(this.pen, anchor.device, anchor.lane);
  }

  cable(from: Anchor, to: Anchor): void {
    this.down(from);
    const start = this.pen.length;
    const key = cableKey(from.device.key, to.device.key);
    const cable = this.cables.get(key);
    const curve = cable && (cable.a === from.device.key ? cable.there : cable.back);
    if (curve) curve.appendTo(this.pen);
    else this.pen.lift({ x: to.device.axis, y: to.device.jack.y + JACK_HALF });
    this.stretches.push({ kind: "cable", start, end: this.pen.length, cable: key });
    this.up(to);
  }

  arc(arc: ArcSpan, from: Anchor, to: Anchor): void {
    const strip = this.layout.rows[from.device.row]!.strips[arc.band];
    const track = this.layout.tracks.get(arc.key) ?? 0;
    const floor = onFloor(arc);
    const l3 = arc.band === "l3";
    const bridged = arc.kind === "bridged";
    const y = bridged ? from.device.top : floor ? strip.y + strip.height - track : strip.y + (l3 ? 10 : track);
    this.pen.line({ x: from.x, y: l3 ? from.device.top : from.y });
    const start = this.pen.length;
    const end = { x: to.x, y: l3 ? to.device.top : to.y + (floor ? to.half : -to.half) };
    this.pen.through([{ x: from.x, y }, { x: to.x, y }, end], CORNER);
    const run = [{ x: from.x, y }, { x: to.x, y }] as const;
    this.stretches.push({ kind: "arc", start, end: this.pen.length, arc, run });
  }
}

/** Between two devices of one namespace, beside the one that has no wire: up its side, and in above the other's hooks. */
function conduit(drawing: Drawing, from: Anchor, to: Anchor, encap: boolean, tunnel: boolean): void {
  const [own, other] = encap ? [from, to] : [to, from];
  const { strips } = drawing.layout.rows[from.device.row]!;
  const side = other.device.axis > own.device.axis ? 1 : -1;
  const gutter = own.device.axis + (side * drawing.layout.pitch) / 2;
  const foot = own.device.jack.y - CONDUIT_RISE;
  const bridge = other.device.view.master === own.device.view.name;
  const above = bridge ? other.device.top : strips.l3.y + CONDUIT_DROP;
  const roof = tunnel ? above : strips.netfilter.y - CONDUIT_DROP;
  const mouth = { x: other.x, y: tunnel ? other.device.top : strips.netfilter.y };
  const way = [
    { x: own.x, y: foot },
    { x: gutter, y: foot },
    { x: gutter, y: roof },
    { x: other.x, y: roof },
  ];
  if (!encap) drawing.pen.line(mouth);
  const start = drawing.pen.length;
  const corners = encap ? [...way, mouth] : [...way.reverse(), { x: own.x, y: own.y }];
  drawing.pen.through(corners, CORNER);
  drawing.stretches.push({
    kind: "conduit",
    start,
    end: drawing.pen.length,
    run: [{ x: gutter, y: roof }, { x: gutter, y: foot }],
    conduit: bridge ? "bridge" : tunnel ? (encap ? "encap" : "decap") : "lower",
  });
}

const CONDUIT_RISE = 17;
const CONDUIT_DROP = 12;

/** The distance at which a packet leaves a stop is where its next one begins, less the way between. */
function withLeaving(marks: readonly Mark[], halves: readonly number[], length: number): Mark[] {
  return marks.map((mark, at) => {
    const far = mark.enter + 2 * halves[at]!;
    return { ...mark, leave: Math.min(far, marks[at + 1]?.enter ?? mark.enter, length) };
  });
}

function advance(drawing: Drawing, journey: Journey, before: Leg, leg: Leg, from: Anchor, to: Anchor): void {
  switch (leg.move.kind) {
    case "cable":
      drawing.cable(from, to);
      break;
    case "loop":
      drawing.down(from);
      drawing.up(to);
      break;
    case "arc":
      drawing.arc(arcOf(journey, before, leg)!, from, to);
      break;
    case "conduit": {
      const encap = before.visit.station === "xmit";
      const tunnel = (encap ? leg.visit : before.visit).band === "l3";
      conduit(drawing, from, to, encap, tunnel);
      break;
    }
    case "jump":
      drawing.pen.lift({ x: to.x, y: to.y });
      break;
    default:
  }
}

function routeOf(journey: Journey, layout: Layout, cables: ReadonlyMap<string, CableBox>): Route | undefined {
  let drawing: Drawing | undefined;
  let before: { leg: Leg; anchor: Anchor } | undefined;
  const halves: number[] = [];
  for (const leg of journey.legs) {
    const anchor = anchorOf(layout, leg.visit);
    if (!anchor) continue;
    drawing ??= new Drawing(layout, cables, anchor);
    if (before) advance(drawing, journey, before.leg, leg, before.anchor, anchor);
    drawing.stop(leg.visit, anchor);
    halves.push(anchor.half);
    before = { leg, anchor };
  }
  if (!drawing) return undefined;
  const curve = drawing.pen.curve();
  return {
    journey,
    curve,
    marks: withLeaving(drawing.marks, halves, curve.length),
    stretches: drawing.stretches,
    sleeves: sleevesOf(drawing.stretches, curve.length),
    lanes: drawing.lanes,
  };
}

function sleevesOf(stretches: readonly Stretch[], length: number): { start: number; end: number }[] {
  const open: number[] = [];
  const sleeves: { start: number; end: number }[] = [];
  for (const stretch of stretches) {
    if (stretch.conduit === "encap") open.push(stretch.end);
    const start = stretch.conduit === "decap" ? open.pop() : undefined;
    if (start !== undefined) sleeves.push({ start, end: stretch.start });
  }
  return [...sleeves, ...open.map((start) => ({ start, end: length }))].slice(0, 3);
}

/** The routes of all packets that the picture can show. */
export function routesOf(journeys: readonly Journey[], layout: Layout): Route[] {
  const cables = new Map(layout.cables.map((cable) => [cable.key, cable]));
  return journeys
    .map((journey) => routeOf(journey, layout, cables))
    .filter((route): route is Route => route !== undefined);
}
