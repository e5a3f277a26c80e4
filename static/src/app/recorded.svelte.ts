// A lab that was recorded as a whole: all of its walks are here, and no server is asked for anything.

import type { Topology } from "../core/topology.ts";
import type { Walk } from "../core/walk.ts";
import type { PlayerData } from "../protocol.ts";
import { Player } from "./player.svelte.ts";

export class Recorded {
  readonly data: PlayerData;
  readonly player: Player;
  probe = $state(0);
  readonly #walks: readonly Walk[];

  constructor(data: PlayerData) {
    this.data = data;
    this.#walks = data.recordings.map(({ walk }, at) => {
      const { command = "", line = 0, netns = "" } = data.lab.probes[at] ?? {};
      return { command, line, netns, steps: walk.steps, states: walk.states, truncated: false };
    });
    this.probe = Math.min(data.probe, Math.max(0, this.#walks.length - 1));
    this.player = new Player(() => this.walk);
    this.player.stay(data.step);
  }

  get walk(): Walk | undefined {
    return this.#walks[this.probe];
  }

  get topology(): Topology {
    return this.data.recordings[this.probe]?.topology ?? this.data.lab.topology;
  }

  choose(probe: number): void {
    this.probe = probe;
    this.player.first();
  }
}

/** The data in the page, unpacked. */
export async function readRecorded(): Promise<PlayerData> {
  const packed = document.getElementById("page-data")?.textContent ?? "";
  const bytes = Uint8Array.from(atob(packed.trim()), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as PlayerData;
}
