import type { Client } from '@modelcontextprotocol/client';
import type {
  SearchDocumentsResponse,
  SyncStatusResponse,
} from '../../src/search/response-schemas.ts';
import {
  commonParties,
  laws,
  nameOf,
  type PermissionModel,
  type SharedContract,
  types,
} from './permission-model.ts';

/** A request of a random person, and a check of the answer. */
export interface CheckedRequest {
  /** The words of the request that may occur in the answer. */
  request: string;
  answer: unknown;
  /** Throws where the answer is not the expected one for this person, given what they may read. */
  check(visible: SharedContract[]): void;
}

type SendRequest = (
  client: Client,
  permissionModel: PermissionModel,
  http: FetchPage,
) => Promise<CheckedRequest>;
type FetchPage = (path: string) => Promise<string>;

function assertTrue(condition: boolean, description: string): void {
  if (!condition) throw new Error(description);
}

function sameSet(found: string[], expected: string[], description: string): void {
  const [one, other] = [[...found].sort(), [...expected].sort()];
  assertTrue(
    JSON.stringify(one) === JSON.stringify(other),
    `${description}: ${one.length} instead of ${other.length}`,
  );
}

const idsOf = (contracts: SharedContract[]) => contracts.map((contract) => contract.documentId);
const randomContract = (permissionModel: PermissionModel) =>
  permissionModel.pickRandom(permissionModel.contracts);

/** The word with a typing error. */
function misspell(permissionModel: PermissionModel, word: string): string {
  const at = 1 + Math.floor(permissionModel.random() * (word.length - 2));
  return word.slice(0, at) + permissionModel.pickRandom('aeioubdst'.split('')) + word.slice(at + 1);
}

function randomQuery(permissionModel: PermissionModel): string {
  const random = permissionModel.random();
  if (random < 0.35)
    return `When does the agreement with ${nameOf(randomContract(permissionModel))} Holdings end?`;
  if (random < 0.5) return misspell(permissionModel, nameOf(randomContract(permissionModel)));
  return permissionModel.pickRandom([
    'notice of termination',
    'liability',
    'Which laws govern payment?',
    'insurance',
  ]);
}

function randomFilters(permissionModel: PermissionModel): Record<string, unknown> {
  const all: Record<string, () => unknown> = {
    document_types: () => [permissionModel.pickRandom(types)],
    governing_law: () => permissionModel.pickRandom(laws),
    folder: () => permissionModel.pickRandom(['clients', 'clients/north', 'board', 'nowhere']),
    has_clauses: () => ['audit_rights'],
    lacks_clauses: () => ['audit_rights'],
  };
  const names = Object.keys(all).filter(
    (name) => name !== 'lacks_clauses' || permissionModel.random() < 0.5,
  );
  const chosen = names.filter(() => permissionModel.random() < 0.25);
  if (chosen.includes('has_clauses') && chosen.includes('lacks_clauses')) chosen.pop();
  return Object.fromEntries(chosen.map((name) => [name, all[name]!()]));
}

function matching(contracts: SharedContract[], filters: Record<string, unknown>): SharedContract[] {
  const {
    document_types: kinds,
    governing_law: law,
    folder,
    has_clauses: has,
    lacks_clauses: lacks,
  } = filters;
  return contracts.filter(
    (contract) =>
      (kinds === undefined || (kinds as string[]).includes(contract.type)) &&
      (law === undefined || contract.law === law) &&
      (folder === undefined || `${contract.folder}/`.startsWith(`${folder as string}/`)) &&
      (has === undefined || contract.hasAudit) &&
      (lacks === undefined || !contract.hasAudit),
  );
}

const call = (client: Client, name: string, args: Record<string, unknown>) =>
  client.callTool({ name, arguments: args });

/** A tool with document ids. An id that the person may not read must fail like an unknown id. */
function documentRequest(
  tool: string,
  argumentsFor: (ids: string[]) => Record<string, unknown>,
): SendRequest {
  return async (client, permissionModel) => {
    const contracts = Array.from({ length: tool === 'get_document' ? 1 : 2 }, () =>
      randomContract(permissionModel),
    );
    const ids = [...new Set(idsOf(contracts))];
    const answer = await call(client, tool, argumentsFor(ids));
    return {
      request: ids.join(' '),
      answer,
      check(visible) {
        const known = idsOf(visible);
        const missing = ids.find((id) => !known.includes(id));
        assertTrue((missing !== undefined) === (answer.isError === true), `${tool} on ${missing}`);
        if (missing === undefined) return;
        const text = `Error not_found: There is no document "${missing}". search_documents lists the documents with their ids.`;
        // an id that contains Markdown syntax is code
        const content = JSON.stringify(answer.content).replaceAll('`', '');
        assertTrue(content === JSON.stringify([{ type: 'text', text }]), text);
      },
    };
  };
}

const listDocuments: SendRequest = async (client, permissionModel) => {
  const filters = randomFilters(permissionModel);
  const answer = await call(client, 'search_documents', { ...filters, limit: 50 });
  return {
    request: JSON.stringify(filters),
    answer,
    check(visible) {
      const { total, documents } = answer.structuredContent as SearchDocumentsResponse;
      const expected = matching(visible, filters);
      assertTrue(total === expected.length, `${total} contracts instead of ${expected.length}`);
      if (total > 50) return;
      sameSet(
        documents.map((one) => one.document_id),
        idsOf(expected),
        'documents',
      );
    },
  };
};

const findParty: SendRequest = async (client, permissionModel) => {
  const random = permissionModel.random();
  const contract = randomContract(permissionModel);
  const party =
    random < 0.3
      ? permissionModel.pickRandom(commonParties)
      : `${random < 0.6 ? misspell(permissionModel, nameOf(contract)) : nameOf(contract)} ${permissionModel.pickRandom(['', 'Holdings', 'Partners Inc.'])}`;
  const answer = await call(client, 'search_documents', {
    party,
    ...randomFilters(permissionModel),
  });
  return { request: party, answer, check() {} };
};

const searchRequest =
  (tool: string): SendRequest =>
  async (client, permissionModel) => {
    const args = {
      query: randomQuery(permissionModel),
      ...randomFilters(permissionModel),
      limit: 20,
    };
    const answer = await call(client, tool, args);
    return {
      request: JSON.stringify(args),
      answer,
      check(visible) {
        const { total = 0 } = (answer.structuredContent ?? {}) as { total?: number };
        assertTrue(total <= matching(visible, args).length, `${total} found`);
      },
    };
  };

const syncStatus: SendRequest = async (client) => {
  const answer = await call(client, 'get_sync_status', {});
  return {
    request: '',
    answer,
    check(visible) {
      const status = answer.structuredContent as SyncStatusResponse;
      if (status.state === 'none') return;
      assertTrue(
        status.found === visible.length && status.indexed === visible.length,
        'files of a sync',
      );
      assertTrue(status.failures.length === 0 && status.removed === 0, 'failures of a sync');
    },
  };
};

const listResources: SendRequest = async (client) => {
  const answer = await client.listResources();
  return {
    request: '',
    answer,
    check(visible) {
      const found = answer.resources
        .map(({ uri }) => uri)
        .filter((uri) => uri.includes('documents/'));
      sameSet(
        found,
        idsOf(visible).map((id) => `deedbox://documents/${id}`),
        'resources',
      );
    },
  };
};

const readResource: SendRequest = async (client, permissionModel) => {
  const { documentId } = randomContract(permissionModel);
  const uri = `deedbox://documents/${documentId}${permissionModel.pickRandom(['', '/pages/1', '/clauses'])}`;
  const answer = await client.readResource({ uri }).catch((error: Error) => error.message);
  return {
    request: uri,
    answer,
    check(visible) {
      const isRejected = typeof answer === 'string';
      assertTrue(isRejected !== idsOf(visible).includes(documentId), uri);
      assertTrue(
        !isRejected || answer.includes(`There is no document "${documentId}".`),
        `${uri}: ${JSON.stringify(answer)}`,
      );
    },
  };
};

const registerRequest: SendRequest = async (client) => {
  const answer = await client.readResource({ uri: 'deedbox://register' });
  return {
    request: '',
    answer,
    check(visible) {
      const { text } = answer.contents[0] as { text: string };
      assertTrue(
        text.includes(`\n${visible.length} contracts, page 1`),
        'the size of the register',
      );
    },
  };
};

const completionRequest =
  (
    ref: Parameters<Client['complete']>[0]['ref'],
    name: string,
    value: (permissionModel: PermissionModel) => string,
  ): SendRequest =>
  async (client, permissionModel) => {
    const prefix = value(permissionModel);
    const answer = await client.complete({ ref, argument: { name, value: prefix } });
    return {
      request: prefix,
      answer,
      check(visible) {
        const { values } = answer.completion;
        if (prefix !== '' || name === 'client') return;
        sameSet(values, idsOf(visible).sort().slice(0, 50), 'completions');
      },
    };
  };

const pageCompletion: SendRequest = async (client, permissionModel) => {
  const { documentId } = randomContract(permissionModel);
  const answer = await client.complete({
    ref: { type: 'ref/resource', uri: 'deedbox://documents/{id}/pages/{page}' },
    argument: { name: 'page', value: '' },
    context: { arguments: { id: documentId } },
  });
  return {
    request: documentId,
    answer,
    check(visible) {
      const { values } = answer.completion;
      assertTrue(values.length === (idsOf(visible).includes(documentId) ? 2 : 0), 'pages');
    },
  };
};

const promptRequest: SendRequest = async (client, permissionModel) => {
  const { documentId } = randomContract(permissionModel);
  const [name, args] = permissionModel.pickRandom([
    ['expiring_contracts', { days: '90' }],
    ['review_contract', { document_id: documentId }],
  ] as const);
  const answer = await client.getPrompt({ name, arguments: args });
  return { request: documentId, answer, check() {} };
};

const homePage: SendRequest = async (_client, _permissionModel, http) => {
  const answer = [await http('/'), await http('/health')] as const;
  return {
    request: '',
    answer,
    check(visible) {
      const health = JSON.parse(answer[1]) as { documents: number; queue?: unknown };
      assertTrue(health.documents === visible.length && health.queue === undefined, 'health');
      assertTrue(answer[0].includes(`<dt>Contracts</dt><dd>${visible.length}</dd>`), 'the page');
    },
  };
};

const randomPrefix = (permissionModel: PermissionModel) =>
  permissionModel.pickRandom([
    '',
    randomContract(permissionModel).word.slice(0, 3),
    randomContract(permissionModel).documentId.slice(0, 2),
  ]);
const promptReference = (name: string) => ({ type: 'ref/prompt' as const, name });

/** All kinds of request; one that is listed twice is made twice as often. */
export const requestKinds: SendRequest[] = [
  listDocuments,
  listDocuments,
  findParty,
  findParty,
  searchRequest('search_documents'),
  searchRequest('search_documents'),
  searchRequest('search_passages'),
  searchRequest('search_passages'),
  documentRequest('get_document', ([document_id]) => ({ document_id })),
  documentRequest('extract_clauses', (document_ids) => ({ document_ids })),
  documentRequest('extract_clauses', (document_ids) => ({
    document_ids,
    question: 'Who gives notice?',
  })),
  syncStatus,
  listResources,
  readResource,
  registerRequest,
  completionRequest({ type: 'ref/resource', uri: 'deedbox://documents/{id}' }, 'id', randomPrefix),
  completionRequest(promptReference('nda_check'), 'client', randomPrefix),
  completionRequest(promptReference('compare_clause'), 'document_ids', randomPrefix),
  pageCompletion,
  promptRequest,
  homePage,
];
