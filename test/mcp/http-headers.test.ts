import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';

let service: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;
let other: string;
let host: string;

beforeAll(async () => {
  service = await authenticatedService(onFileFinished);
  key = service.keys.create({ name: 'one', role: 'reader' });
  other = service.keys.create({ name: 'other', role: 'reader' });
  ({ host } = new URL(service.url));
}, 60_000);

/** The status of the answer to exactly these lines. */
async function statusOf(...lines: string[]): Promise<number> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => {});
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
}

const get = (...headers: string[]) => statusOf('GET /health HTTP/1.1', ...headers);
const auth = () => `Authorization: Bearer ${key}`;

describe('a request', () => {
  it('with one of each header is answered', async () => {
    expect(await get(`Host: ${host}`, auth())).toBe(200);
    expect(await get('Host: localhost', auth(), 'Origin: http://localhost:1')).toBe(200);
    expect(await statusOf('GET /health HTTP/1.0', `Host: ${host}`, auth())).toBe(200);
    // the names that a proxy was asked for are not looked at
    const forwarded = ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example'];
    expect(await get(`Host: ${host}`, auth(), ...forwarded)).toBe(200);
    expect(await get('Host: evil.example', auth(), `X-Forwarded-Host: ${host}`)).toBe(403);
  });

  it.each([
    ['two hosts', () => [`Host: ${host}`, 'Host: evil.example', auth()]],
    ['a foreign host first', () => ['Host: evil.example', `hOST: ${host}`, auth()]],
    ['the same host twice', () => [`Host: ${host}`, `Host: ${host}`, auth()]],
    ['no host', () => [auth()]],
    ['an empty host', () => ['Host: ', auth()]],
    ['a list of hosts', () => [`Host: ${host}, evil.example`, auth()]],
    ['a user in its host', () => [`Host: evil.example@${host}`, auth()]],
    ['a path in its host', () => [`Host: ${host}/evil`, auth()]],
    ['two credentials', () => [`Host: ${host}`, auth(), `Authorization: Bearer ${other}`]],
    [
      'two origins',
      () => [`Host: ${host}`, auth(), 'Origin: http://localhost', 'Origin: http://evil.example'],
    ],
    ['two lengths', () => [`Host: ${host}`, auth(), 'Content-Length: 0', 'Content-Length: 0']],
    [
      'two different lengths',
      () => [`Host: ${host}`, auth(), 'Content-Length: 0', 'Content-Length: 5'],
    ],
    [
      'a length and chunks',
      () => [`Host: ${host}`, auth(), 'Content-Length: 5', 'Transfer-Encoding: chunked'],
    ],
    [
      'two types',
      () => [`Host: ${host}`, auth(), 'Content-Type: text/plain', 'Content-Type: application/json'],
    ],
    ['two sessions', () => [`Host: ${host}`, auth(), 'Mcp-Session-Id: a', 'Mcp-Session-Id: b']],
  ])('with %s is answered with 400', async (_, headers) => {
    expect(await get(...headers())).toBe(400);
    // before anything is served, also what needs no credential
    expect(await statusOf('GET /health/live HTTP/1.1', ...headers())).toBe(400);
  });

  it.each(['http://evil.example/health/live', 'http://localhost/health/live', '*', '//'])(
    'for %s is not answered as one for a path',
    async (target) => {
      const method = target === '*' ? 'OPTIONS' : 'GET';
      const status = await statusOf(`${method} ${target} HTTP/1.1`, `Host: ${host}`, auth());
      expect(status).toBe(target === '//' ? 404 : 400);
    },
  );

  it('without a host is answered with 400 in HTTP 1.0 as well', async () => {
    expect(await statusOf('GET /health/live HTTP/1.0')).toBe(400);
  });
});
