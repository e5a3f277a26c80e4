import { describe, expect, test } from "vitest";

import { commandAt, commandsOf } from "./commands.ts";
import type { Item } from "../protocol.ts";
import { mentions } from "./mentions.ts";

const item = (kind: Item["kind"], netns: string, dev = "", station = ""): Item => ({ kind, netns, dev, station, probe: -1 });

const script = `# a lab
ip netns add a
ip -n a link add va type veth \\
  peer name vb netns b
ip netns exec a nft -f - <<-'X'
	table netdev t {
		chain e {
			type filter hook egress device "va" priority filter;
		}
	}
	X
tc -n a filter add dev va egress matchall action ok; ip -n b link set vb up
ip netns exec a ping -c1 10.0.0.2
`;

describe("the commands of a script", () => {
  test("have their lines, program and namespace", () => {
    expect(commandsOf(script).map(({ line, last, program, netns }) => [line, last, program, netns])).toEqual([
      [2, 2, "ip", ""],
      [3, 4, "ip", "a"],
      [5, 11, "nft", "a"],
      [12, 12, "tc", "a"],
      [12, 12, "ip", "b"],
      [13, 13, "ping", "a"],
    ]);
  });

  test("are found from any line of theirs", () => {
    expect(commandAt(script, 8)?.program).toBe("nft");
    expect(commandAt(script, 1)).toBeUndefined();
  });

  test("may be unfinished", () => {
    expect(commandsOf("nft -f - <<'X'\ntable").map(({ last }) => last)).toEqual([2]);
    expect(commandsOf("ip 'open")).toHaveLength(1);
  });
});

describe("what is chosen in the picture is marked", () => {
  test("for a namespace at every command in it or about it", () => {
    expect(mentions(script, item("namespace", "b"), [])).toEqual([3, 12]);
  });

  test("for a device at the commands that say its name, and at such lines of a here-document", () => {
    expect(mentions(script, item("device", "a", "va"), [])).toEqual([3, 5, 8, 12]);
    expect(mentions(script, item("device", "b", "vb"), [])).toEqual([3, 12]);
  });

  test("for a hook at what hangs there", () => {
    expect(mentions(script, item("hook", "a", "va", "nft egress"), [])).toEqual([5, 8]);
    expect(mentions(script, item("hook", "a", "va", "tc egress"), [])).toEqual([12]);
  });
});
