import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Access } from '../../domain/documents.ts';
import { FairQueue } from '../../domain/fair-queue.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { normalizeAccess, type ScopedIndex } from '../scoped-index.ts';
import type { IndexMethod, IndexRequest, IndexResponse } from './messages.ts';
import { ThreadedIndex } from './threaded-index.ts';

interface Job {
  request: IndexRequest;
  resolve: (result: unknown) => void;
  reject: (reason: unknown) => void;
}

interface Thread {
  worker: Worker;
  startedAt: number;
  /** The job that it runs, with whom it is for. */
  job?: Job | undefined;
}

/** A thread that ends sooner than this is replaced only after this time, in milliseconds. */
const restartDelayMs = 1000;

export interface ReaderPoolOptions {
  /** The data folder; its database exists. */
  folder: string;
  /** Two at least: of several threads, the work for one set of ACL entries leaves one to others. */
  threads: number;
  /** Calls back after any committed change; returns a function that unsubscribes. */
  onChange: (listener: () => void) => () => void;
}

/**
 * Threads that read the index, so that a question that takes long delays neither others nor the thread that
 * serves clients. A thread that ends is replaced; what it ran is rejected.
 */
export class ReaderPool {
  readonly #options: ReaderPoolOptions;
  readonly #threads: Thread[];
  readonly #queue: FairQueue<Job>;
  #nextId = 1;
  #closed = false;

  constructor(options: ReaderPoolOptions) {
    this.#options = options;
    this.#queue = new FairQueue(options.threads - 1);
    this.#threads = Array.from({ length: options.threads }, () => this.#start());
  }

  /** As `Store.scopedTo`, with all reading in threads. */
  scopedTo(access: Access): ScopedIndex {
    const normalized = normalizeAccess(access);
    const run = (method: IndexMethod, args: unknown[]) => this.#run(normalized, method, args);
    return new ThreadedIndex(normalized, run, (listener) => this.#options.onChange(listener));
  }

  /** Ends the threads; rejects what they run and what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#queue.clear()) reject(closedError());
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    for (const { job } of this.#threads) job?.reject(closedError());
  }

  #run(access: Access, method: IndexMethod, args: unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const request = { id: this.#nextId, access, method, args };
      this.#nextId += 1;
      this.#queue.add(ownerOf(access), { request, resolve, reject });
      this.#assign();
    });
  }

  #add(): void {
    if (this.#closed) return;
    this.#threads.push(this.#start());
    this.#assign();
  }

  #assign(): void {
    for (const thread of this.#threads) {
      if (thread.job) continue;
      const job = this.#queue.take();
      if (!job) return;
      thread.job = job;
      try {
        thread.worker.postMessage(job.request);
      } catch (error) {
        // Arguments that cannot be copied.
        this.#end(thread)?.reject(error);
      }
    }
  }

  #start(): Thread {
    const worker = startWorker(this.#options.folder);
    const thread: Thread = { worker, startedAt: performance.now() };
    thread.worker.unref();
    thread.worker.on('message', (response: IndexResponse) => {
      const job = this.#end(thread);
      if (!job) return;
      if ('result' in response) job.resolve(response.result);
      else job.reject(asError(response.error));
    });
    const replace = (cause?: unknown) => {
      const index = this.#threads.indexOf(thread);
      if (this.#closed || index < 0) return;
      // First, so that it gets no other job.
      this.#threads.splice(index, 1);
      const isNew = performance.now() - thread.startedAt < restartDelayMs;
      setTimeout(() => this.#add(), isNew ? restartDelayMs : 0);
      this.#end(thread)?.reject(
        new DeedboxError('internal', 'The search ended unexpectedly.', {
          retryable: true,
          hint: 'Ask again; the log of the service has the reason.',
          cause,
        }),
      );
    };
    // Both come after a failure; the second finds the thread replaced.
    thread.worker.on('error', replace);
    thread.worker.on('exit', () => replace());
    return thread;
  }

  #end(thread: Thread): Job | undefined {
    const { job } = thread;
    if (!job) return undefined;
    thread.job = undefined;
    this.#queue.end(ownerOf(job.request.access));
    this.#assign();
    return job;
  }
}

const ownerOf = (access: Access) => JSON.stringify(access);

const closedError = () => new DeedboxError('not_ready', 'The service is stopping.');

function asError({ code, message, retryable, hint, cause }: ErrorOf<IndexResponse>): DeedboxError {
  return new DeedboxError(code, message, { retryable, ...(hint !== undefined && { hint }), cause });
}

type ErrorOf<Response> = Response extends { error: infer Failure } ? Failure : never;

function startWorker(folder: string): Worker {
  const extension = extname(import.meta.url);
  const entry = new URL(`./reader-thread${extension}`, import.meta.url);
  const options = { workerData: { folder }, name: 'index reader' };
  if (extension !== '.ts') return new Worker(fileURLToPath(entry), options);
  // From sources, in tests; a thread does not inherit their loader.
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/cjs$/, 'mjs');
  const code = `import('${pathToFileURL(loader).href}').then((tsx) => { tsx.register(); return import('${entry.href}'); })`;
  return new Worker(code, { ...options, eval: true });
}
