import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/documents.ts';
import type { Source } from '../../src/sources/source.ts';
import { filesOf, listed, refusal } from '../contract/source.ts';
import { edit, editDoc, mark, move, share, trash } from '../support/drive/deeds.ts';
import type { Fault, FaultRule } from '../support/drive/faults.ts';
import type { World } from '../support/drive/world.ts';
import { type DrivePlace, openDrivePlace } from './drive-place.ts';

const maxBytes = 64 * 1024 * 1024;
const bytes = randomBytes(1_000_003);
const pdf = 'application/pdf';
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

let place: DrivePlace;
let world: World;
let source: Source;
beforeEach(async () => {
  place = await openDrivePlace({ limits: { silence: 400 } });
  world = place.server.world;
  source = place.source('drive:my');
});
afterEach(() => place.close());

const only = async (): Promise<SourceFile> => filesOf(await listed(source))[0]!;
const fetched = async (file: SourceFile, limit = maxBytes) => {
  const { path, contentHash, size } = await source.fetch(file, { maxBytes: limit });
  return { read: await readFile(path), contentHash, size };
};
const copies = () => {
  try {
    return readdirSync(place.tempFolder);
  } catch {
    return [];
  }
};

describe('fetching a file from Drive', () => {
  let id: string;
  let file: SourceFile;
  beforeEach(async () => {
    const parent = world.rootOf(place.account);
    id = world.createFile({ name: 'Lease.pdf', parent, mimeType: pdf, bytes });
    file = await only();
  });
  const fail = (...rules: FaultRule[]) => place.server.faults.add(...rules);
  const downloads = () => place.server.requests.filter(({ kind }) => kind === 'download');

  it('goes on where it broke off, as often as it must', async () => {
    fail({ fault: { do: 'cut', after: 0.4 }, kind: 'download', times: 9 });
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

  it('gives up a download that says nothing for too long, and goes on', async () => {
    fail({ fault: { do: 'drip', bytes: 200_000, everyMs: 1000 }, kind: 'download', nth: 1 });
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
    expect(downloads().length).toBeGreaterThan(1);
  });

  it.each<[string, Fault]>([
    ['503', { do: 'answer', status: 503 }],
    ['429', { do: 'answer', status: 429 }],
    ['403 rateLimitExceeded', { do: 'answer', status: 403, reason: 'rateLimitExceeded' }],
    ['a token that has ended', { do: 'answer', status: 401 }],
  ])('tries again after %s', async (_, fault) => {
    fail({ fault, kind: 'download', nth: 1 });
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
  });

  it('fetches anew what arrived damaged, and does not keep what stays so', async () => {
    const heal = fail({ fault: { do: 'alter' }, kind: 'download', nth: 1 });
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
    heal();
    fail({ fault: { do: 'alter' }, kind: 'download' });
    const before = copies().length;
    expect(await refusal(fetched(file))).toMatchObject({ code: 'source_error', retryable: true });
    expect(copies()).toHaveLength(before);
  });

  it('says that a file changed while it was read', async () => {
    fail({ fault: { do: 'cut', after: 0.5 }, kind: 'download', nth: 1 });
    fail({ fault: { do: 'answer', status: 503, retryAfter: 1 }, kind: 'download', nth: 2 });
    const fetching = refusal(fetched(file));
    await expect.poll(() => downloads().length).toBe(2);
    edit(world, id, randomBytes(1_000_003));
    const refused = await fetching;
    expect(refused).toMatchObject({ code: 'source_error', retryable: true });
    expect(refused.message).toMatch(/changed/);
    expect(copies()).toEqual([]);
  });

  it('says that a file in the trash is gone', async () => {
    trash(world, id);
    expect(await refusal(fetched(file))).toMatchObject({ code: 'not_found' });
  });

  it('stops in the middle when it is cancelled, and leaves nothing behind', async () => {
    fail({ fault: { do: 'drip', bytes: 50_000, everyMs: 20 }, kind: 'download' });
    const stopping = new AbortController();
    const fetching = refusal(source.fetch(file, { maxBytes, signal: stopping.signal }));
    await expect.poll(() => downloads().length).toBe(1);
    stopping.abort();
    expect(await fetching).toMatchObject({ code: 'cancelled' });
    expect(copies()).toEqual([]);
  });

  it('says that Google holds it for malware, and does not insist', async () => {
    mark(world, id, { abusive: true });
    const refused = await refusal(fetched(file));
    expect(refused).toMatchObject({ code: 'source_error', retryable: false });
    expect(refused.message).toMatch(/malware/);
    expect(downloads()).toHaveLength(1);
  });

  it('costs one look at the file and one download', async () => {
    place.server.forgetRequests();
    await fetched(file);
    expect(place.server.counts()).toEqual({ get: 1, download: 1 });
  });
});

describe('a Google Doc', () => {
  const contents = Buffer.from('%PDF-1.7 exported');
  let id: string;
  beforeEach(() => {
    const parent = world.rootOf(place.account);
    id = world.createDoc({ name: 'NDA', parent, exports: { [pdf]: contents } });
  });

  it('is read as the PDF that Google makes of it', async () => {
    const file = await only();
    expect(file).toMatchObject({ fileName: 'NDA', size: 0 });
    expect(file.webUrl).toContain('docs.google.com/document');
    const { read, contentHash, size } = await fetched(file);
    expect(read.equals(contents)).toBe(true);
    expect([contentHash, size]).toEqual([sha256(contents), contents.length]);
  });

  it('has another change key when it is edited, not when it is moved or shared', async () => {
    const { changeKey } = await only();
    share(world, id, { type: 'user', emailAddress: 'ada@firm.example', role: 'reader' });
    const folder = world.createFolder({ name: 'B', parent: world.rootOf(place.account) });
    move(world, id, folder);
    expect((await only()).changeKey).toBe(changeKey);
    editDoc(world, id, { [pdf]: Buffer.from('%PDF-1.7 other') });
    expect((await only()).changeKey).not.toBe(changeKey);
  });

  it('larger than Google exports comes by its export link', async () => {
    const large = Buffer.alloc(11 * 1024 * 1024, '%PDF-1.7 long ');
    editDoc(world, id, { [pdf]: large });
    const { contentHash } = await fetched(await only());
    expect(contentHash).toBe(sha256(large));
    expect(place.server.counts()).toMatchObject({ export: 1, exportLink: 1, exportedContent: 1 });
  });

  it('is exported from the beginning again when that broke off', async () => {
    place.server.faults.add({ fault: { do: 'cut', after: 0.5 }, kind: 'export', times: 2 });
    expect((await fetched(await only())).read.equals(contents)).toBe(true);
  });

  it('is refused when it is larger than what is read', async () => {
    const refused = await refusal(fetched(await only(), 10));
    expect(refused).toMatchObject({ code: 'too_large' });
    expect(copies()).toEqual([]);
  });
});

describe('a file behind a link', () => {
  it('is fetched through a shortcut, with the key that its link needs', async () => {
    const ada = world.addUser('ada@firm.example');
    const target = world.createFile({
      name: 'Annex.pdf',
      parent: world.rootOf(ada),
      mimeType: pdf,
      bytes,
    });
    share(world, target, { type: 'anyone', role: 'reader', allowFileDiscovery: false });
    mark(world, target, { resourceKey: '0-abcDEF' });
    const parent = world.rootOf(place.account);
    const shortcut = world.createShortcut({ name: 'See annex', parent, targetId: target });
    const file = await only();
    expect(file).toMatchObject({ fileId: shortcut, fileName: 'Annex.pdf', folder: 'My Drive' });
    expect(file.webUrl).toContain('resourcekey=0-abcDEF');
    expect((await fetched(file)).read.equals(bytes)).toBe(true);
  });
});
