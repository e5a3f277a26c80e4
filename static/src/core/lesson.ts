// A lesson as the page goes through it: sections that end with a task, letters of options, names of hooks in a text.

import type { Answer, Lesson, ShownOption, ShownTask, Step } from "../protocol.ts";
import { hookKey, type HookKey, type Topology } from "./topology.ts";
import type { Walk } from "./walk.ts";

export interface Section {
  /** Prose before the task, as HTML. */
  readonly prose: readonly string[];
  /** The last section has none. */
  readonly task: ShownTask | undefined;
  /** The number of its last block in the lesson. */
  readonly block: number;
}

export function sectionsOf({ blocks }: Pick<Lesson, "blocks">): Section[] {
  const sections: Section[] = [];
  let prose: string[] = [];
  blocks.forEach((block, at) => {
    if (block.type === "ShownProse") prose.push(block.html);
    else {
      sections.push({ prose, task: block, block: at });
      prose = [];
    }
  });
  sections.push({ prose, task: undefined, block: Math.max(0, blocks.length - 1) });
  return sections;
}

export const isGraded = ({ kind }: Pick<ShownTask, "kind">): boolean => kind === "script" || kind === "build";

// Options

export const letterOf = (at: number): string => String.fromCharCode(65 + at);

/** The badges of an option: one where it names a device, else that of every device of the namespace. */
export function keysOf(option: Pick<ShownOption, "hook">, topology: Topology): HookKey[] {
  if (!option.hook) return [];
  const { netns, dev, station } = option.hook;
  if (dev !== "") return [hookKey(netns, dev, station)];
  const space = topology.namespaces.find(({ name }) => name === netns);
  return (space?.devices ?? []).map(({ name }) => hookKey(netns, name, station));
}

/** The letters of the options at the badges of the picture. */
export function lettersAt(options: readonly Pick<ShownOption, "hook">[], topology: Topology): Map<HookKey, string> {
  return new Map(options.flatMap((option, at) => keysOf(option, topology).map((key) => [key, letterOf(at)] as const)));
}

/** The option that a badge stands for. */
export function optionAt(options: readonly ShownOption[], topology: Topology, key: HookKey): ShownOption | undefined {
  return options.find((option) => keysOf(option, topology).includes(key));
}

/** One or several chosen, in the order of the options; of an order in that of choosing. */
export function toggled(task: Pick<ShownTask, "kind" | "many" | "options">, chosen: readonly string[], id: string): string[] {
  if (chosen.includes(id)) return task.many || task.kind === "order" ? chosen.filter((one) => one !== id) : [...chosen];
  if (task.kind === "order") return [...chosen, id];
  if (!task.many) return [id];
  const both = new Set([...chosen, id]);
  return task.options.map((option) => option.id).filter((one) => both.has(one));
}

/** An entry at another place of the list. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  const one = list[from];
  if (one === undefined) return [...list];
  const place = Math.min(Math.max(0, to), rest.length);
  return [...rest.slice(0, place), one, ...rest.slice(place)];
}

/** What a label says without its marks: for names that are spoken. */
export const plainText = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

// Texts

const HOOK = /<code data-hook="([^"]*)">(.*?)<\/code>/g;
const FUNCTION = /<code data-function="([a-z0-9_]+)">(.*?)<\/code>/g;
const STRONG = /<strong>(tc|netfilter|nft|L3)\b([^<]*)<\/strong>/g;
const BAND: Readonly<Record<string, string>> = { tc: "tc", netfilter: "netfilter", nft: "netfilter", L3: "l3" };

const bandOfName = (hook: string): string => (hook.startsWith("tc ") ? "tc" : "netfilter");

/** The server's HTML with its hooks as buttons that point at the picture, and its functions as links to the sources. */
export function linked(html: string): string {
  return html
    .replaceAll(HOOK, (_, hook: string, text: string) => `<button type="button" class="hook band-${bandOfName(hook)}" data-hook="${hook}"><code>${text}</code></button>`)
    .replaceAll(FUNCTION, (_, name: string, text: string) => `<a href="${sourceOf(name)}" target="_blank" rel="noopener"><code>${text}</code></a>`)
    .replaceAll(STRONG, (_, word: string, rest: string) => `<strong class="band-${BAND[word]}">${word}${rest}</strong>`);
}

export const sourceOf = (name: string): string => `https://elixir.bootlin.com/linux/v6.12/C/ident/${name}`;

/** The hooks that "nft egress on vethh" names: of a device of that name, or of all devices of a namespace. */
export function hooksNamed(name: string, topology: Topology): HookKey[] {
  const [, station, where] = /^(.+) on (\S+)$/.exec(name) ?? [];
  if (station === undefined || where === undefined) return [];
  return topology.namespaces.flatMap((space) =>
    space.devices.filter((device) => device.name === where || space.name === where).map((device) => hookKey(space.name, device.name, station)),
  );
}

// What is shown of a walk

const begun = (step: Step, last: number): Step => (step.last > last ? { ...step, last, verdict: "", after: step.before, notes: [] } : step);

/** A walk up to and with a step; of the functions that are still under way then, only that they began. */
export function cutAt(walk: Walk, last: number): Walk {
  return { ...walk, steps: walk.steps.slice(0, last + 1).map((step) => begun(step, last)), truncated: true };
}

/** In a walk that is cut: whether a step was still under way there, so that nothing can be said of what it did. */
export function isUnderWay(walk: Walk, number: number): boolean {
  const step = walk.steps[number];
  return step !== undefined && step.kind === "run" && step.last >= walk.steps.length - 1 && step.verdict === "" && step.notes.length === 0;
}

// What is kept

/** A number for a text, so that what was written for another one is not taken for its own (FNV-1a). */
export function numberOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** What stands after "You said" and "It was": labels of options in order. */
export const labelsOf = (options: readonly ShownOption[], ids: readonly string[]): string[] =>
  ids.map((id) => options.find((option) => option.id === id)?.label ?? "").filter(Boolean);

export const failureOf = (answer: Answer): string => (answer.type === "Failed" ? answer.message : "");

