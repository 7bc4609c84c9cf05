import { expect, it } from 'vitest';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import type { FaultRule } from '../support/drive/faults.ts';
import { runRandomOperations, startRandomActivity } from '../support/drive/random-activity.ts';
import { seededRandom } from '../../training/random.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';
import { DriveWorkspace, workerCount } from './drive-workspace.ts';
import { expectedFiles } from './expected-files.ts';

/** `npm run test:drive` sets larger numbers. */
const files = Number(process.env['DRIVE_FILES'] ?? 150);
const cycles = Number(process.env['DRIVE_CYCLES'] ?? 1);
const kills = Number(process.env['DRIVE_KILLS'] ?? 1);
const seed = Number(process.env['DRIVE_SEED'] ?? 2);

const metadataRequests = ['list', 'changes', 'get', 'permissions', 'drives', 'about'] as const;

/** Faults of requests for metadata. */
const faultRules: FaultRule[] = [
  { fault: { do: 'answer', status: 403, reason: 'userRateLimitExceeded' }, probability: 0.02 },
  { fault: { do: 'answer', status: 403, reason: 'rateLimitExceeded' }, probability: 0.01 },
  { fault: { do: 'answer', status: 429, retryAfter: 0 }, probability: 0.02 },
  { fault: { do: 'answer', status: 500 }, probability: 0.02 },
  { fault: { do: 'answer', status: 503, body: 'html' }, probability: 0.02 },
  { fault: { do: 'answer', status: 401 }, probability: 0.005 },
  { fault: { do: 'refuse' }, probability: 0.01, kind: metadataRequests },
  { fault: { do: 'delay', ms: 30 }, probability: 0.02 },
  { fault: { do: 'cut', after: 0.5 }, probability: 0.03, kind: ['list', 'changes'] },
  { fault: { do: 'duplicateChanges' }, probability: 0.3, kind: 'changes' },
  { fault: { do: 'reorderChanges' }, probability: 0.3, kind: 'changes' },
  { fault: { do: 'emptyPage' }, probability: 0.1, kind: ['changes', 'list'] },
];

/** Faults that interrupt a download, so that it starts again. */
const downloadFaults: FaultRule[] = [
  { fault: { do: 'refuse' }, probability: 0.02, kind: 'download' },
  { fault: { do: 'cut', after: 0.5 }, probability: 0.05, kind: 'download' },
  { fault: { do: 'alter' }, probability: 0.03, kind: 'download' },
];

interface CycleResult {
  status: SyncStatusResponse;
  /** Without requests for tokens. */
  requestCount: number;
}

it(`has the state of a Drive of ${files} files after each cycle of syncs`, async () => {
  const server = await temporarySimulator({ seed: String(seed), faultSeed: seed });
  const { model, faults } = server;
  const workspace = new DriveWorkspace(server);
  const random = seededRandom(seed);
  const activity = startRandomActivity(model, { seed, subject: workspace.account, files });
  await workspace.addSource('drive:all');
  let index = new Map<string, string | undefined>();
  let seconds = 4;
  let incrementalDays = 0;
  /** Removes the fault rules, but not the count of faults in downloads. */
  let removeFaults = () => {};

  /** The content in Drive that the index does not hold, each as the id and the hash of a file. */
  function pendingContent(): string[] {
    const expected = expectedFiles(model, workspace.account, 'drive:all');
    return [...expected.values()]
      .filter(({ fileId, hash }) => hash !== undefined && hash !== index.get(fileId))
      .map(({ fileId, hash }) => `${fileId} ${hash}`);
  }

  /** Kills syncs at random moments while Drive changes. Returns the number of downloads to expect. */
  async function runKilled(mutate: () => void): Promise<number> {
    const pendingDownloads = new Set(pendingContent());
    for (let kill = 0; kill < kills; kill += 1) {
      await workspace.ingestAndKill(['--nightly'], 500 + random() * seconds * 1000, () => {
        mutate();
        for (const bytes of pendingContent()) pendingDownloads.add(bytes);
      });
    }
    // Downloads that a kill interrupted start again.
    return pendingDownloads.size + kills * workerCount;
  }

  /**
   * Completes a cycle: the index must match Drive, without unnecessary downloads. Prints the figures.
   */
  async function finishCycle(
    name: string,
    neededDownloads: number,
    ...args: string[]
  ): Promise<CycleResult> {
    const startedAt = performance.now();
    const status = await workspace.ingest(...args);
    seconds = (performance.now() - startedAt) / 1000;
    removeFaults();
    const maxDownloads = neededDownloads + faults.applied;
    faults.clear();
    const { token: _, ...requestCounts } = server.counts();
    const records = await workspace.expectConsistent();
    const {
      found,
      indexed,
      unchanged,
      failed,
      ignored,
      removed,
      reconcile_diff: reconcileDiff,
      notes,
    } = status;
    expect(found).toBe(indexed + unchanged + failed + ignored);
    expect(found).toBe(records.length);
    expect(failed, JSON.stringify(status.failures)).toBe(0);
    // Resumed downloads are not counted.
    const downloads = server.requestLog.filter(
      ({ kind, status: code, range }) => kind === 'download' && code === 200 && range === undefined,
    ).length;
    const counts = { found, indexed, unchanged, ignored, removed, reconcileDiff, notes };
    const figures = {
      seconds: Math.round(seconds * 10) / 10,
      downloads,
      maxDownloads,
      ...counts,
    };
    console.log(name, JSON.stringify({ ...figures, requestCount: requestCounts }));
    expect(downloads).toBeLessThanOrEqual(maxDownloads);
    index = new Map(records.map(({ fileId, contentHash }) => [fileId, contentHash]));
    server.forgetRequests();
    return {
      status,
      requestCount: Object.values(requestCounts).reduce((sum, count) => sum + count, 0),
    };
  }

  await finishCycle('first cycle', await runKilled(() => {}), '--nightly');
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    // The reported changes are complete: reconciliation with a full listing finds no difference.
    runRandomOperations(activity, 5);
    const day = await finishCycle(`incremental ${cycle}`, pendingContent().length);
    if (!day.status.notes) incrementalDays += 1;
    const { status } = await finishCycle(`scheduled ${cycle}`, 0, '--nightly');
    expect(Object.values(status.reconcile_diff ?? {}).filter((count) => count > 0)).toEqual([]);

    runRandomOperations(activity, Math.ceil(files / 8));
    removeFaults = faults.add(...faultRules);
    faults.add(...downloadFaults);
    const neededDownloads = await runKilled(() => void runRandomOperations(activity, 1));
    if (cycle % 2 === 0) server.expireTokens();
    await finishCycle(`faults and kills ${cycle}`, neededDownloads, '--nightly');
  }
  expect(incrementalDays).toBeGreaterThan(0);
  // Changes during a listing are reconciled once more by the next sync.
  await finishCycle('reconciliation', 0, '--nightly');
  const { requestCount } = await finishCycle('no changes', 0, '--nightly');
  expect(requestCount).toBeLessThanOrEqual(4 + 2 * activity.drives.length);
}, 7_200_000);
