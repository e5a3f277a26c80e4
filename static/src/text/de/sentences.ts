import type { SENTENCES } from "../sentences.ts";

export const sentences: typeof SENTENCES = {
  // Hooks, die nicht liefen
  passedByTc: "`{symbol}` kehrte sofort zurück: tc hat das Paket an `{dev}` übergeben, und `nf_skip_egress` ist noch 1. So wurde die nft-egress-Chain von `{dev}` umgangen.",
  passedBy: "Das Paket wurde an {station} von `{dev}` vorbeigeführt: {reason}.",
  empty: "An {station} von `{dev}` hängt nichts: Das Paket geht weiter.",
  emptyOnNamespace: "An {station} in `{netns}` hängt keine Chain: Das Paket geht weiter.",
  off: "{station} ist durch seinen Static Key abgeschaltet: Nichts auf dieser Maschine benutzt den Hook, also kostet er das Paket nichts.",

  // netfilter und tc
  nftAccepted: "Ausgeführt an {station} von `{dev}`: {rules}. Das Paket wurde angenommen.",
  nftDropped: "Ausgeführt an {station} von `{dev}`: {rules}. Das Paket wurde verworfen.",
  nftStolen: "Eine Regel an {station} von `{dev}` hat das Paket an sich genommen: Auf dieser Spur geht es nicht weiter.",
  policyDropped: "Keine Regel an {station} von `{dev}` hat entschieden; die Policy der Chain hat das Paket verworfen.",
  hookAccepted: "Ausgeführt an {station} in `{netns}`: {rules}. Das Paket wurde angenommen.",
  hookDropped: "Ausgeführt an {station} in `{netns}`: {rules}. Das Paket wurde verworfen.",
  hookStolen: "Eine Regel an {station} in `{netns}` hat das Paket an sich genommen.",
  tcNoMatch: "Kein Filter an {station} von `{dev}` hat gepasst: Das Paket geht weiter.",
  tcNoFilter: "{station} von `{dev}` hat eine Qdisc, aber keinen Filter: Das Paket geht weiter.",
  tcAccepted: "Ein `{kind}`-Filter an {station} von `{dev}` hat gepasst und das Paket weitergehen lassen (`{verdict}`).",
  tcDropped: "Ein `{kind}`-Filter an {station} von `{dev}` hat gepasst und das Paket verworfen (`{verdict}`).",
  tcStolen: "Ein `{kind}`-Filter an {station} von `{dev}` hat gepasst und das Paket genommen (`{verdict}`): netfilter darüber sieht es nicht.",
  tcStolenOut: "Ein `{kind}`-Filter an {station} von `{dev}` hat gepasst und das Paket genommen (`{verdict}`): Den Treiber von `{dev}` erreicht es nicht.",
  tcAfterRedirect: "tc hat das Paket unterhalb von netfilter an `{dev}` übergeben, also laufen dort nur die tc-Filter: `{kind}` hat gepasst, `{verdict}`.",

  // Übergaben
  mirredRedirect: "`mirred` leitet das Paket innerhalb der tc-Schicht an `{to}` um: netfilter an `{to}` wird es nicht hinausgehen sehen.",
  mirredIngress: "`mirred` setzt das Paket in den Ingress von `{to}`, als wäre es gerade dort angekommen.",
  mirredMirror: "`mirred` schickt eine Kopie an `{to}`; das Paket selbst geht weiter.",
  mirred: "`mirred`: {detail}.",
  fwd: "nft `fwd` übergibt das Paket aus der netfilter-Schicht an `{to}`, also wird die Egress-Chain von `{to}` es sehen.",
  dup: "nft `dup` schickt eine Kopie an `{to}`; das Paket selbst geht weiter.",
  handOver: "`{symbol}` übergibt das Paket.",

  // Geräte
  xmit: "Der Treiber von `{dev}` nimmt das Paket: `{symbol}`.",
  xmitVeth: "`{symbol}` legt das Paket aufs Kabel: Es liegt jetzt im Backlog des anderen Endes.",
  xmitLoopback: "`{symbol}` kehrt das Paket um: Was `lo` verlässt, kommt an `lo` an.",
  receive: "Das Paket kommt an `{dev}` an: Zuerst sehen es die Mithörer, dann tc, dann netfilter.",
  tapped: "Ein Packet-Socket an `{dev}` bekommt eine Kopie: Das ist, was tcpdump zeigt.",
  queuedBacklog: "Das Paket wartet im Backlog, bis der Sender fertig ist.",
  queuedNeighbour: "Das Paket wartet, bis die Link-Layer-Adresse des nächsten Hops bekannt ist.",
  cloned: "`{symbol}` macht eine Kopie des Pakets.",
  devQueueXmit: "`{symbol}` beginnt den Weg aus `{dev}` hinaus: zuerst netfilter, dann tc, dann der Treiber.",
  devQueueXmitBelow: "`{symbol}` beginnt den Weg aus `{dev}` hinaus. `nf_skip_egress` ist 1, weil tc das Paket hierher geschickt hat: Der Egress von netfilter wird umgangen.",

  // L3
  socketSend: "`{program}` in `{netns}` sendet: `{symbol}` macht das Paket.",
  socketReply: "Der Kernel von `{netns}` antwortet: `{symbol}` macht ein eigenes Paket.",
  routed: "Für `{destination}` wurde eine Route gesucht: {result}.",
  notRouted: "Für `{destination}` gibt es keine Route: {result}.",
  neighbour: "`{address}` ist bei `{lladdr}` ({state}).",
  neighbourUnknown: "Die Link-Layer-Adresse von `{address}` ist nicht bekannt ({state}).",
  forwarding: "Das Paket ist nicht für `{netns}` selbst: Es wird weitergeleitet, und seine TTL sinkt um eins.",
  delivered: "Das Paket ist am Ziel: {socket} in `{netns}`.",
  copyDelivered: "`{symbol}` hat mit dem Paket nichts mehr zu tun: Ein Socket hat eine eigene Kopie davon.",
  undeliverable: "In `{netns}` wartet niemand auf das Paket: `{symbol}` verwirft es (`{reason}`).",
  deliveredPlain: "`{symbol}` nimmt das Paket: Es hat `{netns}` erreicht.",

  preview: "An {station} von `{dev}` steht NAT64: ein Blick voraus, nicht in Linux.",

  // Connection Tracking und NAT
  tracked: "Das Connection Tracking von `{netns}` kennt die Verbindung des Pakets: {state}.",
  trackedInvalid: "Das Connection Tracking von `{netns}` kann mit dem Paket nichts anfangen: Sein Zustand ist invalid.",
  translated: "NAT schreibt {field} des Pakets um: Jetzt steht dort `{address}`.",

  // Enden und einfache Funktionen
  dropped: "Das Paket endet hier: `{symbol}`, Grund `{reason}`.",
  consumed: "`{symbol}` ist mit dem Paket fertig und gibt es frei.",
  changed: "`{symbol}` ändert {fields}.",
  verdict: "`{symbol}` gibt `{verdict}` zurück.",
  plain: "`{symbol}` läuft.",
  plainOn: "`{symbol}` läuft für `{dev}`.",

  // in einem Hook, Schritt für Schritt
  expressionGoesOn: "`{expression}`: Die Regel geht weiter.",
  expressionEnds: "`{expression}`: Die Regel passt nicht, oder sie endet hier.",
  filterMatched: "Der `{kind}`-Filter mit pref {pref} passt: `{verdict}`.",
  filterPassed: "Der `{kind}`-Filter mit pref {pref} passt nicht.",
  action: "Aktion `{kind}`: {detail} (`{verdict}`).",

  // Teile
  rule: "eine Regel",
  rules: "{count} Regeln",
  noRule: "eine Chain ohne passende Regel",
  field: "`{field}` von `{before}` auf `{after}`",
  bytes: "die Bytes des Pakets",
  and: " und ",
};
