// Names of the picture's parts as a screen reader says them.

import { FORMS, fill, scene } from "../text/scene.ts";
import type { HookBox } from "./hooks.ts";
import { type BadgeState, UNREACHED } from "./states.ts";

function amount(hook: HookBox): string {
  if (!hook.attached) return scene.nothing;
  const [one, many] = hook.band === "tc" ? [scene.filter, scene.filters] : [scene.chain, scene.chains];
  return fill(hook.count === 1 ? one : many, { count: hook.count });
}

/** "nft egress on vethh, 1 rule, passed by, nf_skip_egress is 1" */
export function hookName(hook: HookBox, state: BadgeState): string {
  const form = state.form === "empty" && state.visited ? FORMS.visited : FORMS[state.form];
  const reason = state.reason === UNREACHED ? scene.unreached : (scene.reasons[state.reason] ?? state.reason).replace(" = ", ` ${scene.is} `);
  return [fill(scene.hook, { station: hook.station, dev: hook.dev }), amount(hook), form, reason]
    .filter((part) => part !== "")
    .join(", ");
}
