import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { serializeError } from '../../src/observability/log.ts';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { entry, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';
import { writeOwnCertificate } from '../support/own-certificate.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

interface Attempt {
  /** The error of a request. */
  error: { code?: string; message?: string; hint?: string };
  /** What the log holds of errors that reach no caller, without stacks of what was expected. */
  log: string;
}

/** Asks a queue for its counts, and collects what would be logged. */
async function attempt(
  url: string,
  options: { password?: string; ca?: string } = {},
): Promise<Attempt> {
  const logged: object[] = [];
  const log = (error: unknown) => void logged.push(serializeError(error));
  const queue = openBullmqQueue({
    url,
    ...options,
    instanceId: 'test',
    requestTimeoutMs: 700,
    onError: log,
    onOutage: (_, error) => error !== undefined && log(error),
  });
  try {
    await queue.counts();
    return { error: {}, log: JSON.stringify(logged) };
  } catch (error) {
    return { error: error as Attempt['error'], log: JSON.stringify(logged) };
  } finally {
    await queue.close();
  }
}

describe.skipIf(!hasRedis)('a Redis that does not accept Deedbox', () => {
  let redis: TestRedis;
  const open = () => `redis://127.0.0.1:${redis.port}/0`;

  beforeAll(async () => {
    const folder = temporaryFolder(onFileFinished);
    const users = join(folder, 'users.acl');
    writeFileSync(
      users,
      'user default on >right ~* &* +@all\nuser limited on >right ~* &* -@all +ping\n',
    );
    redis = await TestRedis.start(onFileFinished, ['--aclfile', users, '--appendonly', 'no']);
  });

  it.each([
    [
      'a wrong password',
      'wrong',
      '',
      /refuses the user or the password/,
      /REDIS_PASSWORD_FILE.*percent-encoded/,
    ],
    ['no password', undefined, '', /needs a password, and was given none/, /REDIS_PASSWORD_FILE/],
    ['a user without rights', 'right', 'limited@', /does not let this user run/, /\+@all/],
  ])('is reported with the reason: %s', async (_, password, user, reason, hint) => {
    const url = open().replace('//', `//${user}`);
    const { error, log } = await attempt(url, password === undefined ? {} : { password });
    expect(error).toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringMatching(reason) as string,
      hint: expect.stringMatching(hint) as string,
    });
    expect(log).not.toContain('wrong');
    if (log !== '[]') expect(log).toMatch(reason);
  });

  it('is reported where it has no append-only file, and works', async () => {
    const { error, log } = await attempt(open(), { password: 'right' });
    expect(error).toEqual({});
    expect(log).toMatch(/has no append-only file: jobs are lost.*Set appendonly to yes/);
  });

  it('is reported where the database has no such number', async () => {
    const { error } = await attempt(open().replace('/0', '/9000'), { password: 'right' });
    expect(error.message).toMatch(/has no database with that number/);
  });

  it.each([
    ['redis://127.0.0.1:1/0', /nothing listens at that address and port \(ECONNREFUSED\)/],
    ['unix:///nonexistent/redis.sock', /there is no such socket \(ENOENT\)/],
    [
      'redis://redis.invalid:6379',
      /(not known to DNS \(ENOTFOUND|no DNS server answers \(EAI_AGAIN)\)/,
    ],
  ])('is reported where %s does not answer', async (url, reason) => {
    const { error, log } = await attempt(url);
    expect(error).toMatchObject({ code: 'not_ready', retryable: true });
    expect(log).toMatch(reason);
    expect(log).toContain('REDIS_URL');
  });

  it('a worker logs the reason in words', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'password');
    writeFileSync(file, 'wrong\n');
    const env = {
      ...process.env,
      REDIS_URL: open(),
      REDIS_PASSWORD_FILE: file,
      DEEDBOX_DATA: join(folder, 'data'),
    };
    const worker = spawn(process.execPath, [entry, 'worker'], { env });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const output = await waitForOutput(worker, /the queue reports an error/);
    expect(output).toMatch(/refuses the user or the password/);
    expect(output).not.toMatch(/"stack":\["at /);
  });
});

describe.skipIf(!hasRedis || !hasOpenssl)('the certificate of Redis', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

  beforeAll(() => {
    folder = temporaryFolder(onFileFinished);
    const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=own authority'];
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...authority);
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'redis.key',
      '-out',
      'redis.csr',
      '-subj',
      '/CN=r',
    );
    const sign = (name: string, host: string, days: string) => {
      writeFileSync(file('ext'), `subjectAltName=${host}\n`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ext'];
      openssl('x509', '-req', '-in', 'redis.csr', ...signed, '-days', days, '-out', name);
    };
    sign('right.pem', 'IP:127.0.0.1', '30');
    sign('other-host.pem', 'DNS:redis.firm.example', '30');
    sign('expired.pem', 'IP:127.0.0.1', '-1');
    writeOwnCertificate(openssl);
    copyFileSync(file('ca.pem'), file('trusted.pem'));
  });

  async function startRedis(certificate: string, key = 'redis.key'): Promise<string> {
    const port = await freePort();
    const options = {
      'tls-port': String(port),
      'tls-cert-file': file(certificate),
      'tls-key-file': file(key),
      'tls-ca-cert-file': file('ca.pem'),
      'tls-auth-clients': 'no',
      requirepass: 'right',
    };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    await TestRedis.start(onTestFinished, words);
    return `rediss://:right@127.0.0.1:${port}`;
  }

  const ca = () => execFileSync('cat', [file('trusted.pem')], { encoding: 'utf8' });

  it.each([
    [
      'right.pem',
      'redis.key',
      false,
      /not trusted here.* \((UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)\)/,
    ],
    [
      'own.pem',
      'own.key',
      false,
      /self-signed and not trusted here \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    ],
    ['expired.pem', 'redis.key', true, /has expired \(CERT_HAS_EXPIRED\)/],
    ['other-host.pem', 'redis.key', true, /for another host .* \(ERR_TLS_CERT_ALTNAME_INVALID\)/],
  ])(
    '%s is refused with the reason (own authority trusted: %s)',
    async (name, key, isTrusted, reason) => {
      const url = await startRedis(name, key);
      const { error, log } = await attempt(url, isTrusted ? { ca: ca() } : {});
      expect(error).toMatchObject({
        code: 'invalid_configuration',
        message: expect.stringMatching(reason) as string,
        hint: expect.stringContaining('REDIS_CA_FILE') as string,
      });
      expect(log).toMatch(reason);
    },
  );

  it('is accepted with REDIS_CA_FILE, and TLS is named where it is missing on one side', async () => {
    const url = await startRedis('right.pem');
    expect((await attempt(url, { ca: ca() })).error).toEqual({});
    const plain = await TestRedis.start(onTestFinished, ['--requirepass', 'right']);
    const wrongPort = `rediss://:right@127.0.0.1:${plain.port}`;
    expect((await attempt(wrongPort, { ca: ca() })).error.message).toMatch(
      /expects TLS|speaks no TLS/,
    );
    const { error, log } = await attempt(url.replace('rediss', 'redis'));
    expect(error).toMatchObject({ code: 'not_ready' });
    expect(log).toMatch(/expects TLS, or none/);
  });
});
