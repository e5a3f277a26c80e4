// What one page has: the socket, its lab (two on the twin's page), and what the address says.

import { addressOf, LinkError, type Place, placeOf, scriptOf, type Target } from "../core/link.ts";
import type { LabState, PageData, Steps } from "../protocol.ts";
import { Connection } from "./connection.svelte.ts";
import { Lab } from "./lab.svelte.ts";
import { Player } from "./player.svelte.ts";

/** A lab of which only its text may be known yet. */
export const EMPTY: LabState = {
  type: "LabState",
  lab: "",
  slug: "",
  title: "",
  summary: "",
  twin: "",
  script: "",
  entries: [],
  probes: [],
  topology: { namespaces: [], cables: [], tunnels: [] },
  confirmed: [],
  diagnostics: [],
  outcomes: [],
  arrangement: { rows: [], devices: [], colours: [] },
};

/** What the server wrote into the page. */
export function readPageData<Data = PageData>(): Data {
  const element = document.getElementById("page-data");
  if (!element) throw new Error("the page carries no data");
  return JSON.parse(element.textContent ?? "") as Data;
}

export class WalkPage {
  readonly connection: Connection;
  readonly lab: Lab;
  readonly player: Player;
  /** A link that cannot be read, in words for people. */
  linkError = $state("");
  #restored = false;

  constructor(data: PageData) {
    this.connection = new Connection((steps: Steps) => this.lab.receive(steps));
    this.lab = new Lab(this.connection, data.lab ?? EMPTY, data.walk);
    this.player = new Player(() => this.lab.shown?.walk);
  }

  /** Goes to where the address points, and keeps the address at where one is from then on. */
  async start(): Promise<void> {
    const place = placeOf(location.search);
    if (location.hash.length > 1) await this.#openLink();
    await this.restore(place);
    this.#restored = true;
  }

  async open(script: string, title: string): Promise<void> {
    const opened = await this.lab.open({ ...EMPTY, title, script });
    if (opened) await this.restore({ probe: 0, step: 0, level: "hooks" });
    else this.lab.error ??= this.lab.draft?.failed; // no editor here that would show it in its place
  }

  async restore(place: Place): Promise<void> {
    const last = this.lab.state.probes.length - 1;
    if (last < 0) return;
    const probe = Math.min(place.probe, last);
    if (probe !== this.lab.probe) await this.lab.choose(probe);
    this.player.stay(place.step, place.level);
  }

  get place(): Place {
    return { probe: Math.max(0, this.lab.probe), step: this.player.step, level: this.player.level };
  }

  get target(): Target {
    const { slug, script } = this.lab.state;
    return slug ? { kind: "builtin", slug } : { kind: "script", script };
  }

  /** Writes the place into the address; called whenever it has changed. */
  async keepAddress(target: Target, place: Place): Promise<void> {
    if (!this.#restored || (target.kind === "script" && target.script === "")) return;
    const address = await addressOf(target, place);
    history.replaceState(null, "", address);
  }

  async #openLink(): Promise<void> {
    try {
      await this.open(await scriptOf(location.hash), "");
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.linkError = error.message;
    }
  }
}
