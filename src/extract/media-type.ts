import { extname } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { DeedboxError } from '../errors/errors.ts';
import { formats, type MediaType, readableExtensions } from './formats.ts';
import { isText } from './text-encoding.ts';
import { ZipArchive } from './zip.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const odt = 'application/vnd.oasis.opendocument.text';
/** Formats that a text file with their extension is not. */
const binaryTypes: ReadonlySet<MediaType> = new Set(['application/pdf', docx, odt]);
const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * Detects the media type of a file by its bytes; the extension only distinguishes kinds of text.
 * Throws `unsupported_type`, `encrypted`, or `corrupt` for a damaged file of a supported extension.
 */
export async function detectMediaType(data: Buffer, fileName: string): Promise<MediaType> {
  // PDF readers accept up to a kilobyte of other bytes before the signature.
  const signature = data.subarray(0, 1024).indexOf('%PDF-');
  if (signature === 0 || (signature > 0 && !isText(data))) return 'application/pdf';
  if (data.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return detectZipType(data);
  if (data.subarray(0, 8).equals(compoundFile)) return detectCompoundType(data, fileName);
  if (data.subarray(0, 5).equals(Buffer.from('{\\rtf'))) return 'application/rtf';
  if (isText(data)) return detectTextType(data, fileName);
  const found = await fileTypeFromBuffer(data.subarray(0, 64 * 1024));
  if (found) throw unsupportedTypeError(`a ${found.ext.toUpperCase()} file`);
  throw unknownTypeError(fileName);
}

async function detectZipType(data: Buffer): Promise<MediaType> {
  const zip = await ZipArchive.open(data);
  const names = zip.names();
  if (names.some((name) => name.startsWith('word/'))) return docx;
  if (names.some((name) => name.startsWith('xl/'))) throw unsupportedTypeError('an Excel workbook');
  if (names.some((name) => name.startsWith('ppt/')))
    throw unsupportedTypeError('a PowerPoint presentation');
  if (!zip.has('mimetype')) throw unsupportedTypeError('a ZIP archive');
  const type = (await zip.read('mimetype')).toString('latin1').trim();
  if (type === odt || type === `${odt}-template`) return odt;
  throw unsupportedTypeError(`of the type ${type.slice(0, 80)}`);
}

/** Detects the type of a compound file, Office's older container, by its stream names in UTF-16. */
function detectCompoundType(data: Buffer, fileName: string): MediaType {
  const has = (stream: string) => data.includes(Buffer.from(stream, 'utf16le'));
  if (has('EncryptedPackage')) {
    throw new DeedboxError('encrypted', 'The Office file is protected by a password.', {
      hint: 'Save a copy without the password.',
    });
  }
  if (has('WordDocument')) return 'application/msword';
  if (has('Workbook')) throw unsupportedTypeError('an Excel workbook');
  if (has('PowerPoint Document')) throw unsupportedTypeError('a PowerPoint presentation');
  if (has('__substg1.0_')) throw unsupportedTypeError('an Outlook message');
  throw unknownTypeError(fileName);
}

function detectTextType(data: Buffer, fileName: string): MediaType {
  const claimed = typeOfExtension(fileName);
  // A server's error page, saved under the name of the requested file. (A .doc may be HTML.)
  if (claimed !== undefined && binaryTypes.has(claimed)) throw unknownTypeError(fileName);
  const head = data.subarray(0, 1024).toString('latin1').replaceAll('\0', '');
  if (/^\W{0,4}\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html)\b/is.test(head)) {
    return 'text/html';
  }
  return claimed !== undefined && formats[claimed].isText ? claimed : 'text/plain';
}

function typeOfExtension(fileName: string): MediaType | undefined {
  const extension = extname(fileName).toLowerCase();
  const types = Object.keys(formats) as MediaType[];
  return types.find((type) => formats[type].extensions.includes(extension));
}

function unknownTypeError(fileName: string): DeedboxError {
  const claimed = typeOfExtension(fileName);
  if (!claimed) return unsupportedTypeError('of an unknown kind');
  const { name } = formats[claimed];
  return new DeedboxError('corrupt', `The file is damaged or is not a ${name} file.`, {
    hint: 'Open it in the program that made it and save it again, or fetch a complete copy.',
  });
}

function unsupportedTypeError(what: string): DeedboxError {
  return new DeedboxError('unsupported_type', `The file is ${what}, which is not read.`, {
    hint: `Convert it to one of: ${readableExtensions.join(', ')}.`,
  });
}
