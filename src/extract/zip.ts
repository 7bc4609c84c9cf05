import { buffer as readAll } from 'node:stream/consumers';
import * as yauzl from 'yauzl';
import { DeedboxError } from '../errors/errors.ts';

/** More entries than any office document has. */
const maxEntries = 20_000;
/** Uncompressed bytes that may be read from one archive; a 5,000-page contract has less XML. */
const maxUncompressedBytes = 128 * 1024 * 1024;

/**
 * An office document's ZIP container. Sizes in the directory are checked before an entry is
 * inflated, and an entry larger than stated is refused while it is read.
 */
export class ZipArchive {
  private readonly zip: yauzl.ZipFile;
  private readonly entries: Map<string, yauzl.Entry>;
  private remainingBytes = maxUncompressedBytes;

  private constructor(zip: yauzl.ZipFile, entries: Map<string, yauzl.Entry>) {
    this.zip = zip;
    this.entries = entries;
  }

  /**
   * Reads the directory. Throws `corrupt` if it cannot be read and `too_large` for too many
   * entries.
   */
  static async open(data: Buffer): Promise<ZipArchive> {
    try {
      const zip = await yauzl.fromBufferPromise(data, { lazyEntries: true });
      if (zip.entryCount > maxEntries) throw zipTooLargeError();
      const entries = new Map<string, yauzl.Entry>();
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
      return new ZipArchive(zip, entries);
    } catch (error) {
      if (error instanceof DeedboxError) throw error;
      throw new DeedboxError('corrupt', 'The file is damaged: its ZIP container cannot be read.', {
        hint: 'Open it in the program that made it and save it again, or fetch a complete copy.',
        cause: error,
      });
    }
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  /** The bytes of one entry. Throws `too_large`, `encrypted`, or `corrupt`. */
  async read(name: string): Promise<Buffer> {
    const entry = this.entries.get(name);
    if (!entry) throw new DeedboxError('corrupt', `The file is damaged: ${name} is missing in it.`);
    if (entry.isEncrypted()) {
      throw new DeedboxError('encrypted', 'The file is protected by a password.', {
        hint: 'Save a copy without the password.',
      });
    }
    if (entry.uncompressedSize > this.remainingBytes) throw zipTooLargeError();
    this.remainingBytes -= entry.uncompressedSize;
    try {
      return await readAll(await this.zip.openReadStreamPromise(entry));
    } catch (error) {
      throw new DeedboxError('corrupt', `The file is damaged: ${name} in it cannot be read.`, {
        cause: error,
      });
    }
  }

  /** The text of one XML entry; undefined if there is no such entry. */
  async readXml(name: string): Promise<string | undefined> {
    if (!this.has(name)) return undefined;
    const bytes = await this.read(name);
    const utf16 = bytes.length > 1 && (bytes.readUInt16BE(0) === 0xfffe || bytes[1] === 0);
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  }
}

function zipTooLargeError(): DeedboxError {
  return new DeedboxError('too_large', 'The file unpacks to more than a document may hold.', {
    hint: 'If it is a real contract, print it to PDF or remove what is embedded in it.',
  });
}
