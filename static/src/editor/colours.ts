// The token of tokens.css for each kind of word, and its weight where that is not the usual one.

import type { Kind } from "./tokens.ts";

export const COLOURS: Readonly<Record<Kind, readonly [token: string, weight?: string]>> = {
  comment: ["ink3"],
  program: ["ink", "700"],
  structure: ["nf", "700"],
  verdict: ["nf"],
  statement: ["nf"],
  expression: ["ink"],
  tc: ["tc"],
  verb: ["ink", "700"],
  option: ["ink2"],
  string: ["l3"],
  number: ["l3"],
  address: ["l3"],
  operator: ["ink2"],
  name: ["ink2"],
};
