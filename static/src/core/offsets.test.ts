import { describe, expect, test } from "vitest";

import { charactersAt, inUnits, unitsAt } from "./offsets.ts";

const text = "a😀é☂𝄞b";

describe("offsets", () => {
  test("of characters and of units name the same places, there and back", () => {
    [...text, ""].forEach((_, characters) => {
      const [units] = unitsAt(text, [characters]);
      expect(units).toBe([...text].slice(0, characters).join("").length);
      expect(charactersAt(text, units!)).toBe(characters);
    });
  });

  test("inside a character are before it", () => {
    expect(charactersAt(text, 2)).toBe(1);
  });

  test("past the end are the end", () => {
    expect(unitsAt(text, [99, 0])).toEqual([text.length, 0]);
    expect(charactersAt(text, 99)).toBe(6);
  });

  test("of spans keep what else a span says, whatever their order", () => {
    const spans = [
      { start: 5, end: 6, insert: "x" },
      { start: 1, end: 2, insert: "y" },
    ];
    expect(inUnits(text, spans)).toEqual([
      { start: 7, end: 8, insert: "x" },
      { start: 1, end: 3, insert: "y" },
    ]);
  });

  test("of half a character do not lose the count", () => {
    const broken = "\ud83d\ud83d\ude00x";
    expect(unitsAt(broken, [1, 2, 3])).toEqual([1, 3, 4]);
    expect(charactersAt(broken, 4)).toBe(3);
  });
});
