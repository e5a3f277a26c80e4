// Cables hang from jacks. Within a row they sag, wider ones deeper; between rows they run in the gap and the gutters.

import { type Curve, Pen, type Point } from "./curve.ts";
import type { DeviceBox, NamespaceBox, RowBox } from "./layout.ts";
import { CORNER, JACK, type Measures } from "./measures.ts";
import { portKey, type Topology } from "./topology.ts";

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

const TRACK_PITCH = 10;
const FIRST_TRACK = 14;

export const cableKey = (a: string, b: string): string => [a, b].sort().join(" ");

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

/** Room below a row: for its deepest cable, and for those that run on to other rows. */
export function sagOf(topology: Topology, axes: ReadonlyMap<string, number>, names: ReadonlySet<string>, rows: number): number {
  const spans: Span[] = [];
  let through = 0;
  for (const { a, b } of topology.cables) {
    const [x1, x2] = [axes.get(portKey(...a)), axes.get(portKey(...b))];
    if (x1 === undefined || x2 === undefined) continue;
    if (names.has(a[0]) && names.has(b[0])) spans.push({ left: Math.min(x1, x2), right: Math.max(x1, x2) });
    else through += 1;
  }
  const deepest = Math.max(0, ...spans.map((span) => depthOf(span, spans)));
  return deepest + (through > 0 && rows > 1 ? FIRST_TRACK + through * TRACK_PITCH : 0) + 24;
}

function sagging(from: Point, to: Point, depth: number): Curve {
  const low = depth * (4 / 3);
  return new Pen(from)
    .cubic({ x: from.x, y: from.y + low }, { x: to.x, y: to.y + low }, to)
    .curve();
}

const rounded = (points: readonly Point[]): Curve => new Pen(points[0]!).through(points.slice(1), CORNER).curve();

const below = (device: DeviceBox): Point => ({ x: device.jack.x, y: device.jack.y + JACK.height / 2 });

export function cablesOf(
  topology: Topology,
  devices: ReadonlyMap<string, DeviceBox>,
  namespaces: readonly NamespaceBox[],
  rows: readonly RowBox[],
  m: Measures,
): CableBox[] {
  const ends = topology.cables.flatMap((cable) => {
    const [a, b] = [devices.get(portKey(...cable.a)), devices.get(portKey(...cable.b))];
    return a && b ? [{ a, b, kind: cable.kind }] : [];
  });
  const spans = ends.map(({ a, b }) => ({ left: Math.min(a.axis, b.axis), right: Math.max(a.axis, b.axis), row: a.row === b.row ? a.row : -1 }));
  const depths = spans.map((span) => (span.row < 0 ? 0 : depthOf(span, spans.filter((other) => other.row === span.row))));
  /** Below the deepest cable of a row. */
  const clear = (row: number): number =>
    rows[row]!.y + rows[row]!.height + Math.max(0, ...depths.filter((_, at) => spans[at]!.row === row));
  let track = 0;
  return ends.map(({ a, b, kind }, at): CableBox => {
    const named = { key: cableKey(a.key, b.key), a: a.key, b: b.key, kind };
    const span = spans[at]!;
    if (span.row >= 0) {
      const depth = depths[at]!;
      const middle = { x: (a.axis + b.axis) / 2, y: a.jack.y + depth + JACK.height / 2 - 15 };
      return { ...named, there: sagging(below(a), below(b), depth), back: sagging(below(b), below(a), depth), label: middle };
    }
    // down into the gap, along it, through the gutter beside the lower namespace, along its gap, and up
    const [upper, lower] = a.row < b.row ? [a, b] : [b, a];
    const home = namespaces.find((box) => box.devices.includes(lower))!;
    const offset = FIRST_TRACK + track++ * TRACK_PITCH;
    const gutter = home.x - 6 - ((track * 5) % Math.max(1, m.gutter / 2 - 4));
    const points = [
      below(upper),
      { x: upper.axis, y: clear(upper.row) + offset },
      { x: gutter, y: clear(upper.row) + offset },
      { x: gutter, y: clear(lower.row) + offset },
      { x: lower.axis, y: clear(lower.row) + offset },
      below(lower),
    ];
    const [down, up] = [rounded(points), rounded([...points].reverse())];
    const label = { x: (upper.axis + gutter) / 2, y: clear(upper.row) + offset - 8 };
    return { ...named, there: upper === a ? down : up, back: upper === a ? up : down, label };
  });
}
