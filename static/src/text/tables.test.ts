import { describe, expect, it, vi } from "vitest";

import type { Operation } from "../protocol.ts";
import { tables } from "./de/index.ts";
import type { saidOf, titleOf } from "./workshop.ts";

const english = vi.hoisted(() => ({}) as Record<string, unknown>);
vi.mock("./language.ts", () => ({
  words: (topic: string, table: unknown) => (english[topic] = table),
}));

const files = import.meta.glob(["./*.ts", "!./*.test.ts", "!./language.ts"], { eager: true });
// of the help, the German table has the texts alone; what an entry refers to is the same in both
const { HELP } = files["./help.ts"] as { HELP: Record<string, Record<string, { text: string }>> };
english["help"] = Object.fromEntries(
  Object.entries(HELP).map(([section, entries]) => [section, Object.fromEntries(Object.entries(entries).map(([word, { text }]) => [word, text]))]),
);

type Leaf = readonly [path: string, english: unknown, german: unknown];

function leaves(path: string, one: unknown, other: unknown): Leaf[] {
  if (typeof one !== "object" || one === null) return [[path, one, other]];
  const inner = one as Record<string, unknown>;
  return Object.keys(inner).flatMap((key) => leaves(`${path}.${key}`, inner[key], (other as Record<string, unknown> | undefined)?.[key]));
}

const german: Record<string, unknown> = tables;
const pairs = Object.keys(english).flatMap((topic) => leaves(topic, english[topic], german[topic]));
const texts = pairs.filter((pair): pair is readonly [string, string, string] => typeof pair[1] === "string" && typeof pair[2] === "string");
const functions = pairs.filter(([path, one]) => typeof one === "function" && !path.startsWith("operations."));

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
const quoted = (text: string): string[] => text.split("`").filter((_, at) => at % 2 === 1).sort();

/** What a function says for the arguments of the first kind that it takes. */
function samples(one: (...given: never[]) => unknown): (readonly unknown[])[] {
  const kinds = [[1, 1, 1], [71, 82, 93], ["arg-a", "arg-b", "arg-c"], ["", "", ""], [["4.1", "5.2"], ["6.3"], ["7.4"]]];
  return kinds.filter((given) => {
    try {
      return typeof one(...(given as never[])) === "string";
    } catch {
      return false;
    }
  });
}

const OPERATIONS = [
  { type: "AddNamespace", kind: "host", host: "gate" },
  { type: "AddVeth", a: "left", b: "right" },
  { type: "Redirect", dev: ["host", "eth0"], side: "ingress", to: "vethh", into: "egress", layer: "tc", mirror: true },
  { type: "SetLink", dev: ["host", "eth0"], up: false },
  { type: "SetForwarding", netns: "host", on: true },
  { type: "Delete", items: [{ kind: "device", netns: "host", dev: "eth0" }, { kind: "probe", probe: 4 }] },
  { type: "Rename", item: { kind: "namespace", netns: "host" }, name: "gate" },
  { type: "Colour", netns: "" },
] as unknown as Operation[];

/** Words that are the same in both languages. */
const SAME = new Set(
  [
    "ARP Bytes Chain Code Container Detail Ethertype Exit Export Filter HTML Hook Hooks Labs Link Name Namespace PNG Ping Port Route SVG TCP Terminal UDP VLAN Verdict",
    "default down dummy dup fwd hookwalk mirred mirror netfilter nft pcapng ping redirect tc vlan vxlan Alt Esc F2 Shift",
  ].flatMap((line) => line.split(" ")),
);

describe("the German tables", () => {
  it("are all that there are in English", () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
    expect(pairs.filter(([, one, other]) => typeof one !== typeof other)).toEqual([]);
    expect(texts.length).toBeGreaterThan(700);
  });

  it("have the same placeholders and quote the same code", () => {
    for (const [path, one, other] of texts) {
      expect([path, ...placeholders(other)]).toEqual([path, ...placeholders(one)]);
      if (path !== "help.ip.exec") expect([path, ...quoted(other)]).toEqual([path, ...quoted(one)]);
    }
  });

  it("say each argument of a sentence", () => {
    for (const [path, one, other] of functions) {
      const given = samples(one as () => unknown);
      expect([path, given.length > 0]).toEqual([path, true]);
      for (const values of given) {
        const [said, gesagt] = [one, other].map((each) => (each as (...given: unknown[]) => string)(...values));
        for (const value of values.flat()) if (value !== "") expect([path, gesagt!.includes(`${value}`)]).toEqual([path, said!.includes(`${value}`)]);
      }
    }
  });

  it("name every operation and what it made", () => {
    type Said = { readonly titleOf: typeof titleOf; readonly saidOf: typeof saidOf };
    for (const operation of OPERATIONS) {
      const [said, gesagt] = [english["operations"], german["operations"]].map((each) => [(each as Said).titleOf(operation), (each as Said).saidOf(operation, [])]);
      for (const word of ["gate", "left", "right", "eth0", "vethh"]) expect(gesagt!.map((text) => text.includes(word))).toEqual(said!.map((text) => text.includes(word)));
      expect(gesagt).not.toEqual(said);
    }
  });

  it("are in German, but for names and terms", () => {
    const same = texts.filter(([path, one, other]) => one === other && !path.includes("laceholder") && one.replace(/\{\w+\}|`[^`]*`/g, "").split(/[^\w]+/).some((word) => word.length > 1 && !SAME.has(word))).map(([path, one]) => `${path}: ${one}`);
    expect(same).toEqual([]);
  });

  it("are set as German is: its quotation marks, no straight ones, no dash between words", () => {
    for (const [path, , other] of texts) expect([path, /["“”](?=\w)|[“"]\w| [–—-] |'/.test(other.replace(/`[^`]*`/g, ""))]).toEqual([path, false]);
  });
});
