import type { Client } from '@modelcontextprotocol/client';
import type { SearchDocumentsAnswer, SyncStatusAnswer } from '../../src/search/answers.ts';
import { commonParties, laws, nameOf, type Office, type Paper, types } from './shared-office.ts';

/** One question of a random person, the answer, and what must be true of it. */
export interface Asked {
  /** What was asked, in words that may come back in the answer. */
  request: string;
  answer: unknown;
  /** Throws where the answer is not what this person must be told; given what they may read. */
  check(readable: Paper[]): void;
}

type Ask = (client: Client, office: Office, http: Http) => Promise<Asked>;
type Http = (path: string) => Promise<string>;

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function sameSet(found: string[], expected: string[], what: string): void {
  const [one, other] = [[...found].sort(), [...expected].sort()];
  must(
    JSON.stringify(one) === JSON.stringify(other),
    `${what}: ${one.length} instead of ${other.length}`,
  );
}

const idsOf = (papers: Paper[]) => papers.map((paper) => paper.documentId);
const some = (office: Office) => office.pick(office.papers);

/** As somebody types it who does not quite remember it. */
function mistyped(office: Office, word: string): string {
  const at = 1 + Math.floor(office.random() * (word.length - 2));
  return word.slice(0, at) + office.pick('aeioubdst'.split('')) + word.slice(at + 1);
}

function query(office: Office): string {
  const random = office.random();
  if (random < 0.35) return `When does the agreement with ${nameOf(some(office))} Holdings end?`;
  if (random < 0.5) return mistyped(office, nameOf(some(office)));
  return office.pick([
    'notice of termination',
    'liability',
    'Which laws govern payment?',
    'insurance',
  ]);
}

function filtersOf(office: Office): Record<string, unknown> {
  const all: Record<string, () => unknown> = {
    document_types: () => [office.pick(types)],
    governing_law: () => office.pick(laws),
    folder: () => office.pick(['clients', 'clients/north', 'board', 'nowhere']),
    has_clauses: () => ['audit_rights'],
    lacks_clauses: () => ['audit_rights'],
  };
  const names = Object.keys(all).filter(
    (name) => name !== 'lacks_clauses' || office.random() < 0.5,
  );
  const chosen = names.filter(() => office.random() < 0.25);
  if (chosen.includes('has_clauses') && chosen.includes('lacks_clauses')) chosen.pop();
  return Object.fromEntries(chosen.map((name) => [name, all[name]!()]));
}

function passing(papers: Paper[], filters: Record<string, unknown>): Paper[] {
  const {
    document_types: kinds,
    governing_law: law,
    folder,
    has_clauses: has,
    lacks_clauses: lacks,
  } = filters;
  return papers.filter(
    (paper) =>
      (kinds === undefined || (kinds as string[]).includes(paper.type)) &&
      (law === undefined || paper.law === law) &&
      (folder === undefined || `${paper.folder}/`.startsWith(`${folder as string}/`)) &&
      (has === undefined || paper.hasAudit) &&
      (lacks === undefined || !paper.hasAudit),
  );
}

const call = (client: Client, name: string, args: Record<string, unknown>) =>
  client.callTool({ name, arguments: args });

/** A tool on chosen documents, some of which may not be read: then it fails as for one that is unknown. */
function onDocuments(tool: string, argumentsFor: (ids: string[]) => Record<string, unknown>): Ask {
  return async (client, office) => {
    const papers = Array.from({ length: tool === 'get_document' ? 1 : 2 }, () => some(office));
    const ids = [...new Set(idsOf(papers))];
    const answer = await call(client, tool, argumentsFor(ids));
    return {
      request: ids.join(' '),
      answer,
      check(readable) {
        const known = idsOf(readable);
        const missing = ids.find((id) => !known.includes(id));
        must((missing !== undefined) === (answer.isError === true), `${tool} on ${missing}`);
        if (missing === undefined) return;
        const text = `Error not_found: There is no document "${missing}". search_documents lists the documents with their ids.`;
        must(JSON.stringify(answer.content) === JSON.stringify([{ type: 'text', text }]), text);
      },
    };
  };
}

const listDocuments: Ask = async (client, office) => {
  const filters = filtersOf(office);
  const answer = await call(client, 'search_documents', { ...filters, limit: 50 });
  return {
    request: JSON.stringify(filters),
    answer,
    check(readable) {
      const { total, documents } = answer.structuredContent as SearchDocumentsAnswer;
      const expected = passing(readable, filters);
      must(total === expected.length, `${total} contracts instead of ${expected.length}`);
      if (total > 50) return;
      sameSet(
        documents.map((one) => one.document_id),
        idsOf(expected),
        'documents',
      );
    },
  };
};

const findParty: Ask = async (client, office) => {
  const random = office.random();
  const paper = some(office);
  const party =
    random < 0.3
      ? office.pick(commonParties)
      : `${random < 0.6 ? mistyped(office, nameOf(paper)) : nameOf(paper)} ${office.pick(['', 'Holdings', 'Partners Inc.'])}`;
  const answer = await call(client, 'search_documents', { party, ...filtersOf(office) });
  return { request: party, answer, check() {} };
};

const searching =
  (tool: string): Ask =>
  async (client, office) => {
    const args = { query: query(office), ...filtersOf(office), limit: 20 };
    const answer = await call(client, tool, args);
    return {
      request: JSON.stringify(args),
      answer,
      check(readable) {
        const { total = 0 } = (answer.structuredContent ?? {}) as { total?: number };
        must(total <= passing(readable, args).length, `${total} found`);
      },
    };
  };

const syncStatus: Ask = async (client) => {
  const answer = await call(client, 'get_sync_status', {});
  return {
    request: '',
    answer,
    check(readable) {
      const told = answer.structuredContent as SyncStatusAnswer;
      if (told.state === 'none') return;
      must(told.found === readable.length && told.indexed === readable.length, 'files of a sync');
      must(told.failures.length === 0 && told.removed === 0, 'failures of a sync');
    },
  };
};

const listResources: Ask = async (client) => {
  const answer = await client.listResources();
  return {
    request: '',
    answer,
    check(readable) {
      const found = answer.resources
        .map(({ uri }) => uri)
        .filter((uri) => uri.includes('documents/'));
      sameSet(
        found,
        idsOf(readable).map((id) => `deedbox://documents/${id}`),
        'resources',
      );
    },
  };
};

const readResource: Ask = async (client, office) => {
  const { documentId } = some(office);
  const uri = `deedbox://documents/${documentId}${office.pick(['', '/pages/1', '/clauses'])}`;
  const answer = await client.readResource({ uri }).catch((error: Error) => error.message);
  return {
    request: uri,
    answer,
    check(readable) {
      const refused = typeof answer === 'string';
      must(refused !== idsOf(readable).includes(documentId), uri);
      must(
        !refused || answer.includes(`There is no document "${documentId}".`),
        `${uri}: ${JSON.stringify(answer)}`,
      );
    },
  };
};

const register: Ask = async (client) => {
  const answer = await client.readResource({ uri: 'deedbox://register' });
  return {
    request: '',
    answer,
    check(readable) {
      const { text } = answer.contents[0] as { text: string };
      must(text.includes(`\n${readable.length} contracts, page 1`), 'the size of the register');
    },
  };
};

const completing =
  (
    ref: Parameters<Client['complete']>[0]['ref'],
    name: string,
    value: (office: Office) => string,
  ): Ask =>
  async (client, office) => {
    const asked = value(office);
    const answer = await client.complete({ ref, argument: { name, value: asked } });
    return {
      request: asked,
      answer,
      check(readable) {
        const { values } = answer.completion;
        if (asked !== '' || name === 'client') return;
        sameSet(values, idsOf(readable).sort().slice(0, 50), 'completions');
      },
    };
  };

const pages: Ask = async (client, office) => {
  const { documentId } = some(office);
  const answer = await client.complete({
    ref: { type: 'ref/resource', uri: 'deedbox://documents/{id}/pages/{page}' },
    argument: { name: 'page', value: '' },
    context: { arguments: { id: documentId } },
  });
  return {
    request: documentId,
    answer,
    check(readable) {
      const { values } = answer.completion;
      must(values.length === (idsOf(readable).includes(documentId) ? 2 : 0), 'pages');
    },
  };
};

const prompt: Ask = async (client, office) => {
  const { documentId } = some(office);
  const [name, args] = office.pick([
    ['expiring_contracts', { days: '90' }],
    ['review_contract', { document_id: documentId }],
  ] as const);
  const answer = await client.getPrompt({ name, arguments: args });
  return { request: documentId, answer, check() {} };
};

const page: Ask = async (_client, _office, http) => {
  const answer = [await http('/'), await http('/health')] as const;
  return {
    request: '',
    answer,
    check(readable) {
      const health = JSON.parse(answer[1]) as { documents: number; queue?: unknown };
      must(health.documents === readable.length && health.queue === undefined, 'health');
      must(answer[0].includes(`<dt>Contracts</dt><dd>${readable.length}</dd>`), 'the page');
    },
  };
};

const partOf = (office: Office) =>
  office.pick(['', some(office).word.slice(0, 3), some(office).documentId.slice(0, 2)]);
const inPrompt = (name: string) => ({ type: 'ref/prompt' as const, name });

/** Every way to ask, each as often as it stands here. */
export const ways: Ask[] = [
  listDocuments,
  listDocuments,
  findParty,
  findParty,
  searching('search_documents'),
  searching('search_documents'),
  searching('search_passages'),
  searching('search_passages'),
  onDocuments('get_document', ([document_id]) => ({ document_id })),
  onDocuments('extract_clauses', (document_ids) => ({ document_ids })),
  onDocuments('extract_clauses', (document_ids) => ({
    document_ids,
    question: 'Who gives notice?',
  })),
  syncStatus,
  listResources,
  readResource,
  register,
  completing({ type: 'ref/resource', uri: 'deedbox://documents/{id}' }, 'id', partOf),
  completing(inPrompt('nda_check'), 'client', partOf),
  completing(inPrompt('compare_clause'), 'document_ids', partOf),
  pages,
  prompt,
  page,
];
