import type { Client } from '@modelcontextprotocol/client';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import type {
  DocumentSummary,
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
} from '../../src/search/response-schemas.ts';
import { deedbox, root, temporaryFolder } from '../support/cli.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

/** "Which contracts renew automatically in the next 90 days, and by when must we give notice?" */

const facts = z
  .array(
    z.object({
      file: z.string(),
      expiration_date: z.object({ value: z.string().optional() }).optional(),
      renewal: z.object({ first: z.string(), every_months: z.number() }).optional(),
      notice_period: z.string().optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(join(root, 'samples', 'facts.json'), 'utf8')))
  .filter((fact) => fact.renewal);

let data: string;
let url: string;
let today = '2026-11-21';

beforeAll(async () => {
  data = await sampleWorkspace();
  ({ url } = await serveWorkspace(data, { today: () => today }));
}, 120_000);

async function ask<T>(client: Client, name: string, args: object): Promise<T> {
  const result = await client.callTool({ name, arguments: { ...args } });
  expect(result.isError, JSON.stringify(result.content)).toBeFalsy();
  return result.structuredContent as T;
}

const list = (client: Client, args: object) =>
  ask<SearchDocumentsResponse>(client, 'search_documents', { limit: 50, ...args });

const findByName = (documents: DocumentSummary[], part: string) =>
  documents.find((document) => document.file_name.includes(part))!;

const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);

function monthsLater(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last)))
    .toISOString()
    .slice(0, 10);
}

/** The expected term of a sample on a day, computed from the first day of each renewal. */
function expected(fact: (typeof facts)[number], day: string) {
  const { first, every_months: every } = fact.renewal!;
  const lastDay = addDays(first, fact.expiration_date!.value === first ? 0 : -1);
  const shift = (Date.parse(first) - Date.parse(lastDay)) / 864e5;
  const endOf = (n: number) => addDays(monthsLater(first, n * every), -shift);
  const [, count, unit] = /^(\d+) (day|month)s?$/.exec(fact.notice_period!)!;
  const before = (end: string) =>
    unit === 'day' ? addDays(end, -Number(count)) : monthsLater(end, -Number(count));
  let term = 0;
  while (endOf(term) < day) term += 1;
  let next = term;
  while (before(endOf(next)) < day) next += 1;
  return {
    expiration_date: fact.expiration_date!.value,
    current_term_end: endOf(term),
    notice_deadline: before(endOf(term)),
    next_notice_deadline: next === term ? undefined : before(endOf(next)),
  };
}

describe('over MCP', () => {
  it('lists the notice deadlines of the next 90 days, and renewals whose deadline is past', async () => {
    const client = await connectHttp(url, '2026-07-28');
    const until = addDays(today, 90);
    const due = await list(client, { notice_from: today, notice_to: until });
    expect(
      due.documents.map(({ file_name: name, notice_deadline: day }) => [name.slice(0, 12), day]),
    ).toEqual([
      ['Consulting A', '2026-12-16'],
      ['Hosting Serv', '2026-12-16'],
      ['Maintenance ', '2026-11-28'],
    ]);
    expect(due.documents.every((document) => document.renews_automatically)).toBe(true);
    expect(findByName(due.documents, 'Nimbarrow')).toMatchObject({
      expiration_date: '2023-01-15',
      current_term_end: '2027-01-15',
      status: 'in_force',
    });
    expect(due.notes?.join()).toContain('unless someone gave notice');

    const renewing = await list(client, {
      renews_automatically: true,
      expires_from: today,
      expires_to: until,
      sort: 'expiration_date',
    });
    const ends = renewing.documents.map((document) => document.current_term_end!);
    expect(ends).toEqual(ends.toSorted());
    const late = findByName(renewing.documents, 'Quillmere');
    expect(late).toMatchObject({
      current_term_end: '2027-01-31',
      notice_deadline: '2026-11-02',
      next_notice_deadline: '2027-11-02',
    });
    expect(renewing.notes?.join()).toContain('notice_deadline is past: ');
    // No contract that ends without renewal, though it ends within these days.
    expect(findByName(renewing.documents, 'SOW No. 1')).toBeUndefined();
  });

  it('returns the current term of the samples on any day', async () => {
    const client = await connectHttp(url, '2025-11-25');
    for (const day of [
      '2026-11-21',
      '2026-11-29',
      '2027-01-31',
      '2027-02-01',
      '2028-02-29',
      '2033-07-02',
    ]) {
      today = day;
      const { documents } = await list(client, {});
      for (const fact of facts) {
        const found = findByName(documents, basename(fact.file));
        const { expiration_date, current_term_end, notice_deadline, next_notice_deadline } = found;
        expect(
          { expiration_date, current_term_end, notice_deadline, next_notice_deadline },
          `${fact.file} on ${day}`,
        ).toEqual(expected(fact, day));
        expect(found.status).toBe('in_force');
      }
    }
    today = '2026-11-21';
  });

  it('explains the computation, with its evidence', async () => {
    const client = await connectHttp(url, '2026-07-28');
    const { documents } = await list(client, { party: 'Nimbarrow' });
    const id = documents[0]!.document_id;
    const explainFacts = async () => {
      const { facts: all } = await ask<GetDocumentResponse>(client, 'get_document', {
        document_id: id,
      });
      return (name: string) => all.find(({ fact }) => fact === name)!;
    };
    const fact = await explainFacts();
    expect(fact('current_term_end').explanation).toBe(
      'The first term ended on 15 January 2023; it renews by itself for terms of 1 year, so the current term ' +
        '(renewal number 4) ends on 15 January 2027, unless notice was given in an earlier term.',
    );
    expect(fact('notice_deadline')).toMatchObject({
      value: '2026-12-16',
      basis: 'computed',
      explanation:
        'The current term ends on 15 January 2027; 30 days before that is 16 December 2026.',
    });
    expect(fact('notice_deadline').citations[0]!.text).toContain('thirty (30) days');
    expect(fact('renewal_term').explanation).toBe('It renews by itself for 1 year each time.');
    expect(fact('status')).toMatchObject({ value: 'in_force' });
    expect(fact('status').explanation).toContain('unless someone gave notice');
    today = '2026-12-17';
    expect((await explainFacts())('notice_deadline').explanation).toContain(
      'That day is past: unless notice was given by then, the contract renews after 15 January 2027. ' +
        'Notice for the end of the term on 15 January 2028 counts until 16 December 2027.',
    );
    today = '2026-11-21';
  });

  it('the prompt expiring_contracts requests exactly these', async () => {
    const client = await connectHttp(url, '2026-07-28');
    const { messages } = await client.getPrompt({
      name: 'expiring_contracts',
      arguments: { days: '90' },
    });
    const { text } = messages[0]!.content as { text: string };
    const argumentsOf = (line: string) =>
      Object.fromEntries(
        [...line.matchAll(/(\w+_(?:from|to)) "([\d-]+)"/g)].map(([, name, day]) => [name, day]),
      );
    const [notice, ends] = text.split('\n').filter((line) => line.includes('search_documents'));
    const due = await list(client, argumentsOf(notice!));
    const ending = await list(client, argumentsOf(ends!));
    expect(due.documents).toHaveLength(3);
    expect(findByName(ending.documents, 'Quillmere')).toBeDefined();
    expect(findByName(ending.documents, 'SOW No. 1')).toBeDefined();
  });

  it('names an option to renew whose exercise is unknown', async () => {
    today = '2030-01-01';
    const client = await connectHttp(url, '2026-07-28');
    const answer = await list(client, { expires_from: '2030-01-01' });
    expect(answer.notes?.join()).toContain('Sablecourt');
    const { documents } = await list(client, { party: 'Sablecourt' });
    expect(documents[0]).toMatchObject({ status: 'unknown', renews_automatically: false });
    expect(documents[0]).not.toHaveProperty('current_term_end');
    today = '2026-11-21';
  });
});

describe('amendments', () => {
  const standaloneNote = /not joined with what they amend yet/;

  it('carry a note that they are not joined, in every answer that has one', async () => {
    const client = await connectHttp(url, '2026-07-28');
    const { documents, notes } = await list(client, { document_types: ['amendment'] });
    expect(notes?.join()).toMatch(standaloneNote);
    const [{ document_id: id }] = documents as [DocumentSummary];
    const response = await ask<GetDocumentResponse>(client, 'get_document', { document_id: id });
    expect(response.notes?.join()).toMatch(standaloneNote);
    const clauses = await ask<ExtractClausesResponse>(client, 'extract_clauses', {
      document_ids: [id],
      clause_types: ['expiration_date'],
    });
    expect(clauses.notes?.join()).toMatch(standaloneNote);
  });

  it('are named beside the contract that they seem to amend, and beside no other', async () => {
    const client = await connectHttp(url, '2026-07-28');
    const { documents } = await list(client, { party: 'Dovrane' });
    const notesOf = async (type: string) => {
      const { document_id: id } = documents.find((document) => document.document_type === type)!;
      const response = await ask<GetDocumentResponse>(client, 'get_document', { document_id: id });
      return response.notes?.join() ?? '';
    };
    expect(await notesOf('msa')).toContain('Amendment No. 1 to MSA - Dovrane Systems.md');
    expect(await notesOf('sow')).not.toMatch(standaloneNote);
  });
});

/** The unfolded content lines of an iCalendar file; checks what RFC 5545 requires of every line. */
function contentLines(file: string): string[] {
  expect(file.endsWith('\r\n')).toBe(true);
  expect(file.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  return file.replaceAll('\r\n ', '').trimEnd().split('\r\n');
}

function eventsOf(file: string): Map<string, string>[] {
  const lines = contentLines(file);
  expect([lines[0], lines.at(-1)]).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR']);
  const events: Map<string, string>[] = [];
  for (const line of lines) {
    const [, name, value] = /^([A-Z-]+(?:;[^:]+)?):(.*)$/.exec(line)!;
    if (line === 'BEGIN:VEVENT') events.push(new Map());
    else events.at(-1)?.set(name!, value!);
  }
  return events;
}

describe('on the command line', () => {
  const run = async (...args: string[]) => {
    const outcome = await deedbox('export', ...args, '--data', data);
    expect(outcome.code, outcome.stderr).toBe(0);
    return outcome.stdout;
  };
  const dayOfRun = () => new Intl.DateTimeFormat('en-CA').format(new Date());

  it('exports the deadlines of a range of days as a calendar, one event each', async () => {
    const from = dayOfRun();
    const range = ['--notice-from', from, '--notice-to', addDays(from, 400)];
    const events = eventsOf(await run('--format', 'ics', ...range));
    const due = facts
      .map((fact) => expected(fact, from))
      .map((term) => term.next_notice_deadline ?? term.notice_deadline)
      .filter((day) => day <= addDays(from, 400));
    const days = events.map((event) => event.get('DTSTART;VALUE=DATE')!);
    expect(days.toSorted((a, b) => a.localeCompare(b))).toEqual(
      due.map((day) => day.replaceAll('-', '')).toSorted((a, b) => a.localeCompare(b)),
    );
    for (const event of events) {
      expect(event.get('DTSTAMP')).toMatch(/^\d{8}T\d{6}Z$/);
      expect(event.get('SUMMARY')).toMatch(/^Last day for notice: /);
      // Text in which every comma and semicolon is escaped.
      expect(event.get('DESCRIPTION')).not.toMatch(/(?<!\\)[,;]/);
      expect(event.get('DESCRIPTION')).toMatch(/before that is \d+ \w+ \d{4}\./);
    }
    const uids = events.map((event) => event.get('UID'));
    expect(new Set(uids).size).toBe(uids.length);
    const secondExport = eventsOf(await run('--format', 'ics', ...range));
    expect(secondExport.map((event) => event.get('UID'))).toEqual(uids);
  });

  it('exports the same contracts as CSV and as JSON lines', async () => {
    const from = dayOfRun();
    const filters = ['--renews', '--expires-from', from, '--expires-to', addDays(from, 300)];
    const lines = (await run(...filters)).trim().split('\n');
    const summaries = lines.map((line) => JSON.parse(line) as DocumentSummary);
    const ids = facts
      .filter((fact) => expected(fact, from).current_term_end <= addDays(from, 300))
      .map((fact) => basename(fact.file));
    expect(summaries.map(({ file_name: name }) => name).toSorted()).toEqual(ids.toSorted());
    const csv = (await run('--format', 'csv', ...filters)).trim().split('\r\n');
    expect(csv).toHaveLength(1 + summaries.length);
    for (const [index, summary] of summaries.entries()) {
      expect(csv[index + 1]).toContain(`"${summary.document_id}"`);
      expect(csv[index + 1]).toContain(`"${summary.notice_deadline}"`);
    }
  });

  it('rejects invalid filters', async () => {
    const outcome = await deedbox('export', '--notice-from', 'soon', '--data', data);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('--notice-from: ');
  });

  it('escapes cells that a spreadsheet would evaluate', async () => {
    const folder = temporaryFolder();
    const contract =
      '=HYPERLINK("http://x") AGREEMENT\n\nThis Agreement is made on 1 May 2024 between Orla Inc. ("Orla") and Vole Inc. ("Vole").\n';
    for (const name of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
      writeFileSync(join(folder, `${name}.txt`), contract);
    }
    const own = join(temporaryFolder(), 'data');
    expect((await deedbox('ingest', folder, '--data', own)).code).toBe(0);
    const { stdout } = await deedbox('export', '--format', 'csv', '--data', own);
    expect(stdout.split('\r\n')).toHaveLength(1 + 5 + 1);
    expect(stdout).toContain(`"'=1+1.txt"`);
    expect(stdout).not.toMatch(/(?:^|,)"?[=+@\t-]/m);
  });
});
