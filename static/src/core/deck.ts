// A deck: what a teacher wants to show, in order. A file of its own (JSON), and what this browser keeps of it.

import type { RoomLab, RoomQuestion, TeachingLesson } from "../protocol.ts";
import { type Level, LEVELS } from "./cursor.ts";

/** A question or a graded task of a lesson: the server has its lab, its step and its words. */
export interface LessonItem {
  readonly title: string;
  readonly lesson: string;
  readonly task: string;
  readonly graded: boolean;
}

export interface LabItem {
  readonly title: string;
  readonly lab: RoomLab;
  readonly probe: number;
  readonly step: number;
  readonly level: Level;
  /** What is asked when the room is there. */
  readonly question?: RoomQuestion;
}

export type DeckItem = LabItem | LessonItem;

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

function isLessonItem(value: unknown): value is LessonItem {
  return isObject(value) && ["title", "lesson", "task"].every((key) => typeof value[key] === "string") && typeof value["graded"] === "boolean";
}

const isItem = (value: unknown): value is DeckItem => isLessonItem(value) || isLabItem(value);

function isLabItem(value: unknown): value is LabItem {
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

/** A lesson as a deck: what it asks and hands out, in its order; what a room cannot be asked is left out. */
export function deckOfLesson({ lesson, tasks }: TeachingLesson): Deck {
  const items = tasks.filter(({ askable, graded }) => askable || graded);
  return { ...EMPTY, items: items.map(({ task, prompt, graded }) => ({ title: prompt, lesson, task, graded })) };
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
