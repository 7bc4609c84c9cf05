import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { AuditLog } from '../src/audit/log.ts';
import type { AuditRecord } from '../src/audit/record.ts';
import { packageRoot } from '../src/settings/config.ts';
import { currentMachine, describeMachine, writeResult } from '../training/result-file.ts';
import { percentile, table, timeFigures } from './figures.ts';
import { program, runIngest } from './ingest.ts';

/**
 * `npm run bench:audit [-- --folder DIR]`: how long a line of the audit log takes. A line is on disk
 * before its answer is sent, so the time depends on how fast the disk syncs. `--folder` names a folder
 * on the disk to measure; by default it is the system's temporary folder, and the result is written to
 * bench/results/audit.json.
 */
const { values } = parseArgs({ options: { folder: { type: 'string' } } });
const folder = await mkdtemp(join(values.folder ?? tmpdir(), 'deedbox-bench-audit-'));

/** A record as `search_passages` writes it: ten citations from ten contracts. */
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

/** Times of `each` lines from each of several writers at the same time; each awaits its own line. */
async function measureLines(writers: number, each: number): Promise<number[]> {
  const log = new AuditLog({ folder: join(folder, `lines-${writers}`), maxBytes: 64 * 2 ** 20 });
  const times: number[] = [];
  const write = async () => {
    for (let n = 0; n < each; n += 1) await timed(times, () => log.append({ ...record }));
  };
  await Promise.all(Array.from({ length: writers }, write));
  await log.close();
  return times;
}

/** Times of `search_passages` over stdio, with the audit log and without. */
async function measureAnswers(data: string): Promise<Record<'off' | 'required', number[]>> {
  const times: Record<'off' | 'required', number[]> = { off: [], required: [] };
  for (let round = 0; round < 3; round += 1) {
    for (const mode of ['off', 'required'] as const) {
      const client = new Client({ name: 'bench', version: '1' });
      const env = { PATH: process.env['PATH'] ?? '', DEEDBOX_AUDIT: mode };
      const args = [program, 'stdio', '--data', data];
      await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
      const call = () =>
        client.callTool({ name: 'search_passages', arguments: { query: 'notice of renewal' } });
      for (let n = 0; n < 20; n += 1) await call();
      for (let n = 0; n < 100; n += 1) await timed(times[mode], call);
      await client.close();
    }
  }
  return times;
}

try {
  const data = join(folder, 'data');
  await runIngest(join(packageRoot(), 'samples', 'contracts'), data);
  const sequential = await measureLines(1, 500);
  const concurrent = await measureLines(50, 40);
  const { off, required } = await measureAnswers(data);
  process.stdout.write(
    `${describeMachine(currentMachine())}\n\n${table(
      ['what', 'times', 'p50', 'p95'],
      [
        row('a line of the audit log, one writer', sequential),
        row('a line of the audit log, 50 writers', concurrent),
        row('search_passages over stdio, DEEDBOX_AUDIT=off', off),
        row('search_passages over stdio, DEEDBOX_AUDIT=required', required),
      ],
    )}\n`,
  );
  if (values.folder === undefined) {
    writeResult({
      name: 'audit',
      command: 'npm run bench:audit',
      corpus: 'the samples',
      figures: {
        ...timeFigures('line, 1 writer', sequential),
        ...timeFigures('line, 50 writers', concurrent),
        ...timeFigures('search_passages, off', off),
        ...timeFigures('search_passages, required', required),
      },
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
