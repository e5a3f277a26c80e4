// What the browser keeps for this site. Where it has no room, or is not allowed to keep anything, that is an answer and
// no error: the page has what it needs as long as it is open.

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

function attempt<Result>(act: () => Result, otherwise: Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return otherwise;
  }
}

/** What is kept under a key, or null. */
export const kept = (key: string, store?: Store): string | null => attempt(() => (store ?? localStorage).getItem(key), null);

/** Keeps a value; false where it is not kept. */
export const keep = (key: string, value: string, store?: Store): boolean =>
  attempt(() => {
    (store ?? localStorage).setItem(key, value);
    return true;
  }, false);

export const forget = (key: string, store?: Store): void => attempt(() => (store ?? localStorage).removeItem(key), undefined);
