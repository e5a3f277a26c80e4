// All tables in German: the script that the server puts before a page's own (see ../language.ts).

import { share } from "./share.ts";
import { ui } from "./ui.ts";

globalThis.hookwalkTables = { share, ui };
