import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';
import { listAuditFiles, dayOfFile, auditFileName, firstSeqOf, chownLike } from './files.ts';
import { ChainHead, type ChainHeadState, emptyChain } from './chain-head.ts';
import { continuesChain, type LineContent, nextLine, parseLine, tornTailRecord } from './line.ts';

export interface AuditLogOptions {
  /** Made when the first line is written. */
  folder: string;
  /** Bytes after which a file is followed by another; a new day begins one too. */
  maxBytes: number;
  now?: () => Date;
}

interface PendingAppend {
  content: LineContent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Milliseconds for which another process is waited for. */
const lockTimeoutMs = 10_000;
const newlineByte = 0x0a;

/** The end of the last whole line after `head` that continues the chain, and what stands behind it. */
function recoverTail(bytes: Buffer, head: ChainHeadState): { head: ChainHeadState; tail: Buffer } {
  let last = head;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(newlineByte, start);
    if (end < 0) break;
    const line = parseLine(bytes.subarray(start, end));
    if (!line || !continuesChain(line, last)) break;
    start = end + 1;
    last = { ...last, seq: line.seq, hash: line.hash, size: head.size + start };
  }
  const tail = bytes.subarray(start);
  const line = parseLine(tail);
  if (!line || !continuesChain(line, last)) return { head: last, tail };
  // whole but for its line break
  last = { ...last, seq: line.seq, hash: line.hash, size: head.size + bytes.length };
  return { head: last, tail: Buffer.alloc(0) };
}

async function readFrom(file: FileHandle, offset: number): Promise<Buffer> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - offset));
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

async function fsyncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // it has no such thing
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * An append-only log of JSON lines, each of which holds the hash of the one before it. All processes
 * of a data folder write one chain, one at a time: chains of their own, one for each of the many short
 * lives of `deedbox stdio`, could be removed whole without a trace.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #now: () => Date;
  #chainHead: ChainHead | undefined;
  #pending: PendingAppend[] = [];
  #flushing: Promise<void> | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Resolves when the line is on the disk; lines that come meanwhile share the next write.
   * @throws DeedboxError `storage_error` where it cannot be written
   */
  append(content: LineContent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ content, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#chainHead?.close();
    this.#chainHead = undefined;
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await Promise.resolve(); // `#writing` is set by now
      try {
        this.#chainHead ??= await ChainHead.open(this.#options.folder, lockTimeoutMs);
        await this.#chainHead.advance(lockTimeoutMs, (head) => this.#write(head, batch));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        const failure = new DeedboxError('storage_error', 'The audit log cannot be written.', {
          hint: 'Check the space on the disk, and that the user who runs Deedbox may write to the folder audit in the data folder.',
          retryable: true,
          cause,
        });
        for (const { reject } of batch) reject(failure);
      }
    }
    // at once, for whoever waited may already write again
    this.#flushing = undefined;
  }

  async #write(
    storedHead: ChainHeadState | undefined,
    batch: PendingAppend[],
  ): Promise<ChainHeadState> {
    const { folder, maxBytes } = this.#options;
    const [head, leadingRecords] = storedHead ? [storedHead, []] : await this.#rebuildHead();
    const { head: last, tail } = await this.#recoverChain(head);
    const time = this.#now();
    const tornTailRecords =
      tail.length > 0 && tail.at(-1) !== newlineByte ? [tornTailRecord(tail)] : [];
    const records = [...tornTailRecords, ...leadingRecords, ...batch.map(({ content }) => content)];
    // a seal stands behind what it seals
    const continuesFile =
      last.file !== '' &&
      (tornTailRecords.length > 0 ||
        (dayOfFile(last.file) >= dayOfFile(time.toISOString()) && last.size < maxBytes));
    const name = continuesFile ? last.file : auditFileName(time, last.seq + 1);
    let link = { seq: last.seq, hash: last.hash };
    let text = '';
    for (const content of records) {
      const next = nextLine(link, time, content);
      text += `${next.text}\n`;
      link = next;
    }
    const file = await open(join(folder, name), 'a+', 0o600);
    try {
      const { size: before } = await file.stat();
      try {
        // the end of the last line may have been cut off, which `verify` says
        const lacksNewline = before > 0 && (await readFrom(file, before - 1))[0] !== newlineByte;
        const bytes = Buffer.from(lacksNewline ? `\n${text}` : text);
        await file.appendFile(bytes);
        await file.datasync();
        if (before === 0) {
          chownLike(folder, join(folder, name));
          await fsyncFolder(folder);
        }
        return { ...link, file: name, size: before + bytes.length };
      } catch (error) {
        // a line that was written in part is taken back, or sealed by the next
        await file.truncate(before).catch(() => {});
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  /** The head and what stands behind it in its file: lines of a process that was killed before it said so. */
  async #recoverChain(head: ChainHeadState): Promise<{ head: ChainHeadState; tail: Buffer }> {
    const { folder } = this.#options;
    const seq = head.file === '' ? 0 : firstSeqOf(head.file);
    const newer = listAuditFiles(folder).filter((name) => firstSeqOf(name) > seq);
    let state = { head, tail: Buffer.alloc(0) as Buffer };
    for (const name of [...(head.file === '' ? [] : [head.file]), ...newer]) {
      const from = name === head.file ? head.size : 0;
      let file: FileHandle;
      try {
        file = await open(join(folder, name), 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue; // `verify` says that it is missing
        throw error;
      }
      try {
        const startHead = { ...state.head, file: name, size: from };
        state = recoverTail(await readFrom(file, from), startHead);
      } finally {
        await file.close();
      }
    }
    return state;
  }

  /** Where lines are found and no head: goes on after the last line, and says so for good. */
  async #rebuildHead(): Promise<[ChainHeadState, LineContent[]]> {
    const names = listAuditFiles(this.#options.folder);
    if (names.length === 0) return [emptyChain, []];
    let last = emptyChain;
    for (const name of names) {
      const file = await open(join(this.#options.folder, name), 'r');
      try {
        const bytes = await readFrom(file, 0);
        for (let start = 0, end; (end = bytes.indexOf(newlineByte, start)) >= 0; start = end + 1) {
          const line = parseLine(bytes.subarray(start, end));
          if (line) last = { seq: line.seq, hash: line.hash, file: name, size: end + 1 };
        }
      } finally {
        await file.close();
      }
    }
    return [last, [{ event: 'head_lost' }]];
  }
}
