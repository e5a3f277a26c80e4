import { describe, expect, test } from "vitest";

import { forkAt } from "./fork.ts";

const SCRIPT = `# two
ip netns add a
ip netns exec a nft -f - <<'X'
table ip t {
}
X

# a probe
ip netns exec a ping -c 1 10.0.0.1; ip -n a link
ip netns add b
#: rows a / b
#: colour a 2
`;
const PICTURE = "#: rows a / b\n#: colour a 2\n";
const upTo = (lines: number): string => `${SCRIPT.split("\n").slice(0, lines).join("\n")}\n${PICTURE}`;

describe("a fork of a script", () => {
  test("ends with the command of the line, and keeps the picture", () => {
    expect(forkAt(SCRIPT, 2)).toEqual({ script: upTo(2), line: 2, command: "ip netns add a" });
  });

  test("takes a here-document whole, from whichever of its lines", () => {
    for (const line of [3, 4, 5, 6]) expect(forkAt(SCRIPT, line)?.script).toBe(upTo(6));
  });

  test("between commands ends with the one before", () => {
    expect(forkAt(SCRIPT, 8)?.line).toBe(6);
  });

  test("keeps all commands of the line", () => {
    expect(forkAt(SCRIPT, 9)).toMatchObject({ script: upTo(9), line: 9 });
  });

  test("at the last command is the script itself, also where one stands in the picture's lines", () => {
    for (const line of [10, 11, 12, 99]) expect(forkAt(SCRIPT, line)?.script).toBe(SCRIPT);
  });

  test("is none above the first command", () => {
    expect(forkAt(SCRIPT, 1)).toBeUndefined();
    expect(forkAt("", 1)).toBeUndefined();
  });

  test("of a fork is that fork", () => {
    for (let line = 2; line <= 12; line++) {
      const fork = forkAt(SCRIPT, line)!;
      expect(forkAt(fork.script, fork.line)).toEqual(fork);
    }
  });

  test("a script without a newline at its end gets one", () => {
    expect(forkAt("ip netns add a", 1)?.script).toBe("ip netns add a\n");
  });
});
