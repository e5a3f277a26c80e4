import { describe, expect, test } from "vitest";

import { contextOf, operationOf, placeOf, type Target, wrongIn } from "./ruleform.ts";

const rule: Target = { kind: "rule", netns: "host", chains: [{ family: "netdev", table: "t", chain: "i" }, { family: "netdev", table: "t", chain: "j" }] };
const filter: Target = { kind: "filter", netns: "", dev: "eth0", side: "egress" };

describe("a rule that is being written", () => {
  test("is an operation, and part of a command", () => {
    expect(contextOf(rule, 1)).toBe("ip netns exec host nft add rule netdev t j ");
    expect(contextOf(filter, 0)).toBe("tc filter add dev eth0 egress ");
    expect(operationOf(rule, 0, "drop")).toEqual({ type: "AddRule", netns: "host", family: "netdev", table: "t", chain: "i", rule: "drop" });
    expect(operationOf(filter, 0, "matchall")).toEqual({ type: "AddFilter", dev: ["", "eth0"], side: "egress", filter: "matchall" });
  });

  test("what nft points at is found in the text", () => {
    const refused = "Error: syntax error, unexpected drop\nadd rule netdev t i ip daddr 1.2.3.4 foo drop\n                                         ^^^^\nip netns exec host nft add …";
    expect(wrongIn(refused, "ip daddr 1.2.3.4 foo drop")).toEqual({ message: "Error: syntax error, unexpected drop", from: 21, to: 25 });
  });

  test("what is missing is at the end", () => {
    expect(wrongIn("Error: syntax error, unexpected newline\nadd rule netdev t i countr\n                          ^\nnft …", "countr")).toMatchObject({ from: 6, to: 6 });
  });

  test("a word that tc names is found, and without one the end", () => {
    expect(wrongIn("Bad action type foo\nUsage: …\ntc …", "matchall action foo")).toEqual({ message: "Bad action type foo", from: 16, to: 19 });
    expect(wrongIn("Error: TC classifier not found.\ntc …", "nothing")).toMatchObject({ from: 7, to: 7 });
  });

  test("stands in the edited script where it compiles, also in quotes", () => {
    const insert = "ip netns exec 😀 nft 'add rule netdev t i ip daddr { 1.1.1.1 } drop'\n";
    expect(placeOf({ changes: [{ start: 10, end: 10, insert }] }, "ip daddr { 1.1.1.1 } drop")).toBe(10 + [..."ip netns exec 😀 nft 'add rule netdev t i "].length);
    expect(placeOf({ changes: [] }, "drop")).toBeUndefined();
  });
});
