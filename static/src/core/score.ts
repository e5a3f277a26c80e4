// The walk written like music: a row per band, a column per stop, a note where something ran, a rest where a hook was
// passed by. Columns count; the view decides how wide they are.

import { HAND_OVERS, NETDEV_HOOKS, outcomeOf, depthOf } from "./stations.ts";
import { journeysIn } from "./picture.ts";
import { placesOf } from "./journey.ts";
import type { Stop } from "./cursor.ts";
import { copyTaken, type Band, notesOf, type Step, type Walk } from "./walk.ts";

export type NoteForm = "dot" | "rules" | "handover" | "drop" | "delivered" | "rest";

export interface ScoreNote {
  readonly column: number;
  readonly step: number;
  /** 0 to 3, L3 at the top. */
  readonly row: number;
  readonly band: Band;
  readonly form: NoteForm;
  /** How many rules or filters ran. */
  readonly count: number;
  /** What stands at it, as a key of the text table with its values; empty for plain notes. */
  readonly word: { readonly key: "hit" | "passedBy" | "dropped" | "plain"; readonly value: string } | undefined;
  readonly skb: number;
}

export interface Bar {
  /** The bar line stands before this column. */
  readonly column: number;
  readonly columns: number;
  readonly netns: string;
  readonly dev: string;
}

/** Notes of one packet in their order; a copy's voice begins at its parent's note. */
export interface Voice {
  readonly skb: number;
  readonly copy: boolean;
  readonly notes: readonly ScoreNote[];
}

export interface Score {
  readonly columns: number;
  readonly notes: readonly ScoreNote[];
  readonly bars: readonly Bar[];
  readonly voices: readonly Voice[];
}

const netdev = new Set<string>(NETDEV_HOOKS);

function ranIn(step: Step): number {
  return notesOf(step, "RuleRun").length + notesOf(step, "FilterRun").length;
}

const isDrop = (walk: Walk, step: Step): boolean => outcomeOf(step) === "dropped" && !copyTaken(walk, step.skb);

function formOf(walk: Walk, step: Step): NoteForm {
  if (step.kind === "passed_by") return "rest";
  if (isDrop(walk, step)) return "drop";
  if (step.station === "deliver") return "delivered";
  if (step.station in HAND_OVERS) return "handover";
  return ranIn(step) > 0 && step.station !== "" ? "rules" : "dot";
}

function wordOf(walk: Walk, step: Step): ScoreNote["word"] {
  if (step.kind === "passed_by") return { key: "passedBy", value: "" };
  if (isDrop(walk, step)) return { key: "dropped", value: "" };
  if (step.station in HAND_OVERS) return { key: "plain", value: step.station };
  const hit = notesOf(step, "FilterRun").find((filter) => filter.matched);
  if (hit && netdev.has(step.station)) return { key: "hit", value: hit.kind };
  return undefined;
}

function noteOf(walk: Walk, stop: Stop, column: number): ScoreNote {
  const step = walk.steps[stop.step]!;
  const band = HAND_OVERS[step.station] ?? step.band;
  const form = formOf(walk, step);
  return {
    column,
    step: step.number,
    row: depthOf(band),
    band,
    form,
    count: ranIn(step),
    word: stop.note === -1 ? wordOf(walk, step) : undefined,
    skb: step.skb,
  };
}

/** Bar lines where the device changes. */
function barsOf(walk: Walk, stops: readonly Stop[]): Bar[] {
  const places = placesOf(walk);
  const bars: Bar[] = [];
  stops.forEach((stop, column) => {
    const { netns, dev } = places[stop.step]!;
    const last = bars.at(-1);
    if (last && (dev === "" || (last.netns === netns && last.dev === dev))) {
      bars[bars.length - 1] = { ...last, columns: last.columns + 1 };
    } else bars.push({ column, columns: 1, netns, dev });
  });
  return bars;
}

function voicesOf(walk: Walk, notes: readonly ScoreNote[]): Voice[] {
  const journeys = new Map(journeysIn(walk).map((journey) => [journey.skb, journey]));
  const voices = new Map<number, ScoreNote[]>();
  for (const note of notes) {
    if (note.form === "rest" || note.skb === 0) continue;
    const own = voices.get(note.skb);
    if (own) own.push(note);
    else {
      const before = voices.get(journeys.get(note.skb)?.parent ?? 0)?.findLast((other) => other.column < note.column);
      voices.set(note.skb, before ? [before, note] : [note]);
    }
  }
  return [...voices].map(([skb, own]) => ({ skb, copy: journeys.get(skb)?.copy ?? false, notes: own }));
}

export function scoreOf(walk: Walk, stops: readonly Stop[]): Score {
  const notes = stops.map((stop, column) => noteOf(walk, stop, column));
  return { columns: stops.length, notes, bars: barsOf(walk, stops), voices: voicesOf(walk, notes) };
}

/** A stretch of a row, in px. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface ScoreLabel {
  readonly note: ScoreNote;
  readonly text: string;
  /** Its middle, and on which side of the note it stands. */
  readonly x: number;
  readonly below: boolean;
}

const OVERHANG = 5; // of a word that stands beside the melody, over its note

/**
 * Words beside notes, where the neighbours' words leave room: above, or below where the line rises; and to the side from
 * which the melody does not come and to which it does not go.
 *
 * textOf, widthOf: what is written, and how wide that is, in px      xOf(column): the axis      headings: the names above
 * the top row, which its words must not touch
 */
export function labelsOf(
  notes: readonly ScoreNote[],
  textOf: (word: NonNullable<ScoreNote["word"]>) => string,
  widthOf: (text: string) => number,
  xOf: (column: number) => number,
  headings: readonly Stretch[],
): ScoreLabel[] {
  const ends = { above: -Infinity, below: -Infinity };
  const lines = flats(notes, xOf);
  return notes.flatMap((note) => {
    if (!note.word) return [];
    const text = textOf(note.word);
    const half = widthOf(text) / 2;
    const voice = notes.filter(({ skb, form }) => skb === note.skb && form !== "rest");
    const before = voice.findLast(({ column }) => column < note.column)?.row ?? note.row;
    const after = voice.find(({ column }) => column > note.column)?.row ?? note.row;
    const places = (["above", "below"] as const).map((side) => {
      const toward = side === "above" ? -1 : 1;
      const turn = Number((before - note.row) * toward > 0) - Number((after - note.row) * toward > 0);
      const x = xOf(note.column) + turn * Math.max(0, half - OVERHANG);
      const crossed = notes.some(({ row, column }) => row === note.row + toward && Math.abs(xOf(column) - x) < half + 10);
      const struck = lines.some(({ row, from, to }) => row === note.row + toward && from < x + half && x - half < to);
      const named = side === "above" && note.row === 0 && headings.some(({ from, to }) => from < x + half + 4 && x - half - 4 < to);
      return { side, x, free: !crossed && !struck && !named && note.row + toward <= 3 };
    });
    if (note.form === "handover") places.reverse();
    const place = places.find(({ side, x, free }) => free && x - half > ends[side] + 4);
    if (!place) return [];
    ends[place.side] = place.x + half;
    return [{ note, text, x: place.x, below: place.side === "below" }];
  });
}

const LATE = 60; // px before its end at which a long way from one row to another turns

/** Where melodies lie on a row for a while: no word is written across them. */
function flats(notes: readonly ScoreNote[], xOf: (column: number) => number): { readonly row: number; readonly from: number; readonly to: number }[] {
  const played = notes.filter(({ form }) => form !== "rest");
  return played.flatMap((note, at) => {
    const before = played.slice(0, at).findLast(({ skb }) => skb === note.skb);
    if (!before) return [];
    const [from, end] = [xOf(before.column), xOf(note.column)];
    const to = before.row === note.row ? end : end - LATE;
    return to > from ? [{ row: before.row, from, to }] : [];
  });
}

/** SVG path data of a melody: flat while the row stays, a curve where it changes. */
export function melody(notes: readonly ScoreNote[], xOf: (column: number) => number, yOf: (row: number) => number): string {
  return notes
    .map((note, at) => {
      const [x, y] = [xOf(note.column), yOf(note.row)];
      const before = notes[at - 1];
      if (!before) return `M${x} ${y}`;
      const [bx, by] = [xOf(before.column), yOf(before.row)];
      if (by === y) return `H${x}`;
      const middle = bx + Math.max((x - bx) / 2, x - bx - 24);
      const start = x - bx > LATE ? x - LATE : bx; // a long way is flat first and turns late
      const half = (start + x) / 2;
      return `${start > bx ? `H${start}` : ""}C${Math.min(half, middle)} ${by} ${half} ${y} ${x} ${y}`;
    })
    .join("");
}
