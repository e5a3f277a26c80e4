// The keyboard of the workshop, before that of the walk (keys.ts): typing in a field is left alone.

import { type Action, actionOfKey } from "../core/actions.ts";
import type { Item } from "../core/items.ts";
import type { WorkshopPage } from "./workshop.svelte.ts";

export interface WorkshopTargets {
  readonly page: WorkshopPage;
  add(): void;
  cancel(): void;
  offered(item: Item): readonly Action[];
  act(action: Action, item: Item): void;
  /** Takes hold of what is selected. */
  grab(): void;
  /** Moves what is selected among its neighbours. */
  shift(by: -1 | 1): void;
}

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable='true'], dialog[open]") !== null;

function withControl(event: KeyboardEvent, { page }: WorkshopTargets): boolean {
  const chosen = window.getSelection()?.isCollapsed === false; // text that is marked is copied as text
  switch (event.key.toLowerCase()) {
    case "z":
      if (event.shiftKey) page.redo();
      else page.undo();
      return true;
    case "y":
      page.redo();
      return true;
    case "c":
      if (chosen || !page.selection.items.length) return false;
      void page.copy();
      return true;
    case "x":
      if (chosen || !page.selection.items.length) return false;
      void page.cut();
      return true;
    default:
      return false;
  }
}

/** True where the key was one of the workshop's. */
export function onWorkshopKey(event: KeyboardEvent, targets: WorkshopTargets): boolean {
  if (event.defaultPrevented || isTyped(event.target)) return false;
  const { page } = targets;
  if (event.ctrlKey || event.metaKey) return !event.altKey && withControl(event, targets);
  if (event.altKey) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return false;
    if (!page.selection.one) return false;
    targets.shift(event.key === "ArrowLeft" ? -1 : 1);
    return true;
  }
  const { one } = page.selection;
  const action = one && actionOfKey(event.key, targets.offered(one));
  if (event.key === "Escape") {
    if (page.carry.carried || page.carry.choices) targets.cancel();
    else if (page.notice) page.notice = "";
    else if (page.told) page.told = undefined;
    else if (page.selection.items.length) page.selection.clear();
    else return false;
  } else if (event.key === "F") page.forkHere();
  else if (event.key === "a") targets.add();
  else if (event.key === "g" && one) targets.grab();
  else if ((event.key === "Delete" || event.key === "Backspace") && page.selection.items.length) void page.delete();
  else if (action && one) targets.act(action, one);
  else return false;
  return true;
}
