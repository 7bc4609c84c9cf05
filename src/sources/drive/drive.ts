import type { SourceFile } from '../../documents.ts';
import { DeedboxError } from '../../errors.ts';
import { tooLarge } from '../file-copy.ts';
import type { ChangeFeed, FetchedFile, Source, SourceEntry } from '../source.ts';
import type { DriveApi } from './api.ts';
import { isRefusedFor } from './errors.ts';
import { download } from './download.ts';
import { DriveFeed } from './feed.ts';
import { type DriveFile, folderType } from './file.ts';
import { isShortcut, type ReadableKinds } from './kinds.ts';
import { listAll } from './listing.ts';
import { type DriveScope, driveSourceId, scopeOf } from './source-id.ts';
import { keyIn } from './source-file.ts';
import { DriveView } from './view.ts';

export interface DriveSourceOptions extends ReadableKinds {
  /** Where local copies are kept while they are read; created when needed. */
  tempFolder: string;
  endpoint?: string;
  /** Drive itself, asked for when it is needed; every source of a process is given the same. */
  connect: () => Promise<DriveApi>;
}

/** A part of Google Drive: all that the credentials see, My Drive, a shared drive, or a folder. */
export class DriveSource implements Source {
  readonly id: string;
  readonly feed: ChangeFeed;
  readonly #scope: DriveScope;
  readonly #options: DriveSourceOptions;

  /** Throws `source_error` where the id names no part of Drive. */
  constructor(sourceId: string, options: DriveSourceOptions) {
    this.#scope = scopeOf(sourceId);
    this.id = driveSourceId(this.#scope);
    this.#options = options;
    this.feed = new DriveFeed((signal) => this.#open(signal));
  }

  async *list(signal?: AbortSignal): AsyncIterable<SourceEntry> {
    yield* listAll(await this.#open(signal));
  }

  async fetch(
    file: SourceFile,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<FetchedFile> {
    if (file.size > options.maxBytes) throw tooLarge(options.maxBytes);
    const { tempFolder, endpoint, connect } = this.#options;
    const api = await connect();
    const found = await find(api, file, options.signal);
    return download(api, found, { ...options, tempFolder, endpoint });
  }

  async #open(signal?: AbortSignal): Promise<DriveView> {
    const api = await this.#options.connect();
    return DriveView.open(api, this.#scope, this.#options, signal);
  }
}

/** The file as Drive has it now, or that which a shortcut leads to. Throws `not_found`. */
async function find(api: DriveApi, file: SourceFile, signal?: AbortSignal): Promise<DriveFile> {
  const found = await look(api, file.fileId, keyIn(file.webUrl), signal);
  if (!isShortcut(found) || !found.shortcutDetails) return found;
  const { targetId, targetResourceKey } = found.shortcutDetails;
  return look(api, targetId, targetResourceKey, signal);
}

async function look(
  api: DriveApi,
  id: string,
  resourceKey: string | undefined,
  signal?: AbortSignal,
): Promise<DriveFile> {
  try {
    const found = await api.file(id, { resourceKey, signal });
    if (found.trashed || found.mimeType === folderType) throw goneFromDrive();
    return found;
  } catch (error) {
    if (isRefusedFor(error, [404])) throw goneFromDrive(error);
    throw error;
  }
}

function goneFromDrive(cause?: unknown): DeedboxError {
  return new DeedboxError('not_found', 'The file is no longer in Google Drive, or not for us.', {
    hint: 'The next sync takes it out of the index.',
    cause,
  });
}
