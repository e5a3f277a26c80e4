// Questions whose subject changes faster than they are answered: only the newest counts. While an answer is under way
// nothing else is asked; what was offered meanwhile waits, and only the last of it.

export class Newest<T> {
  #ask: (value: T) => Promise<unknown>;
  #waiting: { readonly value: T } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #underWay = false;

  constructor(ask: (value: T) => Promise<unknown>) {
    this.#ask = ask;
  }

  /** Asks about `value` after `rest` milliseconds in which nothing newer was offered; with 0 at once. */
  offer(value: T, rest: number): void {
    this.cancel();
    this.#waiting = { value };
    if (rest > 0) this.#timer = setTimeout(() => void this.#go(), rest);
    else void this.#go();
  }

  /** Forgets what waits. An answer that is under way still comes. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  async #go(): Promise<void> {
    this.#timer = undefined;
    if (this.#underWay) return;
    this.#underWay = true;
    try {
      while (this.#waiting && this.#timer === undefined) {
        const { value } = this.#waiting;
        this.#waiting = undefined;
        await this.#ask(value);
      }
    } finally {
      this.#underWay = false;
    }
  }
}
