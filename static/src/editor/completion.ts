// Completion asks the server, which has the lab and the tools' readers; what comes back is filtered here while one types.

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";

import { charactersAt, unitsAt } from "../core/offsets.ts";
import type { CompletionOption, ScriptCompletions } from "../protocol.ts";

export type AskCompletions = (script: string, offset: number) => Promise<ScriptCompletions | undefined>;

/** Names of the lab come before words of a language, where both fit as well. */
const BOOST: Readonly<Partial<Record<CompletionOption["kind"], number>>> = {
  namespace: 3,
  device: 3,
  table: 3,
  chain: 3,
  set: 3,
  address: 2,
  word: 1,
};

const VALID = /^[\w.@:/"-]*$/;

export const completionSource =
  (ask: AskCompletions): CompletionSource =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    const typed = context.matchBefore(/[\w.@:/"-]+$/);
    if (!context.explicit && (!typed || typed.from === typed.to)) return null;
    const script = context.state.doc.toString();
    const answer = await ask(script, charactersAt(script, context.pos));
    if (!answer || context.aborted || answer.options.length === 0) return null;
    const [from] = unitsAt(script, [answer.start]);
    const options: Completion[] = answer.options.map(({ label, kind, detail }) => ({ label, detail, boost: BOOST[kind] ?? 0 }));
    return { from: from!, options, validFor: VALID };
  };
