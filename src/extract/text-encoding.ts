import chardet from 'chardet';
import iconv from 'iconv-lite';

/** Bytes that are read to detect an encoding. */
const sampleBytes = 64 * 1024;

/**
 * Decodes the text of a file, without a byte order mark: as UTF-16 by its mark or its pattern of
 * zero bytes, else as UTF-8 if valid, else in the `declared` encoding if known, else in a detected
 * one.
 */
export function decodeText(bytes: Buffer, declared?: string): string {
  const utf16 = utf16Encoding(bytes);
  if (utf16) return iconv.decode(bytes, utf16);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return iconv.decode(bytes, singleByteSuperset(declared, bytes));
  }
}

/** Whether bytes are text in some encoding, judged by their control characters. */
export function isText(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, sampleBytes);
  if (utf16Encoding(sample)) return true;
  let controls = 0;
  for (const byte of sample) {
    if (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1a && byte !== 0x1b)
      controls++;
  }
  return controls <= sample.length / 50;
}

function utf16Encoding(bytes: Buffer): 'utf16-le' | 'utf16-be' | undefined {
  if (bytes.length < 2) return undefined;
  const byteOrderMark = bytes.readUInt16BE(0);
  if (byteOrderMark === 0xfffe) return 'utf16-le';
  if (byteOrderMark === 0xfeff) return 'utf16-be';
  const sample = bytes.subarray(0, sampleBytes);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < sample.length; i++) {
    if (sample[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  const pairs = sample.length / 2;
  if (odd > pairs / 2 && even < pairs / 50) return 'utf16-le';
  if (even > pairs / 2 && odd < pairs / 50) return 'utf16-be';
  return undefined;
}

/**
 * Windows-1252 wherever Latin-1 or ASCII is declared or detected, as browsers do: it holds the
 * quotation marks and dashes that such files really use.
 */
function singleByteSuperset(declared: string | undefined, bytes: Buffer): string {
  const name = declared && iconv.encodingExists(declared) ? declared : detectEncoding(bytes);
  return /^(us-?ascii|iso-?8859-1|latin-?1|utf-?8)$/i.test(name) ? 'windows-1252' : name;
}

function detectEncoding(bytes: Buffer): string {
  const found = chardet
    .analyse(bytes.subarray(0, sampleBytes))
    .find((match) => iconv.encodingExists(match.name) && !/^utf/i.test(match.name));
  return found?.name ?? 'windows-1252';
}
