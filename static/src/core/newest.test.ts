import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Newest } from "./newest.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorded(): { asked: string[]; answer: () => Promise<void>; newest: Newest<string> } {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const newest = new Newest<string>((value) => {
    asked.push(value);
    return new Promise<void>((resolve) => answers.push(resolve));
  });
  const answer = async (): Promise<void> => {
    answers.shift()!();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { asked, answer, newest };
}

describe("the newest", () => {
  test("is asked about after a rest, and nothing before it", () => {
    const { asked, newest } = recorded();
    newest.offer("a", 150);
    vi.advanceTimersByTime(100);
    newest.offer("b", 150);
    vi.advanceTimersByTime(149);
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(asked).toEqual(["b"]);
  });

  test("waits for the answer under way, and what is in between is never asked", async () => {
    const { asked, answer, newest } = recorded();
    newest.offer("a", 0);
    newest.offer("b", 0);
    newest.offer("c", 0);
    expect(asked).toEqual(["a"]);
    await answer();
    expect(asked).toEqual(["a", "c"]);
    await answer();
    newest.offer("d", 0);
    expect(asked).toEqual(["a", "c", "d"]);
  });

  test("still rests when an answer comes meanwhile", async () => {
    const { asked, answer, newest } = recorded();
    newest.offer("a", 0);
    newest.offer("b", 150);
    await answer();
    expect(asked).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(150);
    expect(asked).toEqual(["a", "b"]);
  });

  test("is not asked about once cancelled", () => {
    const { asked, newest } = recorded();
    newest.offer("a", 150);
    newest.cancel();
    vi.advanceTimersByTime(1000);
    expect(asked).toEqual([]);
  });
});
