// "Add…": what can be added by filling in fields, with defaults from what is selected. What a field leaves empty the
// workshop chooses.

import type { Item, Operation } from "../protocol.ts";
import { peerOf, type Tile, TILES } from "./drops.ts";
import { NETDEV_HOOKS } from "./stations.ts";
import { type DeviceView, hookKey, portKey, type Topology } from "./topology.ts";

export const ADDITIONS = [...TILES, "address"] as const;
export type Addition = Tile | "address";

/** Namespaces by name, devices as "netns/dev", hooks as "netns/dev/station". */
export interface Fields {
  name: string;
  /** The host of a container; "/" for none. */
  host: string;
  /** Ends of a cable: "netns/" or "netns/bridge". */
  a: string;
  b: string;
  netns: string;
  device: string;
  other: string;
  hook: string;
  text: string;
  to: string;
  via: string;
  lladdr: string;
  kind: Extract<Operation, { type: "AddProbe" }>["kind"];
  port: string;
  frame: string;
}

export const PROBE_KINDS: readonly Fields["kind"][] = ["ping", "udp", "tcp", "arp", "arp-announce", "dhcp", "gptp", "avtp", "raw"];
export const NO_HOST = "/";

export const split = (key: string): [netns: string, dev: string] => {
  const at = key.indexOf("/");
  return [key.slice(0, at), key.slice(at + 1)];
};

export interface Ports {
  readonly key: string;
  readonly device: DeviceView;
}

const portsOf = (topology: Topology): Ports[] =>
  topology.namespaces.flatMap(({ name, devices }) => devices.filter(({ kind }) => kind !== "loopback").map((device) => ({ key: portKey(name, device.name), device })));

const INET = ["prerouting", "input", "forward", "output", "postrouting"] as const;

/** The hooks that a chain, or else a filter, can hang at. */
export function hookChoices(topology: Topology, what: Addition): { readonly key: string; readonly label: string }[] {
  const wanted = what === "filter" ? "tc " : "nft ";
  const onDevices = portsOf(topology).flatMap(({ key }) => {
    const [netns, dev] = split(key);
    return NETDEV_HOOKS.filter((station) => station.startsWith(wanted)).map((station) => ({ key: hookKey(netns, dev, station), label: `${netns} ${dev}: ${station}` }));
  });
  if (what === "filter") return onDevices;
  const bridged = (netns: string): boolean => topology.namespaces.some(({ name, devices }) => name === netns && devices.some(({ kind }) => kind === "bridge"));
  const inNamespaces = topology.namespaces.flatMap(({ name }) =>
    [...INET, "arp in", "arp out", ...(bridged(name) ? INET.map((hook) => `bridge ${hook}`) : [])].map((station) => ({ key: hookKey(name, "", station), label: `${name}: ${station}` })),
  );
  return [...onDevices, ...inNamespaces];
}

/** Where a cable can end: each namespace, and each bridge. */
export const endChoices = (topology: Topology): { readonly key: string; readonly label: string }[] =>
  topology.namespaces.flatMap(({ name, devices }) => [
    { key: portKey(name, ""), label: name || "root namespace" },
    ...devices.filter(({ kind }) => kind === "bridge").map((bridge) => ({ key: portKey(name, bridge.name), label: `${name} ${bridge.name}` })),
  ]);

export const deviceChoices = (topology: Topology): { readonly key: string; readonly label: string }[] =>
  portsOf(topology).map(({ key }) => ({ key, label: split(key).join(" ") }));

/** What the fields begin with: what is selected, and what is next to it. */
export function defaultsOf(what: Addition, topology: Topology, selected: Item | undefined): Fields {
  const names = topology.namespaces.map(({ name }) => name);
  const ports = portsOf(topology).map(({ key }) => key);
  const netns = selected && names.includes(selected.netns) ? selected.netns : (names[0] ?? "");
  const own = selected?.dev ? portKey(selected.netns, selected.dev) : "";
  const device = ports.includes(own) ? own : (ports.find((key) => split(key)[0] === netns) ?? ports[0] ?? "");
  const next = names.find((name) => name !== netns) ?? netns;
  const isBridge = topology.namespaces.some(({ name, devices }) => devices.some((one) => portKey(name, one.name) === own && one.kind === "bridge"));
  const peer = device ? peerOf(topology, ...split(device)) : undefined;
  const hooks = hookChoices(topology, what).map(({ key }) => key);
  const hook = selected?.kind === "hook" ? hookKey(selected.netns, selected.dev, selected.station) : "";
  return {
    name: "",
    host: names.length ? netns : NO_HOST,
    a: isBridge ? own : portKey(netns, ""),
    b: portKey(next, ""),
    netns,
    device,
    other: peer ? portKey(...peer) : (ports.find((key) => split(key)[0] !== split(device)[0]) ?? ""),
    hook: hooks.includes(hook) ? hook : (hooks.find((key) => key.startsWith(`${device}/`)) ?? hooks[0] ?? ""),
    text: "",
    to: "",
    via: "",
    lladdr: "",
    kind: "ping",
    port: "",
    frame: "",
  };
}

/** The operation that filled-in fields are; undefined where something must be chosen that is not there. */
export function operationOf(what: Addition, fields: Fields): Operation | undefined {
  const { netns, name, text } = fields;
  const device = split(fields.device);
  switch (what) {
    case "host":
      return { type: "AddNamespace", kind: "host", name, host: null };
    case "container":
      return { type: "AddNamespace", kind: "container", name, host: fields.host === NO_HOST ? null : fields.host };
    case "veth": {
      if (!fields.a || !fields.b) return undefined;
      const [[a, a_bridge], [b, b_bridge]] = [split(fields.a), split(fields.b)];
      return { type: "AddVeth", a, b, a_bridge, b_bridge };
    }
    case "bridge":
    case "dummy":
      return { type: "AddDevice", netns, kind: what, name, lower: "" };
    case "vlan":
      return fields.device ? { type: "AddDevice", netns: device[0], kind: "vlan", name, lower: device[1] } : undefined;
    case "vxlan":
      return fields.device && fields.other ? { type: "AddVxlan", a: device, b: split(fields.other) } : undefined;
    case "chain":
    case "filter": {
      const [space, rest] = split(fields.hook);
      const at = rest.indexOf("/");
      const [dev, station] = [rest.slice(0, at), rest.slice(at + 1)];
      if (!fields.hook) return undefined;
      if (what === "filter") return { type: "AddFilter", dev: [space, dev], side: station === "tc ingress" ? "ingress" : "egress", filter: text };
      return { type: "AddChain", netns: space, dev, station, rule: text };
    }
    case "route":
      return { type: "AddRoute", netns, to: fields.to, via: fields.via, dev: "" };
    case "neighbour":
      return fields.device ? { type: "AddNeighbour", dev: device, to: fields.to, lladdr: fields.lladdr } : undefined;
    case "address":
      return fields.device ? { type: "AddAddress", dev: device, address: fields.to } : undefined;
    case "probe": {
      const port = /^\d{1,5}$/.test(fields.port) ? Number(fields.port) : 0;
      const own = split(fields.device);
      const dev = ["arp", "arp-announce", "dhcp", "gptp", "avtp", "raw"].includes(fields.kind) && own[0] === netns ? own[1] : "";
      return { type: "AddProbe", netns, kind: fields.kind, to: fields.to, dev, port, raw: fields.frame };
    }
  }
}
