import type { SearchPassagesAnswer } from './answers.ts';
import type { SearchPassagesRequest } from './requests.ts';
import type { SearchServices } from './search.ts';

export async function searchPassages(
  _services: SearchServices,
  _request: SearchPassagesRequest,
): Promise<SearchPassagesAnswer> {
  throw new Error('being written');
}
