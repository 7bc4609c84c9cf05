import { Authenticator } from '../../src/access/authenticator.ts';
import { openRequestServices, openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { serveHttp, type HttpOptions } from '../../src/mcp/http.ts';
import { onFileFinished } from './clean-up.ts';

/** For tests, which send more than people do. */
export const unlimitedRates = { requestsPerMinute: 1e9, burst: 1e9, sentBytesPerMinute: 1e12 };

/** Serves a data folder over HTTP in this process; by default it is closed after the tests of the file. */
export async function serveWorkspace(
  folder: string,
  options: Partial<Omit<HttpOptions, 'services'>> & {
    ensureWorker?: () => void;
    today?: () => string;
    /** Environment variables. */
    settings?: Record<string, string>;
  } = {},
  cleanUp: (close: () => Promise<void>) => void = onFileFinished,
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
    services: (context) => openRequestServices({ ...sharedServices, ensureWorker }, context),
    authenticator,
    host: '127.0.0.1',
    port: 0,
    disclosure: config.disclosure,
    ...http,
    limits: { ...unlimitedRates, ...http.limits },
  });
  cleanUp(async () => {
    await service.close();
    authenticator.close();
    await engine.close();
  });
  return { url: service.url, services };
}
