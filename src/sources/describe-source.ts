import { folderSourcePrefix } from './folder-source.ts';

/** How a source is shown to a person. */
export function describeSource(id: string): string {
  if (id.startsWith(folderSourcePrefix)) return id.slice(folderSourcePrefix.length);
  if (id === 'drive:all') return 'Google Drive: everything';
  if (id === 'drive:my') return 'Google Drive: My Drive';
  if (id.startsWith('drive:shared/')) return `Google Drive: shared drive ${afterSlash(id)}`;
  if (id.startsWith('drive:folder/')) return `Google Drive: folder ${afterSlash(id)}`;
  return id;
}

const afterSlash = (id: string) => id.slice(id.indexOf('/') + 1);
