import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DeedboxError } from '../../errors.ts';
import { changed, notWritten, openCopy, tooLarge } from '../file-copy.ts';
import type { FetchedFile } from '../source.ts';
import type { DriveApi } from './api.ts';
import { endpointFor } from './settings.ts';
import { type DriveFile, docType } from './file.ts';
import { isPassing, refusalOf } from './refusal.ts';
import { Interrupted, type Sending, units } from './request.ts';

/**
 * What Google Docs are read as. PDF has the pages that people see, which a citation names, and the
 * numbers of headings as they are printed; Google's DOCX records no page breaks but those set by hand.
 */
const exportType = 'application/pdf';

export interface DownloadOptions {
  tempFolder: string;
  maxBytes: number;
  endpoint?: string;
  signal?: AbortSignal;
}

/**
 * Brings a file's bytes to a private copy, with size and checksum as Drive gives them. What breaks off
 * goes on where it ended. Throws `too_large`, `source_error` (retryable) when the file changes
 * meanwhile or arrives damaged, `storage_error`, `not_found`, `cancelled`.
 */
export async function download(
  api: DriveApi,
  file: DriveFile,
  options: DownloadOptions,
): Promise<FetchedFile> {
  const { tempFolder, maxBytes, signal } = options;
  if ((file.size ?? 0) > maxBytes && file.mimeType !== docType) throw tooLarge(maxBytes);
  const path = join(tempFolder, randomUUID());
  const dispose = () => rm(path, { force: true });
  const target = await openCopy(tempFolder, path);
  try {
    const arriving = new Arriving(target, maxBytes);
    if (file.mimeType === docType) await exportDoc(api, file, arriving, options);
    else await fetchBytes(api, file, arriving, signal);
    const { contentHash, size } = arriving.end();
    return { path, contentHash, size, dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    await target.close();
  }
}

/** Bytes on their way to the copy, hashed as they come. */
class Arriving {
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
    await this.#target.truncate(0).catch(failed);
    [this.#sha256, this.#md5, this.size] = [createHash('sha256'), createHash('md5'), 0];
  }

  /** Throws `Interrupted` where the stream breaks off. */
  async pour(stream: Readable, { alive }: Sending): Promise<void> {
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      const next = await chunks.next().catch((error: Error) => {
        throw new Interrupted(error.message, { cause: error });
      });
      if (next.done) return;
      const bytes = next.value;
      if (this.size + bytes.length > this.#maxBytes) {
        stream.destroy();
        throw tooLarge(this.#maxBytes);
      }
      this.#sha256.update(bytes);
      this.#md5.update(bytes);
      await this.#target.write(bytes, 0, bytes.length, this.size).catch(failed);
      this.size += bytes.length;
      alive();
    }
  }

  end() {
    const contentHash = this.#sha256.digest('hex');
    return { contentHash, md5: this.#md5.digest('hex'), size: this.size };
  }

  /** Whether what has come is what Drive says that the file is. */
  is({ size, sha256Checksum, md5Checksum }: DriveFile): boolean {
    if (size !== undefined && size !== this.size) return false;
    if (sha256Checksum) return this.#sha256.copy().digest('hex') === sha256Checksum;
    return md5Checksum === undefined || this.#md5.copy().digest('hex') === md5Checksum;
  }
}

function failed(error: unknown): never {
  throw notWritten(error);
}

/** Times that a file which arrives damaged is fetched, before it is left for later. */
const fetches = 2;

async function fetchBytes(
  api: DriveApi,
  file: DriveFile,
  arriving: Arriving,
  signal?: AbortSignal,
): Promise<void> {
  for (let fetched = 1; ; fetched++) {
    await api.requests.run(
      units.download,
      async (sending) => {
        // also where the end broke off after the last byte
        if (arriving.size > 0 && arriving.size === file.size) return;
        const { status, data, headers } = await api.media(sending, file, arriving.size);
        const goesOn = new RegExp(`^bytes ${arriving.size}-`);
        const range = (headers as unknown as Headers).get('content-range');
        if (status !== 206 || !goesOn.test(range ?? '')) await arriving.restart();
        await arriving.pour(data, sending);
        if (file.size !== undefined && arriving.size < file.size)
          throw new Interrupted('Too short.');
      },
      signal,
    );
    if (arriving.is(file)) return;
    const now = await api.file(file.id, { resourceKey: file.resourceKey, signal });
    if (!isSame(now, file)) throw changed();
    if (fetched === fetches) throw damaged();
    await arriving.restart();
  }
}

function isSame(now: DriveFile, before: DriveFile): boolean {
  const fields = ['headRevisionId', 'sha256Checksum', 'md5Checksum', 'size', 'trashed'] as const;
  return fields.every((field) => now[field] === before[field]);
}

async function exportDoc(
  api: DriveApi,
  file: DriveFile,
  arriving: Arriving,
  { endpoint, signal }: DownloadOptions,
): Promise<void> {
  let link: URL | undefined;
  const fetch = async (sending: Sending) => {
    await arriving.restart();
    const { data } = link
      ? await sending.auth.request<Readable>({
          url: link,
          responseType: 'stream',
          signal: sending.signal,
          retry: false,
        })
      : await api.export(sending, file, exportType);
    await arriving.pour(data, sending);
  };
  try {
    await api.requests.run(units.download, fetch, signal);
  } catch (error) {
    const refusal = refusalOf((error as Error).cause);
    if (!refusal || isPassing(refusal) || refusal.reason !== 'exportSizeLimitExceeded') throw error;
    const found = await api.exportLink(file, exportType, signal);
    if (found === undefined) throw error;
    link = trusted(found, endpoint);
    await api.requests.run(units.download, fetch, signal);
  }
}

/** The token goes along, so only to Google, or to what stands in for it. */
function trusted(link: string, endpoint: string | undefined): URL {
  const url = new URL(link);
  if (endpoint !== undefined) return endpointFor(url, endpoint);
  if (url.protocol === 'https:' && /(^|\.)(google|googleapis)\.com$/.test(url.hostname)) return url;
  throw new DeedboxError('source_error', 'Google Drive names an export that is not at Google.', {
    hint: 'Save the document as a PDF file in Drive.',
  });
}

function damaged(): DeedboxError {
  return new DeedboxError('source_error', 'The file arrived damaged.', {
    retryable: true,
    hint: 'It is tried again; if it stays so, check the proxy between this machine and Google.',
  });
}
