import { describe, expect, it } from "vitest";

import { redirectWalk } from "../fixtures/redirect.ts";
import { frame } from "../fixtures/recording.ts";
import { dissect, headerAt } from "./bytes.ts";
import type { SkbState } from "./walk.ts";

const sent = redirectWalk().states[1]!;
const raw = (hex: string, change: Partial<SkbState> = {}): SkbState => ({ ...sent, mac_header: 0, head: frame(hex), ...change });

const layers = (state: SkbState): string[] => dissect(state).map(({ layer, start, end }) => `${layer} ${start}-${end}`);
const value = (state: SkbState, layer: string, name: string): string | undefined =>
  dissect(state)
    .find((header) => header.layer === layer)
    ?.fields.find((field) => field.name === name)?.value;

describe("a frame taken apart", () => {
  it("of an echo request", () => {
    expect(layers(sent)).toEqual(["eth 0-14", "ip 14-34", "icmp 34-42", "payload 42-98"]);
    expect(value(sent, "eth", "source")).toBe("02:00:00:00:00:02");
    expect(value(sent, "ip", "destination")).toBe("10.0.0.3");
    expect(value(sent, "ip", "fragment")).toBe("DF, 0");
    expect(value(sent, "icmp", "sequence")).toBe("1");
    expect(headerAt(dissect(sent), 33)?.layer).toBe("ip");
  });

  it("begins at the network header while there is no other", () => {
    expect(layers({ ...sent, mac_header: -1 })[0]).toBe("ip 14-34");
  });

  it("of an ARP request behind a VLAN tag", () => {
    const state = raw(`ff ff ff ff ff ff 02 00 00 00 00 02 81 00 00 07 08 06
      00 01 08 00 06 04 00 01 02 00 00 00 00 02 0a 00 00 02 00 00 00 00 00 00 0a 00 00 03`);
    expect(layers(state)).toEqual(["eth 0-14", "vlan 14-18", "arp 18-46"]);
    expect(value(state, "vlan", "tag")).toBe("vlan 7, priority 0");
    expect(value(state, "arp", "operation")).toBe("request");
    expect(value(state, "arp", "target address")).toBe("10.0.0.3");
  });

  it("of TCP with options", () => {
    const state = raw(`02 00 00 00 00 04 02 00 00 00 00 02 08 00
      45 00 00 2c 00 01 00 00 40 06 00 00 0a 00 00 02 0a 00 00 03
      00 50 1f 90 00 00 00 01 00 00 00 00 60 02 ff ff 00 00 00 00 02 04 05 b4`);
    expect(layers(state)).toEqual(["eth 0-14", "ip 14-34", "tcp 34-58"]);
    expect(value(state, "tcp", "flags")).toBe("syn");
    expect(value(state, "tcp", "options")).toBe("020405b4");
  });

  it("of a neighbour solicitation", () => {
    const state = raw(`33 33 ff 00 00 02 02 00 00 00 00 01 86 dd
      60 00 00 00 00 18 3a ff 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01
      ff 02 00 00 00 00 00 00 00 00 00 01 ff 00 00 02
      87 00 12 34 00 00 00 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02`);
    expect(layers(state)).toEqual(["eth 0-14", "ip6 14-54", "icmp6 54-78"]);
    expect(value(state, "ip6", "hop limit")).toBe("255");
    expect(value(state, "ip6", "destination")).toBe("ff02::1:ff00:2");
    expect(value(state, "icmp6", "target")).toBe("2001:db8::2");
  });

  it("of a later fragment has no transport header", () => {
    const head = [...atob(sent.head)].map((char) => char.charCodeAt(0).toString(16).padStart(2, "0"));
    head[20] = "00";
    head[21] = "b9";
    expect(layers(raw(head.join(" ")))).toEqual(["eth 0-14", "ip 14-34", "payload 34-98"]);
  });

  it("that is cut off shows the fields that are there", () => {
    const state = raw("02 00 00 00 00 04 02 00 00 00 00 02 08 00 45 00 00 54 1c");
    expect(layers(state)).toEqual(["eth 0-14", "ip 14-19"]);
    expect(dissect(raw("02"))).toEqual([{ layer: "payload", start: 0, end: 1, fields: [] }]);
  });
});
