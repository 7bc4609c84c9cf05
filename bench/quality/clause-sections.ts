import { clauseTypes } from '../../src/analyse/clause-types.ts';
import type { CuadFigure } from './cuad-measure.ts';
import {
  categoryPlot,
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
import type { QualityFigures } from './quality-figures.ts';
import { figure, estimateCells, estimateHeader, withInterval, type Section } from './section.ts';

/** The best precision at 80% recall in CUAD's paper, on its own split: for orientation. */
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

export function cuadSection({ cuad, curve }: QualityFigures): Section {
  return {
    id: 'cuad',
    title: 'Clauses, by CUAD’s own measure',
    about: [
      'For each of 41 categories in each contract there are predicted spans with a confidence. A predicted span matches a labelled one where the sets of their words (in lower case, without full stops, commas, colons and semicolons) have a Jaccard index of 0.5 or more; for Parties it is also enough that the prediction contains the label.',
      'At a threshold, each label matched by a prediction that is kept is a true positive, each other label a false negative, and each prediction kept that matches no label a false positive, over all contracts and categories together. AUPR is the area under the curve of precision against recall over all thresholds, where precision at a recall is the best at that or a higher recall (arXiv 2103.06268); recall that no threshold reaches adds nothing, and precision at it is 0.',
      'Average precision is the same for one category, or for one contract, with steps in place of trapezoids. The first prediction of a pair of contract and category is the one of the highest confidence; pairs with a label count, and the rate is the mean over categories. It overlaps where it shares a character with a label.',
      'The best of the paper’s transformers reached an AUPR of 0.48, and another 0.44 precision at 80% recall (marked in the plot), on the paper’s own split of contracts: for orientation, not a contest.',
    ],
    plot: precisionRecallPlot(curve, paper),
    tables: [
      {
        header: ['figure', ...estimateHeader, 'floor / goal'],
        rows: cuadRows.map(([key, name, goal]) => [name, ...estimateCells(cuad[key]), goal]),
      },
    ],
  };
}

export function categorySection({ categories }: QualityFigures): Section {
  return {
    id: 'categories',
    title: 'Clauses, category by category',
    about: [
      'Pooled over the contracts of each category; in brackets the 95% interval. A category that few contracts have is known only roughly.',
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

export function calibrationSection({ calibration, reliability }: QualityFigures): Section {
  return {
    id: 'calibration',
    title: 'Calibration: what a confidence is worth',
    about: [
      'Of the predictions given at about 0.8, eight in ten should match a label. The expected calibration error is the mean distance between the confidence given and the share that is right, over ten ranges of confidence, each weighed by its predictions; lower is better. Most predictions are faint, so that it is also told for those at 0.5 and above.',
    ],
    plot: reliabilityPlot(reliability),
    tables: [
      {
        header: ['figure', ...estimateHeader],
        rows: [
          ['expected calibration error', ...estimateCells(calibration.error)],
          ['the same, confidence 0.5 and above', ...estimateCells(calibration.errorFromHalf)],
          ['right, of those at 0.5 and above', ...estimateCells(calibration.rightFromHalf)],
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
  ['precision', 'said to have it: do'],
  ['recall', 'have it: are said to'],
  ['meanPrecision', 'said to have it: do, mean of types'],
  ['meanRecall', 'have it: are said to, mean of types'],
  ['absencePrecision', 'said to lack it: do'],
  ['absenceRecall', 'lack it: are said to'],
];

export function presenceSection(figures: QualityFigures): Section {
  const { presence, presenceByCategory, absence } = figures;
  return {
    id: 'presence',
    title: 'Whether a contract has a clause at all',
    about: [
      'A contract is said to have a type of clause where the probability that any passage is one reaches 0.5, and to lack it else: that is what the filters has_clauses and lacks_clauses go by. The last table says how sure an absence is: by the probability that was not enough, how many of the contracts do lack the type.',
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
          'contracts that have it',
          'said to have it: do',
          'have it: are said to',
          'said to lack it: do',
          'lack it: are said to',
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
        caption: 'Said to lack a type',
        header: ['probability', 'pairs of contract and type', 'do lack it', 'share'],
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

export function ownTypesSection({ ownTypes }: QualityFigures): Section {
  return {
    id: 'own-types',
    title: 'Clause types beyond CUAD',
    about: [
      'No lawyer labelled these, but many contracts say in a heading what a section is about. The headings are hidden from the analysis, clauses are found by the words alone, and those at 0.5 and above are compared with the headings: precision is how many of them stand under a heading of their type, among those under a heading that names any type; recall is in how many of the sections so headed one is found.',
      'A clause that stands under a heading of another type counts as wrong here even where a lawyer would agree with it, so precision is a lower bound.',
    ],
    tables: [
      {
        header: ['type', 'sections so headed', 'found', 'precision', 'recall'],
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
