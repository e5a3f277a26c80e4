import { describe, expect, it } from "vitest";

import { lab } from "../fixtures/topology.ts";
import { hiddenSides, spanInView } from "./inview.ts";
import { layoutOf } from "./layout.ts";

const layout = layoutOf(lab("a: eth0; b: eth0; c: eth0", "a/eth0-b/eth0"), "compact", { width: 2000, height: 400 });
const roomFor = (width: number, height: number) => ({ width: layout.width * width, height: layout.height * height });

describe("the sides at which a picture goes on", () => {
  it("are none where all of it is seen", () => {
    expect(hiddenSides(layout, { x: 0, y: 0, k: 1 }, roomFor(1, 1))).toEqual([]);
  });

  it("are those that its room cuts off", () => {
    expect(hiddenSides(layout, { x: 0, y: 0, k: 1 }, roomFor(0.5, 1))).toEqual(["right"]);
    expect(hiddenSides(layout, { x: -100, y: 0, k: 1 }, roomFor(0.5, 0.5))).toEqual(["left", "right", "bottom"]);
    expect(hiddenSides(layout, { x: 0, y: -layout.height / 2, k: 1 }, roomFor(1, 0.5))).toEqual(["top"]);
  });

  it("are not the margin around the namespaces", () => {
    expect(hiddenSides(layout, { x: -10, y: 0, k: 1 }, roomFor(1, 1))).toEqual([]);
  });

  it("grow with the scale", () => {
    expect(hiddenSides(layout, { x: 0, y: 0, k: 2 }, roomFor(1, 1))).toEqual(["right", "bottom"]);
  });
});

describe("what comes into view", () => {
  const box = { x: 100, y: 0, width: 200, height: 300 };
  const point = { x: 150, y: 20 };
  const holds = ([from, to]: [number, number], ...places: number[]) => places.every((place) => from <= place && place <= to);

  it("is the packet's namespace and where it goes next, where both have room", () => {
    expect(holds(spanInView({ point, next: { x: 380, y: 0 }, box }, "x", 1, 400), 100, 300, 380)).toBe(true);
  });

  it("is the packet and where it goes next rather than all of its namespace", () => {
    const span = spanInView({ point: { x: 280, y: 0 }, next: { x: 380, y: 0 }, box }, "x", 1, 285);
    expect(holds(span, 280, 380)).toBe(true);
    expect(holds(span, 100)).toBe(false);
  });

  it("is the packet's namespace where the next stop is too far away", () => {
    expect(holds(spanInView({ point, next: { x: 900, y: 0 }, box }, "x", 1, 300), 100, 300)).toBe(true);
  });

  it("is the packet itself where nothing else has room, and never more than that holds", () => {
    const [from, to] = spanInView({ point, next: { x: 900, y: 0 }, box }, "x", 2, 300);
    expect(holds([from, to], 300)).toBe(true);
    expect(to - from).toBeLessThanOrEqual(300);
  });
});
