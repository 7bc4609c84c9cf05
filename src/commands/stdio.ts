import type { Reader } from '../app.ts';
import type { Config } from '../config.ts';
import { serveStdio } from '../mcp/stdio.ts';

/**
 * `deedbox stdio`: what Claude Desktop launches. A bridge to a running service where DEEDBOX_URL
 * names one, else the data folder itself, opened with the first question. Resolves when standard
 * input ends.
 */
export async function stdio(config: Config): Promise<number> {
  if (config.serviceUrl !== undefined) {
    const { bridgeStdio } = await import('../mcp/bridge.ts');
    await bridgeStdio(config.serviceUrl);
    return 0;
  }
  let opening: Promise<Reader> | undefined;
  const services = async () => {
    const { openReader, spawnDrainingWorker } = await import('../app.ts');
    opening ??= openReader(config, { lazyModel: true });
    try {
      return { ...(await opening), ensureWorker: () => spawnDrainingWorker(config) };
    } catch (error) {
      opening = undefined; // what was wrong may be mended before the next question
      throw error;
    }
  };
  await serveStdio(services);
  const reader = await opening?.catch(() => undefined);
  await reader?.close();
  return 0;
}
