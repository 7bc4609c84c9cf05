import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSearchEngine } from '../../src/composition/app.ts';
import { ingestSources } from '../../src/commands/ingest.ts';
import type { Span } from '../../src/domain/documents.ts';
import { matchAll } from '../../src/search/filters.ts';
import { candidatePassages } from '../../src/search/rank.ts';
import type { Config } from '../../src/settings/config.ts';
import type { CuadContract } from '../corpus.ts';
import { configWithout } from '../halves.ts';
import { queriesOf } from '../labelled-queries.ts';
import { overlap } from '../spans.ts';
import type { RankingExample } from './examples.ts';
import { clauseTemplates, labelledClauses, rareWords, sample, wordTemplates } from './questions.ts';

/** Labelled questions and rare words of a half, at most. */
const maxQueries = 400;
const maxWords = 100;

type Engine = Awaited<ReturnType<typeof openSearchEngine>>;
type Context = Parameters<typeof candidatePassages>[0];

/** Ingests a folder, and runs `work` over it. */
async function withFolder<T>(
  folder: string,
  configure: (data: string) => Config,
  work: (context: Context, ids: Map<string, string>) => Promise<T>,
): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-ranking-'));
  let engine: Engine | undefined;
  try {
    const config = configure(data);
    await ingestSources(config, [folder], { kind: 'incremental', json: false });
    engine = await openSearchEngine(config);
    const context = { ...engine, scopedIndex: await engine.scopedIndexFor('unrestricted') };
    return await work(context, await idsByName(context));
  } finally {
    await engine?.close();
    await rm(data, { recursive: true, force: true });
  }
}

const everything = matchAll({ today: () => '2026-01-01' });

async function idsByName({ scopedIndex }: Context): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (;;) {
    const page = { sort: 'title', limit: 500, offset: ids.size } as const;
    const { documents } = await scopedIndex.documents(everything, page);
    for (const { documentId, file } of documents) ids.set(file.fileName, documentId);
    if (documents.length < 500) return ids;
  }
}

/** Labelled questions over all contracts and in the right one, and rare words. */
async function contractExamples(
  corpus: string,
  half: CuadContract[],
  all: CuadContract[],
  context: Context,
  ids: Map<string, string>,
): Promise<RankingExample[]> {
  const examples: RankingExample[] = [];
  const add = async (
    kind: RankingExample['kind'],
    query: string,
    scope: string | undefined,
    { id, spans }: { id: string; spans: Span[] },
  ) => {
    const filter = scope === undefined ? everything : { ...everything, documentIds: [scope] };
    const candidates = await candidatePassages(context, query, filter);
    const gainOf = (passage: Span) => spans.reduce((sum, span) => sum + overlap(passage, span), 0);
    examples.push({
      kind,
      total: spans.reduce((sum, { start, end }) => sum + end - start, 0),
      passages: candidates.map((one) => ({
        features: one.features,
        gain: one.documentId === id ? gainOf(one) : 0,
      })),
    });
  };
  const companies = new Set(half.map(({ company }) => company));
  for (const { contract, query, question, answer } of sample(
    queriesOf(corpus, companies),
    maxQueries,
  )) {
    const target = { id: ids.get(contract)!, spans: answer };
    await add('labelled', query, undefined, target);
    await add('labelled', question, target.id, target);
  }
  const fileNames = new Map(half.map(({ name, fileName }) => [name, fileName]));
  const texts = new Map(half.map(({ name, text }) => [name, text]));
  const words = rareWords(all).filter(({ contract }) => fileNames.has(contract));
  for (const { word, contract } of sample(words, maxWords)) {
    const places = [...texts.get(contract)!.matchAll(new RegExp(`\\b${word}\\b`, 'gi'))];
    const spans = places.map(({ index }) => ({ start: index, end: index + word.length }));
    const id = ids.get(fileNames.get(contract)!)!;
    for (const template of wordTemplates) {
      await add('rare word', template(word), undefined, { id, spans });
    }
  }
  return examples;
}

/** Labelled clauses as files of their own, asked for by their category. */
async function clauseExamples(
  half: CuadContract[],
  configure: (data: string) => Config,
): Promise<RankingExample[]> {
  const folder = await mkdtemp(join(tmpdir(), 'deedbox-clauses-'));
  try {
    const categories = new Map<string, string>();
    const clauses = labelledClauses(half);
    for (const [category, texts] of clauses) {
      for (const text of texts) {
        const name = `clause-${String(categories.size + 1).padStart(5, '0')}.txt`;
        categories.set(name, category);
        await writeFile(join(folder, name), `${text}\n`);
      }
    }
    return await withFolder(folder, configure, async (context, ids) => {
      const categoryOf = new Map([...ids].map(([name, id]) => [id, categories.get(name)]));
      const examples: RankingExample[] = [];
      for (const [category, { length }] of clauses) {
        for (const template of clauseTemplates) {
          const candidates = await candidatePassages(context, template(category), everything);
          examples.push({
            kind: 'clause file',
            total: length,
            passages: candidates.map(({ features, documentId }) => ({
              features,
              gain: categoryOf.get(documentId) === category ? 1 : 0,
            })),
          });
        }
      }
      return examples;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Examples of one half of the companies, by models that were trained on the other half alone. */
export async function collectExamples(
  corpus: string,
  half: number,
  halves: CuadContract[][],
): Promise<RankingExample[]> {
  const configure = (data: string) => configWithout(half, halves, data);
  const contracts = await withFolder(join(corpus, 'contracts'), configure, (context, ids) =>
    contractExamples(corpus, halves[half]!, halves.flat(), context, ids),
  );
  return [...contracts, ...(await clauseExamples(halves[half]!, configure))];
}
