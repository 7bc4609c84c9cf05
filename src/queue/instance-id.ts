import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';

const fileName = 'instance-id';

/**
 * Refuses the queue in a data folder whose queue is in Redis: what is added there no worker would ever
 * find. Throws `invalid_configuration`.
 */
export function rejectWithoutRedisUrl(folder: string): void {
  if (!existsSync(join(folder, fileName))) return;
  throw new DeedboxError(
    'invalid_configuration',
    `The queue of the data folder ${folder} is in Redis, and REDIS_URL is not set.`,
    {
      hint: `Set REDIS_URL as the service has it. To do without Redis from now on, stop all of Deedbox and delete ${fileName} in the data folder; the next sync asks again for what is still to be read.`,
    },
  );
}

/**
 * Names the archive in a data folder, so that two archives never share a queue by mistake: a worker of
 * one would drop the jobs of the other, whose files it does not know. Made when it is first asked for.
 */
export function loadInstanceId(folder: string): string {
  const path = join(folder, fileName);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const temporaryPath = `${path}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporaryPath, randomUUID());
    try {
      linkSync(temporaryPath, path); // whole, or not at all, and the first process's
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
