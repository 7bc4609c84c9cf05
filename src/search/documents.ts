import type { GetDocumentAnswer, SearchDocumentsAnswer } from './answers.ts';
import type { GetDocumentRequest, SearchDocumentsRequest } from './requests.ts';
import type { SearchServices } from './search.ts';

export async function searchDocuments(
  _services: SearchServices,
  _request: SearchDocumentsRequest,
): Promise<SearchDocumentsAnswer> {
  throw new Error('being written');
}

/** Throws `not_found` for an unknown id and `invalid_request` for pages that are not there. */
export async function getDocument(
  _services: SearchServices,
  _request: GetDocumentRequest,
): Promise<GetDocumentAnswer> {
  throw new Error('being written');
}
