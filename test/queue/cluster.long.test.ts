import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Progress } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entry, samples, waitForOutput } from '../support/cli.ts';
import { Cluster } from '../support/cluster.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';

const run = promisify(execFile);

describe.skipIf(!hasRedis)('a service with separate worker processes', () => {
  it('reports their progress, and whether they are running, to the client', async () => {
    const cluster = new Cluster(await TestRedis.start(onTestFinished));
    const check = () =>
      run(process.execPath, [entry, 'worker', '--check', '--data', cluster.data], {
        env: cluster.env,
      });
    await expect(check()).rejects.toMatchObject({ code: 2 });
    const service = cluster.start(['start', join(samples, 'NDAs'), '--no-worker']);
    const output = waitForOutput(service, /http:\/\/127\.0\.0\.1:\d+\/mcp\s/);
    cluster.start(['worker']);
    cluster.start(['worker']);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(await output) ?? [];
    await check();

    const files = readdirSync(join(samples, 'NDAs')).length;
    const client = await connectHttp(url, '2026-07-28');
    const steps: number[] = [];
    const { structuredContent } = await client.callTool(
      { name: 'sync_documents', arguments: { full: true } },
      { onprogress: ({ progress }: Progress) => steps.push(progress) },
    );
    expect(structuredContent).toMatchObject({
      state: 'done',
      found: files,
      indexed: files,
      pending: 0,
    });
    expect(steps.length).toBeGreaterThan(1);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });
});
