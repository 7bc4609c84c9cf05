import * as CFB from 'cfb';
import iconv from 'iconv-lite';
import { DeedboxError } from '../../errors/errors.ts';

/** The streams of a Word 97–2003 file that hold its text and properties ([MS-DOC] 2.1). */
export interface DocStreams {
  /** The stream `WordDocument`, which begins with the file information block. */
  main: Buffer;
  table: Buffer;
  /** The stream with pictures and form fields; empty if there is none. */
  data: Buffer;
}

/** A run of text in the main stream. */
export interface Piece {
  /** The position of its first character in the text. */
  start: number;
  text: string;
  /** The byte of its first character in the main stream. */
  offset: number;
  bytesPerCharacter: 1 | 2;
}

/** Where a structure begins and how long it is, at an offset in the file information block. */
export type TableEntry = number;

const wordSignature = 0xa5ec;
const usesFirstTable = 0x0200;
const isEncryptedFlag = 0x0100;
const clxEntry: TableEntry = 0x1a2;

/** Opens the streams of a file. Throws `encrypted` or `corrupt`. */
export function openStreams(file: Buffer): DocStreams {
  const container = CFB.read(file, { type: 'buffer' });
  const stream = (name: string) => {
    const content = CFB.find(container, name)?.content;
    return content ? Buffer.from(content as Uint8Array) : undefined;
  };
  const main = stream('WordDocument');
  if (!main || main.length < clxEntry + 8 || main.readUInt16LE(0) !== wordSignature) {
    throw new DeedboxError('corrupt', 'The file is damaged: it has no Word document.');
  }
  const flags = main.readUInt16LE(0x0a);
  if ((flags & isEncryptedFlag) !== 0) {
    throw new DeedboxError('encrypted', 'The Word file is protected by a password.', {
      hint: 'Save a copy without the password.',
    });
  }
  const table = stream((flags & usesFirstTable) === 0 ? '0Table' : '1Table');
  if (!table)
    throw new DeedboxError('corrupt', 'The file is damaged: its table stream is missing.');
  return { main, table, data: stream('Data') ?? Buffer.alloc(0) };
}

/** The bytes of a structure in the table stream; empty if the file has none. */
export function tableEntry({ main, table }: DocStreams, entry: TableEntry): Buffer {
  const start = main.readUInt32LE(entry);
  return table.subarray(start, start + main.readUInt32LE(entry + 4));
}

/** The pieces of the text, in order ([MS-DOC] 2.8.35). */
export function readPieces(streams: DocStreams): Piece[] {
  const clx = tableEntry(streams, clxEntry);
  let at = 0;
  // Property lists of quickly saved files come first.
  while (clx.readUInt8(at) === 1) at += 3 + clx.readUInt16LE(at + 1);
  const length = clx.readUInt32LE(at + 1);
  const plc = clx.subarray(at + 5, at + 5 + length);
  const count = Math.floor((length - 4) / 12);
  const pieces: Piece[] = [];
  for (let index = 0; index < count; index++) {
    const start = plc.readUInt32LE(index * 4);
    const characters = plc.readUInt32LE(index * 4 + 4) - start;
    const position = plc.readUInt32LE((count + 1) * 4 + index * 8 + 2);
    const isCompressed = (position & 0x40000000) !== 0;
    const bytesPerCharacter = isCompressed ? 1 : 2;
    const offset = isCompressed ? (position & 0x3fffffff) >>> 1 : position & 0x3fffffff;
    const bytes = streams.main.subarray(offset, offset + characters * bytesPerCharacter);
    const text = isCompressed ? iconv.decode(bytes, 'windows-1252') : bytes.toString('utf16le');
    if (characters < 0 || text.length < characters) {
      throw new DeedboxError('corrupt', 'The file is damaged: its text is cut off.', {
        hint: 'Open it in Word and save it again, or fetch a complete copy.',
      });
    }
    pieces.push({ start, text, offset, bytesPerCharacter });
  }
  return pieces;
}
