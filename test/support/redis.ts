import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { CleanUp } from './clean-up.ts';
import { temporaryFolder } from './cli.ts';
import { freePort } from './free-port.ts';

/** Whether this machine has redis-server; `npm test` reports where it has not. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of a test's own: a random port, a folder of its own, an append-only file. */
export class TestRedis {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: string[];
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(port: number, folder: string, settings: string[]) {
    this.port = port;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** Prepares a server without starting it; the clean-up ends it and removes its folder. */
  static async prepare(cleanUp: CleanUp, settings: string[] = []): Promise<TestRedis> {
    const folder = temporaryFolder(cleanUp);
    const redis = new TestRedis(await freePort(), folder, settings);
    cleanUp(() => redis.kill());
    return redis;
  }

  static async start(cleanUp: CleanUp, settings: string[] = []): Promise<TestRedis> {
    const redis = await TestRedis.prepare(cleanUp, settings);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** The URL of an unused database. */
  freshUrl(): string {
    return `${this.url}/${++this.#databases}`;
  }

  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--dir', this.#folder, '--databases', '500'];
    const safe = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes'];
    this.#process = spawn('redis-server', [...settings, ...safe, ...this.#settings], {
      stdio: 'ignore',
    });
    for (let tries = 0; ; tries++) {
      const answer = await this.runCommand((client) => client.ping()).catch(String);
      if (/PONG|NOAUTH/.test(answer)) return;
      if (tries === 200) throw new Error('redis-server does not start.');
      await sleep(25);
    }
  }

  /** Kills it without a last write, as in a power failure. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }

  /** Suspends and continues it, with its connections open. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  async runCommand<T>(command: (client: Redis) => Promise<T>, url = this.url): Promise<T> {
    const client = new Redis(url, {
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
    });
    let connectionError: unknown;
    client.on('error', (error) => (connectionError = error));
    try {
      await client.connect();
      return await command(client);
    } catch (error) {
      throw connectionError ?? error;
    } finally {
      client.disconnect();
    }
  }
}
