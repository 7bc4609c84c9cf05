import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openWorkspace } from '../composition/app.ts';
import { csvRows } from '../encode/csv.ts';
import { visibleJson } from '../encode/json.ts';
import { safeUrl } from '../encode/markdown.ts';
import { writeError } from '../encode/terminal.ts';
import { singleLine } from '../encode/visible.ts';
import type { Config } from '../settings/config.ts';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import type { DisclosureRecorder } from '../request/disclosure-recorder.ts';
import { citeClause } from '../search/extract-clauses.ts';
import { resolveFilters } from '../search/filters.ts';
import { searchDocumentsRequestSchema } from '../search/request-schemas.ts';
import { hasUnread, unreadInWords } from '../search/reading-notes.ts';
import { readRevision } from '../search/revision.ts';
import type { SearchContext } from '../search/context.ts';
import { summarize } from '../search/summary.ts';
import type { DocumentFilter, StoredDocument } from '../store/records.ts';
import { calendar } from './deadline-calendar.ts';
import { type AuditCommand, runAudited } from './audited-command.ts';
import { requireData } from './existing-data.ts';
import { validate } from './command-options.ts';

export type RegisterFormat = 'jsonl' | 'csv' | 'ics';

type RegisterContext = Pick<SearchContext, 'scopedIndex' | 'today' | 'disclosure'>;

/** Parts of the register whose disclosures make one line of the audit log. */
const auditBatchSize = 100;

/** The parts of the register, each after its disclosures were written to the audit log. */
async function* auditBeforeWrite(
  parts: AsyncIterable<string>,
  disclosure: DisclosureRecorder,
  audit: AuditCommand,
): AsyncGenerator<string> {
  let pending: string[] = [];
  const flush = async () => {
    if (!disclosure.isEmpty) await audit();
    const text = pending.join('');
    pending = [];
    return text;
  };
  for await (const part of parts) {
    pending.push(part);
    if (pending.length >= auditBatchSize) yield await flush();
  }
  if (pending.length > 0) yield await flush();
}

/** The documents that match, by title. */
async function* documentsOf(
  { scopedIndex }: RegisterContext,
  filter: DocumentFilter | undefined,
): AsyncGenerator<StoredDocument> {
  if (!filter) return;
  const limit = 500;
  for (let offset = 0; ; offset += limit) {
    const { documents } = await scopedIndex.documents(filter, { sort: 'title', limit, offset });
    yield* documents;
    if (documents.length < limit) return;
  }
}

/** One line per document: its summary and its clauses of at least `minConfidence`, cited. */
async function* jsonLines(
  context: RegisterContext,
  documents: AsyncIterable<StoredDocument>,
  minConfidence: number,
): AsyncGenerator<string> {
  for await (const { documentId: id } of documents) {
    try {
      const { document, stored, value } = await readRevision(context, id, async () =>
        (await context.scopedIndex.clauses([id], { minConfidence })).get(id),
      );
      const clauses = (value ?? []).map((clause) => citeClause(stored, clause));
      const line = { ...summarize(document, context.today()), clauses };
      context.disclosure.recordDocuments([id]);
      context.disclosure.recordSpans(id, clauses);
      yield `${visibleJson(line)}\n`;
    } catch (error) {
      // the document was removed after it was listed
      if (asDeedboxError(error).code !== 'not_found') throw error;
    }
  }
}

const columns = [
  'document_id',
  'title',
  'document_type',
  'parties',
  'agreement_date',
  'effective_date',
  'expiration_date',
  'expiration_basis',
  'initial_term',
  'start_date',
  'current_term_end',
  'renews_automatically',
  'renewal_term',
  'notice_period',
  'notice_deadline',
  'next_notice_deadline',
  'governing_law',
  'signed',
  'execution',
  'status',
  'pages',
  'not_read',
  'open_revisions',
  'comments',
  'folder',
  'file_name',
  'modified_at',
  'web_url',
  'file_gone_since',
];

/** One row for each document, after those with the names of the columns. */
async function* csvLines(
  { disclosure, today }: RegisterContext,
  documents: AsyncIterable<StoredDocument>,
): AsyncGenerator<string> {
  yield csvRows(columns, [], true);
  for await (const document of documents) {
    const summary = summarize(document, today());
    const parties = summary.parties.map((party) => party.name).join('; ');
    // a semicolon would begin a cell in some countries
    const web_url = summary.web_url && safeUrl(summary.web_url)?.replaceAll(';', '%3B');
    disclosure.recordDocuments([summary.document_id]);
    const { reading } = summary;
    const not_read = hasUnread(reading) ? unreadInWords(reading, (name) => name) : undefined;
    const { open_revisions, comments } = reading ?? {};
    const row = { ...summary, parties, web_url, not_read, open_revisions, comments };
    yield csvRows(columns, [row], false);
  }
}

const writeErrorReasons: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'this user may not write there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
};

/** A system error as `storage_error` with its reason; every other error unchanged. */
function asWriteError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof DeedboxError ? undefined : writeErrorReasons[code];
  if (reason === undefined) return error;
  return new DeedboxError('storage_error', `${singleLine(path)} cannot be written: ${reason}.`, {
    hint: 'Set --output to a file in a folder that this user can write to. If a file was begun, it is incomplete.',
    cause: error,
  });
}

/** Others may not read what is exported: a register names every contract that its owner may read. */
const exportMode = 0o600;

/** Restricts a file that existed before; a device or a pipe stays as it is. */
async function restrict(file: FileHandle, path: string): Promise<void> {
  const found = await file.stat();
  if (!found.isFile() || (found.mode & 0o077) === 0) return;
  try {
    await file.chmod(exportMode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    // a network drive may have no modes, and the file another owner
    writeError(`${singleLine(path)} could not be restricted to this user: others may read it.\n`);
  }
}

async function writeTo(lines: Readable, output: string | undefined): Promise<void> {
  if (output === undefined) return pipeline(lines, process.stdout, { end: false });
  try {
    const file = await open(output, 'w', exportMode);
    try {
      await restrict(file, output);
    } catch (error) {
      await file.close();
      throw error;
    }
    await pipeline(lines, file.createWriteStream());
  } catch (error) {
    throw asWriteError(output, error);
  }
}

/**
 * `deedbox export`: writes the contract register, or the contracts in it that match the filters.
 * @param options.output a file, or undefined for standard output
 * @param options.filters conditions in the form of a request for documents
 * @throws DeedboxError `storage_error` when the file cannot be written, `invalid_request` for invalid
 *   filters
 */
export async function exportRegister(
  config: Config,
  format: RegisterFormat,
  options: { minConfidence: number; output: string | undefined; filters: object },
): Promise<number> {
  requireData(config);
  const request = validate(searchDocumentsRequestSchema, options.filters);
  const workspace = await openWorkspace(config);
  try {
    const { today } = workspace;
    const command = { name: 'export', args: { format, ...options.filters } };
    await runAudited(config, command, async ({ principal, disclosure }, audit) => {
      await workspace.requireFreshPermissions(principal);
      const scopedIndex = await workspace.scopedIndexFor(principal);
      const context = { scopedIndex, today, disclosure };
      const { filter, notes } = await resolveFilters(context, request);
      if (!disclosure.isEmpty) await audit();
      for (const note of notes) writeError(`${note}\n`);
      const documents = documentsOf(context, filter);
      const parts = {
        jsonl: () => jsonLines(context, documents, options.minConfidence),
        csv: () => csvLines(context, documents),
        ics: () => calendar(context, documents, request),
      }[format]();
      await writeTo(Readable.from(auditBeforeWrite(parts, disclosure, audit)), options.output);
    });
    return 0;
  } finally {
    await workspace.close();
  }
}
