import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Door } from '../access/door.ts';
import { openReader, servicesOf } from '../app.ts';
import { type Config, packageVersion } from '../config.ts';
import { asDeedboxError } from '../errors.ts';
import { logAnswer } from '../log-answers.ts';
import { openLog } from '../log.ts';
import type { Answering } from '../mcp/answered.ts';
import { firstQuestions } from '../mcp/home-page.ts';
import { serveHttp } from '../mcp/http.ts';
import { Metrics } from '../metrics.ts';
import { openAudit } from '../open-audit.ts';
import { openDoor } from '../open-door.ts';
import { requireSchedule, type Schedule } from '../queue/schedule.ts';
import { isOver, requestSync, type SyncServices } from '../sync/syncs.ts';
import { chooseSources } from './choose-sources.ts';
import { followModel } from './follow-model.ts';
import { followSync, reportSync } from './follow-sync.ts';
import { superviseWorker } from './supervise-worker.ts';
import { claudeDesktop, suggestedQuestions, welcome } from './welcome.ts';

/** After this the service is presented even though files are still being read. */
const patience = 20_000;
/** Milliseconds after which a queue that did not answer is asked again. */
const askAgain = 5000;

/** When the nightly sync is asked for; throws `invalid_configuration` for a pattern that is none. */
function nightlyTimes({ schedule, timeZone }: Config): Schedule | undefined {
  if (schedule === undefined) return undefined;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const times = { pattern: schedule, timeZone: timeZone ?? here };
  requireSchedule(times);
  return times;
}

/**
 * Schedules the nightly sync and asks for one now. A queue that does not answer is asked again until
 * it does: questions need none. Undefined when it was stopped by then.
 */
async function beginReading(
  services: SyncServices,
  nightly: Schedule | undefined,
  { log, stopped }: { log: Logger; stopped: AbortSignal },
): Promise<Awaited<ReturnType<typeof requestSync>> | undefined> {
  const job = { kind: 'request', key: 'nightly', payload: { kind: 'nightly' } } as const;
  let told = false;
  while (!stopped.aborted) {
    try {
      await services.queue.schedule(job, nightly);
      return await requestSync(services, { kind: 'follow' });
    } catch (error) {
      const failure = asDeedboxError(error);
      if (!failure.retryable) throw error;
      if (!told) log.warn({ err: failure }, 'nothing is read yet');
      told = true;
      await sleep(askAgain, undefined, { signal: stopped }).catch(() => {});
    }
  }
  return undefined;
}

/** Questions that name contracts, where that can be written down as it must be. */
async function questionsToTry(
  asked: Parameters<typeof suggestedQuestions>[0],
  answered: Answering | undefined,
  log: Logger,
): Promise<string[]> {
  const { answer, disclosed } = await suggestedQuestions(asked);
  try {
    await answered?.({ event: 'command', name: 'start', milliseconds: 0, disclosed });
    return answer;
  } catch (err) {
    log.warn({ err }, 'what is suggested names no contract');
    return firstQuestions;
  }
}

/**
 * Follows the first sync until the service is stopped, and presents the service when it is over, or when
 * it takes long.
 */
async function present(
  services: SyncServices,
  { syncId, late }: Awaited<ReturnType<typeof requestSync>>,
  stopped: AbortSignal,
  welcomed: () => Promise<string>,
): Promise<void> {
  // a person hears how far it is; a log hears of its end from the worker
  const silent = !process.stderr.isTTY;
  const follow = async (options: { patience?: number }) => {
    const status = await followSync(services.store, syncId, { until: stopped, silent, ...options });
    if (isOver(status) && !silent) process.stderr.write(`${reportSync(status)}\n`);
    return status;
  };
  let status = await follow({ patience });
  if (stopped.aborted) return;
  process.stdout.write(await welcomed());
  if (!isOver(status)) {
    process.stdout.write('Files are still being read; what is read can be asked about already.\n');
    status = await follow({});
  }
  if (late && isOver(status)) await requestSync(services, { kind: 'follow' });
}

/** What the log says of a service that began: where it is, and who may ask. */
function beginning(config: Config, door: Door, url: string): object {
  const { issuer } = config.access.oidc ?? {};
  return {
    version: packageVersion(),
    url,
    public_url: config.access.publicUrl,
    who_may_ask: door.isOpen ? 'this machine' : 'keys and tokens',
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
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      stopped.abort();
    });
  }
  const reader = await openReader(config, { anyModel: true, log });
  const services = { ...reader, ensureWorker: () => {} };
  const closing: (() => Promise<unknown> | void)[] = [() => reader.close()];
  try {
    const { host, port, asker, access } = config;
    const door = openDoor(config, log);
    closing.push(() => door.close());
    const audit = openAudit(config, log);
    const metrics = new Metrics(reader);
    closing.push(() => audit.close());
    const http = await serveHttp({
      services: servicesOf(reader, services.ensureWorker),
      door,
      answered: async (answered) => {
        metrics.answered(answered);
        await audit.answered?.(answered);
        logAnswer(log, answered);
      },
      log,
      metrics: { page: (sessions) => metrics.page(sessions), key: config.audit.metricsKey },
      host,
      port,
      publicUrl: access.publicUrl,
      trustedProxies: access.trustedProxies,
      limits: access.limits,
      ready: () => reader.store.sources(),
      disclosure: config.disclosure,
      questions: suggestedQuestions,
      desktop: (url) => claudeDesktop(config, url, door.isOpen),
    });
    let stopWorker = async () => {};
    // together, so that a worker that takes its time keeps no question waiting
    closing.push(() => Promise.all([http.close(), stopWorker()]));
    const nightly = nightlyTimes(config);
    // nothing that is kept is changed before it is sure that this service can run
    const tell = (line: string) => log.info(line);
    await followModel(reader, config, tell);
    await chooseSources(reader.store, config, { paths, tell });
    if ((await reader.store.sources()).length === 0) {
      await chooseSources(reader.store, config, { paths: [config.samplesFolder], tell });
    }
    log.info(beginning(config, door, http.url), 'the service began');
    if (options.worker) {
      const worker = superviseWorker(config, log, () => metrics.workerRestarted());
      stopWorker = () => worker.stop();
    }

    const requested = await beginReading(services, nightly, { log, stopped: stopped.signal });
    if (!requested) return 0;
    await present(services, requested, stopped.signal, async () => {
      const asked = { library: await reader.libraryFor(asker), today: reader.today };
      const questions = await questionsToTry(asked, audit.answered, log);
      return welcome(asked, config, { url: http.url, isOpen: door.isOpen, questions });
    });
    if (!stopped.signal.aborted) await once(stopped.signal, 'abort');
    return 0;
  } finally {
    for (const close of closing.reverse()) await close();
    log.info('the service ended');
  }
}
