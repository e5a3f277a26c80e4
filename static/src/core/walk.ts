// A walk: all that happened while one command ran. Its parts are the server's (webapp/kernel/trace.py).

import type { SkbState, Step } from "../protocol.ts";

export type { Band, ExprRun, Lane, RuleRun, SkbState, Step, StepKind } from "../protocol.ts";

export type Note = Step["notes"][number];
export type NoteType = Note["type"];

export interface Walk {
  readonly command: string;
  readonly line: number;
  readonly netns: string;
  readonly steps: readonly Step[];
  readonly states: readonly SkbState[];
  readonly truncated: boolean;
}

/** The notes of one type. */
export function notesOf<T extends NoteType>(step: Step, type: T): Extract<Note, { type: T }>[] {
  return step.notes.filter((note): note is Extract<Note, { type: T }> => note.type === type);
}

/** A socket took a copy of this packet: what becomes of the packet itself is then housekeeping. */
export function copyTaken(walk: Walk, skb: number): boolean {
  return walk.steps.some((step) => step.parent === skb && notesOf(step, "Delivered").length > 0);
}
