// Cables as curves, from jack to jack, on the ways that ways.ts found for them.

import { type Curve, Pen, type Point } from "./curve.ts";
import type { DeviceBox, RowBox } from "./layout.ts";
import { CORNER, JACK } from "./measures.ts";
import { trackDepth, type Turn, type Ways } from "./ways.ts";

export interface CableBox {
  readonly key: string;
  readonly a: string;
  readonly b: string;
  readonly kind: string;
  /** From the jack of `a` to the jack of `b`, and the other way round. */
  readonly there: Curve;
  readonly back: Curve;
  readonly label: Point;
}

export const cableKey = (a: string, b: string): string => [a, b].sort().join(" ");

function sagging(from: Point, to: Point, depth: number): Curve {
  const low = depth * (4 / 3);
  return new Pen(from)
    .cubic({ x: from.x, y: from.y + low }, { x: to.x, y: to.y + low }, to)
    .curve();
}

const rounded = (points: readonly Point[]): Curve => new Pen(points[0]!).through(points.slice(1), CORNER).curve();

const below = (device: DeviceBox): Point => ({ x: device.jack.x, y: device.jack.y + JACK.height / 2 });

export function cablesOf({ ways, sags }: Ways, devices: ReadonlyMap<string, DeviceBox>, rows: readonly RowBox[]): CableBox[] {
  return ways.map(({ a: from, b: to, kind, row, depth, turns }): CableBox => {
    const [a, b] = [devices.get(from)!, devices.get(to)!];
    const named = { key: cableKey(from, to), a: from, b: to, kind };
    if (row >= 0) {
      const middle = { x: (a.axis + b.axis) / 2, y: a.jack.y + depth + JACK.height / 2 - 15 };
      return { ...named, there: sagging(below(a), below(b), depth), back: sagging(below(b), below(a), depth), label: middle };
    }
    const [upper, lower] = a.row < b.row ? [a, b] : [b, a];
    const height = (turn: Turn): number => rows[turn.gap]!.y + rows[turn.gap]!.height + sags[turn.gap]! + trackDepth(turn);
    const along = turns.flatMap((turn) => [
      { x: turn.from, y: height(turn) },
      { x: turn.to, y: height(turn) },
    ]);
    const points = [below(upper), ...along, below(lower)];
    const [down, up] = [rounded(points), rounded([...points].reverse())];
    const [first] = turns;
    const label = { x: (first!.from + first!.to) / 2, y: height(first!) - 8 };
    return { ...named, there: upper === a ? down : up, back: upper === a ? up : down, label };
  });
}
