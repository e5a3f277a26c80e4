// What of a picture its window leaves out, and what has to come into view.

import type { Point } from "./curve.ts";
import type { Layout, Room } from "./layout.ts";

export type Side = "left" | "right" | "top" | "bottom";

interface Transform {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

const RIM = 12; // px of the picture: what it has around its namespaces may be cut off
const CLEAR = 8; // around a box
const MARGIN = 90; // around a point

/** The sides at which the picture goes on outside its room. */
export function hiddenSides(layout: Layout, { x, y, k }: Transform, room: Room): Side[] {
  const beyond: Record<Side, number> = {
    left: -x,
    right: x + layout.width * k - room.width,
    top: -y,
    bottom: y + layout.height * k - room.height,
  };
  return (Object.keys(beyond) as Side[]).filter((side) => beyond[side] > RIM * k + 1);
}

export interface Target {
  /** Where the packet is, and, if it goes on, where it stops next. */
  readonly point: Point;
  readonly next?: Point | undefined;
  /** What it is in. */
  readonly box: Point & Room;
}

/** What must be seen of one axis, from and to, in px of the picture at scale `k`: as much of a target as `space` holds. */
export function spanInView({ point, next, box }: Target, axis: "x" | "y", k: number, space: number): [from: number, to: number] {
  const length = axis === "x" ? box.width : box.height;
  const around = (margin: number, ...places: number[]): [number, number] => [
    Math.min(...places) * k - margin,
    Math.max(...places) * k + margin,
  ];
  const ahead = next ? [next[axis]] : [];
  const whole = [box[axis], box[axis] + length];
  const margin = Math.min(MARGIN, space / 4);
  const wanted = [
    around(CLEAR * k, ...whole, ...ahead),
    around(margin, point[axis], ...ahead),
    around(CLEAR * k, ...whole),
  ];
  return wanted.find(([from, to]) => to - from <= space) ?? around(margin, point[axis]);
}
