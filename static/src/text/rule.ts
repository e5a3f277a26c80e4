// The words of the field in which a rule or a filter is written.

import { words } from "./language.ts";

const en = {
  title: (kind: "rule" | "filter", where: string) => `${kind === "rule" ? "Rule" : "Filter"} at ${where}`,
  field: { rule: "nft rule", filter: "tc filter" },
  description: "Control and Space completes, Enter writes it into the script, Escape puts it away.",
  chain: "Chain",
  placeholder: { rule: "ip daddr 10.0.0.3 counter drop", filter: "matchall action drop" },
  hint: { rule: "Write a rule: what it matches, and what becomes of the packet.", filter: "Write a filter: its classifier and its action." },
  checking: "Checking …",
  fits: "Fits. It becomes this command:",
  column: (at: number, message: string) => `${at}: ${message}`,
  apply: "Apply",
  cancel: "Cancel",
} as const;

export const rule = words("rule", en);
