import { measureCalibration } from './calibration.ts';
import { measureCuad } from './cuad-figures.ts';
import { measureParties, rightShares } from './fact-figures.ts';
import type { MeasuredContract } from './measured.ts';
import { measurePresence } from './presence.ts';

/** One figure on CUAD's texts and on the PDFs of the same contracts. */
export interface FigureComparison {
  figure: string;
  text: number;
  pdf: number;
  /** PDF minus text. */
  difference: number;
  /** Whether the figure is lower on PDFs by more than the tolerance. */
  tooLow: boolean;
}

/** The most by which a figure may be lower on PDFs than on texts. */
export const tolerance = 0.03;

/** Compares every figure of which higher is better, for the same contracts read in two ways. */
export function comparePdfs(
  texts: MeasuredContract[],
  pdfs: MeasuredContract[],
): FigureComparison[] {
  const [text, pdf] = [figuresOf(texts), figuresOf(pdfs)];
  return Object.entries(text).map(([figure, value]) => {
    const other = pdf[figure] ?? Number.NaN;
    const difference = other - value;
    return { figure, text: value, pdf: other, difference, tooLow: difference < -tolerance };
  });
}

function figuresOf(contracts: MeasuredContract[]): Record<string, number> {
  const once = () => 1;
  const cuad = measureCuad(contracts)(once);
  const presence = measurePresence(contracts)(once);
  const parties = measureParties(contracts)(once);
  return {
    'CUAD: AUPR': cuad.aupr,
    'CUAD: precision at 80% recall': cuad.precisionAt80,
    'CUAD: precision at 90% recall': cuad.precisionAt90,
    'CUAD: mean average precision of categories': cuad.meanCategoryAp,
    'CUAD: mean average precision of contracts': cuad.meanContractAp,
    'CUAD: first prediction overlaps': cuad.firstOverlapRate,
    'CUAD: first prediction matches': cuad.firstMatchRate,
    'clauses at 0.5 and above: share right': measureCalibration(contracts)(once).rightFromHalf,
    'contract has the type: precision': presence.precision,
    'contract has the type: recall': presence.recall,
    'contract lacks the type: precision': presence.absencePrecision,
    'contract lacks the type: recall': presence.absenceRecall,
    'parties: precision': parties.precision,
    'parties: recall': parties.recall,
    ...Object.fromEntries(
      [...rightShares(contracts)].map(([fact, share]) => [`fact: ${fact}`, share]),
    ),
  };
}
