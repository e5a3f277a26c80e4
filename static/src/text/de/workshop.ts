import type { nameOf as Name, REFUSALS, saidOf as Said, TILE_HINTS, TILE_NAMES, titleOf as Title, workshop as en } from "../workshop.ts";
import type { Item } from "../../protocol.ts";

const where = (netns: string): string => netns || "Root-Namespace";
const both = (names: readonly string[]): string => (names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} und ${names.at(-1)}`);

const nameOf: typeof Name = ({ kind, netns, dev, station, probe }) => {
  switch (kind) {
    case "namespace":
      return where(netns);
    case "device":
      return dev;
    case "hook":
      return dev ? `${station} an ${dev}` : `${station} in ${where(netns)}`;
    case "probe":
      return `Probe ${probe + 1}`;
  }
};

const namesOf = (items: readonly Item[]): string => both(items.map(nameOf));
const port = ([netns, dev]: readonly [string, string]): string => `${dev} in ${where(netns)}`;

const titleOf: typeof Title = (operation) => {
  switch (operation.type) {
    case "AddNamespace":
      return `${operation.kind} hinzufügen`;
    case "AddVeth":
      return `${where(operation.a)} und ${where(operation.b)} verbinden`;
    case "AddDevice":
      return `${operation.kind} in ${where(operation.netns)} hinzufügen`;
    case "AddVxlan":
      return `vxlan zwischen ${where(operation.a[0])} und ${where(operation.b[0])}`;
    case "Enslave":
      return operation.master ? `${operation.dev[1]} in ${operation.master} einstecken` : `${operation.dev[1]} ausstecken`;
    case "MoveDevice":
      return `${operation.dev[1]} nach ${where(operation.netns)} verschieben`;
    case "AddChain":
      return `Chain an ${operation.station}`;
    case "AddRule":
      return `Regel in ${operation.chain}`;
    case "AddFilter":
      return `Filter an tc ${operation.side} von ${operation.dev[1]}`;
    case "Redirect":
      return operation.mirror ? `${operation.dev[1]} nach ${operation.to} spiegeln` : `${operation.dev[1]} nach ${operation.to} umleiten`;
    case "AddAddress":
      return `Adresse von ${operation.dev[1]}`;
    case "AddRoute":
      return `Route in ${where(operation.netns)}`;
    case "AddNeighbour":
      return `Nachbar von ${operation.dev[1]}`;
    case "SetForwarding":
      return `Weiterleitung ${operation.on ? "ein" : "aus"} in ${where(operation.netns)}`;
    case "SetLink":
      return `${operation.dev[1]} ${operation.up ? "einschalten" : "ausschalten"}`;
    case "AddProbe":
      return `${operation.kind} von ${where(operation.netns)} hinzufügen`;
    case "AddCommand":
      return operation.line;
    case "Delete":
      return `${namesOf(operation.items)} löschen`;
    case "Rename":
      return `${nameOf(operation.item)} in ${operation.name} umbenennen`;
    case "Copy":
      return `${namesOf(operation.items)} kopieren`;
    case "Paste":
      return "einfügen";
    case "Arrange":
    case "ArrangeDevices":
      return "neu anordnen";
    case "Colour":
      return `Farbe von ${where(operation.netns)}`;
  }
};

const saidOf: typeof Said = (operation, made) => {
  const names = namesOf(made);
  switch (operation.type) {
    case "AddNamespace":
      return operation.host ? `${names} hinter ${where(operation.host)} hinzugefügt` : `${names} hinzugefügt`;
    case "AddVeth":
      return `${names} zwischen ${where(operation.a)} und ${where(operation.b)} hinzugefügt`;
    case "AddDevice":
      return `${names} in ${where(operation.netns)} hinzugefügt`;
    case "AddVxlan":
      return `${names} zwischen ${where(operation.a[0])} und ${where(operation.b[0])} hinzugefügt`;
    case "Enslave":
      return operation.master ? `${operation.dev[1]} in ${operation.master} eingesteckt` : `${operation.dev[1]} ausgesteckt`;
    case "MoveDevice":
      return `${operation.dev[1]} nach ${where(operation.netns)} verschoben`;
    case "AddChain":
      return `Chain an ${operation.station}${operation.dev ? ` von ${operation.dev}` : ""} in ${where(operation.netns)} hinzugefügt`;
    case "AddRule":
      return `Regel zu ${operation.family} ${operation.table} ${operation.chain} in ${where(operation.netns)} hinzugefügt`;
    case "AddFilter":
      return `Filter an tc ${operation.side} von ${port(operation.dev)} hinzugefügt`;
    case "Redirect":
      return `${operation.mirror ? "Kopien gehen" : "Pakete gehen"} von ${operation.dev[1]} ${operation.side} an ${operation.to} ${operation.into}, durch ${operation.layer}`;
    case "AddAddress":
      return `Adresse an ${port(operation.dev)} hinzugefügt`;
    case "AddRoute":
      return `Route in ${where(operation.netns)} hinzugefügt`;
    case "AddNeighbour":
      return `Nachbar an ${port(operation.dev)} hinzugefügt`;
    case "SetForwarding":
      return `${where(operation.netns)} leitet ${operation.on ? "weiter" : "nicht mehr weiter"}`;
    case "SetLink":
      return `${port(operation.dev)} ist ${operation.up ? "eingeschaltet" : "ausgeschaltet"}`;
    case "AddProbe":
      return `${operation.kind} von ${where(operation.netns)} gesendet`;
    case "AddCommand":
      return `${operation.line} ausgeführt`;
    case "Delete":
      return `${namesOf(operation.items)} gelöscht`;
    case "Rename":
      return `${nameOf(operation.item)} in ${operation.name} umbenannt`;
    case "Copy":
      return `${namesOf(operation.items)} kopiert`;
    case "Paste":
      return names ? `${names} eingefügt` : "eingefügt";
    case "Arrange":
    case "ArrangeDevices":
      return "neu angeordnet";
    case "Colour":
      return `Farbe von ${where(operation.netns)} geändert`;
  }
};

export const operations = { nameOf, titleOf, saidOf };

export const tiles: typeof TILE_NAMES = {
  host: "Host",
  container: "Container",
  veth: "veth-Paar",
  bridge: "Bridge",
  vxlan: "vxlan",
  vlan: "vlan",
  dummy: "dummy",
  chain: "nft-Chain",
  filter: "tc-Filter",
  route: "Route",
  neighbour: "Nachbar",
  probe: "Probe",
};

export const tileHints: typeof TILE_HINTS = {
  host: "Ein eigener Namespace. Lege ihn irgendwo ab.",
  container: "Ein Namespace hinter einem Host, mit einem Kabel zu ihm. Lege ihn auf dem Host ab.",
  veth: "Ein Kabel mit einem Gerät an jedem Ende. Lege es auf einem Namespace ab, dann auf dem anderen.",
  bridge: "Lege sie auf einem Namespace ab; dann ziehe Geräte auf ihre Schiene.",
  vxlan: "Ein Tunnel zwischen zwei Namespaces, die einander erreichen. Lege ihn auf einem Gerät ab.",
  vlan: "Ein Gerät auf einem anderen. Lege es auf diesem Gerät ab.",
  dummy: "Ein Gerät ohne Kabel. Lege es auf einem Namespace ab.",
  chain: "Eine Base-Chain von nftables. Lege sie auf einem netfilter-Hook ab.",
  filter: "Ein Filter von tc. Lege ihn auf einem tc-Hook ab.",
  route: "Lege sie auf einem Namespace oder einem Gerät ab.",
  neighbour: "Ein dauerhafter ARP-Eintrag. Lege ihn auf einem Gerät ab.",
  probe: "Ein ping. Lege ihn auf dem Namespace ab, der ihn sendet.",
};

export const refusals: typeof REFUSALS = {
  onNamespace: "Lege es auf einem Namespace ab.",
  onDevice: "Lege es auf einem Gerät ab.",
  onOther: "Lege es auf einem anderen Namespace oder einer Bridge ab.",
  onNetfilter: "Eine Chain hängt an einem netfilter-Hook.",
  onTc: "Ein Filter hängt an einem tc-Hook.",
  onPeer: "Lege es auf einem Gerät mit Adresse in einem anderen Namespace ab.",
  sameNamespace: "Nur zu einem Gerät desselben Namespace.",
  otherDevice: "Lege es auf einem anderen Gerät ab.",
  alreadyThere: "Dort steckt es schon.",
  notMoved: "Lege es woanders ab.",
};

export const workshop: typeof en = {
  name: "Werkstatt",
  saved: "in diesem Browser gespeichert",
  untitled: "mein Lab",
  edit: "In der Werkstatt bearbeiten",
  add: "Hinzufügen",
  addDialog: "Hinzufügen …",
  addHint: "Ziehe ein Symbol, oder drücke",
  addHintEnd: "und wähle. Lege es auf einem Port, einem Band oder einem Hook ab.",
  topology: "Topologie",
  canvas: "Zeichenfläche",
  canvasHelp: "Die Pfeiltasten gehen von Hook zu Hook. Mit g nimmst du auf, was gewählt ist, mit a fügst du etwas hinzu.",
  emptyTitle: "Ziehe einen Host hierher, oder drücke",
  emptyAction: "Zwei Hosts machen, die sich anpingen",
  emptyAlternative: "oder öffne ein Lab: aus der Liste oben, aus einer Datei, über einen Link",
  panels: "Ansichten",
  tabs: { walk: "Weg", table: "Tabelle", step: "Schritt", script: "Skript", results: "Ergebnis", reach: "Reichweite", capture: "Mitschnitt", why: "Warum nicht?" },
  views: { canvas: "Bild", tree: "Baum", editor: "Skript", walk: "Weg", terminal: "Terminal" },
  script: "Lab-Skript",
  lines: (count) => (count === 1 ? "1 Zeile" : `${count} Zeilen`),
  selected: "Gewählt",
  undo: (label) => (label ? `Rückgängig: ${label}` : "Nichts rückgängig zu machen"),
  redo: (label) => (label ? `Wiederholen: ${label}` : "Nichts zu wiederholen"),
  verify: "Am Kernel prüfen",
  sendProbe: "Probe senden",
  undone: (label) => `rückgängig: ${label}`,
  redone: (label) => `wiederholt: ${label}`,
  carrying: (what) => `Wohin kommt ${what}?`,
  carryingEnd: (what) => `${what}: Wo ist das andere Ende?`,
  carryKeys: "Klicke, oder wähle im Baum und drücke Enter. Esc bricht ab.",
  carryTap: "Tippe auf eine Stelle. ",
  cancelled: "abgebrochen",
  cancel: "Abbrechen",
  picked: (what) => `${what} aufgenommen. Wähle mit den Pfeiltasten im Baum, wohin; Enter legt ab, Escape bricht ab.`,
  selectedSaid: (what) => `${what} gewählt`,
  chooseTitle: "Was soll es tun?",
  chooseChain: "An welchem Hook?",
  copied: (what) => `${what} kopiert`,
  nothingCopied: "Noch wurde nichts kopiert.",
  rename: (what) => `Neuer Name für ${what}`,
  more: (count) => `+ ${count} weitere`,
  already: "es ist schon so",
  dismiss: "Ausblenden",
  zoomIn: "Vergrößern",
  zoomOut: "Verkleinern",
  fit: "Einpassen",
  empty: "leer",
  gateway: "Router",
  filters: (count) => (count === 1 ? "1 Filter" : `${count} Filter`),
  rules: (count) => (count === 1 ? "1 Regel" : `${count} Regeln`),
  breakOn: (what) => `Haltepunkt an ${what}`,
  breakOff: (what) => `Haltepunkt an ${what} entfernt`,
  actions: {
    edit: "Bearbeiten",
    rule: "Regel",
    chain: "Chain",
    filter: "Filter",
    why: "Warum nicht?",
    capture: "Mitschnitt",
    break: "Haltepunkt",
    detach: "Abhängen",
    rename: "Umbenennen",
    connect: "Verbinden",
    move: "Verschieben",
    redirect: "Umleiten",
    unplug: "Ausstecken",
    up: "Einschalten",
    down: "Ausschalten",
    address: "Adresse",
    route: "Route",
    ping: "Ping",
    container: "Container",
    forward: "Weiterleiten",
    unforward: "Nicht mehr weiterleiten",
    colour: "Farbe",
    delete: "Löschen",
  },
  colourOf: (netns) => `Farbe von ${where(netns)}`,
  marks: ["keine", "Blau", "Bernstein", "Grün", "Rot", "Violett", "Grau"],
  markedAs: (name) => `, Kennfarbe ${name}`,
  opened: "anderes Lab öffnen",
  keys: [
    ["a", "etwas hinzufügen"],
    ["g", "aufnehmen, was gewählt ist, dann wählen, wohin es kommt"],
    ["F2", "umbenennen"],
    ["Entf", "löschen"],
    ["Strg C / X / V", "kopieren, ausschneiden, einfügen"],
    ["Strg Z / Strg Shift Z", "rückgängig, wiederholen"],
    ["Alt ← / →", "Namespace oder Gerät nach links, nach rechts rücken"],
    ["e r c w u b x", "an einem Hook: bearbeiten, Regel, Chain, warum nicht, Mitschnitt, Haltepunkt, abhängen"],
    ["Shift F", "abzweigen: das Lab behalten, ab dem gezeigten Befehl weitermachen (im Skript Strg Shift F)"],
    ["Esc", "abbrechen, nichts wählen"],
  ],
  fields: {
    what: "Was",
    name: "Name",
    host: "Hinter Host",
    none: "keiner",
    from: "Von",
    to: "An",
    namespace: "Namespace",
    device: "Gerät",
    lower: "Auf",
    hook: "Hook",
    rule: "Regel",
    rulePlaceholder: "counter",
    filter: "Filter",
    filterPlaceholder: "matchall action ok",
    destination: "Ziel",
    defaultRoute: "default",
    via: "Über",
    chosen: "wird für dich gewählt",
    address: "Adresse",
    lladdr: "Link-Layer-Adresse",
    kind: "Art",
    port: "Port",
    frame: "Frame in Hex",
    commands: "Befehle",
    submit: "Hinzufügen",
    send: "Senden",
  },
};
