// Help on the word under the pointer, and by F1 on the word at the cursor.

import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { type Command, hoverTooltip, showTooltip, type Tooltip } from "@codemirror/view";

import { commandsOf } from "../core/commands.ts";
import { helpFor } from "../text/help.ts";
import { editor } from "../text/editor.ts";
import { marked } from "./markup.ts";

const WORD = /[\w-]+/g;

interface Found {
  readonly from: number;
  readonly to: number;
  readonly word: string;
}

function wordAt(state: EditorState, at: number): Found | undefined {
  const line = state.doc.lineAt(at);
  for (const match of line.text.matchAll(WORD)) {
    const from = line.from + match.index;
    if (from <= at && at <= from + match[0].length) return { from, to: from + match[0].length, word: match[0] };
  }
  return undefined;
}

/** The command of the line that the word is in; of several on one line, the last one that has begun before it. */
function programAt(state: EditorState, { from, word }: Found): string {
  const line = state.doc.lineAt(from);
  const commands = commandsOf(state.doc.toString()).filter((one) => one.line <= line.number && line.number <= one.last);
  const own = commands.find((one) => one.words.some((said) => said.split(/[^\w-]+/).includes(word)));
  return (own ?? commands.at(-1))?.program ?? "";
}

function tooltip(state: EditorState, at: number): Tooltip | null {
  const found = wordAt(state, at);
  const help = found && helpFor(programAt(state, found), found.word);
  if (!found || !help) return null;
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-help";
      dom.setAttribute("role", "status");
      dom.append(Object.assign(document.createElement("strong"), { textContent: found.word }), marked("p", "", help.text));
      dom.append(marked("p", "cm-help-see", `${editor.see} ${help.see}`));
      return { dom };
    },
  };
}

const show = StateEffect.define<Tooltip | null>();

const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (from) => showTooltip.from(from),
});

/** F1: shows the help, or puts it away. */
export const explain: Command = (view) => {
  const now = view.state.field(asked, false);
  view.dispatch({ effects: show.of(now ? null : tooltip(view.state, view.state.selection.main.head)) });
  return true;
};

/** Puts away what F1 has shown; whether there was something. */
export const quiet: Command = (view) => {
  if (!view.state.field(asked, false)) return false;
  view.dispatch({ effects: show.of(null) });
  return true;
};

export const hover: Extension = [asked, hoverTooltip((view, at) => tooltip(view.state, at), { hoverTime: 350 })];
