// The playhead of one walk, on the stops of a level of detail.

import { type Level, nextInteresting, type Stop, stopAtStep, stopsOf } from "../core/cursor.ts";
import { breakStops } from "../core/breaks.ts";
import type { HookKey } from "../core/topology.ts";
import type { Walk } from "../core/walk.ts";
import { Playback } from "./playback.svelte.ts";

export class Player extends Playback {
  level = $state<Level>("hooks");
  /** The hooks at which playing stops. */
  breaks = $state.raw<ReadonlySet<HookKey>>(new Set());
  #walk: () => Walk | undefined;

  constructor(walk: () => Walk | undefined) {
    super();
    this.#walk = walk;
  }

  stops: readonly Stop[] = $derived.by(() => {
    const walk = this.#walk();
    return walk ? stopsOf(walk, this.level) : [];
  });

  #halts: ReadonlySet<number> = $derived.by(() => {
    const walk = this.#walk();
    return walk && this.breaks.size ? breakStops(walk, this.stops, this.breaks) : new Set();
  });

  /** Plays on to a step, and stops there. */
  playTo(step: number): void {
    this.#until = stopAtStep(this.stops, step);
    if (this.#until > this.at) this.play();
  }
  #until = -1;

  protected override halts(at: number): boolean {
    if (at !== this.#until) return this.#halts.has(at);
    this.#until = -1;
    return true;
  }

  override get count(): number {
    return this.stops.length;
  }

  get step(): number {
    return this.stops[this.at]?.step ?? 0;
  }

  /** Keeps the place by its step when the list of stops becomes another. */
  stay(step: number, level: Level = this.level): void {
    this.pause();
    this.level = level;
    this.position = this.at = stopAtStep(this.stops, step);
  }

  protected override interestingFrom(at: number, direction: 1 | -1): number {
    const walk = this.#walk();
    return walk ? nextInteresting(walk, this.stops, at, direction) : at;
  }
}
