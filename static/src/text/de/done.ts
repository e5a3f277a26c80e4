import type { done as en } from "../done.ts";

export const done: typeof en = {
  goesOn: "geht weiter",
  endsHere: "endet hier",
  match: "passt",
  noMatch: "passt nicht",
  passedBy: (reason) => `umgangen: ${reason}`,
  dropped: (reason) => `verworfen: ${reason}`,
  delivered: "zugestellt",
  nothing: "nichts angehängt",
  rules: (count) => (count === 1 ? "1 Regel" : `${count} Regeln`),
};
