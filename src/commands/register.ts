import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { openArchive } from '../app.ts';
import type { Disclosed } from '../audit/record.ts';
import type { Config } from '../config.ts';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import { disclosedIn, factsOf } from '../mcp/disclosed.ts';
import { citeClause } from '../search/clauses.ts';
import { resolveFilters } from '../search/filters.ts';
import { searchDocumentsRequest } from '../search/requests.ts';
import { readRevision } from '../search/revision.ts';
import type { SearchServices } from '../search/search.ts';
import { summarize } from '../search/summary.ts';
import type { DocumentFilter, StoredDocument } from '../store/records.ts';
import { calendar } from './calendar.ts';
import { disclosing, type Telling } from './disclosing.ts';
import { requireData } from './existing-data.ts';
import { validate } from './validate.ts';

export type RegisterFormat = 'jsonl' | 'csv' | 'ics';

type Asked = Pick<SearchServices, 'library' | 'today' | 'alsoNamed'>;

/** A piece of the register, and of which contracts it tells. */
export interface Written {
  text: string;
  told: Disclosed[];
}

/** Contracts whose disclosure is written down in one line of the audit log. */
const toldTogether = 100;

/** The pieces, each after it was written down of which contracts it tells. */
async function* toldFirst(pieces: AsyncIterable<Written>, tell: Telling): AsyncGenerator<string> {
  let held: Written[] = [];
  const release = async () => {
    const told = held.flatMap((piece) => piece.told);
    if (told.length > 0) await tell(told);
    const text = held.map((piece) => piece.text).join('');
    held = [];
    return text;
  };
  for await (const piece of pieces) {
    held.push(piece);
    if (held.length >= toldTogether) yield await release();
  }
  if (held.length > 0) yield await release();
}

/** The documents that pass, by title. */
async function* documentsOf(
  { library }: Asked,
  filter: DocumentFilter | undefined,
): AsyncGenerator<StoredDocument> {
  if (!filter) return;
  const limit = 500;
  for (let offset = 0; ; offset += limit) {
    const { documents } = await library.documents(filter, { sort: 'title', limit, offset });
    yield* documents;
    if (documents.length < limit) return;
  }
}

/** A line a document: its summary and every clause candidate from `minConfidence` up, cited. */
async function* jsonLines(
  asked: Asked,
  documents: AsyncIterable<StoredDocument>,
  minConfidence: number,
): AsyncGenerator<Written> {
  for await (const { documentId: id } of documents) {
    try {
      const { document, stored, value } = await readRevision(asked, id, async () =>
        (await asked.library.clauses([id], { minConfidence })).get(id),
      );
      const clauses = (value ?? []).map((clause) => citeClause(stored, clause));
      const line = { ...summarize(document, asked.today()), clauses };
      yield { text: `${JSON.stringify(line)}\n`, told: disclosedIn(line) };
    } catch (error) {
      // removed since it was listed
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
  'current_term_end',
  'renews_automatically',
  'renewal_term',
  'notice_period',
  'notice_deadline',
  'next_notice_deadline',
  'governing_law',
  'signed',
  'status',
  'pages',
  'folder',
  'file_name',
  'modified_at',
  'web_url',
];

/** As spreadsheets read it: in UTF-8 with its mark, and every text in quotes. */
async function* csvLines(
  documents: AsyncIterable<StoredDocument>,
  today: string,
): AsyncGenerator<Written> {
  const write = (rows: object[], first: boolean) =>
    stringify(rows, {
      columns,
      header: first,
      bom: first,
      // a spreadsheet must not run what a contract's author wrote
      escape_formulas: true,
      // a file name may hold any line break
      quoted_string: true,
      record_delimiter: 'windows',
      cast: { boolean: (value) => (value ? 'yes' : 'no') },
    });
  yield { text: write([], true), told: [] };
  for await (const document of documents) {
    const summary = summarize(document, today);
    const parties = summary.parties.map((party) => party.name).join('; ');
    yield { text: write([{ ...summary, parties }], false), told: disclosedIn(summary) };
  }
}

const whyNotWritten: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'there is no right to write there',
  EPERM: 'there is no right to write there',
  EROFS: 'there is no right to write there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
};

/** What the system says of a file that cannot be written; every other error as it is. */
function asWriteError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = error instanceof DeedboxError ? undefined : whyNotWritten[code];
  if (why === undefined) return error;
  return new DeedboxError('storage_error', `${path} cannot be written: ${why}.`, {
    hint: 'Give --output a file in a folder that can be written to; a file that was begun is not whole.',
    cause: error,
  });
}

async function writeTo(lines: Readable, output: string | undefined): Promise<void> {
  if (output === undefined) return pipeline(lines, process.stdout, { end: false });
  await pipeline(lines, createWriteStream(output)).catch((error: unknown) => {
    throw asWriteError(output, error);
  });
}

/**
 * `deedbox export`: writes the contract register, or what of it the filters let pass.
 * @param options.output a file, or undefined for standard output
 * @param options.filters conditions in the form of a request for documents
 * @throws DeedboxError `storage_error` when the file cannot be written, `invalid_request` for filters
 *   that make no sense
 */
export async function exportRegister(
  config: Config,
  format: RegisterFormat,
  options: { minConfidence: number; output: string | undefined; filters: object },
): Promise<number> {
  requireData(config);
  const request = validate(searchDocumentsRequest, options.filters);
  const archive = await openArchive(config);
  try {
    const { today } = archive;
    const named: string[] = [];
    const alsoNamed = (ids: string[]) => void named.push(...ids);
    const asked = { library: await archive.libraryFor(config.asker), today, alsoNamed };
    const { filter, notes } = await resolveFilters(asked, request);
    const documents = documentsOf(asked, filter);
    const pieces = {
      jsonl: () => jsonLines(asked, documents, options.minConfidence),
      csv: () => csvLines(documents, today()),
      ics: () => calendar(documents, request, today()),
    }[format]();
    const command = { name: 'export', args: { format, ...options.filters } };
    await disclosing(config, command, async (tell) => {
      if (named.length > 0) await tell(factsOf(named));
      for (const note of notes) process.stderr.write(`${note}\n`);
      await writeTo(Readable.from(toldFirst(pieces, tell)), options.output);
    });
    return 0;
  } finally {
    await archive.close();
  }
}
