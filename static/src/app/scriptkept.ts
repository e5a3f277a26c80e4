// The script of a document that another page of this site edits.

import { keyOfDocument, textOfRecord } from "../core/record.ts";
import { kept, type Store } from "./store.ts";

/** The script of the document of a name, "" where there is none or the browser keeps nothing. */
export const scriptKept = (name: string, store?: Store): string => textOfRecord(kept(keyOfDocument(name), store) ?? "") ?? "";
