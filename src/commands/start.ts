import { setTimeout as sleep } from 'node:timers/promises';
import { openReader, servicesOf } from '../app.ts';
import type { Config } from '../config.ts';
import { asDeedboxError } from '../errors.ts';
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
  stopped: AbortSignal,
): Promise<Awaited<ReturnType<typeof requestSync>> | undefined> {
  const job = { kind: 'request', key: 'nightly', payload: { kind: 'nightly' } } as const;
  while (!stopped.aborted) {
    try {
      await services.queue.schedule(job, nightly);
      return await requestSync(services, { kind: 'follow' });
    } catch (error) {
      const { retryable, message, hint = '' } = asDeedboxError(error);
      if (!retryable) throw error;
      process.stderr.write(`deedbox: nothing is read yet: ${message} ${hint}\n`);
      await sleep(askAgain, undefined, { signal: stopped }).catch(() => {});
    }
  }
  return undefined;
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
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopped.abort());
  }
  const reader = await openReader(config, { anyModel: true });
  const services = { ...reader, ensureWorker: () => {} };
  const closing: (() => Promise<unknown> | void)[] = [() => reader.close()];
  try {
    const { host, port, asker, access } = config;
    const door = openDoor(config);
    closing.push(() => door.close());
    const audit = openAudit(config);
    const metrics = new Metrics(reader);
    closing.push(() => audit.close());
    const http = await serveHttp({
      services: servicesOf(reader, services.ensureWorker),
      door,
      answered: async (answered) => {
        metrics.answered(answered);
        await audit.answered?.(answered);
      },
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
    closing.push(() => http.close());
    const nightly = nightlyTimes(config);
    // nothing that is kept is changed before it is sure that this service can run
    await followModel(reader, config);
    await chooseSources(reader.store, config, paths);
    if ((await reader.store.sources()).length === 0) {
      await chooseSources(reader.store, config, [config.samplesFolder]);
    }
    if (options.worker) {
      const worker = superviseWorker(config, () => metrics.workerRestarted());
      closing.push(() => worker.stop());
    }

    const requested = await beginReading(services, nightly, stopped.signal);
    if (!requested) return 0;
    const { syncId, late } = requested;
    const soon = AbortSignal.any([stopped.signal, AbortSignal.timeout(patience)]);
    let status = await followSync(reader.store, syncId, soon);
    if (stopped.signal.aborted) return 0;
    if (isOver(status)) process.stderr.write(`${reportSync(status)}\n`);
    const asked = { library: await reader.libraryFor(asker), today: reader.today };
    process.stdout.write(await welcome(asked, config, { url: http.url, isOpen: door.isOpen }));
    if (!isOver(status)) {
      process.stdout.write(
        'Files are still being read; what is read can be asked about already.\n',
      );
      status = await followSync(reader.store, syncId, stopped.signal);
      if (isOver(status)) process.stderr.write(`${reportSync(status)}\n`);
    }
    if (late && isOver(status)) await requestSync(services, { kind: 'follow' });
    if (!stopped.signal.aborted) {
      await new Promise((resolve) => stopped.signal.addEventListener('abort', resolve));
    }
    return 0;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
