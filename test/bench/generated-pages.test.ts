import { describe, expect, it } from 'vitest';
import {
  benchmarkSummary,
  clausesAndFactsTable,
  formatFigure,
  retrievalFiguresTable,
  speedTable,
} from '../../bench/docs/benchmarks-page.ts';
import { embeddingCard, partiesCard } from '../../bench/docs/model-cards.ts';
import { figureOf, type Figures, type Result } from '../../training/result-file.ts';

const result = (name: string, figures: Figures): Result => ({
  name,
  command: `npm run bench:${name} -- --option 1`,
  date: '2026-01-02',
  commit: 'abc1234',
  machine: { model: 'a processor', cores: 2, memoryGiB: 24, node: '20.20.2' },
  corpus: 'CUAD v1',
  figures,
});

const ms = (name: string, value: number): Figures => ({
  [`${name}.p50`]: figureOf(value, 'ms'),
  [`${name}.p95`]: figureOf(value * 2, 'ms'),
  [`${name}.p99`]: figureOf(value * 3, 'ms'),
});

const bench = result('bench', {
  'pdf.ingest.indexed': figureOf(85, 'count'),
  'pdf.ingest.pages': figureOf(903, 'count'),
  'pdf.ingest.rate': figureOf(5.19, 'per second'),
  'pdf.ingest.peakMemory': figureOf(297.2, 'MiB'),
  'contracts.ingest.indexed': figureOf(347, 'count'),
  'contracts.index.passages': figureOf(39_012, 'count'),
  'contracts.start.p50': figureOf(320.4, 'ms'),
  ...ms('contracts.tools.search_passages', 15.2),
  ...ms('contracts.tools.search_documents', 17),
});
const clients = result('clients', {
  clients: figureOf(200, 'count'),
  duration: figureOf(120, 's'),
  answers: figureOf(94.3, 'per second'),
  failures: figureOf(0, 'count'),
  ...ms('tools.search_passages', 100),
  ...ms('tools.get_document', 50),
});
const audit = result('audit', { ...ms('line, 1 writer', 0.81), ...ms('line, 50 writers', 2.4) });
const retrieval = result('retrieval', {
  'all.recall8': figureOf(0.894, 'share'),
  'all.rightContract': figureOf(0.98, 'share'),
  'contract.recall8': figureOf(0.92, 'share'),
  'contractWithoutClauseTypes.recall8': figureOf(0.85, 'share'),
});

describe('generated pages', () => {
  it('show shares with two decimals, counts whole, and other values with two digits or more', () => {
    expect(formatFigure(figureOf(0.8, 'share'))).toBe('0.80');
    expect(formatFigure(figureOf(39_012, 'count'))).toBe('39,012');
    expect(formatFigure(figureOf(0.81, 'ms'))).toBe('0.8');
    expect(formatFigure(figureOf(15.2, 'ms'))).toBe('15');
    expect(formatFigure(figureOf(Number.NaN, 'ms'))).toBe('—');
  });

  it('show speeds with where and when they were measured', () => {
    const table = speedTable(bench, clients, audit);
    expect(table).toContain(
      '| 85 PDFs (903 pages) read into an empty index | `npm run bench:bench` | 5.2 documents a second; the worker peaks at 297 MiB |',
    );
    expect(table).toContain('(39,012 passages), over stdio');
    expect(table).toContain('| p50 15 ms, p95 30 ms, p99 46 ms |');
    expect(table).toContain('slowest of 2 tools');
    expect(table).toContain('94 answers a second, 0 failures; p95 200 ms, p99 300 ms');
    expect(table).toContain('audit on 2026-01-02 at commit abc1234 (a processor, 2 cores, 24 GiB');
  });

  it('show retrieval', () => {
    const table = retrievalFiguresTable(retrieval);
    for (const share of ['0.89', '0.98', '0.92', '0.85']) expect(table).toContain(`| ${share} |`);
  });

  it('show clauses, facts and the summary of the README', () => {
    const facts = ['governing law', 'agreement date', 'effective date', 'expiration date'];
    const quality = result('quality', {
      'cuad.aupr': figureOf(0.721, 'share'),
      'cuad.precisionAt80': figureOf(0.429, 'share'),
      'reliability.8.right': figureOf(82, 'count'),
      'reliability.8.count': figureOf(100, 'count'),
      'reliability.9.right': figureOf(95, 'count'),
      'reliability.9.count': figureOf(100, 'count'),
      ...Object.fromEntries(
        [...facts, 'renewal term'].map((fact) => [`facts.${fact}.right`, figureOf(0.9, 'share')]),
      ),
      'facts.expiration date.heldOutShare': figureOf(0.75, 'share'),
      'presence.precision': figureOf(0.91, 'share'),
      'presence.absencePrecision': figureOf(0.93, 'share'),
    });
    const parties = result('parties', {
      'all.rules.allFound': figureOf(0.8, 'share'),
      'all.model.allFound': figureOf(0.83, 'share'),
    });
    const table = clausesAndFactsTable(quality, parties);
    for (const cell of ['0.72; 0.43', '0.82; 0.95', '0.91; 0.93', '0.80; 0.83']) {
      expect(table).toContain(`| ${cell} |`);
    }
    expect(table).toContain('for the expiration date is 0.75.');
    expect(benchmarkSummary(bench, retrieval, quality)).toContain('| 0.89; 0.98 |');
  });

  it('show the figures of the model cards', () => {
    const figuresOf = (name: string): Figures => ({
      [`${name}.contracts`]: figureOf(171, 'count'),
      [`${name}.allFound`]: figureOf(0.8541, 'share'),
      [`${name}.precision`]: figureOf(0.891, 'share'),
      [`${name}.recall`]: figureOf(0.818, 'share'),
    });
    const groups = ['development', 'held out', 'all'];
    const parties = result(
      'parties',
      Object.assign(
        {},
        ...groups.flatMap((group) => ['rules', 'model'].map((m) => figuresOf(`${group}.${m}`))),
      ),
    );
    expect(partiesCard(parties)).toContain(
      '| companies the rules were written on: rules alone | 171 | 0.854 | 0.891 | 0.818 |',
    );
    const rankingFigures = (name: string): Figures =>
      Object.fromEntries(
        ['macro', 'micro'].flatMap((mean) =>
          ['', '.half1', '.half2'].map((half) => [
            `${name}.${mean}${half}`,
            figureOf(0.5, 'share'),
          ]),
        ),
      );
    const card = embeddingCard(
      result('embedding', {
        ...rankingFigures('trained categories.BM25'),
        ...rankingFigures('held-out categories.embedding'),
        'weight.half1': figureOf(0.9, 'share'),
        'weight.half2': figureOf(1, 'share'),
        'categories.Parties.recall': figureOf(0.97, 'share'),
        'categories.Parties.queries': figureOf(346, 'count'),
      }),
    );
    expect(card).toContain('| BM25 | 0.500 / 0.500 | 0.500 / 0.500 | 0.500 / 0.500 |');
    expect(card).toContain('| Parties | 0.97 | 346 |');
    expect(card).toContain('0.9 and 1.');
  });

  it('name the result and the figure that is missing', () => {
    expect(() => retrievalFiguresTable(result('retrieval', {}))).toThrow(
      'bench/results/retrieval.json has no figure "all.recall8".',
    );
  });
});
