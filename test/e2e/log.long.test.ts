import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { generateKey } from '../../src/access/api-key.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import { entry, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { bearer, json, send } from '../support/raw-http.ts';

/** Text of a contract, and text of queries and of malformed requests. */
const contractText = 'The Quibbleworth lighthouse shall be painted ultramarine';
const queryText = 'xylophonic marmalade';

type Line = Record<string, unknown>;

function createFixture() {
  const base = temporaryFolder();
  const folder = join(base, 'contracts');
  mkdirSync(folder);
  const text = `SERVICE AGREEMENT\n\nThis Agreement is made between Acme Ltd and Bolt GmbH.\n\n1. Work. ${contractText} every year.\n`;
  writeFileSync(join(folder, 'agreement.txt'), text.repeat(3));
  writeFileSync(join(folder, 'secret-merger.pdf'), `%PDF-1.7\n${contractText}\n%%EOF`);
  return { folder, data: join(base, 'data') };
}

it('logs what happened, and no text of contracts or queries, at the level trace', async () => {
  const { folder, data } = createFixture();
  mkdirSync(data, { mode: 0o700 });
  const keys = new KeyStore(data);
  const key = keys.create({ name: 'ann', role: 'admin' });
  keys.close();
  const service = spawn(process.execPath, [entry, 'start', folder, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEEDBOX_LOG_LEVEL: 'trace', DEEDBOX_SCHEDULE: 'off' },
  });
  onTestFinished(() => void service.kill('SIGKILL'));
  const ended = once(service, 'exit');
  let output = '';
  service.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const url = /http:\/\/127\.0\.0\.1:\d+(?=\/mcp)/.exec(
    await waitForOutput(service, /\/mcp\s/),
  )![0];

  for (const era of eras) {
    const client = await connectHttp(url, era, undefined, bearer(key));
    const call = (name: string, args: object) =>
      client.callTool({ name, arguments: args as Record<string, unknown> });
    const found = await call('search_passages', { query: `${queryText} ${contractText}` });
    expect(JSON.stringify(found.structuredContent)).toContain(contractText);
    await call('search_documents', { query: `"${queryText}" NEAR(`, party: queryText });
    const { documents } = (await call('search_documents', {})).structuredContent as {
      documents: { document_id: string }[];
    };
    const id = documents[0]!.document_id;
    await call('extract_clauses', { document_ids: [id], question: queryText });
    await call('get_document', { document_id: id });
    expect(await call('get_document', { document_id: queryText })).toMatchObject({ isError: true });
    expect(await call('get_document', { [queryText]: queryText })).toMatchObject({ isError: true });
    await client.readResource({ uri: `deedbox://documents/${id}` });
    const unknownUri = `deedbox://documents/${encodeURIComponent(queryText)}`;
    await expect(client.readResource({ uri: unknownUri })).rejects.toThrow();
    await client.getPrompt({ name: 'nda_check', arguments: { client: queryText } });
    const prompt = { type: 'ref/prompt', name: 'nda_check' } as const;
    await client.complete({ ref: prompt, argument: { name: 'client', value: queryText } });
  }
  const post = { method: 'POST', headers: { ...json, ...bearer(key) } };
  await send(`${url}/mcp`, { ...post, body: `{"${queryText}": ${contractText}` });
  await send(`${url}/${encodeURIComponent(queryText)}?${encodeURIComponent(contractText)}`, post);
  const wrong = generateKey();
  expect((await send(`${url}/health`, { headers: bearer(wrong) })).status).toBe(401);
  service.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);

  for (const secret of [
    contractText,
    'Quibbleworth',
    queryText,
    'marmalade',
    key,
    wrong,
    key.slice(8, 40),
  ]) {
    expect(output.toLowerCase()).not.toContain(secret.toLowerCase());
  }
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const of = (msg: string) => lines.filter((line) => line['msg'] === msg);
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
  for (const line of lines) {
    expect(line).toMatchObject({ pid: expect.any(Number), msg: expect.any(String) });
    expect(levels).toContain(line['level']);
    expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
  }
  const who = { caller: expect.stringMatching(/^key:/), address: '127.0.0.1' };
  const answerRecord = { level: 'info', ...who, ms: expect.any(Number) };
  expect(of('answered')).toHaveLength(2 * 11);
  expect(of('answered')[0]).toMatchObject({
    ...answerRecord,
    event: 'tool',
    name: 'search_passages',
  });
  const failed = { ...answerRecord, name: 'get_document', error: 'invalid_request' };
  expect(of('answered').filter(({ error }) => error === 'invalid_request')[0]).toMatchObject(
    failed,
  );
  expect(of('sign-in refused')).toMatchObject([
    { level: 'warn', address: '127.0.0.1', reason: 'This key is not known here.' },
  ]);
  expect(of('the service began')).toMatchObject([{ url, who_may_ask: 'keys and tokens' }]);
  const [unread, ...more] = of('file not read');
  expect(more).toEqual([]);
  expect(unread).toMatchObject({ level: 'warn', file: expect.any(String), reason: 'corrupt' });
  expect(JSON.stringify(unread)).not.toContain('merger');
  const name = { level: 'debug', file: unread!['file'], file_name: 'secret-merger.pdf' };
  expect(of('the file that was not read')).toMatchObject([name]);
  expect(of('sync ended')).toMatchObject([{ state: 'done', found: 2, indexed: 1, failed: 1 }]);
  expect(of('stopping')).toMatchObject([{ signal: 'SIGTERM' }]);
  expect(lines.at(-1)).toMatchObject({ msg: 'the service ended' });
}, 60_000);
