import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DeedboxError, type ErrorCode } from '../../src/errors/errors.ts';
import type { EmbedderOptions } from '../../src/embed/embedder.ts';
import { isolatedCommand, permissionOptions } from './isolation.ts';
import type { ReadDocument, ReadRequest } from './read-document.ts';
import { notices } from './watchdog.ts';

/** Where the models of a reader process are. */
export interface ModelLocations {
  /** Folder of the clause model. */
  clauses: string;
  /** Folder of the party model; rules alone find the parties without it. */
  parties?: string;
  /** An embedding model on this machine. */
  embedding: EmbedderOptions;
}

export interface ReaderProcessOptions {
  models: ModelLocations;
  /** Folders in which the files to read are, and the models. */
  readableFolders: string[];
  /** Memory limit of the process, in bytes. */
  memoryLimitBytes: number;
}

export interface ReaderMessage {
  request: ReadRequest;
  /** CPU time that the request may take, in milliseconds. */
  cpuLimitMs: number;
}

export type ReaderReply =
  | { kind: 'ready' }
  | { kind: 'done'; document: ReadDocument; memoryBytes: number }
  | {
      kind: 'failed';
      error: {
        code: ErrorCode;
        message: string;
        hint?: string | undefined;
        retryable: boolean;
        detail?: string | undefined;
      };
      memoryBytes: number;
    };

/** For starting the process: usually half a second, far longer on a busy machine. */
const startTimeoutMs = 60_000;
/** Wall-clock time that a file may take, as a multiple of its CPU time: other work may run beside it. */
const wallClockFactor = 5;
/** Files after which a process is replaced, to bound memory leaks in libraries. */
const maxFilesPerProcess = 500;

/** One child process that reads one file at a time. A file can crash this process only. */
export class ReaderProcess {
  readonly #child: ChildProcess;
  readonly #memoryLimitBytes: number;
  readonly #ready: Promise<void>;
  #stderr = '';
  #hasClosed = false;
  #fileCount = 0;
  #memoryBytes = 0;
  #failure: DeedboxError | undefined;

  constructor(options: ReaderProcessOptions) {
    this.#memoryLimitBytes = options.memoryLimitBytes;
    this.#child = spawnReader(options);
    this.#child.on('error', (error) => {
      this.#stderr += error.message;
      this.#hasClosed ||= this.#child.pid === undefined;
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-4096);
    });
    this.#child.on('close', () => (this.#hasClosed = true));
    this.#ready = this.#waitUntilReady();
    this.#ready.catch(() => {});
  }

  /** Whether it has read other files, which may have left memory allocated. */
  get wasUsed(): boolean {
    return this.#fileCount > 0;
  }

  /** Whether the process has ended. */
  get hasEnded(): boolean {
    return this.#hasClosed;
  }

  /** Whether it may read another file. */
  get isReusable(): boolean {
    return (
      !this.#hasClosed &&
      !this.#failure &&
      this.#fileCount < maxFilesPerProcess &&
      this.#memoryBytes < this.#memoryLimitBytes / 2
    );
  }

  /**
   * Reads one file.
   * @param cpuLimitMs milliseconds of CPU time, and a fifth of its wall-clock time
   * @throws DeedboxError the error of `readDocument`, `timed_out`, `too_large` if memory ran out,
   * `corrupt` if the process crashed, `internal` if it did not start, or `cancelled`
   */
  async read(
    request: ReadRequest,
    cpuLimitMs: number,
    signal?: AbortSignal,
  ): Promise<ReadDocument> {
    const abort = () => void this.stop(cancelledError());
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await this.#ready;
      return await this.#sendRequest(request, cpuLimitMs);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Kills the process; a file in it fails with `reason`. Resolves when the process has ended. */
  async stop(reason: DeedboxError): Promise<void> {
    this.#failure ??= reason;
    this.#child.kill('SIGKILL');
    if (!this.#hasClosed) await once(this.#child, 'close');
  }

  #sendRequest(request: ReadRequest, cpuLimitMs: number): Promise<ReadDocument> {
    this.#fileCount++;
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => void this.stop(timedOutError(cpuLimitMs)),
        cpuLimitMs * wallClockFactor,
      );
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('close', onClose);
        outcome();
      };
      const onMessage = (reply: ReaderReply) => {
        if (reply.kind === 'ready') return;
        this.#memoryBytes = reply.memoryBytes;
        settle(() => {
          if (reply.kind === 'done') resolve(reply.document);
          else reject(toDeedboxError(reply.error));
        });
      };
      const onClose = (_code: number | null, signal: NodeJS.Signals | null) => {
        settle(() => reject(this.#failure ?? this.#exitError(signal, cpuLimitMs)));
      };
      child.on('message', onMessage);
      child.on('close', onClose);
      if (this.#hasClosed) onClose(child.exitCode, child.signalCode);
      // If sending fails, the process is ending, and `close` follows.
      else child.send({ request, cpuLimitMs } satisfies ReaderMessage, () => {});
    });
  }

  #waitUntilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.stop(startError(this.#stderr)), startTimeoutMs);
      this.#child.once('message', (reply: ReaderReply) => {
        clearTimeout(timer);
        if (reply.kind === 'ready') return resolve();
        const error = reply.kind === 'failed' ? toDeedboxError(reply.error) : undefined;
        void this.stop(error ?? startError(this.#stderr));
      });
      const onFailure = () => {
        clearTimeout(timer);
        reject(this.#failure ?? startError(this.#stderr));
      };
      this.#child.once('close', onFailure);
      this.#child.once('error', onFailure);
    });
  }

  /** The watchdog and V8 write "out of memory" before they kill it for that. */
  #exitError(signal: NodeJS.Signals | null, cpuLimitMs: number): DeedboxError {
    if (this.#stderr.includes(notices.time)) return timedOutError(cpuLimitMs);
    if (/out of memory/i.test(this.#stderr)) {
      const megabytes = Math.round(this.#memoryLimitBytes / 1024 / 1024);
      return new DeedboxError(
        'too_large',
        `The file needs more than the ${megabytes} MB of memory allowed for one file.`,
        { hint: 'Split the file, or raise the memory limit if you trust the file.' },
      );
    }
    // Killed by the system to save the machine or container, or by a person: the file may be fine.
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
      cause: new Error(this.#stderr),
    });
  }
}

function toDeedboxError(error: (ReaderReply & { kind: 'failed' })['error']): DeedboxError {
  const { code, message, hint, retryable, detail } = error;
  const cause = detail === undefined ? undefined : new Error(detail);
  return new DeedboxError(code, message, { hint, retryable, cause });
}

export function cancelledError(): DeedboxError {
  return new DeedboxError('cancelled', 'Reading the file was cancelled.');
}

function timedOutError(limitMs: number): DeedboxError {
  return new DeedboxError(
    'timed_out',
    `Reading the file took longer than the ${Math.round(limitMs / 1000)} seconds allowed for it.`,
    { hint: 'Split the file, or raise the time limit.' },
  );
}

function startError(output: string): DeedboxError {
  return new DeedboxError('internal', 'The process that reads files could not be started.', {
    retryable: true,
    hint: 'See the log; memory or processes may have run out on this machine.',
    cause: new Error(output),
  });
}

/**
 * Starts the child without this process's environment, since reading needs no secrets, without its
 * standard output, and as isolated as the machine allows.
 */
function spawnReader({ models, readableFolders, memoryLimitBytes }: ReaderProcessOptions) {
  const extension = extname(import.meta.url);
  const entry = fileURLToPath(new URL(`./reader-child${extension}`, import.meta.url));
  const heap = `--max-old-space-size=${Math.floor((memoryLimitBytes * 0.75) / 1024 / 1024)}`;
  // esbuild, which compiles the sources for tests, is a child process
  const fromSources = ['--import', typescriptLoader(), '--allow-child-process'];
  const command = [
    process.execPath,
    heap,
    ...permissionOptions(readableFolders),
    ...(extension === '.ts' ? fromSources : []),
    entry,
    String(memoryLimitBytes),
    JSON.stringify(models),
  ];
  const [file = '', ...args] = isolatedCommand(command, memoryLimitBytes);
  return spawn(file, args, {
    // Else the canvas library that pdf.js loads commits a gigabyte at the start.
    env: { MIMALLOC_ARENA_EAGER_COMMIT: '0', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
}

/**
 * A loader for running from sources, in tests. It compiles only `.ts` files: tsx would take half a
 * gigabyte and a second to transform pdf.js.
 */
function typescriptLoader(): string {
  const { resolve } = createRequire(import.meta.url);
  const hooks = `
    import { readFile } from 'node:fs/promises';
    import { transform } from '${pathToFileURL(resolve('esbuild')).href}';
    export async function load(url, context, next) {
      if (!url.endsWith('.ts')) return next(url, context);
      const { code } = await transform(await readFile(new URL(url), 'utf8'), { loader: 'ts' });
      return { format: 'module', source: code, shortCircuit: true };
    }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(hooks))});`;
  return toDataUrl(register);
}

function toDataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
