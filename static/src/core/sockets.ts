// What stands at the upper ends of lanes: the program that sent the packet, or nothing where an arc runs.

import { distanceAt, type Track } from "./frame.ts";
import { textWidth } from "./measures.ts";
import type { Picture } from "./picture.ts";
import { laneKey } from "./route.ts";
import { portKey } from "./topology.ts";

export interface SocketChip {
  readonly key: string;
  readonly text: string;
  readonly x: number;
  /** y of its foot. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Lanes {
  readonly in: boolean;
  readonly out: boolean;
}

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
  return (device) => ({ in: lanes.has(laneKey(device, "in")), out: lanes.has(laneKey(device, "out")) });
}

export function socketsAt(picture: Picture, position: number): { chips: Map<string, SocketChip>; quiet: (device: string) => Lanes } {
  const { layout, walk, tracks } = picture;
  const text = programOf(walk.command);
  const chips = new Map<string, SocketChip>();
  const quiet = new Set<string>();
  for (const track of tracks) {
    const first = track.route.marks[0]?.visit;
    if (distanceAt(track, position) === undefined || !first) continue;
    for (const { arc } of track.route.stretches) {
      if (arc?.band !== "l3") continue;
      quiet.add(laneKey(portKey(arc.from.netns, arc.from.dev), arc.from.lane));
      quiet.add(laneKey(portKey(arc.to.netns, arc.to.dev), arc.to.lane));
    }
    const device = layout.devices.get(portKey(first.netns, first.dev));
    if (!device || first.station !== "socket send" || first.netns !== walk.netns || text === "") continue;
    quiet.add(laneKey(device.key, "out"));
    const size = layout.measures.text.label;
    const width = textWidth(text, size, true) + 14;
    chips.set(device.key, { key: device.key, text, x: device.out, y: device.top + 2, width, height: size + 8 });
  }
  const isQuiet = (device: string): Lanes => ({
    in: quiet.has(laneKey(device, "in")),
    out: quiet.has(laneKey(device, "out")),
  });
  return { chips, quiet: isQuiet };
}
