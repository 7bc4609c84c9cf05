import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { AclEntry, SourceFile } from '../../src/domain/documents.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import { copyAndHash } from '../../src/sources/file-copy.ts';
import type {
  ChangePage,
  FetchedFile,
  Source,
  SourceChange,
  SourceEntry,
} from '../../src/sources/source.ts';

const loggedFolderPrefix = 'logged:';

interface Details {
  fileName: string;
  folder: string;
  aclEntries: readonly AclEntry[];
  modifiedAt: string;
  /** Listed as ignored, for this reason. */
  ignoredFor?: string;
}

/** A call of the source. */
export type SourceCall = 'now' | 'changes' | 'list' | 'fetch';

/**
 * A small document store on disk with stable file ids and a log of changes as its feed. It also records
 * the calls of its source. Any number of processes may read it; one writes.
 */
export class LoggedFolder {
  readonly root: string;
  /** Changes on a page of the log. */
  pageSize = 5;
  /** Reorders or repeats the changes of a page; each is the present state of a file. */
  reorder?: (changes: SourceChange[]) => SourceChange[];

  constructor(root: string) {
    this.root = root;
    mkdirSync(join(root, 'files'), { recursive: true });
  }

  get id(): string {
    return loggedFolderPrefix + this.root;
  }

  /** Creates or changes a file; details that are not given stay. `silently`: without a log entry. */
  upsert(
    fileId: string,
    change: Partial<Details> & { text?: string },
    { silently = false }: { silently?: boolean } = {},
  ): void {
    const { text, ...details } = change;
    const made = { fileName: `${fileId}.txt`, folder: '', aclEntries: ['user:a@example.com'] };
    const modifiedAt = '2026-01-01T00:00:00.000Z';
    const now = { ...made, modifiedAt, ...this.#details(fileId), ...details };
    if (text !== undefined) writeFileSync(this.#path(`${fileId}.txt`), text);
    writeFileSync(this.#path(`${fileId}.json`), JSON.stringify(now));
    if (!silently) this.#log(fileId);
  }

  remove(fileId: string, { silently = false }: { silently?: boolean } = {}): void {
    rmSync(this.#path(`${fileId}.json`), { force: true });
    rmSync(this.#path(`${fileId}.txt`), { force: true });
    if (!silently) this.#log(fileId);
  }

  /** Lets all positions of the log so far expire. */
  expire(): void {
    writeFileSync(join(this.root, 'first'), String(this.#entries().length));
  }

  /** The files as the source reports them. */
  files(): SourceFile[] {
    return this.#ids().flatMap((fileId) => {
      const entry = this.#entry(fileId);
      return entry?.kind === 'file' ? [entry.file] : [];
    });
  }

  /** How often each method of the source was called since the last time. */
  takeCallCounts(): Record<SourceCall, number> {
    const counts = { now: 0, changes: 0, list: 0, fetch: 0 };
    for (const line of this.#lines('calls')) counts[line as SourceCall] += 1;
    rmSync(join(this.root, 'calls'), { force: true });
    return counts;
  }

  source(tempFolder: string): Source {
    const { id } = this;
    const list = () => this.#list();
    const fetch = (file: SourceFile, options: { maxBytes: number; signal?: AbortSignal }) =>
      this.#fetch(file, { ...options, tempFolder });
    const feed = { now: async () => this.#now(), since: (cursor: string) => this.#since(cursor) };
    return { id, feed, list, fetch };
  }

  #now(): string {
    this.#recordCall('now');
    return String(this.#entries().length);
  }

  async *#since(cursor: string): AsyncIterable<ChangePage> {
    const first = Number(this.#lines('first')[0] ?? 0);
    let at = Number(cursor);
    if (at < first)
      throw new DeedboxError('checkpoint_expired', 'The log no longer goes back so far.');
    for (;;) {
      this.#recordCall('changes');
      const page = this.#entries().slice(at, at + this.pageSize);
      at += page.length;
      const changes = page.map(
        (fileId): SourceChange => this.#entry(fileId) ?? { kind: 'removed', fileId },
      );
      yield { changes: this.reorder?.(changes) ?? changes, cursor: String(at) };
      if (page.length < this.pageSize) return;
    }
  }

  async *#list(): AsyncIterable<SourceEntry> {
    this.#recordCall('list');
    for (const fileId of this.#ids()) {
      const entry = this.#entry(fileId);
      if (entry) yield entry;
    }
  }

  async #fetch(
    file: SourceFile,
    options: { maxBytes: number; signal?: AbortSignal; tempFolder: string },
  ): Promise<FetchedFile> {
    this.#recordCall('fetch');
    const path = this.#path(`${file.fileId}.txt`);
    if (!existsSync(path)) throw new DeedboxError('not_found', 'The file is gone.');
    return copyAndHash(await open(path), options);
  }

  #entry(fileId: string): SourceEntry | undefined {
    const details = this.#details(fileId);
    if (!details) return undefined;
    const { fileName, folder, aclEntries, modifiedAt, ignoredFor } = details;
    if (ignoredFor !== undefined)
      return { kind: 'ignored', fileId, fileName, folder, reason: ignoredFor };
    const bytes = readFileSync(this.#path(`${fileId}.txt`));
    const changeKey = createHash('sha256').update(bytes).digest('hex');
    const location = { fileId, source: this.id, fileName, folder, aclEntries };
    return { kind: 'file', file: { ...location, size: bytes.length, modifiedAt, changeKey } };
  }

  #details(fileId: string): Details | undefined {
    const path = this.#path(`${fileId}.json`);
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Details) : undefined;
  }

  #ids(): string[] {
    const names = readdirSync(join(this.root, 'files')).filter((name) => name.endsWith('.json'));
    return names.map((name) => name.slice(0, -'.json'.length));
  }

  #entries(): string[] {
    return this.#lines('log');
  }

  #log(fileId: string): void {
    appendFileSync(join(this.root, 'log'), `${fileId}\n`);
  }

  #recordCall(what: SourceCall): void {
    appendFileSync(join(this.root, 'calls'), `${what}\n`);
  }

  #lines(name: string): string[] {
    const path = join(this.root, name);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  #path(name: string): string {
    return join(this.root, 'files', name);
  }
}
