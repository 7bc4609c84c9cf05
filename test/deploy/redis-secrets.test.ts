import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openWorkspace } from '../../src/composition/app.ts';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import { readConfig } from '../../src/settings/config.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedboxWith, root, temporaryFolder } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';
import { isLong } from '../support/long.ts';

const script = join(root, 'deploy', 'redis', 'make-secrets.sh');
const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** The options with which docker-compose.yml starts Redis, with the files of a folder as its secrets. */
function composeOptions(secrets: string, port: number): string[] {
  const { services, secrets: files } = parse(
    readFileSync(join(root, 'docker-compose.yml'), 'utf8'),
    { merge: true },
  ) as {
    services: Record<string, { command: string[] }>;
    secrets: Record<string, { file: string }>;
  };
  const fileOf = (name: string) => join(secrets, files[name]!.file.split('/').at(-1)!);
  return services['redis']!.command.slice(1)
    .map((option) => option.replace(/\/run\/secrets\/([\w-]+)/, (_, name: string) => fileOf(name)))
    .filter((option) => /^--(tls|aclfile)/.test(option))
    .map((option) => option.replace('--tls-port 6379', `--tls-port ${port}`))
    .flatMap((option) => option.split(' '));
}

describe.skipIf(!hasRedis || !hasOpenssl)('Redis as docker-compose.yml starts it', () => {
  let secrets: string;
  let url: string;
  let redis: TestRedis;

  beforeAll(async () => {
    secrets = join(temporaryFolder(onFileFinished), 'secrets');
    execFileSync(script, [secrets]);
    const port = await freePort();
    url = `rediss://localhost:${port}`;
    redis = await TestRedis.start(onFileFinished, composeOptions(secrets, port));
  }, 60_000);

  /** What the queue answers with these settings. */
  async function countsWith(settings: Record<string, string>) {
    const data = join(temporaryFolder(), 'data');
    const config = readConfig({ DEEDBOX_DATA: data, DEEDBOX_LOG_LEVEL: 'silent', ...settings });
    const workspace = await openWorkspace(config);
    try {
      const job = { kind: 'request', key: 'nightly', payload: { kind: 'nightly' } } as const;
      await workspace.queue.add([job]);
      return await workspace.queue.counts();
    } finally {
      await workspace.close();
    }
  }

  const password = () => join(secrets, 'password');
  const ca = () => join(secrets, 'ca.pem');

  it('takes jobs with the password, over TLS', async () => {
    const settings = { REDIS_PASSWORD_FILE: password(), REDIS_CA_FILE: ca() };
    expect(await countsWith({ ...settings, REDIS_URL: `${url}/1` })).toMatchObject({ waiting: 1 });
  });

  it('refuses every other password, and Deedbox every other certificate', async () => {
    const right = { password: readFileSync(password(), 'utf8'), ca: readFileSync(ca(), 'utf8') };
    const countsAs = async (options: Partial<typeof right>) => {
      const instanceId = 'test';
      const queue = openBullmqQueue({ url, ...options, instanceId, requestTimeoutMs: 500 });
      try {
        return await queue.counts();
      } finally {
        await queue.close();
      }
    };
    expect(await countsAs(right)).toMatchObject({ active: 0 });
    await expect(countsAs({ ...right, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_configuration',
    });
    await expect(countsAs({ password: right.password })).rejects.toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringContaining('REDIS_CA_FILE'),
    });
  });

  it('obeys nobody without the password, and no command that administers it', async () => {
    await expect(redis.runCommand((client) => client.keys('*'))).rejects.toThrow(/NOAUTH/);
    const secret = readFileSync(password(), 'utf8');
    const admin = redis.runCommand(
      (client) => client.config('SET', 'dir', '/'),
      redis.url.replace('//', `//:${secret}@`),
    );
    await expect(admin).rejects.toThrow(/NOPERM/);
  });

  it('has secrets that others on this machine cannot reach, and that are not replaced', () => {
    expect(statSync(secrets).mode & 0o077).toBe(0);
    expect(readdirSync(secrets).sort()).toEqual([
      'ca.pem',
      'password',
      'redis.key',
      'redis.pem',
      'users.acl',
    ]);
    expect(readFileSync(join(secrets, 'users.acl'), 'utf8')).not.toContain(
      readFileSync(password(), 'utf8'),
    );
    expect(() => execFileSync(script, [secrets], { stdio: 'pipe' })).toThrow(/has secrets already/);
  });
});

describe('a Redis without a password', () => {
  const problemOf = (settings: Record<string, string>) => {
    try {
      readConfig(settings);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const beyond = { DEEDBOX_HOST: '0.0.0.0' };

  it.each([
    'redis://127.0.0.1:6379/0',
    'redis://localhost',
    'redis://[::1]:6379',
    'rediss://127.3.2.1',
    'unix:///run/redis/redis.sock',
  ])('%s is accepted on this machine, for a service of this machine', (address) => {
    expect(problemOf({ REDIS_URL: address })).toBeUndefined();
    for (const DEEDBOX_HOST of ['0.0.0.0', '::', '10.0.0.5', 'deedbox.firm.example'])
      expect(problemOf({ REDIS_URL: address, DEEDBOX_HOST })).toMatch(
        /REDIS_URL: Redis needs a password .*beyond loopback.*REDIS_PASSWORD_FILE/,
      );
    expect(problemOf({ REDIS_URL: address, REDIS_PASSWORD_FILE: '/f', ...beyond })).toBeUndefined();
  });

  it.each([
    'redis://redis:6379',
    'rediss://10.0.0.5',
    'redis://localhost.evil.example',
    'redis://user@redis',
    'redis://127.0.0.1.nip.io',
    'redis://127.1',
    'redis://0.0.0.0',
    'redis://redis?password=x',
  ])('%s is refused everywhere', (address) => {
    for (const settings of [{}, beyond])
      expect(problemOf({ REDIS_URL: address, ...settings })).toMatch(
        /REDIS_URL: a Redis on another machine needs a password/,
      );
  });

  it('is not needed with a password in the address', () => {
    expect(problemOf({ REDIS_URL: 'rediss://:secret@redis:6379', ...beyond })).toBeUndefined();
    expect(problemOf({ REDIS_URL: 'redis://:secret@redis', REDIS_PASSWORD_FILE: '/f' })).toMatch(
      /REDIS_PASSWORD_FILE: REDIS_URL has a password already/,
    );
    expect(problemOf({ REDIS_URL: 'redis://:x@redis', REDIS_CA_FILE: '/f' })).toMatch(/rediss/);
    expect(problemOf({ REDIS_PASSWORD_FILE: '/f' })).toMatch(/no effect without REDIS_URL/);
  });

  it.runIf(isLong)(
    'is refused by a worker and a service before they take a job',
    async () => {
      const data = join(temporaryFolder(), 'data');
      const settings = { DEEDBOX_DATA: data, REDIS_URL: 'redis://redis.firm.example' };
      for (const command of ['worker', 'start']) {
        const { code, stderr } = await deedboxWith(settings, command);
        expect(code).toBe(2);
        expect(stderr).toContain('a Redis on another machine needs a password');
      }
      const local = { DEEDBOX_DATA: data, REDIS_URL: 'redis://127.0.0.1:1' };
      const { code, stderr } = await deedboxWith(local, 'start', '--host', '0.0.0.0');
      expect(code).toBe(2);
      expect(stderr).toContain('REDIS_PASSWORD_FILE');
    },
    30_000,
  );
});
