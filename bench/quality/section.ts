import type { Estimate } from './statistics.ts';

/** A table of the report and of the printed summary. */
export interface FigureTable {
  caption?: string;
  header: string[];
  rows: string[][];
  /** Rows that break a rule, by their place. */
  bad?: number[];
}

/** A chapter of the report. */
export interface Section {
  id: string;
  title: string;
  /** What is measured and how, in sentences. */
  about: string[];
  /** SVG; the printed summary leaves it out. */
  plot?: string;
  tables: FigureTable[];
}

/** A figure to three places; a dash where there was nothing to measure. */
export const figure = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : '—');

export const estimateHeader = ['all', 'folds: lowest – highest', 'deviation', '95% interval'];

/** A figure with its spread, as the cells under `spreadHeader`. */
export const estimateCells = ({ value, low, high, deviation, interval }: Estimate) => [
  figure(value),
  `${figure(low)} – ${figure(high)}`,
  figure(deviation),
  `${figure(interval[0])} – ${figure(interval[1])}`,
];

/** The figure and its interval in one cell. */
export const withInterval = ({ value, interval }: Estimate) =>
  !Number.isFinite(value)
    ? figure(value)
    : `${figure(value)} (${figure(interval[0])} – ${figure(interval[1])})`;
