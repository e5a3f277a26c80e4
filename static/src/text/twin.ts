// The words of the comparison of two labs, and of the menu that leads there.

import { words } from "./language.ts";

const en = {
  before: (step: string) => `before: ${step}`,
  none: "Nothing to compare with yet. Send a probe, then change something: the lab before the change is one side, the lab after it the other.",
  noProbe: "This lab sends no probe: there is no walk to compare.",
} as const;

export const twin = words("twin", en);
