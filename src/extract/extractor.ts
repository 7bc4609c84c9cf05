import { stat } from 'node:fs/promises';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import type { Extraction } from './parse.ts';
import { cancelledError, ParserProcess } from './parser-process.ts';

export interface ExtractorOptions {
  /** The most child processes. */
  maxProcesses: number;
  /** Memory limit of one child process, in bytes. Larger files than half of it are refused. */
  memoryLimitBytes: number;
  /** Wall-clock time for one file, in milliseconds; `msPerMegabyte` is added for its size. */
  timeLimitMs: number;
}

/** About twenty PDF pages at ten times the usual time for a page. */
const msPerMegabyte = 2_000;

/** Parses files in child processes, each file under a time and a memory limit. */
export class Extractor {
  private readonly options: ExtractorOptions;
  private readonly processes = new Set<ParserProcess>();
  private readonly idle: ParserProcess[] = [];
  private readonly waiters = new Set<() => void>();
  private isClosed = false;

  constructor(options: ExtractorOptions) {
    this.options = options;
  }

  /**
   * Extracts the text, pages and title of the file at `path`.
   *
   * Calls beyond the number of processes wait. An error in one file affects no other file.
   * @param options.fileName its name in the source; the extension distinguishes kinds of text,
   * other formats are recognized by their bytes
   * @throws DeedboxError `encrypted`, `corrupt`, `no_text`, `unsupported_type`, `too_large`,
   * `timed_out`, `source_error` (the file vanished; retryable), `internal` (no process could be
   * started; retryable) or `cancelled`
   */
  async extract(
    path: string,
    options: { fileName: string; signal?: AbortSignal },
  ): Promise<Extraction> {
    const { fileName, signal } = options;
    const size = await readSize(path);
    if (size > this.options.memoryLimitBytes / 2)
      throw tooLargeToParseError(this.options.memoryLimitBytes / 2);
    const timeLimitMs = this.options.timeLimitMs + (size / 1024 / 1024) * msPerMegabyte;
    const request = { path, fileName };
    const parse = async (process: ParserProcess) => {
      try {
        return await process.parse(request, timeLimitMs, signal);
      } finally {
        this.release(process);
      }
    };
    const process = await this.acquire(signal);
    const { wasUsed } = process;
    try {
      return await parse(process);
    } catch (error) {
      const outOfMemory = asDeedboxError(error).code === 'too_large' && process.hasEnded;
      if (!wasUsed || !outOfMemory) throw error;
    }
    // Again in a new process, without memory that earlier files left allocated.
    return parse(await this.acquire(signal, (idle) => !idle.wasUsed));
  }

  /** Ends all processes. Files being read fail with `cancelled`. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const wakeUp of this.waiters) wakeUp();
    const ended = [...this.processes].map((process) => process.stop(cancelledError()));
    await Promise.all(ended);
  }

  private async acquire(
    signal: AbortSignal | undefined,
    isSuitable = (idle: ParserProcess) => idle.isReusable,
  ): Promise<ParserProcess> {
    const canProceed = () =>
      this.isClosed || signal?.aborted || this.busyCount < this.options.maxProcesses;
    while (!canProceed()) {
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          this.waiters.delete(wakeUp);
          signal?.removeEventListener('abort', wakeUp);
          resolve();
        };
        this.waiters.add(wakeUp);
        signal?.addEventListener('abort', wakeUp);
      });
    }
    if (this.isClosed || signal?.aborted) throw cancelledError();
    return this.takeProcess(isSuitable);
  }

  private get busyCount(): number {
    return this.processes.size - this.idle.length;
  }

  private takeProcess(isSuitable: (idle: ParserProcess) => boolean): ParserProcess {
    for (let process = this.idle.pop(); process; process = this.idle.pop()) {
      if (isSuitable(process)) return process;
      this.discard(process);
    }
    const process = new ParserProcess(this.options.memoryLimitBytes);
    this.processes.add(process);
    return process;
  }

  private release(process: ParserProcess): void {
    if (process.isReusable && !this.isClosed) this.idle.push(process);
    else this.discard(process);
    for (const wakeUp of this.waiters) wakeUp();
  }

  private discard(process: ParserProcess): void {
    this.processes.delete(process);
    void process.stop(cancelledError());
  }
}

/** Opens an extractor. It starts its processes on demand; close it when done. */
export function openExtractor(options: ExtractorOptions): Extractor {
  return new Extractor(options);
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

function tooLargeToParseError(limit: number): DeedboxError {
  const megabytes = Math.round(limit / 1024 / 1024);
  return new DeedboxError(
    'too_large',
    `The file is larger than the ${megabytes} MB that can be read.`,
    {
      hint: 'Split the file, or raise the memory limit.',
    },
  );
}
