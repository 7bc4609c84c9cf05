import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entry, waitForOutput } from '../support/cli.ts';
import { Cluster } from '../support/cluster.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { send } from '../support/raw-http.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';

/** The duration of a call in milliseconds, with its result. */
async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await work, performance.now() - began];
}

describe.runIf(hasRedis)('while Redis is unreachable', () => {
  it('queries are answered, status reports it within seconds, and the log reports it once', async () => {
    const cluster = new Cluster(await TestRedis.prepare((end) => onTestFinished(end)));
    const service = cluster.start(['start', '--no-worker', '--port', '0']);
    let output = '';
    service.stderr!.on('data', (text: Buffer) => (output += text.toString()));
    const [, url] = /"url":"([^"]+)"/.exec(await waitForOutput(service, /"url":"[^"]+"/))!;
    const times = (message: string) => output.split(`"msg":"${message}"`).length - 1;

    const client = await connectHttp(url!, '2026-07-28');
    const answer = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(answer.structuredContent).toMatchObject({ total: 0 });
    expect((await send(`${url}/health/ready`)).status).toBe(200);
    const [health, healthTook] = await timed(send(`${url}/health`));
    expect([health.status, JSON.parse(health.body)]).toMatchObject([200, { queue: 'unreachable' }]);
    const [metrics, metricsTook] = await timed(send(`${url}/metrics`));
    expect(metrics.body).toMatch(/^deedbox_queue_up 0$/m);
    expect(metrics.body).not.toMatch(/^deedbox_queue_jobs\{/m);
    expect(metrics.body).toMatch(/^deedbox_files\{/m);
    for (const took of [healthTook, metricsTook]) expect(took).toBeLessThan(3500);

    const command = (env: NodeJS.ProcessEnv) =>
      new Promise<{ code: unknown; output: string }>((resolve) => {
        const args = [entry, 'status', '--data', cluster.data];
        execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, output: stdout + stderr }),
        );
      });
    const statusResult = await command(cluster.env);
    expect(statusResult.output).toMatch(/^Queue: +unreachable/m);
    expect(statusResult.output).toMatch(/^Files: +0 found/m);
    // The workers do not use the queue in the folder.
    const { REDIS_URL: _url, ...without } = cluster.env;
    const elsewhere = await command(without);
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.output).toMatch(/is in Redis, and REDIS_URL is not set/);

    await cluster.redis.start();
    const queue = async () => JSON.parse((await send(`${url}/health`)).body).queue;
    await expect.poll(queue, { timeout: 15_000 }).toMatchObject({ active: 0 });
    await expect.poll(() => times('the queue answers again'), { timeout: 5000 }).toBe(1);
    expect(times('the queue does not answer')).toBe(1);
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    expect([times('the queue does not answer'), times('the queue answers again')]).toEqual([1, 1]);
  }, 60_000);
});
