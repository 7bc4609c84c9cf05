import { stat } from 'node:fs/promises';
import { asDeedboxError, DeedboxError } from '../../src/errors/errors.ts';
import type { ReadDocument, ReadRequest } from './read-document.ts';
import { cancelledError, ReaderProcess, type ReaderProcessOptions } from './reader-process.ts';

export interface DocumentReaderOptions extends ReaderProcessOptions {
  /** The most child processes. Larger files than half of their memory are refused. */
  maxProcesses: number;
  /** CPU time for one file, in milliseconds; `msPerMegabyte` is added for its size. */
  timeLimitMs: number;
}

/** Several times what the text of a contract takes from extraction to its vectors. */
const msPerMegabyte = 15_000;

/**
 * Reads files in child processes, each file under a limit on CPU time and memory, without the network
 * and the data folder (`Isolation`). It starts its processes on demand.
 */
export class DocumentReader {
  readonly #options: DocumentReaderOptions;
  readonly #processes = new Set<ReaderProcess>();
  readonly #idle: ReaderProcess[] = [];
  readonly #waiters = new Set<() => void>();
  #isClosed = false;

  constructor(options: DocumentReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads a file, from its bytes to its vectors.
   *
   * Calls beyond the number of processes wait. An error in one file affects no other file.
   * @throws DeedboxError `encrypted`, `corrupt`, `no_text`, `unsupported_type`, `too_large`,
   * `timed_out`, `source_error` (the file vanished; retryable), `internal` (no process could be
   * started; retryable), `invalid_configuration` (a model cannot be opened) or `cancelled`
   */
  async read(request: ReadRequest, signal?: AbortSignal): Promise<ReadDocument> {
    const { memoryLimitBytes, timeLimitMs } = this.#options;
    const size = await readSize(request.path);
    if (size > memoryLimitBytes / 2) throw tooLargeError(memoryLimitBytes / 2);
    const cpuLimitMs = timeLimitMs + (size / 1024 / 1024) * msPerMegabyte;
    const process = await this.#acquire(signal);
    const { wasUsed } = process;
    try {
      return await this.#readIn(process, request, { cpuLimitMs, signal });
    } catch (error) {
      const outOfMemory = asDeedboxError(error).code === 'too_large' && process.hasEnded;
      if (!wasUsed || !outOfMemory) throw error;
    }
    // Again in a new process, without memory that earlier files left allocated.
    const unused = await this.#acquire(signal, (idle) => !idle.wasUsed);
    return this.#readIn(unused, request, { cpuLimitMs, signal });
  }

  async #readIn(
    process: ReaderProcess,
    request: ReadRequest,
    { cpuLimitMs, signal }: { cpuLimitMs: number; signal: AbortSignal | undefined },
  ): Promise<ReadDocument> {
    try {
      return await process.read(request, cpuLimitMs, signal);
    } finally {
      this.#release(process);
    }
  }

  /** Ends all processes. Files being read fail with `cancelled`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wakeUp of this.#waiters) wakeUp();
    const ended = [...this.#processes].map((process) => process.stop(cancelledError()));
    await Promise.all(ended);
  }

  async #acquire(
    signal: AbortSignal | undefined,
    isSuitable = (idle: ReaderProcess) => idle.isReusable,
  ): Promise<ReaderProcess> {
    const canProceed = () =>
      this.#isClosed || signal?.aborted || this.#busyCount < this.#options.maxProcesses;
    while (!canProceed()) {
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          this.#waiters.delete(wakeUp);
          signal?.removeEventListener('abort', wakeUp);
          resolve();
        };
        this.#waiters.add(wakeUp);
        signal?.addEventListener('abort', wakeUp);
      });
    }
    if (this.#isClosed || signal?.aborted) throw cancelledError();
    return this.#takeProcess(isSuitable);
  }

  get #busyCount(): number {
    return this.#processes.size - this.#idle.length;
  }

  #takeProcess(isSuitable: (idle: ReaderProcess) => boolean): ReaderProcess {
    for (let process = this.#idle.pop(); process; process = this.#idle.pop()) {
      if (isSuitable(process)) return process;
      this.#discard(process);
    }
    const process = new ReaderProcess(this.#options);
    this.#processes.add(process);
    return process;
  }

  #release(process: ReaderProcess): void {
    if (process.isReusable && !this.#isClosed) this.#idle.push(process);
    else this.#discard(process);
    for (const wakeUp of this.#waiters) wakeUp();
  }

  #discard(process: ReaderProcess): void {
    this.#processes.delete(process);
    void process.stop(cancelledError());
  }
}

async function readSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw new DeedboxError('source_error', 'The file vanished before it was read.', {
      retryable: true,
      hint: 'Deedbox tries again. If this persists, check that the file exists and is readable.',
      cause: error,
    });
  }
}

function tooLargeError(limit: number): DeedboxError {
  const megabytes = Math.round(limit / 1024 / 1024);
  return new DeedboxError(
    'too_large',
    `The file is larger than the ${megabytes} MB that can be read.`,
    {
      hint: 'Split the file, or raise the memory limit.',
    },
  );
}
