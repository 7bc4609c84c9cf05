import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { AuditLog } from '../src/audit/log.ts';
import type { AuditRecord } from '../src/audit/record.ts';
import { packageRoot } from '../src/settings/config.ts';
import { machineDescription, percentile, table } from './figures.ts';
import { entry, runIngest } from './ingest.ts';

/**
 * `npm run bench:audit [-- --folder DIR]`: what a line of the audit log costs. A line is on the disk
 * before the answer goes out, so it takes what the disk takes to sync; `--folder` names a folder on the
 * disk that is meant, else it is the system's temporary folder.
 */
const { values } = parseArgs({ options: { folder: { type: 'string' } } });
const folder = await mkdtemp(join(values.folder ?? tmpdir(), 'deedbox-bench-audit-'));

/** As a search for passages writes it: ten quotations of ten contracts. */
const record: AuditRecord = {
  event: 'tool',
  name: 'search_passages',
  who: { by: 'key', id: 'key:1f2e3d4c5b6a7988', name: 'ann-laptop', person: 'ann@firm.example' },
  from: { transport: 'http', address: '192.0.2.17' },
  outcome: 'ok',
  milliseconds: 12,
  disclosed: Array.from({ length: 10 }, (_, n) => ({
    document_id: `contract${n}`.padEnd(20, '0'),
    spans: [{ char_start: 1000 * n, char_end: 1000 * n + 480, page_start: n, page_end: n }],
  })),
};

const ms = (value: number) => `${value.toFixed(2)} ms`;
const row = (what: string, times: number[]) => [
  what,
  String(times.length),
  ms(percentile(times, 0.5)),
  ms(percentile(times, 0.95)),
];

async function timed(times: number[], work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  times.push(performance.now() - startedAt);
}

/** Lines that so many write at the same time, each waiting for its own. */
async function lines(writers: number, each: number): Promise<number[]> {
  const log = new AuditLog({ folder: join(folder, `lines-${writers}`), maxBytes: 64 * 2 ** 20 });
  const times: number[] = [];
  const write = async () => {
    for (let n = 0; n < each; n += 1) await timed(times, () => log.append({ ...record }));
  };
  await Promise.all(Array.from({ length: writers }, write));
  await log.close();
  return times;
}

/** Answers of `search_passages` over stdio, with the log and without. */
async function answers(data: string): Promise<Record<'off' | 'required', number[]>> {
  const times: Record<'off' | 'required', number[]> = { off: [], required: [] };
  for (let round = 0; round < 3; round += 1) {
    for (const mode of ['off', 'required'] as const) {
      const client = new Client({ name: 'bench', version: '1' });
      const env = { PATH: process.env['PATH'] ?? '', DEEDBOX_AUDIT: mode };
      const args = [entry, 'stdio', '--data', data];
      await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
      const ask = () =>
        client.callTool({ name: 'search_passages', arguments: { query: 'notice of renewal' } });
      for (let n = 0; n < 20; n += 1) await ask();
      for (let n = 0; n < 100; n += 1) await timed(times[mode], ask);
      await client.close();
    }
  }
  return times;
}

try {
  const data = join(folder, 'data');
  await runIngest(join(packageRoot(), 'samples', 'contracts'), data);
  const sequential = await lines(1, 500);
  const concurrent = await lines(50, 40);
  const { off, required } = await answers(data);
  process.stdout.write(
    `${machineDescription()}\n\n${table(
      ['what', 'times', 'p50', 'p95'],
      [
        row('a line of the audit log, one after the other', sequential),
        row('a line, while 50 wait for theirs', concurrent),
        row('search_passages over stdio, DEEDBOX_AUDIT=off', off),
        row('the same, DEEDBOX_AUDIT=required', required),
      ],
    )}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
