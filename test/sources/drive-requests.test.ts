import { afterEach, describe, expect, it } from 'vitest';
import { QuotaLimiter } from '../../src/sources/drive/request-executor.ts';
import { parseRetryAfter } from '../../src/sources/drive/errors.ts';
import { rejectionOf, listAll } from '../contract/source.ts';
import type { Fault, FaultRule } from '../support/drive/faults.ts';
import { type DriveFixture, openDriveFixture } from './drive-fixture.ts';

let fixture: DriveFixture;
afterEach(() => fixture.close());

async function openWith(...rules: FaultRule[]): Promise<DriveFixture> {
  fixture = await openDriveFixture();
  fixture.server.faults.add(...rules);
  return fixture;
}

describe('API requests', () => {
  const retryable: [string, Fault][] = [
    ['a rate limit of the user', { do: 'answer', status: 403, reason: 'userRateLimitExceeded' }],
    ['a rate limit of the project', { do: 'answer', status: 403, reason: 'rateLimitExceeded' }],
    ['too many requests', { do: 'answer', status: 429 }],
    ['an internal error', { do: 'answer', status: 500 }],
    ['an error page', { do: 'answer', status: 502, body: 'html' }],
    ['a service that is down', { do: 'answer', status: 503, body: 'empty' }],
    ['an answer that is no JSON', { do: 'answer', status: 200, body: 'broken-json' }],
    ['a refused connection', { do: 'refuse' }],
    ['a connection that breaks off', { do: 'cut', after: 0.5 }],
  ];
  it.each(retryable)('are retried after %s', async (_, fault) => {
    const { api, account, server } = await openWith({ fault, kind: 'about', nth: [1, 2] });
    expect(await api.account()).toBe(account);
    expect(server.counts().about).toBe(3);
  });

  it.each(retryable)('fail with a retryable error after repeated %s', async (_, fault) => {
    const { api, server } = await openWith({ fault, kind: 'about' });
    expect(await rejectionOf(api.account())).toMatchObject({
      code: 'source_error',
      retryable: true,
      hint: expect.any(String),
    });
    expect(server.counts().about).toBe(6);
  });

  it('are retried for the token as well', async () => {
    const { api, account } = await openWith({
      fault: { do: 'answer', status: 503 },
      kind: 'token',
      times: 2,
    });
    expect(await api.account()).toBe(account);
  });

  it('are aborted and retried when they receive no byte for too long', async () => {
    fixture = await openDriveFixture({ limits: { idleTimeoutMs: 150 } });
    fixture.server.faults.add({ fault: { do: 'hang' }, kind: 'about', nth: 1 });
    expect(await fixture.api.account()).toBe(fixture.account);
  });

  it.each([
    ['seconds', 1],
    ['a date', { date: 1 }],
  ])('wait for Retry-After, in %s', async (_, retryAfter) => {
    const { api } = await openWith({
      fault: { do: 'answer', status: 429, retryAfter },
      kind: 'about',
      nth: 1,
    });
    const startedAt = Date.now();
    await api.account();
    // a date has whole seconds
    expect(Date.now() - startedAt).toBeGreaterThan(typeof retryAfter === 'number' ? 990 : 1);
  });

  it('all wait during Retry-After', async () => {
    const { api, server } = await openWith({
      fault: { do: 'answer', status: 429, retryAfter: 1 },
      kind: 'about',
      nth: 1,
    });
    const first = api.account();
    await expect.poll(() => server.counts().about).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAt = Date.now();
    await api.drives();
    expect(Date.now() - startedAt).toBeGreaterThan(800);
    await first;
  });

  it('do not wait for hours', async () => {
    const { api, server } = await openWith({
      fault: { do: 'answer', status: 429, retryAfter: 7200 },
      kind: 'about',
    });
    expect(await rejectionOf(api.account())).toMatchObject({
      code: 'source_error',
      retryable: true,
    });
    expect(server.counts().about).toBe(1);
  });

  it('renew a rejected token once', async () => {
    const { api, server, account } = await openWith();
    await api.drives();
    server.accounts.expireAccessTokens();
    expect(await api.account()).toBe(account);
    expect(server.counts().token).toBe(2);
    server.faults.add({ fault: { do: 'answer', status: 401 }, kind: 'drives' });
    expect(await rejectionOf(api.drives())).toMatchObject({
      code: 'not_signed_in',
      retryable: false,
    });
  });

  const permanent: [string, Fault, string, RegExp][] = [
    ['accessNotConfigured', answer(403, 'accessNotConfigured'), 'source_error', /Enable it/],
    ['domainPolicy', answer(403, 'domainPolicy'), 'source_error', /administrator/],
    ['dailyLimitExceeded', answer(403, 'dailyLimitExceeded'), 'source_error', /tomorrow/],
    ['insufficientPermissions', answer(403, 'insufficientPermissions'), 'not_signed_in', /scope/],
    ['badRequest', answer(400, 'badRequest'), 'source_error', /check/],
  ];
  it.each(permanent)('fail at once, with a hint, after %s', async (_, fault, code, hint) => {
    const { api, server } = await openWith({ fault, kind: 'about' });
    const error = await rejectionOf(api.account());
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
    expect(server.counts().about).toBe(1);
  });

  it('explain that sign-ins of an app in Testing end, when a sign-in is revoked', async () => {
    const { api, server, account } = await openWith();
    server.accounts.revokeAll(account);
    const error = await rejectionOf(api.account());
    expect(error.code).toBe('not_signed_in');
    expect(error.hint).toMatch(/drive login.*"Testing" end after 7 days/);
  });

  it('reject an incomplete search', async () => {
    const { source, server } = await openWith({ fault: { do: 'incompleteSearch' }, kind: 'list' });
    expect(await rejectionOf(listAll(source('drive:my')))).toMatchObject({
      code: 'source_error',
      retryable: true,
    });
    server.faults.clear();
    server.faults.add({ fault: { do: 'incompleteSearch' }, kind: 'list', nth: [1, 2] });
    expect(await listAll(source('drive:my'))).toEqual([]);
  });

  it('end when they are cancelled during a wait', async () => {
    const { api } = await openWith({
      fault: { do: 'answer', status: 503, retryAfter: 30 },
      kind: 'drives',
    });
    const abortController = new AbortController();
    const request = rejectionOf(api.drives(abortController.signal));
    setTimeout(() => abortController.abort(), 100);
    expect(await request).toMatchObject({ code: 'cancelled' });
  });

  it('go to the endpoint alone', async () => {
    const { api, server } = await openWith();
    await api.account();
    expect(server.counts()).toEqual({ token: 1, about: 1 });
  });
});

describe('QuotaLimiter', () => {
  it('limits the rate to its units, beyond its capacity', async () => {
    fixture = await openDriveFixture();
    const limiter = new QuotaLimiter({ unitsPerMinute: 60_000, concurrency: 64 });
    const startedAt = performance.now();
    // five seconds' worth is there at once; the rest comes at one unit a millisecond
    for (let at = 0; at < 53; at++) {
      await limiter.acquire(100);
      limiter.release();
    }
    expect(performance.now() - startedAt).toBeGreaterThan(280);
  });

  it('halves the concurrency once for requests that were rejected together, and raises it again', async () => {
    fixture = await openDriveFixture();
    const limiter = new QuotaLimiter({ unitsPerMinute: 1e9, concurrency: 8 });
    for (let at = 0; at < 40; at++) limiter.onSuccess();
    expect(limiter.concurrency).toBe(8);
    const sentAt = performance.now();
    limiter.onRateLimited(sentAt, 0);
    limiter.onRateLimited(sentAt, 0);
    expect(limiter.concurrency).toBe(4);
    for (let at = 0; at < 40; at++) limiter.onSuccess();
    expect(limiter.concurrency).toBe(8);
    for (let at = 0; at < 10; at++) limiter.onRateLimited(performance.now(), 0);
    expect(limiter.concurrency).toBe(1);
  });
});

it('reads Retry-After as seconds or as a date, and nothing else', async () => {
  fixture = await openDriveFixture();
  const now = Date.UTC(2026, 0, 1);
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeUndefined();
  expect(parseRetryAfter(null, now)).toBeUndefined();
});

function answer(status: number, reason: string): Fault {
  return { do: 'answer', status, reason };
}
