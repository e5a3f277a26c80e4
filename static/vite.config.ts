import { svelte } from "@sveltejs/vite-plugin-svelte";
import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { defineConfig } from "vitest/config";

// Every file in src/pages is the entry of one page, and every language but English has one with its words. Flask reads build/manifest.json to find what a page needs.
// The player is built by itself (--mode player): one script and one style sheet with its fonts, which an exported page
// carries in itself (webapp/server/standalone.py).
const PLAYER = "src/pages/player.ts";
const pages = Object.fromEntries(
  globSync("src/pages/*.ts", { cwd: import.meta.dirname })
    .filter((file) => file !== PLAYER && !file.endsWith(".test.ts") && (!file.endsWith("gallery.ts") || process.env["GALLERY"])) // for looking at
    .map((file) => [basename(file, ".ts"), file]),
);
const words = Object.fromEntries(globSync("src/text/*/index.ts", { cwd: import.meta.dirname }).map((file) => [`words-${basename(dirname(file))}`, file]));

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  base: "/static/",
  plugins: [svelte()],
  publicDir: mode === "player" ? false : "src/public", // taken as it is: what runs before the first paint
  ...(process.env["VITEST"] ? { resolve: { conditions: ["browser"] } } : {}), // components are tested as they run there
  build: {
    outDir: "build",
    manifest: "manifest.json",
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() as it is written: data-theme works on any element
    assetsInlineLimit: mode === "player" ? 1_000_000 : 0, // elsewhere the content-security policy allows 'self', not data:
    modulePreload: { polyfill: false },
    rolldownOptions: mode === "player" ? { input: { player: PLAYER }, output: { codeSplitting: false } } : { input: { ...pages, ...words } },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node", // a test of a component says `// @vitest-environment jsdom` in its first line
  },
}));
