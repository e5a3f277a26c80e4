// A document as a browser's store holds it, for pages that only want its text and load no editor for that.

/** Where the document of a name is kept. */
export const keyOfDocument = (name: string): string => `hookwalk.document.${name}`;

/** The text of a record, none where it holds none. */
export function textOfRecord(json: string): string | undefined {
  try {
    const body = JSON.parse(json) as { doc?: unknown } | null;
    return typeof body?.doc === "string" ? body.doc : undefined;
  } catch {
    return undefined;
  }
}
