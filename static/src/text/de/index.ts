// All tables in German: the script that the server puts before a page's own (see ../language.ts). What a file here
// exports is the table of the topic of that name.

import type { Tables } from "../language.ts";

const files = import.meta.glob<Tables>(["./*.ts", "!./index.ts"], { eager: true });

export const tables: Tables = Object.assign({}, ...Object.values(files));

globalThis.hookwalkTables = tables;
