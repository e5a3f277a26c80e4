import { describe, expect, it } from "vitest";

import { REDIRECT } from "../fixtures/redirect.ts";
import { find } from "./find.ts";

const found = (text: string): string[] => find(REDIRECT, text).map(({ netns, dev }) => `${netns}/${dev}`);

describe("finding", () => {
  it("finds devices and namespaces by a part of their names, what begins with it first", () => {
    expect(found("veth")).toEqual(["host/vethh", "container/vethc"]);
    expect(found("CONT")[0]).toBe("container/");
  });

  it("finds devices by address, and says so", () => {
    const [first] = find(REDIRECT, "10.0.0.2");
    expect(first).toMatchObject({ netns: "outside", dev: "wire" });
    expect(first!.why).toContain("10.0.0.2");
  });

  it("finds nothing for nothing", () => {
    expect(found("  ")).toEqual([]);
    expect(found("no such thing")).toEqual([]);
  });
});
