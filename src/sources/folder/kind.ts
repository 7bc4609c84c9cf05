import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import * as z from 'zod/v4';
import { count } from '../../settings/kinds.ts';
import { fileLinks, formatFileLinks, type FileLink } from './file-links.ts';
import { readerOf, type SourceKind, type SourceLocation } from '../source-kind.ts';
import { FolderSource, folderSourcePrefix, rebaseToFolder } from './folder-source.ts';

/** A file that was modified more recently may still be being written. */
const restMs = 500;

interface FolderSettings {
  /** Whether folders are watched while the service runs, and how often they are polled for that. */
  watch: 'on' | 'off' | { pollMs: number };
  links: FileLink[];
}

const folderSettings = readerOf(
  {
    DEEDBOX_WATCH: z
      .union(
        [
          z.enum(['on', 'off']),
          count(1, 86_400).transform((seconds) => ({ pollMs: seconds * 1000 })),
        ],
        'must be on, off, or a number of seconds from 1 to 86400',
      )
      .default('on')
      .describe(
        'Whether the service reads a file of a folder as soon as it is new or changed: `on`, `off`, or the seconds between two polls, for network drives, which report no changes.',
      ),
    DEEDBOX_LINKS: fileLinks.default([]).meta({
      description:
        'Where people open what lies in a folder: `FOLDER=ADDRESS`, with an `https://`, `http://` or `file://` address; several separated by a semicolon.',
      unset: 'the path on this machine',
    }),
  },
  ({ DEEDBOX_WATCH: watch, DEEDBOX_LINKS: links }): FolderSettings => ({ watch, links }),
);

/** Folders of this machine, and single files. */
export const folderKind: SourceKind<FolderSettings> = {
  prefix: folderSourcePrefix,
  usage: 'the path of a folder with contracts or of one contract',
  argumentHelp: 'folders or files',
  settings: {
    title: 'Folders',
    page: 'commands.md',
    ...folderSettings,
    // a sync that another program starts records the same links
    forwarded: ({ links }): Record<string, string> =>
      links.length === 0 ? {} : { DEEDBOX_LINKS: formatFileLinks(links) },
  },
  parse: (text) => (text === '' ? undefined : folderSourcePrefix + resolveLinks(resolve(text))),
  describe: pathOf,
  describeInList: (sourceId) => `folder: ${pathOf(sourceId)}`,
  emptySource: (sourceId) => ({
    observation: `The folder ${pathOf(sourceId)} is empty`,
    hint: 'Connect its drive',
  }),
  locate: async (sourceId) =>
    (await isFolderOrFile(pathOf(sourceId))) ? locationOf(sourceId) : undefined,
  rebase: (file, outerSourceId) => rebaseToFolder(file, outerSourceId),
  open: async ({ watch, links }, options) => {
    // sources are recorded without links in their paths
    const resolved = links.map((link) => ({ ...link, folder: withoutLinks(link.folder) }));
    const opened = { ...options, restMs, watch: watchSettings(watch), links: resolved };
    return (sourceId) => new FolderSource(pathOf(sourceId), opened);
  },
};

const withoutLinks = (folder: string) => (folder === '' ? '' : resolveLinks(folder));

function watchSettings(watch: FolderSettings['watch']) {
  if (watch === 'off') return undefined;
  return { restMs, pollMs: watch === 'on' ? undefined : watch.pollMs };
}

function pathOf(sourceId: string): string {
  return sourceId.slice(folderSourcePrefix.length);
}

/** The path with the links in it resolved, as far as it exists. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(resolveLinks(parent), basename(path));
  }
}

async function isFolderOrFile(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isDirectory() || found.isFile();
  } catch {
    return false;
  }
}

function locationOf(id: string): SourceLocation {
  return {
    id,
    isContainedIn: (otherId) => containsPath(otherId, id),
    contains: async (otherId) => containsPath(id, otherId),
  };
}

function containsPath(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
