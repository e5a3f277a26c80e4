// What is said of a link, a file or a request that cannot be used.

import { words } from "./language.ts";

const en = {
  unreachable: "The server cannot be reached. Nothing was lost: try again.",
  silent: "The server did not answer. Nothing was lost: try again.",
  status: (status: number) => `The server answered ${status}. Try again later.`,
  link: {
    long: "The lab in this link is too long.",
    empty: "This link is cut off or was changed: it holds no lab.",
    packed: "This link is cut off or was changed: its lab cannot be unpacked.",
    newer: (version: string) => `This link was made by a newer Hookwalk (${version}).`,
  },
  file: {
    capture: "This is a packet capture. Hookwalk makes packets by itself: open a lab script or an nft ruleset.",
    long: "This file is too long for a lab.",
    binary: "This file is not a text. A lab is a shell script; a ruleset is what `nft list ruleset` prints.",
    longText: "This text is too long for a lab.",
    empty: "There is nothing in it.",
  },
} as const;

export const failures = words("failures", en);
