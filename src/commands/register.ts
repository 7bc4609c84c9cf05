import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import ical from 'ical-generator';
import { openArchive, type Archive } from '../app.ts';
import type { Config } from '../config.ts';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import type { DocumentSummary } from '../search/answers.ts';
import { citeClause } from '../search/clauses.ts';
import { anyDocument } from '../search/filters.ts';
import { readRevision } from '../search/revision.ts';
import { summarize } from '../search/summary.ts';
import { requireData } from './existing-data.ts';

export type RegisterFormat = 'jsonl' | 'csv' | 'ics';

async function* summaries(archive: Archive): AsyncGenerator<DocumentSummary> {
  const limit = 500;
  for (let offset = 0; ; offset += limit) {
    const { documents } = await archive.store.documents(anyDocument(archive), {
      sort: 'title',
      limit,
      offset,
    });
    for (const document of documents) yield summarize(document, archive.today());
    if (documents.length < limit) return;
  }
}

/** A line a document: its summary and every clause candidate from `minConfidence` up, cited. */
async function* jsonLines(archive: Archive, minConfidence: number): AsyncGenerator<string> {
  for await (const { document_id: id } of summaries(archive)) {
    try {
      const { document, stored, value } = await readRevision(archive, id, async () =>
        (await archive.store.clauses([id], { minConfidence })).get(id),
      );
      const clauses = (value ?? []).map((clause) => citeClause(stored, clause));
      yield `${JSON.stringify({ ...summarize(document, archive.today()), clauses })}\n`;
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
  'renewal_term',
  'notice_period',
  'notice_deadline',
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
async function* csvLines(archive: Archive): AsyncGenerator<string> {
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
    });
  yield write([], true);
  for await (const summary of summaries(archive)) {
    const parties = summary.parties.map((party) => party.name).join('; ');
    yield write([{ ...summary, parties }], false);
  }
}

/** One all-day event for each last day of notice and each expiry that lies ahead (RFC 5545). */
async function* calendar(archive: Archive): AsyncGenerator<string> {
  const events = ical({ name: 'Contract deadlines', prodId: '//Deedbox//Contract deadlines//EN' });
  const today = archive.today();
  for await (const document of summaries(archive)) {
    const deadlines = [
      ['notice', document.notice_deadline, 'Last day for notice'],
      ['expiry', document.expiration_date, 'Expires'],
    ] as const;
    for (const [kind, day, what] of deadlines) {
      if (day === undefined || day < today) continue;
      const parties = document.parties.map((party) => party.name).join(' / ');
      events.createEvent({
        id: `${document.document_id}-${kind}@deedbox`,
        start: new Date(`${day}T00:00:00Z`),
        timezone: 'UTC',
        allDay: true,
        summary: `${what}: ${document.title}`,
        description: [parties, document.file_name, document.web_url].filter(Boolean).join('\n'),
      });
    }
  }
  yield `${events.toString()}\r\n`;
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

/**
 * `deedbox export`: writes the contract register.
 * @param output a file, or undefined for standard output
 * @throws DeedboxError `storage_error` when the file cannot be written
 */
export async function exportRegister(
  config: Config,
  format: RegisterFormat,
  options: { minConfidence: number; output: string | undefined },
): Promise<number> {
  requireData(config);
  const archive = await openArchive(config);
  try {
    const lines = Readable.from(
      {
        jsonl: () => jsonLines(archive, options.minConfidence),
        csv: () => csvLines(archive),
        ics: () => calendar(archive),
      }[format](),
    );
    const { output } = options;
    if (output === undefined) {
      await pipeline(lines, process.stdout, { end: false });
    } else {
      await pipeline(lines, createWriteStream(output)).catch((error: unknown) => {
        throw asWriteError(output, error);
      });
    }
    return 0;
  } finally {
    await archive.close();
  }
}
