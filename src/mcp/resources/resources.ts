import {
  type McpServer,
  type ReadResourceResult,
  type Resource,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { singleLine } from '../../encode/visible.ts';
import { clauseTypes } from '../../analyse/clause-types.ts';
import type { Disclosure } from '../../settings/disclosure.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { matchAll } from '../../search/filters.ts';
import { resourceUri } from '../../search/summary.ts';
import type { StoredDocument } from '../../store/records.ts';
import { protocolFailure } from '../failures.ts';
import { limitKey } from '../http-limits.ts';
import { markdownTable } from '../render.ts';
import { callContext } from '../request-auth.ts';
import { type Connection, type McpServices, openToRead } from '../services.ts';
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
    name: singleLine(file.fileName),
    title: singleLine(analysis.title),
    description: [
      analysis.documentType,
      ...analysis.parties.map((party) => singleLine(party.name)),
    ].join(', '),
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
  services.disclosure.recordDocuments(documents.map(({ documentId }) => documentId));
  return {
    resources: [...(cursor === undefined ? first : []), ...documents.map(toResource)],
    ...(end < total ? { nextCursor: Buffer.from(String(end)).toString('base64url') } : {}),
  };
}

/** Every type of clause that Deedbox knows, as a Markdown table. */
export function clauseTypesMarkdown(): string {
  return markdownTable(
    ['clause_type', 'Title', 'What it says', 'Origin'],
    clauseTypes.map((type) => [
      `\`${type.id}\``,
      type.title,
      type.definition,
      type.origin === 'cuad' ? 'CUAD' : 'Deedbox',
    ]),
  );
}

/**
 * Registers what clients can read.
 * @param options.extra resources that stand first in the list
 */
export function registerResources(
  server: McpServer,
  { open, context: connectionContext, callQueue, log }: Connection,
  { extra, limits }: { extra: Resource[]; limits: Disclosure },
): void {
  const readHandler =
    (markdown: (services: McpServices, variables: Record<string, string>) => Promise<string>) =>
    async (
      uri: URL,
      variables: Record<string, string | string[]>,
      ctx: ServerContext,
    ): Promise<ReadResourceResult> => {
      const name = uri.toString();
      const context = callContext(ctx, connectionContext);
      try {
        const text = await context.audited({ event: 'resource', name }, () =>
          callQueue.answer(
            limitKey(context),
            () => openToRead(open, context),
            (services) => markdown(services, variables as Record<string, string>),
          ),
        );
        return { contents: [{ uri: name, mimeType, text }] };
      } catch (error) {
        throw protocolFailure(error, name, log);
      }
    };

  const template = (uri: string) => new ResourceTemplate(uri, { list: undefined });

  const [register, types] = staticResources as [Resource, Resource];
  const firstPage = readHandler((services) => registerMarkdown(services, limits, 1));
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
    readHandler((services, { page: number }) => registerMarkdown(services, limits, Number(number))),
  );
  server.registerResource(
    'document',
    template('deedbox://documents/{id}'),
    { title: 'Contract', description: 'Facts and text with page marks', mimeType },
    readHandler((services, variables) => documentMarkdown(services, limits, variables['id']!)),
  );
  server.registerResource(
    'document-page',
    template('deedbox://documents/{id}/pages/{page}'),
    { title: 'Page of a contract', mimeType },
    readHandler((services, { id: document, page: number }) =>
      pageMarkdown(services, limits, document!, number!),
    ),
  );
  server.registerResource(
    'document-clauses',
    template('deedbox://documents/{id}/clauses'),
    { title: 'Clauses of a contract', description: 'The likeliest of each type', mimeType },
    readHandler((services, variables) => clausesMarkdown(services, limits, variables['id']!)),
  );

  server.server.setRequestHandler('resources/list', async (request, ctx) => {
    const context = callContext(ctx, connectionContext);
    const operation = { event: 'resource_list', name: 'resources/list' } as const;
    try {
      return await context.audited(operation, () =>
        callQueue.answer(
          limitKey(context),
          () => openToRead(open, context),
          (services) =>
            listResources(services, {
              cursor: request.params?.cursor,
              first: [...extra, ...staticResources],
              perPage: contractsPerPage(limits, maxListed),
            }),
        ),
      );
    } catch (error) {
      throw protocolFailure(error, 'resources/list', log);
    }
  });
}
