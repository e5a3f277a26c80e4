import type { cost as en } from "../cost.ts";

export const cost: typeof en = {
  title: "Was deine Pakete hier zahlen",
  none: "Noch kein Weg. Sende eine Probe, und ihr Weg aus jedem Gerät hinaus wird zusammengerechnet.",
  what: {
    off: "Egress-Hook herausgepatcht",
    check: "Frage nach einer Chain an diesem Gerät",
    chain: "Base-Chain bei nft egress",
    clsact: "clsact ohne Filter",
    filter: "Filter bei tc egress",
    rule: "Regel in diesen Chains",
    other: "Hook anderswo, der lief",
  },
  heads: ["unterwegs", "wie oft", "je", "zusammen"],
  unmeasured: "nicht gemessen",
  sum: (instructions) => `etwa ${instructions} Instruktionen`,
  time: (low, high) => `${low} bis ${high} ns`,
  share: (percent, count) => `${percent} % dessen, was ${count}-mal Hinausgehen kostet, wenn nichts angehängt ist`,
  basis: (source, time) => `Eine Schätzung für den ganzen Weg samt Antworten. Instruktionen: ${source}, 6.12. Nanosekunden: so schnell wie jene Maschine; ${time}. Ein anderer Prozessor hat andere Zahlen.`,
};
