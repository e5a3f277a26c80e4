// What is chosen in the picture. The tree, the canvas and the terminal share one selection.

import { includes, type Item, itemKey, present, toggled, united } from "../core/items.ts";
import type { Probe } from "../protocol.ts";
import type { Topology } from "../core/topology.ts";

export class Selection {
  items = $state.raw<readonly Item[]>([]);

  /** What is chosen if it is one thing. */
  get one(): Item | undefined {
    return this.items.length === 1 ? this.items[0] : undefined;
  }

  /** What was chosen last: where the tree's and the terminal's cursor are. */
  get last(): Item | undefined {
    return this.items.at(-1);
  }

  has(item: Item): boolean {
    return includes(this.items, item);
  }

  choose(...items: readonly Item[]): void {
    const now = this.items.map(itemKey).join();
    if (items.map(itemKey).join() !== now) this.items = items;
  }

  toggle(item: Item): void {
    this.items = toggled(this.items, item);
  }

  add(items: readonly Item[]): void {
    this.items = united(this.items, items);
  }

  clear(): void {
    if (this.items.length) this.items = [];
  }

  /** Forgets what is no longer there. */
  keep(topology: Topology, probes: readonly Probe[]): void {
    const left = present(this.items, topology, probes);
    if (left.length !== this.items.length) this.items = left;
  }
}
