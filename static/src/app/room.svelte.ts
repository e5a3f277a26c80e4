// One room as a page of it knows it: what the server told last, and the lab and walk that the room looks at. Every page
// joins again by itself after a lost connection, and is told all there is to know.

import { stopAtStep } from "../core/cursor.ts";
import type {
  Board,
  HookPlace,
  JoinRoom,
  LabState,
  OwnView,
  Presence,
  RoomAnswer,
  RoomCursor,
  RoomJoined,
  RoomRequest,
  RoomView,
  Spot,
  Topology,
  Whereabouts,
} from "../protocol.ts";
import { inOwnWords, lastOf, taskInOwnWords } from "../core/room.ts";
import { hear, type Heard, whereabouts } from "../core/presence.ts";
import type { Walk } from "../core/walk.ts";
import { Connection } from "./connection.svelte.ts";
import { Player } from "./player.svelte.ts";
import { keep, kept } from "./store.ts";

const CURSOR_EVERY = 50; // ms
const WHERE_EVERY = 500;

export interface RoomShown {
  readonly number: number;
  readonly probe: number;
  readonly other: boolean;
  readonly lab: LabState;
  readonly topology: Topology;
  readonly walk: Walk | undefined;
}

const START: RoomCursor = {
  type: "RoomCursor",
  number: 0,
  lab: 0,
  probe: 0,
  step: 0,
  twin: false,
  level: "hooks",
  viewport: null,
  hook: null,
  laser: null,
  blank: false,
};

export class Room {
  readonly code: string;
  readonly connection: Connection;
  readonly player: Player;
  readonly language = document.documentElement.lang || "en";
  role = $state<RoomJoined["role"] | undefined>();
  member = $state(0);
  view = $state.raw<RoomView | undefined>();
  own = $state.raw<OwnView | undefined>();
  board = $state.raw<Board | undefined>();
  cursor = $state.raw<RoomCursor>(START);
  shown = $state.raw<RoomShown | undefined>();
  /** Why one is not in the room, or why something was not done; in the server's words. */
  refused = $state("");
  /** The place is the teacher's. */
  following = $state(true);
  /** One was in the room and was sent out: nothing of it is told any more. */
  left = $state(false);
  #heard = $state.raw<Heard>(new Map());
  #who: Omit<JoinRoom, "type" | "code">;
  #labs = new Map<number, Promise<{ lab: LabState; other: LabState | null } | undefined>>();
  #walks = new Map<string, Promise<{ walk: Walk; topology: Topology } | undefined>>();
  #asked = 0;
  /** What a teacher last told of her place: the server may have ended before it kept that. */
  #pointed: RoomCursor | undefined;
  #joining: Promise<boolean> | undefined;
  #point: (cursor: RoomCursor) => void;
  #say: (where: { following: boolean; step: number }) => void;

  /** `who` says how one joins: as a teacher by a token, as a projector, or as a student, whose key is kept here. */
  constructor(code: string, who: Partial<Omit<JoinRoom, "type" | "code">> = {}) {
    this.code = code;
    this.#who = { token: "", key: kept(this.#keyName) ?? "", name: "", projector: false, ...who };
    this.player = new Player(() => this.shown?.walk);
    this.connection = new Connection(() => undefined, {
      view: (view: RoomView) => this.#see(view),
      own: (own: OwnView) => this.#take(own),
      board: (board: Board) => (this.board = !this.board || board.revision >= this.board.revision ? this.#readBoard(board) : this.board),
      cursor: (cursor: RoomCursor) => this.#move(cursor),
      presence: (presence: Presence) => (this.#heard = hear(this.#heard, presence, performance.now())),
      left: () => this.#leave(),
    });
    this.connection.connected = () => {
      if (this.role) void this.join();
    };
    this.#point = lastOf(CURSOR_EVERY, (cursor) => void this.#send({ type: "MoveCursor", cursor }));
    this.#say = lastOf(WHERE_EVERY, (where) => void this.#send({ type: "SayWhere", ...where }));
  }

  get #keyName(): string {
    return `hookwalk.room.${this.code}`;
  }

  get where(): ReadonlyMap<number, Whereabouts> {
    return whereabouts(this.#heard);
  }

  get teaching(): boolean {
    return this.role === "teacher" || this.role === "co-teacher";
  }

  /** Nobody moves but the teacher. */
  get held(): boolean {
    return this.role === "projector" || (this.role === "student" && (this.following || this.view?.frozen === true));
  }

  /** Comes into the room, with this name where one is new. False: the room does not let one in; `refused` says why. */
  async join(name = ""): Promise<boolean> {
    this.#joining ??= this.#join(name).finally(() => (this.#joining = undefined));
    return this.#joining;
  }

  async #join(name: string): Promise<boolean> {
    const answer = await this.connection.room({ type: "JoinRoom", code: this.code, ...this.#who, name });
    if (answer.type !== "RoomJoined") {
      this.refused = answer.type === "Failed" ? answer.message : "";
      return false;
    }
    this.#enter(answer);
    return true;
  }

  #enter(joined: RoomJoined): void {
    this.refused = "";
    this.left = false;
    this.#heard = new Map();
    this.role = joined.role;
    this.member = joined.member;
    this.view = this.#read(joined.view);
    this.own = joined.own ?? undefined;
    this.board = joined.board ? this.#readBoard(joined.board) : undefined;
    const first = this.cursor.number === 0;
    if (joined.cursor.number >= this.cursor.number) this.cursor = joined.cursor;
    if (joined.key) {
      this.#who = { ...this.#who, key: joined.key };
      keep(this.#keyName, joined.key);
    }
    if (this.#pointed) this.#point(this.#pointed);
    if (this.held || first || !this.shown) void this.#follow();
  }

  #leave(): void {
    this.left = true;
    this.role = undefined; // a connection that comes back does not join by itself
  }

  /** Sends a request once one is in the room again. */
  async #send(request: RoomRequest): Promise<RoomAnswer> {
    await this.connection.reached();
    await this.#joining;
    return this.connection.room(request);
  }

  /** Asks the room for something; where it is refused, `refused` says why. */
  async ask(request: RoomRequest): Promise<RoomAnswer | undefined> {
    this.refused = "";
    const answer = await this.#send(request);
    if ("own" in answer && answer.own && answer.type !== "RoomJoined") this.#take(answer.own);
    if (answer.type !== "Failed") return answer;
    this.refused = answer.message;
    return undefined;
  }

  /** A teacher's place, for everyone; the number is the server's. */
  point(place: { lab: number; probe: number; twin: boolean; hook: HookPlace | null; laser: Spot | null; blank: boolean }): void {
    const { step, level } = this.player;
    const cursor: RoomCursor = { ...START, ...place, step, level };
    this.#pointed = cursor;
    this.#point(cursor);
  }

  /** A student's place, for the teacher. */
  tell(): void {
    this.#say({ following: this.held, step: this.player.at });
  }

  /** Lets go of the teacher, or comes back. */
  async follow(on: boolean): Promise<void> {
    this.following = on;
    if (on) await this.#follow();
  }

  /** Shows a walk of one of the room's labs. */
  async show(number: number, probe: number, other = false): Promise<boolean> {
    const asked = ++this.#asked;
    const found = await this.#lab(number);
    const lab = other ? (found?.other ?? found?.lab) : found?.lab;
    if (!lab) return false;
    const last = lab.probes.length - 1;
    const at = Math.min(probe, last);
    const walk = at >= 0 ? await this.#walk(lab, number, at, other) : undefined;
    if (asked !== this.#asked) return false;
    this.shown = { number, probe: Math.max(0, at), other, lab, topology: walk?.topology ?? lab.topology, walk: walk?.walk };
    return true;
  }

  /** A room's questions and tasks, each in the reader's words. */
  #read(view: RoomView): RoomView {
    const { question, task } = view;
    return { ...view, question: question && inOwnWords(question, this.language), task: task && taskInOwnWords(task, this.language) };
  }

  #readBoard(board: Board): Board {
    return { ...board, questions: board.questions.map((question) => inOwnWords(question, this.language)) };
  }

  #see(view: RoomView): void {
    if (this.view && view.revision < this.view.revision) return;
    const before = this.view;
    this.view = this.#read(view);
    if (this.held && (view.lab?.number !== before?.lab?.number || view.frozen !== before?.frozen)) void this.#follow();
  }

  #take(own: OwnView): void {
    if (!this.own || own.revision >= this.own.revision) this.own = own;
  }

  #move(cursor: RoomCursor): void {
    if (cursor.number <= this.cursor.number) return;
    this.cursor = cursor;
    if (this.held) void this.#follow();
  }

  async #follow(): Promise<void> {
    const { lab, probe, twin } = this.cursor;
    const number = lab || this.view?.lab?.number || 0;
    if (number === 0) return;
    const { shown } = this;
    const there = shown?.number === number && shown.probe === probe && shown.other === twin;
    if (!there && !(await this.show(number, probe, twin))) return;
    const { step, level } = this.cursor;
    const to = stopAtStep(this.player.stops, step);
    if (there && level === this.player.level && Math.abs(to - this.player.at) <= 1) this.player.move(to);
    else this.player.stay(step, level);
  }

  #lab(number: number): Promise<{ lab: LabState; other: LabState | null } | undefined> {
    const known = this.#labs.get(number);
    if (known) return known;
    const asked = this.#send({ type: "GetRoomLab", number }).then((answer) => {
      if (answer.type === "RoomLabRun") return answer;
      this.#labs.delete(number);
      return undefined;
    });
    this.#labs.set(number, asked);
    return asked;
  }

  #walk({ probes }: LabState, number: number, probe: number, other: boolean): Promise<{ walk: Walk; topology: Topology } | undefined> {
    const key = `${number} ${probe} ${other}`;
    const known = this.#walks.get(key);
    if (known) return known;
    const { command = "", line = 0, netns = "" } = probes[probe] ?? {};
    const asked = this.#send({ type: "GetRoomWalk", number, other, probe }).then((answer) => {
      if (answer.type === "RoomWalk") {
        const { steps, states } = answer.walk;
        return { walk: { command, line, netns, steps, states, truncated: answer.done.truncated }, topology: answer.done.topology };
      }
      this.#walks.delete(key);
      return undefined;
    });
    this.#walks.set(key, asked);
    return asked;
  }
}
