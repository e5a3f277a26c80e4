// What each hook badge says at a step: attached, visited, here, passed by … A history per hook is made once for a walk;
// the state at a step is looked up in it.

import { enclosingStations } from "./cursor.ts";
import type { HookBox } from "./hooks.ts";
import { placesOf } from "./journey.ts";
import { depthOf, outcomeOf, STATIONS, stationsOf } from "./stations.ts";
import { type HookKey, hookKey } from "./topology.ts";
import { notesOf, type Step, type Walk } from "./walk.ts";

export type BadgeForm = "empty" | "attached" | "visited" | "here" | "passed" | "stolen" | "dropped";

export interface BadgeState {
  readonly form: BadgeForm;
  /** The packet was here, also where nothing is attached. */
  readonly visited: boolean;
  /** Why it was passed by or dropped, in the kernel's word; "unreached" where the packet had left the lane before. */
  readonly reason: string;
}

interface Event {
  readonly step: number;
  readonly form: BadgeForm;
  readonly reason: string;
}

export interface History {
  readonly events: ReadonlyMap<HookKey, readonly Event[]>;
  /** For each step the hook whose call it is a part of. */
  readonly around: readonly (HookKey | undefined)[];
}

export const UNREACHED = "unreached";
const IDLE: BadgeState = { form: "empty", visited: false, reason: "" };
const ATTACHED: BadgeState = { form: "attached", visited: false, reason: "" };

function eventOf(step: Step): Event {
  if (step.kind === "passed_by") return { step: step.number, form: "passed", reason: step.reason };
  const outcome = outcomeOf(step);
  const form = outcome === "accepted" ? "visited" : outcome;
  return { step: step.number, form, reason: notesOf(step, "Dropped")[0]?.reason ?? "" };
}

/** The reason for a drop stands at the function that frees the packet, inside the hook's call. */
function dropReason(walk: Walk, step: Step): string {
  for (let at = step.number; at < walk.steps.length; at++) {
    const inner = walk.steps[at]!;
    if (inner.skb !== step.skb) continue;
    const dropped = notesOf(inner, "Dropped")[0];
    if (dropped) return dropped.reason;
  }
  return "";
}

/** After a packet left a lane half way, the attached hooks that it would have met there were not reached. */
function unreached(step: Step, lane: "in" | "out", hooks: ReadonlyMap<HookKey, HookBox>, dev: string): HookBox[] {
  const order = stationsOf(lane);
  const at = order.indexOf(step.station);
  const ahead = lane === "in" ? order.slice(0, at) : order.slice(at + 1);
  return ahead
    .map((station) => hooks.get(hookKey(step.netns, dev, station)))
    .filter((hook): hook is HookBox => hook?.attached === true && depthOf(hook.band) !== depthOf(step.band));
}

/** The next station after a step: from then on it is plain that the packet is gone. */
function nextStation(walk: Walk, step: Step): number {
  const next = walk.steps.find(
    (other) => other.number > step.number && other.station !== "" && other.station in STATIONS,
  );
  return next?.number ?? step.last;
}

export function historyOf(walk: Walk, hooks: ReadonlyMap<HookKey, HookBox>): History {
  const places = placesOf(walk);
  const events = new Map<HookKey, Event[]>();
  const add = (key: HookKey, event: Event): void => {
    const own = events.get(key);
    if (own) own.push(event);
    else events.set(key, [event]);
  };
  for (const step of walk.steps) {
    const { dev } = places[step.number]!;
    const station = STATIONS[step.station];
    if (!station || step.kind === "off") continue;
    const event = eventOf(step);
    const reason = event.form === "dropped" && !event.reason ? dropReason(walk, step) : event.reason;
    add(hookKey(step.netns, dev, step.station), { ...event, reason });
    if ((event.form !== "stolen" && event.form !== "dropped") || station.lane === "") continue;
    for (const hook of unreached(step, station.lane, hooks, dev)) {
      add(hook.key, { step: nextStation(walk, step), form: "passed", reason: UNREACHED });
    }
  }
  for (const own of events.values()) own.sort((a, b) => a.step - b.step);
  const stations = enclosingStations(walk);
  const around = walk.steps.map((step) => {
    const station = walk.steps[stations[step.number]!];
    return station && hookKey(station.netns, places[station.number]!.dev, station.station);
  });
  return { events, around };
}

/** The state of a hook while the walk stands at a step; -1: before it begins. */
export function stateAt(hook: HookBox, history: History, step: number): BadgeState {
  const own = history.events.get(hook.key);
  const last = own?.findLast((event) => event.step <= step);
  if (!last) return hook.attached ? ATTACHED : IDLE;
  const visited = last.form !== "passed";
  if (!hook.attached) return { form: "empty", visited, reason: "" };
  const here = history.around[step] === hook.key && visited && last.form !== "dropped";
  return { form: here ? "here" : last.form, visited, reason: last.reason };
}
