// What a text that somebody drops, chooses or pastes is: a lab script, an nft ruleset, or nothing that can be opened.

import { failures } from "../text/failures.ts";
import { cleanTitle, LONGEST } from "./link.ts";

export type Opened =
  | { readonly kind: "lab"; readonly title: string; readonly text: string }
  | { readonly kind: "ruleset"; readonly title: string; readonly text: string }
  | { readonly kind: "refused"; readonly why: string };

const CAPTURES = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a];

const refused = (why: string): Opened => ({ kind: "refused", why });

/** By its bytes and its name; the name's ending is left out of the title. */
export function openedFrom(name: string, bytes: Uint8Array): Opened {
  const title = cleanTitle(name.replace(/\.(sh|bash|nft|rules|conf|txt)$/i, ""));
  if (bytes.byteLength >= 4) {
    const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (CAPTURES.includes(magic)) return refused(failures.file.capture);
  }
  if (bytes.byteLength > 4 * LONGEST) return refused(failures.file.long);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refused(failures.file.binary);
  }
  return openedText(text, title);
}

export function openedText(text: string, title = ""): Opened {
  if (text.includes("\0")) return refused(failures.file.binary);
  if (text.length > LONGEST) return refused(failures.file.longText);
  if (text.trim() === "") return refused(failures.file.empty);
  return { kind: isRuleset(text) ? "ruleset" : "lab", title, text };
}

/** A ruleset's first words are nft's; a lab's are commands, of which one may be nft itself. */
function isRuleset(text: string): boolean {
  if (/^#!.*\bnft\b/.test(text)) return true;
  const first = text.split("\n").find((line) => line.trim() !== "" && !line.trim().startsWith("#")) ?? "";
  return /^\s*(table\s+\S+|flush\s+ruleset|(add|create|delete|destroy)\s+(table|chain|rule|set|map)\b|define\s+\w+\s*=)/.test(first);
}
