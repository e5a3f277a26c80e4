// Arcs: hand-overs from device to device inside one band of one namespace, and the tracks that keep them apart.

import type { Journey, Leg, Place } from "./journey.ts";
import { FLOOR, TRACK } from "./measures.ts";
import { isBridgeStation } from "./stations.ts";
import { portKey } from "./topology.ts";
import type { Band } from "./walk.ts";

export type ArcKind = "redirect" | "mirror" | "fwd" | "dup" | "routed" | "bridged" | "upper";

export interface ArcSpan {
  readonly key: string;
  readonly kind: ArcKind;
  readonly band: Band;
  readonly from: Place;
  readonly to: Place;
}

function kindOf(band: Band, from: string, copy: boolean): ArcKind {
  if (band === "l3") return isBridgeStation(from) ? "bridged" : "routed";
  if (from === "mirred") return copy ? "mirror" : "redirect";
  if (from === "fwd") return copy ? "dup" : "fwd";
  return from === "dup" ? "dup" : "upper"; // a vlan or macvlan device takes the packet from the one that it is on
}

/** The arc of a leg, if it came by one; `before` is the leg it came from. */
export function arcOf(journey: Journey, before: Leg | undefined, leg: Leg): ArcSpan | undefined {
  if (leg.move.kind !== "arc" || !before) return undefined;
  const { band } = leg.move;
  const [from, to] = [before.visit, leg.visit];
  const first = before === journey.legs[0] && from.step < journey.first;
  const kind = kindOf(band, from.station, journey.copy && first);
  return {
    key: `${band} ${from.netns}/${from.dev}.${from.lane} ${to.dev}.${to.lane} ${kind}`,
    kind,
    band,
    from,
    to,
  };
}

/** Every arc of the journeys once, in the order in which they are first taken. */
export function arcsOf(journeys: readonly Journey[]): ArcSpan[] {
  const arcs = new Map<string, ArcSpan>();
  for (const journey of journeys) {
    journey.legs.forEach((leg, at) => {
      const arc = arcOf(journey, journey.legs[at - 1], leg);
      if (arc && !arcs.has(arc.key)) arcs.set(arc.key, arc);
    });
  }
  return [...arcs.values()];
}

/** Arcs to ingress run along the floor of their band, the others under its ceiling. */
export const onFloor = (arc: ArcSpan): boolean => arc.to.lane === "in" && arc.band !== "l3";

/**
 * For each arc how far below its band's ceiling it runs (above its floor, for arcs on the floor). The widest span is
 * outermost; arcs whose spans do not meet share a track; `labelled` says which need room for a label.
 */
export function tracksOf(
  arcs: readonly ArcSpan[],
  xOf: (place: Place) => number,
  labelled: (arc: ArcSpan) => boolean,
): Map<string, number> {
  const groups = grouped(arcs);
  const offsets = new Map<string, number>();
  for (const group of groups.values()) {
    const spans = group.map((arc) => {
      const [left, right] = [xOf(arc.from), xOf(arc.to)].sort((a, b) => a - b) as [number, number];
      return { arc, left, right };
    });
    spans.sort((a, b) => b.right - b.left - (a.right - a.left));
    const tracks: { left: number; right: number; labelled: boolean }[][] = [];
    const chosen = spans.map((span) => {
      let at = tracks.findIndex((track) => track.every((other) => span.right < other.left || other.right < span.left));
      if (at < 0) at = tracks.push([]) - 1;
      tracks[at]!.push({ left: span.left, right: span.right, labelled: labelled(span.arc) });
      return at;
    });
    const depths: number[] = [];
    tracks.forEach((_, at) => {
      const before = tracks[at - 1];
      const wide = before?.some((span) => span.labelled) ? 2 : 1;
      depths.push(at === 0 ? TRACK.first : depths[at - 1]! + TRACK.pitch * wide);
    });
    spans.forEach((span, at) => {
      const floor = onFloor(span.arc);
      offsets.set(span.arc.key, floor ? FLOOR / 2 + chosen[at]! * TRACK.pitch : depths[chosen[at]!]!);
    });
  }
  return offsets;
}

const groupOf = (arc: ArcSpan): string => `${arc.from.netns} ${arc.band} ${onFloor(arc)}`;

function grouped(arcs: readonly ArcSpan[]): Map<string, ArcSpan[]> {
  const groups = new Map<string, ArcSpan[]>();
  for (const arc of arcs) groups.set(groupOf(arc), [...(groups.get(groupOf(arc)) ?? []), arc]);
  return groups;
}

/** The devices on which journeys stop: those that must be drawn. */
export function usedPorts(journeys: readonly Journey[]): Set<string> {
  return new Set(journeys.flatMap(({ legs }) => legs.map(({ visit }) => portKey(visit.netns, visit.dev))));
}
