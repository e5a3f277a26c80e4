import type { keep as en } from "../keep.ts";

export const keep: typeof en = {
  name: "Codewort",
  keep: "Meinen Stand auf diesem Server aufbewahren",
  keeping: "Fragt den Server …",
  have: "Ich habe ein Codewort",
  given: "Dein Codewort",
  once: "Schreib dir diese drei Wörter jetzt auf: Sie werden nur einmal gezeigt, und niemand kann sie wiederfinden.",
  meaning: "Mit ihnen machst du in jedem anderen Browser weiter. Wer die Wörter hat, kann diesen Stand sehen und ändern. Kein Name und kein Konto gehören dazu.",
  noted: "Ich habe sie aufgeschrieben",
  ask: "Deine drei Wörter",
  askHelp: "Großbuchstaben und Bindestriche sind egal. Was hier und was dort gelöst ist, kommt zusammen: Nichts geht verloren.",
  load: "Meinen Stand laden",
  cancel: "Abbrechen",
  loaded: "Geladen und mit dem zusammengelegt, was in diesem Browser war.",
  kept: "In diesem Browser aufbewahrt und auf diesem Server unter deinem Codewort.",
  unsaved: (why) => `Nicht auf dem Server gesichert: ${why} Dieser Browser hat alles.`,
  retry: "Jetzt sichern",
  leave: "Nicht mehr von diesem Browser",
  leaveHelp: "Dieser Browser vergisst das Codewort. Was der Server hat, bleibt dort.",
  resetAsk: "Alle Antworten und Punkte vergessen, in diesem Browser und auf dem Server? Das Codewort führt dann zu nichts mehr.",
  notForgotten: (why) => `Nichts wurde vergessen: ${why}`,
};
