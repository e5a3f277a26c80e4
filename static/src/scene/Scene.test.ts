// @vitest-environment jsdom
import axe from "axe-core";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import { stopsOf } from "../core/cursor.ts";
import { redirectWalk, REDIRECT } from "../fixtures/redirect.ts";
import Score from "../score/Score.svelte";
import Harness from "./Harness.svelte";

// jsdom lays nothing out, so nothing is ever resized.
vi.stubGlobal("ResizeObserver", class {
  observe(): void {}
  unobserve(): void {}
});

const walk = redirectWalk();
const stops = stopsOf(walk, "hooks");
let shown: Record<string, unknown> | undefined;

function show(props: Record<string, unknown> = {}): { at: (position: number) => void } {
  const harness = mount(Harness, { target: document.body, props: { topology: REDIRECT, walk, stops, ...props } });
  shown = harness;
  flushSync();
  return harness as unknown as { at: (position: number) => void };
}
const badge = (key: string): SVGGElement => document.querySelector<SVGGElement>(`[data-hook="${key}"]`)!;
const press = (key: string): void => {
  document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  flushSync();
};

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
  document.body.replaceChildren();
});

describe("the scene", () => {
  it("is a tree of named parts: namespaces, devices, hooks", () => {
    show({ position: 8 });
    const groups = [...document.querySelectorAll("svg [role=group]")].map((group) => group.getAttribute("aria-label"));
    expect(groups).toEqual(["namespace outside", "wire", "namespace host", "eth0", "vethh", "namespace container", "vethc"]);
    expect(badge("host/vethh/nft egress").getAttribute("aria-label")).toBe(
      "nft egress on vethh, 1 rule, passed by, nf_skip_egress is 1",
    );
  });

  it("is one stop of the Tab key, with arrow keys along lanes and cables", () => {
    show();
    expect(document.querySelectorAll("svg [tabindex='0']")).toHaveLength(1);
    badge("host/vethh/nft egress").focus();
    flushSync();
    press("ArrowDown");
    expect(document.activeElement).toBe(badge("host/vethh/tc egress"));
    press("ArrowDown");
    expect(document.activeElement).toBe(badge("container/vethc/tc ingress"));
    expect(document.querySelectorAll("svg [tabindex='0']")).toHaveLength(1);
  });

  it("says which hook was pressed, by pointer or key", () => {
    const onpress = vi.fn();
    show({ onpress });
    badge("host/eth0/tc ingress").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    badge("host/eth0/nft ingress").focus();
    press("Enter");
    expect(onpress.mock.calls).toEqual([["host/eth0/tc ingress"], ["host/eth0/nft ingress"]]);
  });

  it("speaks the step", () => {
    show({ announcement: "`tcf_mirred_act` runs." });
    expect(document.querySelector("[aria-live]")!.textContent).toBe("tcf_mirred_act runs.");
  });

  it("tells nothing of the walk while a prediction is open", () => {
    show({ position: 8, concealed: true });
    expect(badge("host/vethh/nft egress").getAttribute("aria-label")).toBe("nft egress on vethh, 1 rule");
    expect(document.body.textContent).not.toContain("nf_skip_egress");
  });

  it.each([
    [3, 3.5, 8],
    [7, 8, 40],
  ])("changes only what changes, from %s to %s", (from, to, most) => {
    const { at } = show({ position: from });
    const observer = new MutationObserver(() => undefined);
    observer.observe(document.body, { attributes: true, childList: true, subtree: true, characterData: true });
    at(to);
    flushSync();
    const changed = new Set(observer.takeRecords().map((record) => record.target));
    observer.disconnect();
    expect(document.querySelectorAll("svg *").length).toBeGreaterThan(100);
    expect(changed.size).toBeGreaterThan(0);
    expect(changed.size).toBeLessThan(most);
  });

  it("and the score have nothing that axe finds", async () => {
    show({ position: 8, letters: new Map([["host/vethh/tc egress", "A"]]) });
    mount(Score, { target: document.body, props: { walk, stops, position: 8, onseek: () => undefined } });
    flushSync();
    const rules = { region: { enabled: false }, "color-contrast": { enabled: false } }; // a part of a page; tokens.test.ts
    const { violations } = await axe.run(document.body, { rules });
    expect(violations.map((violation) => [violation.id, violation.nodes.map((node) => node.html)])).toEqual([]);
  });
});

describe("the score", () => {
  it("is a slider that keys move", () => {
    const onseek = vi.fn();
    mount(Score, { target: document.body, props: { walk, stops, position: 8, onseek } });
    flushSync();
    const slider = document.querySelector<SVGElement>("[role=slider]")!;
    expect([slider.ariaValueNow ?? slider.getAttribute("aria-valuenow"), slider.getAttribute("aria-valuemax")]).toEqual(["9", "14"]);
    expect(slider.getAttribute("aria-valuetext")).toBe("9 sch_handle_egress");
    slider.focus();
    for (const key of ["ArrowRight", "ArrowLeft", "Home", "End"]) press(key);
    expect(onseek.mock.calls).toEqual([[9, true], [7, true], [0, true], [13, true]]);
  });
});
