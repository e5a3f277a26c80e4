import { isolateHistory } from "@codemirror/commands";
import type { EditorState, TransactionSpec } from "@codemirror/state";
import { describe, expect, test } from "vitest";

import { begin, difference, labelsOf, record, redone, restored, step, textOf, undone } from "./editing.ts";

const then = (state: EditorState, ...specs: TransactionSpec[]): EditorState => specs.reduce((at, spec) => at.update(spec).state, state);
const type = (at: number, insert: string): TransactionSpec => ({ changes: { from: at, insert }, userEvent: "input.type" });
const add = (at: number, insert: string, label: string): TransactionSpec => step({ from: at, insert }, label);

describe("the history of a text", () => {
  test("is one step per operation, with its label", () => {
    const state = then(begin(""), add(0, "ip netns add a\n", "add namespace a"), add(15, "ip netns add b\n", "add namespace b"));
    expect(labelsOf(state).done).toEqual(["add namespace a", "add namespace b"]);
    const back = undone(state)!.state;
    expect(textOf(back)).toBe("ip netns add a\n");
    expect(labelsOf(back)).toEqual({ done: ["add namespace a"], undone: ["add namespace b"] });
    expect(labelsOf(redone(back)!.state)).toEqual(labelsOf(state));
  });

  test("takes what is typed in one go for one step, and not what an operation does in between", () => {
    const state = then(begin(""), type(0, "a"), type(1, "b"), add(2, "X", "operation"), type(3, "c"), type(4, "d"));
    expect(labelsOf(state).done).toEqual(["typing", "operation", "typing"]);
    expect(textOf(undone(state)!.state)).toBe("abX");
  });

  test("names what is typed by its kind", () => {
    const state = then(
      begin("text"),
      { changes: { from: 0, to: 1 }, userEvent: "delete.cut", annotations: isolateHistory.of("full") },
      { changes: { from: 0, insert: "x" }, userEvent: "input.paste", annotations: isolateHistory.of("full") },
    );
    expect(labelsOf(state).done).toEqual(["cut", "paste"]);
  });

  test("forgets what was undone once something else is done", () => {
    const state = then(undone(then(begin(""), add(0, "a", "one")))!.state, add(0, "b", "two"));
    expect(labelsOf(state)).toEqual({ done: ["two"], undone: [] });
    expect(redone(state)).toBeUndefined();
  });

  test("has no end: five thousand steps can be undone to the character", () => {
    let state = begin("#");
    for (let at = 0; at < 5000; at++) state = then(state, add(1, `${at}\n`, `step ${at}`));
    for (let next = undone(state); next; next = undone(state)) state = next.state;
    expect(textOf(state)).toBe("#");
    expect(labelsOf(state).undone).toHaveLength(5000);
  });

  test("survives being written down, in both directions", () => {
    const made = undone(then(begin("x\n"), add(2, "😀", "one"), type(2, "a"), add(0, "b", "two")))!.state;
    const state = restored(record(made))!;
    expect(textOf(state)).toBe("x\na😀");
    expect(labelsOf(state)).toEqual({ done: ["one", "typing"], undone: ["two"] });
    expect(textOf(undone(undone(state)!.state)!.state)).toBe("x\n");
    expect(textOf(redone(state)!.state)).toBe("bx\na😀");
  });

  test.each(["", "{", "null", "[]", '{"doc":3}', '"text"', '{"script":"x"}'])("that is no record is nothing: %s", (json) => {
    expect(restored(json)).toBeUndefined();
  });

  test("that is broken leaves the text", () => {
    const good = JSON.parse(record(then(begin("text"), add(0, "a", "one")))) as Record<string, unknown>;
    const broken: unknown[] = [
      { ...good, history: { done: [{ changes: [99, [0, "q"]], selectionsAfter: [] }], undone: [] } },
      { ...good, history: 7 },
      { ...good, labels: { done: [], undone: [] } },
      { ...good, labels: "one" },
      { doc: "atext" },
      { ...good, selection: { main: 0, ranges: [{ anchor: 99, head: 99 }] } },
    ];
    for (const body of broken) {
      const state = restored(JSON.stringify(body))!;
      expect(textOf(state)).toBe("atext");
      expect(undone(state)).toBeUndefined();
    }
  });
});

test.each([
  ["abc", "abXc"],
  ["aa", "aaa"],
  ["", "x"],
  ["x", ""],
  ["same", "same"],
  ["one\ntwo\n", "one\nthree\ntwo\n"],
  ["abab", "ab"],
])("the difference of %j and %j makes one of the other", (before, after) => {
  const { from, to, insert } = difference(before, after);
  expect(before.slice(0, from) + insert + before.slice(to)).toBe(after);
  expect(from).toBeLessThanOrEqual(to);
});
