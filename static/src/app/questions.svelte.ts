// What is asked of the model about a lab, and what it answered. One question of a kind at a time: a newer one takes the
// place of an older, whose answer is then no longer wanted.

import { stopAtStep } from "../core/cursor.ts";
import type { Hook } from "../core/reached.ts";
import type { Answer, Capture, Reachability, Request, WhyNot } from "../protocol.ts";
import type { Lab } from "./lab.svelte.ts";
import type { Player } from "./player.svelte.ts";

const SLOW = 400; // ms after which progress is shown
const TICK = 250;

/** Questions are numbered, so that the server can be told of one that its answer is no longer wanted. */
let questions = 0;

/** One kind of question; `T` is the answer's type. */
export class Question<T extends Answer> {
  answer = $state.raw<T | undefined>();
  /** The question that `answer` answers, and the one that is under way, in a form that can be compared. */
  answered = $state("");
  asking = $state("");
  /** Why there is no answer, in words for people. */
  error = $state("");
  /** Seconds that the question has been under way, and 0 while that is too short to show. */
  waited = $state(0);
  #type: T["type"];
  #lab: Lab;
  #number = 0;
  #under = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lab: Lab, type: T["type"]) {
    this.#lab = lab;
    this.#type = type;
  }

  get busy(): boolean {
    return this.asking !== "";
  }

  /** True where the answer came and is still wanted. */
  async ask(key: string, request: (lab: string, question: number) => Request): Promise<boolean> {
    if (this.asking === key) return false;
    const number = this.#begin(key);
    const question = (this.#under = ++questions);
    const answer = await this.#lab.question((lab) => request(lab, question));
    if (number !== this.#number) return false;
    this.#under = 0;
    this.#end();
    if (answer.type === this.#type) {
      this.answer = answer as T;
      this.answered = key;
      return true;
    }
    this.error = answer.type === "Failed" ? answer.message : answer.type;
    return false;
  }

  /** The answer under way is no longer wanted; the server stops looking for it. */
  cancel(): void {
    this.#number++;
    if (this.#under) this.#lab.cancel(this.#under);
    this.#under = 0;
    this.#end();
  }

  /** Nothing has been asked. */
  forget(): void {
    this.cancel();
    this.answer = undefined;
    this.answered = this.error = "";
  }

  #begin(key: string): number {
    this.cancel();
    this.asking = key;
    this.error = "";
    const began = performance.now();
    const tick = (): void => {
      this.waited = (performance.now() - began) / 1000;
      this.#timer = setTimeout(tick, TICK);
    };
    this.#timer = setTimeout(tick, SLOW);
    return ++this.#number;
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.asking = "";
    this.waited = 0;
  }
}

/** A device on which a capture is open. */
export interface Tap {
  readonly netns: string;
  readonly dev: string;
}

export class Questions {
  readonly lab: Lab;
  readonly player: Player;
  readonly why: Question<WhyNot>;
  readonly reach: Question<Reachability>;
  readonly capture: Question<Capture>;
  /** The hook that "why not?" is about, and the probe. */
  hook = $state.raw<Hook | undefined>();
  probe = $state(-1);
  tap = $state.raw<Tap | undefined>();

  constructor(lab: Lab, player: Player) {
    this.lab = lab;
    this.player = player;
    this.why = new Question(lab, "WhyNot");
    this.reach = new Question(lab, "Reachability");
    this.capture = new Question(lab, "Capture");
  }

  // a question is one about a lab as it stands; the server answers the same for the same script

  get whyKey(): string {
    return JSON.stringify([this.lab.state.script, this.probe, this.hook]);
  }
  get reachKey(): string {
    return this.lab.state.script;
  }
  get captureKey(): string {
    return JSON.stringify([this.lab.state.script, this.lab.probe, this.tap]);
  }

  /** Why was a hook not met by the probe that is shown? */
  askWhy(hook: Hook | undefined = this.hook): Promise<boolean> {
    this.hook = hook;
    this.probe = this.lab.probe;
    const { probe } = this;
    if (!hook || probe < 0) return Promise.resolve(false);
    const { netns, dev, station } = hook;
    return this.why.ask(this.whyKey, (lab, question) => ({ type: "AskWhyNot", lab, probe, netns, dev, station, question }));
  }

  askReach(): Promise<boolean> {
    return this.reach.ask(this.reachKey, (lab, question) => ({ type: "AskReachability", lab, question }));
  }

  askCapture(): Promise<boolean> {
    const { probe } = this.lab;
    const { tap } = this;
    if (!tap || probe < 0) return Promise.resolve(false);
    return this.capture.ask(this.captureKey, (lab) => ({ type: "AskCapture", lab, probe, ...tap }));
  }

  /** The number by which people know a step: that of its stop at the level of detail that is shown. */
  numberOf(step: number): number {
    return stopAtStep(this.player.stops, step) + 1;
  }

  async goTo(step: number, probe = this.lab.probe): Promise<void> {
    if (probe !== this.lab.probe) await this.lab.choose(probe);
    this.player.stay(step);
  }
}
