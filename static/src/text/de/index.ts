// All tables in German: the script that the server puts before a page's own (see ../language.ts).

import { cost } from "./cost.ts";
import { done } from "./done.ts";
import { editor } from "./editor.ts";
import { failures } from "./failures.ts";
import { fork } from "./fork.ts";
import { help } from "./help.ts";
import { keep } from "./keep.ts";
import { lesson } from "./lesson.ts";
import { questions } from "./questions.ts";
import { room } from "./room.ts";
import { rule } from "./rule.ts";
import { arcs, bands, forms, scene } from "./scene.ts";
import { sentences } from "./sentences.ts";
import { share } from "./share.ts";
import { twin } from "./twin.ts";
import { ui } from "./ui.ts";
import { operations, refusals, tileHints, tiles, workshop } from "./workshop.ts";

export const tables = {
  arcs,
  bands,
  cost,
  done,
  editor,
  failures,
  forms,
  fork,
  help,
  keep,
  lesson,
  operations,
  questions,
  refusals,
  room,
  rule,
  scene,
  sentences,
  share,
  tileHints,
  tiles,
  twin,
  ui,
  workshop,
};

globalThis.hookwalkTables = tables;
