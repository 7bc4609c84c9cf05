import { inflateSync } from 'node:zlib';

/** Bytes that the dictionary before a stream may have. */
const maxDictionaryLength = 1024;
/** A stream that unpacks to more, in bytes, is not checked. */
const maxUnpackedLength = 64 * 1024 * 1024;

const streamStart = Buffer.from('stream');
const streamEnd = Buffer.from('endstream');

/**
 * Whether a compressed stream of a PDF is damaged. PDFium reads such a stream up to the damage and says
 * nothing about it. Images and encrypted files are not checked.
 */
export function hasDamagedStream(data: Buffer): boolean {
  if (data.includes('/Encrypt')) return false;
  let at = data.indexOf(streamStart);
  while (at >= 0) {
    const start = at + streamStart.length;
    const before = data.toString('latin1', Math.max(0, at - maxDictionaryLength), at);
    const compression = findCompression(before);
    if (compression) {
      const end = data.indexOf(streamEnd, start);
      if (end < 0 || !canUnpack(data.subarray(start, end), compression.isText)) return true;
      at = end + streamEnd.length;
    } else {
      at = start;
    }
    at = data.indexOf(streamStart, at);
  }
  return false;
}

/** Matches the filters of a stream whose data are compressed, or compressed and written as text. */
const filters = /\/Filter\s*\[?\s*(\/(?:ASCII85Decode|A85)\s*)?\/(?:FlateDecode|Fl)\b/;

/** How the stream is compressed whose dictionary `before` ends with, if it is, and is no image. */
function findCompression(before: string): { isText: boolean } | undefined {
  if (!/>>\s*$/.test(before)) return undefined;
  const dictionary = before.slice(before.lastIndexOf(' obj'));
  const match = filters.exec(dictionary);
  if (!match || /\/Image\b/.test(dictionary)) return undefined;
  return { isText: match[1] !== undefined };
}

function canUnpack(data: Buffer, isText: boolean): boolean {
  // a line break follows the word `stream`
  const start = data.findIndex((byte) => byte !== 10 && byte !== 13);
  if (start < 0) return true;
  const body = data.subarray(start);
  try {
    inflateSync(isText ? decodeAscii85(body) : body, { maxOutputLength: maxUnpackedLength });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
  }
}

/** The bytes that a text in ASCII85 stands for, up to its end mark `~>`: five characters for four. */
function decodeAscii85(text: Buffer): Buffer {
  const bytes = Buffer.alloc(text.length * 4);
  let length = 0;
  let [value, digits] = [0, 0];
  for (const byte of text) {
    if (byte === 0x7e) break;
    if (byte === 0x7a && digits === 0) {
      length += 4; // z stands for four zeros
    } else if (byte > 0x20) {
      value = value * 85 + byte - 33;
      if (++digits < 5) continue;
      bytes.writeUInt32BE(value, length);
      length += 4;
      [value, digits] = [0, 0];
    }
  }
  if (digits > 1) {
    for (let missing = digits; missing < 5; missing++) value = value * 85 + 84;
    bytes.writeUInt32BE(value, length);
    length += digits - 1;
  }
  return bytes.subarray(0, length);
}
