import type { ARC_LABELS, BAND_NAMES, FORMS, scene as en } from "../scene.ts";

export const bands: typeof BAND_NAMES = { l3: "L3 · Sockets", netfilter: "netfilter", tc: "tc", driver: "Treiber" };

export const arcs: typeof ARC_LABELS = {
  redirect: ["mirred redirect: bleibt in tc", "mirred redirect"],
  mirror: ["mirred mirror: eine Kopie, in tc", "mirred mirror"],
  fwd: ["nft fwd an {dev}", "nft fwd"],
  dup: ["nft dup an {dev}", "nft dup"],
  routed: ["geroutet an {dev}", "geroutet"],
  bridged: ["gebridgt an {dev}", "gebridgt"],
  upper: ["hinauf zu {dev}"],
};

export const forms: typeof FORMS = {
  empty: "",
  attached: "",
  visited: "besucht",
  here: "das Paket ist hier",
  passed: "umgangen",
  stolen: "übergeben",
  dropped: "hier verworfen",
};

export const scene: typeof en = {
  numberedPath: "der Weg des Pakets, Schritte nummeriert",
  picture: "Weg des Pakets",
  root: "Root-Namespace",
  namespace: "Namespace {name}",
  forwards: "leitet weiter",
  device: "{kind} {name}, {address}",
  in: "ein",
  out: "aus",
  hook: "{station} an {dev}",
  nothing: "nichts angehängt",
  chain: "{count} Regel",
  chains: "{count} Regeln",
  filter: "{count} Filter",
  filters: "{count} Filter",
  passed: "umgangen: {reason}",
  is: "ist",
  reasons: { "tc ingress took the packet": "tc ingress hat das Paket genommen" },
  unreached: "nie erreicht",
  candidate: "Antwort {letter}",
  breakpoint: "Haltepunkt",
  encap: "eingepackt",
  decap: "ausgepackt",
  lower: "",
  down: "down",
  fit: "Bild einpassen",
  score: "Schritte des Wegs",
  passedBy: "umgangen",
  divergence: "≠ erste Abweichung: {step}",
  identical: "kein Unterschied",
  hit: "{kind} getroffen",
  dropped: "verworfen",
};
