import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeStaleCopies } from '../../workers/temporary-folder.ts';
import { writeError, writeOutput } from '../encode/terminal.ts';
import { singleLine } from '../encode/visible.ts';
import { openWorkspace, type Workspace } from '../composition/app.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { Config } from '../settings/config.ts';
import { syncKeys } from '../sync/syncs.ts';
import { requireData } from './existing-data.ts';
import { recordedSource } from './sources.ts';

/** How long `forget` waits for what other processes are doing with the files. */
const maxWaitMs = 60_000;
const pollMs = 200;

/**
 * `deedbox forget PATH`: removes a source and its documents; the files stay. Ends when nothing of them
 * is left in the data folder. Returns 1 where something is left: on hold, or in use by another process.
 */
export async function forgetSource(config: Config, path: string): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    const { store, queue } = workspace;
    const source = await recordedSource(store, path);
    const fileIds = (await store.files({ source })).map(({ fileId }) => fileId);
    const removed = await store.removeSource(source);
    writeOutput(`${singleLine(path)} is no longer read; ${removed} files left the index.\n`);
    await queue.cancel('ingest', fileIds);
    const code = reportPurge(await purgeWorkspace(workspace, config, fileIds));
    const kept = fileIds.length - removed;
    if (kept === 0) return code;
    writeError(
      `${kept} documents stay in the index: they are on hold. \`deedbox hold list\` shows them; they leave it when their hold is released.\n`,
    );
    return 1;
  } finally {
    await workspace.close();
  }
}

/**
 * `deedbox purge`: removes what is left of removed documents from the data folder, also of those that an
 * earlier version removed. Returns 1 where another process kept it from finishing.
 */
export async function purge(config: Config): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    return reportPurge(await purgeWorkspace(workspace, config));
  } finally {
    await workspace.close();
  }
}

/** Prints what kept a purge from finishing; returns the exit code. */
export function reportPurge(obstacles: string[]): number {
  for (const obstacle of obstacles) writeError(`${obstacle}\n`);
  if (obstacles.length > 0) {
    writeError('Traces may be left: run `deedbox purge` later, or with the service stopped.\n');
    return 1;
  }
  writeOutput('Nothing of removed documents is left in the data folder.\n');
  return 0;
}

/**
 * Removes traces of removed documents from the queue, the copies of files and the store.
 * @param fileIds the files whose jobs must have ended; by default of all that failed
 * @returns what kept it from finishing, a sentence each
 */
export async function purgeWorkspace(
  { store, queue }: Pick<Workspace, 'store' | 'queue'>,
  { dataFolder }: Config,
  fileIds?: string[],
): Promise<string[]> {
  const obstacles: string[] = [];
  const copies = removeStaleCopies(dataFolder);
  const isIdle = async () =>
    (await queue.purge('sync', syncKeys)) && (await queue.purge('ingest', fileIds));
  try {
    if (!(await waitFor(isIdle)))
      obstacles.push('A sync or a read of one of the files is still in the queue.');
  } catch (error) {
    obstacles.push(asDeedboxError(error).message);
  }
  if (!(await waitFor(async () => !copies.some((copy) => existsSync(copy))))) {
    obstacles.push('A worker is still reading a copy of a file.');
  }
  if (!(await store.purge({ rewrite: true, waitMs: maxWaitMs }))) {
    obstacles.push(
      'Another process writes the vector index or reads an older state of the database.',
    );
  }
  return obstacles;
}

async function waitFor(condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + maxWaitMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() > deadline) return false;
    await sleep(pollMs);
  }
}
