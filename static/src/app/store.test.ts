import { afterEach, describe, expect, it, vi } from "vitest";

import { forget, keep, kept } from "./store.ts";

const full = (name: string): never => {
  throw new DOMException("refused", name);
};

describe("the browser's store", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("keeps, finds again and forgets", () => {
    const held = new Map<string, string>();
    const store = { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, value: string) => void held.set(key, value), removeItem: (key: string) => void held.delete(key) };
    expect(keep("a", "1", store)).toBe(true);
    expect(kept("a", store)).toBe("1");
    forget("a", store);
    expect(kept("a", store)).toBeNull();
  });

  it("says that there is no room, and does not fail", () => {
    expect(keep("a", "1", { getItem: () => null, setItem: () => full("QuotaExceededError"), removeItem: () => undefined })).toBe(false);
  });

  it("has nothing where the site may keep nothing, even where asking for the store is refused", () => {
    vi.stubGlobal("localStorage", undefined);
    Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => full("SecurityError") });
    expect(kept("a")).toBeNull();
    expect(keep("a", "1")).toBe(false);
    forget("a");
  });

  it("hides no other error", () => {
    const broken = { getItem: () => null, setItem: () => { throw new RangeError("a defect"); }, removeItem: () => undefined };
    expect(() => keep("a", "1", broken)).toThrow(RangeError);
  });
});
