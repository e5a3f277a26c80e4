// Every state has a link. A built-in lab by its slug, any other lab by value: deflated, in base64url, after the #, with
// a version in front, so that the server never sees it before the page opens it.

import type { Level } from "./cursor.ts";

export interface Place {
  readonly probe: number;
  readonly step: number;
  readonly level: Level;
}

export type Target =
  | { readonly kind: "builtin"; readonly slug: string }
  | { readonly kind: "twin"; readonly slug: string; readonly other: string }
  | { readonly kind: "script"; readonly script: string };

export class LinkError extends Error {}

const VERSION = "v1";
const LONGEST = 100_000; // characters of a script
const LEVELS: readonly Level[] = ["hooks", "functions", "expressions"];

export const START: Place = { probe: 0, step: 0, level: "hooks" };

const natural = (text: string | null): number => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : 0);

export function placeOf(search: string): Place {
  const query = new URLSearchParams(search);
  const level = LEVELS.find((known) => known === query.get("level")) ?? "hooks";
  return { probe: natural(query.get("probe")), step: natural(query.get("step")), level };
}

export function searchOf(place: Place): string {
  const query = new URLSearchParams();
  if (place.probe > 0) query.set("probe", String(place.probe));
  if (place.step > 0) query.set("step", String(place.step));
  if (place.level !== "hooks") query.set("level", place.level);
  const text = query.toString();
  return text && `?${text}`;
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(out).arrayBuffer());
}

function toBase64url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

export async function hashOf(script: string): Promise<string> {
  const packed = await through(new TextEncoder().encode(script), new CompressionStream("deflate-raw"));
  return `#${VERSION}.${toBase64url(packed)}`;
}

/** The script in a link's hash. LinkError says what is wrong with it, in words for people. */
export async function scriptOf(hash: string): Promise<string> {
  const [, version, packed] = /^#(v\d+)\.([\w-]+)$/.exec(hash) ?? [];
  if (!version || !packed) throw new LinkError("This link is cut off or was changed: it holds no lab.");
  if (version !== VERSION) throw new LinkError(`This link was made by a newer Hookwalk (${version}).`);
  let script: string;
  try {
    const bytes = await through(fromBase64url(packed), new DecompressionStream("deflate-raw"));
    script = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new LinkError("This link is cut off or was changed: its lab cannot be unpacked.");
  }
  if (script.length > LONGEST) throw new LinkError("The lab in this link is too long.");
  return script;
}

/** `page`: the one that shows a lab. */
export async function addressOf(target: Target, place: Place, page: "/lab" | "/workshop" = "/lab"): Promise<string> {
  const search = searchOf(place);
  if (target.kind === "builtin") return `${page}/${target.slug}${search}`;
  if (target.kind === "twin") return `/twin/${target.slug}/${target.other}${search}`;
  return `${page}${search}${await hashOf(target.script)}`;
}
