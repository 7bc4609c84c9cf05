import { expect, it } from 'vitest';
import type { SyncStatusAnswer } from '../../src/search/answers.ts';
import type { FaultRule } from '../support/drive/faults.ts';
import { live } from '../support/drive/random-deeds.ts';
import { startLife } from '../support/drive/random-life.ts';
import { seededRandom } from '../../training/random.ts';
import { temporaryDrive } from '../support/drive/temporary-drive.ts';
import { DriveArchive, workers } from './drive-archive.ts';
import { expectedEntries } from './expected-entries.ts';

/** `npm run test:drive` asks for more of everything. */
const files = Number(process.env['DRIVE_FILES'] ?? 150);
const nights = Number(process.env['DRIVE_NIGHTS'] ?? 1);
const kills = Number(process.env['DRIVE_KILLS'] ?? 1);
const seed = Number(process.env['DRIVE_SEED'] ?? 2);

const notDownloads = ['list', 'changes', 'get', 'permissions', 'drives', 'about'] as const;

/** What can go wrong with a request, each now and then. */
const trouble: FaultRule[] = [
  { fault: { do: 'answer', status: 403, reason: 'userRateLimitExceeded' }, probability: 0.02 },
  { fault: { do: 'answer', status: 403, reason: 'rateLimitExceeded' }, probability: 0.01 },
  { fault: { do: 'answer', status: 429, retryAfter: 0 }, probability: 0.02 },
  { fault: { do: 'answer', status: 500 }, probability: 0.02 },
  { fault: { do: 'answer', status: 503, body: 'html' }, probability: 0.02 },
  { fault: { do: 'answer', status: 401 }, probability: 0.005 },
  { fault: { do: 'refuse' }, probability: 0.01, kind: notDownloads },
  { fault: { do: 'delay', ms: 30 }, probability: 0.02 },
  { fault: { do: 'cut', after: 0.5 }, probability: 0.03, kind: ['list', 'changes'] },
  { fault: { do: 'duplicateChanges' }, probability: 0.3, kind: 'changes' },
  { fault: { do: 'reorderChanges' }, probability: 0.3, kind: 'changes' },
  { fault: { do: 'emptyPage' }, probability: 0.1, kind: ['changes', 'list'] },
];

/** What spoils a download that had begun, so that it is begun again. */
const spoilt: FaultRule[] = [
  { fault: { do: 'refuse' }, probability: 0.02, kind: 'download' },
  { fault: { do: 'cut', after: 0.5 }, probability: 0.05, kind: 'download' },
  { fault: { do: 'alter' }, probability: 0.03, kind: 'download' },
];

interface Finished {
  status: SyncStatusAnswer;
  /** Beside those for tokens. */
  requests: number;
}

it(`is in step with a Drive of ${files} files after each night`, async () => {
  const server = await temporaryDrive({ seed: String(seed), faultSeed: seed });
  const { world, faults } = server;
  const archive = new DriveArchive(server);
  const random = seededRandom(seed);
  const life = startLife(world, { seed, subject: archive.account, files });
  await archive.addSource('drive:all');
  let index = new Map<string, string | undefined>();
  let seconds = 4;
  let followed = 0;
  /** Leaves the rules that spoil downloads, with how often they did. */
  let endTrouble = () => {};

  /** The bytes that Drive holds now and the index does not, each as a file's id and their hash. */
  function unread(): string[] {
    const expected = expectedEntries(world, archive.account, 'drive:all');
    return [...expected.values()]
      .filter(({ fileId, hash }) => hash !== undefined && hash !== index.get(fileId))
      .map(({ fileId, hash }) => `${fileId} ${hash}`);
  }

  /** Runs killed at some moment, while things happen in Drive; returns what may be downloaded. */
  async function killed(happen: () => void): Promise<number> {
    const wanted = new Set(unread());
    for (let kill = 0; kill < kills; kill += 1) {
      await archive.ingestAndKill(['--nightly'], 500 + random() * seconds * 1000, () => {
        happen();
        for (const bytes of unread()) wanted.add(bytes);
      });
    }
    // Whatever was being downloaded at a kill is downloaded again.
    return wanted.size + kills * workers;
  }

  /**
   * Ends a night: the index is in step, after no more downloads than are needed. Prints its figures.
   */
  async function finish(name: string, needed: number, ...args: string[]): Promise<Finished> {
    const began = performance.now();
    const status = await archive.ingest(...args);
    seconds = (performance.now() - began) / 1000;
    endTrouble();
    const most = needed + faults.applied;
    faults.clear();
    const { token: _, ...asked } = server.counts();
    const records = await archive.requireInStep();
    const { found, indexed, unchanged, failed, ignored, removed, mended, notes } = status;
    expect(found).toBe(indexed + unchanged + failed + ignored);
    expect(found).toBe(records.length);
    expect(failed, JSON.stringify(status.failures)).toBe(0);
    // Those that go on where one was cut short are not counted.
    const downloads = server.requests.filter(
      ({ kind, status: code, range }) => kind === 'download' && code === 200 && range === undefined,
    ).length;
    const counts = { found, indexed, unchanged, ignored, removed, mended, notes };
    const figures = { seconds: Math.round(seconds * 10) / 10, downloads, most, ...counts };
    console.log(name, JSON.stringify({ ...figures, requests: asked }));
    expect(downloads).toBeLessThanOrEqual(most);
    index = new Map(records.map(({ fileId, contentHash }) => [fileId, contentHash]));
    server.forgetRequests();
    return { status, requests: Object.values(asked).reduce((sum, count) => sum + count, 0) };
  }

  await finish('first night', await killed(() => {}), '--nightly');
  for (let at = 1; at <= nights; at += 1) {
    // What Drive told is enough: a comparison of the whole listing finds nothing to mend.
    live(life, 5);
    const day = await finish(`calm day ${at}`, unread().length);
    if (!day.status.notes) followed += 1;
    const { status } = await finish(`calm night ${at}`, 0, '--nightly');
    expect(Object.values(status.mended ?? {}).filter((count) => count > 0)).toEqual([]);

    live(life, Math.ceil(files / 8));
    endTrouble = faults.add(...trouble);
    faults.add(...spoilt);
    const needed = await killed(() => void live(life, 1));
    if (at % 2 === 0) server.expireTokens();
    await finish(`wild night ${at}`, needed, '--nightly');
  }
  expect(followed).toBeGreaterThan(0);
  // What Drive told while a listing went on is compared once more, the night after.
  await finish('settling night', 0, '--nightly');
  const { requests } = await finish('quiet night', 0, '--nightly');
  expect(requests).toBeLessThanOrEqual(4 + 2 * life.drives.length);
}, 7_200_000);
