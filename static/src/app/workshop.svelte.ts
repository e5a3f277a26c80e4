// What the workshop's page has: the lab script as a document, the lab that runs it, the selection, and what is on its way.
// Whatever changes the lab changes the document; the lab follows the document.

import { forkAt } from "../core/fork.ts";
import type { Variant } from "../core/variants.ts";
import { addressOf, LinkError, type Place, placeOf, scriptOf, type Target, type Titled } from "../core/link.ts";
import { placeOf as placeOfRule, type Wrong, wrongIn } from "../core/ruleform.ts";
import { inUnits } from "../core/offsets.ts";
import { hookOf, type Item, outermost } from "../core/items.ts";
import { breaksOf, standing } from "../core/breaks.ts";
import type { HookKey } from "../core/topology.ts";
import type { Answer, Change, LabState, Operation, PageData, Steps } from "../protocol.ts";
import { fork as forks } from "../text/fork.ts";
import { ui } from "../text/ui.ts";
import { nameOf, REFUSALS, saidOf, TILE_NAMES, titleOf, workshop } from "../text/workshop.ts";
import type { Point } from "../core/curve.ts";
import { Carry, type Manner, type Preview } from "./carry.svelte.ts";
import type { Carried } from "../core/drops.ts";
import { Connection } from "./connection.svelte.ts";
import { LabDocument } from "./document.svelte.ts";
import { Lab } from "./lab.svelte.ts";
import { EMPTY } from "./page.svelte.ts";
import { Player } from "./player.svelte.ts";
import { forget, keep, kept } from "./store.ts";
import { Selection } from "./selection.svelte.ts";
import type { Told } from "../panels/Told.svelte";
import { Variants } from "./variants.svelte.ts";

/** A lab whose terminal writes into the document. */
class WorkshopLab extends Lab {
  ran: (before: string, after: string, line: string) => void = () => {};

  override async run(netns: string, line: string): Promise<LabState | undefined> {
    const before = this.state.script;
    const state = await super.run(netns, line);
    if (state) this.ran(before, state.script, line);
    return state;
  }
}

function changed(script: string, changes: readonly Change[]): string {
  let [text, at] = ["", 0];
  for (const { start, end, insert } of inUnits(script, changes)) {
    text += script.slice(at, start) + insert;
    at = end;
  }
  return text + script.slice(at);
}

/** What is carried, in words. */
export const nameOfCarried = (carried: Carried): string => {
  switch (carried.kind) {
    case "tile":
      return TILE_NAMES[carried.tile];
    case "cable":
      return TILE_NAMES.veth;
    case "vxlan":
      return TILE_NAMES.vxlan;
    case "namespace":
      return carried.netns;
    case "device":
      return carried.dev;
    case "hook":
      return `${carried.station} on ${carried.dev}`;
  }
};

const PREVIEWS = 64;
/** What the browser keeps beside the document, by the document's key. */
const ORIGIN = "hookwalk.origin.";
const ORIGIN_TITLE = "hookwalk.origin-title.";
const BREAKS = "hookwalk.breaks.";
const STARTED = "hookwalk.started.workshop";

/** A reload does without what has no room. */
function store(key: string, value: string): void {
  if (!keep(key, value)) forget(key);
}

/**
 * This tab had the workshop, and loads it again. Where a reload overtakes history.replaceState, the browser brings back
 * an older address of the tab without its state: it is not a link that somebody follows.
 */
function reloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.type === "reload" && sessionStorage.getItem(STARTED) !== null;
}

/** An operation, or one that depends on what those before it made. */
type Planned = Operation | ((made: readonly Item[]) => Operation);

export class WorkshopPage {
  readonly connection: Connection;
  readonly lab: WorkshopLab;
  readonly player: Player;
  readonly document: LabDocument;
  readonly selection = new Selection();
  readonly carry: Carry;
  readonly variants: Variants;
  #key: string;
  /** What has happened, with what can be done about it, until it is put away. */
  told = $state.raw<Told | undefined>();
  linkError = $state("");
  /** Why something was not done, until it is put away or something else is done. */
  notice = $state("");
  /** What was done, for those who do not see it. */
  said = $state("");
  /** The thing whose name is being typed. */
  renaming = $state.raw<Item | undefined>();
  /** An operation is being asked for. */
  working = $state(false);
  /** Counts the probes that were sent: the walk of one that was just sent is played from its start. */
  sent = $state(0);
  /** Where in the window a drag began: what cannot be dropped goes back there. */
  takenAt: Point | undefined;
  #restored = $state(false);
  #previews = new Map<string, Promise<Preview>>();
  #previewed = "";
  /** The script that was last handed to the lab. */
  #running: Promise<void> = Promise.resolve();
  /** A probe has been added: its walk is wanted. */
  #sending = false;
  #copied = "";
  #addresses = 0;

  /** `key` names the document in this browser. With a `connection` of somebody else's, that hands the steps on. */
  constructor(data: Pick<PageData, "lab" | "walk">, key = "workshop", connection?: Connection) {
    this.#key = key;
    this.variants = new Variants(key);
    this.connection = connection ?? new Connection((steps: Steps) => this.lab.receive(steps));
    this.document = new LabDocument(key, data.lab?.script ?? "");
    const given = data.lab?.script === this.document.script ? data.lab : undefined;
    this.lab = new WorkshopLab(this.connection, given ?? { ...EMPTY, script: this.document.script }, given ? data.walk : null);
    this.lab.ran = (before, after, line) => this.document.follow(before, after, line);
    this.player = new Player(() => this.lab.shown?.walk);
    this.carry = new Carry({
      topology: () => this.lab.state.topology,
      preview: (operation) => this.preview(operation),
      perform: (operation) => this.perform(operation),
    });
    this.document.listen((script) => (this.#running = this.#run(script)));
    this.#given = data.lab ?? undefined;
    this.document.overwriting = (text) => this.variants.keep(forks.otherName(this.lab.state.title), text);
    this.#origin = { title: kept(ORIGIN_TITLE + key) ?? ui.asOpened, script: kept(ORIGIN + key) ?? this.document.script };
    this.player.breaks = new Set(breaksOf(kept(BREAKS + key)));
  }
  #origin = $state.raw<Titled>({ title: "", script: "" });
  /** Break points of hooks that are gone are to be dropped, once it is known which are there. */
  #pruning = true;

  /** The lab that a twin holds against this one: as it was opened, or before the last fork. */
  get origin(): Titled {
    return this.#origin;
  }

  set origin(one: Titled) {
    this.#origin = one;
    store(ORIGIN + this.#key, one.script);
    store(ORIGIN_TITLE + this.#key, one.title);
  }
  #given: LabState | undefined;

  /** The lab that the page came with. */
  get given(): LabState {
    return this.#given ?? EMPTY;
  }

  /** Opens what the address says, unless that was written here: then what this browser keeps is newer. */
  async start(): Promise<void> {
    const place = placeOf(location.search);
    const own = (history.state as { workshop?: boolean } | null)?.workshop === true || reloaded();
    if (!own && location.hash.length > 1) await this.#openLink();
    else if (!own && this.#given) this.open(this.#given.script);
    await this.#running;
    const { script } = this.document;
    if (this.lab.state.lab === "" && script !== "" && script !== this.#given?.script) await this.lab.open({ ...EMPTY, script });
    const last = this.lab.state.probes.length - 1;
    if (last >= 0 && this.lab.probe !== Math.min(place.probe, last)) await this.lab.choose(Math.min(place.probe, last));
    this.player.stay(place.step, place.level);
    this.#restored = true;
    sessionStorage.setItem(STARTED, "");
    this.#prune();
  }

  /** In a page whose address says something else: the document as this browser keeps it, and its last probe. */
  async stand(): Promise<void> {
    await this.#running;
    const { script } = this.document;
    if (this.lab.state.lab === "" && script !== this.#given?.script) await this.lab.open({ ...EMPTY, title: this.#given?.title ?? "", script });
    const last = this.lab.state.probes.length - 1;
    if (last >= 0 && this.lab.probe !== last) await this.lab.choose(last);
    this.player.first();
    this.#restored = true;
  }

  /** Another lab in this one's place; undo brings the old one back. */
  open(script: string, label: string = workshop.opened): void {
    this.selection.clear();
    this.origin = { title: ui.asOpened, script };
    this.#pruning = true;
    this.told = undefined;
    this.document.replace(script, label);
  }

  /** After the connection has been lost: what was changed meanwhile. */
  async resume(): Promise<void> {
    if (this.#restored && this.document.script !== this.lab.state.script) await this.#run(this.document.script);
  }

  async #run(script: string): Promise<void> {
    if (script === this.lab.state.script && this.lab.state.lab !== "") return;
    const state = await this.lab.replace(script);
    if (!state) return;
    this.selection.keep(state.topology, state.probes);
    if (this.#restored) this.#prune();
    if (!this.#sending || state.probes.length === 0) return;
    this.#sending = false;
    await this.lab.choose(state.probes.length - 1);
    this.sent++;
  }

  // operations

  /** The edit that an operation is, with the words of the refusal where it is none. */
  async preview(operation: Operation): Promise<Preview> {
    const { script } = this.document;
    if (script !== this.#previewed || this.#previews.size > PREVIEWS) this.#previews.clear();
    this.#previewed = script;
    const key = JSON.stringify(operation);
    const known = this.#previews.get(key);
    if (known) return known;
    const asked = this.connection.request({ type: "EditScript", script, operation }).then((answer): Preview => {
      if (answer.type === "Edited") return { commands: answer.edit.commands, made: answer.edit.made, refused: "" };
      this.#previews.delete(key);
      return { commands: [], made: [], refused: refusalOf(answer) };
    });
    this.#previews.set(key, asked);
    return asked;
  }

  /** What a rule or a filter would come to, and what it compiles to; or what the tool says is wrong with it. */
  async tryRule(operation: Operation, text: string): Promise<{ commands: readonly string[]; compiled: readonly string[]; wrong: Wrong | undefined }> {
    const { script } = this.document;
    const answer = await this.connection.request({ type: "EditScript", script, operation });
    if (answer.type !== "Edited") return { commands: [], compiled: [], wrong: wrongIn(refusalOf(answer), text) };
    const place = placeOfRule(answer.edit, text);
    const compiled = place === undefined ? undefined : await this.lab.compileRule(changed(script, answer.edit.changes), place);
    return { commands: answer.edit.commands, compiled: compiled?.lines ?? [], wrong: undefined };
  }

  /** Does an operation, as one step of the history. False where the workshop refused; the notice says why. */
  async perform(operation: Operation): Promise<boolean> {
    return this.performAll([operation], titleOf(operation), (made) => saidOf(operation, made));
  }

  /** Several operations as one step. */
  async performAll(operations: readonly Planned[], label: string, said: (made: readonly Item[]) => string): Promise<boolean> {
    this.working = true;
    const done = await this.#performAll(operations, label, said);
    if (done) this.document.keep();
    this.working = false;
    return done;
  }

  async #performAll(operations: readonly Planned[], label: string, said: (made: readonly Item[]) => string): Promise<boolean> {
    const before = this.document.script;
    let script = before;
    let made: readonly Item[] = [];
    let sends = false;
    this.notice = "";
    for (const next of operations) {
      const operation = typeof next === "function" ? next(made) : next;
      sends ||= operation.type === "AddProbe";
      const answer = await this.connection.request({ type: "EditScript", script, operation });
      if (answer.type !== "Edited") {
        this.complain(refusalOf(answer));
        return false;
      }
      if (operations.length === 1) {
        // the text was edited meanwhile: what the operation means is asked again
        this.#expect(answer.edit.made, sends);
        if (!this.document.apply(answer.edit.changes, label, before)) return this.#performAll(operations, label, said);
      }
      script = changed(script, answer.edit.changes);
      made = [...made, ...answer.edit.made];
    }
    if (operations.length > 1) {
      if (this.document.script !== before) return this.#performAll(operations, label, said);
      this.#expect(made, sends);
      this.document.replace(script, label);
    }
    this.say(script === before ? workshop.already : said(made));
    return true;
  }

  #expect(made: readonly Item[], sends: boolean): void {
    this.#sending = sends;
    const seen = made.filter(({ kind }) => kind !== "probe");
    if (seen.length) this.selection.choose(...seen);
  }

  async delete(items: readonly Item[] = this.selection.items): Promise<void> {
    if (items.length) await this.perform({ type: "Delete", items: outermost(items) });
  }

  async copy(): Promise<boolean> {
    const items = outermost(this.selection.items).filter(({ kind }) => kind === "namespace" || kind === "device");
    if (!items.length) return false;
    const operation: Operation = { type: "Copy", items };
    const answer = await this.connection.request({ type: "EditScript", script: this.document.script, operation });
    if (answer.type !== "Edited") {
      this.complain(refusalOf(answer));
      return false;
    }
    this.#copied = answer.edit.commands.join("\n");
    await navigator.clipboard?.writeText(this.#copied).catch(() => undefined); // a browser may say no: it is kept here too
    this.say(saidOf(operation, []));
    return true;
  }

  async cut(): Promise<void> {
    if (await this.copy()) await this.delete();
  }

  async paste(text: string): Promise<void> {
    const commands = text.trim() || this.#copied;
    if (commands) await this.perform({ type: "Paste", commands });
    else this.complain(workshop.nothingCopied);
  }

  async rename(item: Item, name: string): Promise<void> {
    this.renaming = undefined;
    const old = item.kind === "device" ? item.dev : item.netns;
    if (name !== "" && name !== old) await this.perform({ type: "Rename", item, name });
  }

  undo(): void {
    const label = this.document.undoLabel;
    if (!label) return;
    this.document.undo();
    this.notice = "";
    this.told = undefined;
    this.say(workshop.undone(label));
  }

  redo(): void {
    const label = this.document.redoLabel;
    if (!label) return;
    this.document.redo();
    this.say(workshop.redone(label));
  }

  // what is on its way

  take(carried: Carried, manner: Manner, at?: Point): void {
    this.notice = "";
    this.takenAt = at;
    this.carry.take(carried, manner);
    if (manner !== "drag") this.say(workshop.picked(nameOfCarried(carried)));
  }

  /** Lets go; where that is not possible, says why. True while something is still carried. */
  async put(): Promise<boolean> {
    const drop = await this.carry.put();
    if (drop?.does === "nothing") this.say(REFUSALS[drop.why]);
    if (drop?.does === "continue") this.say(workshop.carryingEnd(nameOfCarried(drop.carried)));
    return this.carry.carried !== undefined;
  }

  cancel(): void {
    if (!this.carry.carried && !this.carry.choices) return;
    this.carry.cancel();
    this.say(workshop.cancelled);
  }

  // break points

  toggleBreak(item: Item): void {
    const key = hookOf(item);
    if (key === undefined) return;
    const breaks = new Set<HookKey>(this.player.breaks);
    const on = !breaks.delete(key);
    if (on) breaks.add(key);
    this.player.breaks = breaks;
    store(BREAKS + this.#key, JSON.stringify([...breaks]));
    this.say(on ? workshop.breakOn(nameOf(item)) : workshop.breakOff(nameOf(item)));
  }

  #prune(): void {
    const { script, topology } = this.lab.state;
    if (!this.#pruning || !this.lab.state.lab || script.trimEnd() !== this.document.script.trimEnd()) return;
    this.#pruning = false;
    this.player.breaks = new Set(standing([...this.player.breaks], topology));
    store(BREAKS + this.#key, JSON.stringify([...this.player.breaks]));
  }

  // forks and variants

  /** Goes on from the command at a line of `of`, the script as it is; the lab as it is becomes a variant, and the twin's other side. */
  fork(line: number, of: string = this.document.script): void {
    const found = forkAt(of, line);
    if (!found) return this.complain(forks.nothing);
    const before = this.document.script;
    const { title } = this.lab.state;
    const variant = this.variants.keep(forks.name(title, found.line), before);
    this.origin = { title: variant.name, script: before };
    const same = found.script.trimEnd() === before.trimEnd();
    if (!same) this.document.replace(found.script, forks.label(found.line));
    this.document.keep();
    this.notice = "";
    const words = (same ? forks.same : forks.done)(found.line);
    this.say(words);
    this.told = { words, offers: same ? [] : [{ label: forks.back, act: () => this.#unfork(found.script, before) }] };
  }

  /** What was done since the fork stays in the history. */
  #unfork(forked: string, before: string): void {
    this.told = undefined;
    if (this.document.script === forked && this.document.undoLabel) return this.undo();
    this.document.replace(before, forks.back);
    this.say(forks.backSaid);
  }

  /** From the command whose walk is shown. */
  forkHere(): void {
    const { script, probes } = this.lab.state;
    const line = probes[this.lab.probe]?.line ?? 0;
    if (line > 0) this.fork(line, script);
    else this.complain(forks.noWalk);
  }

  keepVariant(): void {
    const { name } = this.variants.keep(forks.keptName(this.lab.state.title), this.document.script);
    this.say(forks.kept(name));
  }

  /** Another name for a variant; false where there is nothing to do. */
  renameVariant({ id, name: old }: Variant, name: string): boolean {
    if (name === "" || name === old) return false;
    this.variants.rename(id, name);
    return true;
  }

  /** A variant in the lab's place, which stays in the history. */
  openVariant({ name, script }: Variant): void {
    this.open(script, forks.opened(name));
    this.say(forks.openedSaid(name));
  }

  /** Another tab has written into the browser's store. */
  written(event: Pick<StorageEvent, "key" | "newValue">): void {
    if (event.key === this.variants.key) this.variants.refresh();
    const text = this.document.written(event);
    if (text === undefined) return;
    this.say(forks.otherTab);
    const done = (words: string): void => {
      this.document.keep();
      this.told = undefined;
      this.say(words);
    };
    this.told = {
      words: forks.otherTab,
      offers: [
        {
          label: forks.takeOther,
          act: () => {
            this.document.replace(text, forks.tookOther);
            done(forks.tookSaid);
          },
        },
        {
          label: forks.keepOwn,
          act: () => {
            this.variants.keep(forks.otherName(this.lab.state.title), text);
            this.document.claim();
            done(forks.keptOwn);
          },
        },
      ],
    };
  }

  // words

  say(words: string): void {
    this.said = words;
  }

  complain(words: string): void {
    this.notice = words;
    this.said = words;
  }

  // the address

  get place(): Place {
    return { probe: Math.max(0, this.lab.probe), step: this.player.step, level: this.player.level };
  }

  get target(): Target {
    const { slug, script } = this.lab.state;
    return slug && script === this.document.script ? { kind: "builtin", slug } : { kind: "script", script: this.document.script };
  }

  /** Writes the place into the address; called whenever it has changed. */
  async keepAddress(target: Target, place: Place): Promise<void> {
    if (!this.#restored) return;
    const number = ++this.#addresses;
    const address = target.kind === "script" && target.script === "" ? "/workshop" : await addressOf(target, place, "/workshop");
    if (number === this.#addresses) history.replaceState({ workshop: true }, "", address);
  }

  async #openLink(): Promise<void> {
    try {
      this.open(await scriptOf(location.hash));
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.linkError = error.message;
    }
  }
}

const refusalOf = (answer: Answer): string => (answer.type === "Failed" ? answer.message : answer.type);
