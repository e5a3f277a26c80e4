// What a teacher does in a room: shows, asks, points, hands out, and goes through a deck. The panels of the page share it.

import { keep, kept } from "./store.ts";
import { stopAtStep } from "../core/cursor.ts";
import { deckOf, deckOfLesson, type DeckItem, EMPTY, textOfDeck } from "../core/deck.ts";
import { scriptKept } from "./scriptkept.ts";
import { askNext, askVerdict, type Made } from "../core/room.ts";
import type { HookKey } from "../core/topology.ts";
import type { BoardTask, HookPlace, RoomLab, RoomQuestion, SeenQuestion, Spot, TeachingLesson } from "../protocol.ts";
import { room as words } from "../text/room.ts";
import { ui } from "../text/ui.ts";
import { save } from "./files.ts";
import { Room } from "./room.svelte.ts";

const DECK = "hookwalk.deck";

/** What a teacher makes is in one language, and of no lesson. */
const NO_LESSON = { lesson: "", words: [] };

/** A question as it was asked, without what came of it. */
export function asked({ kind, prompt, options, several, right, explanation, lab, probe, step }: SeenQuestion): RoomQuestion {
  return { kind: kind as RoomQuestion["kind"], prompt, options, several, right, explanation, lab, probe, step, ...NO_LESSON, task: "" };
}

export class Teaching {
  readonly room: Room;
  hook = $state.raw<HookPlace | null>(null);
  laserOn = $state(false);
  laser = $state.raw<Spot | null>(null);
  blank = $state(false);
  /** Why something was not done, in words. */
  note = $state("");
  deck = $state.raw(deckOf(kept(DECK) ?? "") ?? EMPTY);
  /** The item of the deck that is shown, -1: none. */
  current = $state(-1);
  #ready = $state(false);

  constructor(code: string) {
    this.room = new Room(code, { token: location.hash.slice(1), key: "" });
    $effect(() => this.#point());
    $effect(() => this.#keep());
  }

  get player(): Room["player"] {
    return this.room.player;
  }

  /** The question that was asked last. */
  get question(): SeenQuestion | undefined {
    return this.room.board?.questions.at(-1);
  }

  /** The same while the room sees it. */
  get open(): SeenQuestion | undefined {
    return this.question && this.room.view?.question?.number === this.question.number ? this.question : undefined;
  }

  /** The task that is on. */
  get task(): BoardTask | undefined {
    const last = this.room.board?.tasks.at(-1);
    return last?.collected === false ? last : undefined;
  }

  async join(): Promise<void> {
    const { room } = this;
    if (!(await room.join())) return;
    const { lab, probe, twin, step, level, hook, blank } = room.cursor;
    [this.hook, this.blank] = [hook, blank];
    const number = lab || room.view?.lab?.number || 0;
    if (number > 0 && (await room.show(number, probe, twin))) this.player.stay(step, level);
    this.#ready = true;
  }

  /** Where the teacher is, for everyone. */
  #point(): void {
    const { room, hook, blank } = this;
    const { shown } = room;
    if (!this.#ready || !shown) return;
    room.point({ lab: shown.number, probe: shown.probe, twin: shown.other, hook, laser: this.laserOn ? this.laser : null, blank });
  }

  #keep(): void {
    keep(DECK, textOfDeck(this.deck)); // without room in the browser the file remains
  }

  // What the room sees

  async show(lab: RoomLab, probe = 0): Promise<boolean> {
    const { room } = this;
    this.note = "";
    this.hook = null;
    const shown = room.shown?.lab;
    if (!(shown?.script === lab.script && shown.title === lab.title)) {
      const done = await room.ask({ type: "ShowLab", lab });
      if (done?.type !== "RoomDone" || !(await room.show(done.lab, probe))) return false;
    } else if (room.shown?.probe !== probe) await room.show(room.shown!.number, probe);
    this.player.first();
    return true;
  }

  async showWorkshop(): Promise<void> {
    const script = scriptKept("workshop");
    if (script) await this.show({ title: ui.untitled, script, other_title: "", other: "" });
    else this.note = words.nothingInWorkshop;
  }

  async showProbe(probe: number): Promise<void> {
    await this.room.show(this.room.shown!.number, probe);
    this.player.first();
  }

  async showOffered(member: number): Promise<void> {
    const done = await this.room.ask({ type: "ShowOffered", member });
    if (done?.type === "RoomDone") await this.room.show(done.lab, 0);
  }

  point(key: HookKey): void {
    const [netns = "", dev = "", ...words] = key.split("/");
    const station = words.join("/");
    const { hook } = this;
    this.hook = hook && hook.netns === netns && hook.dev === dev && hook.station === station ? null : { netns, dev, station };
  }

  freeze(): void {
    void this.room.ask({ type: "Freeze", on: !this.room.view?.frozen });
  }

  // Questions

  ask(made: Made | undefined): void {
    const { shown } = this.room;
    if (!made || !shown) {
      this.note = words.noStep;
      return;
    }
    this.note = "";
    const whole: RoomQuestion = { several: false, explanation: "", ...NO_LESSON, task: "", ...made, lab: shown.number, probe: shown.probe, step: this.player.step };
    void this.room.ask({ type: "AskRoom", question: whole });
  }

  askHook(): void {
    const { shown } = this.room;
    this.ask(shown?.walk && askNext(shown.walk, this.player.step, shown.topology, words));
  }

  askOutcome(): void {
    const { shown } = this.room;
    this.ask(shown?.walk && askVerdict(shown.walk, this.player.step, words));
  }

  /** A lesson's question at its step, which the server knows. */
  async askLesson(lesson: string, task: string): Promise<boolean> {
    this.note = "";
    this.hook = null;
    const done = await this.room.ask({ type: "AskLesson", lesson, task });
    if (done?.type !== "RoomDone" || !done.cursor) return false;
    const { lab, probe, step, level } = done.cursor;
    if (!(await this.room.show(lab, probe))) return false;
    this.player.stay(step, level);
    return true;
  }

  again(): void {
    const { question } = this;
    if (question?.lesson) void this.askLesson(question.lesson, question.task);
    else if (this.question) void this.room.ask({ type: "AskRoom", question: asked(this.question) });
  }

  reveal(): void {
    if (this.open && !this.open.revealed) void this.room.ask({ type: "RevealAnswer", question: this.open.number, right: [], explanation: "" });
  }

  // Tasks: the title, then what is to be done

  hand(text: string): void {
    const [title = "", ...lines] = text.trim().split("\n");
    const task = { title, text: lines.join("\n").trim(), script: this.room.shown?.lab.script ?? "", ...NO_LESSON, task: "", expect: 0, hints: 0 };
    void this.room.ask({ type: "HandOut", task });
  }

  /** A lesson's task; its lab and its words are the server's. */
  async handLesson(lesson: string, task: string): Promise<void> {
    await this.room.ask({ type: "HandOut", task: { title: "", text: "", script: "", lesson, task, words: [], expect: 0, hints: 0 } });
  }

  // The deck

  collect(ask?: RoomQuestion): void {
    const { player } = this;
    const { shown } = this.room;
    if (!shown) return;
    const lab: RoomLab = { title: shown.lab.title, script: shown.lab.script, other_title: "", other: "" };
    const title = ask ? ask.prompt : `${shown.lab.title}, ${ui.stepOf(player.at + 1, player.stops.length)}`;
    const item: DeckItem = { title, lab, probe: shown.probe, step: player.step, level: player.level, ...(ask ? { question: ask } : {}) };
    this.deck = { ...this.deck, items: [...this.deck.items, item] };
    this.current = this.deck.items.length - 1;
  }

  async turn(at: number): Promise<void> {
    const { player } = this;
    const item = this.deck.items[at];
    if (!item) return;
    this.current = at;
    if ("lesson" in item) {
      await (item.graded ? this.handLesson(item.lesson, item.task) : this.askLesson(item.lesson, item.task));
      return;
    }
    if (!(await this.show(item.lab, item.probe))) return;
    player.level = item.level;
    player.position = player.at = stopAtStep(player.stops, item.step);
    if (item.question) this.ask(item.question);
  }

  drop(at: number): void {
    this.deck = { ...this.deck, items: this.deck.items.filter((_, other) => other !== at) };
    this.current = Math.min(this.current, this.deck.items.length - 1);
  }

  openLesson(lesson: TeachingLesson): void {
    [this.deck, this.current] = [deckOfLesson(lesson), -1];
  }

  openDeck(text: string): void {
    const found = deckOf(text);
    if (found) [this.deck, this.current] = [found, -1];
    else this.note = words.deckBad;
  }

  saveDeck(): void {
    save(textOfDeck(this.deck), "application/json", "deck.json");
  }

  /** One on or back: in the deck where there is one, else in the walk. */
  turnBy(by: 1 | -1): void {
    if (this.deck.items.length) void this.turn(this.current + by);
    else if (by > 0) this.player.forward();
    else this.player.back();
  }
}
