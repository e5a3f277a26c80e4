// Zoom and pan of an SVG, by d3-zoom. Until the user moves it, the picture is kept fitted.

import { select } from "d3-selection";
import { zoom, zoomIdentity, type ZoomTransform } from "d3-zoom";

import type { Point } from "../core/curve.ts";
import { spanInView, type Target } from "../core/inview.ts";
import type { Room as Size } from "../core/layout.ts";

export interface Viewport {
  /** Shows the whole picture, or as much as is legible around `focus`; undoes what the user moved. */
  fit(): void;
  /** The picture or its room has changed. */
  resize(picture: Size, room: Size, least: number): void;
  /** Where the picture is larger than its room: brings as much of a target into view as there is room for. */
  follow(target: Target): void;
  /** Brings a point of the picture into the middle of the room. */
  centre(point: Point): void;
  zoomBy(factor: number): void;
  panBy(x: number, y: number): void;
  destroy(): void;
}

const MOST = 1.25; // when fitting; the user may zoom further

export function viewport(svg: SVGSVGElement, onchange: (transform: ZoomTransform) => void): Viewport {
  let [picture, room, least, moved]: [Size, Size, number, boolean] = [
    { width: 1, height: 1 },
    { width: 1, height: 1 },
    0.1,
    false,
  ];
  let current = zoomIdentity;
  const target = select<SVGSVGElement, unknown>(svg);
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.15, 4])
    // a touch has no button
    .filter((event: MouseEvent) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button))
    .on("zoom", (event: { transform: ZoomTransform; sourceEvent: unknown }) => {
      if (event.sourceEvent) moved = true;
      current = event.transform;
      onchange(current);
    });
  target.call(behaviour).on("dblclick.zoom", null);

  const onwheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) return;
    const before = current;
    const [left, top] = [current.x - event.deltaX, current.y - event.deltaY];
    const inside = left + picture.width * current.k > 60 && left < room.width - 60 && top + picture.height * current.k > 60 && top < room.height - 60;
    if (!inside) return;
    moved = true;
    target.call(behaviour.transform, zoomIdentity.translate(left, top).scale(current.k));
    if (before !== current) event.preventDefault();
  };
  svg.addEventListener("wheel", onwheel, { passive: false });

  const set = (transform: ZoomTransform): void => {
    target.call(behaviour.transform, transform);
  };
  const overflows = (): boolean => picture.width * current.k > room.width + 1 || picture.height * current.k > room.height + 1;

  function fit(): void {
    moved = false;
    const whole = Math.min(room.width / picture.width, room.height / picture.height, MOST);
    const k = Math.max(whole, least);
    const centre = (space: number, length: number): number => Math.max(0, (space - length * k) / 2);
    set(zoomIdentity.translate(centre(room.width, picture.width), centre(room.height, picture.height)).scale(k));
  }

  function follow(target: Target): void {
    if (!moved && !overflows()) return;
    const { k } = current;
    const x = shifted(current.x, room.width, picture.width * k, spanInView(target, "x", k, room.width));
    const y = shifted(current.y, room.height, picture.height * k, spanInView(target, "y", k, room.height));
    if (Math.abs(x - current.x) > 0.5 || Math.abs(y - current.y) > 0.5) set(zoomIdentity.translate(x, y).scale(k));
  }

  function shifted(offset: number, space: number, length: number, [from, to]: [number, number]): number {
    if (length <= space && !moved) return (space - length) / 2;
    if (offset + from < 0) return -from;
    return offset + to > space ? space - to : offset;
  }

  return {
    fit,
    follow,
    resize(nextPicture, nextRoom, nextLeast) {
      [picture, room, least] = [nextPicture, nextRoom, nextLeast];
      behaviour.extent([
        [0, 0],
        [room.width, room.height],
      ]);
      if (!moved) fit();
    },
    centre({ x, y }) {
      moved = true;
      set(zoomIdentity.translate(room.width / 2 - x * current.k, room.height / 2 - y * current.k).scale(current.k));
    },
    zoomBy(factor) {
      moved = true;
      target.call(behaviour.scaleBy, factor);
    },
    panBy(x, y) {
      moved = true;
      target.call(behaviour.translateBy, x / current.k, y / current.k);
    },
    destroy() {
      target.on(".zoom", null);
      svg.removeEventListener("wheel", onwheel);
    },
  };
}
