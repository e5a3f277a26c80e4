// The words of the cost lens.

import { words } from "./language.ts";

const en = {
  title: "What your packets pay here",
  none: "No walk yet. Send a probe, and its way out of each device is reckoned up.",
  what: {
    off: "egress hook patched out",
    check: "check for a chain at this device",
    chain: "base chain at nft egress",
    clsact: "clsact without filters",
    filter: "filter at tc egress",
    rule: "rule in these chains",
    other: "hook elsewhere that ran",
  },
  heads: ["on the way", "times", "each", "together"],
  unmeasured: "not measured",
  sum: (instructions: string) => `about ${instructions} instructions`,
  time: (low: string, high: string) => `${low} to ${high} ns`,
  share: (percent: string, count: number) => `${percent} % of what ${count} ${count === 1 ? "departure takes" : "departures take"} with nothing attached`,
  basis: (source: string, time: string) => `An estimate for a whole walk, answers included. Instructions: ${source}, 6.12. Nanoseconds: as fast as that machine was; ${time}. Another processor has other numbers.`,
};

export const cost = words("cost", en);
