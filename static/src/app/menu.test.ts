// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { menu } from "./menu.ts";

let details: HTMLDetailsElement;
let list: HTMLElement;
let end: () => void;

const press = (key: string): void => {
  document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};
function offer(...names: string[]): void {
  for (const name of names) {
    const item = document.createElement("button");
    item.setAttribute("role", "menuitem");
    item.textContent = name;
    list.append(item);
  }
}
const focused = (): string | null => document.activeElement!.textContent;

describe("a menu", () => {
  beforeEach(() => {
    document.body.innerHTML = "<details><summary>Twin</summary><div></div></details><p>elsewhere</p>";
    details = document.querySelector("details")!;
    list = details.querySelector("div")!;
    end = menu(details);
    details.querySelector("summary")!.focus();
  });
  afterEach(() => end());

  it("takes an arrow that is pressed right after Enter, before the browser has opened it", () => {
    offer("one", "two");
    press("Enter");
    press("ArrowDown");
    expect(focused()).toBe("one");
  });

  it("takes an arrow that is pressed before it has anything to show", async () => {
    press("Enter");
    press("ArrowDown");
    expect(focused()).toBe("Twin");
    offer("one", "two");
    await Promise.resolve(); // observers are told
    expect(focused()).toBe("one");
  });

  it("is opened by an arrow, at its first or its last entry", () => {
    offer("one", "two", "three");
    press("ArrowUp");
    expect(focused()).toBe("three");
    press("ArrowDown");
    expect(focused()).toBe("one");
    press("End");
    press("ArrowUp");
    expect(focused()).toBe("two");
  });

  it("is closed by Escape, which leads back to its button, and by a press elsewhere", () => {
    offer("one");
    press("ArrowDown");
    press("Escape");
    expect(details.open).toBe(false);
    expect(focused()).toBe("Twin");
    press("Enter");
    document.querySelector("p")!.click();
    expect(details.open).toBe(false);
  });

  it("focuses nothing once it was closed", async () => {
    press("Enter");
    press("ArrowDown");
    press("Escape");
    offer("one");
    await Promise.resolve();
    expect(focused()).toBe("Twin");
  });
});
