import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import ical from 'ical-generator';
import { openArchive, type Archive } from '../app.ts';
import type { Config } from '../config.ts';
import type { DocumentSummary } from '../search/answers.ts';
import { cite, headingAt } from '../search/citations.ts';
import { anyDocument } from '../search/filters.ts';
import { summarize } from '../search/summary.ts';

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
  for await (const summary of summaries(archive)) {
    const id = summary.document_id;
    const stored = await archive.store.text(id);
    if (!stored) continue;
    const found = (await archive.store.clauses([id], { minConfidence })).get(id) ?? [];
    const clauses = found.map((clause) => ({
      clause_type: clause.type,
      confidence: clause.confidence,
      ...(clause.value === undefined ? {} : { value: clause.value }),
      ...cite(stored.text, stored.pages, clause, headingAt(stored.sections, clause.start)),
    }));
    yield `${JSON.stringify({ ...summary, clauses })}\n`;
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

async function* csvLines(archive: Archive): AsyncGenerator<string> {
  // a spreadsheet must not run what a contract's author wrote: escape_formulas
  const write = (rows: object[], header: boolean) =>
    stringify(rows, { columns, header, escape_formulas: true, record_delimiter: 'windows' });
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

/**
 * `deedbox export`: writes the contract register.
 * @param output a file, or undefined for standard output
 */
export async function exportRegister(
  config: Config,
  format: RegisterFormat,
  options: { minConfidence: number; output: string | undefined },
): Promise<number> {
  const archive = await openArchive(config);
  try {
    const lines = {
      jsonl: () => jsonLines(archive, options.minConfidence),
      csv: () => csvLines(archive),
      ics: () => calendar(archive),
    }[format]();
    const out = options.output === undefined ? process.stdout : createWriteStream(options.output);
    for await (const line of lines) {
      if (!out.write(line)) await once(out, 'drain');
    }
    if (out !== process.stdout) {
      out.end();
      await once(out, 'finish');
    }
    return 0;
  } finally {
    await archive.close();
  }
}
