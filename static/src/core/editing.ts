// A text with its history as one value: an EditorState whose history never forgets, and a label for each of its steps.
// The labels stand beside the history, since what CodeMirror keeps of a step in JSON is its changes alone.

import { history, historyField, isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import {
  Annotation,
  type ChangeSpec,
  Compartment,
  EditorState,
  type Extension,
  StateField,
  type Transaction,
  type TransactionSpec,
} from "@codemirror/state";

const NEVER_FORGETS = 1e9;
const GROUP = 700; // ms of rest after which typing is another step

export interface Labels {
  readonly done: readonly string[];
  readonly undone: readonly string[];
}

/** What a step is called; without it the kind of input decides. */
export const labelled = Annotation.define<string>();

/** By CodeMirror's user events, the first that fits. */
const OF_INPUT: readonly (readonly [event: string, label: string])[] = [
  ["input.paste", "paste"],
  ["input.drop", "move text"],
  ["input.complete", "completion"],
  ["move.drop", "move text"],
  ["move.line", "move lines"],
  ["delete.cut", "cut"],
  ["delete", "delete text"],
  ["input.replace", "replace text"],
];

const labelOf = (transaction: Transaction): string =>
  transaction.annotation(labelled) ?? OF_INPUT.find(([event]) => transaction.isUserEvent(event))?.[1] ?? "typing";

function after(labels: Labels, transaction: Transaction): Labels {
  const { done, undone } = labels;
  if (transaction.isUserEvent("undo")) return { done: done.slice(0, -1), undone: [...undone, done.at(-1) ?? ""] };
  if (transaction.isUserEvent("redo")) return { done: [...done, undone.at(-1) ?? ""], undone: undone.slice(0, -1) };
  if (!transaction.docChanged) return labels;
  // typing goes on in the step that it began
  const grown = undoDepth(transaction.state) > done.length;
  return { done: grown ? [...done, labelOf(transaction)] : done, undone: [] };
}

const labelsField = StateField.define<Labels>({
  create: () => ({ done: [], undone: [] }),
  update: after,
  toJSON: (labels) => labels,
  fromJSON: (labels: Labels) => ({ done: labels.done.map(String), undone: labels.undone.map(String) }),
});

/** What an editor adds to the document's state while it shows it. */
const shown = new Compartment();

const EXTENSIONS: Extension = [
  history({ minDepth: NEVER_FORGETS, newGroupDelay: GROUP }),
  labelsField,
  shown.of([]),
];
const FIELDS = { history: historyField, labels: labelsField };

export const begin = (text: string): EditorState => EditorState.create({ doc: text, extensions: EXTENSIONS });

export const textOf = (state: EditorState): string => state.doc.toString();

/** One step of the history, apart from what was typed before and what will be after. */
export const step = (changes: ChangeSpec, label: string): TransactionSpec => ({
  changes,
  annotations: [labelled.of(label), isolateHistory.of("full")],
  scrollIntoView: false,
});

export const showing = (extensions: Extension): TransactionSpec => ({ effects: shown.reconfigure(extensions) });

/** The steps that can be undone and redone, by label, the next one last. */
export const labelsOf = (state: EditorState): Labels => state.field(labelsField);

type Command = (target: { state: EditorState; dispatch: (transaction: Transaction) => void }) => boolean;

function run(command: Command, state: EditorState): Transaction | undefined {
  let made: Transaction | undefined;
  command({ state, dispatch: (transaction) => (made = transaction) });
  return made;
}

/** The transactions of undo and redo, if there is something to do so to. */
export const undone = (state: EditorState): Transaction | undefined => run(undo, state);
export const redone = (state: EditorState): Transaction | undefined => run(redo, state);

/** The texts before the last steps, the latest first, each with the label of the step that it stands before. */
export function* earlierOf(state: EditorState, most: number): Generator<{ label: string; script: string }> {
  for (let at = state, left = most; left > 0; left -= 1) {
    const transaction = undone(at);
    if (!transaction) return;
    yield { label: labelsOf(at).done.at(-1) ?? "", script: textOf(transaction.state) };
    at = transaction.state;
  }
}

/** The one change that makes `after` of `before`: what the two begin and end with alike is left alone. */
export function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const shortest = Math.min(before.length, after.length);
  let from = 0;
  while (from < shortest && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < shortest - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

export const record = (state: EditorState): string => JSON.stringify(state.toJSON(FIELDS));

/** The text of a record alone, for a store that has no room for the history. */
export const recordText = (state: EditorState): string => record(begin(textOf(state)));

/** What a record says: with its history, without if that is broken, nothing if the text is too. */
export function restored(json: string): EditorState | undefined {
  let body: { doc: unknown };
  try {
    body = JSON.parse(json) as { doc: unknown };
  } catch {
    return undefined;
  }
  if (typeof body?.doc !== "string") return undefined;
  try {
    const state = EditorState.fromJSON(body, { extensions: EXTENSIONS }, FIELDS);
    return isSound(state) ? state : begin(body.doc);
  } catch {
    return begin(body.doc);
  }
}

/** Whether every step can be gone back and forth; a step that does not fit its text throws. */
function isSound(state: EditorState): boolean {
  const { done, undone: ahead } = labelsOf(state);
  if (done.length !== undoDepth(state) || ahead.length !== redoDepth(state)) return false;
  for (const way of [undone, redone]) {
    let at = state;
    for (let next = way(at); next; next = way(at)) at = next.state;
  }
  return true;
}
