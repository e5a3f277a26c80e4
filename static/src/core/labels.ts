// Labels get the first free spot by rank; what finds none is left out (it stays in tooltip, tree and sentence).

import type { Point } from "./curve.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One way to write a label, and the centres that it may have, best first. */
export interface Wording {
  readonly text: string;
  readonly width: number;
  readonly spots: readonly Point[];
}

export interface Wanted {
  readonly key: string;
  /** Lower goes first. */
  readonly rank: number;
  readonly height: number;
  readonly wordings: readonly Wording[];
  /** The label must stay inside. */
  readonly bounds: Box;
}

export interface Placed extends Box {
  readonly text: string;
}

const CLEAR = 4;

export function overlaps(a: Box, b: Box, clear: number): boolean {
  return a.x < b.x + b.width + clear && b.x < a.x + a.width + clear && a.y < b.y + b.height + clear && b.y < a.y + a.height + clear;
}

const clamp = (value: number, low: number, high: number): number => (high < low ? (low + high) / 2 : Math.min(high, Math.max(low, value)));

function boxesOf({ bounds, height, wordings }: Wanted): Placed[] {
  return wordings.flatMap(({ text, width, spots }) =>
    spots.map(({ x, y }) => ({
      text,
      x: clamp(x - width / 2, bounds.x + CLEAR, bounds.x + bounds.width - CLEAR - width),
      y: clamp(y - height / 2, bounds.y, bounds.y + bounds.height - height),
      width,
      height,
    })),
  );
}

const inside = (box: Box, bounds: Box): boolean => box.width <= bounds.width && box.height <= bounds.height;

/** The labels that found room, by key. Where not all do, shorter words for all may leave room for more of them. */
export function placeLabels(labels: readonly Wanted[], obstacles: readonly Box[]): Map<string, Placed> {
  const placed = placeInTurn(labels, obstacles);
  if (placed.size === labels.length) return placed;
  const short = placeInTurn(labels.map((label) => ({ ...label, wordings: label.wordings.slice(-1) })), obstacles);
  return short.size > placed.size ? short : placed;
}

function placeInTurn(labels: readonly Wanted[], obstacles: readonly Box[]): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  const taken = [...obstacles];
  const byRank = labels.map((label, at) => ({ label, at })).sort((a, b) => a.label.rank - b.label.rank || a.at - b.at);
  for (const { label } of byRank) {
    const box = boxesOf(label).find(
      (candidate) => inside(candidate, label.bounds) && taken.every((other) => !overlaps(candidate, other, 2)),
    );
    if (!box) continue;
    placed.set(label.key, box);
    taken.push(box);
  }
  return placed;
}

/** Above, right, below and left of a box. */
export function around(box: Box, width: number, height: number, gap: number): Point[] {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return [
    { x, y: box.y - gap - height / 2 },
    { x: box.x + box.width + gap + width / 2, y },
    { x, y: box.y + box.height + gap + height / 2 },
    { x: box.x - gap - width / 2, y },
  ];
}

/** A path as boxes along it. */
export function pathBoxes(points: readonly Point[], width: number): Box[] {
  return points.map(({ x, y }) => ({ x: x - width / 2, y: y - width / 2, width, height: width }));
}
