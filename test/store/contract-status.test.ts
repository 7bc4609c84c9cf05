import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RenewalTerm } from '../../src/domain/documents.ts';
import { isReadInPart } from '../../src/domain/reading.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import {
  nextNoticeDeadline,
  currentTermEnd,
  currentNoticeDeadline,
  renewsAutomatically,
} from '../../src/store/current-term.ts';
import { contractStatus } from '../../src/store/contract-status.ts';
import type { ContractStatus, DateRange, DocumentFilter } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { indexRevision, unfiltered, revisionOf, unrestricted } from '../contract/store-samples.ts';
import { anyDay, anyFields, lengthOf, on, readInPart } from './term-fields.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'deedbox-status-'));
  store = await openSqliteStore({ folder });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const matches = async (filter: Partial<DocumentFilter>) =>
  (await unrestricted(store).documents({ ...unfiltered, ...filter }, { sort: 'title', limit: 1 }))
    .total > 0;

const statuses: ContractStatus[] = ['in_force', 'expired', 'not_yet_effective', 'unknown'];

test('filters and answers compute the same status', async () => {
  await fc.assert(
    fc.asyncProperty(anyFields, anyDay, async (analysis, today) => {
      await indexRevision(store, revisionOf('a', ['Text.'], { analysis }));
      const matchingStatuses: ContractStatus[] = [];
      for (const status of statuses) {
        if (await matches({ today, status })) matchingStatuses.push(status);
      }
      expect(matchingStatuses).toEqual([contractStatus(analysis, today)]);
    }),
    { numRuns: 150 },
  );
});

const isWithin = (day: string | undefined, { from, to }: DateRange) =>
  day !== undefined && (from === undefined || from <= day) && (to === undefined || day <= to);

test('filters and answers compute the same terms', async () => {
  const range = fc.tuple(fc.option(anyDay), fc.option(anyDay)).map(([a, b]) => {
    const [from, to] = a !== null && b !== null && a > b ? [b, a] : [a, b];
    return { from: from ?? undefined, to: to ?? undefined };
  });
  await fc.assert(
    fc.asyncProperty(anyFields, anyDay, range, async (fields, today, days) => {
      await indexRevision(store, revisionOf('a', ['Text.'], { analysis: fields }));
      const dated = days.from !== undefined || days.to !== undefined;
      const end = currentTermEnd(fields, today);
      const notices = [currentNoticeDeadline(fields, today), nextNoticeDeadline(fields, today)];
      expect(await matches({ today, expires: days })).toBe(!dated || isWithin(end, days));
      expect(await matches({ today, notice: days })).toBe(
        !dated || notices.some((day) => isWithin(day, days)),
      );
      const renews = renewsAutomatically(fields, today);
      expect(await matches({ today, renews: true })).toBe(renews);
      // a renewal may stand on what was not read
      const isKnown = fields.renewalTerm !== undefined || !isReadInPart(fields.reading);
      expect(await matches({ today, renews: false })).toBe(!renews && isKnown);
      expect(await matches({ today, readInPart: true })).toBe(isReadInPart(fields.reading));
      expect(await matches({ today, noticeUnknown: true })).toBe(
        renews && notices[0] === undefined,
      );
    }),
    { numRuns: 150 },
  );
});

test('sorting by expiration uses the current term', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFields, { maxLength: 6 }), anyDay, async (all, today) => {
      await store.removeFiles(Array.from({ length: 6 }, (_, index) => String(index)));
      await store.removeFiles(['a']);
      for (const [index, analysis] of all.entries()) {
        await indexRevision(store, revisionOf(String(index), ['Text.'], { analysis }));
      }
      const options = { sort: 'expiration_date', limit: 10 } as const;
      const { documents } = await unrestricted(store).documents({ ...unfiltered, today }, options);
      const ends = documents.map(({ analysis }) => currentTermEnd(analysis, today) ?? '9999');
      expect(ends).toEqual(ends.toSorted());
      expect(ends).toHaveLength(all.length);
    }),
    { numRuns: 40 },
  );
});

test('the status follows from the dates of a contract', () => {
  const statusOf = (fields: Parameters<typeof contractStatus>[0]) =>
    contractStatus(fields, '2025-01-01');
  const begun = { effectiveDate: on('2020-01-01') };
  const past = { ...begun, expirationDate: on('2024-12-31') };
  expect(statusOf({ ...begun, expirationDate: on('2025-01-01') })).toBe('in_force');
  expect(statusOf(past)).toBe('expired');
  expect(statusOf({ ...past, reading: readInPart })).toBe('unknown');
  expect(statusOf({ ...begun, expirationDate: { basis: 'perpetual', evidence: [] } })).toBe(
    'in_force',
  );
  expect(statusOf({ expirationDate: on('2030-01-01') })).toBe('in_force');
  expect(statusOf(begun)).toBe('unknown');
  expect(statusOf({})).toBe('unknown');
  expect(statusOf({ effectiveDate: on('2025-01-02') })).toBe('not_yet_effective');
  expect(statusOf({ effectiveDate: on('2025-01-02'), agreementDate: on('2024-01-01') })).toBe(
    'not_yet_effective',
  );

  const length = lengthOf(1, 'year');
  const automatic: RenewalTerm = { kind: 'automatic', evidence: [] };
  const optional: RenewalTerm = { kind: 'optional', evidence: [] };
  const long = { ...begun, expirationDate: on('2022-12-31') };
  expect(statusOf({ ...long, renewalTerm: { ...automatic, length } })).toBe('in_force');
  expect(statusOf({ ...long, renewalTerm: { ...automatic, length, maximum: 3 } })).toBe('in_force');
  expect(statusOf({ ...long, renewalTerm: { ...automatic, length, maximum: 2 } })).toBe('expired');
  expect(statusOf({ ...long, renewalTerm: automatic })).toBe('unknown');
  expect(statusOf({ ...past, renewalTerm: { ...optional, length } })).toBe('unknown');
  expect(statusOf({ ...long, renewalTerm: { ...optional, length, maximum: 3 } })).toBe('unknown');
  expect(statusOf({ ...long, renewalTerm: { ...optional, length, maximum: 1 } })).toBe('expired');
});
