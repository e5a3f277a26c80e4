import { describe, expect, test } from "vitest";

import { merged, type Variant, variantsOf, withName, withoutVariant, withVariant } from "./variants.ts";

const one = (id: string, time: number, script = `# ${id}\n`): Variant => ({ id, name: `variant ${id}`, time, script });

describe("the variants of a lab", () => {
  test("are read as they were written", () => {
    const list = [one("b", 2), one("a", 1)];
    expect(variantsOf(JSON.stringify(list))).toEqual(list);
  });

  test("what is broken is left out, and what is whole is not", () => {
    expect(variantsOf(null)).toEqual([]);
    expect(variantsOf("{")).toEqual([]);
    expect(variantsOf('"x"')).toEqual([]);
    expect(variantsOf(JSON.stringify([null, 3, { id: "x" }, one("a", 1), { ...one("b", 1), time: "now" }, one("a", 2)]))).toEqual([one("a", 1)]);
  });

  test("the newest stands first, and a script is kept once", () => {
    const list = withVariant(withVariant([], one("a", 1)), one("b", 2));
    expect(list.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(withVariant(list, one("c", 3, "# a\n")).map(({ id }) => id)).toEqual(["c", "b"]);
    expect(withoutVariant(list, "b")).toEqual([one("a", 1)]);
  });

  test("of two tabs are united", () => {
    expect(merged([one("c", 3), one("a", 1)], [one("b", 2), one("a", 1)]).map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });

  test("get another name in their place; the others stay as they are", () => {
    const list = [one("b", 2), one("a", 1)];
    expect(withName(list, "a", "after the mirror")).toEqual([list[0], { ...list[1], name: "after the mirror" }]);
  });
});
