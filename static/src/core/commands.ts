// The commands of a script by its lines, as far as an editor needs them while the script is being written: where each
// begins and ends, its here-document, its program and namespace. The shell's own reader is in Python (userland/shell.py).

export interface ScriptCommand {
  /** Lines, from 1: of the command's first word, of its here-document's first, and of the last of all. */
  readonly line: number;
  readonly body: number;
  readonly last: number;
  readonly words: readonly string[];
  readonly program: string;
  readonly netns: string;
}

const HEREDOC = /<<(-?)\s*(?:'([^']*)'|"([^"]*)"|([^\s;&|<>]+))/;
const WORD = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\;&|])+|[;&|]+/g;

const bare = (word: string): string => word.replace(/['"]/g, "");

/** The words without what only says where the program runs, and that namespace. */
function unwrapped(words: readonly string[]): { words: readonly string[]; netns: string } {
  let [rest, netns] = [words, ""];
  for (;;) {
    const [first, second, third] = rest;
    const at = rest.findIndex((word, index) => index > 0 && (word === "-n" || word === "-netns"));
    if (first === "ip" && second === "netns" && third !== undefined && "exec".startsWith(third) && third.length > 0) {
      netns = rest[3] ?? netns;
      rest = rest.slice(4);
    } else if ((first === "ip" || first === "tc" || first === "bridge") && at > 0 && rest.slice(1, at).every((word) => word.startsWith("-"))) {
      netns = rest[at + 1] ?? netns;
      rest = [first, ...rest.slice(1, at), ...rest.slice(at + 2)];
    } else if (first === "timeout") rest = rest.slice(2);
    else return { words: rest, netns };
  }
}

export function commandsOf(script: string): ScriptCommand[] {
  const lines = script.split("\n");
  const found: ScriptCommand[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let text = lines[at]!;
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(text) && at + 1 < lines.length) text = `${text.slice(0, -1)} ${lines[(at += 1)]!}`;
    if (/^\s*(?:#|$)/.test(text)) continue;
    const heredoc = HEREDOC.exec(text);
    const body = at + 2;
    if (heredoc) {
      const delimiter = heredoc[2] ?? heredoc[3] ?? heredoc[4] ?? "";
      const ends = (one: string): boolean => (heredoc[1] ? one.replace(/^\t+/, "") : one) === delimiter;
      do at += 1;
      while (at < lines.length && !ends(lines[at]!));
    }
    for (const words of listed((text.match(WORD) ?? []).map(bare))) {
      const inside = unwrapped(words);
      found.push({ line, body, last: Math.min(at + 1, lines.length), words: inside.words, program: inside.words[0] ?? "", netns: inside.netns });
    }
  }
  return found;
}

/** The commands of a line of several. */
function listed(words: readonly string[]): string[][] {
  const lists: string[][] = [[]];
  for (const word of words) {
    if (/^[;&|]+$/.test(word)) lists.push([]);
    else lists.at(-1)!.push(word);
  }
  return lists.filter((list) => list.length > 0);
}

export const commandAt = (script: string, line: number): ScriptCommand | undefined =>
  commandsOf(script).find((command) => command.line <= line && line <= command.last);
