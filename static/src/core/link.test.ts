import { describe, expect, test } from "vitest";

import fuzzed from "../fixtures/links-fuzzed.json" with { type: "json" };
import links from "../fixtures/links.json" with { type: "json" };
import { addressOf, cleanTitle, hashOf, LinkError, LONGEST, placeOf, scriptOf, searchOf, type Shared, sharedOf } from "./link.ts";

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (faces: number) => number {
  let state = seed;
  return (faces) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % faces;
  };
}

const PIECES = ["ip netns add a\n", "\t", "☂", "𝔘", '"', "'", "\\", "<b>", "#", "é", "\u0000", "\r\n", "nft -f - <<'X'\n", " ", ""];

function anyText(roll: (faces: number) => number, most: number): string {
  return Array.from({ length: roll(most) }, () => PIECES[roll(PIECES.length)]).join("");
}

function anyShared(roll: (faces: number) => number): Shared {
  const one = { title: cleanTitle(anyText(roll, 6)), script: anyText(roll, 60) };
  return roll(2) ? one : { ...one, other: { title: cleanTitle(anyText(roll, 6)), script: anyText(roll, 60) } };
}

async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url");
}

describe("a link", () => {
  test("carries a script by value, to the character", async () => {
    const script = "# Käse ☂\nip netns add a\n\tnft -f - <<'X'\n";
    expect(await scriptOf(await hashOf(script))).toBe(script);
  });

  test("carries whatever it is given: titles and one script or two", async () => {
    const roll = dice(4);
    for (let time = 0; time < 150; time++) {
      const shared = anyShared(roll);
      expect(await sharedOf(await hashOf(shared))).toEqual(shared);
    }
  });

  test("of one script without a title is of the first version, which every Hookwalk reads", async () => {
    expect(await hashOf("ip netns add a\n")).toMatch(/^#v1\./);
    expect(await hashOf({ title: "x", script: "" })).toMatch(/^#v2\./);
  });

  test("carries probe, step and level, and leaves out what is the default", () => {
    const place = { probe: 2, step: 17, level: "functions" } as const;
    expect(placeOf(searchOf(place))).toEqual(place);
    expect(searchOf({ probe: 0, step: 0, level: "hooks" })).toBe("");
  });

  test("takes nonsense in the query for the start", () => {
    expect(placeOf("?step=-3&probe=1e9&level=all")).toEqual({ probe: 0, step: 0, level: "hooks" });
  });

  test("of a built-in lab names it; of two labs that are not, carries both", async () => {
    const place = { probe: 0, step: 4, level: "hooks" } as const;
    expect(await addressOf({ kind: "builtin", slug: "redirect" }, place)).toBe("/lab/redirect?step=4");
    expect(await addressOf({ kind: "builtin", slug: "redirect" }, place, "/embed")).toBe("/embed/redirect?step=4");
    const shared = { title: "a", script: "true\n", other: { title: "b", script: "false\n" } };
    const address = await addressOf({ kind: "twin-script", shared }, place);
    expect(address).toMatch(/^\/twin\?step=4#v2\./);
    expect(await sharedOf(address.slice(address.indexOf("#")))).toEqual(shared);
  });
});

describe("links of earlier days", () => {
  test.each(links)("keep loading: $title", async ({ hash, ...shared }) => {
    expect(await sharedOf(hash)).toEqual(shared);
  });
});

describe("a link that is bad", () => {
  test.each([["#v1."], ["#v1.!!"], ["#v1.AAAA"], ["#"], ["nothing"], ["#v2.AAAA"], ["#v1.AAAA AAAA"]])("because it is broken says so: %s", async (hash) => {
    await expect(sharedOf(hash)).rejects.toThrow("cut off or was changed");
  });

  test("because it is cut off says so, wherever it is cut", async () => {
    const hash = await hashOf({ title: "t", script: PIECES.join("").repeat(9) });
    for (let at = 0; at < hash.length - 1; at++) await expect(sharedOf(hash.slice(0, at))).rejects.toThrow(LinkError);
  });

  test("from the future says so", async () => {
    await expect(sharedOf("#v9.AAAA")).rejects.toThrow("newer Hookwalk (v9)");
  });

  test.each([["null"], ["1"], ["[]"], ["{}"], ['{"s":1}'], ['{"s":"","t":{}}'], ['{"s":"","o":[]}'], ["{"], ['"text"']])("because it holds something else says so: %s", async (text) => {
    await expect(sharedOf(`#v2.${await packed(text)}`)).rejects.toThrow("cut off or was changed");
  });

  test("because its lab is too long says so", async () => {
    await expect(sharedOf(await hashOf("x".repeat(LONGEST + 1)))).rejects.toThrow("too long");
    await expect(sharedOf(await hashOf({ title: "", script: "", other: { title: "", script: "x".repeat(LONGEST + 1) } }))).rejects.toThrow("too long");
    await expect(sharedOf(`#v1.${"A".repeat(1_000_001)}`)).rejects.toThrow("too long");
  });

  test("because it would unpack to very much is given up on the way", async () => {
    const bomb = await hashOf("0".repeat(20_000_000)); // 20 kB in the link
    expect(bomb.length).toBeLessThan(60_000);
    const before = performance.now();
    await expect(sharedOf(bomb)).rejects.toThrow("too long");
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test("has a title of one line, whatever was put there", async () => {
    const hash = `#v2.${await packed(JSON.stringify({ t: " a\n<b>\u202Egpj.\u0000exe" + "x".repeat(400), s: "" }))}`;
    const { title } = await sharedOf(hash);
    expect(title).toMatch(/^a <b> gpj\. exex+$/);
    expect(title).toHaveLength(200);
  });

  test("does nothing but fail with a sentence, or load: a corpus of damaged links", async () => {
    for (const hash of fuzzed) {
      const result = await sharedOf(hash).catch((error: unknown) => error);
      if (result instanceof Error) expect(result, hash).toBeInstanceOf(LinkError);
      else expect(typeof (result as Shared).script, hash).toBe("string");
    }
  });
});
