import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DeedboxError } from '../../errors/errors.ts';
import { fileChangedError, writeError, openCopy, fileTooLargeError } from '../file-copy.ts';
import type { FetchedFile } from '../source.ts';
import type { DriveApi } from './api.ts';
import { endpointFor } from './settings.ts';
import { type DriveFile, docType } from './api-schemas.ts';
import { isRetryable, parseApiError } from './errors.ts';
import { InterruptedError, type RequestContext, quotaUnits } from './request-executor.ts';

/**
 * The format in which Google Docs are exported. PDF has the pages that a citation names, and the
 * numbers of headings as they are printed; Google's DOCX has manual page breaks alone.
 */
const exportType = 'application/pdf';

export interface DownloadOptions {
  tempFolder: string;
  maxBytes: number;
  endpoint?: string;
  signal?: AbortSignal;
}

/**
 * Downloads a file to a private copy, and verifies its size and checksum. An interrupted download is
 * resumed. Throws `too_large`, `source_error` (retryable) when the file changes
 * meanwhile or arrives damaged, `storage_error`, `not_found`, `cancelled`.
 */
export async function download(
  api: DriveApi,
  file: DriveFile,
  options: DownloadOptions,
): Promise<FetchedFile> {
  const { tempFolder, maxBytes, signal } = options;
  if ((file.size ?? 0) > maxBytes && file.mimeType !== docType) throw fileTooLargeError(maxBytes);
  const path = join(tempFolder, randomUUID());
  const dispose = () => rm(path, { force: true });
  const target = await openCopy(tempFolder, path);
  try {
    const pendingDownload = new PendingDownload(target, maxBytes);
    if (file.mimeType === docType) await exportDoc(api, file, pendingDownload, options);
    else await fetchBytes(api, file, pendingDownload, signal);
    const { contentHash, size } = pendingDownload.finish();
    return { path, contentHash, size, dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    await target.close();
  }
}

/** A copy that is being written, hashed at the same time. */
class PendingDownload {
  readonly #target: FileHandle;
  readonly #maxBytes: number;
  #sha256 = createHash('sha256');
  #md5 = createHash('md5');
  size = 0;

  constructor(target: FileHandle, maxBytes: number) {
    this.#target = target;
    this.#maxBytes = maxBytes;
  }

  async restart(): Promise<void> {
    if (this.size === 0) return;
    await this.#target.truncate(0).catch(throwWriteError);
    [this.#sha256, this.#md5, this.size] = [createHash('sha256'), createHash('md5'), 0];
  }

  /** Throws `InterruptedError` where the stream ends early. */
  async writeFrom(stream: Readable, { reportProgress }: RequestContext): Promise<void> {
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      const next = await chunks.next().catch((error: Error) => {
        throw new InterruptedError(error.message, { cause: error });
      });
      if (next.done) return;
      const bytes = next.value;
      if (this.size + bytes.length > this.#maxBytes) {
        stream.destroy();
        throw fileTooLargeError(this.#maxBytes);
      }
      this.#sha256.update(bytes);
      this.#md5.update(bytes);
      await this.#target.write(bytes, 0, bytes.length, this.size).catch(throwWriteError);
      this.size += bytes.length;
      reportProgress();
    }
  }

  finish() {
    const contentHash = this.#sha256.digest('hex');
    return { contentHash, md5: this.#md5.digest('hex'), size: this.size };
  }

  /** Whether the size and checksum of the copy are those in the metadata. */
  matches({ size, sha256Checksum, md5Checksum }: DriveFile): boolean {
    if (size !== undefined && size !== this.size) return false;
    if (sha256Checksum) return this.#sha256.copy().digest('hex') === sha256Checksum;
    return md5Checksum === undefined || this.#md5.copy().digest('hex') === md5Checksum;
  }
}

function throwWriteError(error: unknown): never {
  throw writeError(error);
}

/** Downloads of a file whose checksum does not match, before it is left for later. */
const maxFetches = 2;

async function fetchBytes(
  api: DriveApi,
  file: DriveFile,
  pendingDownload: PendingDownload,
  signal?: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await api.executor.run(
      quotaUnits.download,
      async (context) => {
        // an earlier attempt may have failed after the last byte
        if (pendingDownload.size > 0 && pendingDownload.size === file.size) return;
        const { status, data, headers } = await api.media(context, file, pendingDownload.size);
        const continuesHere = new RegExp(`^bytes ${pendingDownload.size}-`);
        const range = (headers as unknown as Headers).get('content-range');
        if (status !== 206 || !continuesHere.test(range ?? '')) await pendingDownload.restart();
        await pendingDownload.writeFrom(data, context);
        if (file.size !== undefined && pendingDownload.size < file.size)
          throw new InterruptedError('Too short.');
      },
      signal,
    );
    if (pendingDownload.matches(file)) return;
    const current = await api.file(file.id, { resourceKey: file.resourceKey, signal });
    if (!isSameContent(current, file)) throw fileChangedError();
    if (attempt === maxFetches) throw damagedError();
    await pendingDownload.restart();
  }
}

function isSameContent(current: DriveFile, before: DriveFile): boolean {
  const fields = ['headRevisionId', 'sha256Checksum', 'md5Checksum', 'size', 'trashed'] as const;
  return fields.every((field) => current[field] === before[field]);
}

async function exportDoc(
  api: DriveApi,
  file: DriveFile,
  pendingDownload: PendingDownload,
  { endpoint, signal }: DownloadOptions,
): Promise<void> {
  let link: URL | undefined;
  const fetch = async (context: RequestContext) => {
    await pendingDownload.restart();
    const { data } = link
      ? await context.auth.request<Readable>({
          url: link,
          responseType: 'stream',
          signal: context.signal,
          retry: false,
        })
      : await api.export(context, file, exportType);
    await pendingDownload.writeFrom(data, context);
  };
  try {
    await api.executor.run(quotaUnits.download, fetch, signal);
  } catch (error) {
    const apiError = parseApiError((error as Error).cause);
    if (!apiError || isRetryable(apiError) || apiError.reason !== 'exportSizeLimitExceeded')
      throw error;
    const found = await api.exportLink(file, exportType, signal);
    if (found === undefined) throw error;
    link = trustedUrl(found, endpoint);
    await api.executor.run(quotaUnits.download, fetch, signal);
  }
}

/** The request carries the access token, so it may go to Google or to the endpoint alone. */
function trustedUrl(link: string, endpoint: string | undefined): URL {
  const url = new URL(link);
  if (endpoint !== undefined) return endpointFor(url, endpoint);
  if (url.protocol === 'https:' && /(^|\.)(google|googleapis)\.com$/.test(url.hostname)) return url;
  throw new DeedboxError(
    'source_error',
    'Google Drive returned an export link to another host than Google.',
    {
      hint: 'Save the document as a PDF file in Drive.',
    },
  );
}

function damagedError(): DeedboxError {
  return new DeedboxError('source_error', 'The file arrived damaged.', {
    retryable: true,
    hint: 'The next sync tries again. If that fails too, check the proxy between this machine and Google.',
  });
}
