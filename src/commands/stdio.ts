import type { Logger } from 'pino';
import { localCaller } from '../access/principal.ts';
import type { SearchEngine } from '../composition/app.ts';
import { writeError } from '../encode/terminal.ts';
import type { Config } from '../settings/config.ts';
import { asDeedboxError } from '../errors/errors.ts';
import { openLog } from '../observability/log.ts';
import { serveOfflineStdio } from '../mcp/offline-fallback.ts';
import { serveStdio } from '../mcp/stdio.ts';
import { RequestContext } from '../request/context.ts';

/**
 * `deedbox stdio`: what Claude Desktop launches. A bridge to a running service where DEEDBOX_URL
 * names one, else a server over the data folder, opened with the first request. Resolves when standard
 * input has ended and its requests are answered. With a wrong configuration every request is answered
 * with what to correct.
 */
export async function stdio(readConfig: () => Config): Promise<number> {
  try {
    const config = readConfig();
    const log = openLog(config.log);
    if (config.serviceUrl === undefined) return await serveFolder(config, log);
    const { bridge } = await import('./bridge.ts');
    await bridge(config.serviceUrl, config, log);
    return 0;
  } catch (error) {
    // users of Claude Desktop see the answers of tools, and no standard error
    const failure = asDeedboxError(error);
    if (failure.code !== 'invalid_configuration' || process.stdin.isTTY) throw error;
    writeError(`deedbox: ${failure.message}\n  ${failure.hint}\n`);
    await serveOfflineStdio(failure, openLog());
    return 2;
  }
}

async function serveFolder(config: Config, log: Logger): Promise<number> {
  let enginePromise: Promise<SearchEngine> | undefined;
  let ensureWorker: (() => void) | undefined;
  const services = async (context: RequestContext) => {
    const { openRequestServices, openSearchEngine } = await import('../composition/app.ts');
    const { drainingWorkerStarter } = await import('../../workers/supervision.ts');
    enginePromise ??= openSearchEngine(config, { lazyModel: true, log });
    try {
      const engine = await enginePromise;
      ensureWorker ??= drainingWorkerStarter(config, log);
      return await openRequestServices({ ...engine, ensureWorker }, context);
    } catch (error) {
      enginePromise = undefined; // the cause may be corrected before the next request
      throw error;
    }
  };
  // loaded here because a bridge needs no native module
  const { openAuditSink } = await import('../composition/audit.ts');
  const audit = openAuditSink(config, log);
  const context = new RequestContext({
    caller: localCaller(config.principal),
    from: { transport: 'stdio' },
    auditSink: audit.auditSink,
  });
  await serveStdio(services, context, { disclosure: config.disclosure, log });
  await audit.close();
  const engine = await enginePromise?.catch(() => undefined);
  await engine?.close();
  return 0;
}
