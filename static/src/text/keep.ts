// The words about progress that the server keeps under a code word.

import { words } from "./language.ts";

const en = {
  name: "Code word",
  keep: "Keep my progress on this server",
  keeping: "Asking the server …",
  have: "I have a code word",
  given: "Your code word",
  once: "Write these three words down now: they are shown only once, and nobody can find them again.",
  meaning: "With them you go on in any other browser. Whoever has the words can see and change this progress. No name and no account belong to it.",
  noted: "I have written them down",
  ask: "Your three words",
  askHelp: "Capitals and hyphens do not matter. What is solved here and what is solved there is put together: nothing gets lost.",
  load: "Load my progress",
  cancel: "Cancel",
  loaded: "Loaded, and put together with what was in this browser.",
  kept: "Kept in this browser, and on this server under your code word.",
  forgotten: "What your code word led to was forgotten in another browser, or not used for two years. What is solved in this browser is still here, and only here.",
  unsaved: (why: string) => `Not saved on the server: ${why} This browser has everything.`,
  retry: "Save now",
  leave: "No longer from this browser",
  leaveHelp: "This browser forgets the code word. What the server has stays there.",
  resetAsk: "Forget all answers and points, in this browser and on the server? The code word then leads to nothing.",
  notForgotten: (why: string) => `Nothing was forgotten: ${why}`,
};

export const keep = words("keep", en);
