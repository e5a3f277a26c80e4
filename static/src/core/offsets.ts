// Python counts a text in Unicode characters, JavaScript in UTF-16 units. Messages carry characters; what is inside the
// browser counts units. The two differ only where a text has characters beyond U+FFFF, which are two units long.

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Whether the unit at `at` is the second one of a character. */
const isInside = (text: string, at: number): boolean =>
  at > 0 && at < text.length && isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));

/** How many characters stand before the unit `units`; inside a character, that one does not count. */
export function charactersAt(text: string, units: number): number {
  const end = Math.min(Math.max(0, units), text.length);
  let characters = 0;
  for (let at = 0; at < end; at++) if (!isInside(text, at)) characters += 1;
  return isInside(text, end) ? characters - 1 : characters;
}

/** The units of some offsets, which count characters; an offset past the end is the end. */
export function unitsAt(text: string, characters: readonly number[]): number[] {
  const order = characters.map((_, at) => at).sort((one, other) => characters[one]! - characters[other]!);
  const units = new Array<number>(characters.length).fill(0);
  let passed = 0;
  let at = 0;
  for (const index of order) {
    while (passed < characters[index]! && at < text.length) {
      at += isInside(text, at + 1) ? 2 : 1;
      passed += 1;
    }
    units[index] = at;
  }
  return units;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Spans that count characters, as spans that count units. */
export function inUnits<T extends Span>(text: string, spans: readonly T[]): T[] {
  const units = unitsAt(text, spans.flatMap(({ start, end }) => [start, end]));
  return spans.map((span, at) => ({ ...span, start: units[2 * at]!, end: units[2 * at + 1]! }));
}
