/** SVG elements as strings, and scales from values to pixels. */

export const colours = {
  ink: '#1d2935',
  muted: '#66727f',
  grid: '#e2e6ea',
  first: '#20618f',
  soft: '#9dbdd5',
  second: '#c9742f',
  good: '#2f7f5c',
  bad: '#b4453d',
  pale: '#c9d3dc',
} as const;

type Attributes = Record<string, string | number | undefined>;

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const round = (value: number) => Math.round(value * 100) / 100;

/** An element; numbers are rounded to a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const valueText = typeof value === 'number' ? String(round(value)) : value!;
      return ` ${key}="${escape(valueText)}"`;
    })
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  more: Attributes = {},
): string {
  return element('line', { x1, y1, x2, y2, stroke: colours.grid, 'stroke-width': 1, ...more });
}

export function label(x: number, y: number, text: string, more: Attributes = {}): string {
  return element('text', { x, y, fill: colours.muted, 'font-size': 12, ...more }, escape(text));
}

export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  hint?: string,
): string {
  const title = hint === undefined ? '' : element('title', {}, escape(hint));
  return element(
    'rect',
    { x, y, width: Math.max(0, width), height: Math.max(0, height), fill },
    title,
  );
}

export function dot(x: number, y: number, r: number, fill: string, hint?: string): string {
  const title = hint === undefined ? '' : element('title', {}, escape(hint));
  return element('circle', { cx: x, cy: y, r, fill, stroke: '#fff', 'stroke-width': 1.5 }, title);
}

/** A self-contained drawing on white, with its own font and `name` for screen readers. */
export function drawing(width: number, height: number, name: string, elements: string[]): string {
  const ground = element('rect', { width, height, fill: '#fff' });
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': name,
      'font-family': 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
    },
    ground + elements.join(''),
  );
}

/** The data of a path through points, in pixels. */
export const pathThrough = (points: [x: number, y: number][]) =>
  points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');

export type Scale = (value: number) => number;

/** From [0, 1] to pixels. */
export const unitScale =
  (from: number, to: number): Scale =>
  (value) =>
    from + value * (to - from);

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Grid, tick labels and names of two axes from 0 to 1. */
export function unitAxes(x: Scale, y: Scale, names: { x: string; y: string }): string[] {
  const [left, right, bottom, top] = [x(0), x(1), y(0), y(1)];
  return [
    ...ticks.flatMap((at) => [
      line(x(at), bottom, x(at), top),
      line(left, y(at), right, y(at)),
      label(x(at), bottom + 18, at.toFixed(1), { 'text-anchor': 'middle' }),
      label(left - 8, y(at) + 4, at.toFixed(1), { 'text-anchor': 'end' }),
    ]),
    label((left + right) / 2, bottom + 38, names.x, { 'text-anchor': 'middle', fill: colours.ink }),
    label(0, 0, names.y, {
      'text-anchor': 'middle',
      fill: colours.ink,
      transform: `translate(${left - 40} ${(top + bottom) / 2}) rotate(-90)`,
    }),
  ];
}

/** Coloured squares with their meaning, from left to right. */
export function legend(x: number, y: number, entries: [colour: string, text: string][]): string[] {
  let at = x;
  return entries.flatMap(([colour, text]) => {
    const elements = [rectangle(at, y - 10, 11, 11, colour), label(at + 16, y, text)];
    at += 34 + text.length * 6.4;
    return elements;
  });
}
