// A learner's progress: kept in the browser and, for those who ask for it, on the server under a code word. Where it is
// kept is a small interface.

import { lessonIn, merged, NOTHING, progressOf, taskIn, withoutLesson, withPlace, withTask } from "../core/progress.ts";
import type { Failed, KeptProgress, LessonProgress, Progress, TaskProgress } from "../protocol.ts";
import { keptProgress } from "./kept.ts";
import { forget, keep, kept } from "./store.ts";

/** Where progress is kept. `changed` calls back when it was written elsewhere, and returns how to end that. */
export interface Keeper {
  read(): Progress;
  write(progress: Progress): void;
  changed(callback: (progress: Progress) => void): () => void;
}

const KEY = "hookwalk.progress";

/** This browser's store, shared by its tabs. Where it has no room or is not allowed, a page's progress lasts as long as the page. */
export class BrowserKeeper implements Keeper {
  #unkept: Progress | undefined;

  read(): Progress {
    return this.#unkept ?? progressOf(kept(KEY));
  }

  write(progress: Progress): void {
    this.#unkept = keep(KEY, JSON.stringify(progress)) ? undefined : progress;
  }

  changed(callback: (progress: Progress) => void): () => void {
    const listen = (event: StorageEvent): void => {
      if (event.key === KEY || event.key === null) callback(progressOf(event.newValue));
    };
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }
}

const WORD = "hookwalk.codeword";
const SOON = 1500; // ms after the last answer until it is saved

/**
 * The browser's store and, once there is a code word, the server's. The browser's is always first: a save that fails
 * loses nothing, and is made up for with the next answer or the next page. What others saved under the word meanwhile is
 * put together with what is here; only forgetting takes anything away.
 */
export class ServerKeeper implements Keeper {
  word = $state("");
  /** Why the last save failed, or empty. */
  trouble = $state("");
  busy = $state(false);
  /** What the word of this browser led to was forgotten elsewhere; what is here is not brought back there. */
  forgotten = $state(false);
  #browser: Keeper;
  #ask: typeof keptProgress;
  #callback: ((progress: Progress) => void) | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(browser: Keeper = new BrowserKeeper(), ask: typeof keptProgress = keptProgress) {
    this.#browser = browser;
    this.#ask = ask;
    this.word = kept(WORD) ?? "";
    if (this.word) void this.sync();
  }

  read(): Progress {
    return this.#browser.read();
  }

  write(progress: Progress): void {
    this.#browser.write(progress);
    if (!this.word) return;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.sync(), SOON);
  }

  changed(callback: (progress: Progress) => void): () => void {
    this.#callback = callback;
    const end = this.#browser.changed(callback);
    const leave = (): void => {
      if (document.visibilityState === "hidden" && this.#soon !== undefined) void this.sync();
    };
    // another tab of this browser was given a word, or left it
    const word = (event: StorageEvent): void => {
      if (event.key === WORD || event.key === null) this.word = event.newValue ?? "";
    };
    document.addEventListener("visibilitychange", leave);
    addEventListener("storage", word);
    return () => {
      end();
      document.removeEventListener("visibilitychange", leave);
      removeEventListener("storage", word);
      this.#callback = undefined;
    };
  }

  /** Keeps what is here under a new code word. The word, which is told once; undefined where that failed. */
  begin(): Promise<string | undefined> {
    return this.#alone(async () => {
      const progress = this.read();
      const answer = await this.#ask({ type: "KeepProgress", progress });
      if (this.#failed(answer)) return undefined;
      this.#know(answer.word);
      if (!same(this.read(), progress)) void this.sync(); // answered meanwhile
      return answer.word;
    });
  }

  /** Puts together what is here and what is kept under a word, in both places. True where the word is one. */
  enter(word: string): Promise<boolean> {
    return this.#alone(() => this.#together(word));
  }

  /** Saves what is here, and takes over what was saved elsewhere. */
  sync(): Promise<boolean> {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    return this.#alone(async () => this.word !== "" && (await this.#together(this.word)));
  }

  /** This browser no longer knows the word; what is here, and what the server has, stays. */
  leave(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#know("");
    this.trouble = "";
  }

  /** Takes away what the server has, and the word. False, and nothing is changed, where that failed. */
  forget(): Promise<boolean> {
    return this.#alone(async () => {
      if (!this.word) return true;
      const answer = await this.#ask({ type: "ForgetProgress", word: this.word });
      // where nothing is kept, nothing has to be taken away
      if (answer.type === "Failed" && answer.code !== "unknown_name") {
        this.#failed(answer);
        return false;
      }
      this.leave();
      return true;
    });
  }

  async #together(word: string): Promise<boolean> {
    const before = this.word;
    const there = await this.#ask({ type: "LoadProgress", word });
    if (this.word !== before) return false; // left meanwhile
    if (there.type === "Failed" && there.code === "unknown_name" && before === word) {
      this.leave(); // the server gave the word once: somebody who has it took away what it led to
      this.forgotten = true;
      return false;
    }
    if (this.#failed(there)) return false;
    const theirs = progressOf(JSON.stringify(there.progress));
    const here = this.read();
    const both = merged(here, theirs);
    this.#know(there.word);
    if (!same(both, here)) {
      this.#browser.write(both);
      this.#callback?.(both);
    }
    if (same(both, theirs)) return true;
    const saved = await this.#ask({ type: "SaveProgress", word: there.word, progress: both });
    this.#failed(saved);
    return true;
  }

  #failed(answer: KeptProgress | Failed): answer is Failed {
    this.trouble = answer.type === "Failed" ? answer.message : "";
    return answer.type === "Failed";
  }

  #know(word: string): void {
    this.word = word;
    if (word) {
      this.forgotten = false;
      keep(WORD, word);
    } else forget(WORD);
  }

  /** One after the other: a save never overtakes another. */
  #alone<Result>(act: () => Promise<Result>): Promise<Result> {
    const now = this.#last.then(async () => {
      this.busy = true;
      try {
        return await act();
      } finally {
        this.busy = false;
      }
    });
    this.#last = now.catch(() => undefined);
    return now;
  }
}

/** The same lessons and tasks, in whatever order. */
function same(one: Progress, other: Progress): boolean {
  const sorted = ({ lessons }: Progress): string =>
    JSON.stringify(
      lessons
        .map(({ lesson, at, tasks }) => [lesson, at, tasks.map((task) => JSON.stringify(Object.entries(task).sort())).sort()] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return sorted(one) === sorted(other);
}

export class Learner {
  progress = $state.raw<Progress>(NOTHING);
  readonly keeping: ServerKeeper;
  #keeper: Keeper;

  constructor(keeper = new ServerKeeper()) {
    this.#keeper = this.keeping = keeper;
    this.progress = keeper.read();
    keeper.changed((progress) => (this.progress = progress));
  }

  lesson(slug: string): LessonProgress {
    return lessonIn(this.progress, slug);
  }

  task(slug: string, task: string): TaskProgress | undefined {
    return taskIn(this.progress, slug, task);
  }

  record(slug: string, task: TaskProgress): void {
    this.#write(withTask(this.#keeper.read(), slug, task));
  }

  place(slug: string, at: number): void {
    if (this.lesson(slug).at !== at) this.#write(withPlace(this.#keeper.read(), slug, at));
  }

  forget(slug?: string): void {
    this.#write(slug === undefined ? { ...NOTHING, language: this.progress.language } : withoutLesson(this.#keeper.read(), slug));
  }

  /** Everything, in this browser and on the server; false, and nothing is forgotten, where the server cannot be asked. */
  async forgetAll(): Promise<boolean> {
    if (!(await this.keeping.forget())) return false;
    this.forget();
    return true;
  }

  #write(progress: Progress): void {
    this.progress = progress;
    this.#keeper.write(progress);
  }
}
