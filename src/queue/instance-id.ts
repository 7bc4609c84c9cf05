import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';

const fileName = 'instance-id';

/**
 * Throws `invalid_configuration` if the queue of the data folder is in Redis: no worker would find jobs
 * in an embedded queue.
 */
export function rejectWithoutRedisUrl(folder: string): void {
  if (!existsSync(join(folder, fileName))) return;
  throw new DeedboxError(
    'invalid_configuration',
    `The queue of the data folder ${folder} is in Redis, and REDIS_URL is not set.`,
    {
      hint: `Set REDIS_URL as the service has it. To stop using Redis, stop all Deedbox processes and delete ${fileName} in the data folder; the next sync enqueues again what is still to be read.`,
    },
  );
}

/**
 * The id of a data folder, created with the first call. It prevents that two data folders share a queue
 * by mistake: a worker of one would drop the jobs of the other, whose files it does not know. Throws
 * `storage_error`.
 */
export function loadInstanceId(folder: string): string {
  const path = join(folder, fileName);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const temporaryPath = `${path}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporaryPath, randomUUID(), { mode: 0o600 });
    try {
      linkSync(temporaryPath, path); // atomic; the first process wins
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new DeedboxError('storage_error', 'The data folder cannot be written to.', {
      hint: 'Check its owner and the free space of its disk.',
      cause,
    });
  } finally {
    rmSync(temporaryPath, { force: true });
  }
}
