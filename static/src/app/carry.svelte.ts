// Something on its way to a place of the picture: by a drag, by two clicks, or by the keyboard. It asks what a drop would
// mean, and what command it stands for; the latest answer wins.

import { type Carried, type Choice, type Drop, dropOn, type Spot } from "../core/drops.ts";
import type { Point } from "../core/curve.ts";
import type { Topology } from "../core/topology.ts";
import type { Item, Operation } from "../protocol.ts";

/** `drag`: a button is held. `click`: the next press drops it. `keys`: Enter in the tree does. */
export type Manner = "drag" | "click" | "keys";

export interface Preview {
  readonly commands: readonly string[];
  readonly made: readonly Item[];
  /** Why the workshop would not do it, or empty. */
  readonly refused: string;
}

export interface Hands {
  topology(): Topology;
  preview(operation: Operation): Promise<Preview>;
  perform(operation: Operation): Promise<unknown>;
}

export class Carry {
  carried = $state.raw<Carried | undefined>();
  manner = $state<Manner>("click");
  spot = $state.raw<Spot | undefined>();
  /** In the picture, and in the window. */
  point = $state.raw<Point | undefined>();
  pointer = $state.raw<Point | undefined>();
  preview = $state.raw<Preview | undefined>();
  /** A drop that can mean several things, and where it was. */
  choices = $state.raw<{ readonly list: readonly Choice[]; readonly at: Point | undefined } | undefined>();
  drop: Drop | undefined = $derived.by(() =>
    this.carried && this.spot ? dropOn(this.#hands.topology(), this.carried, this.spot) : undefined,
  );
  #hands: Hands;
  #asked = 0;
  #shown = "";

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  take(carried: Carried, manner: Manner): void {
    this.carried = carried;
    this.manner = manner;
    this.spot = undefined;
    this.point = undefined;
    this.choices = undefined;
    this.#forget();
  }

  cancel(): void {
    this.carried = undefined;
    this.spot = undefined;
    this.choices = undefined;
    this.#forget();
  }

  over(spot: Spot | undefined, point?: Point): void {
    this.point = point;
    if (JSON.stringify(spot) === JSON.stringify(this.spot)) return;
    this.spot = spot;
    void this.#ask();
  }

  /** Lets go where it is. What was dropped there, or why nothing was. */
  async put(): Promise<Drop | undefined> {
    const { drop } = this;
    if (!drop || drop.does === "nothing") return drop;
    if (drop.does === "continue") {
      this.take(drop.carried, this.manner === "drag" ? "click" : this.manner);
      return drop;
    }
    const at = this.pointer;
    const { manner } = this;
    this.cancel();
    if (drop.does === "choose") this.choices = { list: drop.choices, at: manner === "keys" ? undefined : at };
    else await this.#hands.perform(drop.operation);
    return drop;
  }

  async pick(choice: Choice): Promise<void> {
    this.cancel();
    await this.#hands.perform(choice.operation);
  }

  /** What a choice stands for, while it is looked at. */
  consider(choice: Choice): void {
    void this.#show(choice.operation);
  }

  #forget(): void {
    this.#asked += 1;
    this.#shown = "";
    this.preview = undefined;
  }

  async #ask(): Promise<void> {
    const { drop } = this;
    if (drop?.does === "edit") await this.#show(drop.operation);
    else this.#forget();
  }

  async #show(operation: Operation): Promise<void> {
    const key = JSON.stringify(operation);
    if (key === this.#shown) return;
    this.#shown = key;
    const asked = ++this.#asked;
    const preview = await this.#hands.preview(operation);
    if (asked === this.#asked) this.preview = preview;
  }
}
