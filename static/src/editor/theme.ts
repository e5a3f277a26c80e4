// How the editor looks: the tokens of tokens.css, which follow light and dark by themselves. The editor lives in a shadow
// root, since CodeMirror's styles are made while it runs and the page's policy takes style sheets from the server alone;
// what is drawn in it is styled here.

import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { Tag } from "@lezer/highlight";

import { COLOURS } from "./colours.ts";
import { blankLine, type Kind, start, type State, token } from "./tokens.ts";

const TAGS = Object.fromEntries(Object.keys(COLOURS).map((kind) => [kind, Tag.define()])) as Record<Kind, Tag>;

/** The language from the start of a line, or from after the name of a program. */
const languageOf = (program: string): Extension =>
  StreamLanguage.define<State>({
    name: "lab script",
    startState: () => ({ ...start(), program, continued: program !== "" }),
    copyState: (state) => ({ ...state }),
    token,
    blankLine,
    languageData: { commentTokens: { line: "#" }, wordChars: "-." },
    tokenTable: TAGS,
  });

const highlighting = HighlightStyle.define(
  (Object.keys(COLOURS) as Kind[]).map((kind) => {
    const [colour, weight] = COLOURS[kind];
    return { tag: TAGS[kind], color: `var(--${colour})`, ...(weight ? { fontWeight: weight } : {}) };
  }),
);

const FIELD = {
  padding: "var(--s2) var(--s3)",
  border: "1px solid var(--edge)",
  borderRadius: "var(--r-button)",
  background: "var(--surface)",
  color: "var(--ink)",
  font: "400 var(--interface) var(--sans)",
};
const FLOATING = {
  border: "1px solid var(--line)",
  borderRadius: "var(--r-card)",
  background: "var(--surface)",
  color: "var(--ink)",
  boxShadow: "var(--float)",
};

const look = EditorView.theme({
  "&": { height: "100%", background: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { overflow: "auto", font: "400 var(--code) var(--mono)", fontVariantLigatures: "none", lineHeight: "1.55" },
  ".cm-content": { padding: "var(--s4) 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 var(--s6) 0 var(--s3)" },
  ".cm-placeholder": { color: "var(--ink3)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--focust)" },
  ".cm-content ::selection": { background: "var(--focust)" },
  ".cm-gutters": { border: "0", background: "var(--surface)", color: "var(--ink3)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.25rem", padding: "0 var(--s4) 0 var(--s3)", fontVariantNumeric: "tabular-nums" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--sunken) 55%, transparent)" },
  ".cm-activeLineGutter": { background: "var(--sunken)", color: "var(--ink)" },
  ".cm-chosen": { boxShadow: "inset 3px 0 var(--ink)" },
  ".cm-probe": { boxShadow: "inset 3px 0 var(--pkt)", background: "var(--pktt)" },
  ".cm-wrong-line": { background: "var(--badt)" },
  ".cm-wrong": { textDecoration: "underline wavy var(--bad) 1.5px", textUnderlineOffset: "3px" },
  ".cm-searchMatch": { background: "var(--l3l)", outline: "1px solid var(--l3)" },
  ".cm-searchMatch-selected": { background: "var(--focust)", outline: "2px solid var(--focus)" },
  ".cm-matchingBracket": { background: "var(--nfl)", outline: "1px solid var(--nf)" },
  ".cm-card": {
    display: "grid",
    gridTemplateColumns: "auto minmax(0, 1fr)",
    gap: "var(--s2) var(--s4)",
    padding: "var(--s4) var(--s6)",
    borderBlock: "1px solid color-mix(in srgb, var(--bad) 30%, transparent)",
    background: "var(--badt)",
    color: "var(--ink)",
    font: "400 var(--interface) var(--sans)",
    whiteSpace: "normal",
    overflowWrap: "anywhere",
  },
  ".cm-card-mark": { color: "var(--bad)", fontWeight: "700" },
  ".cm-card-words": { color: "var(--bad)", font: "700 var(--code) var(--mono)", fontVariantLigatures: "none" },
  ".cm-card-text": { gridColumn: "2", maxWidth: "44rem", margin: "0" },
  ".cm-card-text code, .cm-help code": { fontFamily: "var(--mono)", fontSize: "0.75rem", fontVariantLigatures: "none" },
  ".cm-card-actions": { gridColumn: "2", display: "flex", flexWrap: "wrap", gap: "var(--s3)", marginTop: "var(--s2)" },
  ".cm-card-actions button": { ...FIELD, minHeight: "1.875rem", fontWeight: "550", cursor: "pointer" },
  ".cm-card-actions button:hover": { background: "var(--sunken)" },
  ".cm-card-actions button:focus-visible, .cm-panel button:focus-visible, .cm-panel input:focus-visible": {
    outline: "2.5px solid var(--focus)",
    outlineOffset: "2px",
  },
  ".cm-card-actions .quiet": { borderColor: "transparent", background: "none" },
  ".cm-tooltip": FLOATING,
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "15rem", font: "400 var(--code) var(--mono)", fontVariantLigatures: "none" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { display: "flex", gap: "var(--s4)", padding: "var(--s1) var(--s4)", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--ink)", color: "var(--canvas)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionDetail": { marginLeft: "auto", color: "var(--ink3)", fontStyle: "normal", font: "400 var(--caption) var(--sans)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-help": { maxWidth: "24rem", padding: "var(--s4) var(--s5)", font: "400 var(--interface) var(--sans)" },
  ".cm-help strong": { font: "700 var(--code) var(--mono)" },
  ".cm-help p": { margin: "var(--s2) 0 0" },
  ".cm-help .cm-help-see": { color: "var(--ink3)", font: "400 var(--caption) var(--sans)" },
  ".cm-panels": { borderColor: "var(--line)", background: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "var(--s4) var(--s8) var(--s4) var(--s4)", font: "400 var(--interface) var(--sans)" },
  ".cm-panel.cm-search label": { font: "400 var(--interface) var(--sans)" },
  ".cm-textfield": FIELD,
  ".cm-button": { ...FIELD, backgroundImage: "none", cursor: "pointer" },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink)", fontSize: "1rem" },
  "@media (pointer: coarse)": {
    ".cm-scroller": { fontSize: "1rem" }, // below it, a phone zooms in on what is typed
    ".cm-card-actions button": { minHeight: "2.75rem" },
  },
});

/** For what follows the name of a program, or a whole script. */
export const themeOf = (program: string): Extension => [languageOf(program), syntaxHighlighting(highlighting), look];
export const theme: Extension = themeOf("");
