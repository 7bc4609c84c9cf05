import { matchAll } from '../src/search/filters.ts';
import { fusionWeights } from '../src/search/fusion.ts';
import { rankPassages } from '../src/search/rank.ts';
import type { SearchContext } from '../src/search/context.ts';
import { union } from '../training/spans.ts';
import {
  labelledQueries,
  totalLength,
  sharedCharacters,
  type LabelledQuery,
} from './retrieval-queries.ts';

export interface RetrievalFigures {
  queries: number;
  /** Labelled characters among the first 8 passages, mean over queries. */
  recall8: number;
  /** Of the first passage's characters, how many are labelled, mean over queries. */
  precision1: number;
  /** How often the first passage is in the right contract. */
  rightContract: number;
}

const depth = 8;

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

/** The id of each contract of the corpus, by file name. */
export async function documentIds(context: SearchContext): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let offset = 0; ; offset += 500) {
    const { documents } = await context.scopedIndex.documents(matchAll(context), {
      sort: 'title',
      limit: 500,
      offset,
    });
    for (const document of documents) ids.set(document.file.fileName, document.documentId);
    if (documents.length < 500) return ids;
  }
}

/**
 * LegalBench-RAG's character measure (arXiv 2408.10343) through the product's own ranking.
 * @param scope `all`: the whole query over all contracts; `contract`: the question in the right one
 */
export async function measureRetrieval(
  context: SearchContext,
  queries: LabelledQuery[],
  scope: 'all' | 'contract',
  weights = fusionWeights,
): Promise<{ figures: RetrievalFigures; byCategory: Map<string, number> }> {
  const ids = await documentIds(context);
  const recalls: number[] = [];
  const precisions: number[] = [];
  const right: number[] = [];
  const byCategory = new Map<string, number[]>();
  for (const query of queries) {
    const id = ids.get(query.contract);
    if (id === undefined) continue;
    const ranked =
      scope === 'all'
        ? await rankPassages(context, query.query, matchAll(context), weights)
        : await rankPassages(
            context,
            query.question,
            { ...matchAll(context), documentIds: [id] },
            weights,
          );
    const found = ranked.slice(0, depth).map(({ start, end, documentId }) => ({
      start,
      end,
      isRightContract: documentId === id,
    }));
    const rightSpans = union(found.filter((span) => span.isRightContract));
    const recall = sharedCharacters(rightSpans, query.answer) / totalLength(query.answer);
    const first = found[0];
    recalls.push(recall);
    right.push(first?.isRightContract ? 1 : 0);
    precisions.push(
      first?.isRightContract ? sharedCharacters([first], query.answer) / totalLength([first]) : 0,
    );
    byCategory.set(query.category, [...(byCategory.get(query.category) ?? []), recall]);
  }
  return {
    figures: {
      queries: recalls.length,
      recall8: mean(recalls),
      precision1: mean(precisions),
      rightContract: mean(right),
    },
    byCategory: new Map([...byCategory].map(([category, values]) => [category, mean(values)])),
  };
}

export function queriesOf(corpus: string, companies?: Set<string>): LabelledQuery[] {
  return labelledQueries(corpus).filter((query) => companies?.has(query.company) ?? true);
}
