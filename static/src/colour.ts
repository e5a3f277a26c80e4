// Measures of colour: WCAG 2 contrast, and OKLab distance as people with colour-vision deficiencies see it.

export type Rgb = readonly [number, number, number];
export type Sight = "normal" | "protan" | "deutan" | "tritan";

/** Linear-light components, 0 to 1, of "#rrggbb". */
export function linear(hex: string): Rgb {
  const part = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

// Machado, Oliveira and Fernandes 2009, severity 1.0, applied to linear light.
const MACHADO: Record<Sight, readonly [Rgb, Rgb, Rgb]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function apply(matrix: readonly [Rgb, Rgb, Rgb], v: Rgb): Rgb {
  const row = (m: Rgb): number => m[0] * v[0] + m[1] * v[1] + m[2] * v[2];
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function oklab(rgb: Rgb): Rgb {
  const lms = apply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  return apply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms.map(Math.cbrt) as unknown as Rgb,
  );
}

/** OKLab distance of two colours as seen with the given sight; about 0.02 is just noticeable. */
export function distance(one: string, other: string, sight: Sight): number {
  const seen = (hex: string): Rgb => {
    const [r, g, b] = apply(MACHADO[sight], linear(hex));
    const clip = (value: number): number => Math.min(1, Math.max(0, value));
    return oklab([clip(r), clip(g), clip(b)]);
  };
  const [a, b] = [seen(one), seen(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
