import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DeedboxError, type ErrorCode } from '../errors.ts';
import type { Extraction } from './extract.ts';
import { spawnParser } from './spawn-parser.ts';

export interface ParseRequest {
  path: string;
  fileName: string;
}

export type ParseReply =
  | { kind: 'ready' }
  | { kind: 'done'; extraction: Extraction; memory: number }
  | {
      kind: 'failed';
      error: {
        code: ErrorCode;
        message: string;
        hint?: string;
        retryable: boolean;
        detail?: string;
      };
      memory: number;
    };

/** For loading the program, which on a busy machine takes far longer than its usual half second. */
const startLimit = 60_000;
/** Files after which a process is replaced, so that what a library forgets to free stays small. */
const filesPerProcess = 500;

/** One child process that parses one file at a time. A file may take it down, and only it. */
export class ParserProcess {
  private readonly child: ChildProcess;
  private readonly memoryLimit: number;
  private readonly ready: Promise<void>;
  private stderr = '';
  private closed = false;
  private files = 0;
  private memory = 0;
  private verdict: DeedboxError | undefined;

  constructor(memoryLimit: number) {
    this.memoryLimit = memoryLimit;
    this.child = spawnParser(memoryLimit);
    this.child.on('error', (error) => {
      this.stderr += error.message;
      this.closed ||= this.child.pid === undefined;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr = (this.stderr + String(chunk)).slice(-4096);
    });
    this.child.on('close', () => (this.closed = true));
    this.ready = this.waitUntilReady();
    this.ready.catch(() => {});
  }

  /** Whether it has read other files, which may have left memory taken. */
  get used(): boolean {
    return this.files > 0;
  }

  /** Whether it is gone. */
  get ended(): boolean {
    return this.closed;
  }

  /** Whether it may be given another file. */
  get reusable(): boolean {
    return (
      !this.closed &&
      !this.verdict &&
      this.files < filesPerProcess &&
      this.memory < this.memoryLimit / 2
    );
  }

  /**
   * Parses one file, within `timeLimit` milliseconds of wall clock. Throws the file's own reason,
   * `timed_out`, `too_large` where memory ran out, `corrupt` where the process fell over, or
   * `cancelled`.
   */
  async parse(request: ParseRequest, timeLimit: number, signal?: AbortSignal): Promise<Extraction> {
    const abort = () => void this.stop(cancelled());
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await this.ready;
      return await this.exchange(request, timeLimit);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Kills the process; a file in it fails with `reason`. Resolves when the process is gone. */
  async stop(reason: DeedboxError): Promise<void> {
    this.verdict ??= reason;
    this.child.kill('SIGKILL');
    if (!this.closed) await once(this.child, 'close');
  }

  private exchange(request: ParseRequest, timeLimit: number): Promise<Extraction> {
    this.files++;
    const { child } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.stop(timedOut(timeLimit)), timeLimit);
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        child.off('message', answered);
        child.off('close', died);
        outcome();
      };
      const answered = (reply: ParseReply) => {
        if (reply.kind === 'ready') return;
        this.memory = reply.memory;
        settle(() => {
          if (reply.kind === 'done') resolve(reply.extraction);
          else reject(asError(reply.error));
        });
      };
      const died = (_code: number | null, signal: NodeJS.Signals | null) => {
        settle(() => reject(this.verdict ?? this.reasonOfDeath(signal)));
      };
      child.on('message', answered);
      child.on('close', died);
      if (this.closed) died(child.exitCode, child.signalCode);
      // A failure to send means that the process is dying, which `close` is about to tell.
      else child.send(request, () => {});
    });
  }

  private waitUntilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.stop(notStarted(this.stderr)), startLimit);
      this.child.once('message', () => {
        clearTimeout(timer);
        resolve();
      });
      const failed = () => {
        clearTimeout(timer);
        reject(this.verdict ?? notStarted(this.stderr));
      };
      this.child.once('close', failed);
      this.child.once('error', failed);
    });
  }

  /** The watchdog and V8 say so before they end it for memory. */
  private reasonOfDeath(signal: NodeJS.Signals | null): DeedboxError {
    if (/out of memory/i.test(this.stderr)) {
      const megabytes = Math.round(this.memoryLimit / 1024 / 1024);
      return new DeedboxError(
        'too_large',
        `The file needs more than the ${megabytes} MB of memory allowed for one file.`,
        { hint: 'Split the file, or raise the memory limit if it is to be trusted.' },
      );
    }
    // by the system, for the sake of the whole machine or container, or by a person: the file may be fine
    if (signal === 'SIGKILL') {
      return new DeedboxError(
        'too_large',
        'The program that reads files was killed while it read this one.',
        {
          retryable: true,
          hint: 'If it happens again, the machine or the container has too little memory: give it more, or lower DEEDBOX_PARSE_MEMORY_MB.',
        },
      );
    }
    return new DeedboxError('corrupt', 'The file is damaged: the program that reads it stopped.', {
      cause: new Error(this.stderr),
    });
  }
}

function asError(error: (ParseReply & { kind: 'failed' })['error']): DeedboxError {
  const { code, message, hint, retryable, detail } = error;
  const cause = detail === undefined ? undefined : new Error(detail);
  return new DeedboxError(code, message, { hint, retryable, cause });
}

export function cancelled(): DeedboxError {
  return new DeedboxError('cancelled', 'Reading the file was cancelled.');
}

function timedOut(limit: number): DeedboxError {
  return new DeedboxError(
    'timed_out',
    `Reading the file took longer than the ${Math.round(limit / 1000)} seconds allowed for it.`,
    { hint: 'Split the file, or raise the time limit.' },
  );
}

function notStarted(output: string): DeedboxError {
  return new DeedboxError('internal', 'The process that reads files could not be started.', {
    retryable: true,
    hint: 'See the log; memory or processes may have run out on this machine.',
    cause: new Error(output),
  });
}
