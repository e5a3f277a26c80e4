// What stands at the upper ends of lanes: the program that sent the packet, or nothing where an arc runs.

import { distanceAt, type Track } from "./frame.ts";
import { textWidth } from "./measures.ts";
import type { Picture } from "./picture.ts";
import { laneKey, type Stretch } from "./route.ts";
import { portKey } from "./topology.ts";

export interface SocketChip {
  readonly key: string;
  readonly text: string;
  readonly x: number;
  /** y of its foot: where a packet that begins below it covers nothing of the name. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Lanes {
  readonly in: boolean;
  readonly out: boolean;
}

const LANES = [0, 1, 2, 3].map((bits): Lanes => ({ in: bits % 2 === 1, out: bits >= 2 }));

/** Equal lanes are the same object, so that only what changes is drawn again. */
export const lanesOf = (inward: boolean, outward: boolean): Lanes => LANES[Number(inward) + 2 * Number(outward)]!;

const lanesIn = (keys: ReadonlySet<string>) => (device: string): Lanes =>
  lanesOf(keys.has(laneKey(device, "in")), keys.has(laneKey(device, "out")));

/** The program that a command runs, without what puts it into a namespace. */
export function programOf(command: string): string {
  const words = command.trim().split(/\s+/);
  const at = words[0] === "ip" && words.includes("exec") ? words.indexOf("exec") + 2 : 0;
  return words[at]?.split("/").at(-1) ?? "";
}

/** Which lanes of a device the followed packets' paths cover so far. */
export function coveredLanes(tracks: readonly Track[], position: number, family: number): (device: string) => Lanes {
  const lanes = new Set<string>();
  for (const track of tracks) {
    const distance = distanceAt(track, position);
    if (distance === undefined || track.family !== family) continue;
    for (const mark of track.route.marks) {
      const { netns, dev, lane } = mark.visit;
      if (mark.enter <= distance) lanes.add(laneKey(portKey(netns, dev), lane));
    }
  }
  return lanesIn(lanes);
}

export interface Sockets {
  /** By device. */
  readonly chips: ReadonlyMap<string, SocketChip>;
  /** Lanes whose name gives way to a chip or an arc. */
  quiet(device: string): Lanes;
  /** Lanes that do not end at the top: an arc goes on from there. */
  open(device: string): Lanes;
}


/** What runs along under the ceiling of L3: a routing arc, or the upper end of a tunnel's conduit. */
function roofOf({ arc, conduit, run, start, end }: Stretch, track: Track): { left: number; right: number; y: number } | undefined {
  if (!run || (arc?.band !== "l3" && conduit !== "encap" && conduit !== "decap")) return undefined;
  const mouth = conduit && track.route.curve.at(conduit === "encap" ? end : start).x;
  const [left, right] = [run[0].x, mouth ?? run[1].x].sort((a, b) => a - b) as [number, number];
  return { left, right, y: run[0].y };
}

export function socketsAt({ layout, walk, tracks }: Picture, position: number): Sockets {
  const text = programOf(walk.command);
  const chips = new Map<string, SocketChip>();
  const [quiet, open] = [new Set<string>(), new Set<string>()];
  for (const track of tracks) {
    const distance = distanceAt(track, position);
    const first = track.route.marks[0]?.visit;
    if (distance === undefined || !first) continue;
    for (const stretch of track.route.stretches) {
      const { arc, start } = stretch;
      const roof = roofOf(stretch, track);
      if (!roof || start >= distance) continue;
      if (arc) for (const end of [arc.from, arc.to]) open.add(laneKey(portKey(end.netns, end.dev), end.lane));
      for (const device of layout.devices.values()) {
        if (layout.rows[device.row]!.y > roof.y || device.jack.y < roof.y) continue;
        for (const lane of ["in", "out"] as const) {
          if (roof.left <= device[lane] && device[lane] <= roof.right) quiet.add(laneKey(device.key, lane));
        }
      }
    }
    const device = layout.devices.get(portKey(first.netns, first.dev));
    if (!device || first.station !== "socket send" || first.netns !== walk.netns || text === "") continue;
    quiet.add(laneKey(device.key, "out"));
    const size = layout.measures.text.label;
    const width = textWidth(text, size, true) + 14;
    chips.set(device.key, { key: device.key, text, x: device.out, y: device.top - layout.measures.packet, width, height: size + 8 });
  }
  return { chips, quiet: lanesIn(quiet), open: lanesIn(open) };
}
