import type { Disclosed } from '../audit/record.ts';
import type { Config } from '../config.ts';
import { openLog } from '../log.ts';
import { openAudit } from '../open-audit.ts';

/** Writes down what a command is about to print of contracts; see `openAudit` for what it throws. */
export type Telling = (disclosed: Disclosed[]) => Promise<void>;

/**
 * Runs a command that prints something of contracts.
 * @param args what it was asked with
 */
export async function disclosing<T>(
  config: Config,
  command: { name: string; args: unknown },
  run: (tell: Telling) => Promise<T>,
): Promise<T> {
  const audit = openAudit(config, openLog(config.log));
  const began = performance.now();
  const tell: Telling = async (disclosed) => {
    const milliseconds = performance.now() - began;
    const { name, args } = command;
    await audit.answered?.({ event: 'command', name, milliseconds, disclosed, arguments: args });
  };
  try {
    return await run(tell);
  } finally {
    await audit.close();
  }
}
