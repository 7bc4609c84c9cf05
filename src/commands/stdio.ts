import type { ChildProcess } from 'node:child_process';
import type { Logger } from 'pino';
import { localCaller } from '../access/principal.ts';
import type { SearchEngine } from '../composition/app.ts';
import type { Config } from '../settings/config.ts';
import { asDeedboxError } from '../errors/errors.ts';
import { openLog } from '../observability/log.ts';
import { serveOfflineStdio } from '../mcp/offline-fallback.ts';
import { serveStdio } from '../mcp/stdio.ts';
import { RequestContext } from '../request/context.ts';
import { isWorkerRunning } from '../../workers/worker-lock.ts';

/**
 * Makes sure of a worker by `spawn`, where none is present. While the last one has not ended it either
 * starts, or ends and looks for no more work: then another follows it.
 */
function ensureSingleWorker(
  dataFolder: string,
  log: Logger,
  spawn: () => ChildProcess,
): () => void {
  let isRunning = false;
  let isRequested = false;
  const ensure = () => {
    const isLocked = isWorkerRunning(dataFolder);
    isRequested = isRunning && !isLocked;
    if (isRunning || isLocked) return;
    isRunning = true;
    const child = spawn();
    const onExit = () => {
      isRunning = false;
      if (isRequested) ensure();
    };
    child.once('error', (err) => {
      log.error({ err }, 'no worker process could be started');
      isRunning = false;
    });
    child.once('exit', onExit);
  };
  return ensure;
}

/**
 * `deedbox stdio`: what Claude Desktop launches. A bridge to a running service where DEEDBOX_URL
 * names one, else the data folder itself, opened with the first question. Resolves when standard
 * input has ended and what it asked for is done. Where the configuration is wrong, every question is
 * answered with what to correct.
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
    // who uses Claude Desktop sees what a tool says, and no standard error
    const failure = asDeedboxError(error);
    if (failure.code !== 'invalid_configuration' || process.stdin.isTTY) throw error;
    process.stderr.write(`deedbox: ${failure.message}\n  ${failure.hint}\n`);
    await serveOfflineStdio(failure, openLog());
    return 2;
  }
}

async function serveFolder(config: Config, log: Logger): Promise<number> {
  let enginePromise: Promise<SearchEngine> | undefined;
  let ensureWorker: (() => void) | undefined;
  const services = async (context: RequestContext) => {
    const { openSearchEngine, servicesOf } = await import('../composition/app.ts');
    const { spawnDrainingWorker } = await import('./worker-processes.ts');
    enginePromise ??= openSearchEngine(config, { lazyModel: true, log });
    try {
      ensureWorker ??= ensureSingleWorker(config.dataFolder, log, () =>
        spawnDrainingWorker(config),
      );
      return await servicesOf(await enginePromise, ensureWorker)(context);
    } catch (error) {
      enginePromise = undefined; // what was wrong may be mended before the next question
      throw error;
    }
  };
  // a bridge does without what is not JavaScript
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
