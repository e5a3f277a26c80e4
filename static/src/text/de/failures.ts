import type { failures as en } from "../failures.ts";

export const failures: typeof en = {
  unreachable: "Der Server ist nicht erreichbar. Nichts ging verloren: Versuche es noch einmal.",
  silent: "Der Server hat nicht geantwortet. Nichts ging verloren: Versuche es noch einmal.",
  status: (status) => `Der Server antwortete mit ${status}. Versuche es später noch einmal.`,
  link: {
    long: "Das Lab in diesem Link ist zu lang.",
    empty: "Dieser Link ist abgeschnitten oder verändert: Er enthält kein Lab.",
    packed: "Dieser Link ist abgeschnitten oder verändert: Sein Lab lässt sich nicht entpacken.",
    newer: (version) => `Dieser Link wurde von einem neueren Hookwalk gemacht (${version}).`,
  },
  file: {
    capture: "Das ist ein Mitschnitt von Paketen. Hookwalk macht Pakete selbst: Öffne ein Lab-Skript oder ein nft-Regelwerk.",
    long: "Diese Datei ist zu lang für ein Lab.",
    binary: "Diese Datei ist kein Text. Ein Lab ist ein Shell-Skript; ein Regelwerk ist, was `nft list ruleset` ausgibt.",
    longText: "Dieser Text ist zu lang für ein Lab.",
    empty: "Es steht nichts darin.",
  },
};
