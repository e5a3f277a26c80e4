// The words about short links.

import { words } from "./language.ts";

const en = {
  make: "Make a short link",
  making: "Making it…",
  meaning: "This server will keep the lab, for whoever has the link. It cannot be taken back.",
  made: "Short link. This server keeps the lab; the long link works without it.",
  label: "Short link",
  copy: "Copy short link",
  copied: "Short link copied",
};

export const share = words("share", en);
