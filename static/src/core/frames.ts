// Ethernet frames as they are built by hand: their fields, the bytes that they make, and frames to begin with.

export interface FrameFields {
  readonly dst: string;
  readonly src: string;
  /** A VLAN id, or empty for a frame without a tag. */
  readonly vlan: string;
  /** Four hex digits. */
  readonly ethertype: string;
  /** What follows the Ethernet header, in hex. */
  readonly payload: string;
}

export type FrameField = keyof FrameFields;

/** Who sends: its device's link-layer address, and its IPv4 address or "". */
export interface Sender {
  readonly mac: string;
  readonly address: string;
}

export type Preset = "empty" | "dhcp" | "gptp" | "avtp" | "arp-announce";
export const PRESETS: readonly Preset[] = ["dhcp", "gptp", "avtp", "arp-announce", "empty"];

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;
const BROADCAST = "ff:ff:ff:ff:ff:ff";
export const LONGEST = 4900; // bytes of a payload: what a request carries

const digits = (text: string): string => text.replace(/[\s:]/g, "").toLowerCase();
const isBytes = (text: string): boolean => /^(?:[0-9a-f]{2})*$/.test(digits(text));

const CHECKS: Readonly<Record<FrameField, (value: string) => boolean>> = {
  dst: (value) => MAC.test(value.trim()),
  src: (value) => MAC.test(value.trim()),
  vlan: (value) => value.trim() === "" || (/^\d{1,4}$/.test(value.trim()) && Number(value) < 4095),
  ethertype: (value) => /^(?:0x)?[0-9a-f]{4}$/i.test(value.trim()),
  payload: (value) => isBytes(value) && digits(value).length <= 2 * LONGEST,
};

/** The fields that cannot be read. */
export const wrongFields = (fields: FrameFields): FrameField[] =>
  (Object.keys(CHECKS) as FrameField[]).filter((field) => !CHECKS[field](fields[field]));

export const fromHex = (text: string): Uint8Array => Uint8Array.from(digits(text).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
export const toHex = (bytes: Uint8Array | readonly number[], between = ""): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(between);

/** The frame's bytes; a field that cannot be read is left out. */
export function frameOf(fields: FrameFields): Uint8Array {
  const part = (field: FrameField, hex: string): string => (CHECKS[field](fields[field]) ? hex : "");
  const tag = fields.vlan.trim() === "" ? "" : `8100${Number(fields.vlan).toString(16).padStart(4, "0")}`;
  return fromHex(
    part("dst", digits(fields.dst)) +
      part("src", digits(fields.src)) +
      part("vlan", tag) +
      part("ethertype", fields.ethertype.trim().replace(/^0x/i, "")) +
      part("payload", digits(fields.payload)),
  );
}

/** The Internet checksum (RFC 1071) of bytes. */
export function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const word = (value: number): number[] => [value >> 8, value & 0xff];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const address = (text: string): number[] => (/^\d+(\.\d+){3}$/.test(text) ? text.split(".").map(Number) : zeros(4));

const IPPROTO_UDP = 17;
const NOBODY = zeros(4);
const EVERYBODY = [255, 255, 255, 255];

/** A UDP datagram over IPv4 (RFC 768, RFC 791), with both checksums. */
function datagram(source: number[], target: number[], from: number, to: number, data: number[]): number[] {
  const length = 8 + data.length;
  const udp = [...word(from), ...word(to), ...word(length)];
  const sum = checksum([...source, ...target, 0, IPPROTO_UDP, ...word(length), ...udp, 0, 0, ...data]);
  const head = [0x45, 0, ...word(20 + length), 0, 0, 0, 0, 64, IPPROTO_UDP];
  const ends = [...source, ...target];
  return [...head, ...word(checksum([...head, 0, 0, ...ends])), ...ends, ...udp, ...word(sum || 0xffff), ...data];
}

/** DHCPDISCOVER (RFC 2131, figure 1): who has an address for this link-layer address? */
function discover(mac: number[]): number[] {
  const bootp = [1, 1, 6, 0, 0x48, 0x57, 0, 1, 0, 0, 0x80, 0, ...zeros(16), ...mac, ...zeros(10), ...zeros(64), ...zeros(128)];
  const cookie = [0x63, 0x82, 0x53, 0x63];
  const options = [53, 1, 1, 55, 3, 1, 3, 6, 255];
  return datagram(NOBODY, EVERYBODY, 68, 67, [...bootp, ...cookie, ...options]);
}

/** IEEE 802.1AS Sync of one step: the PTP header (IEEE 1588, 13.3) and a time of zero. */
function sync(mac: number[]): number[] {
  const clock = [...mac.slice(0, 3), 0xff, 0xfe, ...mac.slice(3)];
  return [0x10, 0x02, ...word(44), 0, 0, 0, 0x08, ...zeros(8), ...zeros(4), ...clock, ...word(1), ...word(1), 0, 0xfd, ...zeros(10)];
}

/** IEEE 1722 AAF (subtype 2): 6 samples of 2 channels, 16 bit at 48 kHz, all silent. */
function audio(mac: number[]): number[] {
  const silence = zeros(24);
  return [0x02, 0x80, 0, 0, ...mac, ...word(1), ...zeros(4), 0x04, 0x50, 0x02, 16, ...word(silence.length), 0, 0, ...silence];
}

/** An ARP request for one's own address (RFC 5227, 2.3). */
const announcement = (mac: number[], own: number[]): number[] => [...word(1), ...word(0x0800), 6, 4, ...word(1), ...mac, ...own, ...zeros(6), ...own];

/** A frame to begin with, as this sender would send it. */
export function presetOf(preset: Preset, sender: Sender): FrameFields {
  const mac = [...fromHex(MAC.test(sender.mac) ? sender.mac : "02:00:00:00:00:01")];
  const src = toHex(mac, ":");
  const made = (dst: string, ethertype: string, payload: number[]): FrameFields => ({ dst, src, vlan: "", ethertype, payload: toHex(payload) });
  switch (preset) {
    case "dhcp":
      return made(BROADCAST, "0800", discover(mac));
    case "gptp":
      return made("01:80:c2:00:00:0e", "88f7", sync(mac));
    case "avtp":
      return made("91:e0:f0:00:fe:00", "22f0", audio(mac));
    case "arp-announce":
      return made(BROADCAST, "0806", announcement(mac, address(sender.address)));
    case "empty":
      return made(BROADCAST, "88b5", []);
  }
}
