// The socket: typed requests with an answer each, and the steps that arrive in between. It knows no lab.

import { io, type Socket } from "socket.io-client";

import type { Answer, Failed, Request, RoomAnswer, RoomRequest, Steps } from "../protocol.ts";
import { failures } from "../text/failures.ts";
import { language } from "../text/language.ts";

export type Status = "connecting" | "connected" | "lost" | "refused";

const ANSWER_WITHIN = 30_000; // ms; a lab may run for 20 s

export const failed = (message: string): Failed => ({ type: "Failed", code: "busy", message, line: 0, column: 0, explanation: "" });

export class Connection {
  status = $state<Status>("connecting");
  /** What the server said when it had no room. */
  refusal = $state("");
  /** Called each time the server has been reached. */
  connected: () => void = () => {};
  #socket: Socket;

  /** `listeners`: what else the server tells without being asked, by the event's name. */
  constructor(onSteps: (steps: Steps) => void, listeners: Readonly<Record<string, (value: never) => void>> = {}) {
    this.#socket = io({ auth: { language }, transports: ["websocket", "polling"], reconnectionDelayMax: 2000 });
    this.#socket.on("connect", () => {
      this.status = "connected";
      this.connected();
    });
    this.#socket.on("disconnect", () => (this.status = "lost"));
    this.#socket.on("connect_error", (error) => {
      // the server itself refuses with a message; a failing transport is tried again by the client
      this.status = this.#socket.active ? "lost" : "refused";
      this.refusal = error.message;
    });
    this.#socket.on("steps", onSteps);
    for (const [event, listener] of Object.entries(listeners)) this.#socket.on(event, listener as (value: unknown) => void);
  }

  /** Asks and waits for the answer; a server that cannot be reached answers Failed("busy"). */
  request(body: Request): Promise<Answer> {
    return this.#ask<Answer>("request", body);
  }

  /** The same of a classroom. */
  room(body: RoomRequest): Promise<RoomAnswer> {
    return this.#ask<RoomAnswer>("room", body);
  }

  async #ask<Answered>(event: string, body: unknown): Promise<Answered | Failed> {
    if (!(await this.reached())) return failed(failures.unreachable);
    try {
      return (await this.#socket.timeout(ANSWER_WITHIN).emitWithAck(event, body)) as Answered;
    } catch {
      return failed(failures.silent);
    }
  }

  /** As if the network were gone for a moment; the journeys' tests use it. */
  interrupt(): void {
    this.#socket.io.engine.close();
  }

  /** Whether the server can be reached; waits a while for it. */
  async reached(): Promise<boolean> {
    const socket = this.#socket;
    if (socket.connected) return true;
    if (!socket.active) socket.connect();
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), 8000);
      socket.once("connect", () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
