import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import type { Store } from '../../src/store/store.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

const metricsKey = 'monitoring-0123456789abcdef';
let url: string;
let adminKey: string;
let readerKey: string;
let store: Store;

beforeAll(async () => {
  const folder = await sampleWorkspace();
  const keys = new KeyStore(folder);
  adminKey = keys.create({ name: 'admin', role: 'admin' });
  readerKey = keys.create({ name: 'Ann Archer', role: 'reader', person: 'ann@firm.example' });
  keys.close();
  const openedReader = await openSearchEngine(readConfig({ DEEDBOX_DATA: folder }), {
    lazyModel: true,
  });
  onFileFinished(() => openedReader.close());
  store = openedReader.store;
  const metrics = new Metrics(openedReader);
  ({ url } = await serveWorkspace(folder, {
    auditSink: (event) => metrics.recordCall(event),
    metrics: { render: (sessions) => metrics.render(sessions), key: metricsKey },
  }));
}, 120_000);

const get = (key?: string) =>
  fetch(`${url}/metrics`, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });

/** Figures by their name and labels. */
async function readMetrics(): Promise<Map<string, number>> {
  const lines = (await (await get(adminKey)).text()).split('\n');
  const sampleLines = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    sampleLines.map((line) => {
      const valueStart = line.lastIndexOf(' ');
      return [line.slice(0, valueStart), Number(line.slice(valueStart + 1))];
    }),
  );
}

describe('/metrics', () => {
  it('tells how old the permissions are, and nothing where that is not known', async () => {
    const name = 'deedbox_permissions_age_seconds';
    expect((await readMetrics()).get(name)).toBeGreaterThan(0);
    expect((await readMetrics()).get(name)).toBeLessThan(3600);
    await store.addSource('folder:/not-listed-yet');
    onTestFinished(async () => void (await store.removeSource('folder:/not-listed-yet')));
    expect((await readMetrics()).get(name)).toBeUndefined();
  });

  it('is for admins and its own key only', async () => {
    expect((await get()).status).toBe(401);
    expect((await get('wrong-0123456789abcdefghij')).status).toBe(401);
    expect((await get(`${metricsKey}x`)).status).toBe(401);
    expect((await get(readerKey)).status).toBe(403);
    expect((await get(adminKey)).status).toBe(200);
    const answer = await get(metricsKey);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    // and opens nothing else
    const headers = { authorization: `Bearer ${metricsKey}` };
    expect((await fetch(`${url}/health`, { headers })).status).toBe(401);
  });

  it('counts calls by tool and outcome, and files by state', async () => {
    const client = await connectHttp(url, '2025-11-25', undefined, {
      authorization: `Bearer ${adminKey}`,
    });
    const before = await readMetrics();
    await client.callTool({ name: 'search_documents', arguments: { query: 'zanzibar' } });
    await client.callTool({ name: 'search_documents', arguments: {} });
    await client.callTool({ name: 'get_document', arguments: { document_id: 'nosuch' } });
    const { resources } = await client.listResources();
    const contract = resources.find(({ uri }) => uri.startsWith('deedbox://documents/'))!;
    await client.readResource({ uri: contract.uri });
    const after = await readMetrics();
    const increase = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const calls = (event: string, name: string, outcome: string) =>
      increase(`deedbox_answers_total{event="${event}",name="${name}",outcome="${outcome}"}`);
    expect(calls('tool', 'search_documents', 'ok')).toBe(2);
    expect(calls('tool', 'get_document', 'not_found')).toBe(1);
    expect(calls('resource', '', 'ok')).toBe(1);
    expect(
      increase('deedbox_answer_duration_seconds_count{event="tool",name="search_documents"}'),
    ).toBe(2);
    expect(after.get('deedbox_sessions')).toBe(1);
    expect(after.get('deedbox_files{state="indexed"}')).toBeGreaterThan(3);
    expect(after.get('deedbox_queue_jobs{state="waiting"}')).toBe(0);
    expect(after.get('deedbox_last_sync_age_seconds{state="done"}')).toBeGreaterThanOrEqual(0);
    expect(after.get('deedbox_worker_restarts_total')).toBe(0);
  });

  it('names no contract, person, key or query', async () => {
    const client = await connectHttp(url, '2026-07-28', undefined, {
      authorization: `Bearer ${readerKey}`,
    });
    const { resources } = await client.listResources();
    const text = await (await get(metricsKey)).text();
    const words = ['ann@firm.example', 'Ann Archer', 'zanzibar', 'deedbox://', 'nosuch'];
    for (const { uri, name } of resources) words.push(name, uri.split('/').at(-1)!);
    expect(words.filter((word) => text.includes(`"${word}"`) || text.includes(`${word}"`))).toEqual(
      [],
    );
  });
});
