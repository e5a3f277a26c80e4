import { describe, expect, test } from "vitest";

import { addressOf, hashOf, LinkError, placeOf, scriptOf, searchOf } from "./link.ts";

describe("a link", () => {
  test("carries a script by value, to the character", async () => {
    const script = "# Käse ☂\nip netns add a\n\tnft -f - <<'X'\n";
    expect(await scriptOf(await hashOf(script))).toBe(script);
  });

  test("carries probe, step and level, and leaves out what is the default", () => {
    const place = { probe: 2, step: 17, level: "functions" } as const;
    expect(placeOf(searchOf(place))).toEqual(place);
    expect(searchOf({ probe: 0, step: 0, level: "hooks" })).toBe("");
  });

  test("takes nonsense in the query for the start", () => {
    expect(placeOf("?step=-3&probe=1e9&level=all")).toEqual({ probe: 0, step: 0, level: "hooks" });
  });

  test("of a built-in lab names it", async () => {
    expect(await addressOf({ kind: "builtin", slug: "redirect" }, { probe: 0, step: 4, level: "hooks" })).toBe("/lab/redirect?step=4");
  });

  test.each([["#v1."], ["#v1.!!"], ["#v1.AAAA"], ["#"], ["nothing"]])("that is broken says so: %s", async (hash) => {
    await expect(scriptOf(hash)).rejects.toThrow(LinkError);
  });

  test("from the future says so", async () => {
    await expect(scriptOf("#v9.AAAA")).rejects.toThrow("newer Hookwalk");
  });
});
