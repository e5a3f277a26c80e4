import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Answer, Request, WhyNot } from "../protocol.ts";
import type { Lab } from "./lab.svelte.ts";
import { Question } from "./questions.svelte.ts";

const ANSWER = { type: "WhyNot" } as WhyNot;

/** A lab whose answers come when the test gives them, and that is told of what is no longer wanted. */
class Waiting {
  readonly asked: number[] = [];
  readonly cancelled: number[] = [];
  readonly answer: ((answer: Answer) => void)[] = [];

  question(request: (lab: string) => Request): Promise<Answer> {
    this.asked.push((request("lab") as Request & { question: number }).question);
    return new Promise((done) => this.answer.push(done));
  }

  cancel(question: number): void {
    this.cancelled.push(question);
  }
}

describe("a question to the model", () => {
  let lab: Waiting;
  let question: Question<WhyNot>;
  const ask = (key: string): Promise<boolean> => question.ask(key, (name, number) => ({ type: "AskWhyNot", lab: name, question: number }) as unknown as Request);

  beforeEach(() => {
    vi.useFakeTimers();
    lab = new Waiting();
    question = new Question<WhyNot>(lab as unknown as Lab, "WhyNot");
  });
  afterEach(() => vi.useRealTimers());

  it("that is cancelled is called off at the server, and its late answer is not shown", async () => {
    const asked = ask("one");
    question.cancel();
    expect(lab.cancelled).toEqual(lab.asked);
    expect(question.busy).toBe(false);
    lab.answer[0]!(ANSWER);
    expect(await asked).toBe(false);
    expect(question.answer).toBeUndefined();
  });

  it("that a newer one replaces is called off; the newer one is answered", async () => {
    const older = ask("one");
    const newer = ask("two");
    expect(lab.cancelled).toEqual([lab.asked[0]]);
    lab.answer[0]!(ANSWER);
    lab.answer[1]!(ANSWER);
    expect(await Promise.all([older, newer])).toEqual([false, true]);
    expect(question.answered).toBe("two");
  });

  it("that was answered has nothing to be called off", async () => {
    const asked = ask("one");
    lab.answer[0]!(ANSWER);
    await asked;
    question.cancel();
    expect(lab.cancelled).toEqual([]);
  });

  it("shows how long it takes once that is long, and no longer when it is cancelled", () => {
    void ask("one");
    expect(question.waited).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(question.waited).toBeGreaterThan(0);
    question.cancel();
    vi.advanceTimersByTime(1000);
    expect(question.waited).toBe(0);
  });
});
