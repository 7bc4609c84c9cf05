import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { loadInstanceId } from '../../src/queue/instance-id.ts';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { entry, temporaryFolder } from './cli.ts';
import type { TestRedis } from './redis.ts';

/** Processes with one data folder and one Redis, each killed when the test is over. */
export class Cluster {
  readonly data = temporaryFolder();
  readonly redis: TestRedis;
  readonly #processes = new Set<ChildProcess>();

  constructor(redis: TestRedis) {
    this.redis = redis;
    onTestFinished(() => this.stop());
  }

  /** Starts the built command line with this data folder; `under` is a command that runs it. */
  start(args: string[], wrapper: string[] = []): ChildProcess {
    const own = [process.execPath, entry, ...args, '--data', this.data];
    // `env` runs the command that follows, so that there is one in either case
    const options = { stdio: 'pipe', env: this.env } as const;
    const child = spawn('env', [...wrapper, ...own], options);
    child.stdout.resume();
    child.stderr.resume();
    this.#processes.add(child);
    child.once('exit', () => this.#processes.delete(child));
    return child;
  }

  get env(): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    const queue = { REDIS_URL: this.redis.url, DEEDBOX_LEASE_SECONDS: '1', DEEDBOX_WORKERS: '1' };
    const service = {
      DEEDBOX_PORT: '0',
      DEEDBOX_SCHEDULE: 'off',
      DEEDBOX_REQUESTS_PER_MINUTE: '1000000',
    };
    return { PATH, HOME, ...queue, ...service };
  }

  /** The queue as another process sees it. */
  queue(): Queue {
    const queue = openBullmqQueue({ url: this.redis.url, instanceId: loadInstanceId(this.data) });
    onTestFinished(() => queue.close());
    return queue;
  }

  async state() {
    const store = await openSqliteStore({ folder: this.data });
    const [{ files }, sync] = [await store.status(), await store.sync()];
    await store.close();
    return { files, sync: sync?.state };
  }

  async stop(): Promise<void> {
    const ended = [...this.#processes].map((child) => once(child, 'exit'));
    for (const child of this.#processes) child.kill('SIGKILL');
    await Promise.all(ended);
  }
}
