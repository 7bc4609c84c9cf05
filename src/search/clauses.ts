import type { ExtractClausesAnswer } from './answers.ts';
import type { ExtractClausesRequest } from './requests.ts';
import type { SearchServices } from './search.ts';

/** Throws `not_found` when one of the ids is unknown. */
export async function extractClauses(
  _services: SearchServices,
  _request: ExtractClausesRequest,
): Promise<ExtractClausesAnswer> {
  throw new Error('being written');
}
