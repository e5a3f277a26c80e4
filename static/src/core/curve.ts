// Curves of lines and cubic Béziers that know their length: a point at any distance, and the part up to there.

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly kind: "line" | "gap"; // a gap is a lifted pen
  readonly from: Point;
  readonly to: Point;
  readonly length: number;
}

interface Cubic {
  readonly kind: "cubic";
  readonly from: Point;
  readonly c1: Point;
  readonly c2: Point;
  readonly to: Point;
  readonly length: number;
  /** Lengths from the start at equal parameters. */
  readonly table: readonly number[];
}

type Segment = Line | Cubic;

const SAMPLES = 24;
const ARC = 0.5522847498; // a quarter circle as a cubic

const mix = (a: Point, b: Point, t: number): Point => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
const span = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);
const number = (value: number): string => String(Math.round(value * 100) / 100);
const pair = (p: Point): string => `${number(p.x)} ${number(p.y)}`;

function bezier({ from, c1, c2, to }: { from: Point; c1: Point; c2: Point; to: Point }, t: number): Point {
  const u = 1 - t;
  const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return { x: a * from.x + b * c1.x + c * c2.x + d * to.x, y: a * from.y + b * c1.y + c * c2.y + d * to.y };
}

/** The parameter at a distance along a cubic. */
function parameter(table: readonly number[], distance: number): number {
  let at = table.findIndex((length) => length >= distance);
  if (at <= 0) at = at === 0 ? 1 : SAMPLES;
  const [low, high] = [table[at - 1]!, table[at]!];
  return (at - 1 + (high > low ? (distance - low) / (high - low) : 0)) / SAMPLES;
}

function partOf(segment: Segment, distance: number): string {
  if (segment.kind === "cubic") return partOfCubic(segment, distance);
  if (segment.kind === "gap") return `M${pair(segment.to)}`;
  if (distance >= segment.length) return `L${pair(segment.to)}`;
  return `L${pair(mix(segment.from, segment.to, distance / segment.length))}`;
}

function partOfCubic({ from, c1, c2, to, length, table }: Cubic, distance: number): string {
  if (distance >= length) return `C${pair(c1)} ${pair(c2)} ${pair(to)}`;
  const t = parameter(table, distance);
  const [ab, bc, cd] = [mix(from, c1, t), mix(c1, c2, t), mix(c2, to, t)];
  const [abc, bcd] = [mix(ab, bc, t), mix(bc, cd, t)];
  return `C${pair(ab)} ${pair(abc)} ${pair(mix(abc, bcd, t))}`;
}

export class Curve {
  readonly length: number;
  /** Distance at which each segment begins. */
  readonly #starts: readonly number[];
  readonly #segments: readonly Segment[];
  /** Where the pen was set down: all there is of a curve without segments. */
  readonly #origin: Point;

  constructor(segments: readonly Segment[], origin: Point) {
    const starts: number[] = [];
    let total = 0;
    for (const segment of segments) {
      starts.push(total);
      total += segment.length;
    }
    this.#segments = segments;
    this.#origin = origin;
    this.#starts = starts;
    this.length = total;
  }

  get empty(): boolean {
    return this.#segments.length === 0;
  }

  /** The point at a distance from the start; the ends beyond them. */
  at(distance: number): Point {
    const last = this.#segments.at(-1);
    if (!last) return this.#origin;
    const wanted = Math.min(Math.max(0, distance), this.length);
    const at = this.#segmentAt(wanted);
    const segment = this.#segments[at]!;
    const rest = wanted - this.#starts[at]!;
    if (segment.kind === "gap") return segment.to;
    if (segment.kind === "cubic") return bezier(segment, parameter(segment.table, rest));
    return segment.length === 0 ? segment.to : mix(segment.from, segment.to, rest / segment.length);
  }

  /** The last segment that begins at or before a distance. */
  #segmentAt(distance: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= distance) low = middle;
      else high = middle;
    }
    return low;
  }

  /** SVG path data of the part up to a distance, whole by default. */
  d(end: number = this.length): string {
    const first = this.#segments[0];
    if (!first) return "";
    let data = `M${pair(first.from)}`;
    this.#segments.forEach((segment, at) => {
      const start = this.#starts[at]!;
      if (start < end || (segment.kind === "gap" && start <= end)) data += partOf(segment, end - start);
    });
    return data;
  }

  /** The segments that lie wholly between two distances, as a curve of their own. */
  between(start: number, end: number): Curve {
    const inside = (_: Segment, at: number): boolean =>
      this.#starts[at]! >= start - 0.01 && this.#starts[at]! + this.#segments[at]!.length <= end + 0.01;
    return new Curve(this.#segments.filter(inside), this.at(start));
  }

  /** Goes on with a pen along this curve, from where the pen is. */
  appendTo(pen: Pen): void {
    for (const segment of this.#segments) {
      if (segment.kind === "cubic") pen.cubic(segment.c1, segment.c2, segment.to);
      else if (segment.kind === "line") pen.line(segment.to);
      else pen.lift(segment.to);
    }
  }

  /** Points along the curve up to a distance, at most `step` apart: for boxes and obstacles. */
  points(step: number, end: number = this.length): Point[] {
    const count = Math.max(1, Math.ceil(end / step));
    return Array.from({ length: count + 1 }, (_, at) => this.at((end * at) / count));
  }
}

/** Draws a Curve from point to point. */
export class Pen {
  readonly #start: Point;
  #at: Point;
  readonly #segments: Segment[] = [];
  #length = 0;

  constructor(start: Point) {
    this.#start = start;
    this.#at = start;
  }

  /** How far the pen has come. */
  get length(): number {
    return this.#length;
  }

  get at(): Point {
    return this.#at;
  }

  line(to: Point): this {
    const length = span(this.#at, to);
    if (length > 0) this.#add({ kind: "line", from: this.#at, to, length });
    return this;
  }

  /** Lifts the pen: the curve goes on elsewhere. */
  lift(to: Point): this {
    this.#add({ kind: "gap", from: this.#at, to, length: 0 });
    return this;
  }

  cubic(c1: Point, c2: Point, to: Point): this {
    const from = this.#at;
    const table = [0];
    let last = from;
    for (let at = 1; at <= SAMPLES; at++) {
      const point = bezier({ from, c1, c2, to }, at / SAMPLES);
      table.push(table[at - 1]! + span(last, point));
      last = point;
    }
    this.#add({ kind: "cubic", from, c1, c2, to, length: table[SAMPLES]!, table });
    return this;
  }

  /** Straight through the points, with their corners rounded. */
  through(points: readonly Point[], radius: number): this {
    points.forEach((corner, at) => {
      const next = points[at + 1];
      if (!next) {
        this.line(corner);
        return;
      }
      const [before, after] = [span(this.#at, corner), span(corner, next)];
      const r = Math.min(radius, before / 2, after / 2);
      if (r < 0.5) {
        this.line(corner);
        return;
      }
      const [enter, leave] = [mix(corner, this.#at, r / before), mix(corner, next, r / after)];
      this.line(enter).cubic(mix(enter, corner, ARC), mix(leave, corner, ARC), leave);
    });
    return this;
  }

  curve(): Curve {
    return new Curve(this.#segments, this.#start);
  }

  #add(segment: Segment): void {
    this.#segments.push(segment);
    this.#length += segment.length;
    this.#at = segment.to;
  }
}
