import { parseArgs } from 'node:util';
import { asDeedboxError } from '../src/errors/errors.ts';
import { openLog } from '../src/observability/log.ts';
import { readConfig } from '../src/settings/config.ts';
import { runWorkerProcess } from './worker-process.ts';

/**
 * The entry of a worker process that the service or `deedbox stdio` starts; on the command line it is
 * `deedbox worker`. It ends with the process that forked it. Only with `--drain` it outlives that
 * process, until no job is left.
 */
async function main(): Promise<void> {
  process.umask(0o077); // as on the command line
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      drain: { type: 'boolean', default: false },
      // of the database that the process that started this one has open
      inode: { type: 'string' },
    },
  });
  const { data, drain, inode } = values;
  const config = readConfig({ DEEDBOX_DATA: data });
  process.exit(
    await runWorkerProcess(config, {
      drain,
      attached: !drain,
      inode: inode === undefined ? undefined : Number(inode),
    }),
  );
}

main().catch((error: unknown) => {
  openLog().fatal({ err: asDeedboxError(error) }, 'the worker ended');
  process.exit(2);
});
