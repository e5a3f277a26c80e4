import type { twin as en } from "../twin.ts";

export const twin: typeof en = {
  before: (step) => `davor: ${step}`,
  none: "Noch nichts zu vergleichen. Sende eine Probe, dann ändere etwas: Das Lab vor der Änderung ist die eine Seite, das Lab danach die andere.",
  noProbe: "Dieses Lab sendet keine Probe: Es gibt keinen Weg, der sich vergleichen ließe.",
};
