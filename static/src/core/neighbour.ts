// Where the arrow keys lead from hook to hook: up and down along a lane, sideways to the next lane, and at the foot of a
// lane through the cable.

import type { HookBox } from "./hooks.ts";
import type { Layout } from "./layout.ts";
import { type HookKey, portKey } from "./topology.ts";

export type Direction = "up" | "down" | "left" | "right";

const sameLane = (a: HookBox, b: HookBox): boolean => a.netns === b.netns && a.dev === b.dev && a.lane === b.lane;

function nearest(hooks: readonly HookBox[], distance: (hook: HookBox) => number): HookBox | undefined {
  let best: HookBox | undefined;
  for (const hook of hooks) if (!best || distance(hook) < distance(best)) best = hook;
  return best;
}

/** Through the cable: the foot of the peer's other lane. */
function peer(layout: Layout, from: HookBox): HookBox | undefined {
  const own = portKey(from.netns, from.dev);
  const cable = layout.cables.find(({ a, b }) => a === own || b === own);
  if (!cable) return undefined;
  const other = cable.a === own ? cable.b : cable.a;
  const hooks = [...layout.hooks.values()].filter(
    (hook) => portKey(hook.netns, hook.dev) === other && hook.lane !== from.lane,
  );
  return nearest(hooks, (hook) => -hook.y);
}

/** The hook that an arrow key leads to; undefined at the edge of the picture. */
export function neighbour(layout: Layout, key: HookKey, direction: Direction): HookKey | undefined {
  const from = layout.hooks.get(key);
  if (!from) return layout.hooks.keys().next().value;
  const hooks = [...layout.hooks.values()].filter((hook) => hook !== from);
  if (direction === "up" || direction === "down") {
    const sign = direction === "up" ? -1 : 1;
    const along = hooks.filter((hook) => sameLane(hook, from) && (hook.y - from.y) * sign > 0);
    const next = nearest(along, (hook) => Math.abs(hook.y - from.y));
    return (next ?? (direction === "down" ? peer(layout, from) : undefined))?.key;
  }
  const sign = direction === "left" ? -1 : 1;
  const beside = hooks.filter((hook) => (hook.x - from.x) * sign > 0);
  return nearest(beside, (hook) => Math.abs(hook.x - from.x) + 4 * Math.abs(hook.y - from.y))?.key;
}
