import { expect, it, onTestFinished } from 'vitest';
import { generateKey } from '../../src/access/api-key.ts';
import { TokenBuckets } from '../../src/mcp/token-buckets.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { bearer, send } from '../support/raw-http.ts';

async function startService(options: { trustedProxies?: string[] } = {}) {
  const { keys, url } = await authenticatedService((close) => onTestFinished(close), {
    limits: { authFailuresPerMinute: 5 },
    ...options,
  });
  const key = keys.create({ name: 'ann', role: 'reader' });
  const ask = (credential: string | undefined, from?: string) =>
    send(`${url}/health`, {
      headers: {
        ...(credential !== undefined && bearer(credential)),
        ...(from !== undefined && { 'x-forwarded-for': from }),
      },
    });
  /** The statuses of so many tries with a key that is none. */
  const tryInvalidKeys = async (times: number, from?: string) => {
    const statuses = [];
    for (let n = 0; n < times; n += 1) statuses.push((await ask(generateKey(), from)).status);
    return statuses;
  };
  return { key, ask, guess: tryInvalidKeys };
}

const fiveUnauthorized = Array(5).fill(401);

it('limits invalid credentials from one address, and accepts a valid one all the same', async () => {
  const { key, ask, guess: tryInvalidKeys } = await startService();
  expect(await tryInvalidKeys(7)).toEqual([...fiveUnauthorized, 429, 429]);
  const rateLimited = await ask('rubbish');
  expect(rateLimited.status).toBe(429);
  expect(Number(rateLimited.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(rateLimited.headers['retry-after'])).toBeLessThanOrEqual(12);
  expect((await ask(key)).status).toBe(200);
  // how a client asks where to sign in
  expect((await ask(undefined)).status).toBe(401);
});

it('counts each client address behind a trusted proxy by itself', async () => {
  const { guess: tryInvalidKeys } = await startService({ trustedProxies: ['127.0.0.1'] });
  expect(await tryInvalidKeys(6, '203.0.113.1')).toEqual([...fiveUnauthorized, 429]);
  expect(await tryInvalidKeys(1, '203.0.113.2')).toEqual([401]);
  // a client can forge what precedes the last address
  expect(await tryInvalidKeys(1, '203.0.113.9, 203.0.113.1')).toEqual([429]);
  expect(await tryInvalidKeys(6, '2001:db8::1')).toEqual([...fiveUnauthorized, 429]);
  expect(await tryInvalidKeys(1, '2001:db8:0:0:ffff::2')).toEqual([429]);
  expect(await tryInvalidKeys(1, '2001:db8:0:1::1')).toEqual([401]);
});

it('ignores X-Forwarded-For of a client that is no trusted proxy', async () => {
  const { guess: tryInvalidKeys } = await startService();
  const statuses = [];
  for (let n = 0; n < 6; n += 1) statuses.push(...(await tryInvalidKeys(1, `203.0.113.${n}`)));
  expect(statuses).toEqual([...fiveUnauthorized, 429]);
});

it('keeps at most ten thousand buckets', () => {
  const buckets = new TokenBuckets(1, 1);
  expect([buckets.take('first'), buckets.take('first')]).toEqual([0, 60]);
  for (let n = 0; n < 9_999; n += 1) buckets.take(`address ${n}`);
  expect(buckets.take('first')).toBeGreaterThan(50);
  for (let n = 0; n < 10_000; n += 1) buckets.take(`other ${n}`);
  expect(buckets.take('first')).toBe(0);
});
