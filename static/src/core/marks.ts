// The user's marks of namespaces, 1 to 6: each is a colour (tokens.css, --mark-1 …) and, for those who do not see it,
// a pattern of dashes.

export const MARKS = [1, 2, 3, 4, 5, 6] as const;

const DASHES = ["none", "18 4", "9 4", "4 4", "18 4 4 4", "9 4 4 4"];

/** The stroke-dasharray of a mark. */
export const dashesOf = (mark: number): string => DASHES[mark - 1] ?? "none";
