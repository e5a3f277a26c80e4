// The editor as a whole: CodeMirror with all that belongs to lab scripts. Loaded when an editor is first shown.

import { acceptCompletion, autocompletion, closeCompletion, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, historyKeymap, indentLess, insertTab } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  type Command,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";

import type { LabDocument } from "../app/document.svelte.ts";
import type { Fix } from "../protocol.ts";
import { editor as words } from "../text/editor.ts";
import { type AskCompletions, completionSource } from "./completion.ts";
import { explain, hover, quiet } from "./hover.ts";
import { type Marks, marks, setMarks } from "./marks.ts";
import { type Problem, problems, setProblems } from "./problems.ts";
import { theme } from "./theme.ts";

const LEAVING = 4000; // ms after Escape in which Tab leaves the editor

export interface Context {
  readonly complete: AskCompletions;
  readonly fix: (fix: Fix) => void;
  /** The cursor is somewhere else, or the text has changed: UTF-16 units. */
  readonly moved: (offset: number) => void;
  /** Goes on from the command at a line, from 1. */
  readonly fork?: ((line: number) => void) | undefined;
  /** The id of what describes how the editor is used, inside the same root. */
  readonly described: string;
}

export interface OpenEditor {
  problems(found: readonly Problem[]): void;
  mark(lines: Marks): void;
  goTo(line: number): void;
  focus(): void;
  close(): void;
}

/** Escape closes what is open, and otherwise lets Tab leave the editor for a while. */
const leave: Command = (view) => {
  if (completionStatus(view.state) !== null && closeCompletion(view)) return true;
  if (quiet(view)) return true;
  view.setTabFocusMode(LEAVING);
  return true;
};

const forking = ({ fork }: Context): Command => (view) => {
  fork?.(view.state.doc.lineAt(view.state.selection.main.head).number);
  return fork !== undefined;
};

/** Shows `document` in `parent`, which is in the shadow root `root`. */
export function open(document: LabDocument, parent: HTMLElement, root: ShadowRoot, context: Context): OpenEditor {
  const wrong = problems(context.fix);
  const extensions: Extension = [
    theme,
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    drawSelection(),
    bracketMatching(),
    EditorState.tabSize.of(4),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": words.name, "aria-describedby": context.described, spellcheck: "false", tabindex: "0" }),
    search({ top: true }),
    autocompletion({ override: [completionSource(context.complete)], icons: false, activateOnTypingDelay: 150 }),
    wrong.extension,
    marks,
    hover,
    EditorView.updateListener.of((update) => {
      if (update.docChanged || update.selectionSet) context.moved(update.state.selection.main.head);
    }),
    keymap.of([
      { key: "Escape", run: leave },
      { key: "Tab", run: acceptCompletion },
      { key: "Tab", run: insertTab, shift: indentLess },
      { key: "Mod-Shift-f", run: forking(context) },
      { key: "F1", run: explain },
      { key: "F8", run: wrong.next },
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
  let view!: EditorView;
  document.show(extensions, (state) => {
    view = new EditorView({ state, parent, root, dispatchTransactions: (transactions) => document.take(transactions) });
    return view;
  });
  return {
    problems: (found) => view.dispatch({ effects: setProblems.of(found) }),
    mark: (lines) => view.dispatch({ effects: setMarks.of(lines) }),
    goTo: (line) => {
      const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    },
    focus: () => view.focus(),
    close: () => {
      document.hide();
      view.destroy();
    },
  };
}
