// The variants of a document that this browser keeps, shared by its tabs.

import { merged, type Variant, variantsOf, withName, withoutVariant, withVariant } from "../core/variants.ts";
import { keep, kept, type Store } from "./store.ts";

export class Variants {
  list = $state.raw<readonly Variant[]>([]);
  /** The one that was deleted last, until the next is. */
  deleted = $state.raw<Variant | undefined>();
  /** The browser's store has no room: a reload would lose what was kept since. */
  full = $state(false);
  readonly key: string;
  #store: Store | undefined;

  constructor(document: string, store?: Store) {
    this.key = `hookwalk.variants.${document}`;
    this.#store = store;
    this.list = this.#stored();
  }

  keep(name: string, script: string): Variant {
    const made: Variant = { id: crypto.randomUUID(), name, time: Date.now(), script };
    this.#write(withVariant(this.#known(), made));
    return made;
  }

  rename(id: string, name: string): void {
    this.#write(withName(this.#known(), id, name));
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
    return variantsOf(kept(this.key, this.#store));
  }

  /** Another tab may have kept some; what had no room is here alone. */
  #known(): readonly Variant[] {
    return this.full ? merged(this.list, this.#stored()) : this.#stored();
  }

  #write(list: readonly Variant[]): void {
    this.list = list;
    this.full = !keep(this.key, JSON.stringify(list), this.#store);
  }
}
