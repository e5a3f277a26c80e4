import type { share as en } from "../share.ts";

export const share: typeof en = {
  make: "Kurzen Link machen",
  making: "Wird gemacht …",
  meaning: "Dieser Server bewahrt das Lab dann für alle auf, die den Link haben. Das lässt sich nicht zurücknehmen.",
  made: "Kurzer Link. Dieser Server bewahrt das Lab auf; der lange Link geht auch ohne ihn.",
  label: "Kurzer Link",
  copy: "Kurzen Link kopieren",
  copied: "Kurzer Link kopiert",
};
