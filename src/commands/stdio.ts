import type { ChildProcess } from 'node:child_process';
import type { Logger } from 'pino';
import { scopes } from '../access/caller.ts';
import type { Reader } from '../app.ts';
import type { Config } from '../config.ts';
import { asDeedboxError } from '../errors.ts';
import { openLog } from '../log.ts';
import { standInStdio } from '../mcp/stand-in-stdio.ts';
import { serveStdio } from '../mcp/stdio.ts';
import { isWorkerPresent } from '../../workers/presence.ts';

/**
 * Makes sure of a worker by `spawn`, where none is present. While the last one has not ended it either
 * starts, or ends and looks for no more work: then another follows it.
 */
function oneWorker(dataFolder: string, log: Logger, spawn: () => ChildProcess): () => void {
  let alive = false;
  let wanted = false;
  const ensure = () => {
    const present = isWorkerPresent(dataFolder);
    wanted = alive && !present;
    if (alive || present) return;
    alive = true;
    const child = spawn();
    const ended = () => {
      alive = false;
      if (wanted) ensure();
    };
    child.once('error', (err) => {
      log.error({ err }, 'no worker process could be started');
      alive = false;
    });
    child.once('exit', ended);
  };
  return ensure;
}

/**
 * `deedbox stdio`: what Claude Desktop launches. A bridge to a running service where DEEDBOX_URL
 * names one, else the data folder itself, opened with the first question. Resolves when standard
 * input has ended and what it asked for is done. Where the configuration is wrong, every question is
 * answered with what to correct.
 */
export async function stdio(read: () => Config): Promise<number> {
  try {
    const config = read();
    const log = openLog(config.log);
    if (config.serviceUrl === undefined) return await fromFolder(config, log);
    const { bridge } = await import('./bridge.ts');
    await bridge(config.serviceUrl, config, log);
    return 0;
  } catch (error) {
    // who uses Claude Desktop sees what a tool says, and no standard error
    const failure = asDeedboxError(error);
    if (failure.code !== 'invalid_configuration' || process.stdin.isTTY) throw error;
    process.stderr.write(`deedbox: ${failure.message}\n  ${failure.hint}\n`);
    await standInStdio(failure, openLog());
    return 2;
  }
}

async function fromFolder(config: Config, log: Logger): Promise<number> {
  let opening: Promise<Reader> | undefined;
  let ensureWorker: (() => void) | undefined;
  const services = async () => {
    const { openReader, servicesOf } = await import('../app.ts');
    const { spawnDrainingWorker } = await import('./worker-processes.ts');
    opening ??= openReader(config, { lazyModel: true, log });
    try {
      ensureWorker ??= oneWorker(config.dataFolder, log, () => spawnDrainingWorker(config));
      return await servicesOf(await opening, ensureWorker)(config.asker, scopes);
    } catch (error) {
      opening = undefined; // what was wrong may be mended before the next question
      throw error;
    }
  };
  // a bridge does without what is not JavaScript
  const { openAudit } = await import('../open-audit.ts');
  const audit = openAudit(config, log);
  const { disclosure } = config;
  await serveStdio(services, { answered: audit.answered, disclosure, log });
  await audit.close();
  const reader = await opening?.catch(() => undefined);
  await reader?.close();
  return 0;
}
