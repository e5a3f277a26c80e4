import type { rule as en } from "../rule.ts";

export const rule: typeof en = {
  title: (kind, where) => `${kind === "rule" ? "Regel" : "Filter"} an ${where}`,
  field: { rule: "nft-Regel", filter: "tc-Filter" },
  description: "Strg und Leertaste vervollständigt, Enter schreibt ins Skript, Escape legt beiseite.",
  chain: "Chain",
  placeholder: { rule: "ip daddr 10.0.0.3 counter drop", filter: "matchall action drop" },
  hint: { rule: "Schreibe eine Regel: worauf sie passt und was aus dem Paket wird.", filter: "Schreibe einen Filter: seinen Klassifikator und seine Aktion." },
  checking: "Wird geprüft …",
  fits: "Passt. Daraus wird dieser Befehl:",
  column: (at, message) => `${at}: ${message}`,
  apply: "Übernehmen",
  cancel: "Abbrechen",
};
