import { once, setMaxListeners } from 'node:events';
import { expect, it } from 'vitest';
import { startDeedbox, waitForOutput } from '../support/cli.ts';
import { connectHttp, erasOfProcesses } from '../support/mcp-client.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

// every call comes on a connection of its own, so that this also fails where few are heard meanwhile
it.each(erasOfProcesses)(
  'does not run a call that was cancelled before its turn (%s)',
  async (era) => {
    const data = await sampleWorkspace();
    const service = startDeedbox('start', '--no-worker', '--port', '0', '--data', data);
    let stderr = '';
    service.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(
      await waitForOutput(service, /"url":"http:\/\/127\.0\.0\.1:\d+"/),
    )![0];
    const client = await connectHttp(url, era);
    const abortController = new AbortController();
    const question = { name: 'search_passages', arguments: { query: 'notice before renewal' } };
    const callCount = 40;
    setMaxListeners(callCount, abortController.signal);
    const calls = Array.from({ length: callCount }, () =>
      client.callTool(question, { signal: abortController.signal }),
    );
    await Promise.race(calls);
    abortController.abort(new Error('enough'));
    await Promise.allSettled(calls);
    expect((await client.callTool(question)).isError).toBeFalsy();
    const errors = () =>
      stderr
        .split('\n')
        .filter((line) => line.includes('"msg":"answered"'))
        .map((line) => (JSON.parse(line) as { error?: string }).error);
    await expect.poll(() => errors().length, { timeout: 20_000 }).toBe(callCount + 1);
    expect(errors().filter((error) => error === 'cancelled').length).toBeGreaterThan(5);
    service.kill('SIGTERM');
    await once(service, 'exit');
  },
);
