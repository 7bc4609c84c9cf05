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

/** Google's client of Drive for each sign-in, and one question at a time to it. */
export class DriveClient {
  readonly executor: RequestExecutor;
  readonly #endpoint: string | undefined;
  readonly #clients = new WeakMap<GoogleClient, drive_v3.Drive>();

  constructor(executor: RequestExecutor, endpoint: string | undefined) {
    this.executor = executor;
    this.#endpoint = endpoint;
  }

  /**
   * What Google answers, checked for what is used of it.
   * @param cost in Google's quota units
   * @throws DeedboxError what `Requests.run` throws; `source_error` (retryable) for another answer
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
        throw new InterruptedError('The answer is no JSON.');
      },
      signal,
    );
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new DeedboxError(
      'source_error',
      'Google Drive answered in a way that is not understood.',
      {
        retryable: true,
        hint: 'If a proxy stands between, check that it lets www.googleapis.com through unchanged.',
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

/** Where a listing looks: one shared drive, everything of this user's, or every drive at once. */
export type Corpus = { driveId: string } | 'user' | 'allDrives';

/** Times that a listing which Google calls incomplete is asked for again. */
const maxSearchAttempts = 3;

/** The methods of Drive's that are used, in its own words. All throw what `Requests.run` throws. */
export class DriveApi {
  readonly executor: RequestExecutor;
  readonly #client: DriveClient;
  #account: string | undefined;

  constructor(executor: RequestExecutor, endpoint: string | undefined) {
    this.executor = executor;
    this.#client = new DriveClient(executor, endpoint);
  }

  /** The address of the account that asks, lower case; asked for once. */
  async account(signal?: AbortSignal): Promise<string> {
    this.#account ??= (
      await this.#client.request(
        quotaUnits.get,
        responseSchemas.about,
        ({ about }, callOptions) => about.get({ fields: 'user(emailAddress)' }, callOptions),
        signal,
      )
    ).user.emailAddress.toLowerCase();
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
    throw new DeedboxError('source_error', 'Google Drive did not search everything.', {
      retryable: true,
      hint: 'It is tried again later; what was read before stays.',
    });
  }

  /** One file's state. Throws `not_found`. */
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

  /** Who may read a file, folder or shared drive; undefined where this account may not know. */
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

  /** The position in a log (a shared drive's, else this user's) before whatever happens next. */
  async startToken(driveId: string | undefined, signal?: AbortSignal): Promise<string> {
    const params = { driveId, supportsAllDrives: true };
    const get: ApiCall = ({ changes }, callOptions) =>
      changes.getStartPageToken(params, callOptions);
    return (await this.#client.request(quotaUnits.list, responseSchemas.startToken, get, signal))
      .startPageToken;
  }

  /** One page of a log. Throws `checkpoint_expired` where Google does not know the token any more. */
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

  /** A file's bytes from a position on, as a stream; within `Requests.run`. */
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

  /** A Google Doc in another format, as a stream; within `Requests.run`. */
  export({ auth, signal }: RequestContext, file: FileReference, mimeType: string) {
    const headers = resourceKeys(file.id, file.resourceKey);
    return this.#client
      .clientFor(auth)
      .files.export(
        { fileId: file.id, mimeType },
        { responseType: 'stream', signal, headers, retry: false },
      );
  }

  /** Where a Google Doc too large to export can be fetched from, by media type. */
  async exportLink(file: FileReference, mimeType: string, signal?: AbortSignal) {
    const params = { fileId: file.id, fields: 'exportLinks', supportsAllDrives: true };
    const headers = resourceKeys(file.id, file.resourceKey);
    const get: ApiCall = ({ files }, callOptions) => files.get(params, { ...callOptions, headers });
    return (await this.#client.request(quotaUnits.get, responseSchemas.links, get, signal))
      .exportLinks?.[mimeType];
  }
}

/** What a file is asked for by. */
type FileReference = Pick<DriveFile, 'id' | 'resourceKey'>;

const allDrivesParams = { supportsAllDrives: true, includeItemsFromAllDrives: true };

function resourceKeys(fileId: string, key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'X-Goog-Drive-Resource-Keys': `${fileId}/${key}` };
}
