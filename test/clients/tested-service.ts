import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { cancelSync } from '../../src/sync/syncs.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { deedbox, samples } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import type { IdentityProviderServer } from '../support/identity-provider.ts';

type Provider = { issuer: string; audience: string };

export interface TestedDocument {
  documentId: string;
  fileName: string;
  uri: string;
}

/** A service over a few sample contracts, at a port that it keeps when it is started again. No worker runs. */
export class TestedService {
  readonly data: string;
  readonly port: number;
  readonly #provider: Provider | undefined;
  #running: Awaited<ReturnType<typeof authenticatedService>> | undefined;
  #closers: (() => Promise<void>)[] = [];

  private constructor(data: string, port: number, provider: Provider | undefined) {
    this.data = data;
    this.port = port;
    this.#provider = provider;
  }

  /** @param folder an empty one */
  static async create(folder: string): Promise<TestedService> {
    const contracts = join(folder, 'contracts');
    cpSync(join(samples, 'NDAs'), contracts, { recursive: true });
    const data = join(folder, 'data');
    const read = await deedbox('--data', data, 'ingest', contracts);
    if (read.code !== 0) throw new Error(`The samples could not be read: ${read.stderr}`);
    const service = new TestedService(data, await freePort(), undefined);
    await service.start();
    return service;
  }

  /** A service with an identity provider over the same contracts, at another port. */
  static async withProvider(
    { data }: TestedService,
    port: number,
    provider: Provider,
  ): Promise<TestedService> {
    const service = new TestedService(data, port, provider);
    await service.start();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get #current() {
    if (!this.#running) throw new Error('The service does not run.');
    return this.#running;
  }

  async start(): Promise<void> {
    this.#running = await authenticatedService((close) => void this.#closers.unshift(close), {
      data: this.data,
      port: this.port,
      // with a provider nobody waits for a sync to be cancelled
      syncTimeoutMs: this.#provider ? 100 : 10_000,
      limits: { revalidateMs: 100, drainTimeoutMs: 500 },
      ...(this.#provider && { provider: this.#provider as unknown as IdentityProviderServer }),
    });
  }

  async stop(): Promise<void> {
    const closers = this.#closers;
    this.#closers = [];
    this.#running = undefined;
    for (const close of closers) await close();
  }

  createKey(name: string): string {
    return this.#current.keys.create({ name, role: 'admin' });
  }

  revokeKey(name: string): void {
    this.#current.keys.revoke(name);
  }

  async syncState(): Promise<string | undefined> {
    return (await this.#current.reader.store.sync())?.state;
  }

  /** Cancels the sync that waits, if there is one. */
  async cancelSync(): Promise<void> {
    const { store, queue } = this.#current.reader;
    const sync = await store.sync();
    if (sync?.state === 'waiting') await cancelSync({ store, queue }, sync.syncId);
  }

  /** Some contract. */
  async document(): Promise<TestedDocument> {
    const index = await this.#current.reader.scopedIndexFor('unrestricted');
    const filter = { today: '2026-06-15', minClauseConfidence: 0.5 };
    const { documents } = await index.documents(filter, { sort: 'title', limit: 1 });
    const { documentId, file } = documents[0]!;
    const uri = `deedbox://documents/${documentId}`;
    return { documentId, fileName: file.fileName, uri };
  }

  /** Renames the file of that contract in the index. */
  async change({ documentId }: TestedDocument): Promise<void> {
    const { store } = this.#current.reader;
    const index = await this.#current.reader.scopedIndexFor('unrestricted');
    const [file] = await index.filesByName([documentId]);
    const record = (await store.file(file!.fileId))!;
    await store.recordFiles([{ ...record, fileName: `${randomUUID()}.pdf` }]);
  }
}
