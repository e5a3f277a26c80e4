// What is wrong, where it stands: a wavy line under the word, a tinted line, and a card beneath. What is typed meanwhile
// moves the marks along; the next answer replaces them.

import { type Extension, RangeSet, StateEffect, StateField, type Text } from "@codemirror/state";
import { type Command, Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

import type { Fix } from "../protocol.ts";
import { editor } from "../text/editor.ts";
import { marked } from "./markup.ts";

/** Places count UTF-16 units here. */
export interface Problem {
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly explanation: string;
  readonly fixes: readonly Fix[];
}

export const setProblems = StateEffect.define<readonly Problem[]>();

class Card extends WidgetType {
  constructor(
    readonly problem: Problem,
    readonly fix: (fix: Fix) => void,
  ) {
    super();
  }

  override eq(other: Card): boolean {
    const [one, two] = [this.problem, other.problem];
    return one.line === two.line && one.column === two.column && one.message === two.message && one.fixes.length === two.fixes.length;
  }

  override toDOM(view: EditorView): HTMLElement {
    const { line, column, message, explanation, fixes } = this.problem;
    const card = element("div", "cm-card");
    card.setAttribute("role", "note");
    const mark = element("span", "cm-card-mark", "✕");
    mark.setAttribute("aria-hidden", "true");
    card.append(mark, element("span", "cm-card-words", `${line}:${column} ${message}`));
    if (explanation) card.append(marked("p", "cm-card-text", explanation));
    const actions = element("div", "cm-card-actions");
    for (const fix of fixes) actions.append(button(fix.title, "", () => this.fix(fix)));
    actions.append(button(editor.goTo(column), "quiet", () => goTo(view, this.problem)));
    card.append(actions);
    return card;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text: string, className: string, act: () => void): HTMLElement {
  const made = element("button", className, text);
  made.setAttribute("type", "button");
  made.addEventListener("click", act);
  return made;
}

function goTo(view: EditorView, { from }: Problem): void {
  view.dispatch({ selection: { anchor: Math.min(from, view.state.doc.length) }, scrollIntoView: true });
  view.focus();
}

interface Shown {
  readonly problems: readonly Problem[];
  readonly marks: DecorationSet;
}

function drawn(problems: readonly Problem[], doc: Text, fix: (fix: Fix) => void): DecorationSet {
  const ranges = problems
    .filter(({ from, to }) => from <= to && to <= doc.length)
    .flatMap((problem) => {
      const line = doc.lineAt(problem.from);
      const card = Decoration.widget({ widget: new Card(problem, fix), block: true, side: 1 }).range(line.to);
      const under = problem.from < problem.to ? [Decoration.mark({ class: "cm-wrong" }).range(problem.from, problem.to)] : [];
      return [Decoration.line({ class: "cm-wrong-line" }).range(line.from), ...under, card];
    });
  return RangeSet.of(ranges, true);
}

/** The extension, and the command that goes to the next problem. `fix` does what a card's button promises. */
export function problems(fix: (fix: Fix) => void): { extension: Extension; next: Command; of: (view: EditorView) => readonly Problem[] } {
  const field = StateField.define<Shown>({
    create: () => ({ problems: [], marks: Decoration.none }),
    update(shown, transaction) {
      for (const effect of transaction.effects) {
        if (effect.is(setProblems)) return { problems: effect.value, marks: drawn(effect.value, transaction.newDoc, fix) };
      }
      if (!transaction.docChanged) return shown;
      const { changes } = transaction;
      const moved = shown.problems.map((problem) => ({ ...problem, from: changes.mapPos(problem.from, 1), to: changes.mapPos(problem.to, -1) }));
      return { problems: moved, marks: shown.marks.map(changes) };
    },
    provide: (from) => EditorView.decorations.from(from, ({ marks }) => marks),
  });
  const of = (view: EditorView): readonly Problem[] => view.state.field(field).problems;
  const next: Command = (view) => {
    const at = view.state.selection.main.head;
    const found = of(view);
    const problem = found.find(({ from }) => from > at) ?? found[0];
    if (problem) goTo(view, problem);
    return problem !== undefined;
  };
  return { extension: field, next, of };
}
