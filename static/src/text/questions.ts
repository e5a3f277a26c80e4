// The words of the panels that ask the model: results, reachability, captures, "why not?", the walk as a table.

import type { Column, Fate } from "../core/results.ts";
import type { FrameField, Preset } from "../core/frames.ts";
import type { AddProbe } from "../protocol.ts";
import { words } from "./language.ts";

export type ProbeKind = Extract<AddProbe["kind"], "ping" | "udp" | "tcp" | "arp" | "raw">;

const many = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;

const en = {
  tabs: { table: "Table", results: "Results", reach: "Reach", capture: "Capture", why: "Why not?" },
  cancel: "Cancel",
  askAgain: "Ask again",
  changed: "The lab has changed since this was asked.",
  seconds: (count: number) => `${Math.max(1, Math.round(count))} s`,
  step: (number: number) => `step ${number}`,
  root: "root namespace",
  /** Queues in which a packet is left; what is not listed is the kernel's own word. */
  reasons: { neighbour: "the next hop does not answer ARP" } as Readonly<Record<string, string>>,

  why: {
    title: (hook: string) => `Why was ${hook} not reached?`,
    asking: "Running the lab with small changes",
    choose: "Which hook do you miss?",
    chooseHint: "These have rules or filters, and no packet of this probe ran them.",
    all: "Every hook with rules or filters was reached by this probe.",
    allHint: "Of an empty hook you can ask too: choose it in the picture, then press w.",
    none: "No rules or filters yet. Hang a chain or a filter on a hook, and send a probe.",
    noProbe: "No walk yet. Send a probe, then ask why it did not meet a hook.",
    reached: (hook: string) => `${hook} was reached.`,
    goThere: "Go there",
    other: "Another hook",
    decided: "Decided here.",
    edits: "Smallest edits that reach it",
    searched: (found: number, tried: number, complete: boolean) =>
      [
        found ? `${many(tried, "edit was", "edits were")} tried on the model` : `No small edit leads there: ${many(tried, "was", "were")} tried`,
        complete ? "." : "; there was no time for more.",
      ].join(""),
    commands: (count: number) => many(count, "command", "commands"),
    twin: "Try as twin",
    script: "Write to script",
    terminal: "Run in terminal",
    newTab: "opens in a new tab",
    written: (title: string) => `Written to the script: ${title}`,
    outdated: "The script was edited meanwhile. Ask again, then write it.",
    answer: (reasons: number, edits: number) => `${many(reasons, "reason", "reasons")}, ${many(edits, "edit", "edits")} found`,
    before: "as it is",
    label: (title: string) => `why not: ${title}`,
  },

  results: {
    remove: (number: number) => `Delete probe ${number}`,
    removing: "Delete",
    caption: "How each probe went",
    none: "No probes yet.",
    noneHint: "A probe is a command that sends packets. Add one here.",
    add: "Add a probe",
    again: "Send all again",
    sent: (count: number) => `${many(count, "probe", "probes")} sent again`,
    count: (delivered: number, all: number) => `${delivered} of ${all} delivered`,
    columns: {
      number: "No.",
      command: "Command",
      netns: "From",
      fate: "Fate",
      where: "Where",
      hooks: "Hooks",
      code: "Exit",
      summary: "Last word",
    } satisfies Record<Column, string>,
    fates: { delivered: "delivered", dropped: "dropped", stolen: "stolen", lost: "lost", none: "not sent" } satisfies Record<Fate, string>,
    shows: "its walk is shown",
  },

  probe: {
    title: "Add a probe",
    kind: "Kind",
    kinds: { ping: "ping", udp: "UDP", tcp: "TCP", arp: "ARP", raw: "frame" } satisfies Record<ProbeKind, string>,
    from: "From",
    device: "Device",
    to: "To",
    toHint: "chosen for you",
    port: "Port",
    send: "Send",
    close: "Close",
    command: "Command",
    presets: "Begin with",
    byHand: "changed by hand",
    preset: {
      dhcp: "DHCP discover",
      gptp: "gPTP sync",
      avtp: "AVTP audio",
      "arp-announce": "ARP announce",
      empty: "empty",
    } satisfies Record<Preset, string>,
    fields: { dst: "Destination", src: "Source", vlan: "VLAN", ethertype: "Ethertype", payload: "Payload" } satisfies Record<FrameField, string>,
    vlanHint: "none",
    wrong: {
      dst: "six bytes, as 02:00:00:00:00:01",
      src: "six bytes, as 02:00:00:00:00:01",
      vlan: "0 to 4094, or nothing",
      ethertype: "four hex digits, as 0800",
      payload: "two hex digits a byte",
    } satisfies Record<FrameField, string>,
    bytes: (count: number) => many(count, "byte", "bytes"),
    noDevice: "This namespace has no device to send from.",
  },

  reach: {
    caption: "Who reaches whom, by ping",
    ask: "Ask every pair",
    hint: "A ping from each namespace to every other, at the end of the script.",
    alone: "One namespace reaches nobody. Add another, and a cable between them.",
    noAddress: "No namespace has an address that another could ping. Add an address to a device.",
    asking: "Sending a ping from each namespace to every other",
    count: (reached: number, all: number) => `${reached} of ${many(all, "pair", "pairs")} reached`,
    leftOut: (count: number) => `${many(count, "pair was", "pairs were")} not asked: there are too many.`,
    from: "from",
    to: "to",
    reached: "reached",
    same: "itself",
    notAsked: "not asked",
    failed: (where: string, reason: string) => [reason, where && `at ${where}`].filter(Boolean).join(", "),
    send: (source: string, target: string) => `Send this ping: ${source} to ${target}`,
    key: "Press a cell to send its ping.",
  },

  capture: {
    device: "Device",
    any: (netns: string) => `any, ${netns || "root namespace"}`,
    choose: "Choose a device",
    none: "tcpdump sees nothing here while this probe runs.",
    noneHint: "The packet is turned away before it comes to this device, or takes another way.",
    noProbe: "No walk yet. Send a probe to see what tcpdump would.",
    noDevice: "Where should tcpdump listen?",
    noDeviceHint: "Choose a device here or in the picture. A lens marks it.",
    asking: "Reading the frames",
    frames: (count: number) => many(count, "frame", "frames"),
    save: "Save as pcapng",
    out: "out",
    in: "in",
    close: "Close the capture",
    lens: (dev: string) => `capture open on ${dev}`,
    command: (netns: string, dev: string) => `${netns ? `ip netns exec ${netns} ` : ""}tcpdump -n -i ${dev || "any"}`,
  },

  perspective: {
    toggle: "Seen from either end",
    leaving: (netns: string) => `leaving ${netns || "the lab"}`,
    coming: (netns: string) => `coming to ${netns || "the lab"}`,
    egress: "egress",
    ingress: "ingress",
    on: "on",
    nothing: "nothing attached",
    rules: (count: number) => many(count, "rule", "rules"),
    filters: (count: number) => many(count, "filter", "filters"),
  },

  table: {
    caption: "The walk, step by step",
    columns: { number: "Step", where: "Where", stop: "Hook or function", verdict: "Verdict", changes: "What changed" },
    packet: (number: number) => `packet ${number}`,
    unchanged: "nothing",
  },
} as const;

export const questions = words("questions", en);
