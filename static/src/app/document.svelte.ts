// The lab script as a document: its text, and every step of its making, which a reload does not lose. Whatever changes
// the script changes it here: typing, an operation of the picture, a command of the terminal. One history for all.

import type { EditorState, Extension, Transaction, TransactionSpec } from "@codemirror/state";

import { begin, difference, earlierOf, labelsOf, record, recordText, redone, restored, showing, step, textOf, undone } from "../core/editing.ts";
import { Newest } from "../core/newest.ts";
import { inUnits } from "../core/offsets.ts";
import { keyOfDocument, textOfRecord } from "../core/record.ts";
import type { Change } from "../protocol.ts";
import { forget, keep, kept, type Store } from "./store.ts";

const RUN_AFTER = 150; // ms of rest while typing
const KEEP_AFTER = 400;
const EARLIER = 12;
const MOST_KEPT = 4_000_000; // characters; browsers keep about five million per site

/** Runs the script as it now is; what was changed meanwhile is run after the promise is kept. */
export type Listener = (script: string) => Promise<unknown>;

/** The editor that shows the document: an EditorView. */
export interface Shower {
  readonly state: EditorState;
  update(transactions: readonly Transaction[]): void;
}

export class LabDocument {
  /** What the steps are called that undo and redo would take, "" where there is none. */
  undoLabel = $state("");
  redoLabel = $state("");
  #script = $state("");
  #state: EditorState;
  #view: Shower | undefined;
  /** The text that the lab is about to get from itself, and need not be told of. */
  #known: string | undefined;
  #key: string;
  #store: Store | undefined;
  #runs = new Map<Listener, Newest<string>>();
  #keeping: ReturnType<typeof setTimeout> | undefined;
  /** What this tab last read from the store or wrote there, and the text of that. */
  #stored: string | null;
  #storedText: string | undefined;
  /** What another tab has written is about to be overwritten: its text. */
  overwriting: (text: string) => void = () => {};

  /** `key` names the document in this browser; what is kept under it counts, and `script` only where nothing is. */
  constructor(key: string, script: string, store?: Store) {
    this.#key = keyOfDocument(key);
    this.#store = store;
    const stored = kept(this.#key, store);
    this.#stored = stored;
    this.#state = (stored !== null && stored.length <= MOST_KEPT && restored(stored)) || begin(script);
    this.#reflect();
    this.#storedText = this.#script;
  }

  get script(): string {
    return this.#script;
  }

  get undoable(): boolean {
    return this.undoLabel !== "";
  }

  get redoable(): boolean {
    return this.redoLabel !== "";
  }

  get state(): EditorState {
    return this.#state;
  }

  /**
   * Changes of `of`, which count Unicode characters, as one step. False where the text is no longer `of`: what they
   * were computed for is gone, and nothing is changed.
   */
  apply(changes: readonly Change[], label: string, of = this.#script): boolean {
    if (of !== this.#script) return false;
    const spec = inUnits(of, changes).map(({ start, end, insert }) => ({ from: start, to: end, insert }));
    this.dispatch(step(spec, label));
    return true;
  }

  /** Another text in this one's place, as one step. */
  replace(script: string, label: string): void {
    const text = textOf(begin(script)); // lines end here as they do in the document
    if (text !== this.#script) this.dispatch(step(difference(this.#script, text), label));
  }

  /**
   * The lab has gone from one script to another by itself: a command was typed in the terminal. What was added is added
   * here too, also to a draft that the lab does not know.
   */
  follow(before: string, after: string, label: string): void {
    this.#known = after;
    const draft = this.#script !== before && after.startsWith(before);
    const gap = this.#script === "" || this.#script.endsWith("\n") ? "" : "\n";
    this.replace(draft ? this.#script + gap + after.slice(before.length) : after, label);
  }

  undo(): void {
    const transaction = undone(this.#state);
    if (transaction) this.take([transaction]);
  }

  redo(): void {
    const transaction = redone(this.#state);
    if (transaction) this.take([transaction]);
  }

  /** The texts before the last steps, the latest first; `label` is that of the step that each stands before. */
  earlier(): { label: string; script: string }[] {
    void this.#script; // what follows from the state follows from this
    return [...earlierOf(this.#state, EARLIER)];
  }

  /** Calls `listener` when the text has changed: at once, or after a rest while it is typed. Returns how to end that. */
  listen(listener: Listener): () => void {
    const runs = new Newest(listener);
    this.#runs.set(listener, runs);
    return () => {
      runs.cancel();
      this.#runs.delete(listener);
    };
  }

  /** The state for an editor, with what the editor adds to it; from now on the editor is told of every change. */
  show(extensions: Extension, view: (state: EditorState) => Shower): void {
    this.#state = this.#state.update(showing(extensions)).state;
    this.#view = view(this.#state);
  }

  /** The editor has gone. */
  hide(): void {
    this.#view = undefined;
    this.#state = this.#state.update(showing([])).state;
  }

  dispatch(spec: TransactionSpec): void {
    this.take([this.#state.update(spec)]);
  }

  /** Makes transactions the document's state, and has the editor show it. */
  take(transactions: readonly Transaction[]): void {
    const last = transactions.at(-1);
    if (!last) return;
    this.#view?.update(transactions);
    this.#state = last.state;
    if (!transactions.some((transaction) => transaction.docChanged)) return;
    this.#reflect();
    const typed = transactions.every((transaction) => transaction.isUserEvent("input") || transaction.isUserEvent("delete"));
    for (const runs of this.#runs.values()) {
      if (this.#script === this.#known) runs.cancel();
      else runs.offer(this.#script, typed ? RUN_AFTER : 0);
    }
    this.#known = undefined;
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(), KEEP_AFTER);
  }

  /** The text that another tab has written into the store (`event`), where it is not this one's. */
  written({ key, newValue }: Pick<StorageEvent, "key" | "newValue">): string | undefined {
    const text = key === this.#key && newValue !== null && newValue !== this.#stored ? textOfRecord(newValue) : undefined;
    return text === this.#script ? undefined : text;
  }

  /** This tab's text is the one to be kept, whatever another has written. */
  claim(): void {
    this.#stored = kept(this.#key, this.#store);
    this.#storedText = undefined;
  }

  /** Writes the document into the store now; the page calls it when it goes. Where nothing was changed here, what another tab has written stays. */
  keep(): void {
    clearTimeout(this.#keeping);
    const now = kept(this.#key, this.#store);
    const other = now !== null && now !== this.#stored ? textOfRecord(now) : undefined;
    if (other !== undefined && other !== this.#script) {
      if (this.#script === this.#storedText) return;
      this.overwriting(other);
    }
    const whole = record(this.#state);
    if (whole.length <= MOST_KEPT && this.#put(whole)) return;
    if (!this.#put(recordText(this.#state))) forget(this.#key, this.#store);
  }

  #put(value: string): boolean {
    if (!keep(this.#key, value, this.#store)) return false;
    this.#stored = value;
    this.#storedText = this.#script;
    return true;
  }

  #reflect(): void {
    const { done, undone: ahead } = labelsOf(this.#state);
    this.#script = textOf(this.#state);
    this.undoLabel = done.at(-1) ?? "";
    this.redoLabel = ahead.at(-1) ?? "";
  }
}
