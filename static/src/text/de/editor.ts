import type { editor as en } from "../editor.ts";

export const editor: typeof en = {
  name: "Lab-Skript",
  description: "Escape, dann Tab verlässt den Editor. Strg und Leertaste vervollständigt, F1 erklärt das Wort am Cursor, F8 geht zum nächsten Fehler.",
  loading: "Der Editor wird geladen …",
  problems: (count) => (count === 0 ? "Keine Fehler." : count === 1 ? "1 Fehler." : `${count} Fehler.`),
  problem: (line, column, words) => `Zeile ${line}, Spalte ${column}: ${words}`,
  goTo: (column) => `Zu Spalte ${column} gehen`,
  draft: "Als Entwurf behalten: Das Bild zeigt, was zuletzt lief.",
  fix: "Abhilfe",
  see: "siehe",
  compiled: "Übersetzt",
  compiledOf: "wie der Kernel sie ausführt",
  compiledNone: "Setze den Cursor auf eine nft-Regel, um die Ausdrücke zu sehen, die der Kernel dafür ausführt.",
  compiledPending: "So, wie die Regel dasteht, lässt sie sich nicht übersetzen.",
};
