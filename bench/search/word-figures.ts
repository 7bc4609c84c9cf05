import { searchDocuments } from '../../src/search/search-documents.ts';
import { searchPassages } from '../../src/search/search-passages.ts';
import type { CuadContract } from '../../training/corpus.ts';
import { rareWords, sample, wordTemplates } from '../../training/ranking/questions.ts';
import type { LabelledIndex } from './labelled-index.ts';

/** How many of some questions for a word were answered rightly. */
export interface WordFigures {
  queries: number;
  /** The first passage has the word; one of the first eight; the first contract is the one with it. */
  first: number;
  inEight: number;
  contractFirst: number;
}

/** Words that stand in one contract, alone and in questions. */
export async function measureWords(
  { context, fileNames }: LabelledIndex,
  contracts: CuadContract[],
  count: number,
): Promise<Record<'alone' | 'question', WordFigures>> {
  const none = { queries: 0, first: 0, inEight: 0, contractFirst: 0 };
  const figures = { alone: { ...none }, question: { ...none } };
  const files = new Map(contracts.map(({ name, fileName }) => [name, fileName]));
  const words = rareWords(contracts);
  for (const { word, contract } of sample(words, count)) {
    for (const [at, template] of wordTemplates.entries()) {
      const request = { query: template(word), limit: 8 };
      const { passages } = await searchPassages(context, request);
      const { documents } = await searchDocuments(context, request);
      const has = passages.map(({ text }) => text.toLowerCase().includes(word.toLowerCase()));
      const kind = figures[at === 0 ? 'alone' : 'question'];
      kind.queries += 1;
      kind.first += has[0] === true ? 1 : 0;
      kind.inEight += has.includes(true) ? 1 : 0;
      const [first] = documents;
      if (first && fileNames.get(first.document_id) === files.get(contract))
        kind.contractFirst += 1;
    }
  }
  return figures;
}
