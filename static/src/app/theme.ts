// Light or dark, by the button, on all pages from then on (public/theme.js); where it was never pressed the system decides.

import { keep } from "./store.ts";

export function theme(): void {
  const root = document.documentElement;
  const dark = root.dataset["theme"] ? root.dataset["theme"] === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset["theme"] = dark ? "light" : "dark";
  keep("hookwalk.theme", root.dataset["theme"]);
}
