import { once } from 'node:events';
import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import type { Caller } from '../../src/access/principal.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import { serveHttp } from '../../src/mcp/http.ts';

const caller: Caller = {
  id: 'key:1',
  name: 'ann',
  principal: 'unrestricted',
  scopes: ['documents:read'],
  authMethod: 'key',
};

/** A service without contracts, for requests that need none. */
async function startService(
  authenticate: () => Promise<Caller>,
  failure = new Error('No services are needed here.'),
) {
  const service = await serveHttp({
    services: async () => {
      throw failure;
    },
    authenticator: {
      authDisabled: false,
      hasCredentials: true,
      tokenVerifier: undefined,
      revalidate: () => true,
      authenticate,
    },
    host: '127.0.0.1',
    port: 0,
    limits: { maxOpenPerCaller: 1, drainTimeoutMs: 0 },
  });
  onTestFinished(() => service.close());
  return service;
}

it('holds no place for a client that disconnected while it was authenticated', async () => {
  let finish = () => {};
  let isFirst = true;
  let onStarted = () => {};
  const started = new Promise<void>((resolve) => (onStarted = resolve));
  const { url } = await startService(async () => {
    if (isFirst) {
      isFirst = false;
      onStarted();
      await new Promise<void>((resolve) => (finish = resolve));
    }
    return caller;
  });
  const client = request(`${url}/nothing`).on('error', () => {});
  client.end();
  await started;
  client.destroy();
  await new Promise((resolve) => client.once('close', resolve));
  // the server sees the disconnection in a later turn of the event loop
  await expect.poll(async () => (await fetch(`${url}/nothing`)).status).toBe(404);
  finish();
  await expect.poll(async () => (await fetch(`${url}/nothing`)).status).toBe(404);
});

it('checks the host and serves public routes before it authenticates', async () => {
  let authenticated = 0;
  const { url } = await startService(async () => {
    authenticated += 1;
    return caller;
  });
  const response = await fetch(`${url}/health/live`);
  expect(await response.json()).toEqual({ status: 'live' });
  const foreign = request(`${url}/nothing`, { headers: { host: 'other.example' } });
  foreign.end();
  const [answer] = (await once(foreign, 'response')) as [{ statusCode: number; resume(): void }];
  answer.resume();
  expect(answer.statusCode).toBe(403);
  expect(authenticated).toBe(0);
});

it.each([
  [
    'an unexpected error',
    new Error('SELECT secret FROM /var/lib/deedbox'),
    'An unexpected error occurred. Try once more; if it happens again, the log of the Deedbox service says why.',
  ],
  [
    'a data folder that cannot be used',
    new DeedboxError('storage_error', 'Cannot open /var/lib/deedbox.', { hint: 'Free the disk.' }),
    'Deedbox could not use its data folder; its log says why.',
  ],
])('answers %s like every other error, without its details', async (_, failure, description) => {
  const { url } = await startService(async () => caller, failure);
  const response = await fetch(`${url}/health`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    error: 'server_error',
    error_description: description,
  });
});
