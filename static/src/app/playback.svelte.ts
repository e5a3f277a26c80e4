// A playhead on a row of stops: by steps, by dragging, by playing. Its position is a number; while something plays or
// moves it has a fraction.

export const SPEEDS = [0.5, 1, 2, 4] as const;

const STEP = 320; // ms
const CALM = 2.5; // with reduced motion nothing moves, and each stop is held for longer

const calm = matchMedia("(prefers-reduced-motion: reduce)"); // asked for with every frame
const reducedMotion = (): boolean => calm.matches;

export abstract class Playback {
  /** Where the dot is; it follows `at` within a step's time. */
  position = $state(0);
  /** The stop that is shown. */
  at = $state(0);
  playing = $state(false);
  speed = $state<number>(1);
  #frame = 0;

  /** How many stops there are. */
  abstract get count(): number;
  /** The next stop in a direction at which something is decided. */
  protected abstract interestingFrom(at: number, direction: 1 | -1): number;
  /** Whether playing stops here. */
  protected halts(_at: number): boolean {
    return false;
  }
  /** How long the way from a stop to the next one takes, in ms; the picture knows. */
  pace: (at: number) => number | undefined = () => undefined;

  go(to: number): void {
    this.pause();
    this.position = this.at = this.#clamp(to);
  }

  /** Follows a drag; `done` lets go, at the nearest stop. */
  seek(position: number, done: boolean): void {
    if (done) {
      this.go(Math.round(position));
      return;
    }
    this.pause();
    this.position = Math.min(Math.max(0, position), Math.max(0, this.count - 1));
    this.at = this.#clamp(Math.floor(this.position + 1e-6));
  }

  forward(): void {
    this.move(this.at + 1);
  }

  back(): void {
    this.move(this.at - 1);
  }

  first(): void {
    this.go(0);
  }

  last(): void {
    this.go(this.count - 1);
  }

  interesting(direction: 1 | -1 = 1): void {
    this.move(this.interestingFrom(this.at, direction));
  }

  /** Goes on to the next break point, or to the last stop. */
  nextBreak(): void {
    for (let to = this.at + 1; to < this.count; to++) {
      if (!this.halts(to)) continue;
      this.move(to);
      return;
    }
    this.last();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.count < 2) return;
    if (this.at >= this.count - 1) this.position = this.at = 0;
    this.playing = true;
    let before = performance.now();
    const tick = (now: number) => {
      const pace = (this.pace(this.at) ?? STEP) * (reducedMotion() ? CALM : 1);
      const next = this.at + 1;
      this.position = Math.min(this.count - 1, this.position + ((now - before) * this.speed) / pace);
      before = now;
      for (let to = next; to <= this.position; to++) {
        if (!this.halts(to)) continue;
        this.go(to);
        return;
      }
      this.at = this.#clamp(Math.floor(this.position + 1e-6));
      if (this.position >= this.count - 1) this.pause();
      else this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  pause(): void {
    cancelAnimationFrame(this.#frame);
    if (this.playing) this.position = this.at;
    this.playing = false;
  }

  /** Goes to a stop; the dot glides there if it is the next one. */
  move(to: number): void {
    this.pause();
    const target = this.#clamp(to);
    this.at = target;
    const from = this.position;
    if (reducedMotion() || Math.abs(target - from) > 1) {
      this.position = target;
      return;
    }
    const pace = this.pace(Math.min(Math.floor(from), target)) ?? STEP;
    const began = performance.now();
    const tick = (now: number) => {
      const part = Math.min(1, ((now - began) * this.speed) / pace);
      this.position = part < 1 ? from + (target - from) * part : target;
      if (part < 1) this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  /** What is drawn: with reduced motion the dot is where it is, and nothing in between. */
  get drawn(): number {
    return reducedMotion() ? this.at : this.position;
  }

  #clamp(to: number): number {
    return Math.min(Math.max(0, Math.round(to)), Math.max(0, this.count - 1));
  }
}
