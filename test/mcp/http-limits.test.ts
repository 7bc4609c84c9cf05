import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestLimiter, defaultLimits } from '../../src/mcp/http-limits.ts';
import { TokenBuckets } from '../../src/mcp/token-buckets.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('TokenBuckets', () => {
  /** Requests that are allowed one after the other, at this moment. */
  function countAllowed(buckets: TokenBuckets, id = 'key:1'): number {
    let allowed = 0;
    while (buckets.take(id) === 0) allowed += 1;
    return allowed;
  }

  it('allows as many requests at once as its capacity, then says how long to wait', () => {
    const buckets = new TokenBuckets(60, 5);
    expect(countAllowed(buckets)).toBe(5);
    expect(buckets.take('key:1')).toBe(1);
  });

  it('gives tokens back at an even pace', () => {
    const buckets = new TokenBuckets(60, 5);
    countAllowed(buckets);
    vi.advanceTimersByTime(2000);
    expect(countAllowed(buckets)).toBe(2);
  });

  it('holds no more tokens than its capacity, however long the pause', () => {
    const buckets = new TokenBuckets(60, 5);
    countAllowed(buckets);
    vi.advanceTimersByTime(3_600_000);
    expect(countAllowed(buckets)).toBe(5);
  });

  it('starts a bucket that was never used with its capacity', () => {
    const buckets = new TokenBuckets(60, 5);
    vi.advanceTimersByTime(3_600_000);
    expect(countAllowed(buckets)).toBe(5);
  });

  it('takes no token for a request that it rejects', () => {
    const buckets = new TokenBuckets(60, 1);
    countAllowed(buckets);
    for (let n = 0; n < 10; n += 1) expect(buckets.take('key:1')).toBeGreaterThan(0);
    vi.advanceTimersByTime(1000);
    expect(countAllowed(buckets)).toBe(1);
  });

  it('counts callers apart', () => {
    const buckets = new TokenBuckets(60, 2);
    expect(countAllowed(buckets, 'key:1')).toBe(2);
    expect(countAllowed(buckets, 'key:2')).toBe(2);
  });
});

describe('RequestLimiter', () => {
  const limits = { ...defaultLimits, maxOpenPerCaller: 2, maxOpenTotal: 3 };

  it('limits the open requests of one caller, and of all together', () => {
    const limiter = new RequestLimiter(limits);
    limiter.acquire('key:1');
    const release = limiter.acquire('key:1');
    expect(() => limiter.acquire('key:1')).toThrow(expect.objectContaining({ status: 429 }));
    limiter.acquire('key:2');
    expect(() => limiter.acquire('key:3')).toThrow(expect.objectContaining({ status: 503 }));
    release();
    limiter.acquire('key:1');
  });

  it('releases a place once, however often it is asked to', () => {
    const limiter = new RequestLimiter(limits);
    const release = limiter.acquire('key:1');
    limiter.acquire('key:1');
    release();
    release();
    limiter.acquire('key:1');
    expect(() => limiter.acquire('key:1')).toThrow(expect.objectContaining({ status: 429 }));
  });

  it('does not count a request that it rejects', () => {
    const limiter = new RequestLimiter({ ...limits, burst: 1, requestsPerMinute: 60 });
    limiter.acquire('key:1')();
    expect(() => limiter.acquire('key:1')).toThrow();
    vi.advanceTimersByTime(1000);
    limiter.acquire('key:1');
    limiter.acquire('key:2');
    limiter.acquire('key:3');
  });

  it('limits the bodies of open requests, and counts one of unknown length as the longest', () => {
    const limiter = new RequestLimiter(defaultLimits);
    const release = limiter.acquire('key:1', 200_000);
    for (let n = 0; n < 31; n += 1) limiter.acquire('key:1', undefined);
    const tooMany = expect.objectContaining({ limit: 'open_bodies', status: 429 });
    expect(() => limiter.acquire('key:1', 200_000)).toThrow(tooMany);
    release();
    limiter.acquire('key:1', 200_000);
  });

  it('rejects requests of a caller who sent or was sent too much, until that is made up for', () => {
    const bytes = { receivedBytesPerMinute: 6000, sentBytesPerMinute: 60_000 };
    const limiter = new RequestLimiter({ ...defaultLimits, ...bytes });
    limiter.charge('key:1', { received: 6200 });
    const tooMuch = { limit: 'received_bytes', status: 429, retryAfterSeconds: 2 };
    expect(() => limiter.acquire('key:1')).toThrow(expect.objectContaining(tooMuch));
    limiter.acquire('key:2')();
    vi.advanceTimersByTime(2000);
    limiter.acquire('key:1')();
    limiter.charge('key:1', { sent: 61_000 });
    expect(() => limiter.acquire('key:1')).toThrow(
      expect.objectContaining({ limit: 'sent_bytes', retryAfterSeconds: 1 }),
    );
  });

  it('limits calls apart from requests, and as many as these where nothing is set', () => {
    const limiter = new RequestLimiter({ ...defaultLimits, callsPerMinute: 100 });
    for (let n = 0; n < 20; n += 1) limiter.takeCall('key:1');
    expect(() => limiter.takeCall('key:1')).toThrow(expect.objectContaining({ limit: 'calls' }));
    limiter.acquire('key:1');
    const same = new RequestLimiter({ ...defaultLimits, burst: 2 });
    for (let n = 0; n < 2; n += 1) same.takeCall('key:1');
    expect(() => same.takeCall('key:1')).toThrow(expect.objectContaining({ limit: 'calls' }));
  });
});
