import type { CalibrationBin } from './calibration.ts';
import type { CategoryFigures } from './cuad-figures.ts';
import type { CurvePoint } from './cuad.ts';
import type { FactFigures } from './fact-figures.ts';
import { tolerance, type FigureComparison } from './pdf-difference.ts';
import {
  colours,
  dot,
  drawing,
  element,
  label,
  legend,
  line,
  pathThrough,
  rectangle,
  unitAxes,
  unitScale,
} from './svg.ts';

/** A published result, drawn for comparison. */
export interface ReferencePoint {
  recall: number;
  precision: number;
  name: string;
}

const percent = (value: number) => `${(value * 100).toFixed(0)}%`;

export function precisionRecallPlot(
  curve: CurvePoint[],
  referencePoints: ReferencePoint[],
): string {
  const [width, height] = [760, 440];
  const [x, y] = [unitScale(66, 600), unitScale(384, 20)];
  const start = curve[0];
  const points = [...(start ? [{ ...start, recall: 0 }] : []), ...curve];
  const path = pathThrough(points.map(({ recall, precision }) => [x(recall), y(precision)]));
  const end = points.at(-1);
  const area = end ? `${path}L${x(end.recall)} ${y(0)}L${x(0)} ${y(0)}Z` : '';
  return drawing(width, height, 'Precision against recall, pooled', [
    ...unitAxes(x, y, { x: 'recall', y: 'precision' }),
    element('path', { d: area, fill: colours.first, 'fill-opacity': 0.1 }),
    element('path', { d: path, fill: 'none', stroke: colours.first, 'stroke-width': 2.5 }),
    ...referencePoints.flatMap(({ recall, precision, name }) => [
      dot(x(recall), y(precision), 5, colours.second, `${name}: ${precision} at ${recall}`),
      label(x(recall) + 10, y(precision) + 4, name, { fill: colours.second }),
    ]),
  ]);
}

/** Average precision as bars with intervals, the rate of first predictions that overlap as dots; best first. */
export function categoryPlot(categories: Record<string, CategoryFigures>): string {
  const rows = Object.entries(categories).sort(([, a], [, b]) => b.ap.value - a.ap.value);
  const [left, right, step] = [270, 690, 21];
  const bottom = 44 + rows.length * step;
  const x = unitScale(left, right);
  return drawing(720, bottom + 34, 'Average precision by category', [
    ...legend(left, 20, [
      [colours.soft, 'average precision, 95% interval'],
      [colours.second, 'first prediction overlaps'],
    ]),
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((at) => [
      line(x(at), 34, x(at), bottom),
      label(x(at), bottom + 18, at.toFixed(1), { 'text-anchor': 'middle' }),
    ]),
    ...rows.flatMap(([category, { ap, first, contracts }], row) => {
      const y = 40 + row * step;
      const middle = y + step / 2 - 3;
      const hint = `${category}: average precision ${ap.value.toFixed(2)}, first overlaps ${percent(first.value)}, ${contracts} contracts`;
      return [
        label(left - 10, middle + 4, category, { 'text-anchor': 'end', fill: colours.ink }),
        rectangle(left, y, x(ap.value) - left, step - 6, colours.soft, hint),
        line(x(ap.interval[0]), middle, x(ap.interval[1]), middle, {
          stroke: colours.first,
          'stroke-width': 2,
        }),
        dot(x(first.value), middle, 4.5, colours.second, hint),
      ];
    }),
  ]);
}

/** Share right against mean confidence, with the number of predictions of each bin. */
export function reliabilityPlot(bins: CalibrationBin[]): string {
  const [x, y] = [unitScale(66, 546), unitScale(394, 20)];
  const points = bins
    .filter(({ count }) => count > 0)
    .map((bin) => ({ ...bin, at: x(bin.meanConfidence), up: y(bin.right / bin.count) }));
  const path = pathThrough(points.map(({ at, up }) => [at, up]));
  return drawing(570, 480, 'Reliability: share right against confidence', [
    ...unitAxes(x, y, {
      x: 'confidence, with the number of predictions',
      y: 'share that is right',
    }),
    line(x(0), y(0), x(1), y(1), { stroke: colours.muted, 'stroke-dasharray': '5 4' }),
    element('path', { d: path, fill: 'none', stroke: colours.first, 'stroke-width': 2 }),
    ...points.map(({ at, up, right, count, meanConfidence }) => {
      const hint = `${right} of ${count} right, mean confidence ${meanConfidence.toFixed(3)}`;
      return dot(at, up, 5.5, colours.first, hint);
    }),
    ...bins.map(({ from, to, count }) =>
      label(x((from + to) / 2), y(0) + 62, count.toLocaleString('en'), {
        'text-anchor': 'middle',
        'font-size': 11,
      }),
    ),
  ]);
}

/** Right, wrong and absent facts, as shares of the contracts for which the lawyers have a value. */
export function factPlot(facts: Record<string, FactFigures>): string {
  const rows = Object.entries(facts);
  const [left, right, step] = [160, 690, 34];
  const bottom = 40 + rows.length * step;
  return drawing(720, bottom + 6, 'Facts against the lawyers’ answers', [
    ...legend(left, 20, [
      [colours.good, 'right'],
      [colours.bad, 'wrong'],
      [colours.pale, 'absent'],
    ]),
    ...rows.flatMap(([fact, { counts }], row) => {
      const y = 38 + row * step;
      const answeredCount = counts.right + counts.wrong + counts.absent;
      const elements = [
        label(left - 10, y + 16, fact, { 'text-anchor': 'end', fill: colours.ink }),
      ];
      let at = left;
      for (const [key, colour] of [
        ['right', colours.good],
        ['wrong', colours.bad],
        ['absent', colours.pale],
      ] as const) {
        const wide = answeredCount === 0 ? 0 : (counts[key] / answeredCount) * (right - left);
        elements.push(rectangle(at, y, wide, step - 10, colour, `${fact}: ${counts[key]} ${key}`));
        if (wide > 30) {
          const fill = key === 'absent' ? colours.ink : '#fff';
          elements.push(label(at + wide / 2, y + 16, String(counts[key]), { 'text-anchor': 'middle', fill })); // prettier-ignore
        }
        at += wide;
      }
      return elements;
    }),
  ]);
}

/** Each figure on CUAD's texts and on PDFs, with a line between the two. */
export function pdfPlot(comparisons: FigureComparison[]): string {
  const rows = comparisons.filter(({ text, pdf }) => Number.isFinite(text) && Number.isFinite(pdf));
  const [left, right, step] = [290, 690, 23];
  const bottom = 40 + rows.length * step;
  const x = unitScale(left, right);
  return drawing(720, bottom + 34, 'Figures on PDFs and on texts', [
    ...legend(left, 20, [
      [colours.muted, 'given text'],
      [colours.first, 'PDF'],
      [colours.bad, `PDF lower by more than ${tolerance}`],
    ]),
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((at) => [
      line(x(at), 34, x(at), bottom),
      label(x(at), bottom + 18, at.toFixed(1), { 'text-anchor': 'middle' }),
    ]),
    ...rows.flatMap(({ figure, text, pdf, tooLow }, row) => {
      const y = 46 + row * step;
      const colour = tooLow ? colours.bad : colours.first;
      const hint = `${figure}: text ${text.toFixed(3)}, PDF ${pdf.toFixed(3)}`;
      return [
        label(left - 10, y + 4, figure, { 'text-anchor': 'end', fill: colours.ink }),
        line(x(text), y, x(pdf), y, { stroke: colour, 'stroke-width': 3 }),
        dot(x(text), y, 4.5, colours.muted, hint),
        dot(x(pdf), y, 5.5, colour, hint),
      ];
    }),
  ]);
}
