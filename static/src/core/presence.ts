// Who is here, as the processes of the server tell it: each names its own, again and again. One that was killed falls
// silent, and what it said last is forgotten with the next word of another.

import type { Presence, Whereabouts } from "../protocol.ts";

/** ms after which a process that says nothing is gone; each speaks every three seconds (BEAT_EVERY of the server). */
export const SILENT = 10_000;

export type Heard = ReadonlyMap<string, { readonly at: number; readonly members: readonly Whereabouts[] }>;

/** What is known after a process has spoken, at `now` (ms). */
export function hear(heard: Heard, { worker, members }: Presence, now: number): Heard {
  const alive = [...heard].filter(([, { at }]) => now - at < SILENT);
  return new Map(alive).set(worker, { at: now, members });
}

/** Everybody by number: whoever is at two processes, as after a change of network, is where she was said to be last. */
export function whereabouts(heard: Heard): ReadonlyMap<number, Whereabouts> {
  const said = [...heard.values()].sort((a, b) => a.at - b.at);
  return new Map(said.flatMap(({ members }) => members.map((one) => [one.member, one] as const)));
}
