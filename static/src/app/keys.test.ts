// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

import type { Player } from "./player.svelte.ts";

vi.stubGlobal("matchMedia", () => ({ matches: false }));
const { onKey } = await import("./keys.ts");

function pressIn(dialog: string): () => void {
  document.body.innerHTML = `<dialog ${dialog}><button>Close</button></dialog>`;
  const terminal = vi.fn();
  const event = new KeyboardEvent("keydown", { key: "t", bubbles: true, cancelable: true });
  document.querySelector("dialog")!.addEventListener("keydown", (heard) =>
    onKey(heard, { player: {} as Player, terminal, fit: vi.fn(), help: vi.fn() }),
  );
  document.querySelector("button")!.dispatchEvent(event);
  return terminal;
}

test("keys belong to a dialog while it is open", () => {
  expect(pressIn("open")).not.toHaveBeenCalled();
});

test("a dialog that was closed and has still the focus holds no key back", () => {
  expect(pressIn("")).toHaveBeenCalledOnce();
});
