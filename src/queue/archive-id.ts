import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../errors.ts';

/**
 * Names the archive in a data folder, so that two archives never share a queue by mistake: a worker of
 * one would drop the jobs of the other, whose files it does not know. Made when it is first asked for.
 */
export function archiveId(folder: string): string {
  const path = join(folder, 'archive-id');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const own = `${path}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(own, randomUUID());
    try {
      linkSync(own, path); // whole, or not at all, and the first process's
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
    rmSync(own, { force: true });
  }
}
