import { parseArgs } from 'node:util';
import { worker } from '../src/commands/worker.ts';
import { readConfig } from '../src/settings/config.ts';
import { asDeedboxError } from '../src/errors/errors.ts';
import { openLog } from '../src/observability/log.ts';

/** A worker process, as the service and `deedbox stdio` start it; by hand it is `deedbox worker`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      drain: { type: 'boolean', default: false },
      // ends with the process that forked it, also where that has ended while this one was loading
      attached: { type: 'boolean', default: false },
    },
  });
  const { drain, attached } = values;
  process.exit(await worker(readConfig({ DEEDBOX_DATA: values.data }), { drain, attached }));
}

main().catch((error: unknown) => {
  openLog().fatal({ err: asDeedboxError(error) }, 'the worker ended');
  process.exit(2);
});
