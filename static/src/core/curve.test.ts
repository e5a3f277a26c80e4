import { describe, expect, it } from "vitest";

import { Pen } from "./curve.ts";

const bent = new Pen({ x: 0, y: 0 })
  .line({ x: 0, y: 40 })
  .cubic({ x: 0, y: 60 }, { x: 50, y: 40 }, { x: 50, y: 80 })
  .through([{ x: 50, y: 120 }, { x: 90, y: 120 }], 9)
  .curve();

describe("a curve", () => {
  it("begins and ends where it was drawn", () => {
    expect(bent.at(0)).toEqual({ x: 0, y: 0 });
    expect(bent.at(bent.length).x).toBeCloseTo(90);
    expect(bent.at(bent.length).y).toBeCloseTo(120);
  });

  it("without a way is where the pen was set down", () => {
    expect(new Pen({ x: 30, y: 40 }).curve().at(0)).toEqual({ x: 30, y: 40 });
  });

  it("moves as far as its length says", () => {
    let way = 0;
    const points = bent.points(0.5);
    points.slice(1).forEach((point, at) => (way += Math.hypot(point.x - points[at]!.x, point.y - points[at]!.y)));
    expect(way / bent.length).toBeCloseTo(1, 2);
  });

  it("stops at the ends", () => {
    expect(bent.at(-5)).toEqual(bent.at(0));
    expect(bent.at(1e9)).toEqual(bent.at(bent.length));
  });

  it("draws its part up to a point that ends at that point", () => {
    for (let at = 1; at < bent.length; at += 7) {
      const numbers = bent.d(at).match(/-?[\d.]+/g)!.map(Number);
      const [x, y] = numbers.slice(-2) as [number, number];
      expect(x).toBeCloseTo(bent.at(at).x, 0);
      expect(y).toBeCloseTo(bent.at(at).y, 0);
    }
  });

  it("jumps over a gap without length", () => {
    const curve = new Pen({ x: 0, y: 0 }).line({ x: 10, y: 0 }).lift({ x: 100, y: 0 }).line({ x: 110, y: 0 }).curve();
    expect(curve.length).toBe(20);
    expect(curve.at(15).x).toBe(105);
    expect(curve.d()).toBe("M0 0L10 0M100 0L110 0");
  });

  it("rounds a corner by its radius", () => {
    const corner = new Pen({ x: 0, y: 0 }).through([{ x: 0, y: 50 }, { x: 50, y: 50 }], 9).curve();
    expect(corner.length).toBeCloseTo(100 - 18 + (Math.PI * 9) / 2, 1);
  });
});
