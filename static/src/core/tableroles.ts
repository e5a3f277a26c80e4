// The roles of a table's parts, to be said where they are laid out otherwise: display takes them away.

export const ROLES = { table: "table", group: "rowgroup", row: "row" } as const;
