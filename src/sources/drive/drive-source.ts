import type { SourceFile } from '../../domain/documents.ts';
import { DeedboxError } from '../../errors/errors.ts';
import { fileTooLargeError } from '../file-copy.ts';
import type { ChangeFeed, FetchedFile, Source, SourceEntry } from '../source.ts';
import type { SourceOptions } from '../source-kind.ts';
import type { DriveApi } from './api.ts';
import { connectDrive } from './connect.ts';
import type { DriveSettings } from './settings.ts';
import { hasApiStatus } from './errors.ts';
import { download } from './download.ts';
import { DriveFeed } from './change-feed.ts';
import { type DriveFile, folderType } from './api-schemas.ts';
import { isShortcut, resourceKeyOf } from './source-file.ts';
import { listAll } from './listing.ts';
import { type DriveScope, driveSourceId, scopeOf } from './source-id.ts';
import { DriveReader } from './drive-reader.ts';

export interface DriveSourceOptions extends SourceOptions {
  endpoint?: string;
  /** Called when Drive is needed. All sources of a process share one connection. */
  connect: () => Promise<DriveApi>;
}

/** See `SourceKind.open`. */
export function openDriveSources(
  settings: DriveSettings,
  options: SourceOptions,
): (sourceId: string) => DriveSource {
  let connection: Promise<DriveApi> | undefined;
  const connect = () => {
    connection ??= connectDrive(settings).catch((error: unknown) => {
      connection = undefined; // somebody may sign in later
      throw error;
    });
    return connection;
  };
  const { endpoint } = settings;
  return (sourceId) => new DriveSource(sourceId, { ...options, connect, endpoint });
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
    this.feed = new DriveFeed(this.#scope, (signal) => this.#openReader(signal));
  }

  async *list(signal?: AbortSignal): AsyncIterable<SourceEntry> {
    yield* listAll(await this.#openReader(signal), this.#scope);
  }

  async fetch(
    file: SourceFile,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<FetchedFile> {
    if (file.size > options.maxBytes) throw fileTooLargeError(options.maxBytes);
    const { tempFolder, endpoint, connect } = this.#options;
    const api = await connect();
    const found = await findFile(api, file, options.signal);
    return download(api, found, { ...options, tempFolder, endpoint });
  }

  async #openReader(signal?: AbortSignal): Promise<DriveReader> {
    return DriveReader.open(await this.#options.connect(), this.#options, signal);
  }
}

/** The present metadata of the file, or of the target of a shortcut. Throws `not_found`. */
async function findFile(api: DriveApi, file: SourceFile, signal?: AbortSignal): Promise<DriveFile> {
  const found = await fetchMetadata(api, file.fileId, resourceKeyOf(file.webUrl), signal);
  if (!isShortcut(found) || !found.shortcutDetails) return found;
  const { targetId, targetResourceKey } = found.shortcutDetails;
  return fetchMetadata(api, targetId, targetResourceKey, signal);
}

async function fetchMetadata(
  api: DriveApi,
  id: string,
  resourceKey: string | undefined,
  signal?: AbortSignal,
): Promise<DriveFile> {
  try {
    const found = await api.file(id, { resourceKey, signal });
    if (found.trashed || found.mimeType === folderType) throw goneFromDriveError();
    return found;
  } catch (error) {
    if (hasApiStatus(error, [404])) throw goneFromDriveError(error);
    throw error;
  }
}

function goneFromDriveError(cause?: unknown): DeedboxError {
  return new DeedboxError(
    'not_found',
    'The file is no longer in Google Drive, or no longer visible to this account.',
    {
      hint: 'The next sync removes it from the index.',
      cause,
    },
  );
}
