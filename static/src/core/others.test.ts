import { expect, test } from "vitest";

import { othersOf } from "./others.ts";

const BUILT = "ip netns add a\nip netns exec a ping -c 1 10.0.0.2\n";
const lab = { script: `${BUILT.replace("ip netns exec", "tc -n a qdisc add dev v clsact\nip netns exec")}`, probes: [{ line: 3 }] };
const named = (title: string, script: string): { title: string; script: string } => ({ title, script });

test("a lab that was built from nothing is compared with itself before its last step, not with nothing", () => {
  const found = othersOf(lab, [named("before tc", BUILT), named("before ping", "ip netns add a\n"), named("", "")], named("as opened", ""), []);
  expect(found.map(({ title }) => title)).toEqual(["before tc"]);
});

test("what only arranges the picture is no other lab", () => {
  expect(othersOf(lab, [named("before a move", `${lab.script}#: rows a\n`)], named("as opened", lab.script), [])).toEqual([]);
});

test("the lab as it was opened and those put aside come after its own steps, each text once", () => {
  const kept = [named("kept", `${BUILT}ip netns add b\n`), named("the same", BUILT)];
  expect(othersOf(lab, [named("before tc", BUILT)], named("as opened", BUILT), kept).map(({ title }) => title)).toEqual(["before tc", "kept"]);
});
