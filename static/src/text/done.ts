// What a hook or a function did with the packet, in the few words of a table's cell.

import { words } from "./language.ts";

const en = {
  goesOn: "goes on",
  endsHere: "ends here",
  match: "match",
  noMatch: "no match",
  passedBy: (reason: string) => `passed by: ${reason}`,
  dropped: (reason: string) => `dropped: ${reason}`,
  delivered: "delivered",
  nothing: "nothing attached",
  rules: (count: number) => (count === 1 ? "1 rule" : `${count} rules`),
} as const;

export const done = words("done", en);
