// What every bench has at which a lab is built, the workshop's own and that of a lesson: the parts that are shown, how
// they follow the lab and the selection, and what the keyboard does.

import { onMount, tick, untrack } from "svelte";

import { Acts } from "./acts.ts";
import { WorkshopDesk } from "./desk.ts";
import { onKey } from "./keys.ts";
import type { WorkshopPage } from "./workshop.svelte.ts";
import { onWorkshopKey } from "./workshopkeys.ts";
import { hookOf, type Item } from "../core/items.ts";
import { mentions } from "../core/mentions.ts";
import type { Target } from "../core/ruleform.ts";
import { plain, sentenceAt } from "../core/sentence.ts";
import { covers } from "../core/topology.ts";
import type Editor from "../editor/Editor.svelte";
import type AddDialog from "../panels/AddDialog.svelte";
import type ColourDialog from "../panels/ColourDialog.svelte";
import type Find from "../panels/Find.svelte";
import type Keys from "../panels/Keys.svelte";
import type Terminal from "../panels/Terminal.svelte";
import type Tree from "../panels/Tree.svelte";
import type Canvas from "../scene/edit/Canvas.svelte";

/** What a bench can be asked to bring into view. */
export type Part = "script" | "tree" | "why" | "capture";

/** Made while a component is, for it follows what the component shows. */
export class Bench {
  readonly page: WorkshopPage;
  readonly desk: WorkshopDesk;
  readonly acts: Acts;
  canvas = $state<Canvas>();
  terminal = $state<Terminal>();
  tree = $state<Tree>();
  editor = $state<Editor>();
  dialog = $state<AddDialog>();
  colours = $state<ColourDialog>();
  finder = $state<Find>();
  keys = $state<Keys>();
  /** In whose terminal one types. */
  netns = $state("");
  /** The rule or filter that is being written, and for which hook. */
  writing = $state.raw<{ target: Target; item: Item } | undefined>();

  readonly topology = $derived.by(() => this.page.lab.state.topology);
  readonly empty = $derived(this.topology.namespaces.length === 0);
  /** The walk, where the picture is one of the lab that it went through. */
  readonly walk = $derived.by(() => {
    const { shown } = this.page.lab;
    return shown && covers(this.topology, shown.topology) ? shown.walk : undefined;
  });
  readonly sentence = $derived.by(() => {
    const { lab, player } = this.page;
    const stop = player.stops[player.at];
    return lab.shown && stop ? sentenceAt(lab.shown.walk, stop) : "";
  });
  /** The probe whose walk is shown. */
  readonly command = $derived.by(() => this.page.lab.state.probes[this.page.lab.probe]?.command ?? "");
  /** The commands that a drop would write. */
  readonly preview = $derived.by(() => {
    const { preview } = this.page.carry;
    return preview?.refused ? [] : (preview?.commands ?? []);
  });
  #open: (part: Part) => void;

  constructor(page: WorkshopPage, open: (part: Part) => void) {
    this.page = page;
    this.#open = open;
    this.desk = new WorkshopDesk(page);
    this.acts = this.#acts();
    this.#followWalks();
    this.#followSelection();
    this.#followKeyboard();
    $effect(() => {
      if (page.connection.status === "connected") untrack(() => void page.resume());
    });
    onMount(() => {
      page.player.pace = (at) => this.canvas?.pace(at);
    });
  }

  onkeydown = (event: KeyboardEvent): void => {
    const { page, acts } = this;
    const handled = onWorkshopKey(event, {
      page,
      add: () => this.dialog?.open(),
      cancel: () => this.canvas?.cancel(),
      offered: (item) => acts.offered(item),
      act: (action, item) => acts.act(action, item),
      grab: () => acts.grab(),
      shift: (by) => acts.shift(by),
    });
    if (handled) event.preventDefault();
    else
      onKey(event, {
        player: page.player,
        terminal: () => this.terminal?.focus(),
        fit: () => this.canvas?.fit(),
        find: () => this.finder?.open(),
        help: () => this.keys?.open(),
      });
  };

  /** The rule is written, or not; the keyboard goes back to the thing in the picture, where that is in view. */
  endWriting(pictured: boolean): void {
    const key = this.writing && hookOf(this.writing.item);
    this.writing = undefined;
    if (key && pictured) void tick().then(() => this.canvas?.focusHook(key));
  }

  #acts(): Acts {
    const { page, desk } = this;
    return new Acts(page, {
      layout: () => this.canvas?.drawn(),
      add: (what) => this.dialog?.open(what),
      colour: (space) => this.colours?.open(space),
      reveal: (item) => {
        const line = mentions(page.document.script, item, page.lab.state.probes).at(-1);
        this.#open("script");
        if (line !== undefined) void tick().then(() => this.editor?.goTo(line));
      },
      rule: (target, item) => {
        this.writing = { target, item };
        this.#open("script");
      },
      ask: (question, { netns, dev, station }) => {
        this.#open(question);
        if (question === "why") void desk.questions.askWhy({ netns, dev, station });
        else desk.questions.tap = { netns, dev };
      },
    });
  }

  /**
   * Another walk is shown at the step that one was at, and one that was seen to its end is seen to its end again: then
   * what an edit has changed is there to be seen. A probe that was just sent is played.
   */
  #followWalks(): void {
    const { page } = this;
    const { lab, player } = page;
    let [shown, ended, sent] = [lab.shown?.walk.steps[0], false, 0];
    $effect(() => {
      const first = lab.shown?.walk.steps[0];
      if (first === shown) return;
      shown = first;
      untrack(() => (ended || player.playing ? player.last() : player.stay(player.step)));
    });
    $effect(() => {
      ended = player.stops.length > 1 && player.at >= player.stops.length - 1;
    });
    $effect(() => {
      if (page.sent === sent) return;
      sent = page.sent;
      void tick().then(() => {
        player.first();
        player.play();
      });
    });
  }

  /** What is chosen decides in whose terminal one types. */
  #followSelection(): void {
    $effect(() => {
      const { last } = this.page.selection;
      if (last && untrack(() => this.topology.namespaces.some(({ name }) => name === last.netns))) this.netns = last.netns;
    });
  }

  /** By the keyboard one goes on in the tree, and hears what a drop would do. */
  #followKeyboard(): void {
    const { page } = this;
    const { carry } = page;
    $effect(() => {
      if (!carry.carried || carry.manner !== "keys") return;
      untrack(() => this.#open("tree"));
      void tick().then(() => this.tree?.focus());
    });
    $effect(() => {
      if (carry.manner === "keys" && carry.preview) page.said = carry.preview.refused || carry.preview.commands.join(", ");
    });
  }
}

/** The sentence of the step that is shown, for those who hear it; nothing while steps follow each other by themselves. */
export const announced = ({ page, sentence }: Bench): string => (page.player.playing ? "" : plain(sentence));
