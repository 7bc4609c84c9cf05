/** An affine transformation as PDF writes it: x' = ax + cy + e, y' = bx + dy + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** A rectangle on a page; `top` is above `bottom`. */
export interface Box {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

/** The six numbers that PDFium writes. */
export function toMatrix(floats: Float32Array): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = floats;
  return [a, b, c, d, e, f];
}

/** First one, then the other. */
export function multiply(first: Matrix, second: Matrix): Matrix {
  const [a, b, c, d, e, f] = first;
  const [A, B, C, D, E, F] = second;
  return [
    a * A + b * C,
    a * B + b * D,
    c * A + d * C,
    c * B + d * D,
    e * A + f * C + E,
    e * B + f * D + F,
  ];
}

/** The box around a transformed one. */
export function transform(box: Box, matrix: Matrix): Box {
  if (matrix === identity) return box;
  const { left, bottom, right, top } = box;
  const [a, b, c, d, e, f] = matrix;
  // the corners, of which each coordinate is the sum of two
  const [x1, x2, x3, x4] = [a * left, a * right, c * bottom, c * top];
  const [y1, y2, y3, y4] = [b * left, b * right, d * bottom, d * top];
  return {
    left: Math.min(x1, x2) + Math.min(x3, x4) + e,
    bottom: Math.min(y1, y2) + Math.min(y3, y4) + f,
    right: Math.max(x1, x2) + Math.max(x3, x4) + e,
    top: Math.max(y1, y2) + Math.max(y3, y4) + f,
  };
}
