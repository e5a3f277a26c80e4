// Which language the page speaks. English is in the code. Another language is a script of its own (text/de/index.ts),
// which the server puts before the page's only where it is wanted (webapp/server/language.py): it leaves its tables for
// `words` to find, so nothing waits for a download and English pays nothing for German.

/** The tables of one language, by topic: the name under which a file in text/ asks for its table. */
export type Tables = Readonly<Record<string, unknown>>;

declare global {
  var hookwalkTables: Tables | undefined;
}

/** The shape of a table: the same keys, lists of the same length, functions of the same arguments, any text. */
export type Shape<T> = T extends string
  ? string
  : T extends (...given: infer Given) => infer Made
    ? (...given: Given) => Shape<Made>
    : T extends object
      ? { readonly [Key in keyof T]: Shape<T[Key]> }
      : T;

/** The table of a topic in the page's language. */
export function words<T>(topic: string, english: T): Shape<T> {
  return (globalThis.hookwalkTables?.[topic] ?? english) as Shape<T>;
}

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

/** The page's language; English outside of a page. */
export const language: Language = globalThis.document?.documentElement.lang === "de" ? "de" : "en";

const YEAR = 31_536_000; // seconds

/** Remembers the reader's choice, and shows the page in it. The address, and what the browser keeps, stay as they are. */
export function speak(chosen: Language): void {
  document.cookie = `language=${chosen}; path=/; max-age=${YEAR}; samesite=lax`;
  location.reload();
}
