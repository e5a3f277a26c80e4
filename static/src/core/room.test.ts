import { describe, expect, it } from "vitest";

import type { RoomView, SeenQuestion } from "../protocol.ts";
import { deckOf, deckOfLesson, EMPTY, questionOf, textOfDeck } from "./deck.ts";
import { before, crowd, feedbackTo, inOwnWords, lastOf, LETTERS, readable } from "./room.ts";

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

describe("a lesson in a room", () => {
  const option = (id: string, text: string): SeenQuestion["options"][number] => ({ id, text, detail: "", hook: null });
  const wording = (language: string, prompt: string, feedback: string[]): SeenQuestion["words"][number] => ({ language, prompt, options: [`${prompt} 1`, `${prompt} 2`], feedback, explanation: `${prompt}!` });
  const question: SeenQuestion = {
    number: 1, kind: "choice", prompt: "Which", options: [option("A", "Which 1"), option("B", "Which 2")], several: false, lab: 1, probe: 0, step: 0,
    answered: 0, counts: [], revealed: true, right: ["B"], explanation: "Which!", lesson: "l", task: "t",
    words: [wording("en", "Which", ["not A", ""]), wording("de", "Welche", ["nicht A", ""])],
  };

  it("is read in one's own language, and in English where it has no other", () => {
    const german = inOwnWords(question, "de");
    expect([german.prompt, german.options[1]!.text, german.explanation]).toEqual(["Welche", "Welche 2", "Welche!"]);
    expect(inOwnWords(question, "fr")).toEqual(question);
    expect(inOwnWords({ ...question, explanation: "" }, "de").explanation).toBe("");
  });

  it("is before the room until it is revealed and the room goes on", () => {
    const view = (revealed: boolean, frozen: boolean): RoomView => ({ question: { ...question, revealed }, frozen }) as RoomView;
    expect(before(view(false, false))).toBeDefined();
    expect(before(view(true, true))).toBeDefined();
    expect(before(view(true, false))).toBeUndefined();
    expect(before(undefined)).toBeUndefined();
  });

  it("says something to what was chosen, and only where there is something to say", () => {
    expect(feedbackTo(question, ["A"], "de")).toEqual(["nicht A"]);
    expect(feedbackTo(question, ["B"], "de")).toEqual([]);
    expect(feedbackTo({ ...question, words: [] }, ["A"], "en")).toEqual([]);
  });

  it("is a deck without preparation, but for what a room cannot be asked", () => {
    const tasks = [
      { task: "next", prompt: "Next?", graded: false, askable: true },
      { task: "order", prompt: "Order!", graded: false, askable: false },
      { task: "dns", prompt: "Stop it", graded: true, askable: false },
    ];
    const deck = deckOfLesson({ lesson: "l", title: "L", tasks });
    expect(deck.items.map((item) => "task" in item && item.task)).toEqual(["next", "dns"]);
    expect(deckOf(textOfDeck(deck))).toEqual(deck);
    expect(deckOf(textOfDeck({ ...deck, items: [{ ...deck.items[0]!, lesson: 1 } as never] }))).toBeUndefined();
  });
});
