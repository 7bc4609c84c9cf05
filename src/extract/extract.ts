import { stat } from 'node:fs/promises';
import type { ExtractedText } from '../documents.ts';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import { cancelled, ParserProcess } from './parser-process.ts';

export interface Extraction extends ExtractedText {
  mediaType: string;
}

export interface ExtractorOptions {
  /** Child processes at most. */
  processes: number;
  /** Of one child process, in bytes. */
  memoryLimit: number;
  /** Wall-clock for one file, in milliseconds: this much, and more for each megabyte. */
  timeLimit: number;
}

/** Some twenty pages of a PDF, at ten times the usual cost of a page. */
const millisecondsPerMegabyte = 2_000;

/** Parses files in child processes, each file under a time and a memory limit. */
export class Extractor {
  private readonly options: ExtractorOptions;
  private readonly processes = new Set<ParserProcess>();
  private readonly idle: ParserProcess[] = [];
  private readonly waiting = new Set<() => void>();
  private closed = false;

  constructor(options: ExtractorOptions) {
    this.options = options;
  }

  /**
   * The text, pages and title of the file at `path`. `fileName` is what its source calls it: its
   * extension tells kinds of text apart, while other formats are known by their bytes.
   *
   * Throws a DeedboxError: `encrypted`, `corrupt`, `no_text`, `unsupported_type`, `too_large`,
   * `timed_out`, `source_error` (the file vanished; retryable), or `cancelled`. None of them
   * disturbs another file. Calls beyond the number of processes wait their turn.
   */
  async extract(
    path: string,
    options: { fileName: string; signal?: AbortSignal },
  ): Promise<Extraction> {
    const { fileName, signal } = options;
    const size = await sizeOf(path);
    if (size > this.options.memoryLimit / 2) throw tooLarge(this.options.memoryLimit / 2);
    const timeLimit = this.options.timeLimit + (size / 1024 / 1024) * millisecondsPerMegabyte;
    const request = { path, fileName };
    const parse = async (process: ParserProcess) => {
      try {
        return await process.parse(request, timeLimit, signal);
      } finally {
        this.giveBack(process);
      }
    };
    const process = await this.acquire(signal);
    const { used } = process;
    try {
      return await parse(process);
    } catch (error) {
      const outOfMemory = asDeedboxError(error).code === 'too_large' && process.ended;
      if (!used || !outOfMemory) throw error;
    }
    // In a process of its own, so that what earlier files left there does not count.
    return parse(await this.acquire(signal, (idle) => !idle.used));
  }

  /** Ends every process. Files still being read fail with `cancelled`. */
  async close(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting) wake();
    const ended = [...this.processes].map((process) => process.stop(cancelled()));
    await Promise.all(ended);
  }

  private async acquire(
    signal: AbortSignal | undefined,
    suits = (idle: ParserProcess) => idle.reusable,
  ): Promise<ParserProcess> {
    const mayGoOn = () => this.closed || signal?.aborted || this.busy < this.options.processes;
    while (!mayGoOn()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.waiting.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        this.waiting.add(wake);
        signal?.addEventListener('abort', wake);
      });
    }
    if (this.closed || signal?.aborted) throw cancelled();
    return this.take(suits);
  }

  private get busy(): number {
    return this.processes.size - this.idle.length;
  }

  private take(suits: (idle: ParserProcess) => boolean): ParserProcess {
    for (let process = this.idle.pop(); process; process = this.idle.pop()) {
      if (suits(process)) return process;
      this.discard(process);
    }
    const process = new ParserProcess(this.options.memoryLimit);
    this.processes.add(process);
    return process;
  }

  private giveBack(process: ParserProcess): void {
    if (process.reusable && !this.closed) this.idle.push(process);
    else this.discard(process);
    for (const wake of this.waiting) wake();
  }

  private discard(process: ParserProcess): void {
    this.processes.delete(process);
    void process.stop(cancelled());
  }
}

/** An extractor that starts its processes as files come. Close it when done. */
export function openExtractor(options: ExtractorOptions): Extractor {
  return new Extractor(options);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw new DeedboxError('source_error', 'The file vanished before it was read.', {
      retryable: true,
      hint: 'It is tried again; if it stays so, check that the file is there and may be read.',
      cause: error,
    });
  }
}

function tooLarge(limit: number): DeedboxError {
  const megabytes = Math.round(limit / 1024 / 1024);
  return new DeedboxError(
    'too_large',
    `The file is larger than the ${megabytes} MB that can be read.`,
    {
      hint: 'Split the file, or raise the memory limit.',
    },
  );
}
