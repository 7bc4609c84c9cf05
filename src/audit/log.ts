import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';
import { listAuditFiles, dayOfFile, auditFileName, firstSeqOf, chownLike } from './files.ts';
import { ChainHead, type ChainHeadState, emptyChain } from './chain-head.ts';
import { expiredFiles, removeExpired } from './retention.ts';
import { continuesChain, type LineContent, nextLine, parseLine, tornTailRecord } from './line.ts';

export interface AuditLogOptions {
  /** Created when the first line is written. */
  folder: string;
  /** Bytes after which a new file begins; a new day begins one too. */
  maxBytes: number;
  /** Days after which files are removed, when a new one is begun; without it all are kept. */
  retentionDays?: number | undefined;
  now?: () => Date;
}

interface PendingAppend {
  content: LineContent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** The error for lines that are not on the disk. */
export class AuditWriteError extends DeedboxError {
  constructor(cause: unknown) {
    const reason = cause instanceof DeedboxError ? cause : undefined;
    const hint =
      'Check the space on the disk, and that the user who runs Deedbox may write to the folder audit in the data folder.';
    super(
      'storage_error',
      `The audit log cannot be written${reason ? `: ${reason.message}` : '.'}`,
      {
        hint: reason?.hint ?? hint,
        retryable: true,
        cause,
      },
    );
  }
}

const lockTimeoutMs = 10_000;
const newlineByte = 0x0a;

/** The last complete line after `head` that continues the chain, and the bytes behind it. */
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
  // complete but for its line break
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
  if (process.platform === 'win32') return; // Windows cannot sync a folder
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * An append-only log of JSON lines, each with the hash of the previous one. All processes of a data folder
 * write one chain, one process at a time: if each of the many short runs of `deedbox stdio` had a chain of
 * its own, a whole chain could be removed without a trace.
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
   * Resolves when the line is on the disk; lines that are appended meanwhile share the next write.
   * @throws AuditWriteError where it cannot be written
   */
  append(content: LineContent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ content, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for pending writes. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#chainHead?.close();
    this.#chainHead = undefined;
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await Promise.resolve(); // `#flushing` is set by now
      try {
        this.#chainHead ??= await ChainHead.open(this.#options.folder, lockTimeoutMs);
        await this.#chainHead.advance(lockTimeoutMs, (head) => this.#write(head, batch));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        const failure = new AuditWriteError(cause);
        for (const { reject } of batch) reject(failure);
      }
    }
    // not in a later microtask, for those who waited may append again
    this.#flushing = undefined;
  }

  async #write(
    storedHead: ChainHeadState | undefined,
    batch: PendingAppend[],
  ): Promise<ChainHeadState> {
    const { folder, maxBytes, retentionDays: days } = this.#options;
    const [head, leadingRecords] = storedHead ? [storedHead, []] : await this.#rebuildHead();
    const { head: last, tail } = await this.#recoverChain(head);
    const time = this.#now();
    const tornTailRecords =
      tail.length > 0 && tail.at(-1) !== newlineByte ? [tornTailRecord(tail)] : [];
    // the record of a torn tail must follow it in the same file
    const continuesFile =
      last.file !== '' &&
      (tornTailRecords.length > 0 ||
        (dayOfFile(last.file) >= dayOfFile(time.toISOString()) && last.size < maxBytes));
    const name = continuesFile ? last.file : auditFileName(time, last.seq + 1);
    const expired =
      continuesFile || days === undefined ? undefined : expiredFiles(folder, { days, time, last });
    const records = [
      ...tornTailRecords,
      ...leadingRecords,
      ...(expired ? [expired.record] : []),
      ...batch.map(({ content }) => content),
    ];
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
        // the line break of the last line may be missing, which `verify` reports
        const lacksNewline = before > 0 && (await readFrom(file, before - 1))[0] !== newlineByte;
        const bytes = Buffer.from(lacksNewline ? `\n${text}` : text);
        await file.appendFile(bytes);
        await file.datasync();
        if (before === 0) {
          chownLike(folder, join(folder, name));
          await fsyncFolder(folder);
        }
        // after their removal is recorded on the disk; what is left is removed with a later file
        if (expired) await removeExpired(folder, expired).catch(() => {});
        return { ...link, file: name, size: before + bytes.length };
      } catch (error) {
        // a partial line is removed here, or closed off by the next write
        await file.truncate(before).catch(() => {});
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  /** The head, moved over the lines of a process that was killed before it stored it, and the tail. */
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
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue; // `verify` reports that it is missing
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

  /** Where the head is missing: continues after the last line, with a record that says so. */
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
