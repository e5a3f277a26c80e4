import { describe, expect, it } from "vitest";

import { deckOf, EMPTY, questionOf, textOfDeck } from "./deck.ts";
import { crowd, lastOf, LETTERS, readable } from "./room.ts";

describe("the cursor on its way", () => {
  it("sends the first at once, and of what follows within the pause only the last", () => {
    const sent: number[] = [];
    const pauses: (() => void)[] = [];
    const offer = lastOf<number>(50, (value) => sent.push(value), (act) => pauses.push(act));
    [1, 2, 3].forEach(offer);
    expect(sent).toEqual([1]);
    pauses.shift()!();
    expect(sent).toEqual([1, 3]);
    pauses.shift()!();
    offer(4);
    expect(sent).toEqual([1, 3, 4]);
  });
});

describe("a question as it is typed", () => {
  it("is a prompt, answers, and a star before what is right", () => {
    const made = questionOf("Why?\n because\n* so\n", LETTERS);
    expect(made).toMatchObject({ kind: "choice", prompt: "Why?", right: ["B"], several: false });
    expect(made?.options.map(({ id, text }) => `${id} ${text}`)).toEqual(["A because", "B so"]);
  });

  it("needs two answers, and as many letters", () => {
    expect(questionOf("Why?\none", LETTERS)).toBeUndefined();
    expect(questionOf(["Why?", ..."123456789"].join("\n"), LETTERS)).toBeUndefined();
  });
});

describe("a deck", () => {
  const lab = { title: "Two", script: "ip netns add a\n", other_title: "", other: "" };
  const deck = { ...EMPTY, items: [{ title: "One", lab, probe: 0, step: 3, level: "hooks" as const }] };

  it("is read as it was written", () => expect(deckOf(textOfDeck(deck))).toEqual(deck));

  it.each(["", "{}", '{"hookwalk":"deck","version":2,"items":[]}', '{"hookwalk":"deck","version":1,"items":[{}]}', textOfDeck(deck).slice(0, -9)])("is not read from %s", (text) =>
    expect(deckOf(text)).toBeUndefined(),
  );
});

it("counts who is at which step", () => expect(crowd([0, 2, 2, 9], 4)).toEqual([1, 0, 2, 0]));

it("reads a code out in threes", () => expect(readable("KVTRXA")).toBe("KVT RXA"));
