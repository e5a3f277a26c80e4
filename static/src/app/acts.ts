// What the entries of a thing's menu do, on the canvas and in the tree alike.

import { type Action, actionsOf } from "../core/actions.ts";
import type { Addition } from "../core/adding.ts";
import { cableBetween, type Carried, deviceOf } from "../core/drops.ts";
import { drawnOrder, drawnRows } from "../core/hit.ts";
import type { Item } from "../core/items.ts";
import type { Layout } from "../core/layout.ts";
import { type Target, targetOf } from "../core/ruleform.ts";
import type { Operation } from "../protocol.ts";
import { workshop } from "../text/workshop.ts";
import type { WorkshopPage } from "./workshop.svelte.ts";

export interface Doors {
  layout(): Layout | undefined;
  /** The dialog "Add…". */
  add(what: Addition): void;
  /** Shows in the script what stands for a thing. */
  reveal(item: Item): void;
  /** The field in which a rule or a filter is written. */
  rule(target: Target, item: Item): void;
  /** The dialog with the marks of a namespace. */
  colour(netns: string): void;
  /** Questions about a hook, where the page can answer them. */
  ask?(question: "why" | "capture", item: Item): void;
}

const end = (netns: string): { netns: string; bridge: string; dev: string } => ({ netns, bridge: "", dev: "" });

export class Acts {
  #page: WorkshopPage;
  #doors: Doors;

  constructor(page: WorkshopPage, doors: Doors) {
    this.#page = page;
    this.#doors = doors;
  }

  /** The entries of a thing's menu that the page has an answer to. */
  offered(item: Item): Action[] {
    const can = (action: Action): boolean => this.#doors.ask !== undefined || (action !== "why" && action !== "capture");
    return actionsOf(item, this.#page.lab.state.topology).filter(can);
  }

  act(action: Action, item: Item): void {
    const { netns, dev, station } = item;
    const page = this.#page;
    const topology = page.lab.state.topology;
    const port: [string, string] = [netns, dev];
    const perform = (operation: Operation): void => void page.perform(operation);
    page.selection.choose(item);
    switch (action) {
      case "edit":
        return this.#doors.reveal(item);
      case "rule":
        return this.#rule(item);
      case "chain":
        return perform({ type: "AddChain", netns, dev: station.startsWith("nft ") ? dev : "", station, rule: "" });
      case "filter":
        return this.#rule(item);
      case "why":
      case "capture":
        return this.#doors.ask?.(action, item);
      case "break":
        return page.toggleBreak(item);
      case "detach":
      case "delete":
        return void page.delete([item]);
      case "rename":
        page.renaming = item;
        return undefined;
      case "connect":
        return page.take({ kind: "cable", from: { netns, dev, bridge: deviceOf(topology, netns, dev)?.kind === "bridge" ? dev : "" } }, "keys");
      case "move":
      case "redirect":
        return this.grab();
      case "unplug":
        return perform({ type: "Enslave", dev: port, master: "" });
      case "up":
      case "down":
        return perform({ type: "SetLink", dev: port, up: action === "up" });
      case "address":
        return this.#doors.add("address");
      case "route":
        return this.#doors.add("route");
      case "ping":
        return perform({ type: "AddProbe", netns, kind: "ping", to: "", dev: "", port: 0, raw: "" });
      case "container":
        return perform({ type: "AddNamespace", kind: "container", name: "", host: netns });
      case "colour":
        return this.#doors.colour(netns);
      case "forward":
      case "unforward":
        return perform({ type: "SetForwarding", netns, on: action === "forward" });
    }
  }

  /** Another rule of the chain that hangs there. */
  #rule(item: Item): void {
    const target = targetOf(item, this.#page.lab.state.topology);
    if (target) this.#doors.rule(target, item);
    else this.#doors.reveal(item);
  }

  /** Takes hold of what is selected, for the keyboard: a device moves, a hook hands over, a namespace is connected. */
  grab(): void {
    const item = this.#page.selection.one;
    if (!item) return;
    const { kind, netns, dev, station } = item;
    const carried: Carried | undefined =
      kind === "device" ? { kind, netns, dev } : kind === "hook" && dev ? { kind, netns, dev, station } : kind === "namespace" ? { kind: "cable", from: end(netns) } : undefined;
    if (carried) this.#page.take(carried, "keys");
  }

  /** Moves what is selected past its neighbour. */
  shift(by: -1 | 1): void {
    const item = this.#page.selection.one;
    const layout = this.#doors.layout();
    if (!item || !layout) return;
    const moved = (list: readonly string[], name: string): string[] | undefined => {
      const [at, to] = [list.indexOf(name), list.indexOf(name) + by];
      if (at < 0 || to < 0 || to >= list.length) return undefined;
      const copy = [...list];
      [copy[at], copy[to]] = [copy[to]!, copy[at]!];
      return copy;
    };
    if (item.kind === "namespace") {
      const rows = drawnRows(layout).map((row) => moved(row, item.netns) ?? row);
      void this.#page.perform({ type: "Arrange", rows });
      return;
    }
    const box = layout.namespaces.find(({ view }) => view.name === item.netns);
    const devices = box && item.kind === "device" ? moved(drawnOrder(box), item.dev) : undefined;
    if (devices) void this.#page.perform({ type: "ArrangeDevices", netns: item.netns, devices });
  }

  /** Two hosts that ping. */
  async example(): Promise<void> {
    const host: Operation = { type: "AddNamespace", kind: "host", name: "", host: null };
    const spaces = (made: readonly Item[]): string[] => made.filter(({ kind }) => kind === "namespace").map(({ netns }) => netns);
    await this.#page.performAll(
      [
        host,
        host,
        (made) => cableBetween(end(spaces(made)[0] ?? ""), end(spaces(made)[1] ?? "")),
        (made) => ({ type: "AddProbe", netns: spaces(made)[0] ?? "", kind: "ping", to: "", dev: "", port: 0, raw: "" }),
      ],
      workshop.emptyAction,
      () => workshop.emptyAction,
    );
  }
}
