import { describe, expect, it } from "vitest";

import { REDIRECT, redirectWalk } from "../fixtures/redirect.ts";
import { cutAt, hooksNamed, isGraded, isUnderWay, keysOf, lettersAt, linked, moved, numberOf, optionAt, plainText, sectionsOf, toggled } from "./lesson.ts";
import type { Lesson, ShownOption, ShownTask } from "../protocol.ts";

const option = (id: string, netns = "", dev = "", station = ""): ShownOption => ({ id, label: id, hook: station ? { netns, dev, station } : null });
const task = (more: Partial<ShownTask> = {}): ShownTask => ({
  type: "ShownTask", id: "t", kind: "predict", prompt: "", many: false, options: [option("a"), option("b"), option("c")], expect: [], hidden: 0, points: 1, par: 0, hints: 0, ...more,
});

describe("a lesson's sections", () => {
  it("end with a task each, and the last one with the end", () => {
    const prose = (html: string): Lesson["blocks"][number] => ({ type: "ShownProse", html });
    const sections = sectionsOf({ blocks: [prose("1"), task({ id: "x" }), task({ id: "y" }), prose("2"), prose("3")] });
    expect(sections.map((one) => [one.prose, one.task?.id, one.block])).toEqual([[["1"], "x", 1], [[], "y", 2], [["2", "3"], undefined, 4]]);
  });

  it("tell questions from graded tasks", () => {
    expect([isGraded({ kind: "order" }), isGraded({ kind: "build" }), isGraded({ kind: "script" })]).toEqual([false, true, true]);
  });
});

describe("options", () => {
  const [space] = REDIRECT.namespaces;
  const [device] = space!.devices;

  it("are lettered at their badges, and found by them", () => {
    const options = [option("end"), option("hook", space!.name, device!.name, "nft egress")];
    const letters = lettersAt(options, REDIRECT);
    const key = `${space!.name}/${device!.name}/nft egress`;
    expect([...letters]).toEqual([[key, "B"]]);
    expect(optionAt(options, REDIRECT, key)?.id).toBe("hook");
    expect(optionAt(options, REDIRECT, "no/such/hook")).toBeUndefined();
  });

  it("of a namespace stand on each of its devices", () => {
    expect(keysOf(option("input", space!.name, "", "input"), REDIRECT)).toHaveLength(space!.devices.length);
  });

  it("are chosen one by one, several, or in order", () => {
    expect(toggled(task(), ["a"], "b")).toEqual(["b"]);
    expect(toggled(task(), ["b"], "b")).toEqual(["b"]);
    expect(toggled(task({ many: true }), ["b"], "a")).toEqual(["a", "b"]);
    expect(toggled(task({ many: true }), ["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(task({ kind: "order", many: true }), ["b"], "a")).toEqual(["b", "a"]);
  });

  it("are moved within the list's ends", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 2, -5)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], 0, 9)).toEqual(["b", "c", "a"]);
    expect(moved(["a"], 3, 0)).toEqual(["a"]);
  });
});

describe("texts", () => {
  it("point at hooks and at the sources", () => {
    expect(linked('<p><code data-hook="tc egress on vethh">tc egress on vethh</code></p>')).toBe(
      '<p><button type="button" class="hook band-tc" data-hook="tc egress on vethh"><code>tc egress on vethh</code></button></p>',
    );
    expect(linked('<code data-function="nf_hook_egress">nf_hook_egress()</code>')).toContain('href="https://elixir.bootlin.com/linux/v6.12/C/ident/nf_hook_egress"');
    expect(linked("<strong>tc</strong> <strong>Which?</strong>")).toBe('<strong class="band-tc">tc</strong> <strong>Which?</strong>');
  });

  it("name hooks by device or by namespace", () => {
    expect(hooksNamed("nft egress on vethh", REDIRECT)).toEqual(["host/vethh/nft egress"]);
    expect(hooksNamed("nothing here", REDIRECT)).toEqual([]);
    expect(hooksNamed("input on host", REDIRECT).every((key) => key.startsWith("host/") && key.endsWith("/input"))).toBe(true);
  });

  it("are spoken without marks", () => {
    expect(plainText("<code>a &lt; b</code> &amp;amp;")).toBe("a < b &amp;");
  });
});

describe("a walk that is cut", () => {
  it("tells nothing of what comes later", () => {
    const walk = redirectWalk();
    const cut = cutAt(walk, 5);
    expect(cut.steps).toHaveLength(6);
    expect(cut.steps.every((step) => step.last <= 5)).toBe(true);
    for (const step of cut.steps) if (walk.steps[step.number]!.last > 5) expect([step.notes, step.verdict]).toEqual([[], ""]);
  });
});

it("of what was still under way nothing is said", () => {
  const walk = redirectWalk();
  const cut = walk.steps.findIndex((step) => step.kind === "run" && step.last > step.number + 1);
  expect(isUnderWay(cutAt(walk, cut), cut)).toBe(true);
  expect(isUnderWay(walk, walk.steps.findIndex((step) => step.notes.length > 0))).toBe(false);
});

it("another text has another number", () => {
  expect(numberOf("a")).toBe(numberOf("a"));
  expect(numberOf("a")).not.toBe(numberOf("b"));
});
