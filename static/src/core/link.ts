// Every state has a link. A built-in lab by its slug, any other lab by value: deflated, in base64url, after the #, with
// a version in front, so that the server never sees it before the page opens it.
//
// v1 is one script. v2 is a JSON object (Packed): a title, and a second script where two labs are compared. What can be
// said in v1 is still written so: it is shorter, and every Hookwalk reads it. Links are read for ever (fixtures/links.json).

import { failures } from "../text/failures.ts";
import { type Level, LEVELS } from "./cursor.ts";

export interface Place {
  readonly probe: number;
  readonly step: number;
  readonly level: Level;
}

/** One lab of a link. */
export interface Titled {
  readonly title: string;
  readonly script: string;
}

/** What a link carries by value; with `other`, two labs to be compared. */
export interface Shared extends Titled {
  readonly other?: Titled;
}

export type Target =
  | { readonly kind: "builtin"; readonly slug: string }
  | { readonly kind: "twin"; readonly slug: string; readonly other: string }
  | { readonly kind: "script"; readonly script: string; readonly title?: string }
  | { readonly kind: "twin-script"; readonly shared: Shared };

/** The pages that show one lab. */
export type Page = "/lab" | "/workshop" | "/embed";

export class LinkError extends Error {}

export const LONGEST = 100_000; // characters of a script
const LONGEST_TITLE = 200;
const MOST_PACKED = 1_000_000; // characters of a hash: more than two of the longest scripts take
const MOST_BYTES = 8 * LONGEST + 4096; // what they may unpack to: 4 bytes a character, for two of them


export const START: Place = { probe: 0, step: 0, level: "hooks" };

const natural = (text: string | null): number => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : 0);

export function placeOf(search: string): Place {
  const query = new URLSearchParams(search);
  const level = LEVELS.find((known) => known === query.get("level")) ?? "hooks";
  return { probe: natural(query.get("probe")), step: natural(query.get("step")), level };
}

/** A step that is not said: a lab is shown from its beginning, twins from where they part. */
export const UNSAID = -1;

/** `first`: a link to the first step says so, too. */
export function searchOf(place: Place, first = false): string {
  const query = new URLSearchParams();
  if (place.probe > 0) query.set("probe", String(place.probe));
  if (place.step > 0 || (first && place.step === 0)) query.set("step", String(place.step));
  if (place.level !== "hooks") query.set("level", place.level);
  const text = query.toString();
  return text && `?${text}`;
}

// Bytes

async function deflated(text: string): Promise<Uint8Array> {
  const stream = new Blob([new TextEncoder().encode(text)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The text in packed bytes; what unpacks to more than MOST_BYTES is given up while it is read. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new LinkError(failures.link.long);
    }
    text += decoder.decode(value, { stream: true });
  }
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

// Versions

/** v2: title, script, and the same of the second lab; what is empty is left out. */
interface Packed {
  readonly t?: string;
  readonly s: string;
  readonly u?: string;
  readonly o?: string;
}

function titled(title: unknown, script: unknown): Titled {
  if (typeof script !== "string" || (title !== undefined && typeof title !== "string")) throw new LinkError(failures.link.empty);
  if (script.length > LONGEST) throw new LinkError(failures.link.long);
  return { title: cleanTitle(title ?? ""), script };
}

/** A title as it may be shown: one line, no control characters, no tricks with the direction of writing. */
export function cleanTitle(title: string): string {
  const plain = title.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return [...plain].slice(0, LONGEST_TITLE).join("");
}

function unpack2(text: string): Shared {
  let packed: Partial<Record<keyof Packed, unknown>> | null;
  try {
    packed = JSON.parse(text) as typeof packed;
  } catch {
    throw new LinkError(failures.link.packed);
  }
  if (packed === null || typeof packed !== "object") throw new LinkError(failures.link.empty);
  const shared = titled(packed.t, packed.s);
  return packed.o === undefined ? shared : { ...shared, other: titled(packed.u, packed.o) };
}

const VERSIONS: Readonly<Record<string, (text: string) => Shared>> = {
  v1: (text) => titled("", text),
  v2: unpack2,
};

const kept: { text: string; hash: string } = { text: "", hash: "" };

/** The part of a link after the address: # and the lab, or two of them. It is asked for at every step: the last is kept. */
export async function hashOf(shared: Shared | string): Promise<string> {
  const text = JSON.stringify(shared);
  if (kept.text !== text) Object.assign(kept, { text, hash: await packedHash(shared) });
  return kept.hash;
}

async function packedHash(shared: Shared | string): Promise<string> {
  const { title, script, other } = typeof shared === "string" ? { title: "", script: shared, other: undefined } : shared;
  if (title === "" && !other) return `#v1.${toBase64url(await deflated(script))}`;
  const packed: Packed = {
    ...(title && { t: cleanTitle(title) }),
    s: script,
    ...(other?.title && { u: cleanTitle(other.title) }),
    ...(other && { o: other.script }),
  };
  return `#v2.${toBase64url(await deflated(JSON.stringify(packed)))}`;
}

/** What a link's hash carries. LinkError says what is wrong with it, in words for people. */
export async function sharedOf(hash: string): Promise<Shared> {
  if (hash.length > MOST_PACKED) throw new LinkError(failures.link.long);
  const [, version, packed] = /^#(v\d{1,3})\.([\w-]+)$/.exec(hash) ?? [];
  if (!version || !packed) throw new LinkError(failures.link.empty);
  const unpack = VERSIONS[version];
  if (!unpack) throw new LinkError(failures.link.newer(version));
  let text: string;
  try {
    text = await inflated(fromBase64url(packed));
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError(failures.link.packed);
  }
  return unpack(text);
}

/** The script in a link's hash; of two, the first. */
export async function scriptOf(hash: string): Promise<string> {
  return (await sharedOf(hash)).script;
}

/** `page`: the one that shows a lab. */
export async function addressOf(target: Target, place: Place, page: Page = "/lab"): Promise<string> {
  const search = searchOf(place, target.kind.startsWith("twin"));
  if (target.kind === "builtin") return `${page}/${target.slug}${search}`;
  if (target.kind === "twin") return `/twin/${target.slug}/${target.other}${search}`;
  if (target.kind === "twin-script") return `/twin${search}${await hashOf(target.shared)}`;
  return `${page}${search}${await hashOf({ title: target.title ?? "", script: target.script })}`;
}

/** Two scripts side by side: one before a change and after it, say. */
export async function twinAddress(one: Titled, other: Titled): Promise<string> {
  return addressOf({ kind: "twin-script", shared: { ...one, other } }, { ...START, step: UNSAID });
}
