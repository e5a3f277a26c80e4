// The variants of a document that this browser keeps, shared by its tabs.

import { merged, type Variant, variantsOf, withoutVariant, withVariant } from "../core/variants.ts";
import type { Store } from "./document.svelte.ts";

export class Variants {
  list = $state.raw<readonly Variant[]>([]);
  /** The one that was deleted last, until the next is. */
  deleted = $state.raw<Variant | undefined>();
  /** The browser's store has no room: a reload would lose what was kept since. */
  full = $state(false);
  readonly key: string;
  #store: Store;

  constructor(document: string, store: Store = localStorage) {
    this.key = `hookwalk.variants.${document}`;
    this.#store = store;
    this.list = this.#stored();
  }

  keep(name: string, script: string): Variant {
    const made: Variant = { id: crypto.randomUUID(), name, time: Date.now(), script };
    this.#write(withVariant(this.#known(), made));
    return made;
  }

  delete(id: string): void {
    this.deleted = this.list.find((one) => one.id === id);
    this.#write(withoutVariant(this.#known(), id));
  }

  bringBack(): void {
    if (!this.deleted) return;
    this.#write(merged(this.#known(), [this.deleted]));
    this.deleted = undefined;
  }

  /** Another tab has written. */
  refresh(): void {
    if (!this.full) this.list = this.#stored();
  }

  #stored(): Variant[] {
    return variantsOf(this.#store.getItem(this.key));
  }

  /** Another tab may have kept some; what had no room is here alone. */
  #known(): readonly Variant[] {
    return this.full ? merged(this.list, this.#stored()) : this.#stored();
  }

  #write(list: readonly Variant[]): void {
    this.list = list;
    try {
      this.#store.setItem(this.key, JSON.stringify(list));
      this.full = false;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.full = true;
    }
  }
}
