// Files that the browser writes: a lab and what becomes of it, by the name of the lab.

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

export async function png(subject: Subject): Promise<Blob> {
  const svg = await printed(subject);
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
