import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Authenticator } from '../access/authenticator.ts';
import { openSearchEngine, servicesOf } from '../composition/app.ts';
import { type Config, packageVersion } from '../settings/config.ts';
import { asDeedboxError } from '../errors/errors.ts';
import { logCall } from '../observability/log-calls.ts';
import { openLog } from '../observability/log.ts';
import type { AuditSink } from '../mcp/audit-events.ts';
import { exampleQuestions } from '../mcp/home-page.ts';
import { serveHttp } from '../mcp/http.ts';
import { Metrics } from '../observability/metrics.ts';
import { openAuditSink } from '../composition/audit.ts';
import { openAuthenticator } from '../composition/authenticator.ts';
import { requireSchedule, type Schedule } from '../queue/schedule.ts';
import { isFinished, requestSync, type SyncServices } from '../sync/syncs.ts';
import { ensureIndexModel } from './ensure-index-model.ts';
import { watchSync, reportSync } from './watch-sync.ts';
import { chooseSources } from './sources.ts';
import { superviseWorker } from './supervise-worker.ts';
import { claudeDesktop, suggestedQuestions, welcome } from './welcome.ts';

/** After this the service is presented even though files are still being read. */
const welcomeTimeoutMs = 20_000;
/** Milliseconds after which a queue that did not answer is asked again. */
const retryMs = 5000;

/** When the nightly sync is asked for; throws `invalid_configuration` for a pattern that is none. */
function nightlySchedule({ schedule, timeZone }: Config): Schedule | undefined {
  if (schedule === undefined) return undefined;
  const localTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const times = { pattern: schedule, timeZone: timeZone ?? localTimeZone };
  requireSchedule(times);
  return times;
}

/**
 * Schedules the nightly sync and asks for one now. A queue that does not answer is asked again until
 * it does: questions need none. Undefined when it was stopped by then.
 */
async function startInitialSync(
  services: SyncServices,
  nightly: Schedule | undefined,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<Awaited<ReturnType<typeof requestSync>> | undefined> {
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

/** Questions that name contracts, where that can be written down as it must be. */
async function auditedSuggestions(
  context: Parameters<typeof suggestedQuestions>[0],
  auditSink: AuditSink | undefined,
  log: Logger,
): Promise<string[]> {
  const { answer, disclosed } = await suggestedQuestions(context);
  try {
    await auditSink?.({ event: 'command', name: 'start', milliseconds: 0, disclosed });
    return answer;
  } catch (err) {
    log.warn({ err }, 'what is suggested names no contract');
    return exampleQuestions;
  }
}

/**
 * Follows the first sync until the service is stopped, and presents the service when it is over, or when
 * it takes long.
 */
async function announceService(
  services: SyncServices,
  { syncId, joinedLate }: Awaited<ReturnType<typeof requestSync>>,
  signal: AbortSignal,
  createWelcome: () => Promise<string>,
): Promise<void> {
  // a person hears how far it is; a log hears of its end from the worker
  const silent = !process.stderr.isTTY;
  const waitForSync = async (options: { timeoutMs?: number }) => {
    const status = await watchSync(services.store, syncId, { signal: signal, silent, ...options });
    if (isFinished(status) && !silent) process.stderr.write(`${reportSync(status)}\n`);
    return status;
  };
  let status = await waitForSync({ timeoutMs: welcomeTimeoutMs });
  if (signal.aborted) return;
  process.stdout.write(await createWelcome());
  if (!isFinished(status)) {
    process.stdout.write('Files are still being read; what is read can be asked about already.\n');
    status = await waitForSync({});
  }
  if (joinedLate && isFinished(status)) await requestSync(services, { kind: 'incremental' });
}

/** What the log says of a service that began: where it is, and who may ask. */
function startupRecord(config: Config, authenticator: Authenticator, url: string): object {
  const { issuer } = config.access.oidc ?? {};
  return {
    version: packageVersion(),
    url,
    public_url: config.access.publicUrl,
    who_may_ask: authenticator.authDisabled ? 'this machine' : 'keys and tokens',
    issuer,
    queue: config.queue.redisUrl === undefined ? 'data folder' : 'redis',
    audit: config.audit.mode,
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
  const engine = await openSearchEngine(config, { allowModelMismatch: true, log });
  const services = { ...engine, ensureWorker: () => {} };
  const closers: (() => Promise<unknown> | void)[] = [() => engine.close()];
  try {
    const { host, port, principal, access } = config;
    const authenticator = openAuthenticator(config, log);
    closers.push(() => authenticator.close());
    const audit = openAuditSink(config, log);
    const metrics = new Metrics(engine);
    closers.push(() => audit.close());
    const http = await serveHttp({
      services: servicesOf(engine, services.ensureWorker),
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
      ready: () => engine.store.sources(),
      disclosure: config.disclosure,
      suggestQuestions: suggestedQuestions,
      desktopConfig: (url) => claudeDesktop(config, url, authenticator.authDisabled),
    });
    let stopWorker = async () => {};
    // together, so that a worker that takes its time keeps no question waiting
    closers.push(() => Promise.all([http.close(), stopWorker()]));
    const nightly = nightlySchedule(config);
    // nothing that is kept is changed before it is sure that this service can run
    const report = (line: string) => log.info(line);
    await ensureIndexModel(engine, config, report);
    await chooseSources(engine.store, config, { paths, report });
    if ((await engine.store.sources()).length === 0) {
      await chooseSources(engine.store, config, { paths: [config.samplesFolder], report });
    }
    log.info(startupRecord(config, authenticator, http.url), 'the service began');
    if (options.worker) {
      const worker = superviseWorker(config, log, () => metrics.workerRestarted());
      stopWorker = () => worker.stop();
    }

    const initialSync = await startInitialSync(services, nightly, {
      log,
      signal: stopController.signal,
    });
    if (!initialSync) return 0;
    await announceService(services, initialSync, stopController.signal, async () => {
      const context = { scopedIndex: await engine.scopedIndexFor(principal), today: engine.today };
      const questions = await auditedSuggestions(context, audit.auditSink, log);
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
