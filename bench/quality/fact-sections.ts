import { retrievalCategoryTable, retrievalTable } from '../retrieval-report.ts';
import { tolerance } from './pdf-difference.ts';
import { factPlot, pdfPlot } from './plots.ts';
import type { QualityFigures } from './quality-figures.ts';
import { figure, estimateCells, estimateHeader, withInterval, type Section } from './section.ts';

const factGoals: Record<string, string> = {
  'all parties found': '0.90',
  'effective date': '0.80',
  'expiration date': '0.80',
  'governing law': '0.95',
};

export function factsSection({ facts, parties }: QualityFigures): Section {
  const entries = Object.entries(facts);
  return {
    id: 'facts',
    title: 'Facts, against the lawyers’ answers',
    about: [
      'Exact after normalisation: dates by day, names by party key (case, punctuation and corporate suffix aside), lengths of time by months or days. Wrong is another value than the lawyers’; absent is none where they have one; found without answer is a value where they have none, which is no error where the contract does state it. Facts are found by rules that learn nothing from the contracts of a fold; they were written looking at half of the companies, so the share on the other half is told apart.',
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
          'companies looked at',
          'the others',
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
          ['found, and named by the lawyers', ...estimateCells(parties.precision)],
          ['named by the lawyers, and found', ...estimateCells(parties.recall)],
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
    about.push('Not measured: run npm run bench:quality -- --retrieval (some ten minutes more).');
    return { id: 'retrieval', title: 'Retrieval', about, tables: [] };
  }
  const queries = retrieval.rows[0]?.halves.map((half) => half.queries).join(' + ') ?? '0';
  about.push(
    `Measured on ${retrieval.on} on ${retrieval.machine}, ${queries} queries. A run with --retrieval measures anew; other runs show the latest.`,
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
    title: 'PDFs beside texts',
    about: [
      `The ${pdfs} contracts that have a PDF, read from it by the product’s own extraction and compared with the same contracts’ given texts. Labels are compared by their words; “overlaps” means here, on both sides, sharing more than half of the words of the shorter span, for want of common offsets. No figure on PDFs may be lower by more than ${tolerance}.`,
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

export function speedSection({ speed }: QualityFigures): Section {
  const { contracts, median, slowest, modelBytes } = speed;
  const size =
    modelBytes === undefined
      ? 'none: clauses are found by rules'
      : `${(modelBytes / 2 ** 20).toFixed(2)} MiB`;
  return {
    id: 'speed',
    title: 'Speed and size',
    about: [
      'Scoring all clause types in fifty pages of 3,000 characters, in processor time, segmentation not included; each contract at the median of five runs.',
    ],
    tables: [
      {
        header: ['figure', 'measured', 'limit'],
        rows: [
          [`median of ${contracts} contracts of 50 pages`, `${median.toFixed(1)} ms`, '50 ms'],
          ['the slowest of them', `${slowest.toFixed(1)} ms`, '50 ms'],
          ['model on disk', size, '12 MiB'],
        ],
      },
    ],
  };
}
