// The keyboard of the walk's screens. Typing in a field is left alone.

import { SPEEDS } from "./playback.svelte.ts";
import type { Player } from "./player.svelte.ts";
import type { TwinPlayer } from "./twinplayer.svelte.ts";
import { LEVELS } from "../core/cursor.ts";

export interface KeyTargets {
  readonly player: Player | TwinPlayer;
  terminal(): void;
  fit(): void;
  find?(): void;
  help(): void;
}

function turn<T>(list: readonly T[], current: T, by: number): T {
  const at = list.indexOf(current);
  return list[Math.min(Math.max(0, at + by), list.length - 1)]!;
}

const COMMANDS: Readonly<Record<string, (targets: KeyTargets) => void>> = {
  ArrowRight: ({ player }) => player.forward(),
  l: ({ player }) => player.forward(),
  ArrowLeft: ({ player }) => player.back(),
  h: ({ player }) => player.back(),
  " ": ({ player }) => player.toggle(),
  n: ({ player }) => player.interesting(1),
  p: ({ player }) => player.interesting(-1),
  B: ({ player }) => player.nextBreak(),
  Home: ({ player }) => player.first(),
  End: ({ player }) => player.last(),
  d: ({ player }) => player.stay(player.step, LEVELS[(LEVELS.indexOf(player.level) + 1) % LEVELS.length]!),
  "+": ({ player }) => (player.speed = turn(SPEEDS, player.speed as (typeof SPEEDS)[number], 1)),
  "-": ({ player }) => (player.speed = turn(SPEEDS, player.speed as (typeof SPEEDS)[number], -1)),
  t: ({ terminal }) => terminal(),
  f: ({ fit }) => fit(),
  "/": ({ find }) => find?.(),
  "?": ({ help }) => help(),
};

/** Elements that use the keys themselves. A dialog that was just closed can have the focus until the next frame: it uses none. */
function isOwn(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable], dialog[open]")) return true;
  if (target.closest("[role=tablist], [role=slider], [role=tree], [role=log]")) return key.startsWith("Arrow") || key === "Home" || key === "End";
  return key === " " && target.closest("button, a, summary, [role=button]") !== null;
}

export function onKey(event: KeyboardEvent, targets: KeyTargets): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const command = COMMANDS[event.key];
  if (!command || isOwn(event.target, event.key)) return;
  event.preventDefault();
  command(targets);
}
