// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { LabDocument } from "./document.svelte.ts";
import type { Store } from "./store.ts";

class Kept implements Store {
  readonly values = new Map<string, string>();
  constructor(readonly room = Infinity) {}
  getItem = (key: string): string | null => this.values.get(key) ?? null;
  removeItem = (key: string): void => void this.values.delete(key);
  setItem = (key: string, value: string): void => {
    if (value.length > this.room) throw new DOMException("no room", "QuotaExceededError");
    this.values.set(key, value);
  };
}

const type = (document: LabDocument, at: number, insert: string): void =>
  document.dispatch({ changes: { from: at, insert }, userEvent: "input.type" });

function listened(document: LabDocument): string[] {
  const scripts: string[] = [];
  document.listen((script) => Promise.resolve(scripts.push(script)));
  return scripts;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the document of a lab", () => {
  test("applies an operation as one step, and offsets count characters", () => {
    const document = new LabDocument("test", "# 😀 ab\n", new Kept());
    document.apply(
      [
        { start: 4, end: 5, insert: "x" },
        { start: 7, end: 7, insert: "ip netns add a\n" },
      ],
      "add namespace",
    );
    expect(document.script).toBe("# 😀 xb\nip netns add a\n");
    expect(document.undoLabel).toBe("add namespace");
    document.undo();
    expect(document.script).toBe("# 😀 ab\n");
    expect([document.undoable, document.redoable, document.redoLabel]).toEqual([false, true, "add namespace"]);
    document.redo();
    expect(document.redoable).toBe(false);
  });

  test("refuses changes of a text that it no longer has", () => {
    const document = new LabDocument("test", "a", new Kept());
    type(document, 1, "b");
    expect(document.apply([{ start: 0, end: 1, insert: "" }], "delete", "a")).toBe(false);
    expect(document.script).toBe("ab");
  });

  test("is run at once after an operation and after undo, and after a rest while it is typed", () => {
    const document = new LabDocument("test", "", new Kept());
    const scripts = listened(document);
    document.apply([{ start: 0, end: 0, insert: "a\n" }], "add");
    expect(scripts).toEqual(["a\n"]);
  });

  test("rests while it is typed", async () => {
    const document = new LabDocument("test", "", new Kept());
    const scripts = listened(document);
    type(document, 0, "a");
    await vi.advanceTimersByTimeAsync(100);
    type(document, 1, "b");
    await vi.advanceTimersByTimeAsync(149);
    expect(scripts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(scripts).toEqual(["ab"]);
    document.undo();
    expect(scripts).toEqual(["ab", ""]);
  });

  test("follows a command of the terminal as one step, and does not run it again", async () => {
    const document = new LabDocument("test", "a\n", new Kept());
    const scripts = listened(document);
    document.follow("a\n", "a\nping -c1 10.0.0.1\n", "ping");
    await vi.advanceTimersByTimeAsync(1000);
    expect(document.script).toBe("a\nping -c1 10.0.0.1\n");
    expect(document.undoLabel).toBe("ping");
    expect(scripts).toEqual([]);
  });

  test("keeps its draft when the terminal adds to the lab's last good script", () => {
    const document = new LabDocument("test", "a\n", new Kept());
    const scripts = listened(document);
    type(document, 2, "nonsense 'b");
    document.follow("a\n", "a\nc\n", "c");
    expect(document.script).toBe("a\nnonsense 'b\nc\n");
    expect(scripts).toEqual(["a\nnonsense 'b\nc\n"]);
  });

  test("is there again after a reload, with its history", async () => {
    const store = new Kept();
    const document = new LabDocument("test", "a\n", store);
    document.apply([{ start: 2, end: 2, insert: "b\n" }], "add b");
    type(document, 4, "c");
    await vi.advanceTimersByTimeAsync(1000);
    const again = new LabDocument("test", "another", store);
    expect(again.script).toBe("a\nb\nc");
    again.undo();
    expect(again.undoLabel).toBe("add b");
    again.undo();
    expect(again.script).toBe("a\n");
    expect(new LabDocument("other", "another", store).script).toBe("another");
  });

  test("keeps the text alone where its history has no room, and nothing where neither has", () => {
    const narrow = new Kept(300);
    const document = new LabDocument("test", "", narrow);
    for (let at = 0; at < 20; at++) document.apply([{ start: 0, end: 0, insert: "x" }], "add");
    document.keep();
    const again = new LabDocument("test", "", narrow);
    expect(again.script).toBe("x".repeat(20));
    expect(again.undoable).toBe(false);
    const none = new Kept(10);
    const lost = new LabDocument("test", "a", none);
    type(lost, 0, "b");
    lost.keep();
    expect(none.values.size).toBe(0);
  });

  test("takes a broken record for none", () => {
    const store = new Kept();
    store.setItem("hookwalk.document.test", "{broken");
    expect(new LabDocument("test", "a", store).script).toBe("a");
  });

  test("tells the editor that shows it of every change", () => {
    const document = new LabDocument("test", "a", new Kept());
    const seen: string[] = [];
    document.show([], (state) => ({ state, update: (transactions) => void seen.push(transactions.at(-1)!.state.doc.toString()) }));
    document.apply([{ start: 1, end: 1, insert: "b" }], "add");
    document.undo();
    document.hide();
    document.redo();
    expect(seen).toEqual(["ab", "a"]);
    expect(document.script).toBe("ab");
  });
});
