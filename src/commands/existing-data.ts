import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { databaseName } from '../store/sqlite.ts';

/** Whether the data folder has an index. */
export function hasData({ dataFolder }: Config): boolean {
  return existsSync(join(dataFolder, databaseName));
}

/**
 * For commands that only read: a mistyped data folder is reported, and not created.
 * @throws DeedboxError `not_found` where the data folder has no index
 */
export function requireData(config: Config): void {
  if (hasData(config)) return;
  throw new DeedboxError('not_found', `There is no data in ${config.dataFolder} yet.`, {
    hint: '`deedbox ingest PATH` or `deedbox start PATH` creates it.',
  });
}
