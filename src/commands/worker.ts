import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { showPresence } from '../../workers/presence.ts';
import { signOfLife, temporaryFolders } from '../../workers/temporary-folder.ts';
import { startWorker } from '../../workers/worker.ts';
import { openReader, openWorker } from '../app.ts';
import { type Config, packageVersion } from '../config.ts';
import { DeedboxError } from '../errors.ts';

/** Milliseconds that jobs which run have to end, before they are given back. */
const grace = 5000;
/** Milliseconds between two signs of life, and how old the last may be. */
const signEvery = 5000;
const signLasts = 60_000;

/**
 * `deedbox worker`: runs the queue's jobs until SIGINT or SIGTERM, or until none is left. Any number
 * of them share a queue. Resolves with the exit code; throws why it takes no more jobs by itself.
 */
export async function worker(
  config: Config,
  options: { drain: boolean; attached?: boolean },
): Promise<number> {
  if (options.attached && !process.connected) return 0;
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (options.attached) process.on('disconnect', stop);

  const reader = await openReader(config);
  const opened = openWorker(config, reader);
  reader.log.info({ version: packageVersion(), at_once: config.concurrency }, 'the worker began');
  const presence = showPresence(config.dataFolder);
  const running = startWorker(opened.services, { concurrency: config.concurrency });
  const signs = showLife(opened.tempFolder, () => reader.queue.counts());
  try {
    const asked = stopped.signal.aborted ? Promise.resolve() : once(stopped.signal, 'abort');
    const drained = async () => {
      await running.drained();
      presence.release();
      await running.drained(); // what was added while this worker still showed itself
    };
    const retired = running.retired.then((reason) => {
      throw reason;
    });
    await Promise.race(options.drain ? [asked, retired, drained()] : [asked, retired]);
  } finally {
    clearInterval(signs);
    presence.release();
    await running.stop(grace);
    await opened.close();
    await reader.close();
    reader.log.info('the worker ended');
  }
  return 0;
}

/** Writes a file again and again for as long as this process goes round and its queue answers. */
function showLife(folder: string, look: () => Promise<unknown>): NodeJS.Timeout {
  const sign = async () => {
    await look();
    writeFileSync(join(folder, signOfLife), '');
  };
  const show = () => void sign().catch(() => {}); // the sign stays away: that says it
  show();
  return setInterval(show, signEvery);
}

/**
 * `deedbox worker --check`: whether the worker of this machine, or this container, goes round and
 * reaches its queue.
 * @throws DeedboxError `not_ready` where none does
 */
export function checkWorker(config: Config): number {
  const all = temporaryFolders(config.dataFolder);
  const own = readdirSync(all).filter((name) => name.startsWith(`${hostname()}-`));
  const seen = own.map((name) => statSync(join(all, name, signOfLife), { throwIfNoEntry: false }));
  const last = Math.max(0, ...seen.map((sign) => sign?.mtimeMs ?? 0));
  if (Date.now() - last < signLasts) return 0;
  throw new DeedboxError('not_ready', 'No worker here has shown a sign of life for a minute.', {
    hint: 'Look at its log: the queue may not answer.',
  });
}
