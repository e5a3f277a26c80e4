// A frame taken apart for the byte view: which bytes belong to which header and field.

import type { SkbState } from "./walk.ts";

export type Layer = "eth" | "vlan" | "arp" | "ip" | "ip6" | "icmp" | "icmp6" | "udp" | "tcp" | "payload";

export interface Field {
  readonly name: string;
  /** Offsets into the bytes; `end` is behind the last one. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

export interface Header {
  readonly layer: Layer;
  readonly start: number;
  readonly end: number;
  readonly fields: readonly Field[];
}

export function bytesOf(head: string): Uint8Array {
  return Uint8Array.from(atob(head), (char) => char.charCodeAt(0));
}

const number = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

type Show = (bytes: Uint8Array) => string;
const mac: Show = (bytes) => hex(bytes).match(/../g)?.join(":") ?? "";
const ipv4: Show = (bytes) => bytes.join(".");
const ipv6: Show = (bytes) => {
  const groups = hex(bytes).match(/..../g) ?? [];
  const words = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
  const [zeros] = (words.match(/(?<![^:])0(?::0)+(?![^:])/g) ?? []).sort((a, b) => b.length - a.length);
  return zeros ? words.replace(new RegExp(`(^|:)${zeros}(:|$)`), "::") : words;
};
const decimal: Show = (bytes) => String(number(bytes));
const hexadecimal: Show = (bytes) => `0x${hex(bytes)}`;
const tcpFlags: Show = (bytes) =>
  ["fin", "syn", "rst", "psh", "ack", "urg"].filter((_, bit) => ((bytes[0] ?? 0) >> bit) & 1).join(" ");
const fragment: Show = (bytes) => {
  const value = number(bytes);
  const flags = [value & 0x4000 && "DF", value & 0x2000 && "MF"].filter(Boolean).join(" ");
  return `${flags}${flags ? ", " : ""}${(value & 0x1fff) * 8}`;
};
const versionAndLength: Show = ([first = 0]) => `${first >> 4}, ${(first & 15) * 4} bytes`;

type Row = readonly [name: string, length: number, show: Show];

const ETH: readonly Row[] = [
  ["destination", 6, mac],
  ["source", 6, mac],
  ["type", 2, hexadecimal],
];
const VLAN: readonly Row[] = [
  ["tag", 2, (bytes) => `vlan ${number(bytes) & 0xfff}, priority ${number(bytes) >> 13}`],
  ["type", 2, hexadecimal],
];
const ARP: readonly Row[] = [
  ["hardware type", 2, decimal],
  ["protocol type", 2, hexadecimal],
  ["hardware length", 1, decimal],
  ["protocol length", 1, decimal],
  ["operation", 2, (bytes) => ({ 1: "request", 2: "reply" })[number(bytes)] ?? decimal(bytes)],
  ["sender MAC", 6, mac],
  ["sender address", 4, ipv4],
  ["target MAC", 6, mac],
  ["target address", 4, ipv4],
];
const IP: readonly Row[] = [
  ["version, header length", 1, versionAndLength],
  ["type of service", 1, hexadecimal],
  ["total length", 2, decimal],
  ["identification", 2, decimal],
  ["fragment", 2, fragment],
  ["TTL", 1, decimal],
  ["protocol", 1, decimal],
  ["checksum", 2, hexadecimal],
  ["source", 4, ipv4],
  ["destination", 4, ipv4],
];
const IP6: readonly Row[] = [
  ["version, traffic class, flow label", 4, hexadecimal],
  ["payload length", 2, decimal],
  ["next header", 1, decimal],
  ["hop limit", 1, decimal],
  ["source", 16, ipv6],
  ["destination", 16, ipv6],
];
const ICMP: readonly Row[] = [
  ["type", 1, decimal],
  ["code", 1, decimal],
  ["checksum", 2, hexadecimal],
  ["identifier", 2, decimal],
  ["sequence", 2, decimal],
];
const ICMP6 = ICMP.slice(0, 3);
const ND: readonly Row[] = [...ICMP6, ["flags", 4, hexadecimal], ["target", 16, ipv6]];
const UDP: readonly Row[] = [
  ["source port", 2, decimal],
  ["destination port", 2, decimal],
  ["length", 2, decimal],
  ["checksum", 2, hexadecimal],
];
const TCP: readonly Row[] = [
  ["source port", 2, decimal],
  ["destination port", 2, decimal],
  ["sequence", 4, decimal],
  ["acknowledgment", 4, decimal],
  ["header length", 1, ([first = 0]) => `${(first >> 4) * 4} bytes`],
  ["flags", 1, tcpFlags],
  ["window", 2, decimal],
  ["checksum", 2, hexadecimal],
  ["urgent pointer", 2, decimal],
];

const ETH_P_IP = 0x0800;
const ETH_P_ARP = 0x0806;
const ETH_P_IPV6 = 0x86dd;
const ETH_P_VLAN = new Set([0x8100, 0x88a8]);
const TRANSPORT: Readonly<Record<number, readonly [Layer, readonly Row[]]>> = {
  1: ["icmp", ICMP],
  6: ["tcp", TCP],
  17: ["udp", UDP],
  58: ["icmp6", ICMP6],
};
/** By the type of an ICMPv6 message: echo request and reply, neighbour solicitation and advertisement. */
const ICMP6_TYPES: Readonly<Record<number, readonly Row[]>> = { 128: ICMP, 129: ICMP, 135: ND, 136: ND };

class Dissection {
  readonly headers: Header[] = [];
  #at: number;

  constructor(
    readonly bytes: Uint8Array,
    start: number,
  ) {
    this.#at = start;
  }

  get at(): number {
    return this.#at;
  }

  /** A header of fixed fields; those that the frame is too short for are left out. `length`: with options. */
  take(layer: Layer, rows: readonly Row[], length?: number): void {
    const start = this.#at;
    const fields: Field[] = [];
    let at = start;
    for (const [name, size, show] of rows) {
      if (at + size > this.bytes.length) break;
      fields.push({ name, start: at, end: at + size, value: show(this.bytes.subarray(at, at + size)) });
      at += size;
    }
    const end = Math.min(this.bytes.length, Math.max(at, start + (length ?? 0)));
    if (end > at && fields.length === rows.length) {
      fields.push({ name: "options", start: at, end, value: hex(this.bytes.subarray(at, end)) });
    }
    this.#at = end;
    if (end > start) this.headers.push({ layer, start, end, fields });
  }

  payload(): void {
    const [start, end] = [this.#at, this.bytes.length];
    if (end > start) this.headers.push({ layer: "payload", start, end, fields: [] });
    this.#at = end;
  }

  word(at: number): number {
    return number(this.bytes.subarray(at, at + 2));
  }
}

function transport(frame: Dissection, protocol: number): void {
  const [layer, rows] = TRANSPORT[protocol] ?? [];
  const first = frame.bytes[frame.at] ?? 0;
  const own = layer === "icmp6" ? ICMP6_TYPES[first] : undefined;
  if (layer) frame.take(layer, own ?? rows!, layer === "tcp" ? ((frame.bytes[frame.at + 12] ?? 0) >> 4) * 4 : undefined);
}

function ip(frame: Dissection): void {
  const start = frame.at;
  frame.take("ip", IP, ((frame.bytes[start] ?? 0) & 15) * 4);
  const later = (frame.word(start + 6) & 0x1fff) !== 0; // a later fragment has no transport header
  if (!later) transport(frame, frame.bytes[start + 9] ?? -1);
}

function ip6(frame: Dissection): void {
  const start = frame.at;
  frame.take("ip6", IP6);
  transport(frame, frame.bytes[start + 6] ?? -1);
}

function network(frame: Dissection, type: number): void {
  const version = (frame.bytes[frame.at] ?? 0) >> 4;
  if (type === ETH_P_ARP) frame.take("arp", ARP);
  else if (type === ETH_P_IP && version === 4) ip(frame);
  else if (type === ETH_P_IPV6 && version === 6) ip6(frame);
}

/** The headers of a packet's bytes, from its link-layer header where it has one, else from the network header. */
export function dissect(state: SkbState): Header[] {
  const framed = state.mac_header >= 0 && state.mac_header !== state.network_header;
  const bytes = bytesOf(state.head);
  if (framed) return dissectFrame(bytes, state.mac_header);
  const frame = new Dissection(bytes, Math.max(0, state.network_header));
  network(frame, state.protocol);
  frame.payload();
  return frame.headers;
}

/** The headers of an Ethernet frame that begins at `start`. */
export function dissectFrame(bytes: Uint8Array, start = 0): Header[] {
  const frame = new Dissection(bytes, start);
  frame.take("eth", ETH);
  let type = frame.word(frame.at - 2);
  while (ETH_P_VLAN.has(type) && frame.at < frame.bytes.length) {
    frame.take("vlan", VLAN);
    type = frame.word(frame.at - 2);
  }
  network(frame, type);
  frame.payload();
  return frame.headers;
}

/** The header that a byte belongs to. */
export function headerAt(headers: readonly Header[], offset: number): Header | undefined {
  return headers.find((header) => header.start <= offset && offset < header.end);
}
