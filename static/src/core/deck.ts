// A deck: what a teacher wants to show, in order. A file of its own (JSON), and what this browser keeps of it.

import type { RoomLab, RoomQuestion } from "../protocol.ts";
import { type Level, LEVELS } from "./cursor.ts";

export interface DeckItem {
  readonly title: string;
  readonly lab: RoomLab;
  readonly probe: number;
  readonly step: number;
  readonly level: Level;
  /** What is asked when the room is there. */
  readonly question?: RoomQuestion;
}

export interface Deck {
  readonly hookwalk: "deck";
  readonly version: 1;
  readonly items: readonly DeckItem[];
}

const MOST = 200; // items
const LONGEST = 5_000_000; // characters of a file

export const EMPTY: Deck = { hookwalk: "deck", version: 1, items: [] };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isNatural = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function isLab(value: unknown): value is RoomLab {
  return isObject(value) && ["title", "script", "other_title", "other"].every((key) => typeof value[key] === "string");
}

function isQuestion(value: unknown): value is RoomQuestion {
  return isObject(value) && typeof value["prompt"] === "string" && Array.isArray(value["options"]) && Array.isArray(value["right"]) && typeof value["kind"] === "string";
}

function isItem(value: unknown): value is DeckItem {
  return (
    isObject(value) &&
    typeof value["title"] === "string" &&
    isLab(value["lab"]) &&
    isNatural(value["probe"]) &&
    isNatural(value["step"]) &&
    LEVELS.includes(value["level"] as Level) &&
    (value["question"] === undefined || isQuestion(value["question"]))
  );
}

/** The deck in a file's text; undefined where it is none, or too long. The server checks each question again. */
export function deckOf(text: string): Deck | undefined {
  if (text.length > LONGEST) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["hookwalk"] !== "deck" || value["version"] !== 1 || !Array.isArray(value["items"])) return undefined;
  const items: unknown[] = value["items"];
  return items.length <= MOST && items.every(isItem) ? { ...EMPTY, items } : undefined;
}

export const textOfDeck = (deck: Deck): string => JSON.stringify(deck, null, 1);

/** A question as a teacher types it: the prompt, then an answer a line, with a * before each right one. */
export function questionOf(text: string, letters: string): Pick<RoomQuestion, "kind" | "prompt" | "options" | "right" | "several"> | undefined {
  const [prompt = "", ...lines] = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (lines.length < 2 || lines.length > letters.length) return undefined;
  const options = lines.map((line, at) => ({ id: letters[at]!, text: line.replace(/^\*\s*/, ""), detail: "", hook: null }));
  const right = options.filter((_, at) => lines[at]!.startsWith("*")).map(({ id }) => id);
  return { kind: "choice", prompt, options, right, several: right.length > 1 };
}
