import {
  describeMachine,
  figureOf,
  rounded,
  type Figure,
  type Figures,
  type Result,
  type Unit,
} from '../../training/result-file.ts';
import type { CommittedFigures, QualityFigures } from './quality-figures.ts';
import type { Estimate } from './statistics.ts';

/** Units of single numbers by their name; all others are counts. */
const unitsByName: Record<string, Unit> = {
  from: 'share',
  to: 'share',
  meanConfidence: 'share',
  developmentShare: 'share',
  heldOutShare: 'share',
  text: 'share',
  pdf: 'share',
  median: 'ms',
  slowest: 'ms',
  modelBytes: 'bytes',
};

/**
 * The figures of `npm run bench:quality` for its result file: flat, each named by its path in
 * `QualityFigures`.
 */
export function resultFigures(quality: Omit<QualityFigures, 'measured'>): Figures {
  const { curve: _curve, retrieval: _retrieval, pdfDifference, ...rest } = quality;
  const comparisons = pdfDifference.map(({ figure, text, pdf }) => [figure, { text, pdf }]);
  return flatten({ ...rest, pdfDifference: Object.fromEntries(comparisons) as object });
}

const isEstimate = (value: object): value is Estimate =>
  'interval' in value && 'deviation' in value;

function flatten(value: object, path: string[] = []): Figures {
  const figures: Figures = {};
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const names = [...path, name];
    if (typeof member === 'number') {
      figures[names.join('.')] = figureOf(member, unitsByName[name] ?? 'count');
    } else if (typeof member === 'object' && member !== null) {
      if (isEstimate(member)) figures[names.join('.')] = figureOfEstimate(member);
      else Object.assign(figures, flatten(member, names));
    }
  }
  return figures;
}

function figureOfEstimate({ value, interval, low, high, deviation }: Estimate): Figure {
  return {
    ...figureOf(value, 'share'),
    interval: [rounded(interval[0]), rounded(interval[1])],
    folds: { low: rounded(low), high: rounded(high), deviation: rounded(deviation) },
  };
}

/** The inverse of `resultFigures`, with where and when they were measured. */
export function committedFigures(result: Result): CommittedFigures {
  const { figures, date, machine, commit } = result;
  const nested: Record<string, unknown> = {};
  for (const [path, figure] of Object.entries(figures)) {
    const names = path.split('.');
    let parent = nested;
    for (const name of names.slice(0, -1)) {
      parent = (parent[name] ??= {}) as Record<string, unknown>;
    }
    parent[names.at(-1)!] = estimateOrNumber(figure);
  }
  return {
    ...nested,
    reliability: Object.values(nested['reliability'] as object),
    absence: Object.values(nested['absence'] as object),
    measured: { on: date, machine: describeMachine(machine), commit },
  } as CommittedFigures;
}

function estimateOrNumber({ value, interval, folds }: Figure): Estimate | number {
  const number = (member: number | null) => member ?? Number.NaN;
  if (!interval || !folds) return number(value);
  return {
    value: number(value),
    low: number(folds.low),
    high: number(folds.high),
    deviation: number(folds.deviation),
    interval: [number(interval[0]), number(interval[1])],
  };
}
