import { expect, test } from "vitest";

import { openedFrom, openedText } from "./opening.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["table inet f {\n}\n", "ruleset"],
  ["# mine\n\n  table ip nat {\n", "ruleset"],
  ["#!/usr/sbin/nft -f\n\nflush ruleset\n", "ruleset"],
  ["flush ruleset\ntable ip t {}\n", "ruleset"],
  ["define lan = eth0\n", "ruleset"],
  ["add table ip t\n", "ruleset"],
  ["ip netns add a\nnft add table ip t\n", "lab"],
  ["#!/bin/bash\nip netns add table\n", "lab"],
  ["nft -f - <<'X'\ntable ip t {\n}\nX\n", "lab"],
])("%j is a %s", (text, kind) => {
  expect(openedText(text).kind).toBe(kind);
});

test("a file is called as it is, without its ending", () => {
  expect(openedFrom("gate<b>way.sh", bytes("true\n"))).toEqual({ kind: "lab", title: "gate<b>way", text: "true\n" });
});

test.each([
  ["a capture", Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a, 1, 2), "packet capture"],
  ["an old capture", Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 1, 2), "packet capture"],
  ["an image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), "not a text"],
  ["zeros", new Uint8Array(9), "not a text"],
  ["nothing", new Uint8Array(0), "nothing in it"],
  ["blanks", bytes(" \n\t\n"), "nothing in it"],
  ["a long text", bytes("x".repeat(100_001)), "too long"],
  ["a very long one", bytes("x".repeat(400_001)), "too long"],
])("%s is refused with a sentence", (_, content, why) => {
  const opened = openedFrom("file", content);
  expect(opened.kind === "refused" && opened.why).toContain(why);
});
