import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';

describe('readConfig', () => {
  it('converts seconds to milliseconds and megabytes to bytes', () => {
    const config = readConfig({
      DEEDBOX_DRAIN_SECONDS: '7',
      DEEDBOX_LEASE_SECONDS: '9',
      DEEDBOX_PARSE_SECONDS: '11',
      DEEDBOX_PARSE_MEMORY_MB: '512',
      DEEDBOX_MAX_FILE_MB: '3',
      DEEDBOX_AUDIT_FILE_MB: '2',
    });
    expect(config.access.limits.drainTimeoutMs).toBe(7000);
    expect(config.queue.leaseMs).toBe(9000);
    expect(config.parse).toEqual({ timeLimitMs: 11_000, memoryLimitBytes: 512 * 2 ** 20 });
    expect(config.maxFileBytes).toBe(3 * 2 ** 20);
    expect(config.audit.maxBytes).toBe(2 * 2 ** 20);
  });

  it.each([
    ['1', 20],
    ['100', 20],
    ['101', 21],
    ['600', 120],
  ])('allows a burst for %s requests per minute: a fifth of them, at least 20', (rate, burst) => {
    const { limits } = readConfig({ DEEDBOX_REQUESTS_PER_MINUTE: rate }).access;
    expect(limits).toMatchObject({ requestsPerMinute: Number(rate), burst });
  });

  it('has no schedule where it is off', () => {
    expect(readConfig({ DEEDBOX_SCHEDULE: 'off' }).schedule).toBeUndefined();
    expect(readConfig({}).schedule).toBe('0 2 * * *');
  });

  it('limits the documents of an answer only where that is set', () => {
    expect(readConfig({}).disclosure).toEqual({ redacted: [], maxCharacters: 60_000 });
    const settings = { DEEDBOX_ANSWER_DOCUMENTS: '3', DEEDBOX_REDACT: 'names, amounts names' };
    expect(readConfig(settings).disclosure).toEqual({
      redacted: ['names', 'amounts'],
      maxCharacters: 60_000,
      maxDocuments: 3,
    });
  });

  it('accepts letters beyond ASCII in the address of the person only where that is set', () => {
    const settings = { DEEDBOX_PERSON: 'J\u00FCrgen@Firm.Example' };
    expect(() => readConfig(settings)).toThrow(/DEEDBOX_PERSON: .*DEEDBOX_INTERNATIONAL_ADDRESSES/);
    const international = readConfig({ ...settings, DEEDBOX_INTERNATIONAL_ADDRESSES: 'true' });
    expect(international.principal).toEqual({ email: 'j\u00FCrgen@firm.example' });
    for (const person of ['ban\u212A@firm.example', ' bank@firm.example', 'bank@firm.example\0'])
      expect(() =>
        readConfig({ DEEDBOX_PERSON: person, DEEDBOX_INTERNATIONAL_ADDRESSES: 'true' }),
      ).toThrow(/DEEDBOX_PERSON: is not an email address/);
  });

  it('treats an empty setting as unset, but not an empty person or issuer', () => {
    expect(readConfig({ DEEDBOX_PORT: '' }).port).toBe(7331);
    expect(() => readConfig({ DEEDBOX_PERSON: '' })).toThrow(/DEEDBOX_PERSON/);
    expect(() => readConfig({ DEEDBOX_OIDC_ISSUER: '' })).toThrow(/DEEDBOX_OIDC_ISSUER/);
  });

  it('accepts the variables of docker-compose.yml, and no other unknown name', () => {
    expect(() => readConfig({ DEEDBOX_SITE: 'deedbox.firm.example' })).not.toThrow();
    expect(() => readConfig({ DEEDBOX_SITES: 'x' })).toThrow(/DEEDBOX_SITES: there is no such/);
  });

  it('names every setting that is wrong', () => {
    const settings = { DEEDBOX_PORT: '99999', DEEDBOX_WORKERS: '0', DEEDBOX_REDCT: 'names' };
    expect(() => readConfig(settings)).toThrow(
      /DEEDBOX_REDCT: .*DEEDBOX_PORT: must be a whole number from 0 to 65535.*DEEDBOX_WORKERS: /,
    );
  });

  it('limits files per minute only with Redis', () => {
    const settings = { DEEDBOX_FILES_PER_MINUTE: '10' };
    expect(() => readConfig({ ...settings, REDIS_URL: '' })).toThrow(/needs Redis/);
    const { queue } = readConfig({ ...settings, REDIS_URL: 'redis://127.0.0.1:6379/0' });
    expect(queue).toMatchObject({ filesPerMinute: 10, redisUrl: 'redis://127.0.0.1:6379/0' });
  });
});
