// What the server keeps for those who ask it to: requests over HTTP, each with a typed answer.

import type { Failed, KeepLink, KeptProgress, ProgressRequest, ShortLink } from "../protocol.ts";
import { failures } from "../text/failures.ts";
import { failed } from "./connection.svelte.ts";

const WITHIN = 15_000; // ms

async function ask<Answer>(path: string, body: unknown): Promise<Answer | Failed> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WITHIN),
    });
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    return failed(failures.unreachable);
  }
  // a proxy in between answers with a page of its own
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return failed(failures.status(response.status));
  return (await response.json()) as Answer | Failed;
}

/** The short link of a lab's link by value, with the site in front. */
export async function shortLink(address: string): Promise<string | Failed> {
  const body: KeepLink = { address };
  const answer = await ask<ShortLink>("/s", body);
  return "path" in answer ? new URL(answer.path, location.href).href : answer;
}

/** Keeps progress under a new code word, or loads and saves what is kept under one. */
export function keptProgress(request: ProgressRequest): Promise<KeptProgress | Failed> {
  return ask<KeptProgress>("/progress", request);
}
