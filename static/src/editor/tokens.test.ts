import { StringStream } from "@codemirror/language";
import { describe, expect, test } from "vitest";

import { blankLine, type Kind, start, token } from "./tokens.ts";

/** The words of a script that have a kind, line by line. */
function kinds(script: string): [word: string, kind: Kind][] {
  const state = start();
  const found: [string, Kind][] = [];
  for (const line of script.split("\n")) {
    const stream = new StringStream(line, 4, 2);
    if (line === "") blankLine(state);
    while (!stream.eol()) {
      stream.start = stream.pos;
      const kind = token(stream, state);
      expect(stream.pos).toBeGreaterThan(stream.start); // it goes on, whatever stands there
      if (kind) found.push([stream.current(), kind]);
    }
  }
  return found;
}

const kindOf = (script: string, word: string): Kind | undefined => kinds(script).find(([said]) => said === word)?.[1];

describe("the words of a script", () => {
  test("of ip: program, namespace, verb, option, address", () => {
    expect(kinds("ip -n a addr add 10.0.0.1/24 dev va # one")).toEqual([
      ["ip", "program"],
      ["-n", "option"],
      ["a", "name"],
      ["addr", "verb"],
      ["add", "verb"],
      ["10.0.0.1/24", "address"],
      ["dev", "expression"],
      ["# one", "comment"],
    ]);
  });

  test("of tc wear its colour, also in a namespace and after a list's sign", () => {
    expect(kindOf("ip netns exec a tc filter add dev v egress matchall action drop", "tc")).toBe("tc");
    expect(kindOf("true; tc -n a qdisc add dev v clsact", "clsact")).toBe("tc");
  });

  test("of nft on a command line, quoted or not", () => {
    const plain = "ip netns exec a nft add rule netdev t e ip daddr 10.0.0.1 counter drop";
    for (const script of [plain, "ip netns exec a nft 'add rule netdev t e ip daddr 10.0.0.1 counter drop'"]) {
      expect(kindOf(script, "rule")).toBe("structure");
      expect(kindOf(script, "daddr")).toBe("expression");
      expect(kindOf(script, "counter")).toBe("statement");
      expect(kindOf(script, "drop")).toBe("verdict");
      expect(kindOf(script, "10.0.0.1")).toBe("address");
    }
  });

  const heredoc = `ip netns exec a nft -f - <<-'X'
	table netdev t {
		# why
		chain e { type filter hook egress device "va" priority -10; policy accept; }
	}
	X
ip link set va up`;

  test("of nft in a here-document, up to its end", () => {
    expect(kindOf(heredoc, "chain")).toBe("structure");
    expect(kindOf(heredoc, "# why")).toBe("comment");
    expect(kindOf(heredoc, '"va"')).toBe("string");
    expect(kindOf(heredoc, "-10")).toBe("number");
    expect(kindOf(heredoc, "accept")).toBe("verdict");
    expect(kinds(heredoc).slice(-4)).toEqual([
      ["ip", "program"],
      ["link", "verb"],
      ["set", "verb"],
      ["up", "expression"],
    ]);
  });

  test("of a quoted rule over several lines", () => {
    const script = "nft 'table ip t {\n chain c { }\n}'\nip link";
    expect(kindOf(script, "chain")).toBe("structure");
    expect(kinds(script).at(-2)).toEqual(["ip", "program"]);
  });

  test("of a command that goes on in the next line", () => {
    expect(kindOf("tc filter add dev v egress \\\n  matchall action ok", "matchall")).toBe("tc");
  });

  test("that make no sense still have an end", () => {
    for (const text of ["'", '"', "\\", "<<", "<<'", "nft <<X", "| & ;; {}", "nft '\"", "\t\t", "ip netns exec", "nft @ \"", "$("]) kinds(`${text}\n${text}`);
  });
});
