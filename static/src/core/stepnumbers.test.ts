import { expect, test } from "vitest";

import { REDIRECT, redirectWalk } from "../fixtures/redirect.ts";
import { stopsOf } from "./cursor.ts";
import { pictureOf } from "./picture.ts";
import { labelOf, stepNumbers } from "./stepnumbers.ts";

test("runs of steps are written from their first to their last", () => {
  expect(labelOf([4])).toBe("4");
  expect(labelOf([4, 5])).toBe("4, 5");
  expect(labelOf([4, 5, 6, 9])).toBe("4–6, 9");
});

test("every step of the packet up to the one that is shown has its number, once", () => {
  const walk = redirectWalk();
  const stops = stopsOf(walk, "hooks");
  const picture = pictureOf(REDIRECT, walk, stops, "regular", { width: 1600, height: 1000 });
  const numbers = stepNumbers(picture, stops.length - 1);
  expect(numbers.length).toBeGreaterThan(5);
  expect(numbers[0]!.label).toMatch(/^1/);
  expect(stepNumbers(picture, 0)).toHaveLength(1);
  for (const { x, y } of numbers) expect(x > 0 && x < picture.layout.width && y > 0 && y < picture.layout.height).toBe(true);
});
