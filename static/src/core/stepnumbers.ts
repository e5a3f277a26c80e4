// The numbers of the steps along a path, for a picture on paper: where each stands, and stops at one place together.

import { distanceAt, familyAt } from "./frame.ts";
import type { Picture } from "./picture.ts";

export interface StepNumber {
  readonly x: number;
  readonly y: number;
  /** "3", "3, 7" or "3–5". */
  readonly label: string;
}

const NEAR = 9; // px: two stops that are nearer than this share a circle

/** Numbers from 1, runs of three or more as "from–to". */
export function labelOf(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`)).join(", ");
}

/** The stops up to `index` of the family of packets that is followed there. At a badge they stand at its corner. */
export function stepNumbers(picture: Picture, index: number): StepNumber[] {
  const { tracks, walk, stops, layout } = picture;
  const family = familyAt(tracks, walk, stops, index);
  const places: { x: number; y: number; numbers: number[] }[] = [];
  for (let at = 0; at <= index && at < stops.length; at++) {
    const track = tracks.find((one) => one.route.journey.skb === walk.steps[stops[at]!.step]!.skb);
    const distance = track && distanceAt(track, at);
    if (!track || track.family !== family || distance === undefined) continue;
    const point = track.route.curve.at(distance);
    const near = places.find((place) => Math.hypot(place.x - point.x, place.y - point.y) < NEAR);
    if (near) near.numbers.push(at + 1);
    else places.push({ x: point.x, y: point.y, numbers: [at + 1] });
  }
  return places.map(({ x, y, numbers }) => {
    const badge = [...layout.hooks.values()].find((hook) => hook.attached && Math.abs(hook.x - x) < 4 && Math.abs(hook.y - y) < hook.height);
    const corner = badge ? { x: badge.x - badge.width / 2, y: badge.y - badge.height / 2 } : { x: x + 18, y };
    return { ...corner, label: labelOf(numbers) };
  });
}
