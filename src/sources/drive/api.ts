import { drive as driveClient, type drive_v3 } from '@googleapis/drive';
import type * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';
import {
  responseSchemas,
  type Change,
  type DriveFile,
  fileFields,
  type Permission,
  permissionListFields,
  sharedFields,
  type SharedDrive,
} from './api-schemas.ts';
import { hasApiStatus, cursorExpired } from './errors.ts';
import {
  InterruptedError,
  type RequestExecutor,
  type RequestContext,
  quotaUnits,
} from './request-executor.ts';
import type { GoogleClient } from './sign-in.ts';

/** Calls one method of Google's client. */
export type ApiCall = (
  client: drive_v3.Drive,
  options: { signal: AbortSignal; retry: false },
) => Promise<{ data: unknown }>;

/** Sends requests through Google's client, one client for each sign-in, and validates the responses. */
class DriveClient {
  readonly executor: RequestExecutor;
  readonly #endpoint: string | undefined;
  readonly #clients = new WeakMap<GoogleClient, drive_v3.Drive>();

  constructor(executor: RequestExecutor, endpoint: string | undefined) {
    this.executor = executor;
    this.#endpoint = endpoint;
  }

  /**
   * The response, validated as far as it is used.
   * @param cost in Google's quota units
   * @throws DeedboxError what `RequestExecutor.run` throws; `source_error` (retryable) for an invalid response
   */
  async request<T extends z.ZodType>(
    cost: number,
    schema: T,
    apiCall: ApiCall,
    signal?: AbortSignal,
  ): Promise<z.infer<T>> {
    const data = await this.executor.run(
      cost,
      async (context) => {
        const options = { signal: context.signal, retry: false } as const;
        const response = await apiCall(this.clientFor(context.auth), options);
        if (typeof response.data === 'object' && response.data !== null) return response.data;
        throw new InterruptedError('The response is not JSON.');
      },
      signal,
    );
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new DeedboxError(
      'source_error',
      'Google Drive sent a response that Deedbox does not understand.',
      {
        retryable: true,
        hint: 'If there is a proxy, check that it passes www.googleapis.com through unchanged.',
        cause: parsed.error,
      },
    );
  }

  clientFor(auth: GoogleClient): drive_v3.Drive {
    const cached = this.#clients.get(auth);
    if (cached) return cached;
    const rootUrl = this.#endpoint === undefined ? {} : { rootUrl: this.#endpoint };
    const client = driveClient({ version: 'v3', auth, ...rootUrl });
    this.#clients.set(auth, client);
    return client;
  }
}

/** What a search covers: one shared drive, the account's own files and those shared with it, or all drives. */
export type Corpus = { driveId: string } | 'user' | 'allDrives';

/** Attempts of a search that Google reports as incomplete. */
const maxSearchAttempts = 3;

/** The methods of the Drive API that are used. All throw what `RequestExecutor.run` throws. */
export class DriveApi {
  readonly executor: RequestExecutor;
  readonly #client: DriveClient;
  #account: string | undefined;

  constructor(executor: RequestExecutor, endpoint: string | undefined) {
    this.executor = executor;
    this.#client = new DriveClient(executor, endpoint);
  }

  /** The address of the account that signs in, lower case; requested once. */
  async account(signal?: AbortSignal): Promise<string> {
    this.#account ??= (
      await this.#client.request(
        quotaUnits.get,
        responseSchemas.about,
        ({ about }, callOptions) => about.get({ fields: 'user(emailAddress)' }, callOptions),
        signal,
      )
    ).user.emailAddress;
    return this.#account;
  }

  /**
   * The files that match, page by page. Ends normally only when there are no more.
   * @throws DeedboxError `source_error` (retryable) when Google did not search everything
   */
  async *files(corpus: Corpus, q: string, signal?: AbortSignal): AsyncIterable<DriveFile[]> {
    const corpusParams =
      typeof corpus === 'object'
        ? { corpora: 'drive', driveId: corpus.driveId }
        : { corpora: corpus };
    const fileFieldsOfCorpus = typeof corpus === 'object' ? sharedFields : fileFields;
    const fields = `nextPageToken,incompleteSearch,files(${fileFieldsOfCorpus})`;
    const params = {
      ...corpusParams,
      ...allDrivesParams,
      q,
      fields,
      pageSize: 1000,
      spaces: 'drive',
    };
    let pageToken: string | undefined;
    do {
      const page = await this.#listCompletePage({ ...params, pageToken }, signal);
      yield page.files;
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
  }

  async #listCompletePage(params: drive_v3.Params$Resource$Files$List, signal?: AbortSignal) {
    for (let attempt = 1; attempt <= maxSearchAttempts; attempt++) {
      const list: ApiCall = ({ files }, callOptions) => files.list(params, callOptions);
      const page = await this.#client.request(quotaUnits.list, responseSchemas.files, list, signal);
      if (!page.incompleteSearch) return page;
    }
    throw new DeedboxError('source_error', 'Google Drive did not complete the search.', {
      retryable: true,
      hint: 'The next sync tries again. Indexed files stay.',
    });
  }

  /** The metadata of a file. Throws `not_found`. */
  file(fileId: string, options: { resourceKey?: string; signal?: AbortSignal } = {}) {
    const params = { fileId, fields: fileFields, supportsAllDrives: true };
    const headers = resourceKeys(fileId, options.resourceKey);
    return this.#client.request(
      quotaUnits.get,
      responseSchemas.file,
      ({ files }, callOptions) => files.get(params, { ...callOptions, headers }),
      options.signal,
    );
  }

  /** The permissions of a file, folder or shared drive; undefined where this account may not see them. */
  async permissions(fileId: string, signal?: AbortSignal): Promise<Permission[] | undefined> {
    const found: Permission[] = [];
    let pageToken: string | undefined;
    try {
      do {
        const params = { fileId, pageToken, pageSize: 100, fields: permissionListFields };
        const list: ApiCall = ({ permissions }, callOptions) =>
          permissions.list({ ...params, supportsAllDrives: true }, callOptions);
        const page = await this.#client.request(
          quotaUnits.list,
          responseSchemas.permissions,
          list,
          signal,
        );
        found.push(...page.permissions);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return found;
    } catch (error) {
      if (hasApiStatus(error, [403, 404])) return undefined;
      throw error;
    }
  }

  /** The shared drives that this account is a member of, by id. */
  async drives(signal?: AbortSignal): Promise<SharedDrive[]> {
    const found: SharedDrive[] = [];
    let pageToken: string | undefined;
    do {
      const params = { pageToken, pageSize: 100, fields: 'nextPageToken,drives(id,name)' };
      const list: ApiCall = ({ drives }, callOptions) => drives.list(params, callOptions);
      const page = await this.#client.request(
        quotaUnits.list,
        responseSchemas.drives,
        list,
        signal,
      );
      found.push(...page.drives);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** One shared drive. Throws `not_found` where this account is no member of it. */
  drive(driveId: string, signal?: AbortSignal): Promise<SharedDrive> {
    const get: ApiCall = ({ drives }, callOptions) =>
      drives.get({ driveId, fields: 'id,name' }, callOptions);
    return this.#client.request(quotaUnits.get, responseSchemas.drive, get, signal);
  }

  /** The page token at the end of a change log: a shared drive's, or the account's own. */
  async startToken(driveId: string | undefined, signal?: AbortSignal): Promise<string> {
    const params = { driveId, supportsAllDrives: true };
    const get: ApiCall = ({ changes }, callOptions) =>
      changes.getStartPageToken(params, callOptions);
    return (await this.#client.request(quotaUnits.list, responseSchemas.startToken, get, signal))
      .startPageToken;
  }

  /** One page of a change log. Throws `checkpoint_expired` where Google no longer accepts the token. */
  async changes(
    pageToken: string,
    driveId: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ changes: Change[]; next: string; isLast: boolean }> {
    const fileFieldsOfCorpus = driveId === undefined ? fileFields : sharedFields;
    const fields = `nextPageToken,newStartPageToken,changes(changeType,fileId,removed,file(${fileFieldsOfCorpus}))`;
    const params = { pageToken, driveId, ...allDrivesParams, includeRemoved: true, fields };
    const list: ApiCall = ({ changes }, callOptions) =>
      changes.list({ ...params, pageSize: 1000, spaces: 'drive' }, callOptions);
    try {
      const page = await this.#client.request(
        quotaUnits.list,
        responseSchemas.changes,
        list,
        signal,
      );
      const { changes, nextPageToken, newStartPageToken } = page;
      const next = nextPageToken ?? newStartPageToken ?? pageToken;
      return { changes, next, isLast: nextPageToken === undefined };
    } catch (error) {
      if (hasApiStatus(error, [400, 404, 410])) throw cursorExpired(error);
      throw error;
    }
  }

  /** The bytes of a file from an offset, as a stream. To be called within `executor.run`. */
  media({ auth, signal }: RequestContext, file: FileReference, from: number) {
    const headers = resourceKeys(file.id, file.resourceKey);
    if (from > 0) headers['range'] = `bytes=${from}-`;
    return this.#client
      .clientFor(auth)
      .files.get(
        { fileId: file.id, alt: 'media', supportsAllDrives: true },
        { responseType: 'stream', signal, headers, retry: false },
      );
  }

  /** A Google Doc in another format, as a stream. To be called within `executor.run`. */
  export({ auth, signal }: RequestContext, file: FileReference, mimeType: string) {
    const headers = resourceKeys(file.id, file.resourceKey);
    return this.#client
      .clientFor(auth)
      .files.export(
        { fileId: file.id, mimeType },
        { responseType: 'stream', signal, headers, retry: false },
      );
  }

  /** The address of a Google Doc that is too large to export, in another format. */
  async exportLink(file: FileReference, mimeType: string, signal?: AbortSignal) {
    const params = { fileId: file.id, fields: 'exportLinks', supportsAllDrives: true };
    const headers = resourceKeys(file.id, file.resourceKey);
    const get: ApiCall = ({ files }, callOptions) => files.get(params, { ...callOptions, headers });
    return (await this.#client.request(quotaUnits.get, responseSchemas.links, get, signal))
      .exportLinks?.[mimeType];
  }
}

/** What identifies a file in a request. */
type FileReference = Pick<DriveFile, 'id' | 'resourceKey'>;

const allDrivesParams = { supportsAllDrives: true, includeItemsFromAllDrives: true };

function resourceKeys(fileId: string, key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'X-Goog-Drive-Resource-Keys': `${fileId}/${key}` };
}
