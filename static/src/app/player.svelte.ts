// Where one stands in the walk, and how one moves: by steps, by dragging, by playing. The position is a number on the
// list of stops; while something plays it has a fraction.

import { clampStop, type Level, nextInteresting, type Stop, stopAtStep, stopsOf } from "../core/cursor.ts";
import type { Walk } from "../core/walk.ts";

export const SPEEDS = [0.5, 1, 2, 4] as const;
const STEP = 320; // ms at 1x; visual.md 8

export class Player {
  level = $state<Level>("hooks");
  /** Where the dot is; it follows `at` within a step's time. */
  position = $state(0);
  /** The stop that is shown. */
  at = $state(0);
  playing = $state(false);
  speed = $state<number>(1);
  #walk: () => Walk | undefined;
  #frame = 0;

  constructor(walk: () => Walk | undefined) {
    this.#walk = walk;
  }

  stops: readonly Stop[] = $derived.by(() => {
    const walk = this.#walk();
    return walk ? stopsOf(walk, this.level) : [];
  });

  get step(): number {
    return this.stops[this.at]?.step ?? 0;
  }

  go(to: number): void {
    this.pause();
    this.position = this.at = clampStop(this.stops, to);
  }

  forward(): void {
    this.#move(this.at + 1);
  }

  back(): void {
    this.#move(this.at - 1);
  }

  first(): void {
    this.go(0);
  }

  last(): void {
    this.go(this.stops.length - 1);
  }

  interesting(direction: 1 | -1 = 1): void {
    const walk = this.#walk();
    if (walk) this.#move(nextInteresting(walk, this.stops, this.at, direction));
  }

  /** Keeps the place by its step when the list of stops becomes another. */
  stay(step: number, level: Level = this.level): void {
    this.pause();
    this.level = level;
    this.position = this.at = stopAtStep(this.stops, step);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (this.stops.length < 2) return;
    if (this.at >= this.stops.length - 1) this.position = this.at = 0;
    this.playing = true;
    this.#run();
  }

  pause(): void {
    cancelAnimationFrame(this.#frame);
    if (this.playing) this.position = this.at;
    this.playing = false;
  }

  #move(to: number): void {
    this.pause();
    const target = clampStop(this.stops, to);
    this.at = target;
    if (reducedMotion() || Math.abs(target - this.position) > 1) {
      this.position = target;
      return;
    }
    const from = this.position;
    const began = performance.now();
    const tick = (now: number) => {
      const part = Math.min(1, ((now - began) * this.speed) / STEP);
      this.position = from + (target - from) * part;
      if (part < 1) this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  #run(): void {
    let before = performance.now();
    const tick = (now: number) => {
      const pace = reducedMotion() ? STEP * 2.5 : STEP;
      const end = this.stops.length - 1;
      this.position = Math.min(end, this.position + ((now - before) * this.speed) / pace);
      this.at = Math.floor(this.position + 1e-6);
      before = now;
      if (this.position >= end) {
        this.pause();
        return;
      }
      this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }
}

const reducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
