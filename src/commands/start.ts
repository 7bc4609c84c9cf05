import { setTimeout as sleep } from 'node:timers/promises';
import { Cron } from 'croner';
import { forkWorker, openReader, servicesOf } from '../app.ts';
import type { Config } from '../config.ts';
import { DeedboxError } from '../errors.ts';
import { serveHttp } from '../mcp/http.ts';
import { isOver, requestSync } from '../sync/syncs.ts';
import { chooseSources } from './choose-sources.ts';
import { followModel } from './follow-model.ts';
import { followSync, reportSync } from './follow-sync.ts';

import { claudeDesktop, suggestedQuestions, welcome } from './welcome.ts';

/** After this the service is presented even though files are still being read. */
const patience = 20_000;
/** A worker that ran so long without dying, in milliseconds, is started again at once. */
const settled = 60_000;

/** Keeps one worker process alive; a crash costs a second, and longer when it repeats. */
function superviseWorker(config: Config) {
  let stopping = false;
  let restarts = 0;
  let began = Date.now();
  let child = forkWorker(config);
  const watch = () => {
    child.on('error', (error) => process.stderr.write(`deedbox: worker: ${error.message}\n`));
    child.once('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - began > settled) restarts = 0;
      const delay = Math.min(1000 * 2 ** restarts++, 60_000);
      process.stderr.write(
        `deedbox: the worker ended (${signal ?? code}); again in ${delay / 1000} s\n`,
      );
      setTimeout(() => {
        if (stopping) return;
        began = Date.now();
        child = forkWorker(config);
        watch();
      }, delay).unref();
    });
  };
  watch();
  return {
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(8000, undefined, { ref: false })]);
      child.kill('SIGKILL');
    },
  };
}

function schedule(config: Config, sync: () => Promise<unknown>): Cron | undefined {
  if (config.schedule === undefined) return undefined;
  try {
    return new Cron(config.schedule, { timezone: config.timeZone }, () => {
      sync().catch((error: Error) =>
        process.stderr.write(`deedbox: nightly sync: ${error.message}\n`),
      );
    });
  } catch (error) {
    throw new DeedboxError(
      'invalid_configuration',
      `DEEDBOX_SCHEDULE is not a cron pattern: ${config.schedule}`,
      {
        hint: 'For example "0 2 * * *" for two at night, or "off".',
        cause: error,
      },
    );
  }
}

/**
 * `deedbox start [PATH…]`: the service with its worker and its nightly schedule, until SIGINT or
 * SIGTERM. Resolves with the exit code.
 */
export async function start(config: Config, paths: string[]): Promise<number> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopped.abort());
  }
  const reader = await openReader(config, { anyModel: true });
  const services = { ...reader, ensureWorker: () => {} };
  const closing: (() => Promise<unknown> | void)[] = [() => reader.close()];
  try {
    const { host, port } = config;
    const { asker } = config;
    const http = await serveHttp({
      services: servicesOf(reader, services.ensureWorker),
      asker: () => asker,
      host,
      port,
      questions: suggestedQuestions,
      desktop: (url) => claudeDesktop(config, url),
    });
    closing.push(() => http.close());
    const cron = schedule(config, () => requestSync(services, { kind: 'nightly' }));
    closing.push(() => cron?.stop());
    // nothing that is kept is changed before it is sure that this service can run
    await followModel(reader, config);
    await chooseSources(reader.store, config, paths);
    if ((await reader.store.sources()).length === 0) {
      await chooseSources(reader.store, config, [config.samplesFolder]);
    }
    const worker = superviseWorker(config);
    closing.push(() => worker.stop());

    const { syncId, late } = await requestSync(services, { kind: 'follow' });
    const soon = AbortSignal.any([stopped.signal, AbortSignal.timeout(patience)]);
    let status = await followSync(reader.store, syncId, soon);
    if (stopped.signal.aborted) return 0;
    if (isOver(status)) process.stderr.write(`${reportSync(status)}\n`);
    const asked = { library: await reader.libraryFor(asker), today: reader.today };
    process.stdout.write(await welcome(asked, config, http.url));
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
