// Which part of a picture is in view. Large pictures draw no more than that and a margin around it.

import type { CableBox } from "./cables.ts";
import type { BridgeBar, DeviceBox, Layout, NamespaceBox } from "./layout.ts";

export interface Window {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Transform {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

interface Room {
  readonly width: number;
  readonly height: number;
}

const STEP = 160; // px of the room: what is drawn changes once in so many, not with every move

/** The window onto a picture under a transform, a step larger on each side. Equal texts are equal windows. */
export function windowText({ x, y, k }: Transform, room: Room): string {
  const outward = (value: number, round: (value: number) => number): number => round(value / STEP) * (STEP / k);
  return [
    outward(-x - STEP / 2, Math.floor),
    outward(-y - STEP / 2, Math.floor),
    outward(-x + room.width + STEP / 2, Math.ceil),
    outward(-y + room.height + STEP / 2, Math.ceil),
  ].join(" ");
}

export function windowOf(text: string): Window {
  const [left, top, right, bottom] = text.split(" ").map(Number) as [number, number, number, number];
  return { left, top, right, bottom };
}

const SAG = 120; // how far a cable may hang below its jacks

const meets = (window: Window, left: number, top: number, right: number, bottom: number): boolean =>
  left < window.right && right > window.left && top < window.bottom && bottom > window.top;

/** What of a layout is drawn: all of a small one, of a large one what the window shows. */
export interface Seen {
  readonly namespaces: readonly NamespaceBox[];
  readonly devices: readonly DeviceBox[];
  readonly cables: readonly CableBox[];
  readonly bridges: readonly BridgeBar[];
}

const LARGE = 40; // namespaces

export function seenOf(layout: Layout, window: Window): Seen {
  if (layout.namespaces.length < LARGE) return { ...layout, devices: [...layout.devices.values()] };
  const namespaces = layout.namespaces.filter(({ x, y, width, height }) => meets(window, x, y, x + width, y + height + SAG));
  const devices = namespaces.flatMap((box) => box.devices);
  const keys = new Set(devices.map(({ key }) => key));
  const cables = layout.cables.filter(({ a, b }) => {
    if (keys.has(a) || keys.has(b)) return true;
    const [from, to] = [layout.devices.get(a)!.jack, layout.devices.get(b)!.jack];
    return meets(window, Math.min(from.x, to.x), Math.min(from.y, to.y), Math.max(from.x, to.x), Math.max(from.y, to.y) + SAG);
  });
  return { namespaces, devices, cables, bridges: layout.bridges.filter(({ key }) => keys.has(key)) };
}
