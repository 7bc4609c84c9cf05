import type { Figure, Result, Unit } from '../training/result-file.ts';

/**
 * Up to where a difference counts as noise, for figures without a confidence interval: relative, and
 * for shares absolute. Shares and counts do not depend on the machine; times and rates do.
 */
const tolerances: Record<Unit, number> = {
  share: 0.005,
  count: 0,
  bytes: 0.01,
  MiB: 0.1,
  ms: 0.2,
  s: 0.2,
  'per second': 0.2,
  load: Number.POSITIVE_INFINITY,
};

export interface FigureDifference {
  key: string;
  unit: Unit;
  base: number | null;
  current: number | null;
  /** Current over base; NaN where one of them has no value or the base is 0. */
  ratio: number;
  isNoise: boolean;
  /** The rule by which the difference counts as noise or not. */
  rule: string;
}

export interface Comparison {
  same: number;
  differences: FigureDifference[];
  /** Figures that only one of the results has. */
  added: string[];
  removed: string[];
}

/** Compares two results of one benchmark figure by figure; rounding in the file aside, exactly. */
export function compareResults(base: Result, current: Result): Comparison {
  const comparison: Comparison = { same: 0, differences: [], added: [], removed: [] };
  for (const [key, figure] of Object.entries(current.figures)) {
    const before = base.figures[key];
    if (!before) comparison.added.push(key);
    else if (before.value === figure.value) comparison.same++;
    else comparison.differences.push(difference(key, before, figure));
  }
  comparison.removed = Object.keys(base.figures).filter((key) => !(key in current.figures));
  return comparison;
}

function difference(key: string, base: Figure, current: Figure): FigureDifference {
  const ratio =
    base.value === null || current.value === null || base.value === 0
      ? Number.NaN
      : current.value / base.value;
  return {
    key,
    unit: current.unit,
    base: base.value,
    current: current.value,
    ratio,
    ...judge(base, current),
  };
}

function judge(base: Figure, current: Figure): { isNoise: boolean; rule: string } {
  if (base.value === null || current.value === null || base.unit !== current.unit) {
    return { isNoise: false, rule: 'not comparable' };
  }
  const [low, high] = base.interval ?? [null, null];
  if (low !== null && high !== null) {
    const isNoise = current.value >= low && current.value <= high;
    return { isNoise, rule: `95% interval ${low} – ${high}` };
  }
  const tolerance = tolerances[base.unit];
  if (base.unit === 'share') {
    return { isNoise: Math.abs(current.value - base.value) <= tolerance, rule: `± ${tolerance}` };
  }
  const isNoise = Math.abs(current.value - base.value) <= tolerance * Math.abs(base.value);
  return { isNoise, rule: `± ${Number.isFinite(tolerance) ? `${tolerance * 100}%` : 'any'}` };
}

/** Why figures of two results cannot be compared; undefined where they can. */
export function incomparable(base: Result, current: Result): string | undefined {
  for (const field of ['command', 'corpus'] as const) {
    if (base[field] !== current[field]) return `${field}: ${base[field]} ≠ ${current[field]}`;
  }
  return undefined;
}
