import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { retrievalCategoryTable, retrievalTable } from '../retrieval.ts';
import type { CuadFigure, CurvePoint } from './cuad.ts';
import { tolerance } from './pdf-difference.ts';
import {
  categoryPlot,
  factPlot,
  pdfPlot,
  precisionRecallPlot,
  reliabilityPlot,
  type ReferencePoint,
} from './plots.ts';
import {
  absencePrecisionOf,
  absenceRecallOf,
  precisionOf,
  recallOf,
  type PresenceFigure,
} from './presence.ts';
import type { CommittedFigures, QualityFigures } from './quality-figures.ts';
import type { Estimate } from './statistics.ts';

/** A table of the report and of the printed summary. */
export interface FigureTable {
  caption?: string;
  header: string[];
  rows: string[][];
  /** Indices of rows to highlight, because they violate a limit. */
  bad?: number[];
}

/** A section of the report. */
export interface Section {
  id: string;
  title: string;
  /** Paragraphs: what is measured, and how. */
  about: string[];
  /** SVG; omitted in the printed summary. */
  plot?: string;
  tables: FigureTable[];
}

/** A figure to three places; a dash where there was nothing to measure. */
export const figure = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : '—');

const estimateHeader = ['all', 'folds: lowest – highest', 'deviation', '95% interval'];

/** An estimate as the cells under `estimateHeader`. */
const estimateCells = ({ value, low, high, deviation, interval }: Estimate) => [
  figure(value),
  `${figure(low)} – ${figure(high)}`,
  figure(deviation),
  `${figure(interval[0])} – ${figure(interval[1])}`,
];

/** The figure and its interval in one cell. */
const withInterval = ({ value, interval }: Estimate) =>
  !Number.isFinite(value)
    ? figure(value)
    : `${figure(value)} (${figure(interval[0])} – ${figure(interval[1])})`;

/** The best precision at 80% recall in CUAD's paper, on the paper's split of contracts. */
const paper: ReferencePoint[] = [{ recall: 0.8, precision: 0.44, name: 'DeBERTa-xlarge (paper)' }];

const cuadRows: [key: CuadFigure, name: string, goal: string][] = [
  ['aupr', 'AUPR', '0.60 / 0.70'],
  ['precisionAt80', 'precision at 80% recall', '– / 0.44'],
  ['precisionAt90', 'precision at 90% recall', ''],
  ['highestRecall', 'highest recall of any threshold', ''],
  ['meanCategoryAp', 'average precision, mean of categories', ''],
  ['meanContractAp', 'average precision, mean of contracts', ''],
  ['firstOverlapRate', 'first prediction overlaps a label', '0.75 / 0.82'],
  ['firstMatchRate', 'first prediction matches a label', ''],
];

/** Without a curve the section has no plot. */
export function cuadSection(figures: CommittedFigures & { curve?: CurvePoint[] }): Section {
  const { cuad, curve } = figures;
  return {
    id: 'cuad',
    title: 'Clauses, by CUAD’s own measure',
    about: [
      'For each of 41 categories in each contract there are predicted spans with a confidence. A predicted span matches a labelled one where the sets of their words (in lower case, without full stops, commas, colons and semicolons) have a Jaccard index of 0.5 or more; for Parties it is also enough that the prediction contains the label.',
      'At a threshold, predictions below it are dropped. Each label that a remaining prediction matches is a true positive, each other label a false negative, and each remaining prediction that matches no label a false positive, over all contracts and categories together. AUPR is the area under the curve of precision against recall over all thresholds, where precision at a recall is the best at that or a higher recall (arXiv 2103.06268); recall that no threshold reaches adds nothing, and precision at it is 0.',
      'Average precision is the same for one category, or for one contract, with steps in place of trapezoids. The first prediction of a pair of contract and category is the one of the highest confidence; pairs with a label count, and the rate is the mean over categories. It overlaps where it shares a character with a label.',
      'The best of the paper’s transformers reached an AUPR of 0.48, and another 0.44 precision at 80% recall (marked in the plot), on the paper’s own split of contracts; the figures are not directly comparable.',
    ],
    ...(curve && { plot: precisionRecallPlot(curve, paper) }),
    tables: [
      {
        header: ['figure', ...estimateHeader, 'floor / goal'],
        rows: cuadRows.map(([key, name, goal]) => [name, ...estimateCells(cuad[key]), goal]),
      },
    ],
  };
}

export function categorySection({ categories }: CommittedFigures): Section {
  return {
    id: 'categories',
    title: 'Clauses, category by category',
    about: [
      'Pooled over the contracts of each category; in brackets the 95% interval, which is wide where few contracts have the category.',
    ],
    plot: categoryPlot(categories),
    tables: [
      {
        header: ['category', 'contracts', 'labels', 'average precision', 'first overlaps a label'],
        rows: Object.entries(categories).map(([category, { contracts, labels, ap, first }]) => [
          category,
          String(contracts),
          String(labels),
          withInterval(ap),
          withInterval(first),
        ]),
      },
    ],
  };
}

export function calibrationSection({ calibration, reliability }: CommittedFigures): Section {
  return {
    id: 'calibration',
    title: 'Calibration of confidences',
    about: [
      'Of the predictions with a confidence of about 0.8, eight in ten should match a label. The expected calibration error is the mean difference between confidence and share that is right, over ten ranges of confidence, weighted by the number of predictions; lower is better. Most predictions have a low confidence, so the error is also given for those at 0.5 and above.',
    ],
    plot: reliabilityPlot(reliability),
    tables: [
      {
        header: ['figure', ...estimateHeader],
        rows: [
          ['expected calibration error', ...estimateCells(calibration.error)],
          [
            'expected calibration error, confidence 0.5 and above',
            ...estimateCells(calibration.errorFromHalf),
          ],
          ['share right, confidence 0.5 and above', ...estimateCells(calibration.rightFromHalf)],
        ],
      },
      {
        caption: 'Reliability',
        header: ['confidence', 'predictions', 'right', 'mean confidence', 'share right'],
        rows: reliability.map(({ from, to, count, right, meanConfidence }) => [
          `${from.toFixed(1)} – ${to.toFixed(1)}`,
          String(count),
          String(right),
          count === 0 ? '—' : figure(meanConfidence),
          figure(right / count),
        ]),
      },
    ],
  };
}

const presenceRows: [key: PresenceFigure, name: string][] = [
  ['precision', 'presence: precision'],
  ['recall', 'presence: recall'],
  ['meanPrecision', 'presence: precision, mean of types'],
  ['meanRecall', 'presence: recall, mean of types'],
  ['absencePrecision', 'absence: precision'],
  ['absenceRecall', 'absence: recall'],
];

export function presenceSection(figures: CommittedFigures): Section {
  const { presence, presenceByCategory, absence } = figures;
  return {
    id: 'presence',
    title: 'Presence of a clause type in a contract',
    about: [
      'A contract is predicted to have a clause type where the probability that any of its passages is such a clause reaches 0.5, and to lack it otherwise; the filters has_clauses and lacks_clauses use this prediction. The last table shows how reliable a predicted absence is: by range of that probability, the share of contracts that do lack the type.',
    ],
    tables: [
      {
        header: ['figure', ...estimateHeader],
        rows: presenceRows.map(([key, name]) => [name, ...estimateCells(presence[key])]),
      },
      {
        caption: 'By type',
        header: [
          'category',
          'contracts with a label',
          'presence: precision',
          'presence: recall',
          'absence: precision',
          'absence: recall',
        ],
        rows: Object.entries(presenceByCategory).map(([category, counts]) => [
          category,
          String(counts.right + counts.missed),
          figure(precisionOf(counts)),
          figure(recallOf(counts)),
          figure(absencePrecisionOf(counts)),
          figure(absenceRecallOf(counts)),
        ]),
      },
      {
        caption: 'Predicted absence',
        header: ['probability', 'pairs of contract and type', 'lack the type', 'share'],
        rows: absence.map(({ from, to, count, lack }) => [
          `${from.toFixed(2)} – ${to.toFixed(2)}`,
          String(count),
          String(lack),
          figure(lack / count),
        ]),
      },
    ],
  };
}

export function ownTypesSection({ ownTypes }: CommittedFigures): Section {
  return {
    id: 'own-types',
    title: 'Clause types beyond CUAD',
    about: [
      'These types have no labels from lawyers, but many sections have a heading that names their subject. The headings are removed before the analysis, so that clauses are found by the text alone; those at 0.5 and above are then compared with the headings. Of the clauses under a heading that names any type, precision is the share under a heading of their own type. Recall is the share of sections with a heading of the type in which a clause of it is found.',
      'A clause under a heading of another type counts as wrong even where a lawyer would accept it, so precision is a lower bound.',
    ],
    tables: [
      {
        header: ['type', 'sections with such a heading', 'found', 'precision', 'recall'],
        rows: Object.entries(ownTypes).map(([type, { counts, precision, recall }]) => [
          clauseTypes.find(({ id }) => id === type)?.title ?? type,
          String(counts.headed),
          String(counts.predicted),
          withInterval(precision),
          withInterval(recall),
        ]),
      },
    ],
  };
}

const factGoals: Record<string, string> = {
  'all parties found': '0.90',
  'effective date': '0.80',
  'expiration date': '0.80',
  'governing law': '0.95',
};

export function factsSection({ facts, parties }: CommittedFigures): Section {
  const entries = Object.entries(facts);
  return {
    id: 'facts',
    title: 'Facts, against the lawyers’ answers',
    about: [
      'Exact after normalisation: dates by day, names by party key (case, punctuation and corporate suffix aside), lengths of time by months or days. Wrong: a value other than the lawyers’. Absent: no value where they have one. Found without answer: a value where they have none, which is no error if the contract states it. Facts are found by rules that are not trained. The rules were written on the contracts of half of the companies (development); the share on the other half (held out) is given separately.',
    ],
    plot: factPlot(facts),
    tables: [
      {
        header: [
          'fact',
          'right',
          'wrong',
          'absent',
          'found without answer',
          'right of found',
          'development companies',
          'held-out companies',
        ],
        rows: entries.map(([fact, { counts, rightOfFound, developmentShare, heldOutShare }]) => [
          fact,
          String(counts.right),
          String(counts.wrong),
          String(counts.absent),
          String(counts.extra),
          withInterval(rightOfFound),
          figure(developmentShare),
          figure(heldOutShare),
        ]),
      },
      {
        caption: 'Right of answered',
        header: ['fact', ...estimateHeader, 'goal'],
        rows: entries.map(([fact, { right }]) => [
          fact,
          ...estimateCells(right),
          factGoals[fact] ?? '',
        ]),
      },
      {
        caption: 'Parties, name by name',
        header: ['figure', ...estimateHeader],
        rows: [
          ['precision: names found that the lawyers name', ...estimateCells(parties.precision)],
          ['recall: names of the lawyers that are found', ...estimateCells(parties.recall)],
        ],
      },
    ],
  };
}

export function retrievalSection({ retrieval }: QualityFigures): Section {
  const about = [
    '“Consider the … between … and …; what is …?” over all contracts, and the question alone in the right contract, through the product’s own search, with embedding models learned from the other half of the companies. Shares of labelled characters in the first 8 passages, of the first passage’s characters that are labelled, and of first passages in the right contract: mean over queries (half 1, half 2).',
  ];
  if (!retrieval) {
    about.push('Not measured: run npm run bench:quality -- --retrieval (about ten minutes more).');
    return { id: 'retrieval', title: 'Retrieval', about, tables: [] };
  }
  const queries = retrieval.rows[0]?.halves.map((half) => half.queries).join(' + ') ?? '0';
  about.push(
    `Measured on ${retrieval.on} on ${retrieval.machine}, ${queries} queries. A run with --retrieval measures it again; other runs show the latest measurement.`,
  );
  return {
    id: 'retrieval',
    title: 'Retrieval',
    about,
    tables: [
      retrievalTable(retrieval),
      { caption: 'Characters in the first 8, by category', ...retrievalCategoryTable(retrieval) },
    ],
  };
}

export function pdfSection({ pdfDifference, pdfs }: QualityFigures): Section {
  return {
    id: 'pdf',
    title: 'PDFs compared with texts',
    about: [
      `The ${pdfs} contracts that have a PDF, extracted by Deedbox, compared with the texts that CUAD supplies for them. Labels are compared by their words. Offsets differ between PDF and text, so “overlaps” means here, for both, that more than half of the words of the shorter span are shared. No figure on PDFs may be lower by more than ${tolerance}.`,
    ],
    plot: pdfPlot(pdfDifference),
    tables: [
      {
        header: ['figure', 'given text', 'PDF', 'difference', ''],
        rows: pdfDifference.map(({ figure: name, text, pdf, difference, tooLow }) => [
          name,
          figure(text),
          figure(pdf),
          figure(difference),
          tooLow ? `lower by more than ${tolerance}` : '',
        ]),
        bad: pdfDifference.flatMap(({ tooLow }, row) => (tooLow ? [row] : [])),
      },
    ],
  };
}

export function speedSection({ speed }: CommittedFigures): Section {
  const { contracts, median, slowest, modelBytes } = speed;
  const size = `${(modelBytes / 2 ** 20).toFixed(2)} MiB`;
  return {
    id: 'speed',
    title: 'Speed and size',
    about: [
      'Processor time for scoring all clause types in fifty pages of 3,000 characters, without segmentation; each contract has the median of five runs.',
    ],
    tables: [
      {
        header: ['figure', 'measured', 'limit'],
        rows: [
          [`median of ${contracts} contracts of 50 pages`, `${median.toFixed(1)} ms`, '50 ms'],
          ['slowest of these contracts', `${slowest.toFixed(1)} ms`, '50 ms'],
          ['model on disk', size, '12 MiB'],
        ],
      },
    ],
  };
}
