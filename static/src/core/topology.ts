// A lab as it stands (webapp/lab/topology.py), and the names by which scene, states and selection speak of its parts.

export type { Cable, DeviceView, HookView, NamespaceView, Topology } from "../protocol.ts";

/** One hook of one device. */
export type HookKey = string;

export function hookKey(netns: string, dev: string, station: string): HookKey {
  return `${netns}/${dev}/${station}`;
}

/** One device. */
export function portKey(netns: string, dev: string): string {
  return `${netns}/${dev}`;
}
