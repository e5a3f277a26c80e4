// A rule of an nft chain or a tc filter that is being written for a hook: the command it will be part of, the operation
// that it is, and where in it the tool found something wrong.

import { deviceOf } from "./drops.ts";
import type { Item } from "./items.ts";
import { charactersAt } from "./offsets.ts";
import type { Topology } from "./topology.ts";
import type { Edit, Operation } from "../protocol.ts";

export interface Chain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

export type Target =
  | { readonly kind: "rule"; readonly netns: string; readonly chains: readonly Chain[] }
  | { readonly kind: "filter"; readonly netns: string; readonly dev: string; readonly side: "ingress" | "egress" };

/** What can be written at a hook; none where nft has no chain yet. */
export function targetOf({ netns, dev, station }: Item, topology: Topology): Target | undefined {
  if (station === "tc ingress" || station === "tc egress") return { kind: "filter", netns, dev, side: station === "tc ingress" ? "ingress" : "egress" };
  const hooks = dev ? deviceOf(topology, netns, dev)?.hooks : topology.namespaces.find(({ name }) => name === netns)?.hooks;
  const chains: Chain[] = [];
  for (const line of hooks?.find((hook) => hook.station === station)?.lines ?? []) {
    const [, family, table, chain] = /^chain (\S+) (\S+) (\S+):/.exec(line) ?? [];
    if (!family || !table || !chain || chains.some((one) => nameOfChain(one) === nameOfChain({ family, table, chain }))) continue;
    chains.push({ family, table, chain });
  }
  return chains.length ? { kind: "rule", netns, chains } : undefined;
}

export const nameOfChain = ({ family, table, chain }: Chain): string => `${family} ${table} ${chain}`;

const chainAt = (target: Extract<Target, { kind: "rule" }>, at: number): Chain => target.chains[at] ?? target.chains.at(-1)!;

/** The words before what is written, as a command of a script: what could stand next is asked of the two together. */
export function contextOf(target: Target, at: number): string {
  const { netns } = target;
  if (target.kind === "rule") return `${netns && `ip netns exec ${netns} `}nft add rule ${nameOfChain(chainAt(target, at))} `;
  return `tc ${netns && `-n ${netns} `}filter add dev ${target.dev} ${target.side} `;
}

export function operationOf(target: Target, at: number, text: string): Operation {
  if (target.kind === "filter") return { type: "AddFilter", dev: [target.netns, target.dev], side: target.side, filter: text };
  return { type: "AddRule", netns: target.netns, ...chainAt(target, at), rule: text };
}

export interface Wrong {
  readonly message: string;
  /** UTF-16 units of what is written. */
  readonly from: number;
  readonly to: number;
}

/**
 * What a refusal says of the text: the tool's first words, and the place that its carets point at. The last line of a
 * refusal is the command.
 */
export function wrongIn(refused: string, text: string): Wrong {
  const lines = refused.split("\n");
  const message = lines[0] ?? "";
  const carets = lines.findIndex((line, at) => at > 0 && /^\s*\^+[~^]*\s*$/.test(line));
  const shown = lines[carets - 1] ?? "";
  const start = shown.length - text.length;
  if (carets > 0 && start >= 0 && shown.endsWith(text)) {
    const [marks = ""] = /\^\S*/.exec(lines[carets]!) ?? [];
    const from = Math.min(Math.max(0, lines[carets]!.indexOf("^") - start), text.length);
    return { message, from, to: Math.min(from + marks.length, text.length) };
  }
  // tc says the word, and not where it stands
  const word = [...message.matchAll(/[\w./:-]+/g)].map(([found]) => found).findLast((found) => text.split(/\s+/).includes(found));
  const from = word === undefined ? text.length : text.lastIndexOf(word);
  return { message, from, to: from + (word?.length ?? 0) };
}

/** Where the rule stands in the script after `edit`, in Unicode characters; for asking what it compiles to. */
export function placeOf({ changes }: Pick<Edit, "changes">, text: string): number | undefined {
  const change = changes.find(({ insert }) => insert.includes("add rule "));
  const at = change?.insert.indexOf(text, change.insert.indexOf("add rule ")) ?? -1;
  return change && at >= 0 ? change.start + charactersAt(change.insert, at) : undefined;
}
