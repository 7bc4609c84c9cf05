import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSearchEngine } from '../src/composition/app.ts';
import { ingestSources } from '../src/commands/ingest.ts';
import { DisclosureRecorder } from '../src/request/disclosure-recorder.ts';
import { rankingWeights } from '../src/search/ranking-weights.ts';
import { readCorpus, splitByCompany, type Contract } from '../training/corpus.ts';
import { queriesOf } from '../training/labelled-queries.ts';
import { configWithout } from '../training/halves.ts';
import { currentMachine, describeMachine, today } from '../training/result-file.ts';
import { measureRetrieval, type RetrievalReport, type RetrievalRow } from './retrieval.ts';

/**
 * Retrieval through the product's own search, over all contracts of ../shared/cuad. The companies are
 * split into halves; the queries about one half use an embedding model and a clause model that were
 * trained on the other half alone.
 */

const variants = [
  { id: 'all', name: 'whole query, all contracts', scope: 'all', weights: rankingWeights },
  {
    id: 'contract',
    name: 'question, right contract',
    scope: 'contract',
    weights: rankingWeights,
  },
  {
    id: 'contractWithoutClauseTypes',
    name: 'question, right contract, no clause types',
    scope: 'contract',
    weights: { ...rankingWeights, clause: 0 },
  },
] as const;

async function measureHalf(corpus: string, half: number, halves: Contract[][]) {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-retrieval-'));
  try {
    const companies = new Set(halves[half]!.map((contract) => contract.company));
    const config = configWithout(half, halves, data);
    await ingestSources(config, [join(corpus, 'contracts')], { kind: 'incremental', json: false });
    const engine = await openSearchEngine(config);
    try {
      const scopedIndex = await engine.scopedIndexFor('unrestricted');
      const context = { ...engine, scopedIndex, disclosure: new DisclosureRecorder() };
      const queries = queriesOf(corpus, companies);
      const measured = [];
      for (const { scope, weights } of variants) {
        measured.push(await measureRetrieval(context, queries, scope, weights));
      }
      return measured;
    } finally {
      await engine.close();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** Takes about fifteen minutes where the models of the halves are not trained yet. */
export async function measureHalves(corpus: string): Promise<RetrievalReport> {
  const halves = splitByCompany(readCorpus(corpus));
  const rows = variants.map(({ id, name }): RetrievalRow => ({
    id,
    name,
    halves: [],
    categories: [],
  }));
  for (const half of halves.keys()) {
    const measured = await measureHalf(corpus, half, halves);
    measured.forEach(({ figures, byCategory }, variant) => {
      rows[variant]!.halves.push(figures);
      rows[variant]!.categories.push(Object.fromEntries(byCategory));
    });
  }
  return { on: today(), machine: describeMachine(currentMachine()), rows };
}
