// A sheet of paper: styles, and the picture of its lab, drawn as for a file.
import "../tokens.css";
import "../base.css";
import "../chart.css";
import "../fonts.ts";
import "./worksheet.css";

import { readPageData } from "../app/page.svelte.ts";
import type { SheetData } from "../protocol.ts";
import { printed } from "../scene/printing.ts";

async function draw(place: HTMLElement): Promise<void> {
  const { title, topology } = readPageData<SheetData>();
  await document.fonts.ready; // names are measured
  const svg = await printed({ title, caption: "", link: "", topology, stops: [], at: 0 });
  place.append(document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true));
}

void draw(document.getElementById("picture")!);
