// Everything of a walk's picture that does not depend on the position: made once for a topology, a walk, a list of stops
// and the room that there is.

import type { Arrangement } from "../protocol.ts";
import { arcsOf, type ArcSpan, usedPorts } from "./arcs.ts";
import { FREE } from "./arrange.ts";
import type { Stop } from "./cursor.ts";
import { type Track, tracksOf } from "./frame.ts";
import { type Journey, journeysOf } from "./journey.ts";
import { type Layout, layoutOf, type Room } from "./layout.ts";
import type { Density } from "./measures.ts";
import { routesOf } from "./route.ts";
import { historyOf, type History } from "./states.ts";
import type { Topology } from "./topology.ts";
import type { Walk } from "./walk.ts";

export interface Picture {
  readonly layout: Layout;
  readonly walk: Walk;
  readonly stops: readonly Stop[];
  readonly arcs: readonly ArcSpan[];
  readonly tracks: readonly Track[];
  readonly history: History;
}

export const NO_WALK: Walk = { command: "", line: 0, netns: "", steps: [], states: [], truncated: false };

const shown = new WeakMap<Walk, readonly Journey[]>();

/** The journeys of a walk, kept while the walk is. */
export function journeysIn(walk: Walk): readonly Journey[] {
  let journeys = shown.get(walk);
  if (!journeys) {
    journeys = journeysOf(walk);
    shown.set(walk, journeys);
  }
  return journeys;
}

/** The namespaces in which packets go through conduits. */
function conduitsOf(journeys: readonly Journey[]): Set<string> {
  const legs = journeys.flatMap((journey) => journey.legs);
  return new Set(legs.filter((leg) => leg.move.kind === "conduit").map((leg) => leg.visit.netns));
}

export function pictureOf(
  topology: Topology,
  walk: Walk,
  stops: readonly Stop[],
  density: Density,
  room: Room,
  arrangement: Arrangement = FREE,
): Picture {
  const journeys = journeysIn(walk);
  const arcs = arcsOf(journeys);
  const needs = { used: usedPorts(journeys), arcs, conduits: conduitsOf(journeys) };
  const layout = layoutOf(topology, density, room, needs, arrangement);
  const tracks = tracksOf(routesOf(journeys, layout), walk, stops);
  return { layout, walk, stops, arcs, tracks, history: historyOf(walk, layout.hooks) };
}

/** The conduits of the walk, as SVG path data: they are drawn before the packet comes through them. */
export function pipesOf({ tracks }: Picture): string[] {
  const pipes = tracks.flatMap(({ route }) =>
    route.stretches
      .filter((stretch) => stretch.kind === "conduit")
      .map((stretch) => route.curve.between(stretch.start, stretch.end).d()),
  );
  return [...new Set(pipes)];
}
