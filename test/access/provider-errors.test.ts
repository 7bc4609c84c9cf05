import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { IdentityProvider } from '../../src/access/identity-provider.ts';
import { serializeError } from '../../src/observability/log.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedboxWith, temporaryFolder } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { writeOwnCertificate } from '../support/own-certificate.ts';

/** What is logged when the keys of this issuer are needed. */
async function logOf(issuer: string, timeoutMs = 5000): Promise<string> {
  const lines: object[] = [];
  const warn = ({ err }: { err: unknown }) => void lines.push(serializeError(err));
  const provider = new IdentityProvider({ issuer }, { timeoutMs }, { warn } as unknown as Logger);
  await expect(
    provider.getKey({ alg: 'RS256' }, { payload: '', signature: '' }),
  ).rejects.toMatchObject(
    // the client is told neither addresses nor certificates
    { code: 'not_ready', message: expect.not.stringMatching(/http|CERT|SIGNATURE/) as string },
  );
  expect(lines).toHaveLength(1);
  return JSON.stringify(lines[0]);
}

async function listen(server: ReturnType<typeof createHttpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('an identity provider that cannot be read', () => {
  let folder: string;
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const pem = (name: string) => readFileSync(join(folder, name));

  beforeAll(() => {
    folder = temporaryFolder(onFileFinished);
    writeOwnCertificate(openssl);
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'leaf.key',
      '-out',
      'leaf.csr',
      '-subj',
      '/CN=leaf',
    );
    const signed = ['-CA', 'own.pem', '-CAkey', 'own.key', '-CAcreateserial', '-days', '30'];
    openssl('x509', '-req', '-in', 'leaf.csr', ...signed, '-out', 'leaf.pem');
  });

  async function providerWith(options: ServerOptions): Promise<string> {
    return `https://127.0.0.1:${await listen(createServer(options, (_, response) => response.end('{}')))}/realm`;
  }

  it.each([
    ['own', /self-signed and not trusted here \(DEPTH_ZERO_SELF_SIGNED_CERT\)/],
    ['leaf', /authority that is not trusted here.*\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/],
  ])('is logged with its certificate: %s', async (name, reason) => {
    const log = await logOf(
      await providerWith({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) }),
    );
    expect(log).toMatch(reason);
    expect(log).toContain('NODE_EXTRA_CA_CERTS');
    expect(log).not.toContain('"stack"');
  });

  it('is logged with the reason of the network', async () => {
    expect(await logOf(`http://127.0.0.1:${await freePort()}/realm`)).toMatch(
      /nothing listens .*ECONNREFUSED/,
    );
    expect(await logOf('https://login.invalid/realm')).toMatch(/ENOTFOUND|EAI_AGAIN/);
    const silent = createHttpServer(() => {});
    const port = await listen(silent);
    expect(await logOf(`http://127.0.0.1:${port}/realm`, 300)).toMatch(/does not answer in time/);
    const plain = await listen(createHttpServer((_, response) => response.end('{}')));
    expect(await logOf(`https://127.0.0.1:${plain}/realm`)).toMatch(/speaks no TLS at that port/);
  });

  it('is logged with what it answers', async () => {
    const answers = { status: 503, body: '{}' };
    const port = await listen(
      createHttpServer((_, response) => response.writeHead(answers.status).end(answers.body)),
    );
    const issuer = `http://127.0.0.1:${port}/realm`;
    expect(await logOf(issuer)).toMatch(/openid-configuration answers 503.*DEEDBOX_OIDC_ISSUER/);
    answers.status = 200;
    answers.body = '<html>Sign in</html>';
    expect(await logOf(issuer)).toMatch(/answers with something else/);
    answers.body = JSON.stringify({ issuer: 'https://other', jwks_uri: 'https://other/keys' });
    expect(await logOf(issuer)).toMatch(/is of another issuer: https:\/\/other/);
  });
});

describe('NODE_EXTRA_CA_CERTS', () => {
  const folder = temporaryFolder(onFileFinished);
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it.each([
    ['missing.pem', undefined, /missing\.pem cannot be read/],
    ['empty.pem', '', /empty\.pem holds no certificate in PEM/],
    ['binary.der', Buffer.from([0x30, 0x82, 1, 1]), /binary\.der holds no certificate in PEM/],
    [
      'key.pem',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      /holds no certificate/,
    ],
    [
      'cut.pem',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /is damaged: its certificate number 1/,
    ],
  ])('%s is refused when a process starts', async (name, content, reason) => {
    const path = content === undefined ? join(folder, name) : file(name, content);
    const settings = { NODE_EXTRA_CA_CERTS: path, DEEDBOX_DATA: join(folder, 'data') };
    for (const command of [
      ['start', '--port', '0'],
      ['worker', '--drain'],
    ]) {
      const { code, stderr } = await deedboxWith(settings, ...command);
      expect(code).toBe(2);
      expect(stderr).toMatch(reason);
      expect(stderr).toContain('NODE_EXTRA_CA_CERTS: ');
    }
  });
});
