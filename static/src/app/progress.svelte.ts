// A learner's progress, kept in the browser. Where it is kept is a small interface: another keeper (a code word and a
// database) can take this one's place.

import { lessonIn, NOTHING, progressOf, taskIn, withoutLesson, withPlace, withTask } from "../core/progress.ts";
import type { LessonProgress, Progress, TaskProgress } from "../protocol.ts";

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
    if (this.#unkept) return this.#unkept;
    try {
      return progressOf(localStorage.getItem(KEY));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return NOTHING;
    }
  }

  write(progress: Progress): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(progress));
      this.#unkept = undefined;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#unkept = progress;
    }
  }

  changed(callback: (progress: Progress) => void): () => void {
    const listen = (event: StorageEvent): void => {
      if (event.key === KEY || event.key === null) callback(progressOf(event.newValue));
    };
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }
}

export class Learner {
  progress = $state.raw<Progress>(NOTHING);
  #keeper: Keeper;

  constructor(keeper: Keeper = new BrowserKeeper()) {
    this.#keeper = keeper;
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

  #write(progress: Progress): void {
    this.progress = progress;
    this.#keeper.write(progress);
  }
}
