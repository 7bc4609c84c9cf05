import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Authenticator } from '../access/authenticator.ts';
import { startSweeping } from '../../workers/temporary-folder.ts';
import { superviseWorker, workerProblem } from '../../workers/supervision.ts';
import { openRequestServices, openSearchEngine } from '../composition/app.ts';
import { writeError, writeOutput } from '../encode/terminal.ts';
import { type Config, packageVersion } from '../settings/config.ts';
import { asDeedboxError } from '../errors/errors.ts';
import { logCall } from '../observability/log-calls.ts';
import { openLog } from '../observability/log.ts';
import { RequestContext } from '../request/context.ts';
import { localCaller } from '../access/principal.ts';
import { exampleQuestions } from '../mcp/home-page.ts';
import { serveHttp } from '../mcp/http.ts';
import { Metrics } from '../observability/metrics.ts';
import { openAuditSink } from '../composition/audit.ts';
import { openAuthenticator } from '../composition/authenticator.ts';
import { createSourceFactory } from '../composition/sources.ts';
import { requireSchedule, type Schedule } from '../queue/schedule.ts';
import { SourceWatch } from '../sync/source-watch.ts';
import { isFinished, requestSync, type SyncServices } from '../sync/syncs.ts';
import { ensureIndexModel } from './ensure-index-model.ts';
import { watchSync, reportSync } from './watch-sync.ts';
import { chooseSources } from './sources.ts';
import { claudeDesktop, suggestedQuestions, welcome } from './welcome.ts';

/** After this time the welcome text is printed even if the first sync has not ended. */
const welcomeTimeoutMs = 20_000;
const retryMs = 5000;

/** The times of the nightly sync. Throws `invalid_configuration` for an invalid pattern. */
function nightlySchedule({ schedule, timeZone }: Config): Schedule | undefined {
  if (schedule === undefined) return undefined;
  const localTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const times = { pattern: schedule, timeZone: timeZone ?? localTimeZone };
  requireSchedule(times);
  return times;
}

/**
 * Schedules the nightly sync and requests one now. Retries while the queue does not answer, since
 * questions need no queue. Returns undefined when the service is stopped meanwhile.
 */
async function startInitialSync(
  services: SyncServices,
  nightly: Schedule | undefined,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<{ syncId: string } | undefined> {
  const job = { kind: 'request', key: 'nightly', payload: { kind: 'nightly' } } as const;
  let hasWarned = false;
  while (!signal.aborted) {
    try {
      await services.queue.schedule(job, nightly);
      return await requestSync(services, { kind: 'incremental' });
    } catch (error) {
      const failure = asDeedboxError(error);
      if (!failure.retryable) throw error;
      if (!hasWarned) log.warn({ err: failure }, 'nothing is read yet');
      hasWarned = true;
      await sleep(retryMs, undefined, { signal: signal }).catch(() => {});
    }
  }
  return undefined;
}

/** Questions that name contracts; examples without names where the audit log cannot be written. */
async function auditedSuggestions(
  context: Parameters<typeof suggestedQuestions>[0],
  request: RequestContext,
  log: Logger,
): Promise<string[]> {
  const questions = await suggestedQuestions(context);
  try {
    await request.audit({ event: 'command', name: 'start' });
    return questions;
  } catch (err) {
    log.warn({ err }, 'what is suggested names no contract');
    return exampleQuestions;
  }
}

/**
 * Waits for the end of the first sync, or of the service, and prints the welcome text when the sync has
 * ended or takes long.
 */
async function announceService(
  services: SyncServices,
  syncId: string,
  signal: AbortSignal,
  createWelcome: () => Promise<string>,
): Promise<void> {
  // progress is for a terminal; in a log the worker reports the end of the sync
  const silent = !process.stderr.isTTY;
  const waitForSync = async (options: { timeoutMs?: number }) => {
    const status = await watchSync(services.store, syncId, { signal: signal, silent, ...options });
    if (isFinished(status) && !silent) writeError(`${reportSync(status)}\n`);
    return status;
  };
  const status = await waitForSync({ timeoutMs: welcomeTimeoutMs });
  if (signal.aborted) return;
  writeOutput(await createWelcome());
  if (!isFinished(status)) {
    writeOutput(
      'Files are still being read; questions are answered from those that are read already.\n',
    );
    await waitForSync({});
  }
}

/** The log fields of a service that starts: its addresses and how clients authenticate. */
function startupRecord(config: Config, authenticator: Authenticator, url: string): object {
  const { issuer } = config.access.oidc ?? {};
  return {
    version: packageVersion(),
    url,
    public_url: config.access.publicUrl,
    who_may_ask: authenticator.authDisabled ? 'this machine' : 'keys and tokens',
    issuer,
    queue: config.queue.redisUrl === undefined ? 'data folder' : 'redis',
    audit: config.audit.mode ?? (authenticator.authDisabled ? 'on' : 'required'),
  };
}

/**
 * `deedbox start [PATH…]`: the service with its worker and its nightly schedule, until SIGINT or
 * SIGTERM. Resolves with the exit code.
 * @param options.worker whether it has a worker of its own
 */
export async function start(
  config: Config,
  paths: string[],
  options: { worker: boolean },
): Promise<number> {
  const log = openLog(config.log);
  const stopController = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      stopController.abort();
    });
  }
  const readerThreads = Math.min(Math.max(availableParallelism() + 1, 3), 8);
  const engine = await openSearchEngine(config, { allowModelMismatch: true, log, readerThreads });
  let worker: ReturnType<typeof superviseWorker> | undefined;
  const services = {
    ...engine,
    ensureWorker: () => {},
    workerProblem: () => {
      const isStarting = options.worker && worker === undefined;
      return isStarting ? undefined : workerProblem(config.dataFolder, worker);
    },
  };
  const closers: (() => Promise<unknown> | void)[] = [() => engine.close()];
  try {
    const { host, port, principal, access } = config;
    const authenticator = openAuthenticator(config, log);
    closers.push(() => authenticator.close());
    const audit = openAuditSink(config, log);
    const metrics = new Metrics(engine);
    closers.push(() => audit.close());
    const http = await serveHttp({
      services: (context) => openRequestServices(services, context),
      authenticator,
      auditSink: async (auditEvent) => {
        metrics.recordCall(auditEvent);
        await audit.auditSink?.(auditEvent);
        logCall(log, auditEvent);
      },
      log,
      metrics: { render: (sessions) => metrics.render(sessions), key: config.audit.metricsKey },
      host,
      port,
      publicUrl: access.publicUrl,
      trustedProxies: access.trustedProxies,
      limits: access.limits,
      onLimitReached: (limit) => metrics.limitReached(limit),
      ready: () => engine.store.sources(),
      disclosure: config.disclosure,
      suggestQuestions: suggestedQuestions,
      desktopConfig: (url) => claudeDesktop(config, url, authenticator.authDisabled),
    });
    // at the same time: requests in progress do not wait for a slow worker
    closers.push(() => Promise.all([http.close(), worker?.stop()]));
    const nightly = nightlySchedule(config);
    // stored data is changed only after everything that may keep the service from starting
    const report = (line: string) => log.info(line);
    await ensureIndexModel(engine, config, report);
    await chooseSources(engine.store, config, { paths, report });
    if ((await engine.store.sources()).length === 0) {
      await chooseSources(engine.store, config, { paths: [config.samplesFolder], report });
    }
    log.info(startupRecord(config, authenticator, http.url), 'the service began');
    // workers that others started and killed as well
    closers.push(startSweeping(config.dataFolder));
    if (options.worker) {
      worker = superviseWorker(config, log, () => metrics.workerRestarted());
    }
    const sourceFor = await createSourceFactory(config, join(config.dataFolder, 'tmp'));
    const sourceWatch = new SourceWatch(services, { sourceFor, log });
    closers.push(() => sourceWatch.close());
    await sourceWatch.start();

    const initialSync = await startInitialSync(services, nightly, {
      log,
      signal: stopController.signal,
    });
    if (!initialSync) return 0;
    await announceService(services, initialSync.syncId, stopController.signal, async () => {
      const request = new RequestContext({
        caller: localCaller(principal),
        from: { transport: 'command_line' },
        auditSink: audit.auditSink,
      });
      const scopedIndex = await engine.scopedIndexFor(principal);
      const { disclosure } = request;
      const context = { scopedIndex, today: engine.today, disclosure };
      // what is not a terminal stores it: the journal, a file, the log of a container
      const questions = process.stdout.isTTY
        ? await auditedSuggestions(context, request, log)
        : exampleQuestions;
      return welcome(context, config, {
        url: http.url,
        authDisabled: authenticator.authDisabled,
        questions,
      });
    });
    if (!stopController.signal.aborted) await once(stopController.signal, 'abort');
    return 0;
  } finally {
    for (const close of closers.reverse()) await close();
    log.info('the service ended');
  }
}
