import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DeedboxError } from '../errors.ts';
import { auditFiles, dayOf, fileName, firstSeqOf, giveToOwnerOf } from './files.ts';
import { Head, type HeadState, noLines } from './head.ts';
import { follows, type LineContent, nextLine, readLine, sealOf } from './line.ts';

export interface AuditLogOptions {
  /** Made when the first line is written. */
  folder: string;
  /** Bytes after which a file is followed by another; a new day begins one too. */
  maxBytes: number;
  now?: () => Date;
}

interface Waiting {
  content: LineContent;
  done: () => void;
  failed: (error: unknown) => void;
}

/** Milliseconds for which another process is waited for. */
const patience = 10_000;
const newLine = 0x0a;

/** The end of the last whole line after `head` that continues the chain, and what stands behind it. */
function adopt(bytes: Buffer, head: HeadState): { head: HeadState; rest: Buffer } {
  let last = head;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(newLine, start);
    if (end < 0) break;
    const line = readLine(bytes.subarray(start, end));
    if (!line || !follows(line, last)) break;
    start = end + 1;
    last = { ...last, seq: line.seq, hash: line.hash, size: head.size + start };
  }
  const rest = bytes.subarray(start);
  const line = readLine(rest);
  if (!line || !follows(line, last)) return { head: last, rest };
  // whole but for its line break
  last = { ...last, seq: line.seq, hash: line.hash, size: head.size + bytes.length };
  return { head: last, rest: Buffer.alloc(0) };
}

async function readFrom(file: FileHandle, position: number): Promise<Buffer> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - position));
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

async function syncFolder(folder: string): Promise<void> {
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
  #head: Head | undefined;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Resolves when the line is on the disk; lines that come meanwhile share the next write.
   * @throws DeedboxError `storage_error` where it cannot be written
   */
  append(content: LineContent): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ content, done, failed });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
    this.#head?.close();
    this.#head = undefined;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await Promise.resolve(); // `#writing` is set by now
      try {
        this.#head ??= await Head.open(this.#options.folder, patience);
        await this.#head.advance(patience, (head) => this.#write(head, batch));
        for (const { done } of batch) done();
      } catch (cause) {
        const failure = new DeedboxError('storage_error', 'The audit log cannot be written.', {
          hint: 'Check the space on the disk, and that the user who runs Deedbox may write to the folder audit in the data folder.',
          retryable: true,
          cause,
        });
        for (const { failed } of batch) failed(failure);
      }
    }
    // at once, for whoever waited may already write again
    this.#writing = undefined;
  }

  async #write(known: HeadState | undefined, batch: Waiting[]): Promise<HeadState> {
    const { folder, maxBytes } = this.#options;
    const [head, firsts] = known ? [known, []] : await this.#withoutHead();
    const { head: last, rest } = await this.#whole(head);
    const time = this.#now();
    const seal = rest.length > 0 && rest.at(-1) !== newLine ? [sealOf(rest)] : [];
    const contents = [...seal, ...firsts, ...batch.map(({ content }) => content)];
    // a seal stands behind what it seals
    const goesOn =
      last.file !== '' &&
      (seal.length > 0 || (dayOf(last.file) >= dayOf(time.toISOString()) && last.size < maxBytes));
    const name = goesOn ? last.file : fileName(time, last.seq + 1);
    let link = { seq: last.seq, hash: last.hash };
    let text = '';
    for (const content of contents) {
      const next = nextLine(link, time, content);
      text += `${next.text}\n`;
      link = next;
    }
    const file = await open(join(folder, name), 'a+', 0o600);
    try {
      const { size: before } = await file.stat();
      try {
        // the end of the last line may have been cut off, which `verify` says
        const cut = before > 0 && (await readFrom(file, before - 1))[0] !== newLine;
        const bytes = Buffer.from(cut ? `\n${text}` : text);
        await file.appendFile(bytes);
        await file.datasync();
        if (before === 0) {
          giveToOwnerOf(folder, join(folder, name));
          await syncFolder(folder);
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
  async #whole(head: HeadState): Promise<{ head: HeadState; rest: Buffer }> {
    const { folder } = this.#options;
    const seq = head.file === '' ? 0 : firstSeqOf(head.file);
    const newer = auditFiles(folder).filter((name) => firstSeqOf(name) > seq);
    let state = { head, rest: Buffer.alloc(0) as Buffer };
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
        const begun = { ...state.head, file: name, size: from };
        state = adopt(await readFrom(file, from), begun);
      } finally {
        await file.close();
      }
    }
    return state;
  }

  /** Where lines are found and no head: goes on after the last line, and says so for good. */
  async #withoutHead(): Promise<[HeadState, LineContent[]]> {
    const names = auditFiles(this.#options.folder);
    if (names.length === 0) return [noLines, []];
    let last = noLines;
    for (const name of names) {
      const file = await open(join(this.#options.folder, name), 'r');
      try {
        const bytes = await readFrom(file, 0);
        for (let start = 0, end; (end = bytes.indexOf(newLine, start)) >= 0; start = end + 1) {
          const line = readLine(bytes.subarray(start, end));
          if (line) last = { seq: line.seq, hash: line.hash, file: name, size: end + 1 };
        }
      } finally {
        await file.close();
      }
    }
    return [last, [{ event: 'head_lost' }]];
  }
}
