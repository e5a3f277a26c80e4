// nft's registers while a rule runs: what each expression loaded, and what is in them after it. The trace has the values
// of each expression (ExprRun.value), and its operands name the registers as `nft --debug=netlink` does.

import type { ExprRun } from "./walk.ts";

export interface Register {
  /** "reg 1", "reg 9"; the verdict register is "verdict". */
  readonly name: string;
  /** As it lies in the register, in hex where it is data. */
  readonly value: string;
  /** The expression at which one stands wrote it. */
  readonly written: boolean;
}

// "load protocol => reg 1", "reg 1 = ( reg 1 & … )", "reg 1 0x00000002", "reg 0 accept", "reg 1 set m dreg 1"
const LOADED = /=> reg (\d+)/;
const COMPUTED = /^reg (\d+) = /;
const MAPPED = /\bdreg (\d+)/;
const IMMEDIATE = /^reg (\d+) (.+)$/;
const WORDS = /^0x[0-9a-f]{1,8}(?: 0x[0-9a-f]{1,8})*$/;

/** nft prints words as its machine reads them: the bytes in memory are the other way round. */
function inMemory(words: string): string {
  return words
    .split(" ")
    .map((word) => word.slice(2).padStart(8, "0").match(/../g)!.reverse().join(""))
    .join("");
}

/** The register that an expression writes, and what; none where it only reads. */
export function writtenBy({ name, operands, value }: ExprRun): { readonly register: number; readonly value: string } | undefined {
  if (name === "immediate") {
    const [, register, data = ""] = IMMEDIATE.exec(operands) ?? [];
    if (register === undefined) return undefined;
    return { register: Number(register), value: WORDS.test(data) ? inMemory(data) : data };
  }
  const register = (LOADED.exec(operands) ?? COMPUTED.exec(operands) ?? MAPPED.exec(operands))?.[1];
  // a verdict map's value is the key that was looked up; its verdict ends the rule and stands there
  return register === undefined || register === "0" ? undefined : { register: Number(register), value };
}

/** The registers after the expression `at` of a rule, those that were written so far, in their order. */
export function registersAt(runs: readonly ExprRun[], at: number): Register[] {
  const values = new Map<number, { value: string; by: number }>();
  runs.slice(0, at + 1).forEach((run, by) => {
    const written = writtenBy(run);
    if (written) values.set(written.register, { value: written.value, by });
  });
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([register, { value, by }]) => ({ name: register === 0 ? "verdict" : `reg ${register}`, value, written: by === at }));
}
