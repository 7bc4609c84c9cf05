import { DeedboxError } from '../errors/errors.ts';

const documentPattern =
  /^deedbox:\/\/documents\/([A-Za-z0-9_-]{1,64})(?:\/clauses|\/pages\/[1-9]\d{0,8})?$/;
const registerPattern = /^deedbox:\/\/register(?:\/[1-9]\d{0,8})?$/;
const clauseTypesUri = 'deedbox://clause-types';

/** Characters of a foreign URI that an error repeats. */
const maxQuotedLength = 100;

/** The document that the URI of a resource names; undefined where it names none. */
export function documentIdFromUri(uri: string): string | undefined {
  return documentPattern.exec(uri)?.[1];
}

export const isRegisterUri = (uri: string) => registerPattern.test(uri);

/**
 * @param ownUris resources that are not of Deedbox, where a server has some
 * @throws DeedboxError `invalid_request` for a URI that names no resource
 */
export function requireResourceUris(
  uris: readonly string[],
  ownUris: readonly string[] = [],
): void {
  const unknown = uris.find(
    (uri) =>
      documentIdFromUri(uri) === undefined &&
      !isRegisterUri(uri) &&
      uri !== clauseTypesUri &&
      !ownUris.includes(uri),
  );
  if (unknown === undefined) return;
  const quoted =
    unknown.length > maxQuotedLength ? `${unknown.slice(0, maxQuotedLength)}…` : unknown;
  throw new DeedboxError('invalid_request', `No resource of Deedbox has the URI "${quoted}".`, {
    hint: 'resources/list gives the URIs, such as deedbox://documents/ and a document_id.',
  });
}
