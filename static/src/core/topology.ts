// A lab as it stands (webapp/lab/topology.py), and the names by which scene, states and selection speak of its parts.

import type { Topology } from "../protocol.ts";

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

const portsOf = ({ namespaces }: Topology): string[] => namespaces.flatMap(({ name, devices }) => devices.map((device) => portKey(name, device.name)));

/** Whether a lab as it stands has every device that it had then: a walk of then can be drawn on it. */
export function covers(now: Topology, then: Topology): boolean {
  const ports = new Set(portsOf(now));
  return portsOf(then).every((port) => ports.has(port));
}
