// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";

import { NOTHING, taskIn, withTask } from "../core/progress.ts";
import type { Failed, KeptProgress, Progress, ProgressRequest, TaskProgress } from "../protocol.ts";
import { BrowserKeeper, Learner, ServerKeeper } from "./progress.svelte.ts";

const task = (id: string, state: TaskProgress["state"]): TaskProgress => ({ task: id, state, tries: 1, hints: 0, points: 0, commands: 0, chosen: [], script: "" });
const FAILED: Failed = { type: "Failed", code: "busy", message: "Later.", line: 0, column: 0, explanation: "" };

/** A server with one code word. */
function server(kept?: Progress) {
  const here = { kept, fails: false, saves: 0 };
  const ask = async (request: ProgressRequest): Promise<KeptProgress | Failed> => {
    if (here.fails) return FAILED;
    if (request.type !== "KeepProgress" && !here.kept) return { ...FAILED, code: "unknown_name" };
    if (request.type === "ForgetProgress") {
      here.kept = undefined;
      return { type: "KeptProgress", word: "", progress: NOTHING };
    }
    if (request.type !== "LoadProgress") {
      here.kept = request.progress;
      here.saves++;
    }
    return { type: "KeptProgress", word: "one two three", progress: here.kept! };
  };
  return { here, learner: () => new Learner(new ServerKeeper(new BrowserKeeper(), ask)) };
}

describe("progress under a code word", () => {
  beforeEach(() => {
    localStorage.clear();
    vi.useFakeTimers();
  });

  it("is not sent anywhere before it is asked for", async () => {
    const { here, learner } = server();
    learner().record("01-a", task("x", "right"));
    await vi.runAllTimersAsync();
    expect(here).toMatchObject({ kept: undefined, saves: 0 });
  });

  it("is saved soon after an answer, and several at once", async () => {
    const { here, learner } = server();
    const one = learner();
    expect(await one.keeping.begin()).toBe("one two three");
    one.record("01-a", task("x", "right"));
    one.record("01-a", task("y", "solved"));
    expect(here.saves).toBe(1);
    await vi.runAllTimersAsync();
    expect(here.saves).toBe(2);
    expect(taskIn(here.kept!, "01-a", "y")?.state).toBe("solved");
  });

  it("is put together with what is here, in both places", async () => {
    const { here, learner } = server(withTask(NOTHING, "01-a", task("x", "right")));
    const one = learner();
    one.record("01-a", task("x", "open"));
    one.record("02-b", task("z", "solved"));
    expect(await one.keeping.enter("One-Two-Three")).toBe(true);
    for (const progress of [one.progress, here.kept!, new BrowserKeeper().read()]) {
      expect([taskIn(progress, "01-a", "x")?.state, taskIn(progress, "02-b", "z")?.state]).toEqual(["right", "solved"]);
    }
  });

  it("that cannot be saved is told of, stays here, and is saved by the next page", async () => {
    const { here, learner } = server();
    const one = learner();
    await one.keeping.begin();
    here.fails = true;
    one.record("01-a", task("x", "right"));
    await vi.runAllTimersAsync();
    expect(one.keeping.trouble).toBe("Later.");
    expect(taskIn(one.progress, "01-a", "x")?.state).toBe("right");
    here.fails = false;
    learner();
    await vi.runAllTimersAsync();
    expect(taskIn(here.kept!, "01-a", "x")?.state).toBe("right");
  });

  it("is forgotten in both places, or in neither", async () => {
    const { here, learner } = server();
    const one = learner();
    one.record("01-a", task("x", "right"));
    await one.keeping.begin();
    here.fails = true;
    expect(await one.forgetAll()).toBe(false);
    expect(one.progress.lessons).toHaveLength(1);
    here.fails = false;
    expect(await one.forgetAll()).toBe(true);
    await vi.runAllTimersAsync();
    expect([one.progress.lessons, here.kept, one.keeping.word]).toEqual([[], undefined, ""]);
  });

  it("that was forgotten elsewhere stays here, and is not brought back there", async () => {
    const { here, learner } = server();
    const one = learner();
    one.record("01-a", task("x", "right"));
    await one.keeping.begin();
    here.kept = undefined;
    one.record("01-a", task("y", "right"));
    await vi.runAllTimersAsync();
    expect(here.kept).toBeUndefined();
    expect([one.keeping.word, one.keeping.forgotten, one.progress.lessons[0]?.tasks.length]).toEqual(["", true, 2]);
  });
});
