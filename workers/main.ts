import { parseArgs } from 'node:util';
import { worker } from '../src/commands/worker.ts';
import { readConfig } from '../src/config.ts';
import { asDeedboxError } from '../src/errors.ts';
import { openLog } from '../src/log.ts';

/** A worker process, as the service and `deedbox stdio` start it; by hand it is `deedbox worker`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, drain: { type: 'boolean', default: false } },
  });
  process.exit(await worker(readConfig({ DEEDBOX_DATA: values.data }), { drain: values.drain }));
}

main().catch((error: unknown) => {
  openLog().fatal({ err: asDeedboxError(error) }, 'the worker ended');
  process.exit(2);
});
