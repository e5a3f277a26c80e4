import { describe, expect, it } from "vitest";

import { isDone, lessonIn, merged, nextLesson, NOTHING, progressOf, standing, taskIn, withoutLesson, withPlace, withTask } from "./progress.ts";
import type { TaskProgress } from "../protocol.ts";

const task = (id: string, state: TaskProgress["state"], more: Partial<TaskProgress> = {}): TaskProgress => ({
  task: id, state, tries: 1, hints: 0, points: 0, commands: 0, chosen: [], script: "", ...more,
});
const COURSE = [{ slug: "01-a", tasks: ["x", "y"] }, { slug: "02-b", tasks: ["z"] }];

describe("progress", () => {
  it("comes back as it was kept", () => {
    const progress = withPlace(withTask(NOTHING, "01-a", task("x", "right", { chosen: ["one"], script: "ip link" })), "01-a", 3);
    expect(progressOf(JSON.stringify(progress))).toEqual(progress);
  });

  it.each([null, "", "{", "[]", "7", '{"version":2,"lessons":[]}', '{"version":1,"lessons":7}'])("that cannot be read is none: %s", (kept) => {
    expect(progressOf(kept)).toEqual(NOTHING);
  });

  it("that is damaged in one place stands in all others", () => {
    const kept = JSON.stringify({ version: 1, language: 5, lessons: [null, { lesson: "01-a", at: -1, tasks: [7, { task: "x" }, task("y", "solved", { points: NaN })] }] });
    expect(progressOf(kept)).toEqual({ version: 1, language: "", lessons: [{ lesson: "01-a", at: 0, tasks: [task("y", "solved")] }] });
  });

  it("of a task never goes back", () => {
    const once = withTask(NOTHING, "01-a", task("x", "right", { points: 3, commands: 2 }));
    const again = withTask(once, "01-a", task("x", "open", { points: 1, commands: 5, tries: 2 }));
    expect(taskIn(again, "01-a", "x")).toMatchObject({ state: "right", points: 3, commands: 2, tries: 2 });
  });

  it("of an answer that was seen is raised by solving it", () => {
    const seen = withTask(NOTHING, "01-a", task("x", "shown"));
    expect(taskIn(withTask(seen, "01-a", task("x", "solved")), "01-a", "x")?.state).toBe("solved");
  });

  it("counts the tasks that a lesson still has", () => {
    const progress = withTask(withTask(NOTHING, "01-a", task("x", "right")), "01-a", task("gone", "solved"));
    expect(standing(progress, COURSE[0]!)).toEqual({ state: "started", done: 1, all: 2, right: 1 });
  });

  it("a task that was tried is not done", () => {
    expect(isDone(task("x", "open"))).toBe(false);
    expect(standing(withTask(NOTHING, "01-a", task("x", "open")), COURSE[0]!)).toMatchObject({ state: "started", done: 0 });
  });

  it("goes on with what was begun, then with what is new, and ends", () => {
    expect(nextLesson(NOTHING, COURSE)?.slug).toBe("01-a");
    const second = withTask(NOTHING, "02-b", task("z", "open"));
    expect(nextLesson(second, COURSE)?.slug).toBe("02-b");
    const all = ["x", "y"].reduce((so, id) => withTask(so, "01-a", task(id, "solved")), withTask(second, "02-b", task("z", "shown")));
    expect(nextLesson(all, COURSE)).toBeUndefined();
  });

  describe("from two places", () => {
    const at = (state: TaskProgress["state"], more: Partial<TaskProgress> = {}) => withTask(NOTHING, "01-a", task("x", state, more));
    const STATES = ["open", "right", "solved", "shown"] as const;

    it("has all lessons and tasks of both", () => {
      const here = withPlace(withTask(at("right"), "02-b", task("z", "open")), "01-a", 2);
      const there = withPlace(withTask(withTask(NOTHING, "01-a", task("y", "solved")), "03-c", task("w", "shown")), "01-a", 5);
      const both = merged(here, there);
      expect(both.lessons.map(({ lesson }) => lesson).sort()).toEqual(["01-a", "02-b", "03-c"]);
      expect(lessonIn(both, "01-a").tasks.map(({ task }) => task).sort()).toEqual(["x", "y"]);
      expect(lessonIn(both, "01-a").at).toBe(5);
    });

    it.each(STATES.flatMap((one) => STATES.map((other) => [one, other] as const)))("a task solved anywhere stays solved: %s and %s", (one, other) => {
      const states = [merged(at(one), at(other)), merged(at(other), at(one))].map((both) => taskIn(both, "01-a", "x")!.state);
      const best = (["right", "solved", "shown", "open"] as const).find((state) => state === one || state === other);
      expect(states).toEqual([best, best]);
    });

    it("keeps the answer and script of the better result, and the best numbers of both", () => {
      const here = at("open", { script: "half", tries: 4, points: 1, commands: 0 });
      const there = at("solved", { script: "whole", tries: 2, points: 3, commands: 5, hints: 1 });
      expect(taskIn(merged(here, there), "01-a", "x")).toMatchObject({ state: "solved", script: "whole", tries: 4, points: 3, commands: 5, hints: 1 });
      expect(taskIn(merged(at("solved", { script: "mine" }), there), "01-a", "x")?.script).toBe("mine");
    });

    it("changes nothing where one of them is nothing, or both are the same", () => {
      const one = withTask(at("right"), "02-b", task("z", "open"));
      for (const both of [merged(one, NOTHING), merged(NOTHING, one), merged(one, one)]) expect(both).toEqual(one);
    });
  });

  it("of one lesson is forgotten alone", () => {
    const two = withTask(withTask(NOTHING, "01-a", task("x", "right")), "02-b", task("z", "right"));
    expect(withoutLesson(two, "01-a").lessons.map(({ lesson }) => lesson)).toEqual(["02-b"]);
    expect(lessonIn(two, "03-none")).toEqual({ lesson: "03-none", at: 0, tasks: [] });
  });
});
