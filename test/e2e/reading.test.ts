import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeletedTextRun, Document, Packer, Paragraph, TextRun } from 'docx';
import PDFDocument from 'pdfkit';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
} from '../../src/search/response-schemas.ts';
import { finished, onePixelPng, scannedPdf } from '../extract/fixtures.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';

/** A contract of which one page has text and two are scans, beside one that was read whole. */

const opening = (name: string) =>
  `SERVICES AGREEMENT\n\nThis Services Agreement is made on 1 March 2020 between ${name} ("Supplier") and Harrow Foods ` +
  'Ltd ("Customer").\n\n1. Services. The Supplier shall provide the services with reasonable care and skill.\n\n' +
  '2. Term. This Agreement begins on 1 March 2020 and ends on 28 February 2022.\n\n' +
  '3. Governing Law. This Agreement is governed by the laws of England and Wales.\n\nBy: ______________________\nName:\nTitle:\n';

async function partlyScanned(): Promise<Buffer> {
  const document = new PDFDocument({ size: 'LETTER' });
  document.text(opening('Northwind Analytics Ltd'));
  for (let page = 0; page < 2; page++) {
    document.addPage().image(onePixelPng, 0, 0, { width: 612, height: 792 });
  }
  return finished(document);
}

function tracked(): Promise<Buffer> {
  const change = { id: 1, author: 'Ann', date: '2026-01-05T10:00:00Z' };
  const lines = opening('Quarry Systems Ltd').split('\n');
  const children = [
    ...lines.map((line) => new Paragraph(line)),
    new Paragraph({
      children: [new TextRun('Fee'), new DeletedTextRun({ text: ' of EUR 10', ...change })],
    }),
  ];
  return Packer.toBuffer(new Document({ sections: [{ children }] }));
}

let data: string;
let call: <T>(name: string, args: object) => Promise<{ answer: T; text: string }>;
let url: string;

beforeAll(async () => {
  const folder = temporaryFolder(onFileFinished);
  data = join(folder, 'data');
  const contracts = join(folder, 'contracts');
  await mkdir(contracts);
  await writeFile(join(contracts, 'whole.txt'), opening('Calder Tools Ltd'));
  await writeFile(join(contracts, 'partly.pdf'), await partlyScanned());
  await writeFile(join(contracts, 'tracked.docx'), await tracked());
  await writeFile(join(contracts, 'scan.pdf'), await scannedPdf(3));
  const { code } = await deedbox('--data', data, 'ingest', contracts);
  expect(code).toBe(1); // a file failed
  const service = await serveWorkspace(data);
  url = service.url;
  const client = await connectHttp(url, '2026-07-28', onFileFinished);
  call = async (name, args) => {
    const result = await client.callTool({ name, arguments: args as Record<string, unknown> });
    const [content] = result.content as { text: string }[];
    return { answer: result.structuredContent as never, text: content!.text };
  };
});

const documents = async (args: object) =>
  (await call<SearchDocumentsResponse>('search_documents', args)).answer;
const idOf = async (fileName: string) =>
  (await documents({})).documents.find((one) => one.file_name === fileName)!.document_id;

describe('a contract of which pages were not read', () => {
  it('says so in its summary, and in notes of every search', async () => {
    const { documents: found, notes } = await documents({});
    expect(found).toHaveLength(3);
    const reading = found.find((one) => one.file_name === 'partly.pdf')!.reading;
    expect(reading).toEqual({
      pages: 3,
      ocr_pages: 0,
      unread_pages: [{ first: 2, last: 3, reason: 'no_text' }],
      unread_parts: [],
      open_revisions: 0,
      comments: 0,
    });
    expect(notes!.join('\n')).toMatch(/pages or parts were not read.*partly\.pdf/);
    const { answer } = await call<{ notes?: string[] }>('search_passages', {
      query: 'limitation of liability',
    });
    expect(answer.notes!.join('\n')).toMatch(/Of one contract searched.*partly\.pdf/);
  });

  it('lacks nothing, and is named as not judged', async () => {
    const { documents: found, notes } = await documents({ lacks_clauses: ['cap_on_liability'] });
    const names = found.map((one) => one.file_name).sort();
    expect(names).toEqual(['tracked.docx', 'whole.txt']);
    expect(notes!.join('\n')).toMatch(/Not judged: 1 contract of which pages.*partly\.pdf/);
    const answer = await documents({ query: 'Which contracts have no limitation of liability?' });
    expect(answer.documents.map((one) => one.file_name)).not.toContain('partly.pdf');
    expect(answer.notes!.join('\n')).toContain('Not judged: 1 contract');
    expect(answer.summary).toContain('1 of them in part (2 pages were not read)');
  });

  it('has not_read for what was not found, without a confidence', async () => {
    const [partly, whole] = [await idOf('partly.pdf'), await idOf('whole.txt')];
    const { answer, text } = await call<ExtractClausesResponse>('extract_clauses', {
      document_ids: [partly, whole],
      clause_types: ['cap_on_liability', 'governing_law'],
    });
    const [first, second] = answer.documents;
    expect(first).toMatchObject({ not_found: [], not_read: ['cap_on_liability'] });
    expect(first).not.toHaveProperty('absences');
    expect(second).toMatchObject({ not_found: ['cap_on_liability'] });
    expect(second!.absences).toHaveLength(1);
    expect(second).not.toHaveProperty('not_read');
    expect(text).toContain('pages 2–3 (a scan or a picture without text)');

    const read = await call<GetDocumentResponse>('get_document', { document_id: partly });
    expect(read.answer.not_found).toEqual([]);
    expect(read.answer.not_read).toContain('renewal_term');
    expect(read.answer.notes!.join('\n')).toMatch(/pages 2–3 .* not_read, not absent/);
    const other = await call<GetDocumentResponse>('get_document', { document_id: whole });
    expect(other.answer.not_found).toContain('renewal_term');
    expect(other.answer).not.toHaveProperty('not_read');
    expect(other.answer.notes ?? []).toEqual([]);
  });

  it('is neither expired nor unsigned, since a renewal and a signature may stand there', async () => {
    const { documents: expired, notes } = await documents({ status: 'expired' });
    expect(expired.map((one) => one.file_name).sort()).toEqual(['tracked.docx', 'whole.txt']);
    expect(notes!.join('\n')).toMatch(/Not judged: 1 contract .* renewal may stand/);
    const { documents: all } = await documents({});
    const states = Object.fromEntries(all.map((one) => [one.file_name, one]));
    expect(states['partly.pdf']).toMatchObject({ status: 'unknown', signed: 'unknown' });
    expect(states['whole.txt']).toMatchObject({ status: 'expired', signed: 'unsigned' });
  });

  it('stands in the status, on the page, in the register and in the export', async () => {
    const status = JSON.parse((await deedbox('--data', data, 'status', '--json')).stdout);
    expect(status).toMatchObject({
      unread: { documents: 1, pages: 2, parts: 0 },
      read_in_part: [{ file_name: 'partly.pdf', pages: 3 }],
      failed_files: [{ file_name: 'scan.pdf', reason: 'no_text' }],
    });
    const { stdout } = await deedbox('--data', data, 'status');
    expect(stdout).toMatch(
      /In part: +1 documents; 2 pages were not read\n +partly\.pdf: pages 2–3/,
    );
    expect(await (await fetch(url)).text()).toContain('1 of them read in part: 2 pages');
    const csv = (await deedbox('--data', data, 'export', '--format', 'csv')).stdout;
    expect(csv).toContain('pages 2–3 (a scan or a picture without text)');
  });

  it('is no contract where no page was read', async () => {
    const none = await documents({ query: 'scan.pdf' });
    expect(none.documents.map((one) => one.file_name)).not.toContain('scan.pdf');
  });
});

it('says what is open in a contract', async () => {
  const { answer } = await call<GetDocumentResponse>('get_document', {
    document_id: await idOf('tracked.docx'),
  });
  expect(answer.document.reading).toMatchObject({ open_revisions: 1, unread_pages: [] });
  expect(answer.notes!.join('\n')).toMatch(/Open in .*tracked\.docx.*1 tracked change/);
});
