// The one playhead of two walks, on the axis that both share.

import { type Level, type Stop, stopAtStep, stopsOf } from "../core/cursor.ts";
import { align, sideAt, type Twin } from "../core/twin.ts";
import type { Walk } from "../core/walk.ts";
import { Playback } from "./playback.svelte.ts";

export interface Side {
  readonly walk: Walk;
  readonly stops: readonly Stop[];
}

const NOTHING: Twin = { columns: [], divergence: -1, spans: [] };

export class TwinPlayer extends Playback {
  level = $state<Level>("hooks");
  #a: () => Walk | undefined;
  #b: () => Walk | undefined;

  constructor(a: () => Walk | undefined, b: () => Walk | undefined) {
    super();
    this.#a = a;
    this.#b = b;
  }

  a: Side | undefined = $derived.by(() => this.#side(this.#a()));
  b: Side | undefined = $derived.by(() => this.#side(this.#b()));
  twin: Twin = $derived(this.a && this.b ? align(this.a, this.b) : NOTHING);

  override get count(): number {
    return this.twin.columns.length;
  }

  /** Where one side's own dot is. */
  sideAt(side: "a" | "b", position: number): number {
    return this.count ? sideAt(this.twin, side, position) : 0;
  }

  /** The first side's step, which a link keeps. */
  get step(): number {
    return this.a?.stops[this.sideAt("a", this.at)]?.step ?? 0;
  }

  stay(step: number, level: Level = this.level): void {
    this.pause();
    this.level = level;
    const stop = this.a ? stopAtStep(this.a.stops, step) : 0;
    this.position = this.at = Math.max(0, this.twin.columns.findIndex((column) => column.a >= stop));
  }

  /** To the first column that differs; where none does, to the first. */
  part(): void {
    this.pause();
    this.position = this.at = Math.max(0, this.twin.divergence);
  }

  protected override interestingFrom(at: number, direction: 1 | -1): number {
    const columns = this.twin.columns;
    for (let to = at + direction; to >= 0 && to < columns.length; to += direction) if (columns[to]!.differs) return to;
    return direction === 1 ? columns.length - 1 : 0;
  }

  #side(walk: Walk | undefined): Side | undefined {
    return walk && { walk, stops: stopsOf(walk, this.level) };
  }
}
