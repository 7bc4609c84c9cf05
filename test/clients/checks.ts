import { setTimeout as delay } from 'node:timers/promises';
import { generateKey } from '../../src/access/api-key.ts';
import { tools } from '../../src/mcp/tools/tools.ts';
import { type ClientSession, errorText } from './client-session.ts';
import type { NetworkProxy } from './network-proxy.ts';
import type { TestedService } from './tested-service.ts';

/** What is checked of each client, as columns of the table. */
export const columns = [
  'connect',
  'wrong key',
  'list',
  'call',
  'resources',
  'prompts',
  'completions',
  'subscribe',
  'progress',
  'cancel',
  'reconnect',
  'restart',
  'revocation',
] as const;
export type Column = (typeof columns)[number];

/** What failed, by column. */
export type Failures = Partial<Record<Column, string>>;

export interface Subject {
  /**
   * Opens a new connection.
   * @param options.key in place of its own
   * @param options.onError called with what it writes to standard error
   */
  connect: (options?: { key?: string; onError?: (text: string) => void }) => Promise<ClientSession>;
  service: TestedService;
  /** The way to the service. */
  network: NetworkProxy;
  /** The name of its key. */
  keyName: string;
  /** Whether its host must subscribe again after the connection failed, as in the protocol of 2026-07-28. */
  subscribesAgain: boolean;
  /** Whether its host must connect again after the service was restarted. */
  connectsAgain: boolean;
}

const pollMs = 100;

/** Milliseconds after which something has not happened. */
const timeoutMs = 10_000;

async function until(what: string, isTrue: () => boolean | Promise<boolean>) {
  const end = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`not ${what} after ${timeoutMs / 1000} s`);
    await delay(pollMs);
  }
}

function requireThat(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

const succeeds = (attempt: Promise<void>) =>
  attempt.then(
    () => true,
    () => false,
  );

const toolNames = tools.map(({ name }) => name);

async function searches(client: ClientSession): Promise<void> {
  const { structured, text } = await client.call('search_documents', { query: 'confidential' });
  requireThat(Number(structured?.['total']) > 0, `no contract was found: ${text}`);
}

/** A change of a contract to which the client is subscribed reaches it. */
async function announces({ service }: Subject, client: ClientSession): Promise<void> {
  const document = await service.document();
  const before = client.updates.length;
  await service.change(document);
  await until('told of a change', () => client.updates.slice(before).includes(document.uri));
}

/** The checks, in this order, of one connection. */
export const checks: Record<
  Exclude<Column, 'connect'>,
  (subject: Subject, client: ClientSession) => Promise<void>
> = {
  async 'wrong key'({ connect }) {
    let shown = '';
    try {
      const options = { key: generateKey(), onError: (text: string) => void (shown += text) };
      const refused = await connect(options);
      shown += (await refused.call('search_documents', {})).text;
      await refused.close();
    } catch (error) {
      shown += errorText(error);
    }
    await until('told why', () => shown.includes('not known here')).catch(() => {
      throw new Error(`it shows: ${shown}`);
    });
  },

  async list(_, client) {
    const names = await client.toolNames();
    requireThat(
      toolNames.every((name) => names.includes(name)),
      `tools: ${names.join(', ')}`,
    );
  },

  call: (_, client) => searches(client),

  async resources({ service }, client) {
    const { uri } = await service.document();
    requireThat((await client.resourceUris()).includes(uri), 'the contract is not listed');
    requireThat((await client.templateUris()).length > 0, 'there are no templates');
    requireThat((await client.readResource(uri)).length > 200, 'the contract has no text');
  },

  async prompts(_, client) {
    requireThat((await client.promptNames()).includes('nda_check'), 'a prompt is missing');
    const text = await client.prompt('nda_check', { client: 'Verrastone' });
    requireThat(text.includes('Verrastone'), `the prompt says: ${text}`);
  },

  async completions(_, client) {
    const values = await client.complete('nda_check', 'client', '');
    requireThat(values.length > 0, 'nothing is completed');
  },

  async subscribe(subject, client) {
    const { uri } = await subject.service.document();
    await client.subscribe(uri);
    await announces(subject, client);
  },

  async progress({ service }, client) {
    let steps = 0;
    const abort = new AbortController();
    const onprogress = () => void (steps += 1);
    const call = client.call('sync_documents', {}, { signal: abort.signal, onprogress });
    call.catch(() => {});
    await until('told of progress', () => steps > 0);
    abort.abort();
    await service.cancelSync();
  },

  async cancel({ service }, client) {
    const abort = new AbortController();
    const call = client.call('sync_documents', {}, { signal: abort.signal });
    call.catch(() => {});
    await until('started', async () => (await service.syncState()) === 'waiting');
    abort.abort();
    try {
      await until('cancelled', async () => (await service.syncState()) === 'cancelled');
    } finally {
      await service.cancelSync();
    }
  },

  /** The connection fails, as after a sleep; what changed meanwhile is told afterwards. */
  async reconnect(subject, client) {
    const { service, network, subscribesAgain } = subject;
    const document = await service.document();
    const before = client.updates.length;
    network.freeze();
    if (!subscribesAgain) await service.change(document);
    network.restore();
    if (subscribesAgain) {
      // the first request may still go into a connection that is lost
      await until('connected', () => succeeds(searches(client)));
      await client.subscribe(document.uri);
      await announces(subject, client);
    } else {
      await until('told of a change', () => client.updates.slice(before).includes(document.uri));
      await searches(client);
    }
  },

  async restart({ service, connectsAgain, connect }, client) {
    await service.stop();
    await service.start();
    if (!connectsAgain) return searches(client);
    requireThat(!(await succeeds(searches(client))), 'it connects again by itself');
    const again = await connect();
    await searches(again);
    await again.close();
  },

  async revocation({ service, keyName }, client) {
    service.revokeKey(keyName);
    for (let n = 0; n < 2; n += 1) {
      const answer = await client
        .call('search_documents', {})
        .then(({ text, isError }) => (isError ? text : 'an answer'), errorText);
      requireThat(answer.includes('was revoked'), `the client shows: ${answer.slice(0, 300)}`);
    }
  },
};
