import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listAuditFiles } from '../../src/audit/files.ts';
import { AuditLog } from '../../src/audit/log.ts';
import { auditLines, verifyAudit } from '../../src/audit/verify.ts';
import { deedbox, deedboxWith, temporaryFolder } from '../support/cli.ts';

const dayMs = 24 * 3600_000;

/** Writes three lines on each of some days; each day is a process of its own. */
async function writeDays(folder: string, days: number, options: { retentionDays?: number } = {}) {
  for (let day = 0; day < days; day += 1) {
    const now = () => new Date(Date.parse('2026-03-01T12:00:00Z') + day * dayMs);
    const log = new AuditLog({ folder, maxBytes: 1e6, now, ...options });
    for (let line = 0; line < 3; line += 1) await log.append({ event: 'tool', day, line });
    await log.close();
  }
}

const daysIn = (folder: string) => listAuditFiles(folder).map((name) => name.slice(8, 10));

it('keeps everything without a setting', async () => {
  const folder = join(temporaryFolder(), 'audit');
  await writeDays(folder, 20);
  expect(listAuditFiles(folder)).toHaveLength(20);
});

it('removes whole files of older days, and what is left is verified from there on', async () => {
  const folder = join(temporaryFolder(), 'audit');
  await writeDays(folder, 10, { retentionDays: 3 });
  expect(daysIn(folder)).toEqual(['07', '08', '09', '10']);
  const check = verifyAudit(folder);
  expect(check.problem).toBeUndefined();
  const [first] = [...auditLines(folder)];
  expect(first!.seq).toBeGreaterThan(1);
  expect(check.first).toMatchObject({ seq: first!.seq });
  expect(check.retention).toEqual({ seq: first!.seq - 1, time: '2026-03-10T12:00:00.000Z' });
  const noted = verifyAudit(folder, { noted: { seq: 2, hash: 'a'.repeat(64) } });
  expect(noted.problem?.what).toContain('was removed because of its age');
});

it('also when no file is left but the new one', async () => {
  const folder = join(temporaryFolder(), 'audit');
  await writeDays(folder, 3);
  const now = () => new Date('2027-03-01T12:00:00Z');
  const log = new AuditLog({ folder, maxBytes: 1e6, retentionDays: 30, now });
  await log.append({ event: 'tool' });
  await log.close();
  expect(listAuditFiles(folder)).toHaveLength(1);
  expect(verifyAudit(folder)).toMatchObject({
    lines: 2,
    first: { seq: 10 },
    retention: { seq: 9 },
  });
  expect(verifyAudit(folder).problem).toBeUndefined();
});

it('a removal that was interrupted leaves a valid log', async () => {
  const folder = join(temporaryFolder(), 'audit');
  await writeDays(folder, 6);
  const files = listAuditFiles(folder).map((name) => [name, readFileSync(join(folder, name))]);
  const now = () => new Date('2026-03-07T12:00:00Z');
  const log = new AuditLog({ folder, maxBytes: 1e6, retentionDays: 2, now });
  await log.append({ event: 'tool' });
  await log.close();
  expect(daysIn(folder)).toEqual(['05', '06', '07']);
  for (const [name, bytes] of files.slice(0, 4).reverse()) {
    writeFileSync(join(folder, name as string), bytes!);
    expect(verifyAudit(folder).problem, String(name)).toBeUndefined();
  }
});

it('detects that more was removed than is recorded, and lines that were changed before', async () => {
  const folder = join(temporaryFolder(), 'audit');
  await writeDays(folder, 10, { retentionDays: 3 });
  const [oldest] = listAuditFiles(folder);
  const bytes = readFileSync(join(folder, oldest!));
  rmSync(join(folder, oldest!));
  expect(verifyAudit(folder).problem).toMatchObject({ line: 1, seq: 1 });
  // a forged beginning of the same length
  const forged = bytes.toString().replace('"day":6', '"day":7');
  writeFileSync(join(folder, oldest!), forged);
  expect(verifyAudit(folder).problem).toBeDefined();
  writeFileSync(join(folder, oldest!), bytes);
  expect(verifyAudit(folder).problem).toBeUndefined();
});

it('is configured in days, and `audit verify` prints where the log begins', async () => {
  const data = temporaryFolder();
  await writeDays(join(data, 'audit'), 4, { retentionDays: 1 });
  const { code, stdout } = await deedbox('audit', 'verify', '--data', data);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /It begins with line \d+: lines up to \d+ were removed because of their age/,
  );
  const wrong = { DEEDBOX_AUDIT_RETENTION_DAYS: '0' };
  const refused = await deedboxWith(wrong, 'audit', 'verify', '--data', data);
  expect(refused.stderr).toContain('must be a whole number from 1 to 36500');
});
