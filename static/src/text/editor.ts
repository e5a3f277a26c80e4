// The words of the script's editor in English.

import { words } from "./language.ts";

const en = {
  name: "Lab script",
  description: "Escape, then Tab leaves the editor. Control and Space completes, F1 explains the word at the cursor, F8 goes to the next error.",
  loading: "Loading the editor …",
  problems: (count: number) => (count === 0 ? "No errors." : count === 1 ? "1 error." : `${count} errors.`),
  problem: (line: number, column: number, words: string) => `Line ${line}, column ${column}: ${words}`,
  goTo: (column: number) => `Go to column ${column}`,
  draft: "Kept as a draft: the picture shows what ran last.",
  fix: "fix",
  see: "see",
  compiled: "Compiled",
  compiledOf: "as the kernel runs it",
  compiledNone: "Put the cursor on an nft rule to see the expressions that the kernel runs for it.",
  compiledPending: "The rule cannot be compiled as it stands.",
} as const;

export const editor = words("editor", en);
