// The numbers of the picture (px at 100 %), for the three densities.

import type { Band } from "./walk.ts";

export type Density = "regular" | "compact" | "projector";

export interface Measures {
  /** Distance of a prong from its device's axis. */
  readonly prong: number;
  /** Distance between two devices' axes: the least, and what is taken where there is room. */
  readonly pitch: readonly [least: number, wide: number];
  /** From a namespace's side to the nearest axis. */
  readonly margin: number;
  readonly badge: { readonly width: number; readonly height: number; readonly cell: number };
  readonly ring: number;
  readonly title: number;
  readonly bands: Readonly<Record<Band, number>>;
  /** What one row of badges adds to L3. */
  readonly slot: number;
  /** Between two namespaces of a row. */
  readonly gutter: number;
  /** For the bands' names, left of the first namespace. */
  readonly rail: number;
  readonly path: number;
  readonly packet: number;
  readonly text: { readonly label: number; readonly name: number; readonly fine: number; readonly title: number };
}

export const MEASURES: Readonly<Record<Density, Measures>> = {
  regular: {
    prong: 46,
    pitch: [190, 232],
    margin: 100,
    badge: { width: 78, height: 26, cell: 22 },
    ring: 5.5,
    title: 36,
    bands: { l3: 58, netfilter: 76, tc: 76, driver: 78 },
    slot: 31,
    gutter: 40,
    rail: 108,
    path: 3.5,
    packet: 8,
    text: { label: 11.5, name: 13, fine: 10.5, title: 14 },
  },
  compact: {
    prong: 33,
    pitch: [138, 148],
    margin: 70,
    badge: { width: 58, height: 22, cell: 0 },
    ring: 5,
    title: 28,
    bands: { l3: 44, netfilter: 68, tc: 68, driver: 60 },
    slot: 26,
    gutter: 24,
    rail: 90,
    path: 3,
    packet: 6.5,
    text: { label: 10.5, name: 11.5, fine: 9.5, title: 12.5 },
  },
  projector: {
    prong: 53,
    pitch: [250, 260],
    margin: 128,
    badge: { width: 92, height: 30, cell: 26 },
    ring: 6.5,
    title: 34,
    bands: { l3: 52, netfilter: 74, tc: 74, driver: 76 },
    slot: 36,
    gutter: 54,
    rail: 118,
    path: 5,
    packet: 10,
    text: { label: 13.5, name: 16, fine: 12.5, title: 17 },
  },
};

export const BAND_GAP = 2;
export const JACK = { width: 18, height: 8 } as const;
/** The first arc runs so far under its band's ceiling; further ones so much deeper, twice that after a label. */
export const TRACK = { first: 15, pitch: 8 } as const;
/** The height of the lane in which arcs to ingress run, above a band's floor. */
export const FLOOR = 12;
export const CORNER = 9;

/** Estimated width of a text: the fonts' mean advance, on the safe side. */
export function textWidth(text: string, size: number, mono: boolean): number {
  return text.length * size * (mono ? 0.601 : 0.53);
}

/** Cut in the middle, so that what tells names apart stays. */
export function shorten(name: string, most: number): string {
  if (name.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(name.length - (most - 1 - head))}`;
}

/** A hardware address by what differs: its first and last byte. */
export function shortAddress(address: string): string {
  const bytes = address.split(":");
  return bytes.length === 6 ? `${bytes[0]}:…:${bytes[5]}` : address;
}
