import {
  type McpServer,
  type ReadResourceResult,
  type Resource,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Disclosure } from '../../settings/disclosure.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { matchAll } from '../../search/filters.ts';
import { resourceUri } from '../../search/summary.ts';
import type { StoredDocument } from '../../store/records.ts';
import { withAudit, type WithDisclosures, type ObservabilityOptions } from '../audit-events.ts';
import { disclosuresWithoutText } from '../disclosures.ts';
import { protocolFailure } from '../failures.ts';
import type { McpServices, ServicesFactory } from '../services.ts';
import { clauseTypesMarkdown } from './clause-types.ts';
import { clausesMarkdown, documentMarkdown, pageMarkdown } from './document-text.ts';
import { contractsPerPage, registerMarkdown } from './register.ts';

const mimeType = 'text/markdown';
/** Documents on one page of the list, at most. */
const maxListed = 100;

const staticResources: Resource[] = [
  {
    uri: 'deedbox://register',
    name: 'register',
    title: 'Contract register',
    description: 'Every contract with its parties, dates, law and status',
    mimeType,
  },
  {
    uri: 'deedbox://clause-types',
    name: 'clause-types',
    title: 'Clause types',
    description: 'The kinds of clause that can be extracted, with their definitions',
    mimeType,
  },
];

function toResource({ documentId, file, analysis }: StoredDocument): Resource {
  return {
    uri: resourceUri(documentId),
    name: file.fileName,
    title: analysis.title,
    description: [analysis.documentType, ...analysis.parties.map((party) => party.name)].join(', '),
    mimeType,
    annotations: { lastModified: file.modifiedAt },
  };
}

function offsetFromCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const offset = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{1,9}$/.test(offset)) {
    throw new DeedboxError('invalid_request', 'This cursor is not one that the list gave.', {
      hint: 'Ask for the list without a cursor.',
    });
  }
  return Number(offset);
}

async function listResources(
  services: McpServices,
  { cursor, first, perPage }: { cursor: string | undefined; first: Resource[]; perPage: number },
) {
  const offset = offsetFromCursor(cursor);
  const { total, documents } = await services.scopedIndex.documents(matchAll(services), {
    sort: 'title',
    limit: perPage,
    offset,
  });
  const end = offset + perPage;
  return {
    answer: {
      resources: [...(cursor === undefined ? first : []), ...documents.map(toResource)],
      ...(end < total ? { nextCursor: Buffer.from(String(end)).toString('base64url') } : {}),
    },
    disclosed: disclosuresWithoutText(documents.map(({ documentId }) => documentId)),
  };
}

/** Registers what clients can read; `extra` stands first in the list. */
export function registerResources(
  server: McpServer,
  open: ServicesFactory,
  options: ObservabilityOptions & { extra: Resource[]; disclosure: Disclosure },
): void {
  const { extra, disclosure, auditSink, log } = options;
  const readHandler =
    (
      markdown: (
        services: McpServices,
        variables: Record<string, string>,
      ) => Promise<WithDisclosures<string>>,
    ) =>
    async (
      uri: URL,
      variables: Record<string, string | string[]>,
      ctx: ServerContext,
    ): Promise<ReadResourceResult> => {
      const name = uri.toString();
      try {
        return await withAudit(auditSink, { event: 'resource', name }, ctx, async () => {
          const result = await markdown(await open(), variables as Record<string, string>);
          const { answer: text, disclosed } = result;
          return { answer: { contents: [{ uri: name, mimeType, text }] }, disclosed };
        });
      } catch (error) {
        throw protocolFailure(error, uri.toString(), log);
      }
    };

  const template = (uri: string) => new ResourceTemplate(uri, { list: undefined });

  const [register, types] = staticResources as [Resource, Resource];
  const firstPage = readHandler((services) => registerMarkdown(services, disclosure, 1));
  server.registerResource(register.name, register.uri, register, (uri, ctx) =>
    firstPage(uri, {}, ctx),
  );
  server.registerResource(types.name, types.uri, types, (uri) => ({
    contents: [{ uri: uri.toString(), mimeType, text: clauseTypesMarkdown() }],
  }));
  server.registerResource(
    'register-page',
    template('deedbox://register/{page}'),
    { title: 'Contract register, further pages', mimeType },
    readHandler((services, { page: number }) =>
      registerMarkdown(services, disclosure, Number(number)),
    ),
  );
  server.registerResource(
    'document',
    template('deedbox://documents/{id}'),
    { title: 'Contract', description: 'Facts and text with page marks', mimeType },
    readHandler((services, variables) => documentMarkdown(services, disclosure, variables['id']!)),
  );
  server.registerResource(
    'document-page',
    template('deedbox://documents/{id}/pages/{page}'),
    { title: 'Page of a contract', mimeType },
    readHandler((services, { id: document, page: number }) =>
      pageMarkdown(services, disclosure, document!, number!),
    ),
  );
  server.registerResource(
    'document-clauses',
    template('deedbox://documents/{id}/clauses'),
    { title: 'Clauses of a contract', description: 'The likeliest of each type', mimeType },
    readHandler((services, variables) => clausesMarkdown(services, disclosure, variables['id']!)),
  );

  server.server.setRequestHandler('resources/list', async (request, ctx) => {
    const call = { event: 'resource_list', name: 'resources/list' } as const;
    try {
      return await withAudit(auditSink, call, ctx, async () =>
        listResources(await open(), {
          cursor: request.params?.cursor,
          first: [...extra, ...staticResources],
          perPage: contractsPerPage(disclosure, maxListed),
        }),
      );
    } catch (error) {
      throw protocolFailure(error, 'resources/list', log);
    }
  });
}
