import type { SourceFile } from '../src/documents.ts';
import type { FileRecord, Mended } from '../src/store/records.ts';

export const nothingMended = (): Mended => ({
  added: 0,
  changed: 0,
  moved: 0,
  permissions: 0,
  removed: 0,
});

/** Counts in what ways a listed file differs from what is recorded of it. */
export function compare(
  mended: Mended,
  file: SourceFile,
  ignoredFor: string | undefined,
  known: FileRecord | undefined,
): void {
  if (!known) {
    mended.added += 1;
    return;
  }
  const isIgnored = ignoredFor !== undefined;
  const other = isIgnored !== (known.state === 'ignored') || file.changeKey !== known.changeKey;
  if (other) mended.changed += 1;
  if (file.fileName !== known.fileName || file.folder !== known.folder) mended.moved += 1;
  if (!isIgnored && !haveSameReaders(file, known)) mended.permissions += 1;
}

/** Whether the source says the same of a file as it did, whatever has become of it here. */
export function isListedAs(file: SourceFile, known: SourceFile): boolean {
  return (
    file.source === known.source &&
    file.fileName === known.fileName &&
    file.folder === known.folder &&
    file.size === known.size &&
    file.modifiedAt === known.modifiedAt &&
    file.webUrl === known.webUrl &&
    file.changeKey === known.changeKey &&
    haveSameReaders(file, known)
  );
}

function haveSameReaders(one: SourceFile, other: SourceFile): boolean {
  const { readers } = other;
  return (
    one.readers.length === readers.length &&
    one.readers.every((reader, at) => reader === readers[at])
  );
}

/** What the source said of a recorded file. */
export function listingOf(record: FileRecord): SourceFile {
  const { fileId, source, fileName, folder, size, modifiedAt, webUrl, changeKey, readers } = record;
  const file = { fileId, source, fileName, folder, size, modifiedAt, changeKey, readers };
  return webUrl === undefined ? file : { ...file, webUrl };
}
