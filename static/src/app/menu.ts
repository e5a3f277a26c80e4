// A <details> as a menu: what opens beneath its summary is gone through by the arrow keys, and a press elsewhere or
// Escape closes it. A key that comes before the menu has anything to show is not lost: what it asks for is focused as
// soon as it is there.

const ITEMS = "[role=menuitem]:not(:disabled), ul a, ul button:not(:disabled)";

/** Closes the menu; the keyboard goes back to its button. */
export function close(menu: HTMLDetailsElement): void {
  if (!menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

/** Makes `menu` one; an attachment, which returns how to end that. */
export function menu(menu: HTMLDetailsElement): () => void {
  const items = (): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>(ITEMS)];
  /** Which item is to be focused once there is one. */
  let wanted: (() => HTMLElement | undefined) | undefined;

  const settle = (): void => {
    const item = menu.open ? wanted?.() : undefined;
    if (!item) return;
    wanted = undefined;
    item.focus();
  };
  const go = (to: (at: number, count: number) => number): void => {
    wanted = () => {
      const all = items();
      return all.at(to(all.indexOf(document.activeElement as HTMLElement), all.length) % Math.max(1, all.length));
    };
    settle();
  };

  const MOVES: Readonly<Record<string, () => void>> = {
    ArrowDown: () => go((at) => at + 1),
    ArrowUp: () => go((at, count) => (at < 0 ? count - 1 : at - 1)),
    Home: () => go(() => 0),
    End: () => go((_, count) => count - 1),
    Escape: () => {
      wanted = undefined;
      close(menu);
    },
  };

  function onkeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const button = event.target instanceof Element && event.target.closest("summary") !== null;
    if (button && event.key === "Enter") menu.open = !menu.open;
    else {
      const move = MOVES[event.key];
      const opens = button && event.key.startsWith("Arrow");
      if (!move || !(menu.open || opens)) return;
      if (opens) menu.open = true;
      move();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  const outside = (event: Event): void => {
    if (menu.open && !menu.contains(event.target as Node)) menu.open = false;
  };
  const closed = (): void => {
    if (!menu.open) wanted = undefined;
  };
  const watch = new MutationObserver(settle);
  watch.observe(menu, { childList: true, subtree: true, attributes: true, attributeFilter: ["open", "disabled"] });
  menu.addEventListener("keydown", onkeydown);
  menu.addEventListener("toggle", closed);
  window.addEventListener("click", outside);
  return () => {
    watch.disconnect();
    menu.removeEventListener("keydown", onkeydown);
    menu.removeEventListener("toggle", closed);
    window.removeEventListener("click", outside);
  };
}
