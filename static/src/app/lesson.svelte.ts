// A lesson as it is taken: its tasks, what was answered, and the stage with the picture. Right answers are the server's;
// of a walk the page holds no more than it may show.

import { cutAt, isGraded, numberOf, sectionsOf, type Section } from "../core/lesson.ts";
import { isDone } from "../core/progress.ts";
import type { Topology } from "../core/topology.ts";
import type { Walk } from "../core/walk.ts";
import type { Answer, Arrangement, Graded, Hinted, Judged, Lesson, LessonData, Request, ShownTask, Solution, Steps, TaskLab, TaskProgress } from "../protocol.ts";
import { lesson as words } from "../text/lesson.ts";
import { Connection } from "./connection.svelte.ts";
import { EMPTY } from "./page.svelte.ts";
import { Player } from "./player.svelte.ts";
import { Learner } from "./progress.svelte.ts";
import type { WorkshopPage } from "./workshop.svelte.ts";

type Ask = (request: Request) => Promise<Answer>;

/** One task, and what was done with it. */
export class TaskRun {
  readonly task: ShownTask;
  readonly number: number;
  chosen = $state.raw<readonly string[]>([]);
  judged = $state.raw<Judged | undefined>();
  graded = $state.raw<Graded | undefined>();
  hints = $state.raw<readonly Hinted[]>([]);
  solution = $state.raw<Solution | undefined>();
  /** What is being asked for, so that nothing is asked twice. */
  busy = $state(false);
  error = $state("");
  tries = 0;

  constructor(task: ShownTask, number: number) {
    this.task = task;
    this.number = number;
  }

  get isGraded(): boolean {
    return isGraded(this.task);
  }

  get answered(): boolean {
    return this.judged !== undefined;
  }

  get isRight(): boolean {
    return this.judged?.right === true || this.graded?.solved === true;
  }
}

/** The picture beside a question: a lab, a walk as far as it may be seen, and the playhead. */
export class QuestionStage {
  topology = $state.raw<Topology>(EMPTY.topology);
  arrangement = $state.raw<Arrangement>(EMPTY.arrangement);
  walk = $state.raw<Walk | undefined>();
  /** The rest of the walk is not shown: the question is about it, or the next one is. */
  fog = $state<"" | "question" | "next">("");
  readonly player = new Player(() => this.walk);

  /** Up to the question, with the playhead at its end. */
  show(lab: TaskLab): void {
    this.#take(lab);
    this.walk = walkOf(lab);
    this.fog = lab.hidden ? "question" : "";
    this.player.stay(Number.MAX_SAFE_INTEGER);
  }

  /** The walk goes on: to `step` where the answer is, or to its end where it is nowhere (-1). */
  reveal(lab: TaskLab, step: number, all: boolean): void {
    const from = this.player.step;
    const whole = walkOf(lab);
    this.#take(lab);
    const cut = !all && whole !== undefined && step >= 0 && step < whole.steps.length - 1;
    this.walk = whole && cut ? cutAt(whole, step) : whole;
    this.fog = cut ? "next" : "";
    this.player.stay(from);
    this.player.playTo(step >= 0 ? step : Number.MAX_SAFE_INTEGER);
  }

  #take({ lab }: TaskLab): void {
    this.player.pause();
    this.topology = lab.topology;
    this.arrangement = lab.arrangement;
  }
}

function walkOf({ walk, lab }: TaskLab): Walk | undefined {
  if (!walk) return undefined;
  const probe = lab.probes[walk.probe];
  return { command: probe?.command ?? "", line: probe?.line ?? 0, netns: probe?.netns ?? "", steps: walk.steps, states: walk.states, truncated: true };
}

/** A question is answered: what the server says of it, and the walk that shows it. `all`: nothing is left to be predicted. */
export async function answerOf(ask: Ask, about: { lesson: string; language: string }, run: TaskRun, stage: QuestionStage, chosen: readonly string[], all: boolean): Promise<boolean> {
  if (run.busy) return false;
  run.busy = true;
  run.error = "";
  const { lesson, language } = about;
  const answer = await ask({ type: "AnswerTask", lesson, language, task: run.task.id, chosen: [...chosen] });
  const lab = answer.type === "Judged" ? await ask({ type: "OpenTask", lesson, task: run.task.id, revealed: true }) : undefined;
  run.busy = false;
  if (answer.type !== "Judged") {
    run.error = wordsOf(answer);
    return false;
  }
  run.tries += 1;
  run.chosen = chosen;
  run.judged = answer;
  if (lab?.type === "TaskLab") stage.reveal(lab, answer.step, all);
  return true;
}

export const wordsOf = (answer: Answer): string => (answer.type === "Failed" ? answer.message : words.failed);

/** A graded task's workshop is loaded when it is needed. */
const benches = (): Promise<typeof import("./workshop.svelte.ts")> => import("./workshop.svelte.ts");

export class LessonPage {
  readonly connection: Connection;
  readonly learner = new Learner();
  readonly stage = new QuestionStage();
  readonly language = document.documentElement.lang || "en";
  lesson = $state.raw() as Lesson;
  sections = $state.raw<readonly Section[]>([]);
  runs = $state.raw<readonly TaskRun[]>([]);
  /** How many sections are open; the last of them is where one is. */
  reach = $state(0);
  /** The task whose lab is on the stage. */
  active = $state.raw<TaskRun | undefined>();
  bench = $state.raw<WorkshopPage | undefined>();
  loading = $state(false);
  stageError = $state("");
  /** What is wrong with the files, while they are written. */
  faults = $state.raw<readonly string[]>([]);
  linkError = "";
  /** What has happened, for those who do not see it. */
  said = $state("");
  #first: TaskLab | null;
  #opened = 0;

  constructor(data: LessonData & { lesson: Lesson }) {
    this.connection = new Connection((steps: Steps) => this.bench?.lab.receive(steps));
    this.#first = data.stage;
    this.#take(data.lesson);
    this.#restore();
  }

  #take(lesson: Lesson): void {
    this.lesson = lesson;
    this.sections = sectionsOf(lesson);
    const tasks = this.sections.flatMap(({ task }) => (task ? [task] : []));
    this.runs = tasks.map((task, at) => new TaskRun(task, at + 1));
  }

  /** Sections up to where one was, and what had been chosen; answers are the server's to say again. */
  #restore(): void {
    const { at, tasks } = this.learner.lesson(this.lesson.slug);
    const section = Math.max(0, this.sections.findIndex(({ block }) => block >= at));
    const open = this.runs.findIndex((run) => !isDone(tasks.find(({ task }) => task === run.task.id)));
    this.reach = at > 0 ? (open < 0 ? section : Math.min(section, Math.max(open, section))) : 0;
    for (const run of this.runs) {
      const kept = tasks.find(({ task }) => task === run.task.id);
      run.tries = kept?.tries ?? 0;
      run.chosen = kept?.chosen.filter((id) => run.task.options.some((option) => option.id === id)) ?? [];
    }
  }

  state(run: TaskRun): "new" | TaskProgress["state"] {
    return this.learner.task(this.lesson.slug, run.task.id)?.state ?? "new";
  }

  runOf(section: Section): TaskRun | undefined {
    return this.runs.find(({ task }) => task === section.task);
  }

  /** Puts the task where one is onto the stage, and what had been answered into the text. */
  async start(): Promise<void> {
    const section = this.sections[this.reach];
    const run = (section && this.runOf(section)) ?? this.runs.at(-1);
    const answered = this.runs.filter((one) => !one.isGraded && isDone(this.learner.task(this.lesson.slug, one.task.id)));
    if (run && answered.includes(run)) await this.#recall(run);
    await this.open(run);
    for (const one of answered) if (one !== run) await this.#recall(one);
  }

  /** What there is to say to an answer that was given before. */
  async #recall(run: TaskRun): Promise<void> {
    const { slug } = this.lesson;
    const answer = await this.#ask({ type: "AnswerTask", lesson: slug, language: this.language, task: run.task.id, chosen: [...run.chosen] });
    if (answer.type === "Judged" && !run.judged) run.judged = answer;
  }

  /** The task is done, now or before. */
  isPassed(run: TaskRun): boolean {
    return run.judged !== undefined || run.isRight || isDone(this.learner.task(this.lesson.slug, run.task.id));
  }

  /** A task's lab comes onto the stage. */
  async open(run: TaskRun | undefined): Promise<void> {
    if (!run) return;
    const number = ++this.#opened;
    this.active = run;
    this.stageError = "";
    const { slug } = this.lesson;
    const revealed = run.judged !== undefined;
    const given = !revealed && this.#first?.task === run.task.id ? this.#first : undefined;
    this.loading = given === undefined;
    const answer = given ?? (await this.#ask({ type: "OpenTask", lesson: slug, task: run.task.id, revealed }));
    if (number !== this.#opened) return;
    if (answer.type !== "TaskLab") {
      this.loading = false;
      this.stageError = wordsOf(answer);
      return;
    }
    if (run.isGraded) await this.#openBench(answer, number);
    else {
      this.bench = undefined;
      if (run.judged) this.stage.reveal(answer, run.judged.step, this.#showsAll(run));
      else this.stage.show(answer);
    }
    if (number === this.#opened) this.loading = false;
  }

  async #openBench(lab: TaskLab, number: number): Promise<void> {
    const { WorkshopPage } = await benches();
    if (number !== this.#opened) return;
    const key = `lesson.${lab.lesson}.${lab.task}.${numberOf(lab.lab.script)}`;
    const bench = new WorkshopPage({ lab: { ...lab.lab, title: this.lesson.title }, walk: null }, key, this.connection);
    this.bench = bench;
    await bench.stand();
  }

  /** Whether the walk may be seen to its end: the next task does not ask how it goes on. */
  #showsAll(run: TaskRun): boolean {
    const next = this.runs[this.runs.indexOf(run) + 1];
    return !next || next.isGraded || next.judged !== undefined || isDone(this.learner.task(this.lesson.slug, next.task.id));
  }

  // questions

  async answer(run: TaskRun, chosen: readonly string[]): Promise<boolean> {
    const about = { lesson: this.lesson.slug, language: this.language };
    if (!(await answerOf((request) => this.#ask(request), about, run, this.stage, chosen, this.#showsAll(run)))) return false;
    const { judged } = run;
    if (!judged) return false;
    const state = judged.right ? (run.tries === 1 ? "right" : "solved") : chosen.length ? "open" : "shown";
    this.#record(run, state, { points: judged.right ? 1 : 0, chosen: [...chosen] });
    return true;
  }

  /** The question once more, as if it had not been answered. */
  async again(run: TaskRun): Promise<void> {
    run.judged = undefined;
    run.chosen = [];
    await this.open(run);
  }

  // graded tasks

  async check(run: TaskRun): Promise<boolean> {
    const script = this.bench?.document.script;
    if (script === undefined || run.busy) return false;
    const answer = await this.#about(run, { type: "GradeScript", lesson: this.lesson.slug, language: this.language, task: run.task.id, script });
    if (answer?.type !== "Graded") return false;
    run.tries += 1;
    run.graded = answer;
    const first = run.tries === 1 && run.hints.length === 0;
    const state = answer.solved ? (run.solution ? "shown" : first ? "right" : "solved") : "open";
    this.#record(run, state, { points: answer.points, commands: answer.solved ? answer.commands : 0, script });
    return true;
  }

  async hint(run: TaskRun): Promise<boolean> {
    const script = run.isGraded ? (this.bench?.document.script ?? "") : "";
    const number = run.hints.length;
    if (number >= run.task.hints) return false;
    const answer = await this.#about(run, { type: "AskHint", lesson: this.lesson.slug, language: this.language, task: run.task.id, number, script });
    if (answer?.type !== "Hinted") return false;
    run.hints = [...run.hints, answer];
    return true;
  }

  async solve(run: TaskRun): Promise<boolean> {
    const answer = await this.#about(run, { type: "AskSolution", lesson: this.lesson.slug, task: run.task.id });
    if (answer?.type !== "Solution") return false;
    run.solution = answer;
    this.#record(run, "open", {});
    return true;
  }

  /** Back to the lab that the task begins with; undo brings back what was written. */
  startOver(run: TaskRun): void {
    const start = this.bench?.given.script;
    if (start === undefined) return;
    run.graded = undefined;
    this.bench?.document.replace(start, words.startedOver);
  }

  #record(run: TaskRun, state: TaskProgress["state"], more: Partial<TaskProgress>): void {
    const { task, tries, hints } = run;
    this.learner.record(this.lesson.slug, { task: task.id, state, tries, hints: hints.length, points: 0, commands: 0, chosen: [...run.chosen], script: "", ...more });
  }

  async #about(run: TaskRun, request: Request): Promise<Answer | undefined> {
    run.busy = true;
    run.error = "";
    const answer = await this.#ask(request);
    run.busy = false;
    if (answer.type !== "Failed") return answer;
    run.error = answer.message;
    return undefined;
  }

  // the way

  /** On to the next section. */
  async goOn(from: number): Promise<void> {
    this.reach = Math.max(this.reach, Math.min(from + 1, this.sections.length - 1));
    await this.goTo(from + 1);
  }

  async goTo(at: number): Promise<void> {
    const section = this.sections[Math.min(at, this.sections.length - 1)];
    if (!section) return;
    this.reach = Math.max(this.reach, at);
    this.learner.place(this.lesson.slug, section.block);
    const run = this.runOf(section);
    if (run) await this.open(run);
  }

  // the files, while they are written

  /** Are the files still those that are shown? If not, the lesson is read anew, and one stays where one is. */
  async watch(): Promise<void> {
    const { slug, revision } = this.lesson;
    const answer = await this.connection.request({ type: "WatchLesson", lesson: slug });
    if (answer.type !== "Revision") return;
    this.faults = answer.faults;
    if (answer.revision === revision) return;
    const lesson = await this.connection.request({ type: "OpenLesson", lesson: slug, language: this.language });
    if (lesson.type === "Lesson") await this.#renew(lesson);
    else if (lesson.type === "Failed") this.faults = [lesson.message];
  }

  async #renew(lesson: Lesson): Promise<void> {
    const before = new Map(this.runs.map((run) => [run.task.id, run]));
    const { active } = this;
    this.#first = null;
    this.#take(lesson);
    for (const run of this.runs) {
      const old = before.get(run.task.id);
      if (old) Object.assign(run, { chosen: old.chosen, judged: old.judged, graded: old.graded, hints: old.hints, solution: old.solution, tries: old.tries });
    }
    this.reach = Math.min(this.reach, this.sections.length - 1);
    await this.open(this.runs.find(({ task }) => task.id === active?.task.id) ?? this.runs[Math.min(this.reach, this.runs.length - 1)]);
  }

  #ask(request: Request): Promise<Answer> {
    return this.connection.request(request);
  }
}

