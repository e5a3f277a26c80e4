// Marks on whole lines that come from outside: the probe that is shown, and what is chosen in the picture.

import { type Extension, type Range, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

export interface Marks {
  /** Lines, from 1; 0 for none. */
  readonly probe: number;
  readonly chosen: readonly number[];
}

export const setMarks = StateEffect.define<Marks>();

const probe = Decoration.line({ class: "cm-probe" });
const chosen = Decoration.line({ class: "cm-chosen" });

export const marks: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    const { newDoc: doc } = transaction;
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const ranges: Range<Decoration>[] = effect.value.chosen.filter((line) => line <= doc.lines).map((line) => chosen.range(doc.line(line).from));
      if (effect.value.probe > 0 && effect.value.probe <= doc.lines) ranges.push(probe.range(doc.line(effect.value.probe).from));
      return RangeSet.of(ranges, true);
    }
    return shown.map(transaction.changes);
  },
  provide: (from) => EditorView.decorations.from(from),
});
