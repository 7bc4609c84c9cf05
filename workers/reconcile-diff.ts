import type { SourceFile } from '../src/domain/documents.ts';
import type { FileRecord, ReconcileDiff } from '../src/store/records.ts';

export const emptyDiff = (): ReconcileDiff => ({
  added: 0,
  changed: 0,
  moved: 0,
  permissions: 0,
  removed: 0,
});

/** Counts in what ways a listed file differs from what is recorded of it. */
export function countDifferences(
  diff: ReconcileDiff,
  file: SourceFile,
  ignoreReason: string | undefined,
  known: FileRecord | undefined,
): void {
  if (!known) {
    diff.added += 1;
    return;
  }
  const isIgnored = ignoreReason !== undefined;
  const isChanged = isIgnored !== (known.state === 'ignored') || file.changeKey !== known.changeKey;
  if (isChanged) diff.changed += 1;
  if (file.fileName !== known.fileName || file.folder !== known.folder) diff.moved += 1;
  if (!isIgnored && !haveSameAcl(file, known)) diff.permissions += 1;
}

/** Whether the source says the same of a file as it did, whatever has become of it here. */
export function isSameListing(file: SourceFile, known: SourceFile): boolean {
  return (
    file.source === known.source &&
    file.fileName === known.fileName &&
    file.folder === known.folder &&
    file.size === known.size &&
    file.modifiedAt === known.modifiedAt &&
    file.webUrl === known.webUrl &&
    file.changeKey === known.changeKey &&
    haveSameAcl(file, known)
  );
}

function haveSameAcl(one: SourceFile, other: SourceFile): boolean {
  const { aclEntries } = other;
  return (
    one.aclEntries.length === aclEntries.length &&
    one.aclEntries.every((entry, index) => entry === aclEntries[index])
  );
}

/** What the source said of a recorded file. */
export function toSourceFile(record: FileRecord): SourceFile {
  const { fileId, source, fileName, folder, size, modifiedAt, webUrl, changeKey, aclEntries } =
    record;
  const file = { fileId, source, fileName, folder, size, modifiedAt, changeKey, aclEntries };
  return webUrl === undefined ? file : { ...file, webUrl };
}
