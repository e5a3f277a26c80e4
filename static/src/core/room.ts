// What a classroom asks about a walk: the options of a question, computed from the walk in front of everyone.

import type { HookPlace, RoomOption, RoomQuestion, RoomView, SeenQuestion, SeenTask } from "../protocol.ts";
import { isAttached } from "./hooks.ts";
import { outcomeOf, STATIONS } from "./stations.ts";
import { type HookKey, hookKey, type Topology } from "./topology.ts";
import type { Step, Walk } from "./walk.ts";

export const LETTERS = "ABCDEFGH";
const MOST = 3; // hooks among the options: more cannot be read from the last row

export interface QuestionWords {
  readonly next: string;
  readonly verdict: string;
  readonly none: string;
  readonly noneDetail: string;
  readonly outcomes: Readonly<Record<"accepted" | "stolen" | "dropped", string>>;
  onDevice(dev: string): string;
  onDeviceIn(dev: string, netns: string): string;
  inNamespace(netns: string): string;
}

export type Made = Pick<RoomQuestion, "kind" | "prompt" | "options" | "right">;

export const keyOf = ({ netns, dev, station }: HookPlace): HookKey => hookKey(netns, dev, station);

/** Where a hook is, in words. */
function whereIs({ netns, dev }: HookPlace, words: QuestionWords): string {
  if (dev) return netns ? words.onDeviceIn(dev, netns) : words.onDevice(dev);
  return netns ? words.inNamespace(netns) : "";
}

const isHook = (step: Step): boolean => (STATIONS[step.station]?.label ?? "") !== "" && step.kind !== "empty" && step.kind !== "off";

/** The next hook at which something is attached and that runs after a step of a walk; undefined: there is none. */
export function nextHook(walk: Walk, step: number): Step | undefined {
  return walk.steps.find((one) => one.number > step && isHook(one));
}

const placeOf = ({ netns, dev, station }: Step): HookPlace => ({ netns, dev, station });
const same = (a: HookPlace, b: HookPlace): boolean => keyOf(a) === keyOf(b);

/** The hooks that somebody could expect: those that come later, then those of the device where the packet is or goes. */
function others(walk: Walk, step: number, right: HookPlace | undefined, topology: Topology): HookPlace[] {
  const later = walk.steps.filter((one) => one.number > step && isHook(one)).map(placeOf);
  const attached = topology.namespaces.flatMap(({ name, devices }) =>
    devices.flatMap((device) => device.hooks.filter(isAttached).map(({ station }) => ({ netns: name, dev: device.name, station }))),
  );
  const near = (one: HookPlace): number => (right && one.netns === right.netns && one.dev === right.dev ? 0 : right && one.netns === right.netns ? 1 : 2);
  const found: HookPlace[] = [];
  for (const one of [...attached.sort((a, b) => near(a) - near(b)), ...later]) {
    if (!(right && same(one, right)) && !found.some((other) => same(other, one))) found.push(one);
  }
  return found;
}

/** Which hook runs next? The letters follow the places of the picture, so that they do not tell. */
export function askNext(walk: Walk, step: number, topology: Topology, words: QuestionWords): Made {
  const next = nextHook(walk, step);
  const right = next && placeOf(next);
  const hooks = [...(right ? [right] : []), ...others(walk, step, right, topology)].slice(0, MOST);
  hooks.sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  const options: RoomOption[] = hooks.map((hook, at) => ({ id: LETTERS[at]!, text: hook.station, detail: whereIs(hook, words), hook }));
  const none: RoomOption = { id: LETTERS[hooks.length]!, text: words.none, detail: words.noneDetail, hook: null };
  const chosen = right ? options.find(({ hook }) => hook && same(hook, right))! : none;
  return { kind: "hook", prompt: words.next, options: [...options, none], right: [chosen.id] };
}

/** What becomes of the packet at the next hook? Undefined where no hook follows. */
export function askVerdict(walk: Walk, step: number, words: QuestionWords): Made | undefined {
  const next = nextHook(walk, step);
  if (!next) return undefined;
  const outcomes = ["accepted", "dropped", "stolen"] as const;
  const options = outcomes.map((outcome, at): RoomOption => ({ id: LETTERS[at]!, text: words.outcomes[outcome], detail: "", hook: null }));
  const prompt = `${words.verdict} ${next.station} ${whereIs(placeOf(next), words)}`.trim();
  return { kind: "verdict", prompt: `${prompt}?`, options, right: [LETTERS[outcomes.indexOf(outcomeOf(next))]!] };
}

/** The letters that stand at the hooks of the picture. */
export function lettersOf(options: readonly RoomOption[]): ReadonlyMap<HookKey, string> {
  return new Map(options.flatMap(({ id, hook }) => (hook ? [[keyOf(hook), id]] : [])));
}

/** Calls `send` with the last of the values that came within `every` ms; the first of a pause at once. */
export function lastOf<T>(every: number, send: (value: T) => void, later: (act: () => void, ms: number) => void = setTimeout): (value: T) => void {
  let waiting: { value: T } | undefined;
  let resting = false;
  const rest = (): void => {
    resting = true;
    later(() => {
      resting = false;
      const last = waiting;
      waiting = undefined;
      if (last) offer(last.value);
    }, every);
  };
  const offer = (value: T): void => {
    if (resting) {
      waiting = { value };
      return;
    }
    send(value);
    rest();
  };
  return offer;
}

/** How many are at which step; steps are those of the walk's stops. */
export function crowd(steps: readonly number[], count: number): number[] {
  const found = Array.from({ length: count }, () => 0);
  for (const step of steps) if (found[step] !== undefined) found[step]++;
  return found;
}

/** A question in the reader's own language, where its lesson has it. */
export function inOwnWords(question: SeenQuestion, language: string): SeenQuestion {
  const own = question.words.find((one) => one.language === language);
  if (!own) return question;
  const options = question.options.map((option, at) => ({ ...option, text: own.options[at] ?? option.text }));
  return { ...question, prompt: own.prompt, options, explanation: question.explanation && (own.explanation || question.explanation) };
}

/** The same of a task. */
export function taskInOwnWords(seen: SeenTask, language: string): SeenTask {
  const own = seen.task.words.find((one) => one.language === language);
  return own ? { ...seen, task: { ...seen.task, title: own.title, text: own.text } } : seen;
}

/** What a lesson says to the options that were chosen, once it may. */
export function feedbackTo({ words, options }: SeenQuestion, chosen: readonly string[], language: string): string[] {
  const own = words.find((one) => one.language === language) ?? words[0];
  return options.flatMap(({ id }, at) => (chosen.includes(id) && own?.feedback[at] ? [own.feedback[at]] : []));
}

/** The question that is before the room: one that was revealed gives way when the teacher lets the room go on. */
export const before = (view: RoomView | undefined): SeenQuestion | undefined =>
  view?.question && (view.frozen || !view.question.revealed) ? view.question : undefined;

/** A code as it is read out: groups of three. */
export const readable = (code: string): string => code.replace(/(.{3})(?=.)/g, "$1 ");
