// The labels that come and go with the walk: reasons at badges, names on arcs.

import { ARC_LABELS, fill, scene } from "../text/scene.ts";
import { distanceAt, type Track } from "./frame.ts";
import type { HookBox } from "./hooks.ts";
import { around, type Box, pathBoxes, type Placed, placeLabels, type Wanted } from "./labels.ts";
import type { Layout } from "./layout.ts";
import { textWidth } from "./measures.ts";
import type { Picture } from "./picture.ts";
import type { Stretch } from "./route.ts";
import { type BadgeState, UNREACHED } from "./states.ts";

export interface Chip extends Placed {
  readonly key: string;
  readonly kind: "reason" | "drop" | "arc";
}

interface Label extends Wanted {
  readonly kind: Chip["kind"];
}

const REASON_HEIGHT = 17;
const ARC_HEIGHT = 18;
const PADDING = 12;
const ARC_PADDING = 22;

const badgeBox = (hook: HookBox): Box => ({
  x: hook.x - hook.width / 2,
  y: hook.y - hook.height / 2,
  width: hook.width,
  height: hook.height,
});

function reasonTexts(state: BadgeState): string[] {
  if (state.reason === UNREACHED) return [scene.unreached];
  const reason = scene.reasons[state.reason] ?? state.reason;
  return state.form === "passed" ? [fill(scene.passed, { reason }), reason] : [reason];
}

/** The reason stands at its badge, within the badge's band. */
function reason(hook: HookBox, state: BadgeState, layout: Layout): Label | undefined {
  if ((state.form !== "passed" && state.form !== "dropped") || state.reason === "") return undefined;
  const home = layout.namespaces.find((box) => box.view.name === hook.netns);
  if (!home) return undefined;
  const wordings = reasonTexts(state).map((text) => {
    const width = textWidth(text, layout.measures.text.fine, true) + PADDING;
    const [above, ...others] = around(badgeBox(hook), width, REASON_HEIGHT, 6);
    const slide = Math.max(0, (width - hook.width) / 2);
    const aside = [slide, -slide].map((by) => ({ x: above!.x + by, y: above!.y }));
    return { text, width, spots: [above!, ...aside, ...others] };
  });
  const { y, height } = home.strips[hook.band];
  return {
    kind: state.form === "dropped" ? "drop" : "reason",
    key: hook.key,
    rank: state.reason === UNREACHED ? 3 : 2,
    height: REASON_HEIGHT,
    wordings,
    bounds: { x: home.x, y: y + 2, width: home.width, height: height - 4 },
  };
}

/** Where an arc's label may go: on the whole of it, behind which lanes may pass, or between two lanes, widest first. */
function runs(stretch: Stretch, layout: Layout, netns: string): [left: number, right: number][] {
  const [left, right] = stretch.run!.map(({ x }) => x).sort((a, b) => a - b) as [number, number];
  const home = layout.namespaces.find((box) => box.view.name === netns);
  const lanes = home?.devices.flatMap((device) => [device.in, device.out]).filter((x) => left < x && x < right) ?? [];
  const stops = [left, ...lanes.sort((a, b) => a - b), right];
  const between = stops.slice(1).map((x, at): [number, number] => [stops[at]!, x]);
  return [[left, right], ...between.sort((a, b) => b[1] - b[0] - (a[1] - a[0]))];
}

function arcLabel(stretch: Stretch, layout: Layout): Label | undefined {
  const { arc, run } = stretch;
  if (!arc || !run) return undefined;
  const texts = ARC_LABELS[arc.kind].map((label) => fill(label, { dev: arc.to.dev }));
  const { y } = run[0];
  for (const [left, right] of runs(stretch, layout, arc.from.netns)) {
    for (const text of texts) {
      const width = textWidth(text, layout.measures.text.label, false) + ARC_PADDING;
      if (width + 24 > right - left) continue;
      const bounds = { x: left, y: y - ARC_HEIGHT, width: right - left, height: 2 * ARC_HEIGHT };
      const wordings = [{ text, width, spots: [{ x: (left + right) / 2, y }] }];
      return { kind: "arc", key: arc.key, rank: 1, height: ARC_HEIGHT, wordings, bounds };
    }
  }
  return undefined;
}

/** On the conduit, above the hooks that it passes. */
function conduitLabel({ conduit, run, start }: Stretch, layout: Layout): Label | undefined {
  const text = conduit && conduit !== "bridge" && scene[conduit];
  if (!text || !run) return undefined;
  const width = textWidth(text, layout.measures.text.label, false) + PADDING;
  const row = layout.rows.find((one) => one.y <= run[0].y && run[0].y <= one.y + one.height);
  const spot = { x: run[0].x, y: (row?.strips.netfilter.y ?? run[0].y) + 13 };
  const bounds = { x: spot.x - width, y: spot.y - ARC_HEIGHT, width: 2 * width, height: 2 * ARC_HEIGHT };
  return { kind: "arc", key: `${conduit} ${start}`, rank: 1, height: ARC_HEIGHT, wordings: [{ text, width, spots: [spot] }], bounds };
}

/** Arcs whose label has no room; the step's sentence has to say what they are. */
export function unlabelled(picture: Picture): string[] {
  return stretches(picture.tracks, Infinity)
    .filter((stretch) => stretch.arc && !arcLabel(stretch, picture.layout))
    .map((stretch) => stretch.arc!.key);
}

/** The arcs and conduits that packets have behind them. */
function stretches(tracks: readonly Track[], position: number): Stretch[] {
  return tracks.flatMap((track) => {
    const distance = distanceAt(track, position) ?? -1;
    return track.route.stretches.filter((stretch) => stretch.run !== undefined && stretch.end <= distance + 0.5);
  });
}

/** The chips at a whole position of the hooks that `states` has, placed by rank clear of badges and of the paths travelled. */
export function chipsAt(
  picture: Picture,
  states: ReadonlyMap<string, BadgeState>,
  position: number,
  family: number,
): Chip[] {
  const { layout } = picture;
  const tracks = picture.tracks.filter((track) => track.family === family);
  const known = (found: (Label | undefined)[]): Label[] => found.filter((label) => label !== undefined);
  const behind = stretches(tracks, position);
  const arcs = known(behind.map((stretch) => arcLabel(stretch, layout) ?? conduitLabel(stretch, layout)));
  const reasons = known([...states].map(([key, state]) => reason(layout.hooks.get(key)!, state, layout)));
  const placed = placeLabels(arcs, []); // a label sits on its own path
  if (reasons.length > 0) {
    const obstacles = [...badges(layout, states), ...tracks.flatMap((track) => travelled(track, position, layout)), ...placed.values()];
    for (const [key, box] of placeLabels(reasons, obstacles)) placed.set(key, box);
  }
  const kinds = new Map([...reasons, ...arcs].map(({ key, kind }) => [key, kind]));
  return [...placed].map(([key, box]) => ({ ...box, key, kind: kinds.get(key)! }));
}

/** Rings where nothing is attached may be covered until the packet has been there. */
const badges = (layout: Layout, states: ReadonlyMap<string, BadgeState>): Box[] =>
  [...states].map(([key, state]) => ({ hook: layout.hooks.get(key)!, state }))
    .filter(({ hook, state }) => hook.attached || state.visited)
    .map(({ hook }) => badgeBox(hook));

const travelled = (track: Track, position: number, layout: Layout): Box[] =>
  pathBoxes(track.route.curve.points(10, distanceAt(track, position) ?? 0), layout.measures.path + 2);
