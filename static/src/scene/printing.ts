// The picture for paper and for files: white ground, pale tints, the path in black with its step numbers, a legend and
// the link at the foot. It is drawn by the scene itself, out of sight, and then freed of the page: every style that it
// has from style sheets becomes an attribute.

import { mount, tick, unmount } from "svelte";

import { FREE } from "../core/arrange.ts";
import type { Stop } from "../core/cursor.ts";
import { NO_WALK, pictureOf } from "../core/picture.ts";
import { BANDS } from "../core/stations.ts";
import { stepNumbers } from "../core/stepnumbers.ts";
import type { Topology } from "../core/topology.ts";
import type { Walk } from "../core/walk.ts";
import type { Arrangement } from "../protocol.ts";
import { BAND_NAMES, scene as words } from "../text/scene.ts";
import Scene from "./Scene.svelte";

export interface Subject {
  readonly title: string; // as its heading, too, where there is a link
  /** What the picture shows, under the title. */
  readonly caption: string;
  readonly link: string;
  readonly topology: Topology;
  readonly arrangement?: Arrangement;
  readonly walk?: Walk | undefined;
  readonly stops: readonly Stop[];
  readonly at: number;
}

const ROOM = { width: 1600, height: 6000 };
const MARGIN = 28;
const HEAD = 62;
const FOOT = 66;
const PATH = 10 / 3; // 2.5 pt
const TINTS = ["l3", "nf", "tc", "drv"].flatMap((band) => [`--${band}t`, `--${band}l`]);
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity",
  "opacity", "font-family", "font-size", "font-weight", "text-anchor", "letter-spacing", "font-variant-numeric", "paint-order",
] as const;
const INITIAL: Readonly<Record<string, string>> = {
  "fill-opacity": "1", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter",
  "stroke-opacity": "1", opacity: "1", "text-anchor": "start", "letter-spacing": "normal", "font-variant-numeric": "normal",
  "paint-order": "normal",
};
const TEXT_ONLY = new Set(["font-family", "font-size", "font-weight", "text-anchor", "letter-spacing", "font-variant-numeric"]);
const SVG = "http://www.w3.org/2000/svg";

function stage(): HTMLElement {
  const element = document.createElement("div");
  element.className = "printing";
  element.inert = true;
  element.dataset["theme"] = "light";
  const root = getComputedStyle(document.documentElement);
  const style: Record<string, string> = {
    position: "fixed", left: "0", top: "0", width: `${ROOM.width}px`, height: `${ROOM.height}px`, transform: "translateX(-300vw)", "z-index": "-1",
    "--canvas": "#ffffff", "--surface": "#ffffff", "--pkt": "#000000", "--change": "0ms", "--lights": "0ms",
  };
  for (const tint of TINTS) style[tint] = `color-mix(in srgb, ${root.getPropertyValue(tint)} 60%, white)`;
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  document.body.append(element);
  return element;
}

const frames = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

/** Colours as every program reads them: what browsers compute of mixes is color(srgb …). */
function plainColour(value: string): string {
  const mixed = /^color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/.exec(value);
  if (!mixed) return value;
  const [r, g, b] = mixed.slice(1, 4).map((part) => Math.round(Number(part) * 255));
  return mixed[4] === undefined ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${mixed[4]})`;
}

const invisible = (style: CSSStyleDeclaration): boolean => {
  const clear = (value: string): boolean => value === "none" || value === "rgba(0, 0, 0, 0)";
  return style.display === "none" || (clear(style.fill) && clear(style.stroke));
};

/** A copy of an element and what is in it, with its looks as attributes; undefined where nothing of it is seen. */
function freed(live: Element): Element | undefined {
  if (!(live instanceof SVGElement) || live.tagName === "title") return undefined;
  const style = getComputedStyle(live);
  const copy = document.createElementNS(SVG, live.tagName);
  for (const { name, value } of live.attributes) {
    if (!/^(class|style|role|tabindex|aria-.*|data-.*|on.*)$/.test(name)) copy.setAttribute(name, value);
  }
  const drawn = live.tagName !== "g";
  if (style.display === "none" || (drawn && live.tagName !== "tspan" && live.tagName !== "text" && invisible(style))) return undefined;
  const text = live.tagName === "text" || live.tagName === "tspan";
  for (const name of STYLES) {
    if ((!drawn && name !== "opacity") || (!text && TEXT_ONLY.has(name))) continue;
    const value = style.getPropertyValue(name);
    if (value && value !== INITIAL[name]) copy.setAttribute(name, plainColour(value));
  }
  if (live.classList.contains("line")) copy.setAttribute("stroke-width", String(PATH));
  for (const child of live.childNodes) {
    const kept = child instanceof Element ? freed(child) : child instanceof Text && text ? document.createTextNode(child.data) : undefined;
    if (kept) copy.append(kept);
  }
  if (live.matches(".lit > .ground")) return hatched(copy);
  return copy.tagName === "g" && !copy.hasChildNodes() ? undefined : copy;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, text = ""): Element {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

const SANS = "'Inter Variable', Inter, system-ui, sans-serif";
const MONO = "'JetBrains Mono', ui-monospace, monospace";

/** The SVG's text. */
export async function printed(subject: Subject): Promise<string> {
  const { topology, walk = NO_WALK, stops, at, arrangement = FREE, link } = subject;
  const head = link ? HEAD : 0; // on a sheet of paper the text around it says what it is
  const place = stage();
  const picture = pictureOf(topology, walk, stops, "regular", ROOM, arrangement);
  const { width, height } = picture.layout;
  const scene = mount(Scene, { target: place, props: { topology, arrangement, walk, stops, position: at, density: "regular" } });
  try {
    await tick();
    await frames();
    const live = place.querySelector("svg > g");
    const drawing = live && freed(live);
    if (!drawing) throw new Error("the scene drew nothing");
    const full = { width: Math.max(width, 640) + 2 * MARGIN, height: head + height + FOOT };
    const svg = element("svg", { xmlns: SVG, viewBox: `0 0 ${Math.ceil(full.width)} ${Math.ceil(full.height)}`, width: Math.ceil(full.width), height: Math.ceil(full.height) });
    svg.append(element("title", {}, subject.title));
    svg.append(hatching(), element("rect", { width: "100%", height: "100%", fill: "#ffffff" }));
    if (link) svg.append(element("text", { x: MARGIN, y: 32, "font-family": SANS, "font-size": 20, "font-weight": 650, fill: "#181c24" }, subject.title));
    if (link) svg.append(element("text", { x: MARGIN, y: 51, "font-family": MONO, "font-size": 12, fill: "#454b57" }, subject.caption));
    drawing.setAttribute("transform", `translate(${MARGIN} ${head})`);
    for (const { x, y, label } of walk === NO_WALK ? [] : stepNumbers(picture, at)) drawing.append(...circle(x, y, label));
    svg.append(drawing, ...foot(place, full, link, walk !== NO_WALK));
    return new XMLSerializer().serializeToString(svg);
  } finally {
    await unmount(scene);
    place.remove();
  }
}

function hatching(): Element {
  const defs = element("defs", {});
  const pattern = element("pattern", { id: "lit", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(element("path", { d: "M0 0V7", stroke: "#9aa4b2", "stroke-width": 1.2 }));
  defs.append(pattern);
  return defs;
}

/** The band in which the packet is. */
function hatched(ground: Element): Element {
  const both = element("g", {});
  both.append(ground, element("path", { d: ground.getAttribute("d") ?? "", fill: "url(#lit)" }));
  return both;
}

function circle(x: number, y: number, label: string): Element[] {
  const half = Math.max(8, label.length * 3.1 + 4);
  return [
    element("rect", { x: x - half, y: y - 8, width: 2 * half, height: 16, rx: 8, fill: "#ffffff", stroke: "#000000", "stroke-width": 1.25 }),
    element("text", { x, y: y + 3.6, "font-family": SANS, "font-size": 10, "font-weight": 700, "text-anchor": "middle", fill: "#000000" }, label),
  ];
}

function foot(place: HTMLElement, full: { width: number; height: number }, link: string, path: boolean): Element[] {
  const y = full.height - 40;
  const parts: Element[] = [];
  let x = MARGIN;
  for (const band of BANDS) {
    const probe = document.createElement("span");
    probe.className = `band-${band}`;
    place.append(probe);
    const style = getComputedStyle(probe);
    probe.style.setProperty("background-color", style.getPropertyValue("--tint"));
    probe.style.setProperty("color", style.getPropertyValue("--hue"));
    parts.push(element("rect", { x, y: y - 10, width: 16, height: 12, rx: 2, fill: plainColour(style.backgroundColor), stroke: plainColour(style.color) }));
    parts.push(element("text", { x: x + 22, y, "font-family": SANS, "font-size": 11, fill: "#454b57" }, BAND_NAMES[band]));
    x += 44 + BAND_NAMES[band].length * 6.5;
  }
  if (path) parts.push(element("path", { d: `M${x} ${y - 4}h22`, stroke: "#000000", "stroke-width": PATH }), element("text", { x: x + 28, y, "font-family": SANS, "font-size": 11, fill: "#454b57" }, words.numberedPath));
  const most = Math.floor((full.width - 2 * MARGIN) / 6.1);
  parts.push(element("text", { x: MARGIN, y: y + 22, "font-family": MONO, "font-size": 10, fill: "#585f6b" }, link.length > most ? `${link.slice(0, most - 1)}…` : link));
  return parts;
}
