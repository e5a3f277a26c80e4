// Labs that were put aside: a list, the newest first, and its form in a browser's store.

export interface Variant {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly script: string;
}

const isVariant = (value: unknown): value is Variant => {
  const one = value as Partial<Record<keyof Variant, unknown>> | null;
  return typeof one === "object" && one !== null && typeof one.id === "string" && typeof one.name === "string" && Number.isFinite(one.time) && typeof one.script === "string";
};

/** What a store holds. What is no variant is left out; one that is broken does not take the others with it. */
export function variantsOf(json: string | null): Variant[] {
  let value: unknown;
  try {
    value = JSON.parse(json ?? "[]");
  } catch {
    return [];
  }
  const seen = new Set<string>();
  return (Array.isArray(value) ? value : []).filter(isVariant).filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** One more. A script that is there already is not kept twice: it gets the newer name and time. */
export const withVariant = (list: readonly Variant[], one: Variant): Variant[] => [one, ...list.filter(({ id, script }) => id !== one.id && script !== one.script)];

export const withoutVariant = (list: readonly Variant[], id: string): Variant[] => list.filter((one) => one.id !== id);

export const withName = (list: readonly Variant[], id: string, name: string): Variant[] => list.map((one) => (one.id === id ? { ...one, name } : one));

/** What two tabs have kept, each by itself. */
export function merged(one: readonly Variant[], other: readonly Variant[]): Variant[] {
  const known = new Set(one.map(({ id }) => id));
  return [...one, ...other.filter(({ id }) => !known.has(id))].sort((a, b) => b.time - a.time);
}
