// A probe as it is filled in, and the operation that it is.

import { deviceOf } from "./drops.ts";
import { type FrameFields, frameOf, type Sender, toHex, wrongFields } from "./frames.ts";
import type { Operation } from "../protocol.ts";
import type { ProbeKind } from "../text/questions.ts";
import type { DeviceView, Topology } from "./topology.ts";

export interface ProbeFields {
  readonly kind: ProbeKind;
  readonly netns: string;
  readonly to: string;
  readonly dev: string;
  readonly port: string;
  readonly frame: FrameFields;
}

export const PROBE_KINDS: readonly ProbeKind[] = ["ping", "udp", "tcp", "arp", "raw"];
const PORTED: ReadonlySet<ProbeKind> = new Set(["udp", "tcp"]);
export const hasPort = (kind: ProbeKind): boolean => PORTED.has(kind);

/** The devices of a namespace from which a packet socket sends. */
export const sendersOf = (topology: Topology, netns: string): readonly DeviceView[] =>
  topology.namespaces.find(({ name }) => name === netns)?.devices.filter(({ kind }) => kind !== "loopback") ?? [];

/** The device that is asked for if it is there, else the first. */
export function chosenDevice(topology: Topology, netns: string, dev: string): string {
  const senders = sendersOf(topology, netns);
  return senders.some(({ name }) => name === dev) ? dev : ((senders.find(({ addresses }) => addresses.length) ?? senders[0])?.name ?? "");
}

const plain = (address: string): string => address.split("/")[0]!;

export function senderOf(topology: Topology, netns: string, dev: string): Sender {
  const view = deviceOf(topology, netns, dev);
  return { mac: view?.address ?? "", address: plain(view?.addresses.find((one) => !one.includes(":")) ?? "") };
}

/** Addresses of the other namespaces that one may send to, and whose they are. */
export function addressesFrom(topology: Topology, netns: string): { readonly address: string; readonly netns: string; readonly dev: string }[] {
  return topology.namespaces
    .filter(({ name }) => name !== netns)
    .flatMap(({ name, devices }) =>
      devices
        .filter(({ kind }) => kind !== "loopback")
        .flatMap((device) => device.addresses.map((one) => ({ address: plain(one), netns: name, dev: device.name })))
        .filter(({ address }) => !/^fe80:/i.test(address)),
    );
}

/** The operation, or none while something is not filled in. */
export function probeOperation(fields: ProbeFields): Operation | undefined {
  const { kind, netns, to, dev } = fields;
  const port = fields.port.trim() === "" ? 0 : Number(fields.port);
  if (hasPort(kind) && !(Number.isInteger(port) && port >= 0 && port < 65536)) return undefined;
  const made = { type: "AddProbe", netns, kind, to: "", dev: "", port: 0, raw: "" } as const;
  if (kind === "raw") return wrongFields(fields.frame).length || !dev ? undefined : { ...made, dev, raw: toHex(frameOf(fields.frame)) };
  return { ...made, to: to.trim(), dev: kind === "arp" ? dev : "", port: hasPort(kind) ? port : 0 };
}
