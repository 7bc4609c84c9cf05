import { parseArgs } from 'node:util';
import { worker } from '../src/commands/worker.ts';
import { readConfig } from '../src/config.ts';
import { asDeedboxError } from '../src/errors.ts';

/** A worker process, as the service and `deedbox stdio` start it; by hand it is `deedbox worker`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, drain: { type: 'boolean', default: false } },
  });
  process.exit(await worker(readConfig({ DEEDBOX_DATA: values.data }), { drain: values.drain }));
}

main().catch((error: unknown) => {
  const { message, hint } = asDeedboxError(error);
  process.stderr.write(`deedbox worker: ${message}${hint ? ` ${hint}` : ''}\n`);
  process.exit(2);
});
