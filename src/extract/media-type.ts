import { extname } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { DeedboxError } from '../errors.ts';
import { formats, type MediaType, readableExtensions } from './formats.ts';
import { looksLikeText } from './text-encoding.ts';
import { ZipArchive } from './zip.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const odt = 'application/vnd.oasis.opendocument.text';
/** What a text of that name is not. */
const neverText: ReadonlySet<MediaType> = new Set(['application/pdf', docx, odt]);
const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * What a file is, by its bytes; the extension only tells kinds of text apart. Throws
 * `unsupported_type`, `encrypted`, or `corrupt` for something broken that claims to be readable.
 */
export async function detectMediaType(data: Buffer, fileName: string): Promise<MediaType> {
  // Readers of PDF accept up to a kilobyte of other bytes before its signature.
  const signature = data.subarray(0, 1024).indexOf('%PDF-');
  if (signature === 0 || (signature > 0 && !looksLikeText(data))) return 'application/pdf';
  if (data.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return zipType(data);
  if (data.subarray(0, 8).equals(compoundFile)) return compoundType(data, fileName);
  if (data.subarray(0, 5).equals(Buffer.from('{\\rtf'))) return 'application/rtf';
  if (looksLikeText(data)) return textType(data, fileName);
  const found = await fileTypeFromBuffer(data.subarray(0, 64 * 1024));
  if (found) throw unsupported(`a ${found.ext.toUpperCase()} file`);
  throw unknown(fileName);
}

async function zipType(data: Buffer): Promise<MediaType> {
  const zip = await ZipArchive.open(data);
  const names = zip.names();
  if (names.some((name) => name.startsWith('word/'))) return docx;
  if (names.some((name) => name.startsWith('xl/'))) throw unsupported('an Excel workbook');
  if (names.some((name) => name.startsWith('ppt/'))) throw unsupported('a PowerPoint presentation');
  if (!zip.has('mimetype')) throw unsupported('a ZIP archive');
  const type = (await zip.read('mimetype')).toString('latin1').trim();
  if (type === odt || type === `${odt}-template`) return odt;
  throw unsupported(`of the type ${type.slice(0, 80)}`);
}

/** Office's older container: its streams' names, in UTF-16, tell what is in it. */
function compoundType(data: Buffer, fileName: string): MediaType {
  const has = (stream: string) => data.includes(Buffer.from(stream, 'utf16le'));
  if (has('EncryptedPackage')) {
    throw new DeedboxError('encrypted', 'The Office file is protected by a password.', {
      hint: 'Save a copy without the password.',
    });
  }
  if (has('WordDocument')) return 'application/msword';
  if (has('Workbook')) throw unsupported('an Excel workbook');
  if (has('PowerPoint Document')) throw unsupported('a PowerPoint presentation');
  if (has('__substg1.0_')) throw unsupported('an Outlook message');
  throw unknown(fileName);
}

function textType(data: Buffer, fileName: string): MediaType {
  const claimed = byExtension(fileName);
  // an error page of a server, kept under the name of what was to be fetched; Word's .doc may be HTML
  if (claimed !== undefined && neverText.has(claimed)) throw unknown(fileName);
  const head = data.subarray(0, 1024).toString('latin1').replaceAll('\0', '');
  if (/^\W{0,4}\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html)\b/is.test(head)) {
    return 'text/html';
  }
  return claimed?.startsWith('text/') ? claimed : 'text/plain';
}

function byExtension(fileName: string): MediaType | undefined {
  const extension = extname(fileName).toLowerCase();
  const types = Object.keys(formats) as MediaType[];
  return types.find((type) => formats[type].extensions.includes(extension));
}

function unknown(fileName: string): DeedboxError {
  const claimed = byExtension(fileName);
  if (!claimed) return unsupported('of an unknown kind');
  const { name } = formats[claimed];
  return new DeedboxError('corrupt', `The file is damaged or is not a ${name} file.`, {
    hint: 'Open it in the program that made it and save it again, or fetch a complete copy.',
  });
}

function unsupported(what: string): DeedboxError {
  return new DeedboxError('unsupported_type', `The file is ${what}, which is not read.`, {
    hint: `Convert it to one of: ${readableExtensions.join(', ')}.`,
  });
}
