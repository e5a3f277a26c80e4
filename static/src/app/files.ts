// Files that the browser writes: a lab and what becomes of it, by the name of the lab.

import mono from "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2?url";
import sans from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";

import { printed, type Subject } from "../scene/printing.ts";

const SHARP = 2; // px of the image for one of the picture
const MOST = 8192; // px on a side that every browser draws

/** A name for a file: that of the lab, in letters that every system takes. */
export function fileName(title: string, ending: string): string {
  const plain = title.normalize("NFKD").replace(/[^\w.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60);
  return `${plain || "lab"}.${ending}`;
}

export function save(content: BlobPart, type: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

async function face(family: string, url: string): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `@font-face{font-family:"${family}";font-weight:100 900;src:url(data:font/woff2;base64,${btoa(binary)})}`;
}

/** The picture as an image, in the page's own type: an image sees no fonts but those that are in it. */
export async function png(subject: Subject): Promise<Blob> {
  const faces = await Promise.all([face("Inter Variable", sans), face("JetBrains Mono", mono)]);
  const svg = (await printed(subject)).replace("<defs>", `<defs><style>${faces.join("")}</style>`);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(SHARP, MOST / image.width, MOST / image.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the image is too large for this browser"))), "image/png"));
}
