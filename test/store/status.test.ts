import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Analysis, ContractDate, StatedFact } from '../../src/documents.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { contractStatus } from '../../src/store/status.ts';
import type { ContractStatus } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { everything, revisionOf } from '../contract/store-samples.ts';

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

const day = fc.constantFrom('2024-12-31', '2025-01-01', '2025-01-02', '2025-06-30');
const stated = day.map((value): ContractDate => ({ value, basis: 'stated', evidence: [] }));
const perpetual = fc.constant<ContractDate>({ basis: 'perpetual', evidence: [] });
const dates = fc.record(
  {
    agreementDate: stated,
    effectiveDate: stated,
    expirationDate: fc.oneof(stated, perpetual),
    renewalTerm: fc.constant<StatedFact>({ value: '1 year', evidence: [] }),
  },
  { requiredKeys: [] },
);

test('the status that filters judge by is the one that answers tell', async () => {
  await fc.assert(
    fc.asyncProperty(dates, day, async (analysis, today) => {
      await store.replaceDocument(revisionOf('a', ['Text.'], { analysis }));
      const statuses: ContractStatus[] = ['in_force', 'expired', 'not_yet_effective', 'unknown'];
      const passing: ContractStatus[] = [];
      for (const status of statuses) {
        const filter = { ...everything, today, status };
        if ((await store.documents(filter, { sort: 'title', limit: 1 })).total > 0) {
          passing.push(status);
        }
      }
      expect(passing).toEqual([contractStatus(analysis, today)]);
    }),
    { numRuns: 150 },
  );
});

const on = (value: string) => ({ value, basis: 'stated' as const, evidence: [] });
const statusOf = (analysis: Partial<Analysis>) => contractStatus(analysis, '2025-01-01');

test('what the dates of a contract say of a day', () => {
  const begun = { effectiveDate: on('2020-01-01') };
  expect(statusOf({ ...begun, expirationDate: on('2025-01-01') })).toBe('in_force');
  expect(statusOf({ ...begun, expirationDate: on('2024-12-31') })).toBe('expired');
  const renewalTerm = { value: '1 year', evidence: [] };
  expect(statusOf({ ...begun, expirationDate: on('2024-12-31'), renewalTerm })).toBe('unknown');
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
});
