import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { databaseName } from '../store/sqlite.ts';

/** Whether anything was ever read into the data folder. */
export function hasData({ dataFolder }: Config): boolean {
  return existsSync(join(dataFolder, databaseName));
}

/**
 * For commands that only look at what is there: a mistyped data folder is said, not made.
 * @throws DeedboxError `not_found` where nothing was ever read into the data folder
 */
export function requireData(config: Config): void {
  if (hasData(config)) return;
  throw new DeedboxError('not_found', `There is no data in ${config.dataFolder} yet.`, {
    hint: '`deedbox ingest PATH` or `deedbox start PATH` makes it.',
  });
}
