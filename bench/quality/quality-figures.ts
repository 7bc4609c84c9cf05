import {
  measureCalibration,
  reliability,
  type CalibrationBin,
  type CalibrationFigure,
} from './calibration.ts';
import { categoryFigures, measureCuad, pooledCurve, type CategoryFigures } from './cuad-figures.ts';
import type { CurvePoint } from './cuad-curve.ts';
import type { CuadFigure } from './cuad-measure.ts';
import { factFigures, measureParties, type FactFigures, type PartyFigure } from './fact-figures.ts';
import type { MeasuredContract } from './measured.ts';
import { ownTypeFigures, type CountedContract, type OwnTypeFigures } from './own-types.ts';
import { comparePdfs, type FigureComparison } from './pdf-difference.ts';
import {
  absenceTable,
  measurePresence,
  presenceByCategory,
  type AbsenceBin,
  type PresenceCounts,
  type PresenceFigure,
} from './presence.ts';
import type { RetrievalReport } from '../retrieval-report.ts';
import type { SpeedFigures } from './speed.ts';
import { confidenceIntervals } from './confidence-intervals.ts';
import type { Estimate } from './statistics.ts';

/** All that the report, the printed summary and the model's card say. */
export interface QualityFigures {
  /** The day, the machine and the code that measured. */
  measured: { on: string; machine: string; revision: string };
  contracts: number;
  companies: number;
  folds: number;
  pdfs: number;
  cuad: Record<CuadFigure, Estimate>;
  curve: CurvePoint[];
  categories: Record<string, CategoryFigures>;
  calibration: Record<CalibrationFigure, Estimate>;
  reliability: CalibrationBin[];
  presence: Record<PresenceFigure, Estimate>;
  presenceByCategory: Record<string, PresenceCounts>;
  absence: AbsenceBin[];
  facts: Record<string, FactFigures>;
  parties: Record<PartyFigure, Estimate>;
  ownTypes: Record<string, OwnTypeFigures>;
  pdfDifference: FigureComparison[];
  speed: SpeedFigures;
  /** Of the latest run that measured it. */
  retrieval?: RetrievalReport;
}

export interface FoldMeasurements {
  texts: MeasuredContract[];
  /** The contracts that have a PDF, as read from it and as read from the given text. */
  pdfs: MeasuredContract[];
  textsOfPdfs: MeasuredContract[];
  ownTypes: CountedContract[];
}

/** Everything that is figured from what the folds' models found. */
export function qualityFigures({
  texts,
  pdfs,
  textsOfPdfs,
  ownTypes,
}: FoldMeasurements): Omit<QualityFigures, 'measured' | 'speed' | 'retrieval'> {
  return {
    contracts: texts.length,
    companies: new Set(texts.map(({ company }) => company)).size,
    folds: new Set(texts.map(({ fold }) => fold)).size,
    pdfs: pdfs.length,
    cuad: confidenceIntervals(texts, measureCuad),
    curve: pooledCurve(texts),
    categories: Object.fromEntries(categoryFigures(texts)),
    calibration: confidenceIntervals(texts, measureCalibration),
    reliability: reliability(texts),
    presence: confidenceIntervals(texts, measurePresence),
    presenceByCategory: Object.fromEntries(presenceByCategory(texts)),
    absence: absenceTable(texts),
    facts: Object.fromEntries(factFigures(texts)),
    parties: confidenceIntervals(texts, measureParties),
    ownTypes: Object.fromEntries(ownTypeFigures(ownTypes)),
    pdfDifference: comparePdfs(textsOfPdfs, pdfs),
  };
}
