// Finding something in a topology by a part of its name, its address, or what hangs at its hooks.

import type { Topology } from "./topology.ts";

export interface Found {
  readonly netns: string;
  /** Empty for the namespace itself. */
  readonly dev: string;
  /** What matched, where it is not the name: an address, or a rule. */
  readonly why: string;
}

const MOST = 30;

/** What holds `text`, in any case of letters; names that begin with it first, else in the order of the picture. */
export function find({ namespaces }: Topology, text: string): Found[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const has = (value: string): boolean => value.toLowerCase().includes(wanted);
  const found: Found[] = [];
  for (const { name: netns, devices, hooks } of namespaces) {
    const rule = hooks.flatMap(({ lines }) => lines).find(has) ?? "";
    if (has(netns) || rule) found.push({ netns, dev: "", why: has(netns) ? "" : rule });
    for (const { name, address, addresses, hooks: own } of devices) {
      const why = [address, ...addresses, ...own.flatMap(({ lines }) => lines)].find(has) ?? "";
      if (has(name) || why) found.push({ netns, dev: name, why: has(name) ? "" : why });
    }
  }
  const rank = ({ netns, dev, why }: Found): number => (why ? 2 : (dev || netns).toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
}
