import {
  measureCalibration,
  reliability,
  type CalibrationBin,
  type CalibrationFigure,
} from './calibration.ts';
import { categoryFigures, measureCuad, pooledCurve, type CategoryFigures } from './cuad-figures.ts';
import type { CuadFigure, CurvePoint } from './cuad.ts';
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
import type { RetrievalReport } from '../retrieval.ts';
import type { SpeedFigures } from './speed.ts';
import { confidenceIntervals, type Estimate } from './statistics.ts';

/** All figures of the report and of the printed summary. */
export interface QualityFigures {
  /** Day, machine and commit of the measurement. */
  measured: { on: string; machine: string; commit: string };
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
  /** From the latest run with `--retrieval`. */
  retrieval?: RetrievalReport;
}

/**
 * The figures in the result file, from which the model card is generated. The curve is only drawn in
 * the report; retrieval has a result file of its own.
 */
export type CommittedFigures = Omit<QualityFigures, 'curve' | 'pdfDifference' | 'retrieval'>;

export interface FoldMeasurements {
  texts: MeasuredContract[];
  /** The contracts that have a PDF: read from the PDF, and read from CUAD's text. */
  pdfs: MeasuredContract[];
  textsOfPdfs: MeasuredContract[];
  ownTypes: CountedContract[];
}

/** Computes all figures from the analyses of the folds. */
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
