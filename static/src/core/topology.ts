// The values of webapp/lab/topology.py: namespaces, devices, hooks and cables as they stand.

import type { Band, Lane } from "./walk.ts";

export interface HookView {
  readonly station: string;
  readonly band: Band;
  readonly lane: Lane;
  readonly count: number;
  readonly lines: readonly string[];
}

export interface DeviceView {
  readonly name: string;
  readonly ifindex: number;
  readonly kind: string;
  readonly address: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mtu: number;
  readonly addresses: readonly string[];
  readonly master: string;
  readonly hooks: readonly HookView[];
}

export interface NamespaceView {
  readonly name: string;
  readonly devices: readonly DeviceView[];
  readonly hooks: readonly HookView[];
  readonly forwarding: boolean;
}

export type Port = readonly [netns: string, dev: string];

export interface Cable {
  readonly a: Port;
  readonly b: Port;
  readonly kind: string;
}

export interface Topology {
  readonly namespaces: readonly NamespaceView[];
  readonly cables: readonly Cable[];
}

/** One hook of one device: the name under which scene, states, selection and break points speak of it. */
export type HookKey = string;

export function hookKey(netns: string, dev: string, station: string): HookKey {
  return `${netns}/${dev}/${station}`;
}

export function portKey(netns: string, dev: string): string {
  return `${netns}/${dev}`;
}
