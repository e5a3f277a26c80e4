// One lab as the page holds it. The script lives here: a server that has forgotten the lab is given it again, so that a
// lost connection or a restarted server costs nothing.

import type { Topology } from "../core/topology.ts";
import type { Walk } from "../core/walk.ts";
import type { Answer, Compiled, Failed, LabState, Request, RulesetLab, ScriptCompletions, Steps, Verdict } from "../protocol.ts";
import { type Connection, failed } from "./connection.svelte.ts";

export interface Shown {
  readonly walk: Walk;
  readonly topology: Topology;
}

export interface Draft {
  readonly script: string;
  readonly failed: Failed;
}

const isFailed = (answer: Answer): answer is Failed => answer.type === "Failed";

export class Lab {
  state = $state.raw() as LabState;
  /** The probe whose walk is shown, and -1 while there is none. */
  probe = $state(-1);
  shown = $state.raw<Shown | undefined>();
  /** The request under way, for progress and for keeping two from crossing. */
  busy = $state(false);
  error = $state.raw<Failed | undefined>();
  /** The last script that was to be run and is none, and why: what one is still writing. */
  draft = $state.raw<Draft | undefined>();
  #connection: Connection;
  #walks = new Map<string, Shown>();

  constructor(connection: Connection, state: LabState, first: Steps | null) {
    this.#connection = connection;
    this.state = state;
    if (first && state.probes.length > 0) {
      this.#keep(0, { walk: this.#walk(0, first), topology: state.topology });
      this.#show(0);
    }
  }

  /** Steps that arrive while a probe runs, or because a walk was asked for. */
  receive(steps: Steps): void {
    if (steps.lab !== this.state.lab || this.state.lab === "") return;
    const known = steps.first === 0 ? undefined : this.#walks.get(this.#key(steps.probe));
    const walk = this.#walk(steps.probe, steps, known?.walk);
    this.#keep(steps.probe, { walk, topology: known?.topology ?? this.state.topology });
    if (steps.probe === this.probe || steps.probe >= this.state.probes.length) this.#show(steps.probe);
  }

  /** Shows the walk of a probe, fetching it where it is not here yet. */
  async choose(probe: number): Promise<void> {
    if (this.#walks.get(this.#key(probe))?.walk.steps.length === this.state.probes[probe]?.steps) {
      this.#show(probe);
      return;
    }
    this.probe = probe;
    const answer = await this.#ask((lab) => ({ type: "GetWalk", lab, probe }));
    if (answer?.type !== "WalkDone") return;
    const known = this.#walks.get(this.#key(probe));
    if (known) this.#keep(probe, { walk: known.walk, topology: answer.topology });
    this.#show(probe);
  }

  /** Another lab in this one's place. What cannot be run is shown all the same: the text is not lost. */
  async open(state: LabState): Promise<boolean> {
    this.state = state;
    this.shown = undefined;
    this.probe = -1;
    this.#walks = new Map();
    this.busy = true;
    const failed = await this.#reopen();
    this.error = failed;
    this.#keepDraft(state.script);
    this.busy = false;
    return failed === undefined;
  }

  /** Runs one line of the terminal. The walk of a probe is shown as it comes in. */
  async run(netns: string, line: string): Promise<LabState | undefined> {
    return this.#change((lab) => ({ type: "RunCommand", lab, netns, line }));
  }

  /** Runs another script in the lab's place, keeping the probe that is shown where there still is one. */
  async replace(script: string): Promise<LabState | undefined> {
    const probe = this.probe;
    const state = await this.#change((lab) => ({ type: "ReplaceScript", lab, script }));
    this.#keepDraft(script);
    if (state && state.probes.length > 0) await this.choose(Math.min(Math.max(0, probe), state.probes.length - 1));
    return state;
  }

  async complete(netns: string, line: string): Promise<{ start: number; words: readonly string[] }> {
    const answer = await this.#ask((lab) => ({ type: "Complete", lab, netns, line }));
    return answer?.type === "Completions" ? answer : { start: line.length, words: [] };
  }

  /** What real kernels printed for this lab; none for a lab that is not a built-in one. */
  async verify(): Promise<readonly Verdict[]> {
    const answer = await this.#ask((lab) => ({ type: "Verify", lab }));
    return answer?.type === "Verified" ? answer.verdicts : [];
  }

  /** What could stand at a place of a script that is being written, both counted in Unicode characters. */
  async completeScript(script: string, offset: number): Promise<ScriptCompletions | undefined> {
    await this.#ready();
    const answer = await this.#look((lab) => ({ type: "CompleteScript", lab, script, offset }));
    return answer?.type === "ScriptCompletions" ? answer : undefined;
  }

  /** A lab that came with the page is given to the server when something about it is first asked. */
  #ready(): Promise<unknown> {
    if (this.state.lab !== "" || this.busy) return Promise.resolve();
    this.#readying ??= this.#reopen().finally(() => (this.#readying = undefined));
    return this.#readying;
  }
  #readying: Promise<unknown> | undefined;

  /** What the nft rule at a place of the script compiles to. */
  async compileRule(script: string, offset: number): Promise<Compiled | undefined> {
    await this.#ready();
    const answer = await this.#look((lab) => ({ type: "CompileRule", lab, script, offset }));
    return answer?.type === "Compiled" ? answer : undefined;
  }

  /** Asks for something that goes without saying: no progress is shown, and a failure is no error. */
  async #look(request: (lab: string) => Request): Promise<Answer | undefined> {
    return this.state.lab === "" ? undefined : this.#connection.request(request(this.state.lab));
  }

  /** A script that cannot be read is not an error of the lab, which goes on as it was. */
  #keepDraft(script: string): void {
    const failed = this.error?.code === "script" ? this.error : undefined;
    this.draft = failed && { script, failed };
    if (failed) this.error = undefined;
  }

  /** The lab as a file, in base64. Error: the server could not make it; its words. */
  async exported(format: "html" | "pcapng", probe: number, step: number, link: string): Promise<string> {
    const answer = await this.#ask((lab) => ({ type: "ExportLab", lab, format, probe, step, link }));
    if (answer?.type === "Exported") return answer.content;
    throw new Error(this.error?.message ?? "");
  }

  /** What tcpdump sees on all devices of a namespace while a probe runs: its lines. */
  async captured(probe: number, netns: string): Promise<readonly string[]> {
    const answer = await this.#ask((lab) => ({ type: "AskCapture", lab, probe, netns, dev: "" }));
    return answer?.type === "Capture" ? answer.frames.map(({ text }) => text) : [];
  }

  /** A lab made around a ruleset; nothing is opened. */
  async labOf(ruleset: string): Promise<RulesetLab | Failed> {
    const answer = await this.#connection.request({ type: "OpenRuleset", ruleset });
    return answer.type === "RulesetLab" ? answer : isFailed(answer) ? answer : failed("");
  }

  /** A question that changes nothing here: other requests need not wait for its answer, and the page says what failed. */
  async question(request: (lab: string) => Request): Promise<Answer> {
    if (this.state.lab === "") {
      const failure = await this.#reopen();
      if (failure) return failure;
    }
    const answer = await this.#connection.request(request(this.state.lab));
    if (!isFailed(answer) || answer.code !== "unknown_lab") return answer;
    return (await this.#reopen()) ?? this.#connection.request(request(this.state.lab));
  }

  /** Tells the server that the answer to a question is no longer wanted. */
  cancel(question: number): void {
    void this.#connection.request({ type: "Cancel", question });
  }

  async #change(request: (lab: string) => Request): Promise<LabState | undefined> {
    const before = this.state.probes.length;
    const answer = await this.#ask(request);
    if (answer?.type !== "LabState") return undefined;
    const kept = this.#walks;
    const extended = answer.script.startsWith(this.state.script);
    this.state = answer;
    this.#walks = extended ? kept : new Map();
    if (extended && answer.probes.length > before) this.#show(answer.probes.length - 1);
    return answer;
  }

  async #ask(request: (lab: string) => Request): Promise<Answer | undefined> {
    this.busy = true;
    this.error = undefined;
    let answer: Answer = (this.state.lab === "" && (await this.#reopen())) || (await this.#connection.request(request(this.state.lab)));
    if (isFailed(answer) && answer.code === "unknown_lab") {
      answer = (await this.#reopen()) ?? (await this.#connection.request(request(this.state.lab)));
    }
    this.busy = false;
    if (!isFailed(answer)) return answer;
    this.error = answer;
    return undefined;
  }

  /** Gives the server the script again; the answer only if that failed. */
  async #reopen(): Promise<Failed | undefined> {
    const { script, title } = this.state;
    const answer = await this.#connection.request({ type: "OpenScript", script, title });
    if (isFailed(answer)) return answer;
    if (answer.type === "LabState") this.state = answer;
    return undefined;
  }

  #walk(probe: number, steps: Steps, before?: Walk): Walk {
    const about = this.state.probes[probe];
    return {
      command: about?.command ?? before?.command ?? "",
      line: about?.line ?? 0,
      netns: about?.netns ?? "",
      steps: [...(before?.steps ?? []), ...steps.steps],
      states: [...(before?.states ?? []), ...steps.states],
      truncated: false,
    };
  }

  // a lab that only grew keeps its walks under the same numbers
  #key(probe: number): string {
    return String(probe);
  }

  #keep(probe: number, shown: Shown): void {
    this.#walks.set(this.#key(probe), shown);
  }

  #show(probe: number): void {
    this.probe = probe;
    this.shown = this.#walks.get(this.#key(probe));
  }
}
