import { describe, expect, it } from "vitest";

import type { Presence } from "../protocol.ts";
import { hear, type Heard, SILENT, whereabouts } from "./presence.ts";

const said = (worker: string, ...members: number[]): Presence => ({
  type: "Presence",
  worker,
  members: members.map((member) => ({ member, following: true, step: 0 })),
});
const here = (heard: Heard): number[] => [...whereabouts(heard).keys()].sort();

describe("who is here", () => {
  it("is everybody whom some process names, each once", () => {
    let heard = hear(new Map(), said("one", 1, 2), 0);
    heard = hear(heard, said("two", 2, 3), 10);
    expect(here(heard)).toEqual([1, 2, 3]);
    heard = hear(heard, said("one"), 20);
    expect(here(heard)).toEqual([2, 3]);
  });

  it("is nobody of a process that was killed, once it has been silent for long", () => {
    let heard = hear(hear(new Map(), said("one", 1), 0), said("killed", 2), 0);
    heard = hear(heard, said("one", 1), SILENT - 1);
    expect(here(heard)).toEqual([1, 2]);
    heard = hear(heard, said("one", 1), SILENT);
    expect(here(heard)).toEqual([1]);
  });

  it("is where the process said that spoke last", () => {
    const heard = hear(hear(new Map(), said("two", 1), 0), { type: "Presence", worker: "one", members: [{ member: 1, following: false, step: 4 }] }, 5);
    expect(whereabouts(hear(heard, said("two", 1), 6)).get(1)?.following).toBe(true);
    expect(whereabouts(heard).get(1)?.step).toBe(4);
  });
});
