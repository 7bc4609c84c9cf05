import { canonicalPartyKey } from '../analyse/canonical-party-key.ts';
import type { DocumentSummary } from './response-schemas.ts';
import { matchAll } from './filters.ts';
import { documentName, joinNames, maxListedNames } from './join-names.ts';
import type { SearchContext } from './context.ts';
import { tokenize } from './query-tokens.ts';

/** Amendments that are compared with the contracts of one answer, at most. */
const maxComparedAmendments = 100;

type ContractSummary = Pick<
  DocumentSummary,
  'document_id' | 'title' | 'file_name' | 'folder' | 'document_type' | 'parties'
>;

/** Whether a document changes another one. An amended and restated agreement replaces it instead. */
export function isAmendment({ document_type: type, title }: ContractSummary): boolean {
  return type === 'amendment' || /\bamendment\b/i.test(title);
}

/** Words of a title that identify no contract. */
const commonWords = new Set(
  'a an and the of to for in by between amendment amended restated no number first second third fourth fifth sixth'.split(
    ' ',
  ),
);

const significantTokens = (text: string) =>
  tokenize(text).filter((token) => !commonWords.has(token) && !/^\d+$/.test(token));

/** Masked names have no key: whether two of them are the same is not known. */
const partyKeysOf = ({ parties }: ContractSummary) =>
  new Set(parties.map(({ name }) => canonicalPartyKey(name)).filter((key) => key !== ''));

/**
 * Whether an amendment seems to be one of a contract: it lies in the same folder, is between the same
 * parties, and names the contract in its title or file name, or names none.
 */
export function seemsToAmend(amendment: ContractSummary, contract: ContractSummary): boolean {
  if (amendment.folder !== contract.folder || isAmendment(contract)) return false;
  const parties = partyKeysOf(contract);
  const shared = [...partyKeysOf(amendment)].filter((key) => parties.has(key));
  if (shared.length < 2) return false;
  const mentionedTokens = new Set([
    ...significantTokens(amendment.title),
    ...significantTokens(amendment.file_name),
  ]);
  const title = significantTokens(contract.title);
  if (mentionedTokens.has(contract.document_type)) return true;
  if (title.length > 0 && title.every((word) => mentionedTokens.has(word))) return true;
  return significantTokens(amendment.title).length === 0;
}

/** Amendments in the folders of these contracts, and how many more there are. */
async function findSiblingAmendments(
  context: Pick<SearchContext, 'scopedIndex' | 'today'>,
  contracts: ContractSummary[],
): Promise<{ amendments: ContractSummary[]; uncomparedCount: number }> {
  // an amendment is between parties of its contract
  const partyKeys = [...new Set(contracts.flatMap((contract) => [...partyKeysOf(contract)]))];
  if (partyKeys.length === 0) return { amendments: [], uncomparedCount: 0 };
  const { total, documents } = await context.scopedIndex.documentNames(
    {
      ...matchAll(context),
      documentTypes: ['amendment'],
      partyKeys,
      folders: [...new Set(contracts.map(({ folder }) => folder))],
    },
    maxComparedAmendments,
  );
  const amendments = documents.map((document) => ({
    document_id: document.documentId,
    title: document.title,
    file_name: document.fileName,
    folder: document.folder,
    document_type: document.documentType,
    parties: document.parties,
  }));
  return { amendments, uncomparedCount: total - amendments.length };
}

const describePair = ({
  contract,
  amendment,
}: {
  contract: ContractSummary;
  amendment: ContractSummary;
}) => `${documentName(contract)} by ${documentName(amendment)} [${amendment.document_id}]`;

/**
 * Notes on the amendments among the documents of an answer, and on those that seem to amend them.
 * Deedbox reads each document by itself.
 */
export async function amendmentNotes(
  context: Pick<SearchContext, 'scopedIndex' | 'today' | 'disclosure'>,
  documents: ContractSummary[],
): Promise<string[]> {
  const contracts = documents.filter(
    (document) => !isAmendment(document) && document.parties.length > 1,
  );
  const { amendments, uncomparedCount } = await findSiblingAmendments(context, contracts);
  const pairs = contracts.flatMap((contract) =>
    amendments
      .filter((amendment) => seemsToAmend(amendment, contract))
      .map((amendment) => ({ contract, amendment })),
  );
  const listedPairs = pairs.slice(0, maxListedNames);
  context.disclosure.recordDocuments(listedPairs.map(({ amendment }) => amendment.document_id));
  const amendmentNames = documents.filter(isAmendment).map(documentName);
  const standsAlone = 'its dates and clauses are those of that document alone';
  return [
    ...(amendmentNames.length > 0
      ? [
          `Amendments are not joined with what they amend yet; of each, ${standsAlone}: ${joinNames(amendmentNames)}.`,
        ]
      : []),
    ...(pairs.length > 0
      ? [
          `Seems to be amended: ${joinNames(listedPairs.map(describePair), pairs.length)}. Amendments are not joined with what they amend yet: of each ` +
            `contract, ${standsAlone}, so read both.`,
        ]
      : []),
    ...(uncomparedCount > 0
      ? [
          `${uncomparedCount} amendments in the same folders were not compared with these contracts; search_documents with ` +
            'party and document_types ["amendment"] finds those of one party.',
        ]
      : []),
  ];
}
