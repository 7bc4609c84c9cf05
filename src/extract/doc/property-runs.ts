import { partitionPoint } from '../../domain/partition-point.ts';
import { tableEntry, type DocStreams, type TableEntry } from './binary-file.ts';

/** Bytes of the main stream with the same properties. */
interface PropertyRun {
  start: number;
  end: number;
  /** A list of property modifiers ([MS-DOC] 2.2.5.1); of paragraphs, after their style. */
  modifiers: Buffer;
}

const characterRuns: TableEntry = 0xfa;
const paragraphRuns: TableEntry = 0x102;
const pageSize = 512;

/** Properties by byte of the main stream ([MS-DOC] 2.8.5 to 2.9.33). */
export class PropertyRuns {
  private readonly runs: PropertyRun[];

  constructor(streams: DocStreams, kind: 'character' | 'paragraph') {
    const entry = kind === 'character' ? characterRuns : paragraphRuns;
    const plc = tableEntry(streams, entry);
    const count = Math.max(0, Math.floor((plc.length - 4) / 8));
    this.runs = [];
    for (let index = 0; index < count; index++) {
      const page = plc.readUInt32LE((count + 1) * 4 + index * 4) & 0x3fffff;
      this.readPage(streams.main.subarray(page * pageSize, (page + 1) * pageSize), kind);
    }
    this.runs.sort((a, b) => a.start - b.start);
  }

  /** The run at a byte; undefined where there are no properties. */
  at(offset: number): PropertyRun | undefined {
    const run = this.runs[partitionPoint(this.runs, (other) => other.end <= offset)];
    return run && run.start <= offset ? run : undefined;
  }

  private readPage(page: Buffer, kind: 'character' | 'paragraph'): void {
    if (page.length < pageSize) return;
    const count = page.readUInt8(pageSize - 1);
    const entrySize = kind === 'character' ? 1 : 13;
    for (let index = 0; index < count; index++) {
      const place = (count + 1) * 4 + index * entrySize;
      if (place >= pageSize) return;
      const at = page.readUInt8(place) * 2;
      this.runs.push({
        start: page.readUInt32LE(index * 4),
        end: page.readUInt32LE(index * 4 + 4),
        modifiers: at === 0 ? Buffer.alloc(0) : sized(page, at, kind),
      });
    }
  }
}

function sized(page: Buffer, at: number, kind: 'character' | 'paragraph'): Buffer {
  const size = page.readUInt8(at);
  if (kind === 'character') return page.subarray(at + 1, at + 1 + size);
  if (size > 0) return page.subarray(at + 1, at + 2 * size);
  return page.subarray(at + 2, at + 2 + 2 * page.readUInt8(at + 1));
}

/** The modifiers of a list: each code with its operand. */
export function* modifiersOf(list: Buffer): Generator<{ code: number; operand: Buffer }> {
  for (let at = 0; at + 2 < list.length;) {
    const code = list.readUInt16LE(at);
    const size = operandSize(code, list, at + 2);
    yield { code, operand: list.subarray(at + 2, at + 2 + size) };
    at += 2 + size;
  }
}

const defineTable = 0xd608;
const fixedSizes = [1, 1, 2, 4, 2, 2, 0, 3];

function operandSize(code: number, list: Buffer, at: number): number {
  const kind = code >> 13;
  if (kind !== 6) return fixedSizes[kind]!;
  return code === defineTable && at + 2 <= list.length
    ? list.readUInt16LE(at) + 1
    : list.readUInt8(at) + 1;
}
