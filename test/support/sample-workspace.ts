import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onFileFinished } from './clean-up.ts';
import { deedboxWith, samples, temporaryFolder } from './cli.ts';

/** How long a test file waits until another one has ingested the samples. */
const ingestTimeoutMs = 50_000;

/** Ingests the samples once in a run, in the first test file that needs them; the others wait for it. */
async function ingestSamples(): Promise<string> {
  const [folder, lock] = [join(tmpdir(), 'samples'), join(tmpdir(), 'samples.lock')];
  try {
    mkdirSync(lock);
  } catch {
    const end = Date.now() + ingestTimeoutMs;
    while (!existsSync(folder)) {
      if (Date.now() > end)
        throw new Error('Another test file began to ingest the samples and did not finish.');
      await delay(50);
    }
    return folder;
  }
  const unfinished = `${folder}.unfinished`;
  const { code, stderr } = await deedboxWith(
    { DEEDBOX_WORKERS: '2' }, // the other test files wait for it
    '--data',
    unfinished,
    'ingest',
    samples,
  );
  if (code !== 0) throw new Error(`The samples cannot be ingested: ${stderr}`);
  renameSync(unfinished, folder);
  return folder;
}

/**
 * A copy, for one test file, of a data folder into which the built command line ingested the sample
 * contracts.
 */
export async function sampleWorkspace(): Promise<string> {
  const folder = temporaryFolder(onFileFinished);
  cpSync(await ingestSamples(), folder, { recursive: true });
  return folder;
}
