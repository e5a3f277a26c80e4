import { describe, expect, it } from "vitest";

import { scriptKept } from "./scriptkept.ts";

const holding = (value: string | null) => ({ getItem: (key: string) => (key === "hookwalk.document.workshop" ? value : null), setItem: () => undefined, removeItem: () => undefined });

describe("the script that another page edits", () => {
  it("is the text of its document", () => expect(scriptKept("workshop", holding('{"doc": "ip netns add a\\n"}'))).toBe("ip netns add a\n"));

  it("is empty where there is none, or none that can be read", () => {
    expect(scriptKept("workshop", holding(null))).toBe("");
    expect(scriptKept("workshop", holding("{"))).toBe("");
    expect(scriptKept("other", holding('{"doc": "a"}'))).toBe("");
  });

  it("is empty where the site may keep nothing", () => {
    const refusing = { ...holding(null), getItem: (): never => { throw new DOMException("refused", "SecurityError"); } };
    expect(scriptKept("workshop", refusing)).toBe("");
  });
});
