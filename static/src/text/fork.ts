// The words about forks, variants and a lab that is open in two tabs.

import { words } from "./language.ts";

const en = {
  here: "Fork here",
  hereHint: "Fork here (Shift F): keep the lab as it is, go on from this command",
  atLine: (line: number) => `Fork at line ${line}`,
  label: (line: number) => `fork at line ${line}`,
  name: (title: string, line: number) => `${title || "my lab"}, before the fork at line ${line}`,
  done: (line: number) => `Forked: the script now ends at line ${line}. The lab as it was is kept, and Twin compares with it.`,
  same: (line: number) => `Nothing follows line ${line}. The lab is kept as it is now, and Twin compares with it.`,
  nothing: "No command stands above this line. Choose a line below the first command.",
  noWalk: "There is no walk to fork from. Send a probe, or fork at a line of the script.",
  back: "Undo the fork",
  backSaid: "The lab is as it was before the fork. Undo brings back what was done since.",
  variants: "Variants",
  count: (count: number) => (count ? `Variants ${count}` : "Variants"),
  intro: "Labs that were put aside. They stay in this browser.",
  none: "Nothing is kept yet. A fork keeps the lab as it was; so does the button below.",
  keep: "Keep the lab as it is now",
  keptName: (title: string) => title || "my lab",
  kept: (name: string) => `kept: ${name}`,
  open: "Open",
  opened: (name: string) => `open ${name}`,
  openedSaid: (name: string) => `${name} opened. Undo brings the other back.`,
  compare: "Compare",
  delete: "Delete",
  deleted: (name: string) => `Deleted: ${name}.`,
  bringBack: "Bring back",
  lines: (count: number) => (count === 1 ? "1 line" : `${count} lines`),
  of: (action: string, name: string) => `${action}: ${name}`,
  full: "This browser has no room left: what was kept last is lost when this tab is closed. Save it as a script, or delete variants.",
  close: "Close",
  otherTab: "Another tab has changed this lab. This tab still has its own text.",
  takeOther: "Take the other's text",
  tookOther: "take the other tab's text",
  tookSaid: "The other tab's text is here now. Undo brings this tab's back.",
  keepOwn: "Keep mine, the other's as a variant",
  otherName: (title: string) => `${title || "my lab"}, from the other tab`,
  keptOwn: "This tab's text stays. The other's is among the variants.",
} as const;

export const fork = words("fork", en);
