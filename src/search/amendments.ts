import { partyKey } from '../analyse/party-key.ts';
import type { DocumentSummary } from './answers.ts';
import { anyDocument } from './filters.ts';
import { listed, mostListed } from './listed.ts';
import type { SearchServices } from './search.ts';
import { summarize } from './summary.ts';
import { tokens } from './terms.ts';

/** Amendments looked at beside the contracts of one answer, at most. */
const lookedAt = 100;

type Paper = Pick<
  DocumentSummary,
  'document_id' | 'title' | 'file_name' | 'folder' | 'document_type' | 'parties'
>;

/** An amended and restated agreement is whole by itself; an amendment is not. */
export function isAmendment({ document_type: type, title }: Paper): boolean {
  return type === 'amendment' || /\bamendment\b/i.test(title);
}

/** Words of a title that do not tell which contract is meant. */
const commonWords = new Set(
  'a an and the of to for in by between amendment amended restated no number first second third fourth fifth sixth'.split(
    ' ',
  ),
);

const names = (text: string) =>
  tokens(text).filter((token) => !commonWords.has(token) && !/^\d+$/.test(token));

/** Names that are hidden have no key, and say nothing of whether two are the same. */
const keysOf = ({ parties }: Paper) =>
  new Set(parties.map(({ name }) => partyKey(name)).filter((key) => key !== ''));

/**
 * Whether an amendment seems to be one of a contract: it lies in the same folder, is between the same
 * parties, and names the contract in its title or file name, or names none.
 */
export function seemsToAmend(amendment: Paper, contract: Paper): boolean {
  if (amendment.folder !== contract.folder || isAmendment(contract)) return false;
  const parties = keysOf(contract);
  const shared = [...keysOf(amendment)].filter((key) => parties.has(key));
  if (shared.length < 2) return false;
  const said = new Set([...names(amendment.title), ...names(amendment.file_name)]);
  const title = names(contract.title);
  if (said.has(contract.document_type)) return true;
  if (title.length > 0 && title.every((word) => said.has(word))) return true;
  return names(amendment.title).length === 0;
}

/** Amendments in the folders of these contracts, and how many more there are. */
async function amendmentsBeside(
  services: Pick<SearchServices, 'library' | 'today'>,
  contracts: Paper[],
): Promise<{ amendments: Paper[]; more: number }> {
  if (contracts.length === 0) return { amendments: [], more: 0 };
  const { total, documents } = await services.library.documents(
    {
      ...anyDocument(services),
      documentTypes: ['amendment'],
      folders: [...new Set(contracts.map(({ folder }) => folder))],
    },
    { sort: 'title', limit: lookedAt },
  );
  const amendments = documents.map((document) => summarize(document, services.today()));
  return { amendments, more: total - amendments.length };
}

const pairText = ({ contract, amendment }: { contract: Paper; amendment: Paper }) =>
  `${named(contract)} by ${named(amendment)} [${amendment.document_id}]`;

const named = ({ title, file_name: file }: Paper) => `"${title}" (${file})`;

/**
 * What a reader must know of amendments among the documents of an answer, and of amendments beside
 * them: each paper is read by itself.
 */
export async function amendmentNotes(
  services: Pick<SearchServices, 'library' | 'today' | 'alsoNamed'>,
  shown: Paper[],
): Promise<string[]> {
  const contracts = shown.filter((paper) => !isAmendment(paper) && paper.parties.length > 1);
  const { amendments, more } = await amendmentsBeside(services, contracts);
  const pairs = contracts.flatMap((contract) =>
    amendments
      .filter((amendment) => seemsToAmend(amendment, contract))
      .map((amendment) => ({ contract, amendment })),
  );
  const shownPairs = pairs.slice(0, mostListed);
  services.alsoNamed?.(shownPairs.map(({ amendment }) => amendment.document_id));
  const papers = shown.filter(isAmendment).map(named);
  const alone = 'its dates and clauses are those of that paper alone';
  return [
    ...(papers.length > 0
      ? [
          `Amendments are not joined with what they amend yet; of each, ${alone}: ${listed(papers)}.`,
        ]
      : []),
    ...(pairs.length > 0
      ? [
          `Seems to be amended: ${listed(shownPairs.map(pairText), pairs.length)}. Amendments are not joined with what they amend yet: of each ` +
            `contract, ${alone}, so read both.`,
        ]
      : []),
    ...(more > 0
      ? [
          `${more} amendments in the same folders were not compared with these contracts; search_documents with ` +
            'party and document_types ["amendment"] finds those of one party.',
        ]
      : []),
  ];
}
