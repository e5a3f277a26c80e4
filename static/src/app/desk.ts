// What a page does with the answers of the model: a remedy is compared, written, run; a probe is sent.

import type { Preview } from "./carry.svelte.ts";
import type { Connection } from "./connection.svelte.ts";
import type { Lab } from "./lab.svelte.ts";
import type { Player } from "./player.svelte.ts";
import { Questions } from "./questions.svelte.ts";
import type { WorkshopPage } from "./workshop.svelte.ts";
import { addressOf } from "../core/link.ts";
import { probeItem } from "../core/items.ts";
import { again } from "../core/results.ts";
import type { Answer, Operation, Probe, Reach, Remedy } from "../protocol.ts";
import { questions as words } from "../text/questions.ts";

const refused = (message: string): Preview => ({ commands: [], made: [], refused: message });
const wordsOf = (answer: Answer): string => (answer.type === "Failed" ? answer.message : answer.type);

const ping = (source: string, address: string): Operation => ({ type: "AddProbe", netns: source, kind: "ping", to: address, dev: "", port: 0, raw: "" });

/** The walk's page: what is done is done in the terminal, at the end of the lab. */
export class Desk {
  readonly questions: Questions;
  readonly lab: Lab;
  readonly player: Player;
  #connection: Connection;

  constructor(page: { readonly lab: Lab; readonly player: Player; readonly connection: Connection }) {
    this.lab = page.lab;
    this.player = page.player;
    this.#connection = page.connection;
    this.questions = new Questions(page.lab, page.player);
  }

  /** The address at which the lab is compared with what a remedy makes of it. */
  twin = (remedy: Remedy): Promise<string> => {
    const { title, script } = this.lab.state;
    const shared = { title: title || words.why.before, script, other: { title: remedy.title, script: remedy.script } };
    return addressOf({ kind: "twin-script", shared }, { probe: Math.max(0, this.questions.probe), step: 0, level: "hooks" });
  };

  /** Into the script, as one step of its history; false where that is another by now. */
  write: ((remedy: Remedy) => boolean) | undefined = undefined;

  /** Takes a probe out of the script, where that can be edited. */
  remove: ((probe: Probe) => Promise<boolean>) | undefined = undefined;

  /** In the terminal; then the probe is sent once more, and asked about. */
  run = async (remedy: Remedy): Promise<void> => {
    const probe = this.lab.state.probes[this.questions.probe];
    if (!probe || !(await this.lab.run("", remedy.commands.join("\n")))) return;
    const command = this.#commandOf(probe.index);
    if (await this.lab.run("", command)) await this.questions.askWhy();
  };

  again(): Promise<unknown> {
    return this.lab.run("", again(this.lab.state.entries).join("\n"));
  }

  async preview(operation: Operation): Promise<Preview> {
    const answer = await this.#connection.request({ type: "EditScript", script: this.lab.state.script, operation });
    return answer.type === "Edited" ? { ...answer.edit, refused: "" } : refused(wordsOf(answer));
  }

  async send(operation: Operation): Promise<boolean> {
    const { commands, refused: why } = await this.preview(operation);
    return why === "" && (await this.lab.run("", commands.join("\n"))) !== undefined;
  }

  ping(pair: Reach): void {
    void this.send(ping(pair.source, pair.address));
  }

  choose(probe: number): void {
    void this.lab.choose(probe).then(() => this.player.first());
  }

  #commandOf(probe: number): string {
    return this.lab.state.entries.find((entry) => entry.probe === probe)?.command ?? "";
  }
}

/** The workshop's: what is done is an edit of the script. */
export class WorkshopDesk extends Desk {
  #page: WorkshopPage;

  constructor(page: WorkshopPage) {
    super(page);
    this.#page = page;
  }

  override write = (remedy: Remedy): boolean => this.#page.document.apply(remedy.changes, words.why.label(remedy.title), this.lab.state.script);

  override remove = ({ netns, index }: Probe): Promise<boolean> => this.#page.perform({ type: "Delete", items: [probeItem(netns, index)] });

  override again(): Promise<unknown> {
    return this.#page.perform({ type: "AddCommand", netns: "", line: again(this.lab.state.entries).join("\n") });
  }

  override preview(operation: Operation): Promise<Preview> {
    return this.#page.preview(operation);
  }

  override send(operation: Operation): Promise<boolean> {
    return this.#page.perform(operation);
  }
}
