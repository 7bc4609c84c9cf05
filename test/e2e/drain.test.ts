import { once } from 'node:events';
import { request } from 'node:http';
import { expect, it } from 'vitest';
import { sampleWorkspace } from '../support/sample-workspace.ts';
import { startDeedbox, waitForOutput } from '../support/cli.ts';
import { json } from '../support/raw-http.ts';

const question = {
  jsonrpc: '2.0',
  method: 'tools/call',
  params: {
    name: 'search_passages',
    arguments: { query: 'notice before automatic renewal' },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

/** The status and body of a response, or the error of the connection. */
function ask(url: string, id: number): Promise<{ status?: number; body: string; broken?: string }> {
  return new Promise((resolve) => {
    const headers = {
      ...json,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'search_passages',
    };
    const sent = request(`${url}/mcp`, { method: 'POST', headers, agent: false }, (answer) => {
      let body = '';
      const { statusCode: status } = answer;
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('error', ({ message }) => resolve({ status, body, broken: message }));
      answer.on('end', () => resolve({ status, body }));
    });
    sent.on('error', ({ message }) => resolve({ body: '', broken: message }));
    sent.end(JSON.stringify({ ...question, id }));
  });
}

it('a service that is stopped finishes or rejects fifty pending requests and breaks none', async () => {
  const data = await sampleWorkspace();
  const service = startDeedbox('start', '--no-worker', '--port', '0', '--data', data);
  const ended = once(service, 'exit');
  service.stderr!.resume();
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(
    await waitForOutput(service, /"url":"http:\/\/127\.0\.0\.1:\d+"/),
  )![0];
  const first = await ask(url, 0);
  expect(first, first.body).toMatchObject({ status: 200 });
  const pending = Array.from({ length: 50 }, (_, n) => ask(url, n + 1));
  // some run now, some wait in the queue, and some are not read yet
  await Promise.race(pending);
  const startedAt = performance.now();
  service.kill('SIGTERM');
  const answers = await Promise.all(pending);
  expect((await ended)[0]).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(11_000);
  for (const { status, body, broken } of answers) {
    expect(broken, body).toBeUndefined();
    expect([200, 503]).toContain(status);
    if (status === 200) expect(body).toMatch(/"passages":\[\{/);
    else expect(JSON.parse(body)).toMatchObject({ error: 'temporarily_unavailable' });
  }
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  const after = await ask(url, 99);
  expect(after.broken).toMatch(/ECONNREFUSED/);
}, 60_000);
