import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/domain/documents.ts';
import type { Source } from '../../src/sources/source.ts';
import { filesOf, listAll, rejectionOf } from '../contract/source.ts';
import { edit, editDoc, mark, move, share, trash } from '../support/drive/drive-operations.ts';
import type { Fault, FaultRule } from '../support/drive/faults.ts';
import type { DriveModel } from '../support/drive/drive-model.ts';
import { type DriveFixture, openDriveFixture } from './drive-fixture.ts';

const maxBytes = 64 * 1024 * 1024;
const bytes = randomBytes(1_000_003);
const pdf = 'application/pdf';
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

let fixture: DriveFixture;
let model: DriveModel;
let source: Source;
beforeEach(async () => {
  fixture = await openDriveFixture({ limits: { idleTimeoutMs: 400 } });
  model = fixture.server.model;
  source = fixture.source('drive:my');
});
afterEach(() => fixture.close());

const onlyFile = async (): Promise<SourceFile> => filesOf(await listAll(source))[0]!;
const fetched = async (file: SourceFile, limit = maxBytes) => {
  const { path, contentHash, size } = await source.fetch(file, { maxBytes: limit });
  return { read: await readFile(path), contentHash, size };
};
const copies = () => {
  try {
    return readdirSync(fixture.tempFolder);
  } catch {
    return [];
  }
};

describe('download', () => {
  let id: string;
  let file: SourceFile;
  beforeEach(async () => {
    const parent = model.rootOf(fixture.account);
    id = model.createFile({ name: 'Lease.pdf', parent, mimeType: pdf, bytes });
    file = await onlyFile();
  });
  const addFaults = (...rules: FaultRule[]) => fixture.server.faults.add(...rules);
  const downloads = () => fixture.server.requestLog.filter(({ kind }) => kind === 'download');

  it('resumes an interrupted download, several times if needed', async () => {
    addFaults({ fault: { do: 'cut', after: 0.4 }, kind: 'download', times: 9 });
    const { read, contentHash } = await fetched(file);
    expect(read.equals(bytes)).toBe(true);
    expect(contentHash).toBe(sha256(bytes));
    const ranges = downloads().map(({ range }) => range);
    expect(ranges.length).toBe(10);
    expect(ranges[0]).toBeUndefined();
    const from = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    expect(from).toEqual(from.toSorted((a, b) => a - b));
    expect(from[0]).toBeGreaterThan(0);
  });

  it('aborts and resumes a download that receives no byte for too long', async () => {
    addFaults({ fault: { do: 'drip', bytes: 200_000, everyMs: 1000 }, kind: 'download', nth: 1 });
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
    expect(downloads().length).toBeGreaterThan(1);
  });

  it.each<[string, Fault]>([
    ['503', { do: 'answer', status: 503 }],
    ['429', { do: 'answer', status: 429 }],
    ['403 rateLimitExceeded', { do: 'answer', status: 403, reason: 'rateLimitExceeded' }],
    ['a token that has ended', { do: 'answer', status: 401 }],
  ])('retries after %s', async (_, fault) => {
    addFaults({ fault, kind: 'download', nth: 1 });
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
  });

  it('downloads a damaged file again, and leaves no copy of one that stays damaged', async () => {
    const removeFaults = addFaults({ fault: { do: 'alter' }, kind: 'download', nth: 1 });
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
    removeFaults();
    addFaults({ fault: { do: 'alter' }, kind: 'download' });
    const before = copies().length;
    expect(await rejectionOf(fetched(file))).toMatchObject({
      code: 'source_error',
      retryable: true,
    });
    expect(copies()).toHaveLength(before);
  });

  it('rejects a file that changed while it was read', async () => {
    addFaults({ fault: { do: 'cut', after: 0.5 }, kind: 'download', nth: 1 });
    addFaults({ fault: { do: 'answer', status: 503, retryAfter: 1 }, kind: 'download', nth: 2 });
    const fetching = rejectionOf(fetched(file));
    await expect.poll(() => downloads().length).toBe(2);
    edit(model, id, randomBytes(1_000_003));
    const error = await fetching;
    expect(error).toMatchObject({ code: 'source_error', retryable: true });
    expect(error.message).toMatch(/changed/);
    expect(copies()).toEqual([]);
  });

  it('reports a file in the trash as not found', async () => {
    trash(model, id);
    expect(await rejectionOf(fetched(file))).toMatchObject({ code: 'not_found' });
  });

  it('stops when it is cancelled, and leaves no copy', async () => {
    addFaults({ fault: { do: 'drip', bytes: 50_000, everyMs: 20 }, kind: 'download' });
    const abortController = new AbortController();
    const fetching = rejectionOf(source.fetch(file, { maxBytes, signal: abortController.signal }));
    await expect.poll(() => downloads().length).toBe(1);
    abortController.abort();
    expect(await fetching).toMatchObject({ code: 'cancelled' });
    expect(copies()).toEqual([]);
  });

  it('reports a file that Google marked as malware, without a retry', async () => {
    mark(model, id, { abusive: true });
    const error = await rejectionOf(fetched(file));
    expect(error).toMatchObject({ code: 'source_error', retryable: false });
    expect(error.message).toMatch(/malware/);
    expect(downloads()).toHaveLength(1);
  });

  it('sends one request for the metadata and one for the content', async () => {
    fixture.server.forgetRequests();
    await fetched(file);
    expect(fixture.server.counts()).toEqual({ get: 1, download: 1 });
  });
});

describe('a Google Doc', () => {
  const contents = Buffer.from('%PDF-1.7 exported');
  let id: string;
  beforeEach(() => {
    const parent = model.rootOf(fixture.account);
    id = model.createDoc({ name: 'NDA', parent, exports: { [pdf]: contents } });
  });

  it('is exported as PDF', async () => {
    const file = await onlyFile();
    expect(file).toMatchObject({ fileName: 'NDA', size: 0 });
    expect(file.webUrl).toContain('docs.google.com/document');
    const { read, contentHash, size } = await fetched(file);
    expect(read.equals(contents)).toBe(true);
    expect([contentHash, size]).toEqual([sha256(contents), contents.length]);
  });

  it('changes its change key when it is edited, not when it is moved or shared', async () => {
    const { changeKey } = await onlyFile();
    share(model, id, { type: 'user', emailAddress: 'ada@firm.example', role: 'reader' });
    const folder = model.createFolder({ name: 'B', parent: model.rootOf(fixture.account) });
    move(model, id, folder);
    expect((await onlyFile()).changeKey).toBe(changeKey);
    editDoc(model, id, { [pdf]: Buffer.from('%PDF-1.7 other') });
    expect((await onlyFile()).changeKey).not.toBe(changeKey);
  });

  it('that is too large to export is fetched by its export link', async () => {
    const large = Buffer.alloc(11 * 1024 * 1024, '%PDF-1.7 long ');
    editDoc(model, id, { [pdf]: large });
    const { contentHash } = await fetched(await onlyFile());
    expect(contentHash).toBe(sha256(large));
    expect(fixture.server.counts()).toMatchObject({ export: 1, exportLink: 1, exportedContent: 1 });
  });

  it('is exported from the beginning again after an interruption', async () => {
    fixture.server.faults.add({ fault: { do: 'cut', after: 0.5 }, kind: 'export', times: 2 });
    expect((await fetched(await onlyFile())).read.equals(contents)).toBe(true);
  });

  it('is rejected when it is larger than the limit', async () => {
    const error = await rejectionOf(fetched(await onlyFile(), 10));
    expect(error).toMatchObject({ code: 'too_large' });
    expect(copies()).toEqual([]);
  });
});

describe('a file with a resource key', () => {
  it('is fetched through a shortcut, with its resource key', async () => {
    const ada = model.addUser('ada@firm.example');
    const target = model.createFile({
      name: 'Annex.pdf',
      parent: model.rootOf(ada),
      mimeType: pdf,
      bytes,
    });
    share(model, target, { type: 'anyone', role: 'reader', allowFileDiscovery: false });
    mark(model, target, { resourceKey: '0-abcDEF' });
    const parent = model.rootOf(fixture.account);
    const shortcut = model.createShortcut({ name: 'See annex', parent, targetId: target });
    const file = await onlyFile();
    expect(file).toMatchObject({ fileId: shortcut, fileName: 'Annex.pdf', folder: 'My Drive' });
    expect(file.webUrl).toContain('resourcekey=0-abcDEF');
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
  });
});
