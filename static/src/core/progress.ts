// What is kept of a learner: which tasks were tried and solved, and where one was. Pure; the store is app/progress.svelte.ts.

import type { LessonEntry, LessonProgress, Progress, TaskProgress } from "../protocol.ts";

export const VERSION = 1;
export const NOTHING: Progress = { version: VERSION, language: "", lessons: [] };

const STATES: readonly TaskProgress["state"][] = ["open", "right", "solved", "shown"];
const MOST = 500; // lessons, and tasks of one
const LONGEST = 100_000; // characters of a script

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MOST) : []);
const text = (value: unknown, most = 200): string => (typeof value === "string" && value.length <= most ? value : "");
const count = (value: unknown): number => (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0);

function taskOf(value: unknown): TaskProgress | undefined {
  if (!isObject(value) || text(value["task"]) === "") return undefined;
  const state = STATES.find((known) => known === value["state"]);
  if (!state) return undefined;
  return {
    task: text(value["task"]),
    state,
    tries: count(value["tries"]),
    hints: count(value["hints"]),
    points: count(value["points"]),
    commands: count(value["commands"]),
    chosen: listIn(value["chosen"]).map((one) => text(one)).filter(Boolean),
    script: text(value["script"], LONGEST),
  };
}

function lessonOf(value: unknown): LessonProgress | undefined {
  if (!isObject(value) || text(value["lesson"]) === "") return undefined;
  const tasks = listIn(value["tasks"]).map(taskOf).filter((one) => one !== undefined);
  const byId = new Map(tasks.map((one) => [one.task, one]));
  return { lesson: text(value["lesson"]), at: count(value["at"]), tasks: [...byId.values()] };
}

/** Progress as it was kept. What is damaged is left out, and the rest stands; of another version nothing does. */
export function progressOf(kept: string | null): Progress {
  let value: unknown;
  try {
    value = JSON.parse(kept ?? "");
  } catch {
    return NOTHING;
  }
  if (!isObject(value) || value["version"] !== VERSION) return NOTHING;
  const lessons = listIn(value["lessons"]).map(lessonOf).filter((one) => one !== undefined);
  const bySlug = new Map(lessons.map((one) => [one.lesson, one]));
  return { version: VERSION, language: text(value["language"], 8), lessons: [...bySlug.values()] };
}

export const lessonIn = (progress: Progress, slug: string): LessonProgress =>
  progress.lessons.find((one) => one.lesson === slug) ?? { lesson: slug, at: 0, tasks: [] };

export const taskIn = (progress: Progress, slug: string, task: string): TaskProgress | undefined =>
  lessonIn(progress, slug).tasks.find((one) => one.task === task);

export const isDone = (task: TaskProgress | undefined): boolean => task !== undefined && task.state !== "open";

function withLesson(progress: Progress, lesson: LessonProgress): Progress {
  const others = progress.lessons.filter((one) => one.lesson !== lesson.lesson);
  return { ...progress, lessons: [...others, lesson] };
}

/** A task has come further; it never goes back: what was solved stays so, and the best result counts. */
export function withTask(progress: Progress, slug: string, now: TaskProgress): Progress {
  const lesson = lessonIn(progress, slug);
  const before = lesson.tasks.find((one) => one.task === now.task);
  const kept: TaskProgress = before
    ? {
        ...now,
        state: isDone(before) ? (before.state === "shown" && now.state === "solved" ? "solved" : before.state) : now.state,
        points: Math.max(before.points, now.points),
        commands: before.commands && now.commands ? Math.min(before.commands, now.commands) : before.commands || now.commands,
        tries: Math.max(before.tries, now.tries),
        hints: Math.max(before.hints, now.hints),
      }
    : now;
  return withLesson(progress, { ...lesson, tasks: [...lesson.tasks.filter((one) => one.task !== now.task), kept] });
}

const RANK: readonly TaskProgress["state"][] = ["open", "shown", "solved", "right"];

/** One task from two places: the better result of both; where neither is better, what is here. */
function mergedTask(here: TaskProgress, there: TaskProgress): TaskProgress {
  const better = RANK.indexOf(there.state) > RANK.indexOf(here.state) ? there : here;
  return {
    ...better,
    tries: Math.max(here.tries, there.tries),
    hints: Math.max(here.hints, there.hints),
    points: Math.max(here.points, there.points),
    commands: here.commands && there.commands ? Math.min(here.commands, there.commands) : here.commands || there.commands,
  };
}

/** All of `here`, and what `there` has beyond it. */
function union<T>(here: readonly T[], there: readonly T[], nameOf: (one: T) => string, merge: (here: T, there: T) => T): T[] {
  const names = new Set(here.map(nameOf));
  const others = new Map(there.map((one) => [nameOf(one), one]));
  const both = here.map((one) => {
    const other = others.get(nameOf(one));
    return other ? merge(one, other) : one;
  });
  return [...both, ...there.filter((one) => !names.has(nameOf(one)))];
}

/** Progress from two places as one: what was solved in either stays so. */
export const merged = (here: Progress, there: Progress): Progress => ({
  version: VERSION,
  language: here.language || there.language,
  lessons: union(here.lessons, there.lessons, ({ lesson }) => lesson, (one, other) => ({
    lesson: one.lesson,
    at: Math.max(one.at, other.at),
    tasks: union(one.tasks, other.tasks, ({ task }) => task, mergedTask),
  })),
});

export const withPlace = (progress: Progress, slug: string, at: number): Progress =>
  withLesson(progress, { ...lessonIn(progress, slug), at });

export const withoutLesson = (progress: Progress, slug: string): Progress => ({
  ...progress,
  lessons: progress.lessons.filter((one) => one.lesson !== slug),
});

export type LessonState = "new" | "started" | "done";

/** How far somebody is with a lesson as it now is: tasks that it no longer has do not count. */
export function standing(progress: Progress, entry: Pick<LessonEntry, "slug" | "tasks">): { state: LessonState; done: number; all: number; right: number } {
  const { tasks } = lessonIn(progress, entry.slug);
  const known = tasks.filter((one) => entry.tasks.includes(one.task));
  const done = known.filter(isDone).length;
  const right = known.filter(({ state }) => state === "right").length;
  const all = entry.tasks.length;
  return { state: done >= all ? "done" : known.length ? "started" : "new", done, all, right };
}

/** The lesson to go on with: the first that is begun and not done, else the first that is not done. */
export function nextLesson<E extends Pick<LessonEntry, "slug" | "tasks">>(progress: Progress, entries: readonly E[]): E | undefined {
  const open = entries.map((entry) => ({ entry, ...standing(progress, entry) })).filter(({ state }) => state !== "done");
  return (open.find(({ state }) => state === "started") ?? open[0])?.entry;
}
