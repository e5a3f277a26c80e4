import { expect, test } from "vitest";

import { linesOnlyIn } from "./differences.ts";

test("two scripts are told apart by their commands, not by comments, blank lines or indentation", () => {
  const one = "# first\nip netns add a\n\n  nft add rule t c counter\n";
  const two = "# second\nip netns add a\nnft add rule t c drop\n";
  expect(linesOnlyIn(one, two)).toEqual(["nft add rule t c counter"]);
  expect(linesOnlyIn(one, one)).toEqual([]);
});
