import { tickBox } from '../symbols.ts';

/** Before the description of a form field in the data stream ([MS-DOC] 2.9.158). */
const headerSize = 0x44;
const checkBoxKind = 1;
const dropDownKind = 2;
/** Stands for "as by default". */
const undefinedResult = 25;

/** What a tick box or a list of choices shows ([MS-DOC] 2.9.78); '' for a text field or none. */
export function formFieldText(data: Buffer, offset: number): string {
  const field = data.subarray(offset + headerSize, offset + data.readUInt32LE(offset));
  const bits = field.readUInt16LE(4);
  const kind = bits & 3;
  const result = (bits >> 2) & 31;
  if (kind !== checkBoxKind && kind !== dropDownKind) return '';
  const nameLength = field.readUInt16LE(10);
  const afterName = 10 + 2 + 2 * nameLength + 2;
  const chosen = result === undefinedResult ? field.readUInt16LE(afterName) : result;
  if (kind === checkBoxKind) return tickBox(chosen === 1);
  return readEntries(field, afterName + 2)[chosen] ?? '';
}

/** The choices of a list, after the five texts that every form field has. */
function readEntries(field: Buffer, start: number): string[] {
  let at = start;
  for (let text = 0; text < 5; text++) at += 2 + 2 * field.readUInt16LE(at) + 2;
  const entries: string[] = [];
  const count = field.readUInt32LE(at + 2);
  at += 2 + 4 + 2;
  for (let index = 0; index < count; index++) {
    const length = field.readUInt16LE(at);
    entries.push(field.subarray(at + 2, at + 2 + 2 * length).toString('utf16le'));
    at += 2 + 2 * length;
  }
  return entries;
}
