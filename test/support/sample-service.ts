import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { Authenticator } from '../../src/access/authenticator.ts';
import { openSearchEngine, servicesOf } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { serveHttp, type HttpOptions } from '../../src/mcp/http.ts';
import { deedbox, samples, temporaryFolder } from './cli.ts';

/** Read once in a run, by the file of tests that asks first; the others wait for it. */
async function readSamples(): Promise<string> {
  const [folder, lock] = [join(tmpdir(), 'samples'), join(tmpdir(), 'samples.lock')];
  try {
    mkdirSync(lock);
  } catch {
    const end = Date.now() + 50_000;
    while (!existsSync(folder)) {
      if (Date.now() > end) throw new Error('The samples were not read by who began it.');
      await delay(50);
    }
    return folder;
  }
  const unfinished = `${folder}.unfinished`;
  const { code, stderr } = await deedbox('--data', unfinished, 'ingest', samples);
  if (code !== 0) throw new Error(`The samples could not be read: ${stderr}`);
  renameSync(unfinished, folder);
  return folder;
}

/** A data folder, of these tests alone, into which the built command line has read the sample contracts. */
export async function sampleWorkspace(): Promise<string> {
  const folder = temporaryFolder(afterAll);
  cpSync(await readSamples(), folder, { recursive: true });
  return folder;
}

/** The service over a data folder, in this process; closed after the tests of the file where nothing else is said. */
export async function serveWorkspace(
  folder: string,
  options: Partial<Omit<HttpOptions, 'services'>> & {
    ensureWorker?: () => void;
    today?: () => string;
    /** Of the environment. */
    settings?: Record<string, string>;
  } = {},
  cleanUp: (close: () => Promise<void>) => void = afterAll,
) {
  const { ensureWorker = () => {}, today, settings, ...http } = options;
  const config = readConfig({ DEEDBOX_DATA: folder, ...settings });
  const engine = await openSearchEngine(config);
  const sharedServices = { ...engine, ...(today && { today }) };
  const services = {
    ...sharedServices,
    ensureWorker,
    scopedIndex: await engine.scopedIndexFor('unrestricted'),
  };
  const authenticator = new Authenticator({ dataFolder: folder, principal: 'unrestricted' });
  const service = await serveHttp({
    services: servicesOf(sharedServices, ensureWorker),
    authenticator,
    host: '127.0.0.1',
    port: 0,
    disclosure: config.disclosure,
    ...http,
  });
  cleanUp(async () => {
    await service.close();
    authenticator.close();
    await engine.close();
  });
  return { url: service.url, services };
}
