// A walk seen as journeys: which packet was where, in which order, how it got from stop to stop, and how it ended.

import { depthOf, HAND_OVERS, outcomeOf } from "./stations.ts";
import { type Band, copyTaken, type Lane, notesOf, type Step, type Walk } from "./walk.ts";

export interface Place {
  readonly netns: string;
  readonly dev: string;
  readonly lane: Lane;
}

/** A stop where the packet really was. Hooks that it was led past are not visits. */
export interface Visit extends Place {
  readonly step: number;
  readonly station: string;
  readonly band: Band;
}

/**
 * How a packet came to a visit: along a lane, through a cable, through the loopback, through the conduit that ties a
 * device to the one beneath it, by an arc inside a band, or from nowhere that the picture shows.
 */
export type Move =
  | { readonly kind: "start" | "lane" | "cable" | "loop" | "conduit" | "jump" }
  | { readonly kind: "arc"; readonly band: Band };

export interface Leg {
  readonly move: Move;
  readonly visit: Visit;
}

export type Ending = "travelling" | "dropped" | "freed" | "delivered" | "consumed";

export interface Journey {
  readonly skb: number;
  readonly parent: number;
  /** The copy of a packet that itself goes on (mirror, dup): drawn dotted. */
  readonly copy: boolean;
  readonly legs: readonly Leg[];
  readonly first: number;
  readonly last: number;
  readonly ending: Ending;
  readonly reason: string;
}

/** For each step the device it is about; where the kernel had none yet, the one that the packet goes to next. */
export function placesOf(walk: Walk): readonly Place[] {
  const places: Place[] = walk.steps.map(({ netns, dev, lane }) => ({ netns, dev, lane }));
  const next = new Map<number, string>();
  for (let at = walk.steps.length - 1; at >= 0; at--) {
    const step = walk.steps[at]!;
    if (step.skb === 0) continue;
    const key = step.skb;
    const known = next.get(key);
    const [netns, dev] = known?.split("/") ?? [];
    if (step.dev !== "") next.set(key, `${step.netns}/${step.dev}`);
    else if (dev !== undefined && netns === step.netns) places[at] = { ...places[at]!, dev };
  }
  return places;
}

function movement(from: Visit, to: Visit): Move {
  const here = from.netns === to.netns && from.dev === to.dev;
  if (here && from.lane === to.lane) return { kind: "lane" };
  if (from.lane === "out" && to.lane === "in" && from.station === "xmit") return { kind: here ? "loop" : "cable" };
  if (from.netns !== to.netns) return { kind: "jump" };
  if (!here && (isEncapsulation(from, to) || isDecapsulation(from, to))) return { kind: "conduit" };
  return { kind: "arc", band: from.band === "driver" ? "l3" : from.band };
}

/** A device without a wire sends through another one: vxlan, vlan. */
const isEncapsulation = (from: Visit, to: Visit): boolean => from.station === "xmit" && to.lane === "out";

/** The way back: what a device or socket took in begins to climb another device. tc's redirects do so inside tc. */
const isDecapsulation = (from: Visit, to: Visit): boolean =>
  to.station === "receive" && from.lane === "in" && from.band !== "tc";

/** After an arc inside a band the packet enters there: hooks that its target has before that band are not on its way. */
function beforeEntry(band: Band, visit: Visit): boolean {
  const below = depthOf(visit.band) - depthOf(band);
  return visit.lane === "out" ? below < 0 : below > 0;
}

function legsOf(visits: readonly Visit[]): Leg[] {
  const legs: Leg[] = [];
  let entering: { place: Place; band: Band } | undefined;
  for (const visit of visits) {
    const before = legs.at(-1)?.visit;
    if (!before) {
      legs.push({ move: { kind: "start" }, visit });
      continue;
    }
    if (entering && !samePlace(entering.place, visit)) entering = undefined;
    const move = movement(before, visit);
    if (move.kind === "arc") {
      if (beforeEntry(move.band, visit)) continue;
      entering = { place: visit, band: move.band };
    } else if (entering && move.kind === "lane" && beforeEntry(entering.band, visit)) continue;
    legs.push({ move, visit });
  }
  return legs;
}

const samePlace = (a: Place, b: Place): boolean => a.netns === b.netns && a.dev === b.dev && a.lane === b.lane;

function ending(walk: Walk, steps: readonly Step[]): { ending: Ending; reason: string } {
  const arrived = steps.findLast((step) => step.station !== "")?.station === "deliver";
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]!;
    const dropped = notesOf(step, "Dropped")[0];
    if (dropped && copyTaken(walk, step.skb)) return { ending: "consumed", reason: "" };
    if (dropped) return { ending: "dropped", reason: dropped.reason };
    if (notesOf(step, "Delivered").length) return { ending: "delivered", reason: "" };
    if (notesOf(step, "Consumed").length) {
      const stolen = steps.some((other) => other.station !== "" && outcomeOf(other) === "stolen");
      return { ending: arrived ? "delivered" : stolen ? "freed" : "consumed", reason: "" };
    }
  }
  return { ending: arrived ? "delivered" : "travelling", reason: "" };
}

function visitsOf(steps: readonly Step[], places: readonly Place[]): Visit[] {
  const visits: Visit[] = [];
  for (const step of steps) {
    const place = places[step.number]!;
    if (step.station === "" || step.kind === "passed_by" || place.dev === "") continue;
    const band = HAND_OVERS[step.station] ?? step.band;
    const lane = place.lane || visits.at(-1)?.lane || "in"; // a hand-over happens on the lane of the hook around it
    visits.push({ ...place, lane, step: step.number, station: step.station, band });
  }
  return visits;
}

/** The journeys of all packets of a walk, in the order in which they begin. */
export function journeysOf(walk: Walk): Journey[] {
  const places = placesOf(walk);
  const steps = new Map<number, Step[]>();
  for (const step of walk.steps) {
    if (step.skb === 0) continue;
    const own = steps.get(step.skb);
    if (own) own.push(step);
    else steps.set(step.skb, [step]);
  }
  const visits = new Map([...steps].map(([skb, own]) => [skb, visitsOf(own, places)]));
  return [...steps].map(([skb, own]) => {
    const first = own[0]!;
    const mother = visits.get(first.parent) ?? [];
    const from = mother.filter((visit) => visit.step < first.number).at(-1);
    const mine = visits.get(skb)!;
    return {
      skb,
      parent: first.parent,
      copy: first.parent !== 0 && mother.some((visit) => visit.step > (mine[0]?.step ?? first.number)),
      legs: legsOf(from && mine.length ? [from, ...mine] : mine),
      first: first.number,
      last: own.at(-1)!.number,
      ...ending(walk, own),
    };
  });
}
