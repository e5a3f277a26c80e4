// One line of a tool's language: the editor's colours, completion and marks of what is wrong, without its lines.

import { acceptCompletion, autocompletion, closeBrackets, completionKeymap, completionStatus, selectedCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";

import { type AskCompletions, completionSource } from "./completion.ts";
import { themeOf } from "./theme.ts";

export interface FieldContext {
  readonly program: "nft" | "tc";
  readonly label: string;
  readonly placeholder: string;
  readonly described: string;
  readonly complete: AskCompletions;
  readonly changed: (text: string) => void;
  readonly apply: () => void;
  readonly cancel: () => void;
}

export interface OpenField {
  wrong(from: number, to: number): void;
  focus(): void;
  close(): void;
}

const setWrong = StateEffect.define<{ from: number; to: number }>();
const underlined = Decoration.mark({ class: "cm-wrong" });

const wrong = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setWrong)) return effect.value.from < effect.value.to ? Decoration.set(underlined.range(effect.value.from, effect.value.to)) : Decoration.none;
    }
    return shown.map(transaction.changes);
  },
  provide: (from) => EditorView.decorations.from(from),
});

const look = EditorView.theme({
  "&": { height: "auto" },
  ".cm-content": { padding: "var(--s3) 0" },
  ".cm-line": { padding: "0 var(--s4)" },
});

/** What the list would put in stands there already. */
function isWritten(state: EditorState): boolean {
  const label = selectedCompletion(state)?.label;
  return label !== undefined && state.sliceDoc(0, state.selection.main.head).endsWith(label);
}

/** Shows the field in `parent`, which is in the shadow root `root`. */
export function open(parent: HTMLElement, root: ShadowRoot, context: FieldContext): OpenField {
  const view = new EditorView({
    parent,
    root,
    state: EditorState.create({
      extensions: [
        themeOf(context.program),
        look,
        history(),
        drawSelection(),
        closeBrackets(),
        EditorView.lineWrapping,
        EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 ? [] : transaction)),
        EditorView.contentAttributes.of({ "aria-label": context.label, "aria-describedby": context.described, spellcheck: "false", tabindex: "0" }),
        placeholder(context.placeholder),
        autocompletion({ override: [completionSource(context.complete)], icons: false, activateOnTypingDelay: 150 }),
        wrong,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) context.changed(update.state.doc.toString());
        }),
        keymap.of([
          ...completionKeymap,
          { key: "Tab", run: acceptCompletion },
          {
            key: "Enter",
            run: (shown) => {
              if (completionStatus(shown.state) === "active" && !isWritten(shown.state) && acceptCompletion(shown)) return true;
              context.apply();
              return true;
            },
          },
          {
            key: "Escape",
            run: () => {
              context.cancel();
              return true;
            },
          },
          ...historyKeymap,
          ...defaultKeymap,
        ]),
      ],
    }),
  });
  return {
    wrong: (from, to) => {
      const { length } = view.state.doc;
      view.dispatch({ effects: setWrong.of({ from: Math.min(from, length), to: Math.min(to, length) }) });
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
