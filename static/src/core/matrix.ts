// Reachability as a table: who sends in rows, who is reached in columns, both in the topology's order.

import type { Reach } from "../protocol.ts";
import type { Topology } from "./topology.ts";

export interface Matrix {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  /** None where a pair was not asked. */
  at(source: string, target: string): Reach | undefined;
  readonly reached: number;
  readonly failed: number;
}

/** The table of the pairs; a namespace without an address is no target. */
export function matrixOf(pairs: readonly Reach[], topology: Topology): Matrix {
  const found = new Map(pairs.map((pair) => [JSON.stringify([pair.source, pair.target]), pair]));
  const order = topology.namespaces.map(({ name }) => name);
  const inOrder = (names: ReadonlySet<string>): string[] => [...order.filter((name) => names.has(name)), ...[...names].filter((name) => !order.includes(name))];
  const reached = pairs.filter((pair) => pair.reached).length;
  return {
    sources: inOrder(new Set(pairs.map(({ source }) => source))),
    targets: inOrder(new Set(pairs.map(({ target }) => target))),
    at: (source, target) => found.get(JSON.stringify([source, target])),
    reached,
    failed: pairs.length - reached,
  };
}

/** The namespaces that a lab's pings could join: two with a cable and an address are the least. */
export const canAsk = (topology: Topology): boolean => topology.namespaces.length > 1;
