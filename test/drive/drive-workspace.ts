import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import type { FileRecord } from '../../src/store/records.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { entry, type Outcome, temporaryFolder } from '../support/cli.ts';
import { addServiceAccount } from '../support/drive/credentials.ts';
import type { DriveSimulator } from '../support/drive/simulator.ts';
import { expectedFiles, type IndexedFile } from './expected-files.ts';

export const workerCount = 2;

/** A data folder whose only source is everything that a service account sees in the Drive simulator. */
export class DriveWorkspace {
  readonly data = temporaryFolder();
  readonly account: string;
  readonly server: DriveSimulator;
  readonly #env: NodeJS.ProcessEnv;

  constructor(server: DriveSimulator) {
    this.server = server;
    const { email, keyFile } = addServiceAccount(server);
    this.account = email;
    const key = join(temporaryFolder(), 'key.json');
    writeFileSync(key, JSON.stringify(keyFile), { mode: 0o600 });
    this.#env = {
      ...process.env,
      DEEDBOX_DATA: this.data,
      DEEDBOX_WORKERS: String(workerCount),
      DEEDBOX_DRIVE_ENDPOINT: server.url,
      DEEDBOX_DRIVE_KEY_FILE: key,
      DEEDBOX_DRIVE_UNITS_PER_MINUTE: '100000000',
      DEEDBOX_DRIVE_BACKOFF_MS: '2',
      DEEDBOX_DRIVE_ATTEMPTS: '12',
      DEEDBOX_DRIVE_TIMEOUT_SECONDS: '5',
    };
  }

  async addSource(id: string): Promise<void> {
    const store = await openSqliteStore({ folder: this.data });
    await store.addSource(id);
    await store.close();
  }

  /** Runs the built command line to its end. */
  deedbox(...args: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { maxBuffer: 256 * 2 ** 20, env: this.#env };
      execFile(process.execPath, [entry, ...args], options, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      });
    });
  }

  /** Runs `deedbox ingest` with these arguments, and returns the status of the sync. */
  async ingest(...args: string[]): Promise<SyncStatusResponse> {
    const { code, stdout, stderr } = await this.deedbox('ingest', ...args, '--json');
    expect(stdout, stderr).toMatch(/^\{/);
    const status = JSON.parse(stdout) as SyncStatusResponse;
    expect(status, `${stdout} ${stderr}`).toMatchObject({ state: 'done', pending: 0 });
    expect(code).toBe(status.failed > 0 ? 1 : 0);
    return status;
  }

  /** The same, killed after so long; meanwhile `act` is done again and again. */
  async ingestAndKill(args: string[], afterMs: number, mutate: () => void): Promise<boolean> {
    const child = spawn(process.execPath, [entry, 'ingest', ...args], {
      env: this.#env,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    for (const end = Date.now() + afterMs; Date.now() < end && child.exitCode === null;) {
      mutate();
      await Promise.race([sleep(25), ended]);
    }
    child.kill('SIGKILL');
    const [, signal] = await ended;
    return signal === 'SIGKILL';
  }

  /** Expects an intact index with exactly the files that the account sees in Drive. */
  async expectConsistent(): Promise<FileRecord[]> {
    const store = await openSqliteStore({ folder: this.data });
    try {
      expect(await store.verify()).toEqual([]);
      const records = await store.files({});
      const recorded = records.filter(({ state }) => state !== 'ignored');
      const expected = expectedFiles(this.server.model, this.account, 'drive:all');
      expect(sorted(recorded.map(toIndexedFile))).toEqual(sorted([...expected.values()]));
      const indexedRecords = recorded.filter(({ state }) => state === 'indexed');
      for (const { fileId, contentHash } of indexedRecords) {
        const { hash } = expected.get(fileId)!;
        if (hash !== undefined) expect(contentHash, fileId).toBe(hash);
      }
      const { total } = await store
        .scopedTo('unrestricted')
        .documents({ today: '2026-01-01', minClauseConfidence: 0.5 }, { sort: 'title', limit: 1 });
      expect(total).toBe(indexedRecords.length);
      await this.#expectStatus(records);
      return records;
    } finally {
      await store.close();
    }
  }

  /** `deedbox status` has found = indexed + failed + ignored, with the reasons. */
  async #expectStatus(records: FileRecord[]): Promise<void> {
    const { stdout } = await this.deedbox('status', '--json');
    const status = JSON.parse(stdout) as {
      found: number;
      files: Record<FileRecord['state'], number>;
      failures: Record<string, number>;
      ignored: Record<string, number>;
    };
    const { indexed, failed, ignored, pending } = status.files;
    expect(status.found).toBe(indexed + failed + ignored);
    expect(pending).toBe(0);
    expect(status.found).toBe(records.length);
    const sum = (counts: Record<string, number>) =>
      Object.values(counts).reduce((total, count) => total + count, 0);
    expect(sum(status.failures)).toBe(failed);
    expect(sum(status.ignored)).toBe(ignored);
  }
}

function toIndexedFile({
  fileId,
  fileName,
  folder,
  aclEntries,
  changeKey,
}: FileRecord): IndexedFile {
  const hash = changeKey.startsWith('doc-') ? undefined : changeKey;
  return { fileId, fileName, folder, aclEntries, hash };
}

function sorted(files: IndexedFile[]): IndexedFile[] {
  return files.sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
}
